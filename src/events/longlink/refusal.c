/* SPDX-License-Identifier: Apache-2.0
 *
 * Why an app may not have a long connection, in words for its client.
 */
#include "events/longlink/internal.h"

const char *longlink_why(int result) {
    switch (result) {
    case LONGLINK_AUTH_WAIT:
        return "too many wrong secrets came from this address; try again in a minute";
    case LONGLINK_AUTH_DISABLED:
        return "the app is disabled";
    case LONGLINK_AUTH_NOT_INSTALLED:
        return "the app is not installed any more";
    case LONGLINK_AUTH_ADDRESS:
        return "the app does not allow this address";
    default:
        return "the app does not exist any more";
    }
}

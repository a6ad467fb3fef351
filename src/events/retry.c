/* SPDX-License-Identifier: Apache-2.0
 *
 * When to repeat a failed request.
 */
#include "events/retry.h"

int64_t retry_delay_ms(int failed) {
    static const int64_t delays_ms[] = {15000, 300000, 3600000, 21600000};

    return failed >= 1 && failed <= (int)(sizeof(delays_ms) / sizeof(*delays_ms)) ? delays_ms[failed - 1] : 0;
}

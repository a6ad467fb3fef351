/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/events/stream: what the gateway does in place of a handler (gateway/watch.h).
 */
#include <errno.h>

#include "api_handlers.h"
#include "console/console.h"

int handle_console_stream_open(struct call *c) {
    return -EOPNOTSUPP; /* never asked: streams do not come here */
}

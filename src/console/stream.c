/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/events/stream: the gateway serves streams itself (gateway/watch.h), so this handler is never called.
 */
#include <errno.h>

#include "api_handlers.h"
#include "console/console.h"

int handle_console_stream_open(struct call *c) {
    return -EOPNOTSUPP; /* never called */
}

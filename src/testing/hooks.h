/* SPDX-License-Identifier: Apache-2.0
 *
 * Connects the test mode with the gateway and the dispatcher.
 */
#ifndef HIRED_TESTING_HOOKS_H
#define HIRED_TESTING_HOOKS_H

#include "events/delivery/hooks.h"
#include "gateway/hooks.h"
#include "testing/toolbox.h"

/* Both use the toolbox, which must outlive the gateway and the dispatcher. */
struct call_hooks hooks_of_calls(struct toolbox *t);
struct event_hooks hooks_of_events(struct toolbox *t);

#endif

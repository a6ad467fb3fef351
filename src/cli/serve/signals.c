/* SPDX-License-Identifier: Apache-2.0
 *
 * The signals of a server.
 */
#include <signal.h>

#include "base/log.h"
#include "cli/serve/serving.h"

void serve_block_signals(sigset_t *ret) {
    sigemptyset(ret);
    sigaddset(ret, SIGTERM);
    sigaddset(ret, SIGINT);
    sigaddset(ret, SIGHUP);
    sigaddset(ret, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, ret, NULL);
    sigdelset(ret, SIGPIPE);
}

void serve_wait_for_end(const sigset_t *signals, struct serving *s) {
    for (;;) {
        int got;
        if (sigwait(signals, &got) != 0)
            continue;
        if (got == SIGHUP) {
            if (s)
                serve_reload(s);
            continue;
        }
        log_line(LOG_INFO, "stopping", "signal", got == SIGTERM ? "SIGTERM" : "SIGINT", NULL);
        return;
    }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals that would end a command without a word.
 */
#include "cli/end.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#define REASON                                                                                                         \
    "the process ends (SIGBUS): a file that it reads through memory, such as hired.db, was truncated by another "      \
    "program, or its disk has failed; hired check says what is damaged"

static const char plain[] = "hired: " REASON "\n";
static const char log_text[] = "{\"level\":\"error\",\"msg\":\"" REASON "\"}\n";
static volatile sig_atomic_t as_log_line;

/* Only what is permitted in a signal handler. */
static void on_sigbus(int number) {
    ssize_t ignored = as_log_line ? write(STDERR_FILENO, log_text, sizeof log_text - 1)
                                  : write(STDERR_FILENO, plain, sizeof plain - 1);
    (void)ignored;
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

void end_explain(void) {
    struct sigaction bus = {.sa_handler = on_sigbus, .sa_flags = SA_NODEFER};
    (void)sigaction(SIGBUS, &bus, NULL);
    (void)signal(SIGXFSZ, SIG_IGN);
}

void end_as_log_line(void) {
    as_log_line = 1;
}

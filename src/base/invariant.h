/* SPDX-License-Identifier: Apache-2.0
 *
 * Invariants: conditions that hold unless the program itself has an error. Input from a peer, a file or the system is
 * never an invariant: refuse it with a negative errno instead.
 *
 *     INVARIANT(expr)             An expression: true if expr holds. For a caller with a refusing path of its own:
 *                                     if (!INVARIANT(x->conn == c)) { conn_close(c); return; }
 *     INVARIANT_RETURN(expr, r)   Returns r from the function if expr does not hold. In a function that returns void:
 *                                     INVARIANT_RETURN(w->loop);
 *     INVARIANT_ABORT(expr)       Ends the process if expr does not hold, in every build. For the cases in which going
 *                                 on would corrupt memory or weaken encryption, so that nothing can be refused.
 *
 * When expr of the first two does not hold:
 *   - a debug build (meson -Ddebug=true: buildtype debug or debugoptimized, and so the sanitizers' build) logs an error
 *     with the expression, file and line, and aborts;
 *   - a release build logs the same line, at most once in INVARIANT_QUIET_MS for each place in the source (the next
 *     line says how many were left out), and takes the refusing path.
 * Only the source text of expr is logged, never a value, so the line holds no personal data.
 *
 * expr is evaluated exactly once in every build. Any thread.
 */
#ifndef HIRED_BASE_INVARIANT_H
#define HIRED_BASE_INVARIANT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#ifndef INVARIANT_ABORTS /* meson.build sets it to 1 in a debug build */
#define INVARIANT_ABORTS 0
#endif

#define INVARIANT_QUIET_MS 10000

/* A place in the source that states an invariant. */
struct invariant_site {
    const char *expr, *file;
    int line;
    _Atomic int64_t quiet_until; /* clock_mono_ms(); 0: not logged yet */
    _Atomic uint64_t left_out;   /* lines since the last one */
};

/* Logs as described above. Aborts, or returns false. */
bool invariant_broken(struct invariant_site *site, bool aborts) __attribute__((cold, noinline));

#define INVARIANT_CHECK(expr, aborts)                                                                                  \
    (__builtin_expect(!!(expr), 1) || __extension__({                                                                  \
         static struct invariant_site invariant_site = {#expr, __FILE__, __LINE__, 0, 0};                              \
         invariant_broken(&invariant_site, (aborts));                                                                  \
     }))

#define INVARIANT(expr) INVARIANT_CHECK(expr, INVARIANT_ABORTS)

#define INVARIANT_RETURN(expr, ...)                                                                                    \
    do {                                                                                                               \
        if (!INVARIANT(expr))                                                                                          \
            return __VA_ARGS__;                                                                                        \
    } while (0)

#define INVARIANT_ABORT(expr) ((void)INVARIANT_CHECK(expr, true))

#endif

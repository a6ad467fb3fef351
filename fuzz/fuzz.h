/* SPDX-License-Identifier: Apache-2.0
 *
 * What every fuzz target includes. fuzz/run says how a target is built and run.
 */
#ifndef HIRED_FUZZ_FUZZ_H
#define HIRED_FUZZ_FUZZ_H

#include <stdlib.h>

#include "base/str.h"

/* The target: runs one input of the fuzzer, or of replay.c. Returns 0; a broken expectation aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. It is checked in every build, and the fuzzer keeps the input that breaks it. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

/* A copy on the heap that ends where its memory ends, so that AddressSanitizer reports each byte read too far. The
 * caller frees it. */
static inline char *exact_copy(const char *bytes, size_t len) {
    char *p = malloc(len ? len : 1);
    MUST(p);
    if (len > 0)
        memcpy(p, bytes, len);
    return p;
}

#endif

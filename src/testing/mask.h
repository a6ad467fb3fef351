/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes secrets out of texts before the journal keeps them: app secrets, tokens, tickets, encrypt keys, passwords,
 * cookies and what belongs to Authorization. They are found
 *
 * - by the name before them, in JSON (whole, broken or cut, also JSON within a string of JSON), in query strings, forms
 *   and other texts, whatever the escapes and the case of the name
 * - by their form: access tokens
 * - by their value: what was found by a name once is taken out of all texts of the same call
 */
#ifndef HIRED_TESTING_MASK_H
#define HIRED_TESTING_MASK_H

#include "base/arena.h"
#include "base/buf.h"

#define MASKED "***"
#define MASK_VALUES 32   /* values that are remembered for one call */
#define MASK_VALUE_MIN 6 /* bytes of a value that is looked for elsewhere; a shorter one may stand there by chance */

struct mask {
    struct arena *arena;
    bool sound; /* the text is certainly JSON if it begins like it */
    struct str values[MASK_VALUES];
    size_t n;
    bool replaced; /* mask_values has taken out what may have been a number, punctuation or an escape in JSON */
};

/* Remembers a value that is a secret wherever it stands. */
void mask_remember(struct mask *m, struct str value);

/* Masks by names; what was found is remembered. The result is in the arena. */
struct str mask_named(struct mask *m, struct str text);

/* Masks by form and by the remembered values. The result is in the arena. */
struct str mask_values(struct mask *m, struct str text);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The form of a text by which names are searched and compared: Unicode's NFKC_Casefold. Upper and lower case, composed
 * and decomposed accents, full and half width, and compatibility forms (a ligature, a circled digit) become the same
 * text.
 */
#ifndef HIRED_BASE_FOLD_H
#define HIRED_BASE_FOLD_H

#include "base/arena.h"
#include "base/str.h"

/* The folded text, in the arena; at most 18 times as long as s. Folding it again changes nothing. Of a text that is not
 * UTF-8 only ASCII letters are folded. Absent stays absent. */
struct str text_fold(struct str s, struct arena *a);

/* True if the folded text holds the other one, which is folded too. The empty text is in each. */
bool text_holds(struct str folded, struct str part);

/* Names the rule: stored keys that were made by another one must be made anew. Static. */
struct str text_fold_rule(void);

#endif

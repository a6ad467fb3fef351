/* SPDX-License-Identifier: Apache-2.0
 *
 * The ids of an order's stages, as one text: each id as its length in characters, ':' and the id itself
 * ("5:stage3:end"). The order's record does not show them; they are kept so that none is used twice.
 */
#ifndef HIRED_HIRE_ORDER_STAGE_ID_H
#define HIRED_HIRE_ORDER_STAGE_ID_H

#include "base/arena.h"

/* Whether the id is in the text. A damaged text is searched as far as it can be read. */
bool stage_ids_have(struct str ids, struct str id);

/* The text with the id behind the others, in the arena. */
struct str stage_ids_add(struct str ids, struct str id, struct arena *a);

#endif

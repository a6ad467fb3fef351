/* SPDX-License-Identifier: Apache-2.0
 *
 * Replaces the values of bodies and queries, so that no personal data is kept and hired drift can still compare names,
 * types, documented values and codes. Kept are: names of members, true and false, null, empty texts, lists and objects,
 * code, and values where the description lists the values, if they look like one (a short word of letters, digits and
 * _). Every other text becomes "masked", every other number 0.
 */
#ifndef HIRED_UPSTREAM_DISGUISE_H
#define HIRED_UPSTREAM_DISGUISE_H

#include "base/buf.h"
#include "gateway/op.h"

#define DISGUISED "masked"

/* op NULL: nothing is known about the call. Text that is no JSON becomes "masked". */
void disguise_request(const struct op *op, struct str body, struct buf *out);
void disguise_answer(const struct op *op, struct str body, struct buf *out);
void disguise_query(const struct op *op, struct str query, struct buf *out);

/* The path with its parameters masked. */
void disguise_path(const struct op *op, struct str path, struct buf *out);

#endif

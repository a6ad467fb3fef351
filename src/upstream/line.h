/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIRED_UPSTREAM_LINE_H
#define HIRED_UPSTREAM_LINE_H

#include "gateway/router.h"
#include "upstream/recorder.h"

/* Writes an exchange as one line of JSON, without secrets. routes: to mask values by the descriptions (disguise.h);
 * NULL: only secrets are masked. */
void line_write(const struct passage *x, const struct router *routes, struct buf *out);

#endif

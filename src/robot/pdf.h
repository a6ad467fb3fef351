/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes the small PDF that a vendor's robot uploads as a report: one page with some lines.
 */
#ifndef HIRED_ROBOT_PDF_H
#define HIRED_ROBOT_PDF_H

#include "base/buf.h"

/* Appends a PDF of one page (A4). Lines end with '\n'; bytes outside printable ASCII are written as '?'. */
void pdf_write(struct str title, struct str lines, struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Validates the link of a vendor's report.
 */
#ifndef HIRED_HIRE_ORDER_REPORT_URL_H
#define HIRED_HIRE_ORDER_REPORT_URL_H

#include "base/str.h"

#define REPORT_URL_MAX 2048 /* characters */

/* Returns NULL if the link is accepted, otherwise what is wrong with it, as the rest of a sentence that begins with
 * the field's name. download: hired will fetch the link, so the host must be written plainly and, unless
 * private_addresses is set, must not be a private address. The name of an accepted host may still resolve to a
 * private address; the fetcher checks the address when it connects. */
const char *report_url_fault(struct str url, bool download, bool private_addresses);

#endif

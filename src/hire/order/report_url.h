/* SPDX-License-Identifier: Apache-2.0
 *
 * What a vendor may give as a report's link.
 */
#ifndef HIRED_HIRE_ORDER_REPORT_URL_H
#define HIRED_HIRE_ORDER_REPORT_URL_H

#include "base/str.h"

#define REPORT_URL_MAX 2048 /* characters */

/* NULL if the link is fine, else what is wrong with it, to stand behind the field's name in a sentence. download: hired
 * will fetch it, so its host must be plain and, unless private_addresses, possibly public. A link that passes may still
 * lead to a private address by its name; the fetcher looks at the address it connects to. */
const char *report_url_fault(struct str url, bool download, bool private_addresses);

#endif

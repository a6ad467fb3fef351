/* SPDX-License-Identifier: Apache-2.0
 *
 * Splits a mobile number, which records have as one text ("+8617600001234", "+44 7700 900102", "17600001234"), into
 * country code and number, as events have it.
 */
#ifndef HIRED_HIRE_PHONE_H
#define HIRED_HIRE_PHONE_H

#include "base/str.h"

struct phone {
    struct str code;   /* digits, without '+' */
    struct str number; /* the rest as it is written, without leading and trailing blanks */
};

/* A number without '+' gets the country code 86 (China), as on the platform. The result points into text. */
struct phone phone_split(struct str text);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A mobile number as records have it in one text ("+8617600001234", "+44 7700 900102", "17600001234"), parted as events
 * have it: country code and number.
 */
#ifndef HIRED_HIRE_PHONE_H
#define HIRED_HIRE_PHONE_H

#include "base/str.h"

struct phone {
    struct str code;   /* digits, without '+' */
    struct str number; /* the rest as it was written, without blanks around it */
};

/* Without a '+' the number is a Chinese one (86), as the platform's are. The result points into text. */
struct phone phone_split(struct str text);

#endif

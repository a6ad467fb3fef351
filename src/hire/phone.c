/* SPDX-License-Identifier: Apache-2.0
 *
 * Splits a mobile number into country code and number. No country code is a prefix of another (ITU-T E.164), so the
 * first two digits determine the length of the code.
 */
#include "hire/phone.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The length of the country code with which digits begins; digits is not empty. */
static size_t code_length(struct str digits) {
    static const char *const two[] = {
        ['2'] = "07",      ['3'] = "0123469", ['4'] = "013456789", ['5'] = "12345678",
        ['6'] = "0123456", ['8'] = "1246",    ['9'] = "0123458",
    };
    char first = digits.ptr[0];

    if (first == '1' || first == '7')
        return 1;
    if (digits.len < 2 || first == '0')
        return 1;
    return strchr(two[(unsigned char)first], digits.ptr[1]) ? 2 : 3;
}

struct phone phone_split(struct str text) {
    struct str s = str_trim(text), digits;
    size_t n = 0;

    if (s.len < 2 || s.ptr[0] != '+' || !is_digit(s.ptr[1]))
        return (struct phone){STR("86"), s};
    digits = str_skip(s, 1);
    while (n < digits.len && is_digit(digits.ptr[n]))
        n++;
    /* "+86 176..." and "+86-176...": a separator follows the code. */
    if (n == digits.len || n > 4) {
        size_t length = code_length((struct str){digits.ptr, n});
        n = length < n ? length : n;
    }
    struct str number = str_trim(str_skip(digits, n));
    if (number.len > 0 && number.ptr[0] == '-')
        number = str_trim(str_skip(number, 1));
    return (struct phone){{digits.ptr, n}, number};
}

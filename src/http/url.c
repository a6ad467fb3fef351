/* SPDX-License-Identifier: Apache-2.0
 *
 * Percent-decoding of paths and query strings.
 */
#include <errno.h>

#include "base/hex.h"
#include "http/http.h"

static int decode(struct str s, bool plus_is_space, struct arena *a, struct str *ret) {
    size_t first = 0;
    while (first < s.len && s.ptr[first] != '%' && !(plus_is_space && s.ptr[first] == '+'))
        first++;
    if (first == s.len) {
        if (!str_is_utf8(s))
            return -EBADMSG;
        *ret = s.len > 0 ? s : STR("");
        return 0;
    }
    char *out = arena_bytes(a, s.len);
    size_t n = first;
    memcpy(out, s.ptr, first);
    for (size_t i = first; i < s.len; i++) {
        if (s.ptr[i] == '%') {
            int byte = s.len - i > 2 ? hex_pair(s.ptr + i + 1) : -1;
            if (byte < 0)
                return -EBADMSG;
            out[n++] = (char)byte;
            i += 2;
        } else {
            out[n++] = plus_is_space && s.ptr[i] == '+' ? ' ' : s.ptr[i];
        }
    }
    if (!str_is_utf8((struct str){out, n}))
        return -EBADMSG;
    *ret = (struct str){out, n};
    return 0;
}

int http_decode(struct str s, struct arena *a, struct str *ret) {
    return decode(s, false, a, ret);
}

int http_query_next(struct str *rest, struct arena *a, struct str *ret_name, struct str *ret_value) {
    while (!str_is_absent(*rest)) {
        struct str pair = str_cut(rest, '&'), value = pair, name, text;
        if (pair.len == 0)
            continue;
        struct str key = str_cut(&value, '=');
        int r = decode(key, true, a, &name);
        if (r < 0)
            return r;
        r = decode(str_is_absent(value) ? STR("") : value, true, a, &text);
        if (r < 0)
            return r;
        *ret_name = name;
        *ret_value = text;
        return 1;
    }
    return 0;
}

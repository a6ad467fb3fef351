/* SPDX-License-Identifier: Apache-2.0
 *
 * utf8proc folds the text. Text that is ASCII only is folded here, because it is frequent and this is faster.
 */
#include "base/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#define RULE 1 /* grows when text_fold gives other keys for the same version of Unicode */

#define NFKC_CASEFOLD (UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)

/* Returns whether all of it was ASCII. */
static bool fold_ascii(struct str s, char *to) {
    unsigned char seen = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        seen |= (unsigned char)c;
        to[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return seen < 0x80;
}

/* The result of case folding may decompose further, so the folding is repeated until nothing changes; no text needs
 * more than two rounds. Returns false if s is not UTF-8. */
static bool fold_unicode(struct str s, struct arena *a, struct str *ret) {
    struct str from = s;

    for (int i = 0; i < 3; i++) {
        utf8proc_uint8_t *folded = NULL;
        utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)from.ptr, (utf8proc_ssize_t)from.len, &folded,
                                          (utf8proc_option_t)NFKC_CASEFOLD);
        if (n < 0) {
            free(folded);
            return false;
        }
        struct str to = {(const char *)folded, (size_t)n};
        bool same = str_eq(from, to);
        *ret = arena_dup(a, to);
        free(folded);
        if (same)
            break;
        from = *ret;
    }
    return true;
}

struct str text_fold(struct str s, struct arena *a) {
    if (str_is_absent(s))
        return s;
    char *ascii = arena_bytes(a, s.len + 1);
    struct str ret;
    ascii[s.len] = 0;
    if (fold_ascii(s, ascii) || !fold_unicode(s, a, &ret))
        return (struct str){ascii, s.len};
    return ret;
}

bool text_holds(struct str folded, struct str part) {
    return part.len == 0 || (folded.len >= part.len && memmem(folded.ptr, folded.len, part.ptr, part.len));
}

struct str text_fold_rule(void) {
    static char name[32];
    static size_t len;

    if (len == 0)
        len = (size_t)snprintf(name, sizeof name, "%d/%s", RULE, utf8proc_unicode_version());
    return (struct str){name, len};
}

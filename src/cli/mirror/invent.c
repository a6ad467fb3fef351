/* SPDX-License-Identifier: Apache-2.0
 *
 * Inventions for personal values. The words for names are chosen so that no common name is among them, or a part of
 * them.
 */
#include <openssl/hmac.h>
#include <stdio.h>

#include "base/hex.h"
#include "cli/mirror/mask.h"

struct invention invent(const struct masker *k, const char *kind, struct str value) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    struct invention out = {{0}};
    unsigned len = sizeof out.bytes;
    buf_add_str(&text, str_of(kind));
    buf_add_char(&text, '\0');
    buf_add_str(&text, value);
    HMAC(EVP_sha256(), masker_key(k), MASK_KEY_LEN, (const unsigned char *)text.ptr, text.len, out.bytes, &len);
    return out;
}

static unsigned pick(const struct invention *i, unsigned at, unsigned of) {
    return (((unsigned)i->bytes[at] << 8) | i->bytes[at + 1]) % of;
}

/* ---- people ---- */

static const char *const surnames[] = {"欧阳", "司徒", "上官", "诸葛", "慕容", "皇甫", "尉迟", "轩辕",
                                       "令狐", "钟离", "宇文", "鲜于", "闾丘", "司空", "澹台", "东郭"},
                         *const given[] = {"杉", "桉", "椴", "榆", "槭", "樟", "橡", "檵", "柽", "栎", "桤",
                                           "梣", "楮", "榉", "槲", "檫", "鸢", "鹮", "鹬", "鹭", "鸻", "鹪",
                                           "鹩", "鹨", "砾", "碛", "磐", "璞", "玦", "珩", "琮", "璐"};
static const char *const firsts[] = {"Alder",  "Briar",   "Cedar",  "Damson", "Elder",  "Fern",   "Gorse",  "Hazel",
                                     "Indigo", "Juniper", "Kelp",   "Larch",  "Mallow", "Nettle", "Osier",  "Poplar",
                                     "Quince", "Rowan",   "Sorrel", "Tansy",  "Umber",  "Vetch",  "Willow", "Yarrow"},
                         *const lasts[] = {"Ashcombe",   "Birchmere",  "Cragfield",  "Dunmarsh",  "Eldergate",
                                           "Fenholm",    "Glenstrath", "Heathcote",  "Ironbeck",  "Kettlewick",
                                           "Loamsworth", "Mossbridge", "Northmoor",  "Oakhanger", "Pebbleton",
                                           "Quarrydale", "Reedham",    "Stonecroft", "Thornbury", "Undershaw",
                                           "Valewood",   "Wetherby",   "Yewbarrow",  "Zealcombe"};

#define N(array) ((unsigned)(sizeof(array) / sizeof((array)[0])))

bool invent_is_chinese(struct str name) {
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] >= 0xe3 && (unsigned char)name.ptr[i] <= 0xe9)
            return true;
    return false;
}

struct invented_person invent_person(const struct masker *k, struct str name, struct arena *a) {
    const struct invention i = invent(k, "person", name);
    unsigned s = pick(&i, 0, N(surnames)), g = pick(&i, 2, N(given)), h = pick(&i, 4, N(given));
    const char *first = firsts[pick(&i, 6, N(firsts))], *last = lasts[pick(&i, 8, N(lasts))];
    struct invented_person p = {
        .en = arena_printf(a, "%s %s", first, last), .first = str_of(first), .last = str_of(last)};
    p.zh = invent_is_chinese(name) ? arena_printf(a, "%s%s%s", surnames[s], given[g], given[h]) : p.en;
    return p;
}

/* ---- numbers ---- */

/* Replaces digits and letters from an offset on. */
static void replace_characters(char *s, size_t from, size_t len, const struct invention *i) {
    for (size_t at = from, n = 0; at < len; at++) {
        unsigned byte = i->bytes[n++ % sizeof i->bytes];
        if (s[at] >= '0' && s[at] <= '9')
            s[at] = (char)('0' + byte % 10);
        else if (s[at] >= 'a' && s[at] <= 'z')
            s[at] = (char)('a' + byte % 26);
        else if (s[at] >= 'A' && s[at] <= 'Z')
            s[at] = (char)('A' + byte % 26);
    }
}

static size_t digits_of(struct str s, char *to, size_t room) {
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < room; i++)
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            to[n++] = s.ptr[i];
    return n;
}

/* The country's digits stay; of the others the same number has the same inventions with and without a country. */
struct str invent_mobile(const struct masker *k, struct str mobile, struct arena *a) {
    char digits[40];
    size_t n = digits_of(mobile, digits, sizeof digits), seen = 0;
    size_t keep = n == 13 && memcmp(digits, "86", 2) == 0 ? 2
                  : n > 11                                ? n - 9
                  : n == 11 && digits[0] == '1'           ? 0
                  : n > 7                                 ? 2
                                                          : 0;
    const struct invention i = invent(k, "mobile", (struct str){digits + keep, n - keep});
    struct str out = arena_dup(a, mobile);
    char *to = (char *)(uintptr_t)out.ptr;
    for (size_t at = 0; at < out.len; at++) {
        if (to[at] < '0' || to[at] > '9')
            continue;
        size_t of = seen++;
        if (of < keep)
            continue;
        of -= keep;
        if (n - keep == 11 && of == 0)
            to[at] = '1';
        else if (n - keep == 11 && of == 1)
            to[at] = (char)('3' + i.bytes[1] % 7);
        else
            to[at] = (char)('0' + i.bytes[of % sizeof i.bytes] % 10);
    }
    return out;
}

/* The last character of a Chinese identity number. */
static char check_character(const char *s) {
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (s[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

static bool is_identity_number(struct str s) {
    for (size_t i = 0; i < 17 && i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len == 18 && ((s.ptr[17] | 0x20) == 'x' || (s.ptr[17] >= '0' && s.ptr[17] <= '9'));
}

struct str invent_number(const struct masker *k, struct str number, struct arena *a) {
    const struct invention i = invent(k, "number", number);
    if (is_identity_number(number)) {
        struct str out = arena_printf(a, "110101%04u%02u%02u%03u ", 1960 + pick(&i, 0, 45), 1 + pick(&i, 2, 12),
                                      1 + pick(&i, 4, 28), pick(&i, 6, 1000));
        ((char *)(uintptr_t)out.ptr)[17] = check_character(out.ptr);
        return out;
    }
    struct str out = arena_dup(a, number);
    replace_characters((char *)(uintptr_t)out.ptr, 0, out.len, &i);
    return out;
}

/* ---- texts ---- */

static struct str digest(const struct invention *i, struct arena *a) {
    char hex[11] = "";
    hex_encode(i->bytes, 5, hex);
    return arena_printf(a, "%.10s", hex);
}

struct str invent_mail(const struct masker *k, struct str mail, struct arena *a) {
    const struct invention i = invent(k, "mail", mail);
    return arena_printf(a, "p%.*s@example.com", STR_FMT(digest(&i, a)));
}

struct str invent_address(const struct masker *k, struct str address, struct arena *a) {
    const struct invention i = invent(k, "address", address);
    unsigned house = 1 + pick(&i, 0, 900);
    if (invent_is_chinese(address))
        return arena_printf(a, "%s%s路 %u 号", given[pick(&i, 2, N(given))], given[pick(&i, 4, N(given))], house);
    return arena_printf(a, "%u %s Road", house, lasts[pick(&i, 2, N(lasts))]);
}

/* A time in seconds or milliseconds, or a date like 1990-05-17. */
struct str invent_date(const struct masker *k, struct str date, struct arena *a) {
    const struct invention i = invent(k, "date", date);
    unsigned day = pick(&i, 0, 12000); /* since 1970 */
    int64_t number;
    if (str_to_i64(date, &number) == 0 && date.len >= 9)
        return arena_printf(a, date.len >= 12 ? "%u00000" : "%u00", day * 864);
    return date.len == 4
               ? arena_printf(a, "%u", 1960 + pick(&i, 0, 45))
               : arena_printf(a, "%u-%02u-%02u", 1960 + pick(&i, 0, 45), 1 + pick(&i, 2, 12), 1 + pick(&i, 4, 28));
}

struct str invent_text(const struct masker *k, struct str text, struct arena *a) {
    const struct invention i = invent(k, "text", text);
    return arena_printf(a, invent_is_chinese(text) ? "文字 %.*s" : "Text %.*s", STR_FMT(digest(&i, a)));
}

struct str invent_id(const struct masker *k, struct str id, struct arena *a) {
    const struct invention i = invent(k, "id", id);
    return arena_printf(a, "u%.*s", STR_FMT(digest(&i, a)));
}

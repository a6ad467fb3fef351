/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares entries of the journal with parts that are expected.
 */
#include "testing/journal_match.h"

#include <stdlib.h>

#include "api_types.h"

#define SHOWN_MAX 200 /* bytes of a value in a line */
#define PATH_MAX_LEN 200

json_t *match_entry(const struct journal_entry *e) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    buf_add_char(&text, '{');
    buf_add_str(&text, e->json);
    buf_add_char(&text, '}');
    return json_loadb(text.ptr, text.len, 0, NULL);
}

/* ---- values ---- */

static void show(const json_t *value, struct buf *out) {
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    struct str s = text ? str_of(text) : STR("nothing");
    buf_add_str(out, str_head(s, SHOWN_MAX));
    if (s.len > SHOWN_MAX)
        buf_add_lit(out, "...");
    free(text);
}

static unsigned differs(const char *path, const json_t *expected, const json_t *has, struct buf *diff) {
    if (diff) {
        buf_printf(diff, "      %s: expected ", path[0] ? path : "the entry");
        show(json_is_null(expected) ? NULL : expected, diff);
        buf_add_lit(diff, ", has ");
        show(has, diff);
        buf_add_char(diff, '\n');
    }
    return 1;
}

static unsigned compare(const char *path, const json_t *expected, const json_t *has, struct buf *diff);

static unsigned compare_objects(const char *path, const json_t *expected, const json_t *has, struct buf *diff) {
    unsigned n = 0;
    const char *name;
    json_t *member;
    char inner[PATH_MAX_LEN];
    json_object_foreach((json_t *)(uintptr_t)expected, name, member) {
        snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "." : "", name);
        n += compare(inner, member, json_object_get(has, name), diff);
    }
    return n;
}

static unsigned compare_lists(const char *path, const json_t *expected, const json_t *has, struct buf *diff) {
    unsigned n = 0;
    char inner[PATH_MAX_LEN];
    if (json_array_size(expected) != json_array_size(has))
        return differs(path, expected, has, diff);
    for (size_t i = 0; i < json_array_size(expected); i++) {
        snprintf(inner, sizeof inner, "%s.%zu", path, i);
        n += compare(inner, json_array_get(expected, i), json_array_get(has, i), diff);
    }
    return n;
}

static unsigned compare(const char *path, const json_t *expected, const json_t *has, struct buf *diff) {
    if (json_is_null(expected))
        return has && !json_is_null(has) ? differs(path, expected, has, diff) : 0;
    if (json_is_object(expected) && json_is_object(has))
        return compare_objects(path, expected, has, diff);
    if (json_is_array(expected) && json_is_array(has))
        return compare_lists(path, expected, has, diff);
    bool same = json_is_number(expected) && json_is_number(has) ? json_number_value(expected) == json_number_value(has)
                                                                : json_equal(expected, has) == 1;
    return same ? 0 : differs(path, expected, has, diff);
}

unsigned match_differences(const json_t *expected, const json_t *entry, struct buf *diff) {
    return compare("", expected, entry, diff);
}

/* ---- one member ---- */

static const json_t *step(const json_t *at, struct str name) {
    int64_t index;
    char text[PATH_MAX_LEN + 1];
    if (json_is_array(at))
        return str_to_i64(name, &index) == 0 && index >= 0 ? json_array_get(at, (size_t)index) : NULL;
    snprintf(text, sizeof text, "%.*s", STR_FMT(name));
    return json_object_get(at, text);
}

bool match_field(const json_t *entry, struct str path, struct str value) {
    const json_t *at = entry;
    while (at && !str_is_absent(path))
        at = step(at, str_cut(&path, '.'));
    if (!at || str_is_absent(value))
        return at != NULL;
    if (json_is_string(at))
        return str_eq((struct str){json_string_value(at), json_string_length(at)}, value);
    char *text = json_dumps(at, JSON_ENCODE_ANY | JSON_COMPACT);
    bool same = text && str_eq(str_of(text), value);
    free(text);
    return same;
}

struct str match_unknown(const json_t *expected) {
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)expected, name, member) {
        bool known = false;
        for (size_t i = 0; i < type_test_journal_entry.n_fields; i++)
            known = known || str_eq(type_test_journal_entry.fields[i].name, str_of(name));
        if (!known)
            return str_of(name);
    }
    return STR_ABSENT;
}

void match_tell(const struct journal_entry *e, struct buf *out) {
    const struct journal_key *k = &e->key;
    buf_printf(out, "#%lld %s %s", (long long)k->number, k->kind == JOURNAL_CALL ? "call" : "event",
               k->name[0] ? k->name : "(no operation)");
    if (k->kind == JOURNAL_CALL)
        buf_printf(out, " -> HTTP %d, code %d", k->status, k->code);
    else
        buf_printf(out, " -> status %d", k->status);
    if (k->app_id[0])
        buf_printf(out, " (%s)", k->app_id);
}

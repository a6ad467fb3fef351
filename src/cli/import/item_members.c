/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the members of an item, and reports what is wrong with them.
 */
#include "cli/import/item.h"

#include "base/id.h"

void item_complain(const struct item *it, struct str member, struct str reason) {
    import_complain(it->im, it->src, it->place, member, reason);
}

struct str item_text(const json_t *value) {
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)} : STR_ABSENT;
}

void item_count(struct item *it, bool existed, int changed) {
    struct import_count *n = &it->im->counts[it->kind - item_kinds];

    if (!existed)
        n->added++;
    else if (changed)
        n->changed++;
    else
        n->same++;
}

struct str item_require_text(struct item *it, const char *name, size_t max) {
    const json_t *value = json_object_get(it->value, name);
    struct str text = item_text(value);

    if (!value || json_is_null(value))
        item_complain(it, str_of(name), STR("is required"));
    else if (str_is_absent(text) || text.len == 0 || text.len > max)
        item_complain(it, str_of(name), arena_printf(&it->im->scratch, "must be a text of 1 to %zu bytes", max));
    else
        return text;
    return STR_ABSENT;
}

int64_t item_optional_int(struct item *it, const char *name) {
    const json_t *value = json_object_get(it->value, name);
    int64_t n = 0;

    if (json_is_integer(value))
        return json_integer_value(value);
    if (json_is_string(value) && json_string_length(value) > 0 && str_to_i64(item_text(value), &n) < 0)
        item_complain(it, str_of(name), STR("must be a number, or one as text"));
    return n;
}

int64_t item_require_id(struct item *it, const char *name) {
    struct str text = item_require_text(it, name, 20);
    int64_t id = 0;

    if (!str_is_absent(text) && id_parse(text, &id) < 0)
        item_complain(it, str_of(name), STR("must be an id: digits of a number from 1 to 9223372036854775807"));
    return id;
}

void item_note_undescribed(void *ctx, struct str path) {
    struct item *it = ctx;

    if (!it->im->keep)
        import_note_undescribed(it->im, it->kind, path);
}

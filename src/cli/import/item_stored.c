/* SPDX-License-Identifier: Apache-2.0
 *
 * The stored form of records of kinds without rules.
 */
#include "cli/import/item.h"

#include <errno.h>

#include "base/id.h"
#include "base/json.h"

static bool is_user_member(const struct item *it, const char *name) {
    for (const char *const *m = it->kind->user_members; m && *m; m++)
        if (strcmp(*m, name) == 0)
            return true;
    return false;
}

static int write_object(struct item *it, const json_t *object, struct str path, struct buf *out) {
    const char *name;
    json_t *value;
    bool first = true;
    int r = 0;

    buf_add_char(out, '{');
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        bool user = is_user_member(it, name);
        if (json_is_null(value) ||
            (it->kind->store == KEPT_AS_USER && path.len == 0 &&
             (strcmp(name, "user_id") == 0 || strcmp(name, "open_id") == 0 || strcmp(name, "union_id") == 0 ||
              strcmp(name, "name") == 0 || strcmp(name, "en_name") == 0)))
            continue;
        if (user)
            buf_add_lit(out, "\x02"
                             "A");
        if (!first)
            buf_add_char(out, ',');
        first = false;
        buf_add_char(out, '"');
        json_escape(out, str_of(name));
        buf_add_lit(out, "\":");
        r = item_write_stored(
            it, value, user, arena_printf(&it->im->scratch, "%.*s%s%s", STR_FMT(path), path.len ? "." : "", name), out);
        if (r < 0)
            return r;
        if (user)
            buf_add_char(out, '\x03');
    }
    buf_add_char(out, '}');
    return 0;
}

static int write_list(struct item *it, const json_t *list, bool user, struct str path, struct buf *out) {
    size_t i;
    json_t *value;
    int r;

    buf_add_char(out, '[');
    json_array_foreach(list, i, value) {
        if (i > 0)
            buf_add_char(out, ',');
        r = item_write_stored(it, value, user, arena_printf(&it->im->scratch, "%.*s[%zu]", STR_FMT(path), i), out);
        if (r < 0)
            return r;
    }
    buf_add_char(out, ']');
    return 0;
}

int item_write_stored(struct item *it, const json_t *value, bool user, struct str path, struct buf *out) {
    struct str text = item_text(value);
    int r;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return write_object(it, value, path, out);
    case JSON_ARRAY:
        return write_list(it, value, user, path, out);
    case JSON_STRING: {
        struct str id = text;
        int64_t uid;
        if (user && (r = item_map_user(it, &id, path)) < 0)
            return r;
        buf_add_char(out, '"');
        if (user && id.ptr != text.ptr && id_parse(id, &uid) == 0)
            buf_printf(out, "\x01U%016llx", (unsigned long long)uid);
        else
            json_escape(out, text);
        buf_add_char(out, '"');
        return 0;
    }
    case JSON_INTEGER:
        buf_add_i64(out, json_integer_value(value));
        return 0;
    case JSON_REAL:
        json_num(out, json_real_value(value));
        return 0;
    case JSON_TRUE:
        buf_add_lit(out, "true");
        return 0;
    case JSON_FALSE:
        buf_add_lit(out, "false");
        return 0;
    case JSON_NULL:
        buf_add_lit(out, "null");
        return 0;
    }
    return -EINVAL;
}

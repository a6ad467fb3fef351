/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares a seed with what is there: what the seed says must be so, and what it does not say may be anything.
 */
#include <string.h>

#include "base/id.h"
#include "testing/seed_internal.h"

struct comparison {
    struct seed_work *w;
    bool made; /* the record is new: a difference is a mistake of the seed */
};

static struct str text_of(struct seed_work *w, const json_t *v) {
    char *text = v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    struct str s = text ? arena_dup(w->arena, str_head(str_of(text), 500)) : STR_ABSENT;
    free(text);
    return s;
}

static void differ(const struct comparison *c, struct str path, const json_t *seed, const json_t *is) {
    struct seed_outcome *out = c->w->out;
    struct str wanted = text_of(c->w, seed), found = text_of(c->w, is);

    if (c->made) {
        seed_find(c->w->seed, path, "is %.*s in the seed, but %.*s comes of it", STR_FMT(wanted),
                  STR_FMT(str_is_absent(found) ? STR("nothing") : found));
        return;
    }
    if (out->n_differences < SEED_FINDINGS_MAX)
        out->differences[out->n_differences] =
            (struct seed_difference_found){arena_dup(c->w->arena, path), wanted, found};
    out->n_differences++;
}

/* ---- values ---- */

/* Members that are not compared: their values are secret, computed, or have other forms that mean the same. */
static bool is_skipped(const char *list, const char *member) {
    static const char *const skipped[][2] = {{"apps", "app_secret"},
                                             {"users", "password"},
                                             {"orders", "package"},
                                             {"interviews", "interview_round_summary"},
                                             {"users", "login"}};
    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
        if (strcmp(list, skipped[i][0]) == 0 && strcmp(member, skipped[i][1]) == 0)
            return true;
    return false;
}

/* Lists whose order means nothing. */
static bool is_set(const char *member) {
    static const char *const sets[] = {"scopes",       "events",          "ip_allow",         "roles",
                                       "open_ids",     "packages",        "additional_items", "account_fields",
                                       "order_fields", "custom_data_list"};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (strcmp(member, sets[i]) == 0)
            return true;
    return false;
}

static bool includes(const json_t *is, const json_t *seed);

static bool list_includes(const json_t *is, const json_t *seed, bool any_order) {
    size_t i = 0, k = 0;
    json_t *wanted, *found;

    if (!json_is_array(is) || (!any_order && json_array_size(is) != json_array_size(seed)))
        return false;
    json_array_foreach(seed, i, wanted) {
        bool hit = false;
        if (!any_order) {
            if (!includes(json_array_get(is, i), wanted))
                return false;
            continue;
        }
        json_array_foreach(is, k, found) {
            hit |= includes(found, wanted);
        }
        if (!hit)
            return false;
    }
    return true;
}

static bool includes(const json_t *is, const json_t *seed) {
    const char *name;
    json_t *value;

    if (json_is_array(seed))
        return list_includes(is, seed, false);
    if (!json_is_object(seed))
        return json_is_null(seed) || json_equal(is, seed);
    json_object_foreach((json_t *)(uintptr_t)seed, name, value) {
        if (!json_is_null(value) && !includes(json_object_get(is, name), value))
            return false;
    }
    return true;
}

static bool has_all(const json_t *list) {
    size_t i = 0;
    json_t *word;
    json_array_foreach(list, i, word) {
        if (json_is_string(word) && strcmp(json_string_value(word), "all") == 0)
            return true;
    }
    return false;
}

/* Names the member that differs and not the whole record. */
static void compare(const struct comparison *c, struct str path, const char *list, const json_t *seed,
                    const json_t *is) {
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)seed, name, value) {
        const json_t *found = json_object_get(is, name);
        struct str at = arena_printf(c->w->arena, "%.*s.%s", STR_FMT(path), name);
        if (json_is_null(value) || is_skipped(list, name))
            continue;
        if (json_is_object(value) && json_is_object(found))
            compare(c, at, list, value, found);
        else if (json_is_array(value) && is_set(name)) {
            bool same = found ? list_includes(found, value, true) : json_array_size(value) == 0;
            if (!same && !has_all(value))
                differ(c, at, value, found);
        } else if (!includes(found, value) &&
                   !(json_is_false(value) && !found)) /* a switch that is off is left out of descriptions */
            differ(c, at, value, found);
    }
}

/* The package may be given by its id. */
static int compare_package(const struct comparison *c, struct str path, const json_t *seed, const json_t *is) {
    struct str package = seed_text(seed, "package"), name = package;
    int64_t account;
    int r = 0;

    if (str_is_absent(package))
        return 0;
    if (id_parse(seed_text(seed, "account_id"), &account) == 0)
        r = seed_package_name(&c->w->h, account, package, &name);
    if (r == 0 && !str_eq(seed_text(is, "package"), name) && !str_eq(seed_text(is, "package"), package))
        differ(c, arena_printf(c->w->arena, "%.*s.package", STR_FMT(path)), json_object_get(seed, "package"),
               json_object_get(is, "package"));
    return r;
}

/* ---- lists ---- */

json_t *seed_index(const json_t *tenant) {
    json_t *index = json_object();
    for (size_t k = 0; k < n_seed_lists; k++) {
        json_t *by_key = json_object(), *record;
        size_t i = 0;
        json_array_foreach(json_object_get(tenant, seed_lists[k].name), i, record) {
            struct str key = seed_text(record, seed_lists[k].key);
            if (!str_is_absent(key))
                json_object_setn(by_key, key.ptr, key.len, record);
        }
        json_object_set_new(index, seed_lists[k].name, by_key);
    }
    return index;
}

static int compare_list(struct seed_work *w, const struct seed_list *list, const json_t *is_index) {
    json_t *record;
    size_t i = 0;
    int r = 0;

    json_array_foreach(json_object_get(w->part->json, list->name), i, record) {
        struct str key = seed_text(record, list->key), path = seed_item_path(w, list->name, i);
        const json_t *is = json_object_getn(json_object_get(is_index, list->name), key.ptr, key.len);
        const struct comparison c = {w, json_object_getn(json_object_get(w->stands, list->name), key.ptr, key.len) ==
                                            NULL};
        compare(&c, path, list->name, record, is);
        if (strcmp(list->name, "orders") == 0)
            r = compare_package(&c, path, record, is);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Members of the tenant itself. */
static void compare_tenant(struct seed_work *w, const json_t *is) {
    static const char *const members[] = {"name", "approve_arrangement", "approve_report"};
    const struct comparison c = {w, w->fresh};
    json_t *own = json_object();
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_object_get(w->part->json, members[i]))
            json_object_set(own, members[i], json_object_get(w->part->json, members[i]));
    compare(&c, w->part->path, "", own, is);
    json_decref(own);
}

int seed_compare(struct seed_work *w) {
    int r = 0;
    json_t *is = seed_dump_tenant(w->db, w->seal, w->tenant.id, w->arena, &r);
    if (!is)
        return r;
    json_t *index = seed_index(is);
    compare_tenant(w, is);
    for (size_t k = 0; k < n_seed_lists && r == 0; k++)
        r = compare_list(w, &seed_lists[k], index);
    json_decref(index);
    json_decref(is);
    return r < 0 ? r : w->seed->findings.n > 0 ? -EINVAL : 0;
}

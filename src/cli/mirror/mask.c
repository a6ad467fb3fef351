/* SPDX-License-Identifier: Apache-2.0
 *
 * Masks answers: decides by its member, and those around it, what a text is.
 */
#include "cli/mirror/mask.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

struct masker {
    uint8_t key[MASK_KEY_LEN];
    struct arena scratch; /* of one answer */
    bool settings;        /* the step has the tenant's own settings */
    bool places;          /* the step has addresses */
};

#define DEPTH_MAX 32

/* The names of the members that lead to a value; path[depth - 1] is its own. */
struct walk {
    struct masker *k;
    struct str path[DEPTH_MAX];
    size_t depth;
    const json_t *item; /* the record */
};

const uint8_t *masker_key(const struct masker *k) {
    return k->key;
}

/* ---- the key ---- */

static int make_key(struct masker *k, int dir) {
    int fd = openat(dir, "key.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), r = 0;
    if (fd < 0)
        return -errno;
    if (getrandom(k->key, sizeof k->key, 0) != (ssize_t)sizeof k->key ||
        write(fd, k->key, sizeof k->key) != (ssize_t)sizeof k->key || fsync(fd) < 0 ||
        renameat(dir, "key.new", dir, "key") < 0 || fsync(dir) < 0)
        r = errno ? -errno : -EIO;
    close(fd);
    return r;
}

int masker_new(struct masker **ret, int dir) {
    struct masker *k = calloc(1, sizeof *k);
    if (!k)
        return -ENOMEM;
    int fd = openat(dir, "key", O_RDONLY | O_CLOEXEC), r = fd < 0 ? -errno : 0;
    if (r == 0)
        r = read(fd, k->key, sizeof k->key) == (ssize_t)sizeof k->key ? 0 : -EBADMSG;
    if (fd >= 0)
        close(fd);
    if (r == -ENOENT)
        r = make_key(k, dir);
    if (r < 0) {
        masker_free(k);
        return r;
    }
    *ret = k;
    return 0;
}

struct masker *masker_free(struct masker *k) {
    if (k) {
        arena_free(&k->scratch);
        OPENSSL_cleanse(k->key, sizeof k->key);
    }
    free(k);
    return NULL;
}

/* ---- what a member is ---- */

static bool in(struct str s, const char *const *list) {
    for (; *list; list++)
        if (str_eq(s, str_of(*list)))
            return true;
    return false;
}

/* Whether the name contains the word, in any case. */
static bool has(struct str name, const char *word) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= name.len; i++)
        if (str_eq_nocase((struct str){name.ptr + i, n}, (struct str){word, n}))
            return true;
    return false;
}

static struct str own(const struct walk *w) {
    return w->depth > 0 ? w->path[w->depth - 1] : STR("");
}

/* Whether one of the members around the value has one of these names. */
static bool within(const struct walk *w, const char *const *list) {
    for (size_t i = 0; i < w->depth; i++)
        if (in(w->path[i], list))
            return true;
    return false;
}

/* Objects that the tenant has set up, or the platform: none is a person's. */
static const char *const setting_objects[] = {"stage",
                                              "stage_list",
                                              "resume_source_info",
                                              "website_resume_source",
                                              "application_preferred_city_list",
                                              "preferred_city_list",
                                              "current_city",
                                              "city",
                                              "district",
                                              "state",
                                              "country",
                                              "interview_round_type",
                                              "interview_score",
                                              "meeting_room_list",
                                              "custom_field_list",
                                              "ext_item_info_list",
                                              "provider_info",
                                              "talent_time_zone",
                                              "min_job_level",
                                              "max_job_level",
                                              "job_level",
                                              "job_type",
                                              "job_process",
                                              "recruitment_type",
                                              "department",
                                              "job_category",
                                              "job_function",
                                              "job_family",
                                              NULL};
static const char *const setting_texts[] = {"package",
                                            "title",
                                            "process_name",
                                            "process_en_name",
                                            "geo",
                                            "type",
                                            "locale",
                                            "mime",
                                            "key",
                                            "code",
                                            "page_token",
                                            "next_page_token",
                                            "mirror_of",
                                            "path",
                                            "resume_source_type",
                                            "weight",
                                            NULL};
static const char *const names[] = {"name",  "en_name", "zh_name", "nickname",  "first_name",   "last_name",
                                    "zh_cn", "en_us",   "ja_jp",   "user_name", "display_name", NULL};

static bool ends(struct str name, const char *end) {
    return str_ends(name, str_of(end));
}

static bool is_word(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c && strchr("_:+.-", c))))
            return false;
    }
    return s.len > 0 && s.len <= 128;
}

static bool is_digits(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

/* The ids of the platform's records: 19 digits. Identity numbers have 18 at most. */
static bool is_record_id(struct str s) {
    return is_digits(s) && s.len == 19;
}

/* open_id, union_id, open_department_id, room, level of rooms. */
static bool is_platform_id(struct str s) {
    static const char *const begins[] = {"ou_", "on_", "od-", "omm_", "omb_", "cli_"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (str_starts(s, str_of(begins[i])) && is_word(s))
            return true;
    return false;
}

static bool is_id_member(struct str name) {
    return str_eq(name, STR("id")) || ends(name, "_id") || ends(name, "_ids") || ends(name, "_id_list");
}

static bool is_time_member(struct str name) {
    return ends(name, "_time") || ends(name, "_timestamp");
}

static bool is_identity_member(struct str name) {
    return has(name, "identification") || has(name, "id_number") || has(name, "id_card") || has(name, "passport") ||
           has(name, "wechat") || has(name, "employee_no") || has(name, "qq_id");
}

/* ---- single texts ---- */

/* An id is kept where it cannot be a person's own: those of users are kept in the platform's forms only. */
static struct str mask_id(struct walk *w, struct str id) {
    struct str name = own(w);
    if (is_record_id(id) || is_platform_id(id))
        return id;
    if (!has(name, "user") && !has(name, "creator") && is_word(id))
        return id;
    return invent_id(w->k, id, &w->k->scratch);
}

/* Whether the value of a custom field is the key of one of its options. */
static bool is_option(const struct walk *w, struct str value) {
    const json_t *fields = json_object_get(w->item, "custom_field_list"), *field, *option;
    size_t i, j;
    json_array_foreach(fields, i, field) {
        const json_t *options = json_object_get(field, "options");
        json_array_foreach(options, j, option) {
            const char *key = json_string_value(json_object_get(option, "key"));
            if (key && str_eq(str_of(key), value))
                return true;
        }
    }
    return false;
}

static struct str mask_value(struct walk *w, struct str v) {
    struct arena *a = &w->k->scratch;
    if (str_eq(v, STR("true")) || str_eq(v, STR("false")) || is_record_id(v) || is_option(w, v))
        return v;
    if (memchr(v.ptr, '@', v.len))
        return invent_mail(w->k, v, a);
    if (is_digits(v) && (v.len == 13 || v.len == 10))
        return invent_date(w->k, v, a);
    return is_word(v) ? invent_number(w->k, v, a) : invent_text(w->k, v, a);
}

static struct str mask_link(struct walk *w, struct str url) {
    struct arena *a = &w->k->scratch;
    struct str id = invent_id(w->k, url, a);
    return arena_printf(a, MASKED_LINK "%.*s", STR_FMT(id));
}

/* A file's name keeps its ending only if the file keeps its content, which it does not: all become PDFs. */
static struct str mask_file_name(struct walk *w, struct str name) {
    struct str id = invent_id(w->k, name, &w->k->scratch);
    return arena_printf(&w->k->scratch, "%.*s.pdf", STR_FMT(id));
}

static struct str mask_name(struct walk *w, struct str text) {
    static const char *const files[] = {"attachment", "attachment_list", NULL};
    struct arena *a = &w->k->scratch;
    struct str name = own(w);
    if (within(w, files))
        return mask_file_name(w, text);
    struct invented_person p = invent_person(w->k, text, a);
    if (str_eq(name, STR("first_name")))
        return p.first;
    if (str_eq(name, STR("last_name")))
        return p.last;
    return str_eq(name, STR("en_name")) || str_eq(name, STR("en_us")) ? p.en : p.zh;
}

static struct str mask_setting(struct walk *w, struct str text) {
    static const char *const addresses[] = {"address", NULL};
    struct str name = own(w);
    bool place = (w->k->places || within(w, addresses)) && !within(w, setting_objects);
    if (place && (in(name, names) || has(name, "address")))
        return invent_address(w->k, text, &w->k->scratch);
    if (has(name, "mobile") || has(name, "phone"))
        return invent_mobile(w->k, text, &w->k->scratch);
    if (has(name, "mail"))
        return invent_mail(w->k, text, &w->k->scratch);
    return text;
}

static struct str mask_text(struct walk *w, struct str text) {
    static const char *const addresses[] = {"address", NULL};
    struct arena *a = &w->k->scratch;
    struct str name = own(w);
    if (text.len == 0)
        return text;
    if (is_identity_member(name))
        return invent_number(w->k, text, a);
    if (has(name, "url") || str_starts(text, STR("http://")) || str_starts(text, STR("https://")))
        return mask_link(w, text);
    if (is_id_member(name))
        return mask_id(w, text);
    if ((is_time_member(name) && is_digits(text)) || (in(name, setting_texts) && !within(w, addresses)) ||
        (ends(name, "_code") && is_word(text)))
        return text;
    if (w->k->settings || within(w, setting_objects) || within(w, addresses))
        return mask_setting(w, text);
    if (has(name, "mobile") || has(name, "phone") || str_eq(name, STR("number")))
        return invent_mobile(w->k, text, a);
    if (has(name, "mail"))
        return invent_mail(w->k, text, a);
    if (has(name, "birth"))
        return invent_date(w->k, text, a);
    if (str_eq(name, STR("value")))
        return mask_value(w, text);
    return in(name, names) ? mask_name(w, text) : invent_text(w->k, text, a);
}

/* ---- records ---- */

static json_t *new_text(struct str s) {
    return json_stringn(s.ptr, s.len);
}

static json_t *masked(struct walk *w, json_t *v);

/* The members of a person have one name between them: the first of these decides. */
static struct str main_name(const json_t *object) {
    static const char *const order[] = {"name", "zh_cn", "zh_name", "en_us", "en_name"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const json_t *v = json_object_get(object, order[i]);
        if (json_string_length(v) > 0)
            return (struct str){json_string_value(v), json_string_length(v)};
    }
    return STR_ABSENT;
}

/* Writes the names of one person into an object that has several of them, before its members are masked one by one. */
static bool mask_person(struct walk *w, json_t *object, const char *member, struct str main, json_t **ret) {
    struct str name = str_of(member);
    if (str_is_absent(main) || !in(name, names) || str_eq(name, STR("nickname")))
        return false;
    struct invented_person p = invent_person(w->k, main, &w->k->scratch);
    const json_t *v = json_object_get(object, member);
    if (json_string_length(v) == 0)
        return false;
    bool english = str_eq(name, STR("en_name")) || str_eq(name, STR("en_us"));
    *ret = new_text(str_eq(name, STR("first_name"))  ? p.first
                    : str_eq(name, STR("last_name")) ? p.last
                    : english                        ? p.en
                                                     : p.zh);
    return true;
}

static bool is_person(const struct walk *w) {
    static const char *const others[] = {"attachment", "attachment_list", "address", "external_background_check", NULL};
    return !w->k->settings && !within(w, setting_objects) && !within(w, others);
}

static void mask_object(struct walk *w, json_t *object) {
    const char *member;
    json_t *v;
    void *tmp;
    struct str main = is_person(w) ? main_name(object) : STR_ABSENT;
    if (!str_is_absent(main)) /* the members are replaced on the way */
        main = arena_dup(&w->k->scratch, main);
    json_object_foreach_safe(object, tmp, member, v) {
        json_t *fresh = NULL;
        if (w->depth == DEPTH_MAX) {
            json_object_set_new(object, member, json_null());
            continue;
        }
        w->path[w->depth++] = arena_dup(&w->k->scratch, str_of(member));
        if (!mask_person(w, object, member, main, &fresh))
            fresh = masked(w, v);
        w->depth--;
        if (fresh)
            json_object_set_new(object, member, fresh);
    }
}

/* Returns a new value, or NULL if it stays (objects and lists are changed in place). */
static json_t *masked(struct walk *w, json_t *v) {
    struct arena *a = &w->k->scratch;
    size_t i;
    json_t *one;
    if (json_is_object(v)) {
        mask_object(w, v);
        return NULL;
    }
    if (json_is_array(v)) {
        json_array_foreach(v, i, one) {
            json_t *fresh = masked(w, one);
            if (fresh)
                json_array_set_new(v, i, fresh);
        }
        return NULL;
    }
    if (json_is_integer(v)) {
        struct str name = own(w);
        if (!has(name, "birth") && !has(name, "mobile") && !has(name, "phone") && !is_identity_member(name))
            return NULL;
        struct str digits = arena_printf(a, "%lld", (long long)json_integer_value(v));
        int64_t number = 0;
        (void)str_to_i64(has(name, "birth") ? invent_date(w->k, digits, a) : invent_mobile(w->k, digits, a), &number);
        return json_integer(number);
    }
    if (!json_is_string(v))
        return NULL;
    struct str text = {json_string_value(v), json_string_length(v)}, fresh = mask_text(w, text);
    return fresh.ptr == text.ptr ? NULL : new_text(fresh);
}

/* ---- answers ---- */

static const char *const setting_steps[] = {"job_levels",
                                            "rooms",
                                            "job_processes",
                                            "resume_sources",
                                            "termination_reasons",
                                            "interview_feedback_forms",
                                            "interview_round_types",
                                            "locations_position",
                                            "locations_interview",
                                            "locations_store",
                                            "jobs",
                                            NULL};

/* One of a list in data: a record, or the id of one. */
static void mask_one(struct walk *w, json_t *list, size_t i) {
    json_t *one = json_array_get(list, i), *fresh;
    bool record = json_is_object(one);
    w->item = one;
    w->path[0] = STR("id");
    w->depth = record ? 0 : 1; /* the record's own members are the first of the path */
    fresh = masked(w, one);
    if (fresh)
        json_array_set_new(list, i, fresh);
}

/* Of an answer only code and data are described; what else there is, and data of another form, is dropped. */
static void drop_others(json_t *answer) {
    const char *member;
    json_t *v;
    void *tmp;
    json_object_foreach_safe(answer, tmp, member,
                             v) if (strcmp(member, "code") != 0 && !(strcmp(member, "data") == 0 && json_is_object(v)))
        json_object_del(answer, member);
}

void masker_answer(struct masker *k, const char *step, json_t *answer) {
    struct walk w = {.k = k};
    json_t *data, *one, *fresh;
    const char *member;
    void *tmp;
    k->settings = in(str_of(step), setting_steps);
    k->places = strncmp(step, "locations_", 10) == 0;
    drop_others(answer);
    data = json_object_get(answer, "data");
    json_object_foreach_safe(data, tmp, member, one) {
        for (size_t i = 0; i < json_array_size(one); i++)
            mask_one(&w, one, i);
        if (json_is_array(one))
            continue;
        w.item = one;
        w.path[0] = arena_dup(&k->scratch, str_of(member));
        w.depth = 1;
        if ((fresh = masked(&w, one)) != NULL)
            json_object_set_new(data, member, fresh);
    }
    arena_reset(&k->scratch);
}

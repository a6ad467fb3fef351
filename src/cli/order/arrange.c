/* SPDX-License-Identifier: Apache-2.0
 *
 * hired order arrange: orders a background check.
 */
#include "cli/order/order.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api_types.h"
#include "base/id.h"
#include "hire/order/arrange.h"
#include "hire/order/order.h"

struct arranging {
    struct tenant_row tenant;
    int64_t id; /* of the new order */
    struct order_arrange_input form;
};

/* Reads a whole file into the arena. Returns 0, or -EINVAL after an error message. */
static int read_file(struct cli *c, const char *name, struct str *ret) {
    FILE *f = fopen(name, "re");
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    size_t n = 0;

    while (f && (buf_reserve(&text, 65536), n = fread(text.ptr + text.len, 1, 65536, f)) > 0)
        text.len += n;
    if (!f || ferror(f)) {
        cli_fail(c, "cannot read %s: %s", name, strerror(errno));
        if (f)
            fclose(f);
        return -EINVAL;
    }
    fclose(f);
    *ret = arena_dup(&c->arena, buf_str(&text));
    return 0;
}

/* Returns 0, or -EINVAL after an error message. */
static int read_fields(struct cli *c, const char *name, struct background_check_order *ret) {
    struct violations vs = {.n = 0};
    struct str text, why;
    unsigned line, column;
    json_t *object;

    if (read_file(c, name, &text) < 0)
        return -EINVAL;
    object = record_parse(text, &c->arena, &why);
    if (!json_is_object(object)) {
        cli_fail(c, "%s: %.*s", name, STR_FMT(object ? STR("holds no JSON object") : why));
        json_decref(object);
        return -EINVAL;
    }
    record_read_answer(&type_background_check_order, ret, object, &c->arena, &vs, NULL, NULL);
    json_decref(object);
    for (size_t i = 0; i < violations_kept(&vs); i++) {
        if (record_locate(text, vs.v[i].field, &line, &column) == 0)
            cli_fail(c, "%s:%u:%u: %.*s: %.*s", name, line, column, STR_FMT(vs.v[i].field),
                     STR_FMT(vs.v[i].description));
        else
            cli_fail(c, "%s: %.*s: %.*s", name, STR_FMT(vs.v[i].field), STR_FMT(vs.v[i].description));
    }
    return vs.n > 0 ? -EINVAL : 0;
}

/* Takes the values of the file. Flags are added after them, or override them. Returns 0, or -EINVAL after an error
 * message. */
static int take_fields(struct cli *c, struct order_arrange_input *form, const struct background_check_order *in) {
    if (in->custom_field_list.v) {
        cli_fail(c, "custom_field_list is the vendor's to define; custom_data_list has the values");
        return -EINVAL;
    }
    form->package = in->package;
    if (in->candidate_info)
        form->candidate = *in->candidate_info;
    if (in->contactor_info)
        form->contact = *in->contactor_info;
    form->items.v = arena_array(&c->arena, struct str, in->ext_item_info_list.n);
    for (size_t i = 0; i < in->ext_item_info_list.n; i++)
        form->items.v[form->items.n++] = in->ext_item_info_list.v[i].id;
    form->values = in->custom_data_list;
    form->geo = in->geo;
    form->location_code = in->location_code;
    form->remark = in->remark;
    return 0;
}

static void add_items(struct cli *c, struct order_arrange_input *form, const struct buf *given) {
    size_t n;
    struct str *more = args_each(given, &c->arena, &n), *all = arena_array(&c->arena, struct str, form->items.n + n);

    if (form->items.n > 0)
        memcpy(all, form->items.v, form->items.n * sizeof(*all));
    if (n > 0)
        memcpy(all + form->items.n, more, n * sizeof(*all));
    form->items = (struct str_list){all, form->items.n + n};
}

/* Returns 0, or -EINVAL after an error message. */
static int add_values(struct cli *c, struct order_arrange_input *form, const struct buf *given) {
    struct background_check_custom_field_data_value *all;
    size_t n;
    struct str *more = args_each(given, &c->arena, &n);

    all = arena_array(&c->arena, struct background_check_custom_field_data_value, form->values.n + n);
    if (form->values.n > 0)
        memcpy(all, form->values.v, form->values.n * sizeof(*all));
    for (size_t i = 0; i < n; i++) {
        struct str value = more[i], key = str_cut(&value, '=');

        if (str_is_absent(value) || key.len == 0) {
            cli_fail(c, "--field takes KEY=VALUE, not \"%.*s\"", STR_FMT(more[i]));
            return -EINVAL;
        }
        all[form->values.n + i] = (struct background_check_custom_field_data_value){.key = key, .value = value};
    }
    form->values.v = all;
    form->values.n += n;
    return 0;
}

static int arrange(struct cli *c, void *ctx) {
    struct arranging *w = ctx;
    struct hire h = cli_hire(c, w->tenant.id);
    int r = order_arrange_checked(&h, &w->form, &w->id);

    if (r == HIRE_REFUSED && h.reason.word == REASON_CHECK_RUNNING) {
        fprintf(stderr, "hired order arrange: note: %.*s of the same person, account and package has not ended\n",
                STR_FMT(h.reason.subject));
        w->form.once = false;
        r = order_arrange_checked(&h, &w->form, &w->id);
    }
    return r < 0 ? cli_fail_errno(c, r, "arrange the check", &h) : 0;
}

/* user_id NULL: no user. Returns 0, or a negative errno after an error message. */
static int find_user(struct cli *c, struct arranging *w, const char *user_id, int64_t *ret) {
    struct user_view view = {.tenant = w->tenant.id};
    int r;

    if (!user_id)
        return 0;
    r = user_find(c->db, c->seal, &view, USER_USER_ID, str_of(user_id), ret);
    if (r == -ENOENT)
        cli_fail(c, "there is no user with the user_id \"%s\"", user_id);
    else if (r < 0)
        cli_fail_errno(c, r, "find the user", NULL);
    return r;
}

struct arrange_flags {
    const char *tenant, *application, *account, *package, *creator, *contact, *candidate, *remark, *fields;
    struct buf items, values;
};

/* Returns 0, or the exit status after an error message. */
static int take_flags(struct cli *c, struct arranging *w, const struct arrange_flags *f) {
    struct background_check_order given = {0};

    if (!f->application || !f->account || id_parse(str_of(f->application), &w->form.application_id) < 0 ||
        id_parse(str_of(f->account), &w->form.account_id) < 0) {
        cli_fail(c, "needs --application ID and --account ID, and no other word; see hired order --help");
        return 2;
    }
    if (f->fields && read_fields(c, f->fields, &given) < 0)
        return 1;
    if (take_fields(c, &w->form, &given) < 0 || add_values(c, &w->form, &f->values) < 0)
        return 2;
    add_items(c, &w->form, &f->items);
    if (f->package)
        w->form.package = str_of(f->package);
    if (f->candidate)
        w->form.candidate.name = str_of(f->candidate);
    if (f->remark)
        w->form.remark = str_of(f->remark);
    return 0;
}

/* Text from the command line that goes into records must be UTF-8. */
static bool flags_are_utf8(const struct arrange_flags *f) {
    return str_is_utf8(str_of(f->package)) && str_is_utf8(str_of(f->candidate)) && str_is_utf8(str_of(f->remark)) &&
           str_is_utf8(buf_str(&f->items)) && str_is_utf8(buf_str(&f->values));
}

static void flags_free(struct arrange_flags *f) {
    buf_free(&f->items);
    buf_free(&f->values);
}

int order_arrange_main(int argc, char **argv) {
    struct arrange_flags f __attribute__((cleanup(flags_free))) = {.items = BUF_EMPTY, .values = BUF_EMPTY};
    const struct arg args[] = {{"--tenant", ARG_TEXT, &f.tenant},       {"--application", ARG_TEXT, &f.application},
                               {"--account", ARG_TEXT, &f.account},     {"--package", ARG_TEXT, &f.package},
                               {"--creator", ARG_TEXT, &f.creator},     {"--contact", ARG_TEXT, &f.contact},
                               {"--candidate", ARG_TEXT, &f.candidate}, {"--remark", ARG_TEXT, &f.remark},
                               {"--fields", ARG_TEXT, &f.fields},       {"--item", ARG_EACH, &f.items},
                               {"--field", ARG_EACH, &f.values},        {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct arranging w = {.form.once = true};
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (!flags_are_utf8(&f)) {
        cli_fail(&c, "takes texts in UTF-8 only; see hired order --help");
        return 2;
    }
    r = take_flags(&c, &w, &f);
    if (r != 0)
        return r;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, f.tenant, &w.tenant) < 0 ||
        find_user(&c, &w, f.creator, &w.form.creator_uid) < 0 ||
        find_user(&c, &w, f.contact, &w.form.contact_uid) < 0 || cli_transact(&c, arrange, &w) != 0)
        return 1;
    return order_print(&c, &w.tenant, w.id);
}

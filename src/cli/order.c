/* SPDX-License-Identifier: Apache-2.0
 *
 * hired order: actions of recruiters and approvers on background check orders.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "api_types.h"
#include "base/id.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/open.h"
#include "cli/reader.h"
#include "gateway/caller/account.h"
#include "hire/order/arrange.h"
#include "hire/order/order.h"

static const char help[] =
    "usage: hired order list [--status N] [--application ID] [--limit N]\n"
    "       hired order show|history ORDER_ID\n"
    "       hired order approve|reject|withdraw|terminate ORDER_ID [--reason TEXT]\n"
    "       hired order arrange --application ID --account ID --package ID [--item ID...]\n"
    "                           [--field KEY=VALUE...] [--contact USER_ID] [--creator USER_ID]\n"
    "                           [--candidate NAME] [--remark TEXT] [--fields FILE]\n\n"
    "Acts as a recruiter or an approver. Answers are JSON; users are given by user_id.\n\n"
    "  --status N        2 arranged, 3 completed, 4 terminated, 5 in approval, 6 withdrawn, 8 approved,\n"
    "                    9 rejected\n"
    "  --limit N         at most N orders, the last changed ones (20)\n"
    "  --reason TEXT     the reason; required for reject and terminate\n"
    "  --account, --package, --item   ids from hired vendor list and show; the name of a package\n"
    "                    is enough if the vendor has pushed nothing\n"
    "  --field KEY=VALUE a field of the account's form: an option's key, a multiselect repeated for\n"
    "                    each key, a date as 2026-04-21, a file or resume by attachment id\n"
    "  --contact USER_ID contact for the vendor       --candidate NAME  default: the application's person\n"
    "  --fields FILE     members of the new order as JSON: candidate_info, contactor_info,\n"
    "                    ext_item_info_list, custom_data_list, geo, location_code, remark\n"
    "  --tenant KEY, --data DIR   which tenant, if there are several; the data directory (data)\n\n"
    "example: hired order terminate 7617365615030192243 --reason 'the offer was declined'\n";

struct order_work {
    struct tenant_row tenant;
    const char *verb; /* "order approve" */
    int64_t id;
    struct str reason;
    struct order_arrange_input form;
};

/* ---- show ---- */

static int write_order(struct cli *c, const struct tenant_row *tenant, struct str doc, struct buf *out) {
    struct user_view view = {.tenant = tenant->id};
    struct reader *reader = reader_new(c, &view, USER_USER_ID);
    int r;

    reader_write(reader, doc, out);
    r = reader_error(reader);
    reader_free(reader);
    return r;
}

static int print_order(struct cli *c, const struct tenant_row *tenant, int64_t id) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct hire h = cli_hire(c, tenant->id);
    struct order_state state;
    struct str doc;
    int r = order_get(&h, id, &state, &doc);

    if (r == 0)
        return cli_fail(c, "there is no order %lld", (long long)id);
    if (r > 0)
        r = write_order(c, tenant, doc, &out);
    return r < 0 ? cli_fail_errno(c, r, "read the order", &h) : cli_print_json(&out);
}

static const char *actor_name(enum hire_actor_kind kind) {
    static const char *const names[] = {"system", "app", "user", "operator"};

    return (unsigned)kind < 4 ? names[kind] : "unknown";
}

/* Writes the actor by name or by a public id. */
static void write_actor(struct cli *c, const struct tenant_row *tenant, const struct order_history_entry *e,
                        struct buf *out) {
    struct account account;
    struct app_row *apps;
    size_t n;

    json_member_str(out, STR("by"), str_of(actor_name(e->actor_kind)));
    if (e->actor_kind == ACTOR_USER && account_get(c->db, tenant->id, e->actor_id, &c->arena, &account) == 1)
        json_member_str(out, STR("user"), account.login);
    if (e->actor_kind == ACTOR_APP && app_list(c->db, tenant->id, &c->arena, &apps, &n) == 0)
        for (size_t i = 0; i < n; i++)
            if (apps[i].id == e->actor_id)
                json_member_str(out, STR("app_id"), apps[i].app_id);
}

static int print_history(struct cli *c, const struct tenant_row *tenant, int64_t id) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct hire h = cli_hire(c, tenant->id);
    struct order_history_entry *entries;
    size_t n;
    int r = order_history(&h, id, &entries, &n);

    if (r < 0)
        return cli_fail_errno(c, r, "read the order's history", &h);
    if (n == 0)
        return cli_fail(c, "there is no order %lld", (long long)id);
    json_begin(&out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct order_history_entry *e = &entries[i];
        json_begin(&out, '{');
        json_member_int(&out, STR("at"), e->at_ms);
        json_member_str(&out, STR("action"), str_of(order_action_text(e->action)));
        write_actor(c, tenant, e, &out);
        json_member_int(&out, STR("from"), e->from.status);
        json_member_int(&out, STR("to"), e->to.status);
        json_member_str(&out, STR("state"), str_of(order_state_text(e->to)));
        if (!str_is_empty(e->why))
            json_member_str(&out, STR("why"), e->why);
        json_end(&out, '}');
    }
    json_end(&out, ']');
    return cli_print_json(&out);
}

static int order_show_main(int argc, char **argv) {
    const char *tenant = NULL, *word;
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct order_work w = {.verb = argv[0]};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    word = cli_word(&c, argc, argv, "the id of an order");
    if (!word)
        return 2;
    if (id_parse(str_of(word), &w.id) < 0) {
        cli_fail(&c, "\"%s\" is no id of an order: digits are expected", word);
        return 2;
    }
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &w.tenant) < 0)
        return 1;
    return strcmp(w.verb, "order show") == 0 ? print_order(&c, &w.tenant, w.id) : print_history(&c, &w.tenant, w.id);
}

/* ---- list ---- */

struct listing {
    struct str *docs; /* ring buffer of the last `limit` ones */
    size_t limit, n;
    int64_t time, id; /* position of the walk: the last row */
    struct arena *arena;
};

static void take_order(void *ctx, int64_t update_time, int64_t id, struct str doc) {
    struct listing *l = ctx;

    l->time = update_time;
    l->id = id;
    l->docs[l->n++ % l->limit] = arena_dup(l->arena, doc);
}

/* Walks from the oldest change on and keeps the last `limit` orders. */
static int print_list(struct cli *c, const struct tenant_row *tenant, const struct order_filter *f, size_t limit) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct hire h = cli_hire(c, tenant->id);
    struct listing l = {.docs = arena_array(&c->arena, struct str, limit), .limit = limit, .arena = &c->arena};
    int r;

    do
        r = order_list(&h, f, l.time, l.id, 500, take_order, &l);
    while (r == 500);
    json_begin(&out, '[');
    for (size_t i = l.n > limit ? l.n - limit : 0; r >= 0 && i < l.n; i++) {
        struct buf one BUF_CLEANUP = BUF_EMPTY;
        r = write_order(c, tenant, l.docs[i % limit], &one);
        if (out.len > 1)
            buf_add_char(&out, ',');
        buf_add_str(&out, buf_str(&one));
    }
    json_end(&out, ']');
    return r < 0 ? cli_fail_errno(c, r, "list the orders", &h) : cli_print_json(&out);
}

static int order_list_main(int argc, char **argv) {
    const char *tenant = NULL, *application = NULL;
    int64_t status = 0, limit = 20;
    struct order_filter f = {.update_end = INT64_MAX, .begin_end = INT64_MAX};
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--status", ARG_COUNT, &status},
                               {"--application", ARG_TEXT, &application},
                               {"--limit", ARG_COUNT, &limit},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct tenant_row row;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || limit < 1 || limit > 10000 || status > 9) {
        cli_fail(&c, argc > 1 ? "takes no word; see hired order --help"
                              : "--limit takes 1 to 10000, --status 2, 3, 4, 5, 6, 8 or 9");
        return 2;
    }
    if (application && id_parse(str_of(application), &f.application_id) < 0) {
        cli_fail(&c, "--application takes the id of an application, not \"%s\"", application);
        return 2;
    }
    f.status = (int)status;
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_of(&c, tenant, &row) < 0)
        return 1;
    return print_list(&c, &row, &f, (size_t)limit);
}

/* ---- approve, cancel ... ---- */

static int change(struct cli *c, void *ctx) {
    static const struct {
        const char *verb;
        int (*run)(struct hire *h, int64_t order_id, struct str reason);
    } changes[] = {{"order approve", order_approve},
                   {"order reject", order_reject},
                   {"order withdraw", order_withdraw},
                   {"order terminate", order_terminate}};
    struct order_work *w = ctx;
    struct hire h = cli_hire(c, w->tenant.id);
    int r = -EINVAL;

    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        if (strcmp(changes[i].verb, w->verb) == 0)
            r = changes[i].run(&h, w->id, w->reason);
    return r < 0 ? cli_fail_errno(c, r, "change the order", &h) : 0;
}

static int order_change_main(int argc, char **argv) {
    const char *tenant = NULL, *reason = NULL, *word;
    const struct arg args[] = {
        {"--tenant", ARG_TEXT, &tenant}, {"--reason", ARG_TEXT, &reason}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct order_work w = {.verb = argv[0]};

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    word = cli_word(&c, argc, argv, "the id of an order");
    if (!word)
        return 2;
    if (id_parse(str_of(word), &w.id) < 0 || (reason && !str_is_utf8(str_of(reason)))) {
        cli_fail(&c, "needs the id of an order (digits), not \"%s\", and a reason in UTF-8", word);
        return 2;
    }
    w.reason = str_of(reason);
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, tenant, &w.tenant) < 0 || cli_transact(&c, change, &w) != 0)
        return 1;
    return print_order(&c, &w.tenant, w.id);
}

/* ---- arrange ---- */

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
static int take_fields(struct cli *c, struct check_form *form, const struct background_check_order *in) {
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
    struct order_work *w = ctx;
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
static int find_user(struct cli *c, struct order_work *w, const char *user_id, int64_t *ret) {
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
static int take_flags(struct cli *c, struct order_work *w, const struct arrange_flags *f) {
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

static int order_arrange_main(int argc, char **argv) {
    struct arrange_flags f __attribute__((cleanup(flags_free))) = {.items = BUF_EMPTY, .values = BUF_EMPTY};
    const struct arg args[] = {{"--tenant", ARG_TEXT, &f.tenant},       {"--application", ARG_TEXT, &f.application},
                               {"--account", ARG_TEXT, &f.account},     {"--package", ARG_TEXT, &f.package},
                               {"--creator", ARG_TEXT, &f.creator},     {"--contact", ARG_TEXT, &f.contact},
                               {"--candidate", ARG_TEXT, &f.candidate}, {"--remark", ARG_TEXT, &f.remark},
                               {"--fields", ARG_TEXT, &f.fields},       {"--item", ARG_EACH, &f.items},
                               {"--field", ARG_EACH, &f.values},        {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct order_work w = {.verb = argv[0], .form.once = true};
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (argc > 1 || !flags_are_utf8(&f)) {
        cli_fail(&c, "takes no word beside its flags, and texts in UTF-8; see hired order --help");
        return 2;
    }
    r = take_flags(&c, &w, &f);
    if (r != 0)
        return r;
    if (cli_open(&c, CLI_WRITE) < 0 || cli_tenant_of(&c, f.tenant, &w.tenant) < 0 ||
        find_user(&c, &w, f.creator, &w.form.creator_uid) < 0 ||
        find_user(&c, &w, f.contact, &w.form.contact_uid) < 0 || cli_transact(&c, arrange, &w) != 0)
        return 1;
    return print_order(&c, &w.tenant, w.id);
}

int cli_order(int argc, char **argv) {
    static const struct cli_verb verbs[] = {
        {"list", order_list_main},        {"show", order_show_main},       {"history", order_show_main},
        {"approve", order_change_main},   {"reject", order_change_main},   {"withdraw", order_change_main},
        {"terminate", order_change_main}, {"arrange", order_arrange_main}, {NULL, NULL},
    };

    return cli_verbs("order", help, verbs, argc, argv);
}

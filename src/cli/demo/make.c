/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the contents of the demo's directory: tenant, apps, records, accounts, files.
 */
#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "base/id.h"
#include "cli/demo/internal.h"
#include "cli/import/import.h"
#include "cli/user.h"
#include "gateway/op.h"
#include "hire/attachment/attachment.h"
#include "hire/order/order.h"
#include "hire/reference/reference.h"
#include "hire/tenant/tenant.h"
#include "store/files/directory.h"

#define TENANT_NAME "青舟科技 Qingzhou"
#define APP_NAME "demo"
#define VENDOR_APP_NAME "demo vendor (Clearview Screening)"
#define VENDOR_PROVIDER "Clearview Screening"      /* the provider that the vendor's app is bound to */
#define REPORT_HOST "https://reports.example.com/" /* URLs that stand for files of demo/reports/ */

const struct demo_account demo_accounts[DEMO_ACCOUNTS] = {
    {ROLE_ADMIN, STR_INIT("4c87bec3"), STR_INIT("周雨桐"), STR_INIT("Yutong Zhou")},
    {ROLE_RECRUITER, STR_INIT("9f21a7d4"), STR_INIT("陈思远"), STR_INIT("Siyuan Chen")},
    {ROLE_APPROVER, STR_INIT("e04b73a1"), STR_INIT("沈国安"), STR_INIT("Guoan Shen")},
    {ROLE_INTERVIEWER, STR_INIT("d716b84f"), STR_INIT("顾晓楠"), STR_INIT("Xiaonan Gu")},
};

/* ---- tenant and apps ---- */

/* The vendor's app gets the scopes for background checks, and for the files in their forms; no others of the tenant. */
static struct str vendor_scopes(struct arena *a) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    for (uint16_t i = 0; i < api_n_scopes; i++) {
        struct str s = api_scopes[i];
        if (!memmem(s.ptr, s.len, "background_check", 16) && !memmem(s.ptr, s.len, "hire:eco", 8) &&
            !str_eq(s, STR("contact:user.employee_id:readonly")) && !str_eq(s, STR("hire:attachment:readonly")))
            continue;
        if (memmem(s.ptr, s.len, "external", 8))
            continue;
        if (out.len > 0)
            buf_add_char(&out, ' ');
        buf_add_str(&out, s);
    }
    return arena_dup(a, buf_str(&out));
}

/* Finds the app by name and gives it a new secret, or creates it: an interrupted demo is completed. */
static int make_app(struct demo *d, struct str name, struct str scopes, struct app_row *ret, struct str *ret_secret) {
    struct cli *c = d->cli;
    struct str known, unknown;
    struct app_row *apps;
    size_t n;
    int r = app_list(c->db, d->tenant.id, &c->arena, &apps, &n);

    for (size_t i = 0; r >= 0 && i < n; i++)
        if (str_eq(apps[i].name, name)) {
            *ret = apps[i];
            return app_rotate(c->db, apps[i].id, &c->arena, ret_secret);
        }
    if (r >= 0)
        r = app_scopes_check(scopes, &c->arena, &known, &unknown);
    return r < 0 ? r
                 : app_create(c->db, d->tenant.id, APP_CUSTOM, name, known, STR_ABSENT, STR_ABSENT, &c->arena, ret,
                              ret_secret);
}

static int make_people(struct cli *c, void *ctx) {
    struct demo *d = ctx;
    int r = tenant_find(c->db, STR(DEMO_TENANT_KEY), &c->arena, &d->tenant);

    if (r == 0)
        r = tenant_create(c->db, STR(DEMO_TENANT_KEY), STR(TENANT_NAME), &c->arena, &d->tenant);
    if (r >= 0)
        r = make_app(d, STR(APP_NAME), STR("all"), &d->app, &d->app_secret);
    if (r >= 0)
        r = make_app(d, STR(VENDOR_APP_NAME), vendor_scopes(&c->arena), &d->vendor, &d->vendor_secret);
    return r < 0 ? cli_fail_errno(c, r, "make the demo's tenant and apps", NULL) : 0;
}

/* ---- records ---- */

static void tell_finding(struct import *im, const struct finding *f) {
    fprintf(stderr, "demo/%s:%u:%u: %.*s: %.*s\n", f->file, f->line, f->column, STR_FMT(f->field), STR_FMT(f->reason));
}

/* A file's name is the kind of its records. */
static const struct item_kind *kind_of_file(const char *name) {
    struct str s = str_of(name);

    return str_ends(s, STR(".json")) ? kind_find((struct str){s.ptr, s.len - 5}) : NULL;
}

static int import_records(struct demo *d) {
    struct import im = {.on_finding = tell_finding};
    struct import_source *sources = arena_array(&d->cli->arena, struct import_source, n_item_kinds);
    struct finding f;
    size_t n = 0;
    int r;

    import_begin(&im, d->cli, &d->tenant, &d->app);
    /* Imports in the order of the kinds, so that records come after those they refer to. */
    for (size_t k = 0; k < n_item_kinds; k++)
        for (const struct embedded_file *e = demo_files; e->name; e++) {
            if (kind_of_file(e->name) != &item_kinds[k])
                continue;
            sources[n].kind = &item_kinds[k];
            sources[n].type = USER_USER_ID;
            if (answer_of_text(&sources[n].answer, e->name, e->bytes, &d->cli->arena, &f) < 0) {
                im.findings++;
                tell_finding(&im, &f);
            }
            n++;
        }
    r = im.findings > 0 ? -EINVAL : import_run(&im, sources, n);
    import_end(&im);
    if (r == -EINVAL)
        cli_fail(d->cli, "the demo's own files are wrong; this is a fault of hired");
    return r < 0 ? 1 : 0;
}

static int bind_vendor(struct cli *c, void *ctx) {
    struct demo *d = ctx;
    struct hire h = cli_hire(c, d->tenant.id);
    struct vendor_account *accounts;
    size_t n;
    int r = vendor_account_list(&h, &accounts, &n);

    for (size_t i = 0; r >= 0 && i < n; i++)
        if (str_eq(accounts[i].provider_en, STR(VENDOR_PROVIDER))) {
            d->vendor_account = accounts[i].id;
            r = vendor_account_bind(&h, accounts[i].id, d->vendor.id);
        }
    if (r >= 0 && d->vendor_account == 0)
        return cli_fail(c, "no order of the demo names the vendor %s; this is a fault of hired", VENDOR_PROVIDER);
    return r < 0 ? cli_fail_errno(c, r, "bind the vendor's account", &h) : 0;
}

/* Creates an account for each role, with the role's name. An existing one gets a new password. */
static int make_account(struct demo *d, size_t i) {
    struct cli *c = d->cli;
    struct str login = account_role_name(demo_accounts[i].role);
    struct account account;
    int r = account_by_login(c->db, login, &c->arena, &account);

    d->passwords[i] = account_password_new(&c->arena);
    if (r == 1) {
        r = account_set_password(c->db, &account, account_password_hash(d->passwords[i], &c->arena), STR(""));
        return r < 0 ? cli_fail_errno(c, r, "set a password", NULL) : 0;
    }
    account = (struct account){.tenant = d->tenant.id,
                               .login = login,
                               .name = demo_accounts[i].name,
                               .en_name = demo_accounts[i].en_name,
                               .roles = ROLE_BIT(demo_accounts[i].role)};
    if (r == 0)
        r = user_find_uid(c, d->tenant.id, demo_accounts[i].user_id, &account.users_id);
    return r < 0 ? cli_fail_errno(c, r, "look for an account", NULL) : user_make(c, &account, d->passwords[i]);
}

static int make_accounts(struct cli *c, void *ctx) {
    struct demo *d = ctx;
    int r = 0;

    for (size_t i = 0; i < DEMO_ACCOUNTS && r == 0; i++)
        r = make_account(d, i);
    return r;
}

/* ---- stored files ---- */

static const struct embedded_file *file_named(struct str name) {
    for (const struct embedded_file *e = demo_files; e->name; e++)
        if (str_eq(str_of(e->name), name))
            return e;
    return NULL;
}

static int write_file(struct demo *d, int64_t id, struct str bytes, struct buf *ret_hex) {
    const char *dir = d->cli->config.data;
    struct directory_draft draft;
    unsigned char digest[32];
    int r = directory_draft_begin(&draft, dir, id);

    if (r == 0)
        r = directory_draft_write(&draft, bytes);
    if (r == 0)
        r = directory_draft_replace(&draft, dir, id); /* left by an interrupted demo */
    EVP_Digest(bytes.ptr, bytes.len, digest, NULL, EVP_sha256(), NULL);
    buf_add_hex(ret_hex, digest, sizeof(digest));
    return r;
}

static int keep_file(struct demo *d, int64_t id, struct str bytes) {
    struct hire h = cli_hire(d->cli, d->tenant.id);
    struct buf hex BUF_CLEANUP = BUF_EMPTY;
    int r = write_file(d, id, bytes, &hex);

    return r < 0 ? r : order_file_kept(&h, id, (int64_t)bytes.len, buf_str(&hex));
}

/* True if an interrupted demo has added it already. */
static int attachment_is_kept(struct cli *c, int64_t tenant, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_ATTACHMENT_GET);

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    return db_row(&q);
}

/* Stores a file for an attachment whose URL names one, as if it had been uploaded. */
static int keep_attachment(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct demo *d = ctx;
    struct cli *c = d->cli;
    struct hire h = cli_hire(c, d->tenant.id);
    struct buf hex BUF_CLEANUP = BUF_EMPTY;
    struct attachment a = {0};
    struct attachment_row row = {0};
    const struct embedded_file *e = NULL;
    int r = record_read_stored(&type_attachment, &a, doc, &c->arena);

    if (r < 0 || id_parse(id, &row.id) < 0)
        return r < 0 ? r : -EBADMSG;
    if (str_starts(a.url, STR(REPORT_HOST)))
        e = file_named(str_skip(a.url, sizeof(REPORT_HOST) - 1));
    if (!e || (r = attachment_is_kept(c, d->tenant.id, row.id)) != 0 || (r = write_file(d, row.id, e->bytes, &hex)) < 0)
        return r;
    row.usage = str_eq(str_of(e->name), STR("resume.pdf")) ? ATTACHMENT_RESUME : ATTACHMENT_OTHER;
    row.name = a.name;
    row.mime = a.mime;
    row.size = (int64_t)e->bytes.len;
    row.sha256 = buf_str(&hex);
    row.created_ms = a.create_time.v;
    r = attachment_add(&h, &row);
    return r < 0 ? r : 1;
}

static int keep_attachments(struct cli *c, void *ctx) {
    struct demo *d = ctx;
    struct hire h = cli_hire(c, d->tenant.id);
    int r = reference_walk(&h, STR("attachment"), 0, INT_MAX, keep_attachment, d);

    return r < 0 ? cli_fail_errno(c, r, "keep the demo's attachments", NULL) : 0;
}

struct due_file {
    int64_t id;
    struct str bytes;
};

/* Stores the reports of the demo's orders, as if they had been fetched. */
static int keep_reports(struct cli *c, void *ctx) {
    struct demo *d = ctx;
    struct due_file due[64];
    int n = 0, r;

    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CLI_REPORT_FILES);
        db_bind_int(&q, 1, d->tenant.id);
        db_bind_int(&q, 2, 0);
        db_bind_int(&q, 3, 64);
        while ((r = db_row(&q)) == 1) {
            const struct embedded_file *e = NULL;
            if (db_int(&q, COL_CLI_REPORT_FILES_STATE) == ORDER_FILE_DUE &&
                str_starts(db_text(&q, COL_CLI_REPORT_FILES_SOURCE_URL), STR(REPORT_HOST)))
                e = file_named(str_skip(db_text(&q, COL_CLI_REPORT_FILES_SOURCE_URL), sizeof(REPORT_HOST) - 1));
            if (e)
                due[n++] = (struct due_file){db_int(&q, COL_CLI_REPORT_FILES_ID), e->bytes};
        }
    }
    for (int i = 0; i < n && r >= 0; i++)
        r = keep_file(d, due[i].id, due[i].bytes);
    return r < 0 ? cli_fail_errno(c, r, "keep the demo's reports", NULL) : 0;
}

/* ---- making everything ---- */

static int make_days(struct demo *d) {
    const struct demo_days days = {.tenant = d->tenant.id,
                                   .own_app = d->app.id,
                                   .vendor_app = d->vendor.id,
                                   .vendor_account = d->vendor_account,
                                   .recruiter = demo_accounts[1].user_id,
                                   .days = d->days};

    return d->days == 0 || d->orders > 0 || d->interviews > 0 ? 0 : demo_make_days(d->cli, &days);
}

static int make_clones(struct demo *d) {
    struct scale orders;
    int r = demo_clone_orders(d->cli, d->tenant.id, d->orders, d->progress, &orders);

    if (r == 0)
        r = demo_clone_interviews(d->cli, d->tenant.id, &orders, d->interviews, d->progress);
    return r < 0 ? cli_fail_errno(d->cli, r, "make copies of the demo's records", NULL) : 0;
}

int demo_make(struct demo *d) {
    struct cli *c = d->cli;

    if (cli_open(c, CLI_CREATE) < 0)
        return 1;
    d->base_url = demo_base_url(c);
    if (cli_transact(c, make_people, d) != 0 || import_records(d) != 0 || cli_transact(c, bind_vendor, d) != 0 ||
        cli_transact(c, make_accounts, d) != 0 || make_days(d) != 0 || cli_transact(c, keep_reports, d) != 0 ||
        cli_transact(c, keep_attachments, d) != 0 || make_clones(d) != 0 || demo_write_json(d) != 0)
        return 1;
    cli_shut(c);
    return 0;
}

int demo_renew(struct demo *d) {
    struct cli *c = d->cli;

    return cli_transact(c, make_people, d) != 0 || cli_transact(c, make_accounts, d) != 0 || demo_write_json(d) != 0;
}

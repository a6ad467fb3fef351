/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports and attachments: their content is fetched by the links in answers, and kept here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "cli/kept.h"
#include "cli/mirror/mask.h"
#include "cli/mirror/mirror.h"
#include "events/outgoing.h"
#include "gateway/answer.h"
#include "hire/attachment/attachment.h"
#include "hire/order/order.h"
#include "robot/pdf.h"

#define PAGE 100
#define TIMEOUT_MS 120000L
#define ATTACHMENT_MAX ((size_t)300 << 20)

/* ---- downloads ---- */

struct download {
    int fd;
    size_t size, max;
};

static size_t on_bytes(char *bytes, size_t one, size_t len, void *ctx) {
    struct download *d = ctx;
    if (d->size + len > d->max || write(d->fd, bytes, len) != (ssize_t)len)
        return 0;
    d->size += len;
    return len;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t d, curl_off_t e) {
    return mirror_stop ? 1 : 0;
}

/* From another server than the source: only addresses that hired may fetch from. Returns 0, or -EIO with a reason. */
static int download_elsewhere(struct mirror *m, const char *url, struct download *d, const char **ret_why) {
    enum fetch_allow allow = m->cli->config.fetch_allow;
    struct outgoing_guard guard = {.allow_loopback = allow != FETCH_ALLOW_NONE,
                                   .allow_private = allow == FETCH_ALLOW_PRIVATE};
    static char error[CURL_ERROR_SIZE];
    CURL *c = curl_easy_init();
    long status = 0;
    *ret_why = "there is too little memory";
    if (!c)
        return -ENOMEM;
    error[0] = '\0';
    outgoing_setup(c, &guard, url, TIMEOUT_MS);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, 3L);
    curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, d);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
    CURLcode r = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(c);
    *ret_why = guard.refused ? "its address is not a public one (--fetch-allow permits others)"
               : r == CURLE_WRITE_ERROR && d->size > 0 ? "it is too large"
               : error[0]                              ? error
                                                       : curl_easy_strerror(r);
    return r == CURLE_OK ? 0 : -EIO;
}

/* Writes what the link leads to into run/files/NAME, durably. Returns 0, or -EIO with a reason. */
static int download(struct mirror *m, const char *url, const char *name, size_t max, const char **ret_why) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    const char *path = arena_printf(&m->arena, "%s/run/files/%s", m->work, name).ptr,
               *part = arena_printf(&m->arena, "%s.part", path).ptr;
    int r = -EIO, fd = -1;
    *ret_why = "";
    for (int tries = 0; tries < 3 && r < 0 && !mirror_stop; tries++) {
        fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0)
            return *ret_why = strerror(errno), -errno;
        struct download d = {.fd = fd, .max = max};
        if (client_is_own(m->client, str_of(url))) {
            r = client_download(m->client, url, fd, max, NULL, &a);
            *ret_why = r < 0 ? client_why(m->client) : client_refusal(m->client, &a);
            r = r < 0 || a.code != 0 ? -EIO : 0;
        } else {
            r = download_elsewhere(m, url, &d, ret_why);
        }
        if (r == 0 && (fsync(fd) < 0 || rename(part, path) < 0))
            r = -EIO, *ret_why = strerror(errno);
        close(fd);
    }
    if (r < 0)
        unlink(part);
    return mirror_stop ? -ECANCELED : r;
}

/* A PDF in place of a file. */
static int invent_file(struct mirror *m, const char *name, struct str seed) {
    struct buf pdf BUF_CLEANUP = BUF_EMPTY;
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    pdf_write(STR("Masked"),
              arena_printf(&a, "This file stands for another one.\n%.*s\n", STR_FMT(invent_id(m->masker, seed, &a))),
              &pdf);
    const char *path = arena_printf(&m->arena, "%s/run/files/%s", m->work, name).ptr;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int r = fd < 0 || write(fd, pdf.ptr, pdf.len) != (ssize_t)pdf.len || fsync(fd) < 0 ? -EIO : 0;
    if (fd >= 0)
        close(fd);
    return r < 0 ? mirror_fail(m, "cannot write %s: %s", path, strerror(errno)) : 0;
}

/* ---- attachments: from the source into run/ ---- */

static int note_attachment(void *ctx, const json_t *line) {
    const char *id = json_string_value(json_object_get(line, "mirror_of"));
    if (id)
        id_set_add(ctx, str_of(id));
    return 0;
}

/* The type under which an attachment is found is not known: a resume, another file, a work. Returns 0 or < 0. */
static int get_attachment(struct mirror *m, struct str id, struct client_answer *a) {
    static const char *const types[] = {"type=1", "type=3", "type=2"};
    struct buf path BUF_CLEANUP = BUF_EMPTY;
    int r = 0;
    buf_add_lit(&path, "/open-apis/hire/v1/attachments/");
    client_segment(&path, id);
    for (size_t i = 0; i < sizeof types / sizeof *types && r == 0; i++) {
        r = mirror_call(m, "attachment.get", path.ptr, types[i], NULL, a);
        if (r == 0 && (a->code == 0 || mirror_refusal(a) != REFUSED_ONE))
            break;
    }
    return r;
}

static int read_attachment(struct mirror *m, struct step_file *s, struct str id, int64_t *missing) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    const char *name = arena_dup(&m->arena, id).ptr, *why;
    int64_t number;
    int r = 0;
    /* The id becomes the name of a file in run/files. */
    if (id_parse(id, &number) < 0)
        a.code = CODE_PARAMETER;
    else
        r = get_attachment(m, id, &a);
    if (r < 0)
        return r;
    if (a.code != 0 && mirror_refusal(&a) != REFUSED_ONE) {
        a.msg = mirror_msg(m, &a);
        mirror_miss(m, "attachments: %s", client_refusal(m->client, &a));
        return 1;
    }
    const json_t *about = json_object_get(a.data, "attachment");
    const char *url = json_string_value(json_object_get(about, "url"));
    json_t *line = json_pack("{s:s}", "mirror_of", name);
    if (a.code == 0 && url)
        r = m->masker ? invent_file(m, name, id) : download(m, url, name, ATTACHMENT_MAX, &why);
    if (a.code != 0 || !url || (r < 0 && r != -ECANCELED && !m->masker)) {
        ++*missing;
        r = 0;
    } else if (r == 0) {
        if (m->masker)
            masker_answer(m->masker, "attachments", a.body);
        json_object_set(line, "data", a.data);
    }
    r = r == 0 ? step_append(s, line) : r;
    json_decref(line);
    return r;
}

int read_attachments(struct mirror *m, const struct id_set *ids) {
    struct step_file s;
    struct id_set have = {.arena = &m->arena};
    int64_t missing = 0;
    int r = step_open(m, "attachments", &s, note_attachment, &have);
    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && !s.done && i < ids->n; i++)
        if (id_set_add(&have, ids->ids[i]))
            r = read_attachment(m, &s, ids->ids[i], &missing);
    id_set_free(&have);
    if (missing > 0)
        mirror_miss(m, "attachments: %lld whose content could not be fetched", (long long)missing);
    if (r < 0)
        return step_close(&s), r;
    return step_finish(&s);
}

/* ---- keeping ---- */

struct keeping {
    struct mirror *m;
    struct cli *cli;
    struct files *files;
    struct tenant_row tenant;
    int64_t id, size;
    char sha256[KEPT_HEX];
    struct attachment_row row;
    int64_t attachments, reports, known, failed;
};

static int on_piece(void *ctx, struct str bytes) {
    return files_draft_write(ctx, bytes);
}

/* Makes run/files/NAME the kept file of an id. */
static int keep_file(struct keeping *k, const char *name) {
    const char *path = arena_printf(&k->m->arena, "%s/run/files/%s", k->m->work, name).ptr;
    struct files_draft *draft = NULL;
    int r = files_draft_begin(&draft, k->files, (struct files_name){k->tenant.id, k->id});
    if (r == 0)
        r = kept_digest(path, on_piece, draft, &k->size, k->sha256);
    if (r < 0) {
        files_draft_drop(draft);
        return r;
    }
    r = files_draft_keep(draft, FILES_REPLACE);
    return r == -EEXIST ? 0 : r;
}

static int write_attachment(struct cli *c, void *ctx) {
    struct keeping *k = ctx;
    struct hire h = cli_hire(c, k->tenant.id);
    h.now_ms = cli_stamp(c, k->tenant.id);
    int r = attachment_add(&h, &k->row);
    return r < 0 && r != -EEXIST ? cli_fail_errno(c, r, "store an attachment", &h) : 0;
}

static bool is_stored(struct keeping *k, struct str id) {
    struct hire h = cli_hire(k->cli, k->tenant.id);
    struct attachment_row row;
    return attachment_find(&h, id, &row) == 1 && row.size >= 0;
}

static int keep_attachment(void *ctx, const json_t *line) {
    struct keeping *k = ctx;
    const json_t *about = json_object_get(json_object_get(line, "data"), "attachment"),
                 *time = json_object_get(about, "create_time");
    const char *id = json_string_value(json_object_get(line, "mirror_of")),
               *name = json_string_value(json_object_get(about, "name"));
    if (!about || !id || id_parse(str_of(id), &k->id) < 0)
        return 0;
    if (is_stored(k, str_of(id))) {
        k->known++;
        return 0;
    }
    int r = keep_file(k, id);
    if (r < 0)
        return mirror_fail(k->m, "cannot keep the attachment %s: %s", id, strerror(-r));
    struct str kept = attachment_name(&k->m->arena, str_of(name ? name : "file"));
    k->row = (struct attachment_row){.id = k->id,
                                     .name = kept,
                                     .mime = attachment_mime(kept),
                                     .size = k->size,
                                     .sha256 = str_of(k->sha256),
                                     .usage = ATTACHMENT_OTHER,
                                     .created_ms = json_is_integer(time) ? json_integer_value(time) : 0};
    k->attachments++;
    return cli_transact(k->cli, write_attachment, k) == 0 ? 0 : -EIO;
}

static int write_report(struct cli *c, void *ctx) {
    struct keeping *k = ctx;
    struct hire h = cli_hire(c, k->tenant.id);
    h.now_ms = cli_stamp(c, k->tenant.id);
    int r = order_file_kept(&h, k->id, k->size, str_of(k->sha256));
    return r < 0 ? cli_fail_errno(c, r, "store a report", &h) : 0;
}

/* Whether the file begins like a PDF. */
static bool is_pdf(const struct keeping *k, const char *name) {
    char head[1024];
    int fd = open(arena_printf(&k->m->arena, "%s/run/files/%s", k->m->work, name).ptr, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
    if (fd >= 0)
        close(fd);
    return n > 0 && memmem(head, (size_t)n, "%PDF-", 5) != NULL;
}

static int keep_report(struct keeping *k, struct str url) {
    const char *name = arena_printf(&k->m->arena, "report-%lld", (long long)k->id).ptr, *why = "it is no PDF";
    int r = k->m->masker ? invent_file(k->m, name, url)
                         : download(k->m, arena_dup(&k->m->arena, url).ptr, name, k->cli->config.fetch_max_bytes, &why);
    if (r == -ECANCELED)
        return r;
    if (r < 0 || !is_pdf(k, name)) {
        k->failed++;
        mirror_say(k->m, "a report could not be fetched: %s", why);
        return 0;
    }
    r = keep_file(k, name);
    if (r < 0)
        return mirror_fail(k->m, "cannot keep a report: %s", strerror(-r));
    k->reports++;
    return cli_transact(k->cli, write_report, k) == 0 ? 0 : -EIO;
}

/* Reads a page of reports that are due. Returns their number. */
static int due_reports(struct keeping *k, int64_t after, int64_t ids[PAGE], struct str urls[PAGE]) {
    struct db_query q DB_CLEANUP = db_query(k->cli->db, SQL_REPORT_FILE_DUE_OF_TENANT);
    int n = 0, r;
    db_bind_int(&q, 1, k->tenant.id);
    db_bind_int(&q, 2, after);
    db_bind_int(&q, 3, PAGE);
    while (n < PAGE && (r = db_row(&q)) == 1) {
        ids[n] = db_int(&q, COL_REPORT_FILE_DUE_OF_TENANT_ID);
        urls[n++] = arena_dup(&k->m->arena, db_text(&q, COL_REPORT_FILE_DUE_OF_TENANT_SOURCE_URL));
    }
    return n;
}

static int keep_reports(struct keeping *k) {
    int64_t ids[PAGE], after = INT64_MIN;
    struct str urls[PAGE];
    int n, r = 0;
    do {
        n = due_reports(k, after, ids, urls);
        for (int i = 0; i < n && r == 0; i++) {
            k->id = after = ids[i];
            r = keep_report(k, urls[i]);
        }
    } while (n == PAGE && r == 0);
    return r;
}

int store_files(struct mirror *m) {
    struct cli *c = m->cli;
    struct keeping k = {.m = m, .cli = c};
    struct db_options db = config_db_options(&c->config);
    struct app_row app;
    struct str why;
    if (cli_open(c, CLI_WRITE) < 0 || cli_tenant_and_app(c, m->tenant, m->app_id, &k.tenant, &app) < 0)
        return -EIO;
    int r = files_new(&k.files, &db, &why);
    if (r < 0)
        return mirror_fail(m, "%.*s", STR_FMT(why));
    r = step_each(m, "attachments", keep_attachment, &k);
    if (r == 0 && c->remote)
        mirror_say(m, "the running server fetches the reports");
    else if (r == 0)
        r = keep_reports(&k);
    files_free(k.files);
    if (r == 0)
        mirror_say(m, "files: %lld attachments and %lld reports stored, %lld attachments were there already",
                   (long long)k.attachments, (long long)k.reports, (long long)k.known);
    if (k.failed > 0)
        mirror_miss(m, "reports: %lld whose content could not be fetched now; hired serve tries again",
                    (long long)k.failed);
    return r;
}

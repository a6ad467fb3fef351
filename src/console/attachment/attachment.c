/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/attachments: files that people upload for a vendor's form or as the report of a check that they record by
 * hand.
 */
#include "hire/attachment/attachment.h"

#include "api_handlers.h"
#include "base/json.h"
#include "console/console.h"

static enum attachment_usage usage_of(struct str text) {
    return str_eq(text, STR("resume"))   ? ATTACHMENT_RESUME
           : str_eq(text, STR("report")) ? ATTACHMENT_REPORT
                                         : ATTACHMENT_OTHER;
}

/* Reports are served as PDF regardless of their name, so the content must be a PDF. */
static bool is_pdf(const struct call_file *file) {
    static const struct str magic = STR_INIT("%PDF-");
    return memcmp(file->head, magic.ptr, magic.len) == 0;
}

int handle_console_attachment_create(struct call *c) {
    const struct console_attachment_create_query *in = c->query;
    struct hire h = console_hire(c);
    struct attachment_row a = {
        .id = c->file->id,
        .name = attachment_name(c->arena, c->file->name),
        .size = c->file->size,
        .sha256 = c->file->sha256,
        .usage = usage_of(in->usage),
    };
    a.mime = attachment_mime(a.name);
    if (a.usage == ATTACHMENT_REPORT && !is_pdf(c->file))
        return console_fail(c, (struct reason){.word = REASON_REPORT_NOT_PDF},
                            "a report must be a PDF; this file is not a PDF");
    int r = attachment_add(&h, &a);
    if (r < 0)
        return console_result(c, &h, r);
    c->audit_subject = arena_printf(c->arena, "%lld", (long long)a.id);
    c->audit_detail = in->usage;
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), a.id);
    json_member_str(c->out, STR("name"), a.name);
    json_member_id(c->out, STR("size"), a.size);
    json_end(c->out, '}');
    return 0;
}

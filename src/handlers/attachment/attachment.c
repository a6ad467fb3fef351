/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/attachments: files that are uploaded, and links to them.
 */
#include "hire/attachment/attachment.h"
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "handlers/handlers.h"

/* A link to the content: to this server, valid for half an hour, or the link that an import brought. */
static struct str url_of(struct call *c, const struct attachment_row *a) {
    return str_is_absent(a->url) ? call_link(c, LINK_ATTACHMENT, a->id, LINK_ATTACHMENT_LIFE_S) : a->url;
}

int handle_attachment_create(struct call *c) {
    struct hire h = hire_of(c);
    struct attachment_row a = {
        .id = c->file->id,
        .name = attachment_name(c->arena, c->file->name),
        .size = c->file->size,
        .sha256 = c->file->sha256,
        .usage = ATTACHMENT_OTHER,
        .app = c->app->id,
    };
    a.mime = attachment_mime(a.name);
    int r = attachment_add(&h, &a);
    if (r < 0)
        return call_from_hire(c, &h, r);
    json_begin(c->out, '{');
    json_member_id(c->out, STR("id"), a.id);
    json_member_str(c->out, STR("name"), a.name);
    json_member_str(c->out, STR("url"), url_of(c, &a));
    json_end(c->out, '}');
    return 0;
}

/* Finds the attachment with that id and usage. An imported attachment has no usage, so it is found with any. */
static int find(struct call *c, struct str id, int64_t usage, struct attachment_row *ret) {
    struct hire h = hire_of(c);
    int r = attachment_find(&h, id, ret);
    if (r < 0)
        return r;
    if (r == 0 || (ret->usage != 0 && ret->usage != usage))
        return call_fail(c, CODE_PARAMETER, "attachment_id: there is no attachment %.*s of type %lld",
                         STR_FMT(str_head(id, 32)), (long long)usage);
    return 0;
}

int handle_attachment_get(struct call *c) {
    const struct attachment_get_params *params = c->params;
    const struct attachment_get_query *query = c->query;
    struct attachment_row a;
    int r = find(c, params->attachment_id, query->type.v, &a);
    if (r < 0)
        return r;
    const struct attachment attachment = {
        .id = params->attachment_id,
        .url = url_of(c, &a),
        .name = a.name,
        .mime = a.mime,
        .create_time = SET_INT(a.created_ms),
    };
    json_begin(c->out, '{');
    json_key(c->out, STR("attachment"));
    record_write(&type_attachment, &attachment, 0, c->out);
    json_end(c->out, '}');
    return 0;
}

int handle_attachment_preview(struct call *c) {
    const struct attachment_preview_params *params = c->params;
    struct attachment_row a;
    int r = find(c, params->attachment_id, ATTACHMENT_RESUME, &a);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_member_str(c->out, STR("url"), url_of(c, &a));
    json_end(c->out, '}');
    return 0;
}

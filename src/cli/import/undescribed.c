/* SPDX-License-Identifier: Apache-2.0
 *
 * Members that the API does not describe are stored and exported, but no operation returns them; an import lists them.
 */
#include <stdio.h>

#include "base/json.h"
#include "cli/import/internal.h"

/* "a_list[12].b" -> "a_list[].b" */
static struct str without_indices(struct str path, struct arena *a) {
    char *text = arena_bytes(a, path.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < path.len; i++) {
        text[n++] = path.ptr[i];
        if (path.ptr[i] == '[')
            while (i + 1 < path.len && path.ptr[i + 1] >= '0' && path.ptr[i + 1] <= '9')
                i++;
    }
    return (struct str){text, n};
}

void import_note_undescribed(struct import *im, const struct item_kind *kind, struct str path) {
    struct str name = without_indices(path, &im->scratch);

    for (size_t i = 0; i < im->n_undescribed; i++)
        if (im->undescribed[i].kind == kind && str_eq(im->undescribed[i].path, name)) {
            im->undescribed[i].times++;
            return;
        }
    if (im->n_undescribed == UNDESCRIBED_MAX)
        im->undescribed_more++;
    else
        im->undescribed[im->n_undescribed++] =
            (struct import_undescribed){kind, arena_dup(&im->cli->arena, str_head(name, 200)), 1};
}

void import_warn_undescribed(const struct import *im) {
    for (size_t i = 0; i < im->n_undescribed; i++) {
        const struct import_undescribed *u = &im->undescribed[i];
        fprintf(stderr,
                "hired import: warning: the API does not describe the member %.*s of %.*s (met %lld time%s): it is "
                "stored and exported, but no operation returns it\n",
                STR_FMT(u->path), STR_FMT(u->kind->plural), (long long)u->times, u->times == 1 ? "" : "s");
    }
    if (im->undescribed_more > 0)
        fprintf(stderr, "hired import: warning: further members that the API does not describe were met %lld times\n",
                (long long)im->undescribed_more);
}

void import_write_undescribed(const struct import *im, struct buf *out) {
    if (im->n_undescribed == 0)
        return;
    json_key(out, STR("undescribed"));
    json_begin(out, '[');
    for (size_t i = 0; i < im->n_undescribed; i++) {
        json_begin(out, '{');
        json_member_str(out, STR("records"), im->undescribed[i].kind->plural);
        json_member_str(out, STR("member"), im->undescribed[i].path);
        json_member_int(out, STR("times"), im->undescribed[i].times);
        json_end(out, '}');
    }
    json_end(out, ']');
    if (im->undescribed_more > 0)
        json_member_int(out, STR("undescribed_more"), im->undescribed_more);
}

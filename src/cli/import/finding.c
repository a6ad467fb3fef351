/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports what is wrong with an item, with its place in the file.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/import/internal.h"

/* Counts a finding. Returns true if it is shown, so that its place must be computed. */
static bool count_finding(struct import *im) {
    return im->findings++ < FINDINGS_SHOWN;
}

void import_tell(struct import *im, const struct finding *f) {
    if (count_finding(im))
        im->on_finding(im, f);
}

void import_complain(struct import *im, struct import_source *src, const struct answer_item *item, struct str member,
                     struct str reason) {
    struct finding f = {.file = src->answer.name, .line = 1, .column = 1, .reason = reason};
    struct str at = member;
    unsigned line, column;

    if (!count_finding(im))
        return;
    /* A missing member has no place: takes the place of its nearest existing parent. */
    while (!str_is_empty(at) && record_locate(item->text, at, &line, &column) < 0) {
        while (at.len > 0 && at.ptr[at.len - 1] != '.' && at.ptr[at.len - 1] != '[')
            at.len--;
        at.len -= at.len > 0;
    }
    if (!str_is_empty(at)) {
        f.line = line;
        f.column = column;
    }
    answer_place(&src->answer, item, &f.line, &f.column);
    f.field = answer_path(&src->answer, item, member, &im->scratch);
    im->on_finding(im, &f);
}

/* If the parser refuses the text because an object has a name twice, returns that name: it tells more than the place.
 */
static struct str name_given_twice(struct str text, struct arena *a) {
    json_error_t e;
    json_t *value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &e);
    const char *begin, *end;

    json_decref(value);
    if (value || json_error_code(&e) != json_error_duplicate_key)
        return STR_ABSENT;
    begin = strchr(e.text, '"');
    end = begin ? strchr(begin + 1, '"') : NULL;
    return end ? arena_dup(a, (struct str){begin + 1, (size_t)(end - begin - 1)}) : STR_ABSENT;
}

json_t *import_parse_item(struct import *im, struct import_source *src, const struct answer_item *item) {
    struct str why;
    json_t *value = record_parse(item->text, &im->scratch, &why);
    unsigned line, column;
    int used = 0;

    if (json_is_object(value)) /* false for NULL */
        return value;
    if (value) {
        json_decref(value);
        if (!im->keep)
            import_complain(im, src, item, STR(""), STR("is not an object"));
        return NULL;
    }
    if (im->keep) /* the first pass accepted it, so the file has changed */
        return NULL;
    if (!count_finding(im))
        return NULL;
    struct finding f = {.file = src->answer.name, .line = 1, .column = 1, .reason = why};
    struct str twice = name_given_twice(item->text, &im->scratch);
    if (sscanf(why.ptr, "line %u, column %u: %n", &line, &column, &used) >= 2 && used > 0) {
        f.line = line;
        f.column = column;
        f.reason = str_skip(why, (size_t)used);
    }
    answer_place(&src->answer, item, &f.line, &f.column);
    if (!str_is_absent(twice))
        f.reason = arena_printf(&im->scratch, "the member %.*s is given twice in one object", STR_FMT(twice));
    f.field = answer_path(&src->answer, item, STR(""), &im->scratch);
    im->on_finding(im, &f);
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Fills in the form of an order, with values that are permitted and unusual.
 */
#include <stdio.h>
#include <string.h>

#include "conformance/run_internal.h"

#define OPTIONS_TAKEN 5 /* of a multiselect */

/* A text of 100 characters at most, and of several lines. */
#define TEXT "O'Neill \"Bob\" & <b>林悦</b> \\ 100% 😀"
#define LINES "第一行\nsecond line: {\"a\":1}\n\tthird; 'quoted' & <i>marked</i>"

static void add(json_t *values, const char *key, const char *value) {
    json_array_append_new(values, json_pack("{s:s, s:s}", "key", key, "value", value));
}

static void add_options(json_t *values, const json_t *field, bool several) {
    const json_t *options = json_object_get(field, "options");
    size_t n = json_array_size(options), from = several || n == 0 ? 0 : n - 1;
    for (size_t i = from; i < n && i < from + OPTIONS_TAKEN; i++)
        add(values, entry_text(field, "key"), entry_text(json_array_get(options, i), "key"));
}

static void add_value(const struct run *r, json_t *values, const json_t *field) {
    static const struct {
        const char *type, *value;
    } plain[] = {
        {"text", TEXT}, {"textarea", LINES}, {"number", "-12.50"}, {"boolean", "true"}, {"date", "1788220800000"}};
    const char *type = entry_text(field, "type"), *key = entry_text(field, "key");
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(type, plain[i].type) == 0)
            add(values, key, plain[i].value);
    if (strcmp(type, "select") == 0 || strcmp(type, "multiselect") == 0)
        add_options(values, field, type[0] == 'm');
    if (strcmp(type, "file") == 0 || strcmp(type, "resume") == 0)
        add(values, key, r->attachment);
}

json_t *values_of_form(const struct run *r, const json_t *fields, enum fill fill) {
    json_t *values = json_array(), *field;
    size_t i;
    json_array_foreach(fields, i, field) {
        if (fill == FILL_ALL || json_is_true(json_object_get(field, "is_required")))
            add_value(r, values, field);
    }
    return values;
}

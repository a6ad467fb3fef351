/* SPDX-License-Identifier: Apache-2.0
 *
 * Validates the values of an order's custom fields against the types of the fields.
 */
#include <inttypes.h>

#include "base/id.h"
#include "base/json.h"
#include "hire/order/arrange.h"

typedef struct eco_background_check_custom_field_data field_data;

static int refuse_value(struct hire *h, const field_data *field, const char *what) {
    return hire_refuse_for(h, REASON_FIELD_VALUE, field->key, "the field \"%.*s\" takes %s", STR_FMT(field->key), what);
}

static int text_value(struct hire *h, const field_data *field, struct str given, size_t max_chars, bool one_line) {
    if (one_line && (str_find(given, '\n') != SIZE_MAX || str_find(given, '\r') != SIZE_MAX))
        return refuse_value(h, field, "one line of text");
    return hire_bounded(h, arena_printf(h->arena, "the field \"%.*s\"", STR_FMT(field->key)).ptr, given, false,
                        max_chars);
}

static size_t digits_at(struct str s) {
    size_t n = 0;

    while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9')
        n++;
    return n;
}

static int number_value(struct hire *h, const field_data *field, struct str given) {
    struct str s = str_skip(given, str_starts(given, STR("-")) ? 1 : 0);
    size_t whole = digits_at(s), part = 0;
    struct str rest = str_skip(s, whole);
    bool fits = whole > 0 && (whole == 1 || s.ptr[0] != '0') && given.len <= ORDER_VALUE_NUMBER_MAX;

    if (fits && rest.len > 0) {
        part = digits_at(str_skip(rest, 1));
        fits = rest.ptr[0] == '.' && part > 0 && part + 1 == rest.len;
    }
    return fits ? 0 : refuse_value(h, field, "a number such as 12, -3 or 4.5");
}

static const struct eco_background_check_custom_field_data_option *option_of(const field_data *field, struct str key) {
    for (size_t i = 0; i < field->options.n; i++) {
        if (str_eq(field->options.v[i].key, key))
            return &field->options.v[i];
    }
    return NULL;
}

static int refuse_option(struct hire *h, const field_data *field, struct str given) {
    struct buf keys BUF_CLEANUP = BUF_EMPTY;

    for (size_t i = 0; i < field->options.n && i < 20; i++) {
        if (i > 0)
            buf_add_lit(&keys, ", ");
        buf_add_str(&keys, field->options.v[i].key);
    }
    if (field->options.n > 20)
        buf_add_lit(&keys, " ...");
    return hire_refuse_for(h, REASON_FIELD_VALUE, field->key,
                           "the field \"%.*s\" has no option \"%.*s\"; its options are %.*s", STR_FMT(field->key),
                           STR_FMT(str_head(given, 100)), STR_FMT(buf_str(&keys)));
}

/* Marks the options that one text names. The text is a key or a JSON list of keys. */
static int mark_options(struct hire *h, const field_data *field, struct str given, bool *chosen) {
    const struct eco_background_check_custom_field_data_option *o = option_of(field, given);
    struct str why;
    json_t *list;
    int r = 0;

    if (o) {
        chosen[o - field->options.v] = true;
        return 0;
    }
    list = str_starts(given, STR("[")) ? record_parse(given, h->arena, &why) : NULL;
    if (!json_is_array(list))
        r = refuse_option(h, field, given);
    for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
        json_t *key = json_array_get(list, i);
        struct str text = json_is_string(key) ? (struct str){json_string_value(key), json_string_length(key)} : STR("");

        o = option_of(field, text);
        if (o)
            chosen[o - field->options.v] = true;
        else
            r = refuse_option(h, field, text);
    }
    json_decref(list);
    return r;
}

static int options_value(struct hire *h, const field_data *field, const struct str *given, size_t n, struct str *ret) {
    bool *chosen = arena_array(h->arena, bool, field->options.n), any = false;
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        r = mark_options(h, field, given[i], chosen);
    if (r < 0)
        return r;
    json_begin(&text, '[');
    for (size_t i = 0; i < field->options.n; i++) {
        if (chosen[i])
            json_str(&text, field->options.v[i].key);
        any |= chosen[i];
    }
    json_end(&text, ']');
    *ret = any ? arena_dup(h->arena, buf_str(&text)) : STR("");
    return 0;
}

static int days_of_month(int64_t year, int64_t month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, computed in periods of 400 years. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day) {
    int64_t y = month <= 2 ? year - 1 : year, in_era = y % 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return y / 400 * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719468;
}

static int64_t digits(struct str s, size_t at, size_t n) {
    int64_t value = 0;

    for (size_t i = at; i < at + n; i++)
        value = value * 10 + (s.ptr[i] - '0');
    return value;
}

static int date_value(struct hire *h, const field_data *field, struct str given, struct str *ret) {
    int64_t ms;

    if (str_to_i64(given, &ms) == 0 && ms >= -HIRE_TIME_MAX && ms <= HIRE_TIME_MAX) {
        *ret = given;
        return 0;
    }
    if (given.len == 10 && digits_at(given) == 4 && given.ptr[4] == '-' && digits_at(str_skip(given, 5)) == 2 &&
        given.ptr[7] == '-' && digits_at(str_skip(given, 8)) == 2) {
        int64_t year = digits(given, 0, 4), month = digits(given, 5, 2), day = digits(given, 8, 2);

        if (year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_of_month(year, month)) {
            *ret = hire_text(h, days_since_1970(year, month, day) * 86400000);
            return 0;
        }
    }
    return refuse_value(h, field, "a date: 2026-04-21, or milliseconds since 1970");
}

static int attachment_value(struct hire *h, const field_data *field, struct str given) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_FORM_ATTACHMENT_EXISTS);
    int64_t id;
    int r = 0;

    if (id_parse(given, &id) == 0) {
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, id);
        db_bind_text(&q, 3, given);
        r = db_row(&q);
    }
    if (r == 0)
        return hire_refuse_for(h, REASON_FIELD_VALUE, field->key,
                               "the field \"%.*s\" takes the id of an attachment; there is none with \"%.*s\"",
                               STR_FMT(field->key), STR_FMT(str_head(given, 100)));
    return r < 0 ? r : 0;
}

int order_arrange_value(struct hire *h, const struct eco_background_check_custom_field_data *field,
                        const struct str *given, size_t n, struct str *ret) {
    if (str_eq(field->type, STR("multiselect")))
        return options_value(h, field, given, n, ret);
    if (n > 1)
        return hire_refuse(h, REFUSED_PARAMETER, "the field \"%.*s\" is given twice; it takes one value",
                           STR_FMT(field->key));
    *ret = given[0];
    if (str_eq(field->type, STR("text")))
        return text_value(h, field, *given, ORDER_VALUE_TEXT_MAX, true);
    if (str_eq(field->type, STR("textarea")))
        return text_value(h, field, *given, ORDER_VALUE_TEXTAREA_MAX, false);
    if (str_eq(field->type, STR("number")))
        return number_value(h, field, *given);
    if (str_eq(field->type, STR("boolean")))
        return str_eq(*given, STR("true")) || str_eq(*given, STR("false")) ? 0
                                                                           : refuse_value(h, field, "true or false");
    if (str_eq(field->type, STR("select")))
        return option_of(field, *given) ? 0 : refuse_option(h, field, *given);
    if (str_eq(field->type, STR("date")))
        return date_value(h, field, *given, ret);
    return attachment_value(h, field, *given);
}

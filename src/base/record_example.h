/* SPDX-License-Identifier: Apache-2.0
 *
 * A record type with a member of every sort, for the tests and for fuzzing. Written by hand, as tools/apigen.py writes
 * them.
 */
#ifndef HIRED_BASE_RECORD_EXAMPLE_H
#define HIRED_BASE_RECORD_EXAMPLE_H

#include "base/record.h"

enum { EXAMPLE_PHONE_BIT = 3 };

struct example_report {
    struct str report_name;
    struct opt_int report_url_type;
    struct str url;
    struct str reporter_id;
    struct str undescribed;
};

struct example_contact {
    struct str phone;
    struct str user_id;
    struct str undescribed;
};

struct example {
    struct str user_id;
    struct str stage_id;
    struct opt_int status;
    struct opt_int page_size;
    struct opt_bool urgent;
    struct opt_num score;
    struct example_contact *contact;
    struct {
        struct example_report *v;
        size_t n;
    } report_list;
    struct str_list user_ids;
    struct str_list tags;
    struct int_list rounds;
    struct str custom;
    struct str mobile;
    struct str conclusion;
    struct str_list custom_list;
    struct str undescribed;
};

#define FIELD(s, member, k) .name = STR_INIT(#member), .kind = (k), .offset = offsetof(struct s, member)

static const struct str example_url_types[] = {STR_INIT("1"), STR_INIT("2"), {NULL, 0}};
static const struct str example_conclusions[] = {STR_INIT("passed"), STR_INIT("failed"), {NULL, 0}};

static const struct record_field example_report_fields[] = {
    {FIELD(example_report, report_name, RECORD_STRING), .required = true, .max_len = 36},
    {FIELD(example_report, report_url_type, RECORD_INT), .values = example_url_types},
    {FIELD(example_report, url, RECORD_STRING), .slot = SLOT_FILE},
    {FIELD(example_report, reporter_id, RECORD_STRING), .slot = SLOT_USER},
};
static const struct record_type example_report_type = {STR_INIT("example_report"), sizeof(struct example_report),
                                                       example_report_fields, 4,
                                                       offsetof(struct example_report, undescribed)};

static const struct record_field example_contact_fields[] = {
    {FIELD(example_contact, phone, RECORD_STRING), .scope_bit = EXAMPLE_PHONE_BIT},
    {FIELD(example_contact, user_id, RECORD_STRING), .slot = SLOT_USER, .scope_bit = EXAMPLE_PHONE_BIT},
};
static const struct record_type example_contact_type = {STR_INIT("example_contact"), sizeof(struct example_contact),
                                                        example_contact_fields, 2,
                                                        offsetof(struct example_contact, undescribed)};

static const struct record_field example_fields[] = {
    {FIELD(example, user_id, RECORD_STRING), .slot = SLOT_USER},
    {FIELD(example, stage_id, RECORD_STRING), .required = true, .min_len = 4, .max_len = 8},
    {FIELD(example, status, RECORD_INT), .has_min = true, .has_max = true, .min = 1, .max = 9},
    {FIELD(example, page_size, RECORD_INT), .initial = STR_INIT("10"), .has_max = true, .max = 100},
    {FIELD(example, urgent, RECORD_BOOL)},
    {FIELD(example, score, RECORD_NUMBER), .has_min = true, .min = 0},
    {FIELD(example, contact, RECORD_OBJECT), .scope_bit = EXAMPLE_PHONE_BIT + 1, .of = &example_contact_type},
    {FIELD(example, report_list, RECORD_OBJECT), .list = true, .max_items = 3, .of = &example_report_type},
    {FIELD(example, user_ids, RECORD_STRING), .list = true, .slot = SLOT_USER},
    {FIELD(example, tags, RECORD_STRING), .list = true, .min_items = 1, .max_len = 5},
    {FIELD(example, rounds, RECORD_INT), .list = true, .has_min = true, .min = 1},
    {FIELD(example, custom, RECORD_MAP)},
    {FIELD(example, mobile, RECORD_STRING), .scope_bit = EXAMPLE_PHONE_BIT},
    {FIELD(example, conclusion, RECORD_STRING), .values = example_conclusions},
    {FIELD(example, custom_list, RECORD_MAP), .list = true},
};
static const struct record_type example_type = {STR_INIT("example"), sizeof(struct example), example_fields, 15,
                                                offsetof(struct example, undescribed)};

#undef FIELD

#endif

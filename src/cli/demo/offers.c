/* SPDX-License-Identifier: Apache-2.0
 *
 * The packages and fields of the demo's vendors.
 */
#include "cli/demo/days.h"

#include "api_types.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"

const struct vendor demo_vendors[VENDORS] = {
    {"Clearview Screening",
     5,
     52,
     60,
     {{"cv-basic", "基础版", "身份、学历、不良记录"},
      {"cv-standard", "标准版", "基础版，加两段工作履历与证明人访谈"},
      {"cv-executive", "高管版", "标准版，加商业利益冲突与媒体检索"}},
     {{"cv-abroad", "海外学历", "核实境外院校的学位"}, {"cv-licence", "职业资格", "核实执业证书"}}},
    {"Huanyu Global Checks",
     3,
     96,
     120,
     {{"hy-global", "Global Standard", "Education and employment in up to three countries"},
      {"hy-lite", "Global Lite", "Education and identity in one country"}},
     {{"hy-sanctions", "Sanctions screening", "Lists of the UN, EU and OFAC"}}},
    {"iBeiDiao",
     2,
     18,
     30,
     {{"ib-fast", "极速版", "一个工作日内出具"}, {"ib-pro", "专业版", "含两位证明人访谈"}},
     {{"ib-credit", "信用记录", "公开的失信与被执行信息"}}},
};

static struct eco_background_check_custom_field_data field(struct i18n *name, const char *type, const char *key,
                                                           const char *zh, const char *en, bool required) {
    *name = (struct i18n){.zh_cn = str_of(zh), .en_us = str_of(en)};
    return (struct eco_background_check_custom_field_data){
        .type = str_of(type), .key = str_of(key), .name = name, .is_required = {.set = true, .v = required}};
}

/* Fields that the first vendor requires of its customers. */
static int push_fields(struct hire *h, int64_t account) {
    struct i18n names[3], options[2] = {{.zh_cn = STR("尽快"), .en_us = STR("As soon as possible")},
                                        {.zh_cn = STR("正常"), .en_us = STR("Normal")}};
    struct eco_background_check_custom_field_data_option choices[2] = {{.key = STR("urgent"), .name = &options[0]},
                                                                       {.key = STR("normal"), .name = &options[1]}};
    struct eco_background_check_custom_field_data fields[] = {
        field(&names[0], "select", "pace", "进度要求", "Pace", true),
        field(&names[1], "date", "onboard_date", "预计入职日期", "Expected start", false),
        field(&names[2], "textarea", "note", "给顾问的说明", "Note for the consultant", false),
    };
    fields[0].options.v = choices;
    fields[0].options.n = 2;
    const struct eco_background_check_custom_field_create_body body = {.account_id = hire_text(h, account),
                                                                       .custom_field_list = {.v = fields, .n = 3}};
    return order_fields_create(h, &body);
}

static int push_packages(struct hire *h, const struct vendor *v, int64_t account) {
    struct eco_background_check_package_data packages[4] = {0};
    struct eco_background_check_package_additional_item items[4] = {0};
    struct eco_background_check_package_create_body body = {
        .account_id = hire_text(h, account), .package_list = {.v = packages}, .additional_item_list = {.v = items}};
    for (const struct offer *o = v->packages; o->id; o++)
        packages[body.package_list.n++] =
            (struct eco_background_check_package_data){str_of(o->id), str_of(o->name), str_of(o->description)};
    for (const struct offer *o = v->items; o->id; o++)
        items[body.additional_item_list.n++] = (struct eco_background_check_package_additional_item){
            str_of(o->id), str_of(o->name), str_of(o->description)};
    return packages_create(h, &body);
}

int demo_push_offers(struct hire *h, int v, int64_t account) {
    int r = push_packages(h, &demo_vendors[v], account);

    return r >= 0 && v == 0 ? push_fields(h, account) : r;
}

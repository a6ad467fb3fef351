/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of an order's custom fields: files, and masked numbers of identity documents.
 */
#include "console/order/values.h"

#include <ctype.h>
#include <strings.h>

#include "base/json.h"
#include "hire/attachment/attachment.h"

#define SHOWN 4 /* characters of a masked number */

static const struct eco_background_check_custom_field_data *field_of(const struct background_check_order *doc,
                                                                     struct str key) {
    for (size_t i = 0; i < doc->custom_field_list.n; i++)
        if (str_eq(doc->custom_field_list.v[i].key, key))
            return &doc->custom_field_list.v[i];
    return NULL;
}

/* ---- files ---- */

static int write_attachment(struct call *c, struct hire *h, struct str id) {
    struct attachment_row a;
    int r = attachment_find(h, id, &a);
    if (r <= 0)
        return r;
    json_begin(c->out, '{');
    json_member_str(c->out, STR("id"), id);
    json_member_str(c->out, STR("name"), a.name);
    if (a.size >= 0)
        json_member_id(c->out, STR("size"), a.size);
    if (str_is_absent(a.url)) /* the content of an imported attachment is not kept here */
        json_member_str(c->out, STR("url"), call_link(c, LINK_ATTACHMENT, a.id, LINK_ATTACHMENT_LIFE_S));
    json_end(c->out, '}');
    return 0;
}

int write_order_attachments(struct call *c, struct hire *h, const struct background_check_order *doc) {
    int r = 0;
    json_key(c->out, STR("attachments"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < doc->custom_data_list.n && r == 0; i++) {
        const struct background_check_custom_field_data_value *value = &doc->custom_data_list.v[i];
        const struct eco_background_check_custom_field_data *field = field_of(doc, value->key);
        if (field && (str_eq(field->type, STR("file")) || str_eq(field->type, STR("resume"))))
            r = write_attachment(c, h, value->value);
    }
    json_end(c->out, ']');
    return r;
}

/* ---- numbers ---- */

static bool has_word(struct str text, const char *word) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.len; i++)
        if (strncasecmp(text.ptr + i, word, n) == 0)
            return true;
    return false;
}

/* Whether a text is the number of a mainland identity card: 17 digits and a digit or X. */
static bool is_card_number(struct str s) {
    if (s.len != 18)
        return false;
    for (size_t i = 0; i < 17; i++)
        if (!isdigit((unsigned char)s.ptr[i]))
            return false;
    return isdigit((unsigned char)s.ptr[17]) || s.ptr[17] == 'X' || s.ptr[17] == 'x';
}

/* Whether a field asks for the number of an identity document. Vendors define fields freely, so its key and names
 * decide. */
static bool asks_for_number(const struct eco_background_check_custom_field_data *f) {
    static const char *const words[] = {"id_card",         "idcard",          "id_number",       "id number",
                                        "id_no",           "identity_n",      "identity number", "identity card",
                                        "passport_n",      "passport number", "passport no",     "ssn",
                                        "social security", "身份证",          "护照号",          "证件号"};
    const struct i18n none = {0}, *name = f->name ? f->name : &none;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(f->key, words[i]) || has_word(name->zh_cn, words[i]) || has_word(name->en_us, words[i]))
            return true;
    return false;
}

static struct str masked(struct arena *a, struct str s) {
    size_t from = s.len > SHOWN ? s.len - SHOWN : s.len;
    while (from < s.len && ((unsigned char)s.ptr[from] & 0xc0) == 0x80) /* do not cut within a character */
        from++;
    return arena_printf(a, "****%.*s", STR_FMT(str_skip(s, from)));
}

static bool is_identity_number(const struct background_check_order *doc,
                               const struct background_check_custom_field_data_value *value) {
    const struct eco_background_check_custom_field_data *field = field_of(doc, value->key);
    bool text = !field || str_eq(field->type, STR("text")) || str_eq(field->type, STR("textarea")) ||
                str_eq(field->type, STR("number"));
    return text && (is_card_number(value->value) || (field && asks_for_number(field)));
}

void write_identity_keys(struct call *c, const struct background_check_order *doc) {
    json_key(c->out, STR("identity_keys"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < doc->custom_data_list.n; i++)
        if (is_identity_number(doc, &doc->custom_data_list.v[i]))
            json_str(c->out, doc->custom_data_list.v[i].key);
    json_end(c->out, ']');
}

bool mask_order_values(struct call *c, struct background_check_order *doc) {
    bool any = false;
    if (c->person->roles & (ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_RECRUITER)))
        return false;
    for (size_t i = 0; i < doc->custom_data_list.n; i++) {
        struct background_check_custom_field_data_value *value = &doc->custom_data_list.v[i];
        if (is_identity_number(doc, value)) {
            value->value = masked(c->arena, value->value);
            any = true;
        }
    }
    return any;
}

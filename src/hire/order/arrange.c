/* SPDX-License-Identifier: Apache-2.0
 *
 * Validates a recruiter's input for a check against what the vendor has pushed, and creates the order.
 */
#include "hire/order/arrange.h"

#include <inttypes.h>
#include <stddef.h>

#include "hire/order/order.h"
#include "hire/tenant/tenant.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"

/* ---- people ---- */

/* The members of a talent's record that are read here. */
struct talent_person {
    struct str name, mobile, mobile_code, email;
};
static const struct record_field person_fields[] = {
    {.name = STR_INIT("name"), .kind = RECORD_STRING, .offset = offsetof(struct talent_person, name)},
    {.name = STR_INIT("mobile"), .kind = RECORD_STRING, .offset = offsetof(struct talent_person, mobile)},
    {.name = STR_INIT("mobile_code"), .kind = RECORD_STRING, .offset = offsetof(struct talent_person, mobile_code)},
    {.name = STR_INIT("email"), .kind = RECORD_STRING, .offset = offsetof(struct talent_person, email)},
};
static const struct record_type type_person = {STR_INIT("basic_info"), sizeof(struct talent_person), person_fields, 4,
                                               0};

struct talent_part {
    struct talent_person *basic_info;
};
static const struct record_field talent_fields[] = {
    {.name = STR_INIT("basic_info"),
     .kind = RECORD_OBJECT,
     .offset = offsetof(struct talent_part, basic_info),
     .of = &type_person},
};
static const struct record_type type_talent_part = {STR_INIT("talent"), sizeof(struct talent_part), talent_fields, 1,
                                                    0};

/* Completes c from the application's talent, if that is known: the name and, if c has neither mobile nor email,
 * both. If c has one of the two, none is added, because c may describe another person than the talent's record. */
static int fill_candidate(struct hire *h, int64_t application_id, struct candidate_contact_info *c) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_FORM_TALENT_OF_APPLICATION);
    struct talent_part talent = {0};
    const struct talent_person *p;
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, application_id);
    r = db_row(&q);
    if (r <= 0)
        return r;
    r = record_read_stored(&type_talent_part, &talent, db_text(&q, COL_FORM_TALENT_OF_APPLICATION_DOC), h->arena);
    p = talent.basic_info;
    if (r < 0 || !p)
        return r;
    if (str_is_empty(c->name))
        c->name = p->name;
    if (!str_is_empty(c->mobile) || !str_is_empty(c->email))
        return 0;
    c->email = p->email;
    c->mobile = p->mobile;
    if (!str_is_empty(p->mobile) && !str_is_empty(p->mobile_code) && p->mobile.ptr[0] != '+')
        c->mobile = arena_printf(h->arena, "+%.*s %.*s", STR_FMT(p->mobile_code), STR_FMT(p->mobile));
    return 0;
}

/* Reads a user's name, mobile number and mail address. */
static int contact_of_user(struct hire *h, int64_t uid, struct user_contact_info *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_USERS_GET);
    struct user user = {0};
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, uid);
    r = db_row(&q);
    if (r == 0)
        return hire_refuse_for(h, REASON_PERSON_NAME, STR("contact"), "the contact is not a user of the tenant");
    if (r < 0 || (r = record_read_stored(&type_user, &user, db_text(&q, COL_USERS_GET_DOC), h->arena)) < 0)
        return r;
    *ret = (struct user_contact_info){
        .name = arena_dup(h->arena, db_text(&q, COL_USERS_GET_NAME)),
        .mobile = user.mobile,
        .email = user.email,
    };
    return 0;
}

static bool is_mobile(struct str s) {
    size_t digits = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            digits++;
        else if (!(s.ptr[i] == '+' && i == 0) && !strchr(" -()", s.ptr[i]))
            return false;
    }
    return digits >= 5 && digits <= 20;
}

static bool is_email(struct str s) {
    struct str domain = s, user = str_cut(&domain, '@');

    if (user.len == 0 || str_is_empty(domain) || str_find(domain, '@') != SIZE_MAX)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] <= ' ')
            return false;
    }
    return domain.ptr[0] != '.' && domain.ptr[domain.len - 1] != '.';
}

static int check_reach(struct hire *h, const char *who, struct str name, struct str mobile, struct str email) {
    if (str_is_empty(name))
        return hire_refuse_for(h, REASON_PERSON_NAME, str_of(who), "the %s needs a name", who);
    if (!str_is_empty(mobile) && !is_mobile(mobile))
        return hire_refuse_for(
            h, REASON_PERSON_MOBILE, str_of(who),
            "the %s's mobile number is not valid: 5 to 20 digits are expected, with + and country code", who);
    if (!str_is_empty(email) && !is_email(email))
        return hire_refuse_for(h, REASON_PERSON_EMAIL, str_of(who),
                               "the %s's email address is not valid: name@domain is expected", who);
    if (str_is_empty(mobile) && str_is_empty(email))
        return hire_refuse_for(h, REASON_PERSON_REACH, str_of(who), "the %s needs a mobile number or an email address",
                               who);
    return 0;
}

static int take_people(struct hire *h, const struct order_arrange_input *in, struct order_arrangement *out) {
    const struct user_contact_info *c = &out->contactor;
    int r;

    out->candidate = in->candidate;
    out->contactor = in->contact;
    r = fill_candidate(h, in->application_id, &out->candidate);
    if (r == 0)
        r = check_reach(h, "candidate", out->candidate.name, out->candidate.mobile, out->candidate.email);
    if (r == 0 && in->contact_uid != 0)
        r = contact_of_user(h, in->contact_uid, &out->contactor);
    if (r < 0 || (str_is_empty(c->name) && str_is_empty(c->mobile) && str_is_empty(c->email)))
        return r;
    return check_reach(h, "contact", c->name, c->mobile, c->email);
}

/* ---- package and add-on items ---- */

/* What the vendor has pushed for an account. */
struct offer {
    struct eco_background_check_custom_field_data_list fields;
    bool none; /* the vendor has pushed nothing: the recruiter's texts are sent unchecked */
};

static int read_offer(struct hire *h, int64_t account, struct offer *ret) {
    int any, r;

    if ((any = packages_any(h, account)) < 0)
        return any;
    if ((r = order_fields_list(h, account, &ret->fields)) < 0)
        return r;
    ret->none = !any && ret->fields.n == 0;
    return 0;
}

static int take_package(struct hire *h, const struct order_arrange_input *in, const struct offer *offer,
                        struct order_arrangement *out) {
    struct vendor_package one;
    int r;

    if (str_is_empty(in->package))
        return hire_refuse(h, REFUSED_PARAMETER, "a check needs a package");
    out->package_name = in->package;
    if (offer->none)
        return 0;
    r = package_get(h, in->account_id, PACKAGE_WHOLE, in->package, &one);
    if (r == 0)
        return hire_refuse_for(h, REASON_PACKAGE_GONE, STR_ABSENT, "the account has no package with the id \"%.*s\"",
                               STR_FMT(str_head(in->package, 100)));
    out->package_name = one.name;
    out->package_id = one.id;
    return r < 0 ? r : 0;
}

/* The name of an add-on item; the id itself if the vendor has pushed nothing. */
static int find_item(struct hire *h, const struct order_arrange_input *in, const struct offer *offer, struct str id,
                     struct background_check_item_info *ret) {
    struct vendor_package one = {.id = id, .name = id};
    int r = offer->none ? hire_bounded(h, "the add-on item", id, true, HIRE_KEY_MAX)
                        : package_get(h, in->account_id, PACKAGE_ITEM, id, &one);

    if (r < 0)
        return r;
    if (r == 0 && !offer->none)
        return hire_refuse_for(h, REASON_ITEM_GONE, STR_ABSENT, "the account has no add-on item with the id \"%.*s\"",
                               STR_FMT(str_head(id, 100)));
    *ret = (struct background_check_item_info){.id = one.id, .name = one.name};
    return 0;
}

static int take_items(struct hire *h, const struct order_arrange_input *in, const struct offer *offer,
                      struct order_arrangement *out) {
    struct background_check_item_info *v = arena_array(h->arena, struct background_check_item_info, in->items.n);

    if (in->items.n > VENDOR_PACKAGES_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "a check may have at most %d add-on items", VENDOR_PACKAGES_MAX);
    for (size_t i = 0; i < in->items.n; i++) {
        int r = find_item(h, in, offer, in->items.v[i], &v[i]);

        if (r < 0)
            return r;
        for (size_t j = 0; j < i; j++) {
            if (str_eq(v[j].id, v[i].id))
                return hire_refuse(h, REFUSED_PARAMETER, "the add-on item \"%.*s\" is given twice", STR_FMT(v[i].id));
        }
    }
    out->items = (struct background_check_item_info_list){in->items.n > 0 ? v : NULL, in->items.n};
    return 0;
}

/* ---- custom fields ---- */

static int refuse_unknown_keys(struct hire *h, const struct order_arrange_input *in,
                               const struct eco_background_check_custom_field_data_list *fields) {
    for (size_t i = 0; i < in->values.n; i++) {
        size_t j = 0;

        while (j < fields->n && !str_eq(fields->v[j].key, in->values.v[i].key))
            j++;
        if (j == fields->n)
            return hire_refuse_for(
                h, REASON_FIELD_GONE, in->values.v[i].key, "the account's form has no field \"%.*s\"%s",
                STR_FMT(str_head(in->values.v[i].key, 100)), fields->n == 0 ? "; the form is empty" : "");
    }
    return 0;
}

/* The value of one field from all given values; "" if none was given. */
static int value_of(struct hire *h, const struct order_arrange_input *in,
                    const struct eco_background_check_custom_field_data *field, struct str *ret) {
    struct str *given = arena_array(h->arena, struct str, in->values.n);
    size_t n = 0;

    for (size_t i = 0; i < in->values.n; i++) {
        if (str_eq(in->values.v[i].key, field->key) && !str_is_empty(in->values.v[i].value))
            given[n++] = in->values.v[i].value;
    }
    *ret = STR("");
    return n == 0 ? 0 : order_arrange_value(h, field, given, n, ret);
}

/* Takes the values unchecked, for a vendor that has pushed nothing. */
static int take_any_values(struct hire *h, const struct order_arrange_input *in, struct order_arrangement *out) {
    if (in->values.n > VENDOR_FIELDS_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "a check may have at most %d custom fields", VENDOR_FIELDS_MAX);
    for (size_t i = 0; i < in->values.n; i++) {
        int r = hire_bounded(h, "the field's key", in->values.v[i].key, true, HIRE_KEY_MAX);

        if (r == 0)
            r = hire_bounded(h, arena_printf(h->arena, "the field \"%.*s\"", STR_FMT(in->values.v[i].key)).ptr,
                             in->values.v[i].value, false, HIRE_TEXT_MAX);
        if (r < 0)
            return r;
        for (size_t j = 0; j < i; j++) {
            if (str_eq(in->values.v[j].key, in->values.v[i].key))
                return hire_refuse(h, REFUSED_PARAMETER, "the field \"%.*s\" is given twice",
                                   STR_FMT(in->values.v[i].key));
        }
    }
    out->custom_values = in->values;
    return 0;
}

static int take_fields(struct hire *h, const struct order_arrange_input *in, const struct offer *offer,
                       struct order_arrangement *out) {
    const struct eco_background_check_custom_field_data_list fields = offer->fields;
    struct background_check_custom_field_data_value *v;
    size_t n = 0;
    int r;

    if (offer->none)
        return take_any_values(h, in, out);
    r = refuse_unknown_keys(h, in, &fields);
    if (r < 0)
        return r;
    v = arena_array(h->arena, struct background_check_custom_field_data_value, fields.n);
    for (size_t i = 0; i < fields.n; i++) {
        const struct eco_background_check_custom_field_data *f = &fields.v[i];
        struct str value;

        r = value_of(h, in, f, &value);
        if (r < 0)
            return r;
        if (str_is_empty(value) && f->is_required.v) {
            struct str name = !f->name ? STR_ABSENT : str_is_empty(f->name->en_us) ? f->name->zh_cn : f->name->en_us;
            return hire_refuse_for(h, REASON_FIELD_REQUIRED, f->key, "the field \"%.*s\" (%.*s) is required",
                                   STR_FMT(f->key), STR_FMT(name));
        }
        if (!str_is_empty(value))
            v[n++] = (struct background_check_custom_field_data_value){.key = f->key, .value = value};
    }
    if (fields.n > 0)
        out->custom_fields = fields;
    if (n > 0)
        out->custom_values = (struct background_check_custom_field_data_value_list){v, n};
    return 0;
}

/* Refuses a second check of the same kind: two recruiters may order it without knowing of each other. */
static int refuse_second(struct hire *h, const struct order_arrangement *in) {
    struct order_running first;
    int r = order_arrange_running(h, in, &first);

    if (r <= 0)
        return r;
    r = hire_refuse_for(h, REASON_CHECK_RUNNING, hire_text(h, first.order_id),
                        "background check order %" PRId64 " of the same person, account and package has not ended; "
                        "with \"again\": true another one is arranged",
                        first.order_id);
    h->reason.detail = hire_text(h, first.application_id);
    return r;
}

int order_arrange_checked(struct hire *h, const struct order_arrange_input *in, int64_t *ret_order_id) {
    struct order_arrangement out = {
        .order_id = in->order_id,
        .application_id = in->application_id,
        .account_id = in->account_id,
        .creator_uid = in->creator_uid,
        .geo = in->geo,
        .location_code = in->location_code,
        .remark = in->remark,
    };
    struct vendor_account account;
    struct offer offer;
    int r = vendor_account_get(h, in->account_id, &account);

    if (r == 0)
        return hire_refuse_for(h, REASON_VENDOR_GONE, STR_ABSENT, "there is no vendor account with the id %" PRId64,
                               in->account_id);
    if (r < 0)
        return r;
    if ((r = order_needs_application(h, in->application_id)) < 0 || (r = read_offer(h, in->account_id, &offer)) < 0 ||
        (r = take_package(h, in, &offer, &out)) < 0 || (r = take_items(h, in, &offer, &out)) < 0 ||
        (r = take_people(h, in, &out)) < 0 || (r = take_fields(h, in, &offer, &out)) < 0)
        return r;
    if (in->once && (r = refuse_second(h, &out)) < 0)
        return r;
    return order_arrange(h, &out, ret_order_id);
}

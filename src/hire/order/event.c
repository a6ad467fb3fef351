/* SPDX-License-Identifier: Apache-2.0
 *
 * The events that a vendor gets about an order: created and canceled.
 */
#include "hire/order/change.h"
#include "hire/outbox/outbox.h"
#include "hire/phone.h"

static struct eco_background_check_create_event_mobile *mobile_of(struct hire *h, struct str text) {
    struct eco_background_check_create_event_mobile *m;

    if (str_is_empty(text))
        return NULL;
    struct phone phone = phone_split(text);
    m = arena_new(h->arena, struct eco_background_check_create_event_mobile);
    m->code = phone.code;
    m->number = phone.number;
    return m;
}

static struct eco_background_check_create_event_candidate_info *candidate_of(struct hire *h,
                                                                             const struct candidate_contact_info *in) {
    struct eco_background_check_create_event_candidate_info *out;

    if (!in)
        return NULL;
    out = arena_new(h->arena, struct eco_background_check_create_event_candidate_info);
    out->name = in->name;
    out->mobile = mobile_of(h, in->mobile);
    out->email = in->email;
    out->first_name = in->first_name;
    out->last_name = in->last_name;
    return out;
}

static struct eco_background_check_create_event_contact_info *contact_of(struct hire *h,
                                                                         const struct user_contact_info *in) {
    struct eco_background_check_create_event_contact_info *out;

    if (!in)
        return NULL;
    out = arena_new(h->arena, struct eco_background_check_create_event_contact_info);
    out->name = in->name;
    out->mobile = mobile_of(h, in->mobile);
    out->email = in->email;
    return out;
}

static int emit_created(struct hire *h, const struct order_row *o) {
    const struct background_check_order *doc = &o->doc;
    struct eco_background_check_created_v1_event e = {
        .background_check_id = hire_text(h, o->id),
        .account_id = hire_text(h, o->account_id),
        .package_id = str_is_empty(o->package_id) ? doc->package : o->package_id,
        .comment = doc->remark,
        .candidate_info = candidate_of(h, doc->candidate_info),
        .client_contact_info = contact_of(h, doc->contactor_info),
    };
    size_t n = doc->ext_item_info_list.n;

    if (n > 0) {
        e.additional_item_id_list.v = arena_array(h->arena, struct str, n);
        for (size_t i = 0; i < n; i++)
            e.additional_item_id_list.v[e.additional_item_id_list.n++] = doc->ext_item_info_list.v[i].id;
    }
    n = doc->custom_data_list.n;
    if (n > 0) {
        e.custom_field_list.v = arena_array(h->arena, struct eco_background_check_create_event_custom_kv, n);
        for (size_t i = 0; i < n; i++)
            e.custom_field_list.v[e.custom_field_list.n++] = (struct eco_background_check_create_event_custom_kv){
                .key = doc->custom_data_list.v[i].key, .value = doc->custom_data_list.v[i].value};
    }
    const struct hire_event event = {
        .type = EVENT_ECO_BACKGROUND_CHECK_CREATED_V1, .account_id = o->account_id, .subject_id = o->id, .event = &e};
    return hire_emit(h, &event);
}

static int emit_canceled(struct hire *h, const struct order_row *o, struct str why) {
    const struct eco_background_check_canceled_v1_event e = {
        .background_check_id = hire_text(h, o->id),
        .termination_reason = str_is_absent(why) ? STR("") : why,
    };
    const struct hire_event event = {
        .type = EVENT_ECO_BACKGROUND_CHECK_CANCELED_V1, .account_id = o->account_id, .subject_id = o->id, .event = &e};
    return hire_emit(h, &event);
}

int order_announce(struct hire *h, const struct order_row *o, enum order_event event, struct str why) {
    /* An order recorded by hand has no vendor. */
    if (o->account_id == 0)
        return 0;
    switch (event) {
    case ORDER_EVENT_CREATED:
        return emit_created(h, o);
    case ORDER_EVENT_CANCELED:
        return emit_canceled(h, o, why);
    case ORDER_EVENT_NONE:
        return 0;
    }
    return -EINVAL;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Removes personal data from one record. Each function builds a new record from the members that may stay. A member
 * that is added to a type later is therefore erased unless it is listed here. Texts in entries of lists become empty
 * instead of absent, so that types and positions stay the same.
 */
#include "hire/erasure/erasure.h"

/* An empty text for a text that was present, absent for one that was absent. */
static struct str blank(struct str s) {
    return str_is_absent(s) ? s : STR("");
}

static void strip_candidate(struct candidate_contact_info *p) {
    if (p)
        *p = (struct candidate_contact_info){.name = blank(p->name),
                                             .mobile = blank(p->mobile),
                                             .email = blank(p->email),
                                             .first_name = blank(p->first_name),
                                             .last_name = blank(p->last_name)};
}

static void strip_contact(struct user_contact_info *p) {
    if (p)
        *p = (struct user_contact_info){.name = blank(p->name), .mobile = blank(p->mobile), .email = blank(p->email)};
}

static void strip_order(struct arena *a, void *record) {
    struct background_check_order *o = record;

    strip_candidate(o->candidate_info);
    strip_contact(o->contactor_info);
    for (size_t i = 0; i < o->feedback_info_list.n; i++) {
        struct background_check_order_feedback_info *f = &o->feedback_info_list.v[i];
        *f = (struct background_check_order_feedback_info){.id = f->id,
                                                           .report_type = f->report_type,
                                                           .create_time = f->create_time,
                                                           .result = blank(f->result),
                                                           .report_name = blank(f->report_name)};
    }
    for (size_t i = 0; i < o->process_info_list.n; i++) {
        struct background_check_order_process_info *p = &o->process_info_list.v[i];
        *p = (struct background_check_order_process_info){
            .update_time = p->update_time, .process = blank(p->process), .en_process = blank(p->en_process)};
    }
    for (size_t i = 0; i < o->custom_data_list.n; i++)
        o->custom_data_list.v[i].value = blank(o->custom_data_list.v[i].value);
    *o = (struct background_check_order){
        .order_id = o->order_id,
        .application_id = o->application_id,
        .order_status = o->order_status,
        .account_third_type = o->account_third_type,
        .package = o->package,
        .name = blank(o->name),
        .feedback_info_list = o->feedback_info_list,
        .process_info_list = o->process_info_list,
        .upload_time = o->upload_time,
        .candidate_info = o->candidate_info,
        .creator_info = o->creator_info,
        .contactor_info = o->contactor_info,
        .begin_time = o->begin_time,
        .end_time = o->end_time,
        .conclusion = blank(o->conclusion),
        .provider_info = o->provider_info,
        .custom_field_list = o->custom_field_list, /* definitions of fields, without their values */
        .custom_data_list = o->custom_data_list,
        .ext_item_info_list = o->ext_item_info_list,
        .update_time = o->update_time,
        .geo = o->geo,
        .location_code = blank(o->location_code),
        .remark = blank(o->remark),
    };
    (void)a;
}

static void strip_application(struct arena *a, void *record) {
    struct application *p = record;

    *p = (struct application){
        .id = p->id,
        .job_id = p->job_id,
        .talent_id = p->talent_id,
        .resume_source_id = p->resume_source_id,
        .stage = p->stage,
        .active_status = p->active_status,
        .delivery_type = p->delivery_type,
        .resume_source_info = p->resume_source_info,
        .website_resume_source = p->website_resume_source,
        .create_time = p->create_time,
        .modify_time = p->modify_time,
        .stage_time_list = p->stage_time_list,
        .termination_type = p->termination_type,
        .termination_reason_list = p->termination_reason_list, /* ids */
        .termination_reason_note = blank(p->termination_reason_note),
        .creator_id = p->creator_id,
    };
    (void)a;
}

static void strip_interview(struct arena *a, void *record) {
    struct interview_extend *i = record;

    for (size_t k = 0; k < i->interview_record_list.n; k++) {
        struct interview_record *r = &i->interview_record_list.v[k];
        *r = (struct interview_record){.id = r->id,
                                       .user_id = r->user_id,
                                       .content = blank(r->content),
                                       .commit_status = r->commit_status,
                                       .conclusion = r->conclusion,
                                       .interviewer = r->interviewer};
    }
    *i = (struct interview_extend){
        .id = i->id,
        .begin_time = i->begin_time,
        .end_time = i->end_time,
        .round = i->round,
        .interview_record_list = i->interview_record_list,
        .feedback_submit_time = i->feedback_submit_time,
        .stage_id = i->stage_id,
        .application_id = i->application_id,
        .stage = i->stage,
        .creator = i->creator,
        .biz_create_time = i->biz_create_time,
        .biz_modify_time = i->biz_modify_time,
        .interview_round_summary = i->interview_round_summary,
        .interview_arrangement_id = i->interview_arrangement_id,
        .interview_type = i->interview_type,
        .contact_user = i->contact_user,
        .contact_mobile = blank(i->contact_mobile),
        .remark = blank(i->remark),
        .video_type = i->video_type,
        .arrangement_status = i->arrangement_status,
        .arrangement_type = i->arrangement_type,
        .arrangement_appointment_kind = i->arrangement_appointment_kind,
        .meeting_room_list = i->meeting_room_list,
        .interview_round_type = i->interview_round_type,
    };
    (void)a;
}

static void strip_external_application(struct arena *a, void *record) {
    struct external_application *p = record;

    *p = (struct external_application){
        .id = p->id,
        .job_recruitment_type = p->job_recruitment_type,
        .job_title = p->job_title,
        .resume_source = blank(p->resume_source),
        .stage = p->stage,
        .talent_id = p->talent_id,
        .termination_reason = blank(p->termination_reason),
        .delivery_type = p->delivery_type,
        .modify_time = p->modify_time,
        .create_time = p->create_time,
        .termination_type = p->termination_type,
    };
    (void)a;
}

static void strip_external_check(struct arena *a, void *record) {
    struct external_background_check *p = record;

    *p = (struct external_background_check){.id = p->id,
                                            .external_application_id = p->external_application_id,
                                            .date = p->date,
                                            .name = blank(p->name),
                                            .result = blank(p->result)};
    (void)a;
}

static void strip_created(struct arena *a, void *record) {
    struct eco_background_check_created_v1_event *e = record;

    *e = (struct eco_background_check_created_v1_event){.background_check_id = e->background_check_id,
                                                        .account_id = e->account_id,
                                                        .package_id = e->package_id,
                                                        .additional_item_id_list = e->additional_item_id_list,
                                                        .comment = blank(e->comment)};
    e->candidate_info = arena_new(a, struct eco_background_check_create_event_candidate_info);
    e->candidate_info->name = STR("");
}

static void strip_canceled(struct arena *a, void *record) {
    struct eco_background_check_canceled_v1_event *e = record;
    bool erased = str_eq(e->termination_reason, STR(ERASED_WHY));

    *e = (struct eco_background_check_canceled_v1_event){.background_check_id = e->background_check_id,
                                                         .termination_reason = erased ? e->termination_reason
                                                                                      : blank(e->termination_reason)};
    (void)a;
}

int erasure_strip(struct arena *a, const struct record_type *t, void *record) {
    static const struct {
        const struct record_type *type;
        void (*strip)(struct arena *a, void *record);
    } kinds[] = {
        {&type_background_check_order, strip_order},
        {&type_application, strip_application},
        {&type_interview_extend, strip_interview},
        {&type_external_application, strip_external_application},
        {&type_external_background_check, strip_external_check},
        {&type_eco_background_check_created_v1_event, strip_created},
        {&type_eco_background_check_canceled_v1_event, strip_canceled},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].type == t) {
            kinds[i].strip(a, record);
            record_drop_undescribed(t, record); /* these records are kept unchanged */
            return 0;
        }
    return -EINVAL;
}

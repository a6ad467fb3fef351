// SPDX-License-Identifier: Apache-2.0
//
// Types of the console operations' answers (api/console, api/types).
export interface I18n {
    zh_cn?: string;
    en_us?: string;
}
export interface Named {
    id: string;
    name: I18n;
    parent_id?: string;
    type?: number;
    detail?: string;
}
export interface User {
    id: string;
    user: string;
    name: string;
    en_name?: string;
    roles: string[];
    user_id?: string;
}
export interface Session {
    user: User;
    csrf_token: string;
    tenant_name?: string;
    tenant_key?: string;
    version?: string;
    test?: boolean; // the server is in the test mode
}
export interface Page<T> {
    items?: T[];
    has_more?: boolean;
    next_page_token?: string;
    page_token?: string;
}
export interface Application {
    id: string;
    talent_id: string;
    talent_name: string;
    job_id: string;
    job_title: string;
    stage?: Named;
    active_status: number;
    create_time?: string;
    update_time?: string;
    order?: { id: string; status: number; phase: number; conclusion?: string };
}
export interface OrderRow {
    id: string;
    application_id: string;
    talent_name?: string;
    job_title?: string;
    status: number;
    phase: number;
    account_id?: string;
    provider_name?: I18n;
    package?: string;
    name?: string;
    conclusion?: string;
    begin_time?: string;
    end_time?: string;
    update_time: string;
}
export interface Interviewer {
    user_id: string;
    name?: string;
    en_name?: string;
    record_id?: string;
    submitted?: boolean;
    conclusion?: number;
}
export interface Interview {
    id: string;
    application_id: string;
    talent_name?: string;
    job_title?: string;
    begin_time?: string;
    end_time?: string;
    round?: number;
    interview_round_summary?: number;
    interview_type?: number;
    video_type?: number;
    stage?: { id: string; name: I18n };
    round_type?: { id: string; name: I18n };
    rooms?: string[];
    room_ids?: string[];
    address?: I18n;
    address_id?: string;
    remark?: string;
    interviewers?: Interviewer[];
    may_assess?: boolean;
    may_change?: boolean;
}
export interface ApplicationDetail {
    application: Application;
    candidate?: {
        id: string;
        name: string;
        mobile?: string;
        email?: string;
        current_city?: I18n;
        experience_years?: number;
        resume_id?: string;
        resume_name?: string;
        resume_url?: string;
    };
    job?: { id: string; title: string; code?: string; department?: I18n; city?: I18n };
    stages?: { id: string; name: I18n; type?: number; enter_time?: string; exit_time?: string }[];
    orders?: OrderRow[];
    orders_more?: boolean;
    interviews?: Interview[];
}
export interface Person {
    kind: string;
    id?: string;
    name?: string;
    en_name?: string;
}
export interface Step {
    at: string;
    actor?: Person;
    action: string;
    from_status: number;
    from_phase: number;
    to_status: number;
    to_phase: number;
    why?: string;
}
export interface CustomField {
    type: string;
    key: string;
    name: I18n;
    is_required?: boolean;
    description?: I18n;
    options?: { key: string; name: I18n }[];
}
export interface Report {
    id: string;
    attachment_url?: string;
    report_preview_url?: string;
    result?: string;
    report_type?: number;
    create_time?: string;
    report_name?: string;
}
export interface OrderDetail {
    version?: string;
    order: {
        order_id: string;
        application_id: string;
        order_status: number;
        package?: string;
        name?: string;
        conclusion?: string;
        remark?: string;
        geo?: string;
        location_code?: string;
        feedback_info_list?: Report[];
        process_info_list?: { process?: string; en_process?: string; update_time?: string }[];
        candidate_info?: { name?: string; mobile?: string; email?: string };
        contactor_info?: { name?: string; mobile?: string; email?: string };
        creator_info?: { user_id?: string };
        begin_time?: string;
        end_time?: string;
        upload_time?: string;
        provider_info?: { provider_id?: string; provider_name?: I18n };
        custom_field_list?: CustomField[];
        custom_data_list?: { key: string; value: string }[];
        ext_item_info_list?: { id: string; name: string }[];
    };
    status: number;
    phase: number;
    account_id?: string;
    application?: Application;
    actions?: string[];
    history?: Step[];
    files?: { report_id: string; state: string; size?: string; error?: string }[];
    identity_keys?: string[];
    attachments?: { id: string; name: string; size?: string; url?: string }[];
    told?: { of: string; state: string; attempts: number; next_time?: string; last_time?: string };
}
export interface Vendor {
    version?: string;
    id: string;
    name: string;
    provider_id: string;
    provider_name?: I18n;
    third_type?: number;
    app?: { id: string; app_id: string; name: string };
    create_time?: string;
    account_fields?: { key: string; name: I18n; is_required?: boolean; description?: I18n }[];
    account_values?: { key: string; value: string }[];
    order_fields?: CustomField[];
    packages?: { id: string; name: string; description?: string }[];
    items?: { id: string; name: string; description?: string }[];
}
export interface Option {
    id: string;
    name: I18n;
    description?: I18n;
    level?: number;
}
export interface Question {
    id: string;
    name: I18n;
    description?: I18n;
    module_id?: string;
    module?: I18n;
    module_description?: I18n;
    type: number;
    is_required?: boolean;
    options?: Option[];
    lower?: number;
    upper?: number;
    not_evident?: boolean;
    related?: {
        type?: number;
        related_dimension_settings?: {
            dimension_id: string;
            related_operator_type: number;
            dimension_option_ids?: string[];
        }[];
    };
}
export interface Form {
    id: string;
    name: I18n;
    dimensions?: Question[];
}
export interface InterviewRecord {
    id: string;
    user_id?: string;
    content?: string;
    commit_status?: number;
    conclusion?: number;
    interview_score?: { level?: number; zh_name?: string; en_name?: string };
    interviewer?: { id: string; name?: I18n };
}
export interface Answered {
    interview_feedback_form_dimension_id: string;
    dimension_name?: I18n;
    dimension_type: number;
    dimension_content?: string;
    dimension_option?: Option & { score_val?: number };
    dimension_options?: Option[];
    dimension_score?: number;
    recommended_job_level?: { lower_limit_job_level_name?: I18n; higher_limit_job_level_name?: I18n };
}
export interface InterviewAnswers {
    id: string;
    submit_time?: string;
    record_score?: { score?: number; total_score?: number };
    module_assessments?: { module_name?: I18n; dimension_assessments?: Answered[] }[];
}
export interface InterviewDetail {
    version?: string;
    interview: Interview;
    records?: InterviewRecord[];
    answers?: InterviewAnswers[];
    form?: Form;
    job_levels?: Named[];
    cancelled?: { at?: string; actor?: Person; reason?: string };
}
export interface Conflict {
    interview_id: string;
    talent_name?: string;
    job_title?: string;
    begin_time: string;
    end_time?: string;
    interviewers?: Interviewer[];
    rooms?: string[];
    candidate?: boolean;
}
export interface References {
    stages?: Named[];
    jobs?: Named[];
    rooms?: Named[];
    round_types?: Named[];
    locations?: Named[];
    users?: Named[];
    cut?: string[];
}
export interface Settings {
    version?: string;
    approve_arrangement: boolean;
    approve_report: boolean;
    approvers?: User[];
    tenant_key?: string;
    tenant_name?: string;
}
export interface App {
    version?: string;
    id: string;
    app_id: string;
    name: string;
    kind: string;
    disabled?: boolean;
    shared?: boolean;
    scopes?: string[];
    ip_allow?: string[];
    request_url?: string;
    encrypted?: boolean;
    verified?: boolean;
    subscriptions?: string[];
    create_time?: string;
}
export interface Delivery {
    event_id: string;
    app_id: string;
    app_name?: string;
    type: string;
    state: string;
    attempts?: number;
    next_time?: string;
    create_time: string;
    subject_id?: string;
    last_status?: number;
    last_error?: string;
}
export interface EventDetail {
    event_id: string;
    header_event_id?: string;
    type: string;
    create_time: string;
    subject_id?: string;
    event?: Record<string, unknown>;
    deliveries?: {
        delivery: Delivery;
        attempts?: {
            seq: number;
            at: string;
            way?: string;
            status?: number;
            duration_ms?: number;
            answer?: string;
            error?: string;
        }[];
        attempts_more?: boolean;
    }[];
}
export interface Account extends User {
    version?: string;
    disabled?: boolean;
    create_time?: string;
    last_sign_in?: string;
}
export interface Audit {
    id: string;
    at: string;
    actor?: Person;
    action: string;
    subject?: string;
    detail?: string;
    address?: string;
    log_id?: string;
}
export interface RequestRow {
    at: string;
    log_id: string;
    method: string;
    path: string;
    operation?: string;
    status: number;
    code: number;
    duration_us: number;
    app_id?: string;
    address?: string;
    msg?: string;
    limit?: number;
    reset_s?: number;
}
export interface Overview {
    orders?: { status: number; phase: number; count: number }[];
    times?: {
        account_id: string;
        name: string;
        provider_name?: I18n;
        orders: number;
        median_ms?: string;
        p90_ms?: string;
    }[];
    awaiting?: OrderRow[];
    late?: { order: OrderRow; usual_ms: string }[];
    late_count?: number;
    completed_count?: number;
    since?: string;
    failing?: {
        app_id: string;
        name: string;
        waiting: number;
        given_up: number;
        last_error?: string;
        last_at?: string;
    }[];
    days?: { day: string; arranged: number; completed: number }[];
}

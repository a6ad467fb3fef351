// SPDX-License-Identifier: Apache-2.0
//
// Compares types.ts with the API descriptions (wire.ts, generated from api/) at compile time: a type may not name a member that
// the operation does not have, or give it another type. Not part of the bundle.
import type * as ours from './types';
import type * as wire from './wire';

type Described<Wire, Ours extends { [K in keyof Ours]: K extends keyof Wire ? Wire[K] : never }> = Ours;

export type Checked = [
    Described<wire.i18n, ours.I18n>,
    Described<wire.console_user, ours.User>,
    Described<wire.console_session_get_data, ours.Session>,
    Described<wire.console_named, ours.Named>,
    Described<wire.console_application, ours.Application>,
    Described<wire.console_application_get_data, ours.ApplicationDetail>,
    Described<wire.console_order, ours.OrderRow>,
    Described<wire.console_order_get_data, ours.OrderDetail>,
    Described<wire.console_person, ours.Person>,
    Described<wire.console_order_step, ours.Step>,
    Described<wire.console_interview, ours.Interview>,
    Described<wire.console_interviewer, ours.Interviewer>,
    Described<wire.console_interview_get_data, ours.InterviewDetail>,
    Described<wire.console_conflict, ours.Conflict>,
    Described<wire.console_vendor, ours.Vendor>,
    Described<wire.console_reference_list_data, ours.References>,
    Described<wire.console_settings_get_data, ours.Settings>,
    Described<wire.console_app, ours.App>,
    Described<wire.console_delivery, ours.Delivery>,
    Described<wire.console_event_get_data, ours.EventDetail>,
    Described<wire.console_account, ours.Account>,
    Described<wire.console_audit, ours.Audit>,
    Described<wire.console_request, ours.RequestRow>,
    Described<wire.console_overview_get_data, ours.Overview>,
];

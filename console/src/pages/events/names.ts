// SPDX-License-Identifier: Apache-2.0
//
// Readable names of event types.
import { tr } from '../../base';

const names: Record<string, [string, string]> = {
    'hire.eco_background_check.created_v1': ['背调已创建', 'Background check created'],
    'hire.eco_background_check.canceled_v1': ['背调已终止', 'Background check terminated'],
    'hire.eco_account.created_v1': ['账号已添加', 'Vendor account added'],
    'hire.application.deleted_v1': ['投递已删除', 'Application deleted'],
    'hire.application.stage_changed_v1': ['投递阶段变更', 'Application stage changed'],
    'hire.talent.deleted_v1': ['人才已删除', 'Talent deleted'],
    app_ticket: ['应用票据', 'App ticket'],
};
export const eventName = (type: string) => (names[type] ? tr(...names[type]) : type);

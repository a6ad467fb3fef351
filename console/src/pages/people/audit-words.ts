// SPDX-License-Identifier: Apache-2.0
//
// Readable names of audited actions. Every console operation that changes data needs an entry here; a test checks it.
import { dateTime, tr } from '../../base';

const words: Record<string, [string, string, string]> = {
    // action: kind of its subject, Chinese, English
    'session.sign_in': ['', '登录', 'Signed in'],
    'session.sign_out': ['', '退出登录', 'Signed out'],
    'session.change_password': ['', '修改自己的密码', 'Changed own password'],
    'order.arrange': ['order', '发起背调', 'Started a background check'],
    'order.record': ['order', '录入背调结果', 'Added a background check result'],
    'order.approve': ['order', '审批通过', 'Approved a background check'],
    'order.reject': ['order', '驳回背调', 'Rejected a background check'],
    'order.withdraw': ['order', '撤回审批', 'Withdrew an approval request'],
    'order.terminate': ['order', '终止背调', 'Terminated a background check'],
    'interview.schedule': ['interview', '安排面试', 'Scheduled an interview'],
    'interview.reschedule': ['interview', '改期面试', 'Rescheduled an interview'],
    'interview.cancel': ['', '取消面试', 'Cancelled an interview'],
    'interview.assess': ['interview', '提交面试评价', 'Assessed an interview'],
    'attachment.create': ['', '上传文件', 'Uploaded a file'],
    'account.create': ['account', '添加账号', 'Added an account'],
    'account.update': ['account', '修改账号', 'Changed an account'],
    'account.password': ['account', '重置密码', 'Reset a password'],
    'settings.update': ['', '修改审批设置', 'Changed approval settings'],
    'vendor.create': ['vendor', '添加供应商账号', 'Added a vendor account'],
    'vendor.update': ['vendor', '修改供应商账号', 'Changed a vendor account'],
    'app.create': ['app', '创建应用', 'Created an app'],
    'app.update': ['app', '修改应用', 'Changed an app'],
    'app.challenge': ['app', '验证应用的请求地址', "Tested an app's request URL"],
    'app.rotate': ['app', '更换应用密钥', "Reset an app's secret"],
    'app.token': ['app', '获取应用令牌', 'Got an app token'],
    'event.replay': ['event', '重新推送事件', 'Resent an event'],
    'erasure.create': ['talent', '删除个人数据', 'Erased personal data'],
};

export const actions = Object.keys(words);
export const actionText = (action: string) => (words[action] ? tr(words[action][1], words[action][2]) : action);
export const subjectKind = (action: string) => words[action]?.[0] ?? '';

// Details that the server writes in a machine-readable form.
export function detailText(action: string, detail: string): string {
    const times = /^begin_time (\d+) -> (\d+)$/.exec(detail);
    if (times) return `${dateTime(times[1])} → ${dateTime(times[2])}`;
    const usages: Record<string, string> = {
        file: tr('订单附件', 'order attachment'),
        resume: tr('简历', 'resume'),
        report: tr('背调报告', 'background check report'),
    };
    if (action === 'attachment.create') return usages[detail] ?? detail;
    if (action !== 'settings.update') return detail;
    const on = (what: string) => detail.includes(`${what} on`);
    const state = (v: boolean) => (v ? tr('开', 'on') : tr('关', 'off'));
    return (
        tr(
            `发起审批${state(on('arrangement'))}，报告审批${state(on('report'))}`,
            `new checks ${state(on('arrangement'))}, reports ${state(on('report'))}`,
        ) + (detail.includes('approvers') ? tr('，改了审批人', ', approvers changed') : '')
    );
}

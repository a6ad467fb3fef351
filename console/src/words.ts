// SPDX-License-Identifier: Apache-2.0
//
// Readable names for the numbers of the API.
import { tr } from './base';

export type Tone = 'grey' | 'blue' | 'green' | 'amber' | 'red' | 'violet';

export function orderStatus(status: number, phase = 0): { text: string; tone: Tone } {
    switch (status) {
        case 2:
            return { text: tr('已安排', 'In progress'), tone: 'blue' };
        case 3:
            return { text: tr('已完成', 'Completed'), tone: 'green' };
        case 4:
            return { text: tr('已终止', 'Terminated'), tone: 'grey' };
        case 5:
            return {
                text:
                    phase === 2
                        ? tr('报告待审批', 'Report pending approval')
                        : tr('安排待审批', 'Check pending approval'),
                tone: 'amber',
            };
        case 6:
            return {
                text:
                    phase === 2
                        ? tr('报告审批已撤回', 'Report approval withdrawn')
                        : tr('安排审批已撤回', 'Check approval withdrawn'),
                tone: 'grey',
            };
        case 8:
            return { text: tr('已审批', 'Approved'), tone: 'violet' };
        case 9:
            return {
                text: phase === 2 ? tr('报告被驳回', 'Report rejected') : tr('安排被驳回', 'Check rejected'),
                tone: 'red',
            };
        default:
            return { text: tr('尚未创建', 'Not created yet'), tone: 'grey' };
    }
}
export const orderStatuses = [2, 3, 4, 5, 6, 8, 9];

export function orderAction(action: string) {
    const words: Record<string, [string, string]> = {
        arrange: ['发起背调', 'Started the check'],
        approve: ['审批通过', 'Approved'],
        reject: ['驳回', 'Rejected'],
        withdraw: ['撤回审批', 'Withdrew the approval request'],
        vendor_took: ['供应商已接单', 'Vendor accepted the order'],
        progress: ['供应商更新进度', 'Vendor updated progress'],
        result: ['供应商回传结果', 'Vendor submitted a result'],
        cancel: ['供应商取消', 'Vendor cancelled the check'],
        terminate: ['终止背调', 'Terminated the check'],
        record: ['手工录入', 'Added manually'],
        finish: ['背调完成', 'Completed'],
        import: ['导入', 'Imported'],
        file_lost: ['报告文件获取失败', 'Could not fetch a report file'],
    };
    const w = words[action];
    return w ? tr(...w) : action;
}

// Vendors name the colours in either language: red, yellow, blue, green.
export function light(result?: string): { tone: 'red' | 'yellow' | 'blue' | 'green' | null; text: string } {
    const r = (result ?? '').toLowerCase();
    if (/红|\bred\b/.test(r)) return { tone: 'red', text: tr('红灯 · 发现重大不符', 'Red · serious findings') };
    if (/黄|yellow|amber/.test(r)) return { tone: 'yellow', text: tr('黄灯 · 有待关注', 'Yellow · needs attention') };
    if (/蓝|\bblue\b/.test(r)) return { tone: 'blue', text: tr('蓝灯 · 轻微差异', 'Blue · minor differences') };
    if (/绿|green/.test(r)) return { tone: 'green', text: tr('绿灯 · 未见异常', 'Green · no findings') };
    return { tone: null, text: result ?? '' };
}

const summaries: Record<number, [string, string, Tone]> = {
    2: ['未开始', 'Not started', 'grey'],
    3: ['全部未评价', 'Not assessed yet', 'grey'],
    4: ['全部通过', 'All passed', 'green'],
    5: ['全部未通过', 'All failed', 'red'],
    6: ['未到场', 'No-show', 'amber'],
    7: ['部分评价 · 通过', 'Partly assessed · passed', 'blue'],
    8: ['部分评价 · 有通过有未通过', 'Partly assessed · passed and failed', 'amber'],
    9: ['部分评价 · 未通过', 'Partly assessed · failed', 'red'],
    10: ['全部评价 · 有通过有未通过', 'All assessed · passed and failed', 'amber'],
    11: ['部分评价 · 通过和待定', 'Partly assessed · passed and pending', 'blue'],
    12: ['部分评价 · 未通过和待定', 'Partly assessed · failed and pending', 'amber'],
    13: ['部分评价 · 待定', 'Partly assessed · pending', 'amber'],
    14: ['部分评价 · 通过、未通过和待定', 'Partly assessed · passed, failed and pending', 'amber'],
    15: ['全部评价 · 通过和待定', 'All assessed · passed and pending', 'blue'],
    16: ['全部评价 · 未通过和待定', 'All assessed · failed and pending', 'amber'],
    17: ['全部评价 · 均为待定', 'All assessed · all pending', 'amber'],
    18: ['全部评价 · 通过、未通过和待定', 'All assessed · passed, failed and pending', 'amber'],
};
export function interviewSummary(n?: number): { text: string; tone: Tone } {
    const s = summaries[n ?? 2] ?? summaries[2];
    return { text: tr(s[0], s[1]), tone: s[2] };
}
// The server does not tell an interviewer who has yet to submit how the others concluded. A summary would say "none assessed"
// beside submitted assessments, so the text says that the user's own assessment is due.
export function interviewState(i: { may_assess?: boolean; begin_time?: string; interview_round_summary?: number }) {
    return i.may_assess && Number(i.begin_time ?? 0) <= Date.now()
        ? { text: tr('待你评价', 'Your assessment is due'), tone: 'amber' as Tone }
        : interviewSummary(i.interview_round_summary);
}
export function conclusion(n?: number): { text: string; tone: Tone } {
    switch (n) {
        case 1:
            return { text: tr('通过', 'Passed'), tone: 'green' };
        case 2:
            return { text: tr('未通过', 'Failed'), tone: 'red' };
        case 3:
            return { text: tr('未开始', 'Not started'), tone: 'grey' };
        case 5:
            return { text: tr('未到场', 'No-show'), tone: 'amber' };
        case 6:
            return { text: tr('待定', 'Pending'), tone: 'amber' };
        default:
            return { text: tr('未提交', 'Not submitted'), tone: 'grey' };
    }
}
export const interviewType = (n?: number) =>
    n === 1 ? tr('现场面试', 'On site') : n === 2 ? tr('电话面试', 'Phone') : n === 3 ? tr('视频面试', 'Video') : '';
export const videoTypes: [number, string, string][] = [
    [5, '飞书', 'Feishu'],
    [9, '飞书（含代码考核）', 'Feishu (with coding test)'],
    [1, 'Zoom', 'Zoom'],
    [2, '牛客技术类型', 'Nowcoder (technical)'],
    [3, '牛客非技术类型', 'Nowcoder (non-technical)'],
    [4, '赛码', 'Acmcoder'],
    [8, 'HackerRank', 'HackerRank'],
    [100, '不使用系统工具', 'No built-in tool'],
];
export const videoType = (n?: number) => {
    const v = videoTypes.find((x) => x[0] === n);
    return v ? tr(v[1], v[2]) : '';
};
export const role = (r: string) =>
    ({
        admin: tr('管理员', 'Admin'),
        recruiter: tr('招聘', 'Recruiter'),
        approver: tr('审批人', 'Approver'),
        interviewer: tr('面试官', 'Interviewer'),
    })[r] ?? r;
export const geos: [string, string, string][] = [
    ['cn', '中国大陆', 'Mainland China'],
    ['sg', '新加坡', 'Singapore'],
    ['us', '美国东部', 'US East'],
    ['jp', '日本', 'Japan'],
];
export function deliveryState(s: string): { text: string; tone: Tone } {
    return (
        (
            {
                waiting: { text: tr('等待推送', 'Waiting'), tone: 'amber' },
                retrying: { text: tr('重试中', 'Retrying'), tone: 'amber' },
                delivered: { text: tr('已送达', 'Delivered'), tone: 'green' },
                given_up: { text: tr('已放弃', 'Failed'), tone: 'red' },
                superseded: { text: tr('已被取代', 'Replaced'), tone: 'grey' },
            } as Record<string, { text: string; tone: Tone }>
        )[s] ?? { text: s, tone: 'grey' }
    );
}

// Why an attempt to deliver failed (src/events/delivery/slot.c). What the network library says stays as it is.
const deliveryErrors: [RegExp, (n: string) => string][] = [
    [/^no answer within (\d+) seconds/, (n) => tr(`${n} 秒内没有回应`, `No answer within ${n} seconds`)],
    [/^answered with status (\d+)/, (n) => tr(`返回状态码 ${n}，应为 200`, `Answered with status ${n} instead of 200`)],
    [
        /^the client answered with code (-?\d+)/,
        (n) => tr(`客户端返回 code ${n}，应为 200`, `The client answered with code ${n} instead of 200`),
    ],
    [/^the long connection was closed$/, () => tr('长连接已断开', 'The long connection was closed')],
    [/^the app is disabled$/, () => tr('应用已停用', 'The app is disabled')],
    [
        /^the request URL's address is not a public one$/,
        () => tr('请求地址不是公网地址', 'The request URL does not point to a public address'),
    ],
];
export function deliveryError(error?: string): string {
    for (const [known, text] of deliveryErrors) {
        const m = known.exec(error ?? '');
        if (m) return text(m[1]);
    }
    return error ?? '';
}

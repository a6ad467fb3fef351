// SPDX-License-Identifier: Apache-2.0
//
// Texts for refusals in the user's language, by the server's reason code (src/base/reason.h) or by the error code.
import type { ApiError } from './api';
import { tr } from './base';

const who = (s: string) => (s === 'contact' ? tr('联系人', 'the contact') : tr('候选人', 'the candidate'));
const came = (s: string) =>
    s ? tr(`返回的开头是：${s}`, `The response starts with: ${s}`) : tr('没有返回内容', 'The response was empty');

// s: the subject's name in the page. detail: further text from the server.
const words: Record<string, (s: string, detail: string) => string> = {
    person_name: (s) => tr(`请填写${who(s)}的姓名`, `Enter the name of ${who(s)}`),
    person_mobile: (s) =>
        tr(
            `${who(s)}的手机号不对：5 到 20 位数字，可以用 + 和国家码开头`,
            `Enter a valid mobile number for ${who(s)}: 5 to 20 digits, optionally starting with + and a country code`,
        ),
    person_email: (s) =>
        tr(
            `${who(s)}的邮箱不对，应为 name@example.com`,
            `Enter a valid email address for ${who(s)}, such as name@example.com`,
        ),
    person_reach: (s) =>
        tr(`${who(s)}的手机和邮箱至少填一个`, `Enter a mobile number or an email address for ${who(s)}`),
    check_running: (s) =>
        tr(
            `同一候选人在同一供应商的同一套餐还没有结束（${s}）`,
            `This candidate already has a check in progress with the same vendor and package (${s})`,
        ),
    vendor_gone: () => tr('这个供应商已不存在，请重新选择', 'This vendor no longer exists. Please select another one.'),
    package_gone: () =>
        tr(
            '供应商已不再提供这个套餐，请重新选择',
            'The vendor no longer offers this package. Please select another one.',
        ),
    item_gone: () => tr('供应商已不再提供其中一个附加调查项', 'The vendor no longer offers one of the add-on items'),
    field_gone: (s) =>
        tr(
            `供应商已不再要求“${s}”，请重新打开表单`,
            `The vendor no longer asks for “${s}”. Please open the form again.`,
        ),
    field_required: (s) => tr(`请填写“${s}”`, `Fill in “${s}”`),
    field_value: (s) =>
        tr(`“${s}”的内容供应商不接受，请检查`, `The vendor does not accept this value for “${s}”. Please check it.`),
    report_gone: () =>
        tr('报告文件没有上传成功，请重新上传', 'The report file was not uploaded. Please upload it again.'),
    report_not_pdf: () => tr('报告必须是 PDF，这个文件不是', 'Reports must be PDF files. This file is not a PDF.'),
    application_ended: () => tr('这个投递已经终止', 'This application has been terminated'),
    round_type_closed: () =>
        tr('这个面试轮次类型已停用，请选择其他的', 'This round type is no longer in use. Please select another one.'),
    times_order: () => tr('结束时间必须晚于开始时间', 'The end time must be after the start time'),
    times_length: () => tr('一场面试不超过 24 小时', 'An interview can last up to 24 hours'),
    interview_assessed: () =>
        tr(
            '已有人提交评价，这场面试不能再改',
            'An assessment has already been submitted, so you can no longer change this interview',
        ),
    not_interviewer: () => tr('只有这场面试的面试官可以评价', 'Only the interviewers of this interview can assess it'),
    assessed_already: () => tr('你的评价已经提交过了', 'You have already submitted your assessment'),
    answer: () =>
        tr('服务器没有接受其中一个答案，请检查', 'The server did not accept one of the answers. Please check them.'),
    user_taken: (s) => tr(`登录名 ${s} 已被占用`, `The username ${s} is already taken`),
    user_unknown: (s) => tr(`没有员工 ID 为 ${s} 的员工`, `There is no employee with the ID ${s}`),
    own_account: () =>
        tr(
            '不能停用自己，也不能取消自己的管理员角色',
            'You cannot disable your own account or remove your own Admin role',
        ),
    last_admin: () => tr('至少要留一位管理员', 'At least one administrator is required'),
    last_role: (s) =>
        tr(`${s} 会没有任何角色，请先给它其他角色`, `${s} would have no role left. Assign another role first.`),
    app_shared: () =>
        tr(
            '这个应用不只属于本租户，由命令行 hired app 管理',
            'This app is shared with other tenants. Use the command line (hired app) to change it.',
        ),
    address_form: (s) =>
        tr(`${s} 不是地址或网段，例如 10.1.0.0/16`, `${s} is not an IP address or a network such as 10.1.0.0/16`),
    receiver_url: () =>
        tr(
            '请求地址应以 http:// 或 https:// 开头，不含空格',
            'The request URL must start with http:// or https:// and contain no spaces',
        ),
    receiver_key: () =>
        tr(
            'Encrypt Key 和 Verification Token 最多各 200 字节',
            'Encrypt Key and Verification Token can have up to 200 bytes each',
        ),
    receiver_none: () => tr('请先填写请求地址', 'Enter a request URL first'),
    receiver_busy: () =>
        tr('正在测试其他地址，请一秒后再试', 'Other URLs are being tested. Please try again in a second.'),
    receiver_address: () =>
        tr(
            '它是内网地址，服务器的配置（[fetch] allow）不允许访问',
            'The URL does not point to a public address, and the server configuration ([fetch] allow) does not permit it',
        ),
    receiver_silent: () => tr('地址在一秒内没有回应', 'The URL did not respond within one second'),
    receiver_unreachable: (_, detail) => tr(`连不上这个地址：${detail}`, `Could not reach the URL: ${detail}`),
    receiver_status: (s, detail) =>
        tr(
            `地址返回了状态码 ${s}，应为 200。${came(detail)}`,
            `The URL returned status ${s} instead of 200. ${came(detail)}`,
        ),
    receiver_echo: (_, detail) =>
        tr(
            `返回里没有原样的 challenge，应为 {"challenge":"…"}。${came(detail)}`,
            `The response does not contain the challenge. Expected {"challenge":"…"}. ${came(detail)}`,
        ),
    receiver_too_long: (s) => tr(`回应超过 ${s} 字节`, `The response is longer than ${s} bytes`),
    stale: () =>
        tr(
            '它在你打开之后已被修改，请刷新后再试',
            'This was changed after you opened it. Please refresh the page and try again.',
        ),
    wait: (s) => {
        const minutes = Math.max(1, Math.ceil(Number(s) / 60));
        return tr(`尝试次数过多，请 ${minutes} 分钟后再试`, `Too many attempts. Please try again in ${minutes} min.`);
    },
};
const codes: Record<number, () => string> = {
    4004: () => tr('它已不存在', 'This no longer exists'),
    4010: () => tr('登录已结束，请重新登录', 'Your session has ended. Please sign in again.'),
    4030: () =>
        tr('登录已在别处变化，请刷新页面', 'Your session was changed in another window. Please refresh the page.'),
    4031: () => tr('你的角色没有这个权限', 'Your role does not allow this'),
    1002001: () => tr('服务器出错了，请稍后再试', 'Something went wrong on the server. Please try again later.'),
    1002858: () =>
        tr(
            '背调的状态已经变了，现在不能这样做',
            'The status of this check has changed, so this action is no longer available',
        ),
    1002862: () => tr('这个背调已不存在', 'This background check no longer exists'),
    99991400: () => tr('请求太频繁，请稍后再试', 'Too many requests. Please try again later.'),
};

function unknown(e: ApiError) {
    const fields = e.violations.map((v) => `${v.field}: ${v.description}`).join('; ');
    return tr('服务器没有接受：', 'The server did not accept this: ') + (fields || e.message);
}
// name: the subject's name in the page; absent or '': the server's.
export function refusalText(e: ApiError, name?: (subject: string) => string | undefined) {
    if (e.offline) return tr('连不上服务器，未保存', 'Cannot reach the server. Nothing was saved.');
    const known = words[e.reason];
    if (known) return known(name?.(e.subject) || e.subject, e.detail);
    const text = codes[e.code]?.() ?? unknown(e);
    return e.status >= 500 && e.logId ? `${text} (${e.logId})` : text;
}

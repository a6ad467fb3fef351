// SPDX-License-Identifier: Apache-2.0
//
// What the server refused, in the reader's language: by the word it gives for it (src/base/reason.h), or by its code.
import type { ApiError } from './api';
import { tr } from './base';

const who = (s: string) => (s === 'contact' ? tr('联系人', 'the contact') : tr('候选人', 'the candidate'));
const came = (s: string) =>
    s ? tr(`返回的开头是：${s}`, `What came begins: ${s}`) : tr('没有返回内容', 'Nothing came');

// s: what it is about, named as the page names it. detail: what others said.
const words: Record<string, (s: string, detail: string) => string> = {
    person_name: (s) => tr(`请填写${who(s)}的姓名`, `Please give ${who(s)} a name`),
    person_mobile: (s) =>
        tr(
            `${who(s)}的手机号不对：5 到 20 位数字，可以用 + 和国家码开头`,
            `The mobile number of ${who(s)} has 5 to 20 digits, with + and country code`,
        ),
    person_email: (s) =>
        tr(`${who(s)}的邮箱不对，应为 name@example.com`, `The email address of ${who(s)} is one like name@example.com`),
    person_reach: (s) =>
        tr(`${who(s)}的手机和邮箱至少填一个`, `A mobile number or an email address of ${who(s)} is needed`),
    check_running: (s) =>
        tr(
            `同一候选人在同一供应商的同一套餐还没有结束（${s}）`,
            `A check of this person with the same vendor and package is still running (${s})`,
        ),
    vendor_gone: () => tr('这个供应商已不存在，请重新选择', 'That vendor is gone; please choose another'),
    package_gone: () =>
        tr('供应商已不再提供这个套餐，请重新选择', 'The vendor has that package no more; please choose another'),
    item_gone: () => tr('供应商已不再提供其中一个附加调查项', 'The vendor has one of the add-on items no more'),
    field_gone: (s) =>
        tr(`供应商已不再要求“${s}”，请重新打开表单`, `The vendor asks for “${s}” no more; please open the form again`),
    field_required: (s) => tr(`请填写“${s}”`, `Please fill in “${s}”`),
    field_value: (s) =>
        tr(`“${s}”的内容供应商不接受，请检查`, `The vendor does not take this for “${s}”; please check it`),
    report_gone: () => tr('报告文件没有上传成功，请重新上传', 'The report is not there; please upload it again'),
    report_not_pdf: () => tr('报告必须是 PDF，这个文件不是', 'A report must be a PDF; this file is none'),
    application_ended: () => tr('这个投递已经终止', 'The application has ended'),
    round_type_closed: () =>
        tr('这个面试轮次类型已停用，请选择其他的', 'That kind of round is not in use any more; please choose another'),
    times_order: () => tr('结束时间必须晚于开始时间', 'The end must be later than the beginning'),
    times_length: () => tr('一场面试不超过 24 小时', 'An interview takes no more than 24 hours'),
    interview_assessed: () =>
        tr('已有人提交评价，这场面试不能再改', 'Somebody has assessed the interview: it is not changed any more'),
    not_interviewer: () => tr('只有这场面试的面试官可以评价', 'Only those who hold the interview assess it'),
    assessed_already: () => tr('你的评价已经提交过了', 'Your assessment is submitted already'),
    answer: () =>
        tr('服务器没有接受其中一个答案，请检查', 'The server did not take one of the answers; please check them'),
    user_taken: (s) => tr(`登录名 ${s} 已被占用`, `The name ${s} is taken already`),
    user_unknown: (s) => tr(`没有员工 ID 为 ${s} 的员工`, `There is no employee ${s}`),
    own_account: () =>
        tr(
            '不能停用自己，也不能取消自己的管理员角色',
            'Nobody disables themselves or gives up their own administration',
        ),
    last_admin: () => tr('至少要留一位管理员', 'One administrator must stay'),
    last_role: (s) =>
        tr(`${s} 会没有任何角色，请先给它其他角色`, `${s} would have no role left; give the account another one first`),
    app_shared: () =>
        tr(
            '这个应用不只属于本租户，由命令行 hired app 管理',
            "The app is not this tenant's alone; the command line (hired app) changes it",
        ),
    address_form: (s) =>
        tr(`${s} 不是地址或网段，例如 10.1.0.0/16`, `${s} is neither an address nor a network such as 10.1.0.0/16`),
    receiver_url: () =>
        tr(
            '请求地址应以 http:// 或 https:// 开头，不含空格',
            'The request URL begins with http:// or https://, without blanks',
        ),
    receiver_key: () =>
        tr(
            'Encrypt Key 和 Verification Token 最多各 200 字节',
            'Encrypt key and verification token have at most 200 bytes each',
        ),
    receiver_none: () => tr('请先填写请求地址', 'Give a request URL first'),
    receiver_busy: () =>
        tr('正在测试其他地址，请一秒后再试', 'Other addresses are being asked; please try again in a second'),
    receiver_address: () =>
        tr(
            '它是内网地址，服务器的配置（[fetch] allow）不允许访问',
            'Its address is not a public one, and the configuration ([fetch] allow) permits no other',
        ),
    receiver_silent: () => tr('地址在一秒内没有回应', 'It did not answer within a second'),
    receiver_unreachable: (_, detail) => tr(`连不上这个地址：${detail}`, `No answer came: ${detail}`),
    receiver_status: (s, detail) =>
        tr(
            `地址返回了状态码 ${s}，应为 200。${came(detail)}`,
            `It answered with status ${s}; 200 is expected. ${came(detail)}`,
        ),
    receiver_echo: (_, detail) =>
        tr(
            `返回里没有原样的 challenge，应为 {"challenge":"…"}。${came(detail)}`,
            `Its answer does not echo the challenge; {"challenge":"…"} is expected. ${came(detail)}`,
        ),
    receiver_too_long: (s) => tr(`回应超过 ${s} 字节`, `Its answer is longer than ${s} bytes`),
    stale: () =>
        tr(
            '它在你打开之后已被修改，请刷新后再试',
            'It has changed since you opened it; refresh the page and try again',
        ),
    wait: (s) => {
        const minutes = Math.max(1, Math.ceil(Number(s) / 60));
        return tr(`尝试次数过多，请 ${minutes} 分钟后再试`, `Too many attempts; please try again in ${minutes} min`);
    },
};
const codes: Record<number, () => string> = {
    4004: () => tr('它已不存在', 'It does not exist any more'),
    4010: () => tr('登录已结束，请重新登录', 'Your session has ended; please sign in again'),
    4030: () => tr('登录已在别处变化，请刷新页面', 'Your session has changed elsewhere; please load the page again'),
    4031: () => tr('你的角色没有这个权限', 'Your role does not allow this'),
    1002001: () => tr('服务器出错了，请稍后再试', 'The server failed; please try again later'),
    1002858: () =>
        tr('背调的状态已经变了，现在不能这样做', 'The check has moved on meanwhile; this is not possible any more'),
    1002862: () => tr('这个背调已不存在', 'The check does not exist any more'),
    99991400: () => tr('请求太频繁，请稍后再试', 'Too many requests; please wait a moment'),
};

function unknown(e: ApiError) {
    const fields = e.violations.map((v) => `${v.field}: ${v.description}`).join('; ');
    return tr('服务器没有接受：', 'The server did not take it: ') + (fields || e.message);
}
// name: what the page calls the subject; absent or '': as it stands.
export function refusalText(e: ApiError, name?: (subject: string) => string | undefined) {
    if (e.offline) return tr('连不上服务器，未保存', 'The server cannot be reached; nothing was saved');
    const known = words[e.reason];
    if (known) return known(name?.(e.subject) || e.subject, e.detail);
    const text = codes[e.code]?.() ?? unknown(e);
    return e.status >= 500 && e.logId ? `${text} (${e.logId})` : text;
}

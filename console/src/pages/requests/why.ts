// SPDX-License-Identifier: Apache-2.0
//
// What the gateway's codes mean, and what helps.
import { tr } from '../../base';
import type { RequestRow } from '../../types';

const codes: Record<number, [string, string]> = {
    10003: ['缺少字段或字段有误。', 'A field is missing or wrong.'],
    10005: ['应用没有安装在这个租户。', 'The app is not installed in that tenant.'],
    10012: ['app_ticket 无效：请求重发一次。', 'The app_ticket is no good: ask for it to be sent again.'],
    10013: ['app_access_token 无效：重新获取。', 'The app_access_token is no good: get a new one.'],
    10014: [
        'app_id 或 app_secret 不对；密钥可能已更换。',
        'app_id or app_secret is wrong; the secret may have been changed.',
    ],
    99991201: ['没有这个路径，或此版本不支持该接口。', 'There is no such path, or this version does not support it.'],
    99991301: ['路径存在，但不接受这个方法。', 'The path is there, but does not take this method.'],
    99991400: ['调用太频繁：等到窗口重置后再试。', 'Too many calls: try again when the window is over.'],
    99991401: [
        '来源地址不在应用的 IP 白名单里：把它加进去，或清空白名单。',
        'The address is not among those that the app allows: add it, or clear the list.',
    ],
    99991661: ['没有 Authorization 头：带上 Bearer 令牌。', 'There is no Authorization header: bring a Bearer token.'],
    99991662: ['应用已停用：在应用设置里启用。', 'The app is disabled: enable it in its settings.'],
    99991663: [
        '令牌无效、已过期，或因更换密钥而失效：重新获取。',
        'The token is wrong, expired, or ended by a new secret: get a new one.',
    ],
    99991668: ['令牌种类不对：这个接口要另一种令牌。', 'The wrong kind of token: this operation takes another.'],
    99991671: ['令牌格式不对：应以 t- 开头。', 'That is no token: it must begin with t-.'],
    99991672: ['应用没有这个接口要的权限：给它下面的任一个。', 'The app has none of the scopes: give it one of these.'],
    99991673: ['应用没有安装在这个租户。', 'The app is not installed in this tenant.'],
    99992351: ['有不存在的 open_id。', 'There is an open_id that nobody has.'],
    99992360: ['有不存在的 user_id。', 'There is a user_id that nobody has.'],
    99992364: ['有不存在的 union_id。', 'There is a union_id that nobody has.'],
    99992402: [
        '参数不合描述：回应的 error.field_violations 说明是哪个字段。',
        "A field does not fit its description: the answer's error.field_violations says which.",
    ],
    1002001: [
        '服务器出错或太忙：带上日志号查看服务器日志。',
        "A fault or an overload: the server's log has this log id.",
    ],
};
export const why = (r: RequestRow) => (codes[r.code] ? tr(...codes[r.code]) : undefined);

// SPDX-License-Identifier: Apache-2.0
//
// Explanations of the gateway's error codes, and their remedies.
import { tr } from '../../base';
import type { RequestRow } from '../../types';

const codes: Record<number, [string, string]> = {
    10003: ['缺少字段或字段有误。', 'A field is missing or invalid.'],
    10005: ['应用没有安装在这个租户。', 'The app is not installed in this tenant.'],
    10012: ['app_ticket 无效：请求重发一次。', 'The app_ticket is invalid. Request a new one.'],
    10013: ['app_access_token 无效：重新获取。', 'The app_access_token is invalid. Get a new one.'],
    10014: [
        'app_id 或 app_secret 不对；密钥可能已更换。',
        'The app_id or app_secret is wrong. The secret may have been reset.',
    ],
    99991201: [
        '没有这个路径，或此版本不支持该接口。',
        'This path does not exist, or this version does not support it.',
    ],
    99991301: ['路径存在，但不接受这个方法。', 'This path exists but does not accept this method.'],
    99991400: ['调用太频繁：等到窗口重置后再试。', 'Too many calls. Try again when the rate limit window resets.'],
    99991401: [
        '来源地址不在应用的 IP 白名单里：把它加进去，或清空白名单。',
        "The source address is not one of the app's allowed IPs. Add it, or clear the list.",
    ],
    99991661: [
        '没有 Authorization 头：带上 Bearer 令牌。',
        'The Authorization header is missing. Send a Bearer token.',
    ],
    99991662: ['应用已停用：在应用设置里启用。', 'The app is disabled. Enable it in the app settings.'],
    99991663: [
        '令牌无效、已过期，或因更换密钥而失效：重新获取。',
        'The token is invalid, has expired, or was revoked by a secret reset. Get a new one.',
    ],
    99991668: ['令牌种类不对：这个接口要另一种令牌。', 'Wrong type of token. This operation requires a different one.'],
    99991671: ['令牌格式不对：应以 t- 开头。', 'Invalid token format. The token must start with t-.'],
    99991672: [
        '应用没有这个接口要的权限：给它下面的任一个。',
        'The app does not have a scope that this operation requires. Grant it one of the scopes below.',
    ],
    99991673: ['应用没有安装在这个租户。', 'The app is not installed in this tenant.'],
    99992351: ['有不存在的 open_id。', 'An open_id does not exist.'],
    99992360: ['有不存在的 user_id。', 'A user_id does not exist.'],
    99992364: ['有不存在的 union_id。', 'A union_id does not exist.'],
    99992402: [
        '参数不合描述：回应的 error.field_violations 说明是哪个字段。',
        'A parameter is invalid. See error.field_violations in the response for the field.',
    ],
    1002001: [
        '服务器出错或太忙：带上日志号查看服务器日志。',
        'The server failed or is overloaded. Search the server log for the log ID.',
    ],
};
export const why = (r: RequestRow) => (codes[r.code] ? tr(...codes[r.code]) : undefined);

// SPDX-License-Identifier: Apache-2.0
//
// Detects that somebody else changed an app while a form or confirmation about it is open.
import { get } from '../../api';
import { tr } from '../../base';
import type { App } from '../../types';
import { differences, useVersion } from '../../ui';
import { eventName } from '../events/names';

export const useAppVersion = (app: App) =>
    useVersion(app, async () => (await get<{ items?: App[] }>('apps')).items?.find((a) => a.app_id === app.app_id));
export function appChanges(before: App, now: App) {
    const list = (of?: string[]) => (of ?? []).join(tr('、', ', '));
    const state = (a: App) => (a.disabled ? tr('已停用', 'Disabled') : tr('启用', 'Enabled'));
    return differences([
        [tr('状态', 'Status'), state(before), state(now)],
        [tr('权限', 'Scopes'), list(before.scopes), list(now.scopes)],
        [tr('IP 白名单', 'Allowed IPs'), list(before.ip_allow), list(now.ip_allow)],
        [
            tr('订阅', 'Subscriptions'),
            list(before.subscriptions?.map(eventName)),
            list(now.subscriptions?.map(eventName)),
        ],
        [tr('请求地址', 'Request URL'), before.request_url ?? '', now.request_url ?? ''],
    ]);
}

// SPDX-License-Identifier: Apache-2.0
//
// Detects that somebody else changed a vendor account while a form or confirmation about it is open.
import { get } from '../../api';
import { both, tr } from '../../base';
import type { Vendor } from '../../types';
import { differences, useVersion, type Difference } from '../../ui';

export const useVendorVersion = (v: Vendor) =>
    useVersion(v, async () => (await get<{ items?: Vendor[] }>('vendors')).items?.find((x) => x.id === v.id));
export function vendorChanges(before: Vendor, now: Vendor) {
    const value = (v: Vendor, key: string) => v.account_values?.find((x) => x.key === key)?.value ?? '';
    const keys = [...new Set([before, now].flatMap((v) => (v.account_values ?? []).map((x) => x.key)))];
    const name = (key: string) => both(now.account_fields?.find((f) => f.key === key)?.name) || key;
    return differences([
        [tr('账号名称', 'Account name'), before.name, now.name],
        [tr('供应商', 'Vendor'), both(before.provider_name), both(now.provider_name)],
        [tr('应用', 'App'), before.app?.name ?? '', now.app?.name ?? ''],
        ...keys.map((k): Difference => [name(k), value(before, k), value(now, k)]),
    ]);
}

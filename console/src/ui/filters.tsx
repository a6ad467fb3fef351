// SPDX-License-Identifier: Apache-2.0
//
// The filters of a list, kept in the address.
import { useParam, useT } from '../base';
import type { App } from '../types';
import { Choice } from './fields';

// name: the parameter. all: the label of "no filter". without: parameters that a choice removes.
export function FilterChoice({
    name,
    label,
    all,
    options,
    without,
}: {
    name: string;
    label: string;
    all: string;
    options: [string, string][];
    without?: string[];
}) {
    const [value, set] = useParam(name, without);
    return <Choice name={name} aria-label={label} value={value} onChange={set} none={all} options={options} />;
}
export function AppFilter({ apps }: { apps: App[] }) {
    const t = useT();
    return (
        <FilterChoice
            name="app"
            label={t('应用', 'App')}
            all={t('所有应用', 'All apps')}
            options={apps.map((a) => [a.app_id, a.name])}
        />
    );
}

// SPDX-License-Identifier: Apache-2.0
//
// Selecting scopes from a long list: a search, with the selected ones first.
import { useState } from 'react';
import { useT } from '../../base';
import { fold } from '../../fold';
import { Button, Checks, Field, Text } from '../../ui';
import { useKnown } from '../events/deliveries';

export function Scopes({ value, set }: { value: string[]; set: (v: string[]) => void }) {
    const t = useT();
    const all = useKnown().data?.scopes ?? [];
    const [find, setFind] = useState('');
    const shown = all.filter((s) => s.includes(fold(find)));
    return (
        <>
            <Field label={t('查找权限', 'Search scopes')}>
                <Text type="search" name="find" placeholder="background_check" value={find} onChange={setFind} />
            </Field>
            <Checks
                label={t(`权限（已选 ${value.length}）`, `Scopes (${value.length} selected)`)}
                value={value}
                onChange={set}
                options={shown.map((s) => [s, s])}
            />
            <div className="row tight">
                <Button size="small" onClick={() => set([...new Set([...value, ...shown])])}>
                    {t('选中列出的', 'Select all shown')}
                </Button>
                <Button size="small" onClick={() => set(value.filter((s) => !shown.includes(s)))}>
                    {t('取消列出的', 'Clear all shown')}
                </Button>
            </div>
        </>
    );
}

// SPDX-License-Identifier: Apache-2.0
//
// The dialog that creates an app; it shows the app secret once.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api';
import { useT } from '../../base';
import type { App } from '../../types';
import { Choice, Dialog, Field, Text, useDeed, type SecretRows } from '../../ui';
import { Scopes } from './scopes';

export function Create({ close }: { close: (rows?: SecretRows) => void }) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const [name, setName] = useState(''),
        [kind, setKind] = useState('custom'),
        [scopes, setScopes] = useState<string[]>([]);
    const create = async () => {
        const r = await post<{ app: App; app_secret: string }>('apps', { name: name.trim(), kind, scopes });
        await qc.invalidateQueries({ queryKey: ['apps'] });
        close([
            ['app_id', r.app.app_id],
            ['app_secret', r.app_secret],
        ]);
    };
    return (
        <Dialog
            width={760}
            title={t('创建应用', 'Create app')}
            open
            close={() => close()}
            busy={busy}
            disabled={!name.trim()}
            okText={t('创建', 'Create')}
            ok={() => run(create)}
        >
            <div className="form tall" tabIndex={-1}>
                <div className="two">
                    <Field label={t('名称', 'Name')} required>
                        <Text name="name" value={name} onChange={setName} maxLength={100} autoFocus />
                    </Field>
                    <Field label={t('类型', 'Type')}>
                        <Choice
                            name="kind"
                            value={kind}
                            onChange={setKind}
                            options={[
                                ['custom', t('自建应用', 'Custom app')],
                                ['store', t('商店应用', 'Store app')],
                            ]}
                        />
                    </Field>
                </div>
                <Scopes value={scopes} set={setScopes} />
            </div>
        </Dialog>
    );
}

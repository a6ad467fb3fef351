// SPDX-License-Identifier: Apache-2.0
//
// The list of apps: create them, edit scopes, set the event receiver, disable; a new secret is shown once.
import { useState } from 'react';
import { useT } from '../../base';
import type { App } from '../../types';
import { Button, Load, Secret, State, type SecretRows } from '../../ui';
import { useApps } from '../vendors';
import { AppCard } from './card';
import { Create } from './create';
import { Edit } from './edit';
import { Question, type Deed } from './question';

export function Apps({ tenant }: { tenant: string }) {
    const t = useT();
    const q = useApps();
    const [creating, setCreating] = useState(false),
        [edit, setEdit] = useState<App>(),
        [secret, setSecret] = useState<SecretRows>(),
        [ask, setAsk] = useState<{ deed: Deed; app: App }>();
    return (
        <>
            <div className="row page-do">
                <p className="muted grow">
                    {t(
                        '应用用自己的密钥调用开放接口，并接收事件。',
                        'Apps use their own secret to call the open API and receive events.',
                    )}
                </p>
                <Button theme="solid" onClick={() => setCreating(true)}>
                    {t('创建应用', 'Create app')}
                </Button>
            </div>
            <Load q={q}>
                {(d) =>
                    !d.items?.length ? (
                        <div className="card">
                            <State kind="empty" title={t('还没有应用', 'No apps yet')} />
                        </div>
                    ) : (
                        <>
                            {d.items.map((a) => (
                                <AppCard
                                    key={a.app_id}
                                    app={a}
                                    tenant={tenant}
                                    edit={() => setEdit(a)}
                                    ask={(deed) => setAsk({ deed, app: a })}
                                />
                            ))}
                        </>
                    )
                }
            </Load>
            {creating && (
                <Create
                    close={(rows) => {
                        setCreating(false);
                        setSecret(rows);
                    }}
                />
            )}
            {edit && (
                <Edit
                    app={edit}
                    close={(rows) => {
                        setEdit(undefined);
                        setSecret(rows);
                    }}
                />
            )}
            {secret && (
                <Secret title={t('请保存', 'Save these details')} rows={secret} close={() => setSecret(undefined)} />
            )}
            <Question asked={ask} close={() => setAsk(undefined)} tell={setSecret} />
        </>
    );
}

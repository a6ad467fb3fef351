// SPDX-License-Identifier: Apache-2.0
//
// Vendor accounts: bind one, fill in the vendor's settings, see its packages.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api';
import { both, useT } from '../../base';
import type { Vendor } from '../../types';
import { Ask, Button, done, Load, Meanwhile, State } from '../../ui';
import { useVendors } from '../orders';
import { VendorCard } from './card';
import { EditVendor } from './edit';
import { useVendorVersion, vendorChanges } from './version';

export { useApps } from './form';

function Unbind({ v, close }: { v: Vendor; close: () => void }) {
    const t = useT();
    const qc = useQueryClient();
    const at = useVendorVersion(v);
    const name = both(v.provider_name) || v.name;
    return (
        <Ask
            open
            close={close}
            danger
            title={t(`解除 ${name} 的绑定？`, `Disconnect ${name}?`)}
            okText={t('解除绑定', 'Disconnect')}
            text={t(
                `“${v.app?.name}”不再收到此账号的通知，也不能再更新它的订单。进行中的订单保留，供应商不会收到解绑通知。以后可以重新绑定。`,
                `“${v.app?.name}” will receive no more notifications for this account and can no longer update its orders. Orders in progress are kept, and the vendor is not notified that you disconnected the app. You can connect it again later.`,
            )}
            blocked={at.stale}
            notice={
                at.stale && (
                    <Meanwhile
                        changes={vendorChanges(at.base, at.latest)}
                        goOn={at.latest.app?.id === v.app?.id ? at.goOn : undefined}
                        goOnText={t('仍然继续', 'Continue anyway')}
                    />
                )
            }
            act={() =>
                at.run(async (version) => {
                    await post(`vendors/${v.id}`, { version, app_id: '' });
                    done(t('已解除绑定', 'Disconnected'));
                    await qc.invalidateQueries({ queryKey: ['vendors'] });
                })
            }
        />
    );
}

export function Vendors() {
    const t = useT();
    const q = useVendors();
    const [edit, setEdit] = useState<Vendor | null>(),
        [unbind, setUnbind] = useState<Vendor>();
    return (
        <>
            <div className="row above">
                <p className="muted grow">
                    {t(
                        '在供应商处的账号；绑定应用后才能在线发起背调。',
                        'Your accounts with vendors. Connect an app to start background checks online.',
                    )}
                </p>
                <Button theme="solid" onClick={() => setEdit(null)}>
                    {t('添加账号', 'Add account')}
                </Button>
            </div>
            <Load q={q}>
                {(d) =>
                    !d.items?.length ? (
                        <section className="card">
                            <State
                                kind="empty"
                                title={t('还没有供应商', 'No vendors yet')}
                                text={t(
                                    '添加账号后就可以向供应商发起背调。',
                                    'Add a vendor account to start background checks.',
                                )}
                            >
                                <Button onClick={() => setEdit(null)}>{t('添加账号', 'Add account')}</Button>
                            </State>
                        </section>
                    ) : (
                        <>
                            {d.items.map((v) => (
                                <VendorCard key={v.id} v={v} edit={() => setEdit(v)} unbind={() => setUnbind(v)} />
                            ))}
                        </>
                    )
                }
            </Load>
            {edit !== undefined && <EditVendor vendor={edit} close={() => setEdit(undefined)} />}
            {unbind && <Unbind v={unbind} close={() => setUnbind(undefined)} />}
        </>
    );
}

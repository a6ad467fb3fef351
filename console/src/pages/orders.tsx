// SPDX-License-Identifier: Apache-2.0
//
// All background checks; an approver begins here.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api';
import type { OrderRow, Page, Vendor } from '../types';
import { both, Link, useParam, useT } from '../base';
import { allOf, Choice, Failed, Head, Light, Loading, More, Pill, Rows, State, usePages, When } from '../ui';
import { orderStatus, orderStatuses } from '../words';

export const useVendors = () =>
    useQuery({ queryKey: ['vendors'], queryFn: () => get<Page<Vendor>>('vendors'), staleTime: 60_000 });

export default function Orders() {
    const t = useT();
    const [status, setStatus] = useParam('status'),
        [account, setAccount] = useParam('vendor');
    const vendors = useVendors().data?.items ?? [];
    const q = usePages<OrderRow>(['orders'], 'orders', { status, account_id: account, page_size: 50 });
    const rows = allOf(q);
    return (
        <>
            <Head
                title={t('背景调查', 'Background checks')}
                sub={t(
                    '最近有变动的在前，供应商推送后自动更新',
                    'What changed last comes first; moves by itself when a vendor pushes',
                )}
            />
            <search className="filters">
                <Choice
                    aria-label={t('状态', 'Status')}
                    value={status}
                    onChange={setStatus}
                    none={t('所有状态', 'Every status')}
                    options={orderStatuses.map((s) => [
                        String(s),
                        s === 5
                            ? t('待审批', 'Awaits approval')
                            : s === 6
                              ? t('审批已撤回', 'Approval withdrawn')
                              : s === 9
                                ? t('被驳回', 'Rejected')
                                : orderStatus(s).text,
                    ])}
                />
                <Choice
                    aria-label={t('供应商', 'Vendor')}
                    value={account}
                    onChange={setAccount}
                    none={t('所有供应商', 'All vendors')}
                    options={vendors.map((v) => [v.id, both(v.provider_name) || v.name])}
                />
            </search>
            {q.isPending ? (
                <div className="list">
                    <Loading lines={8} />
                </div>
            ) : q.error && !q.data ? (
                <div className="card">
                    <Failed error={q.error} retry={() => q.refetch()} />
                </div>
            ) : !rows.length ? (
                <div className="card">
                    <State
                        kind="empty"
                        title={t('没有背景调查', 'No background checks')}
                        text={t('在投递页里发起一个。', 'Order one from an application.')}
                    />
                </div>
            ) : (
                <Rows
                    label={t('背景调查', 'Background checks')}
                    cols="minmax(0,1.600fr) minmax(0,1.500fr) minmax(0,1.400fr) minmax(0,1.200fr) 110px"
                    heads={[
                        t('候选人', 'Candidate'),
                        t('供应商和套餐', 'Vendor and package'),
                        t('状态', 'Status'),
                        t('结论', 'Conclusion'),
                        t('更新', 'Changed'),
                    ]}
                >
                    {rows.map((o) => (
                        <li key={o.id}>
                            <Link className="line" href={`/applications/${o.application_id}?order=${o.id}`}>
                                <div style={{ minWidth: 0 }}>
                                    <div className="name clip">{o.talent_name || o.name || o.id}</div>
                                    <div className="muted small clip">{o.job_title}</div>
                                </div>
                                <div style={{ minWidth: 0 }}>
                                    <div className="clip">
                                        {both(o.provider_name) || t('手工录入', 'Entered by hand')}
                                    </div>
                                    <div className="muted small clip">{o.package || o.name}</div>
                                </div>
                                <span>
                                    <Pill {...orderStatus(o.status, o.phase)} />
                                </span>
                                <span className="small">
                                    <Light result={o.conclusion} />
                                </span>
                                <span className="muted small">
                                    <When ms={o.update_time} />
                                </span>
                            </Link>
                        </li>
                    ))}
                </Rows>
            )}
            <More q={q} />
        </>
    );
}

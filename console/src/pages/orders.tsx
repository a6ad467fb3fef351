// SPDX-License-Identifier: Apache-2.0
//
// All background checks; the start page of approvers.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api';
import type { OrderRow, Page, Vendor } from '../types';
import { both, day, Link, useParam, useT } from '../base';
import {
    FilterChoice,
    Head,
    Light,
    Listing,
    PagedRows,
    Pill,
    Search,
    State,
    usePages,
    useSearch,
    When,
    NothingFits,
} from '../ui';
import { orderStatus, orderStatuses } from '../words';

export const useVendors = () =>
    useQuery({ queryKey: ['vendors'], queryFn: () => get<Page<Vendor>>('vendors'), staleTime: 60_000 });

// The status filter: "approved" covers both approvals, of arrangement and of report.
function useStatusNames(): [string, string][] {
    const t = useT();
    const own: Record<number, string> = {
        5: t('待审批', 'Pending approval'),
        6: t('审批已撤回', 'Approval request withdrawn'),
        9: t('被驳回', 'Rejected'),
    };
    return orderStatuses.map((s) => [String(s), own[s] ?? orderStatus(s).text]);
}

function Row({ item: o }: { item: OrderRow }) {
    const t = useT();
    const vendor = both(o.provider_name);
    return (
        <Link className="line" href={`/applications/${o.application_id}?order=${o.id}`}>
            <div className="who-is">
                <div className="name clip">{o.talent_name || o.name || o.id}</div>
                <div className="muted small clip">{o.job_title}</div>
            </div>
            <div className="who-is">
                <div className="clip">{vendor || t('手工录入', 'Added manually')}</div>
                <div className="muted small clip">{o.package || o.name}</div>
            </div>
            <span>
                <Pill {...orderStatus(o.status, o.phase)} />
            </span>
            <span className="small">
                <Light result={o.conclusion} short />
            </span>
            <span className="when muted small">
                <When ms={o.update_time} />
            </span>
        </Link>
    );
}

interface Filters {
    query: string;
    status: string;
    phase: string;
    account_id: string;
    late: string;
    completed_since: string;
}

function List({ filters }: { filters: Filters }) {
    const t = useT();
    const q = usePages<OrderRow>(['orders'], 'orders', { ...filters, page_size: 50 });
    const empty = Object.values(filters).some(Boolean) ? (
        <NothingFits title={t('没有符合条件的背景调查', 'No matching background checks')} />
    ) : (
        <State
            kind="empty"
            title={t('还没有背景调查', 'No background checks yet')}
            text={t('打开一份投递，点“发起背调”。', 'To start one, open an application and choose “Start check”.')}
        />
    );
    return (
        <Listing q={q} empty={empty}>
            <PagedRows
                q={q}
                row={Row}
                label={t('背景调查', 'Background checks')}
                cols="minmax(0,1.6fr) minmax(0,1.5fr) minmax(0,1.4fr) minmax(0,1fr) 110px"
                heads={[
                    t('候选人', 'Candidate'),
                    t('供应商和套餐', 'Vendor and package'),
                    t('状态', 'Status'),
                    t('结论', 'Result'),
                    t('更新', 'Updated'),
                ]}
            />
        </Listing>
    );
}

// Filters that links from the overview set. They replace the status filter; a button removes them.
function Only({ text, clear }: { text: string; clear: () => void }) {
    const t = useT();
    return (
        <button
            type="button"
            className="pill t-blue only"
            onClick={clear}
            aria-label={t(`${text}，取消这一条件`, `${text}, remove this filter`)}
        >
            {text} <span aria-hidden="true">×</span>
        </button>
    );
}

export default function Orders() {
    const t = useT();
    const [status] = useParam('status'),
        [phase, setPhase] = useParam('phase'),
        [late, setLate] = useParam('late'),
        [done, setDone] = useParam('done'),
        [account] = useParam('vendor');
    const [typed, setTyped, query] = useSearch();
    const vendors = useVendors().data?.items ?? [];
    const statuses = useStatusNames();
    return (
        <>
            <Head
                title={t('背景调查', 'Background checks')}
                sub={t(
                    '最近有变动的在前，供应商推送后自动更新',
                    'Most recently updated first. Updates from vendors appear automatically',
                )}
            />
            <search className="filters">
                <Search
                    placeholder={t('搜索候选人或供应商（按 / 键）', 'Search candidates or vendors (press /)')}
                    value={typed}
                    onChange={setTyped}
                />
                {!late && !done && (
                    <FilterChoice
                        name="status"
                        label={t('状态', 'Status')}
                        all={t('所有状态', 'All statuses')}
                        options={statuses}
                        without={['phase']}
                    />
                )}
                {status && Number(phase) > 0 && (
                    <Only
                        text={phase === '2' ? t('报告', 'Reports') : t('安排', 'New checks')}
                        clear={() => setPhase(undefined)}
                    />
                )}
                {late && <Only text={t('供应商逾期', 'Vendor overdue')} clear={() => setLate(undefined)} />}
                {done && (
                    <Only
                        text={t(`${day(done)}以来完成`, `Completed since ${day(done)}`)}
                        clear={() => setDone(undefined)}
                    />
                )}
                <FilterChoice
                    name="vendor"
                    label={t('供应商', 'Vendor')}
                    all={t('所有供应商', 'All vendors')}
                    options={vendors.map((v) => [v.id, both(v.provider_name) || v.name])}
                />
            </search>
            <List
                filters={{
                    query,
                    status: late || done ? '' : status,
                    phase: late || done || !status ? '' : phase,
                    account_id: account,
                    late: late ? 'true' : '',
                    completed_since: late ? '' : done,
                }}
            />
        </>
    );
}

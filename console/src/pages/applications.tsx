// SPDX-License-Identifier: Apache-2.0
//
// All applications, with search and filters; the list loads more rows while the user scrolls.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api';
import type { Application, References } from '../types';
import { both, Link, useParam, useT } from '../base';
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
import { orderStatus } from '../words';

export const useReferences = () =>
    useQuery({ queryKey: ['references'], queryFn: () => get<References>('references'), staleTime: 300_000 });

function useFilters() {
    const [stage] = useParam('stage'),
        [status] = useParam('status'),
        [job] = useParam('job'),
        [typed, setTyped, query] = useSearch();
    return { stage, status, job, typed, setTyped, query };
}
type Filters = ReturnType<typeof useFilters>;

function FilterBar({ f }: { f: Filters }) {
    const t = useT();
    const refs = useReferences().data;
    return (
        <search className="filters">
            <Search
                placeholder={t('搜索候选人或职位（按 / 键）', 'Search candidates or jobs (press /)')}
                value={f.typed}
                onChange={f.setTyped}
            />
            <FilterChoice
                name="stage"
                label={t('阶段', 'Stage')}
                all={t('所有阶段', 'All stages')}
                options={(refs?.stages ?? []).map((s) => [s.id, both(s.name)])}
            />
            <FilterChoice
                name="job"
                label={t('职位', 'Job')}
                all={t('所有职位', 'All jobs')}
                options={(refs?.jobs ?? []).map((s) => [s.id, both(s.name)])}
            />
            <FilterChoice
                name="status"
                label={t('状态', 'Status')}
                all={t('进行中和已终止', 'All statuses')}
                options={[
                    ['1', t('进行中', 'Active')],
                    ['2', t('已终止', 'Terminated')],
                ]}
            />
        </search>
    );
}

function Row({ item: a }: { item: Application }) {
    const t = useT();
    const o = a.order;
    return (
        <Link className="line" href={`/applications/${a.id}`}>
            <div className="who-is">
                <div className="name clip">{a.talent_name}</div>
                <div className="muted small clip">{a.job_title}</div>
            </div>
            <span className="row tight">
                {a.stage && <span className="chip">{both(a.stage.name)}</span>}
                {a.active_status === 2 && <span className="muted small">{t('已终止', 'Terminated')}</span>}
            </span>
            <span>{o ? <Pill {...orderStatus(o.status, o.phase)} /> : <span className="muted small">—</span>}</span>
            <span className="small">
                <Light result={o?.conclusion} short />
            </span>
            <span className="when muted small">
                <When ms={a.update_time} />
            </span>
        </Link>
    );
}

function Nothing({ f }: { f: Filters }) {
    const t = useT();
    if (f.query || f.stage || f.job || f.status)
        return <NothingFits title={t('没有符合条件的投递', 'No matching applications')} />;
    return (
        <State
            kind="empty"
            title={t('还没有投递', 'No applications yet')}
            text={t(
                '导入或通过开放接口创建后会出现在这里。',
                'Applications appear here once they are imported or created through the open API.',
            )}
        />
    );
}

function List({ f }: { f: Filters }) {
    const t = useT();
    const q = usePages<Application>(['applications'], 'applications', {
        query: f.query,
        stage_id: f.stage,
        status: f.status,
        job_id: f.job,
        page_size: 50,
    });
    return (
        <Listing q={q} empty={<Nothing f={f} />}>
            <PagedRows
                q={q}
                row={Row}
                label={t('投递', 'Applications')}
                cols="minmax(0,2fr) minmax(0,1.2fr) minmax(0,1.4fr) minmax(0,1fr) 120px"
                heads={[
                    t('候选人', 'Candidate'),
                    t('阶段', 'Stage'),
                    t('背景调查', 'Background check'),
                    t('结论', 'Result'),
                    t('更新', 'Updated'),
                ]}
            />
        </Listing>
    );
}

export default function Applications() {
    const t = useT();
    const f = useFilters();
    return (
        <>
            <Head
                title={t('投递', 'Applications')}
                sub={t('按姓名或职位查找，最近有变动的在前', 'Find by name or job. Most recently updated first')}
            />
            <FilterBar f={f} />
            <List f={f} />
        </>
    );
}

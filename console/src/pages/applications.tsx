// SPDX-License-Identifier: Apache-2.0
//
// All applications: search and filter; the list loads as one scrolls.
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { get } from '../api';
import type { Application, References } from '../types';
import { both, Link, useParam, useT } from '../base';
import { allOf, Choice, Failed, Head, Loading, More, Pill, Rows, State, Text, usePages, When } from '../ui';
import { orderStatus } from '../words';

export const useReferences = () =>
    useQuery({ queryKey: ['references'], queryFn: () => get<References>('references'), staleTime: 300_000 });

export default function Applications() {
    const t = useT();
    const [query, setQuery] = useParam('q'),
        [stage, setStage] = useParam('stage'),
        [status, setStatus] = useParam('status'),
        [job, setJob] = useParam('job');
    const refs = useReferences().data;
    const q = usePages<Application>(['applications'], 'applications', {
        query: useDeferredValue(query),
        stage_id: stage,
        status,
        job_id: job,
        page_size: 50,
    });
    const rows = allOf(q);
    return (
        <>
            <Head
                title={t('投递', 'Applications')}
                sub={t('按姓名或职位查找，最近有变动的在前', 'Find by name or job; what changed last comes first')}
            />
            <search className="filters">
                <Text
                    className="search"
                    type="search"
                    aria-label={t('搜索', 'Search')}
                    placeholder={t('搜索候选人或职位（按 / 键）', 'Search people or jobs (press /)')}
                    value={query}
                    onChange={setQuery}
                />
                <Choice
                    aria-label={t('阶段', 'Stage')}
                    value={stage}
                    onChange={setStage}
                    none={t('所有阶段', 'All stages')}
                    options={(refs?.stages ?? []).map((s) => [s.id, both(s.name)])}
                />
                <Choice
                    aria-label={t('职位', 'Job')}
                    value={job}
                    onChange={setJob}
                    none={t('所有职位', 'All jobs')}
                    options={(refs?.jobs ?? []).map((s) => [s.id, both(s.name)])}
                />
                <Choice
                    aria-label={t('状态', 'Status')}
                    value={status}
                    onChange={setStatus}
                    none={t('进行中和已终止', 'Active and terminated')}
                    options={[
                        ['1', t('进行中', 'Active')],
                        ['2', t('已终止', 'Terminated')],
                    ]}
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
                        title={
                            query || stage || job || status
                                ? t('没有符合条件的投递', 'Nothing matches')
                                : t('还没有投递', 'There are no applications yet')
                        }
                        text={
                            query || stage
                                ? t('换个词或放宽筛选试试。', 'Try another word or fewer filters.')
                                : undefined
                        }
                    />
                </div>
            ) : (
                <Rows
                    label={t('投递', 'Applications')}
                    cols="minmax(0,2fr) minmax(0,1.300fr) minmax(0,1.500fr) 130px"
                    heads={[
                        t('候选人', 'Candidate'),
                        t('阶段', 'Stage'),
                        t('背景调查', 'Background check'),
                        t('更新', 'Changed'),
                    ]}
                >
                    {rows.map((a) => {
                        const o = a.order && orderStatus(a.order.status, a.order.phase);
                        return (
                            <li key={a.id}>
                                <Link className="line" href={`/applications/${a.id}`}>
                                    <div style={{ minWidth: 0 }}>
                                        <div className="name clip">{a.talent_name}</div>
                                        <div className="muted small clip">{a.job_title}</div>
                                    </div>
                                    <span className="row tight">
                                        {a.stage && <span className="chip">{both(a.stage.name)}</span>}
                                        {a.active_status === 2 && (
                                            <span className="muted small">{t('已终止', 'Terminated')}</span>
                                        )}
                                    </span>
                                    <span>{o ? <Pill {...o} /> : <span className="muted small">—</span>}</span>
                                    <span className="muted small">
                                        <When ms={a.update_time} />
                                    </span>
                                </Link>
                            </li>
                        );
                    })}
                </Rows>
            )}
            <More q={q} />
        </>
    );
}

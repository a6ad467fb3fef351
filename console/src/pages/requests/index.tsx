// SPDX-License-Identifier: Apache-2.0
//
// The live log of requests to the open API: what was requested, what was refused, and what the app needs for it.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../api';
import { useParam, useT } from '../../base';
import type { App, Page, RequestRow } from '../../types';
import { Button, Head, Load, State, NothingFits } from '../../ui';
import { operationsOf, type Spec } from '../tryapi/spec';
import { Filters } from './filters';
import { Row } from './row';

const EVERY_MS = 1500;

export default function Requests() {
    const t = useT();
    const [logId] = useParam('log_id'),
        [app] = useParam('app'),
        [operation] = useParam('operation'),
        [failed] = useParam('failed');
    const [live, setLive] = useState(true),
        [open, setOpen] = useState('');
    const q = useQuery({
        queryKey: ['requests', logId, app, operation, failed],
        queryFn: () =>
            get<Page<RequestRow> & { node?: number; nodes?: number }>('requests', {
                log_id: logId.trim(),
                app_id: app,
                operation,
                failed: failed ? true : undefined,
            }),
        refetchInterval: live ? EVERY_MS : false,
    });
    const apps = useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') }).data?.items ?? [];
    const spec = useQuery({
        queryKey: ['openapi'],
        staleTime: Infinity,
        queryFn: async () => (await fetch('/openapi.json')).json() as Promise<Spec>,
    });
    const operations = operationsOf(spec.data);
    const { node, nodes } = q.data ?? {};
    const filtered = !!(logId || app || operation || failed);
    return (
        <>
            <Head
                title={t('请求日志', 'Request log')}
                sub={
                    t(
                        '开放接口最近的调用；不含参数、请求体和令牌。保存在内存里，重启后清空。',
                        'Recent calls to the open API, without parameters, bodies or tokens. Kept in memory and cleared on restart.',
                    ) +
                    (nodes
                        ? t(
                              `本页由节点 ${node} 应答（共 ${nodes} 个）；其他节点的调用不在这里。`,
                              ` Node ${node} of ${nodes} answered; calls to other nodes are not shown here.`,
                          )
                        : '')
                }
            >
                <span className={`pill ${live ? 't-green' : 't-grey'}`} role="status">
                    {live ? t('实时', 'Live') : t('已暂停', 'Paused')}
                </span>
                <Button aria-pressed={!live} onClick={() => setLive(!live)}>
                    {live ? t('暂停', 'Pause') : t('继续', 'Resume')}
                </Button>
            </Head>
            <Filters apps={apps} operations={operations} />
            <Load q={q} lines={8}>
                {(d) =>
                    !d.items?.length ? (
                        <div className="card">
                            {filtered ? (
                                <NothingFits title={t('没有符合条件的请求', 'No matching requests')} />
                            ) : (
                                <State
                                    kind="empty"
                                    title={t('还没有请求', 'No requests yet')}
                                    text={t(
                                        '用 SDK、curl 或接口调试页调用后会出现在这里。',
                                        'Call the API with an SDK, curl or the API page, and requests appear here.',
                                    )}
                                />
                            )}
                        </div>
                    ) : (
                        <>
                            <ul className="list log" aria-label={t('请求', 'Requests')}>
                                {d.items.map((r) => (
                                    <Row
                                        key={r.log_id}
                                        row={r}
                                        app={apps.find((a) => a.app_id === r.app_id)}
                                        operation={operations.find((o) => o.op['x-name'] === r.operation)}
                                        open={open === r.log_id || logId === r.log_id}
                                        toggle={() => setOpen(open === r.log_id ? '' : r.log_id)}
                                    />
                                ))}
                            </ul>
                            {d.has_more && (
                                <p className="small muted">
                                    {t(
                                        '还有更早的请求；缩小筛选范围可以看到。',
                                        'There are older requests. Narrow the filters to see them.',
                                    )}
                                </p>
                            )}
                        </>
                    )
                }
            </Load>
        </>
    );
}

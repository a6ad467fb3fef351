// SPDX-License-Identifier: Apache-2.0
//
// The live log of requests to the open API: what was asked, what was refused, and why.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../api';
import type { Page, RequestRow } from '../types';
import { useParam, useT } from '../base';
import { Button, Head, Load, Pill, State, Text, Tick } from '../ui';

export default function Requests() {
    const t = useT();
    const [logId, setLogId] = useParam('log_id'),
        [failed, setFailed] = useParam('failed');
    const [live, setLive] = useState(true);
    const q = useQuery({
        queryKey: ['requests', logId, failed],
        queryFn: () => get<Page<RequestRow>>('requests', { log_id: logId, failed: failed ? true : undefined }),
        refetchInterval: live ? 2000 : false,
    });
    return (
        <>
            <Head
                title={t('请求日志', 'Request log')}
                sub={t(
                    '本节点最近的开放接口请求，含日志号、限流和拒绝原因',
                    "This node's last calls, with log ids, limits and refusals",
                )}
            >
                <Button aria-pressed={live} onClick={() => setLive(!live)}>
                    {live ? t('暂停', 'Pause') : t('继续', 'Go on')}
                </Button>
            </Head>
            <search className="filters">
                <Text
                    className="search"
                    type="search"
                    aria-label={t('日志号', 'Log id')}
                    placeholder={t('日志号 X-Tt-Logid', 'Log id X-Tt-Logid')}
                    value={logId}
                    onChange={setLogId}
                />
                <Tick checked={!!failed} onChange={(v) => setFailed(v ? '1' : undefined)}>
                    {t('只看被拒绝的', 'Only refusals')}
                </Tick>
            </search>
            <section className="card">
                <Load q={q}>
                    {(d) =>
                        !d.items?.length ? (
                            <State
                                kind="empty"
                                title={t('还没有请求', 'No requests yet')}
                                text={t(
                                    '用 SDK 或 curl 调用接口后会出现在这里。',
                                    'Call the API with an SDK or curl, and it appears here.',
                                )}
                            />
                        ) : (
                            <div className="tablewrap" tabIndex={0} role="group" aria-label={t('请求', 'Requests')}>
                                <table className="t">
                                    <thead>
                                        <tr>
                                            <th>{t('时间', 'Time')}</th>
                                            <th>{t('请求', 'Request')}</th>
                                            <th>{t('结果', 'Result')}</th>
                                            <th>{t('耗时', 'Took')}</th>
                                            <th>{t('应用', 'App')}</th>
                                            <th>{t('日志号', 'Log id')}</th>
                                        </tr>
                                    </thead>
                                    <tbody>
                                        {d.items.map((r) => (
                                            <tr key={r.log_id + r.at}>
                                                <td className="small" style={{ whiteSpace: 'nowrap' }}>
                                                    {new Date(Number(r.at)).toLocaleTimeString('sv')}
                                                </td>
                                                <td>
                                                    <span className="mono">
                                                        <b>{r.method}</b> {r.path}
                                                    </span>
                                                </td>
                                                <td>
                                                    <Pill
                                                        tone={
                                                            r.status < 400 && r.code === 0
                                                                ? 'green'
                                                                : r.status === 429
                                                                  ? 'amber'
                                                                  : 'red'
                                                        }
                                                        text={`${r.status} · ${r.code}`}
                                                    />
                                                    {r.msg && <div className="small muted">{r.msg}</div>}
                                                </td>
                                                <td className="small" style={{ whiteSpace: 'nowrap' }}>
                                                    {(r.duration_us / 1000).toFixed(1)} ms
                                                </td>
                                                <td className="mono">{r.app_id}</td>
                                                <td className="mono">{r.log_id}</td>
                                            </tr>
                                        ))}
                                    </tbody>
                                </table>
                            </div>
                        )
                    }
                </Load>
            </section>
        </>
    );
}

// SPDX-License-Identifier: Apache-2.0
//
// One request; opened, it shows why it was refused and what the app needs.
import { dateTimeExact, Link, useT } from '../../base';
import type { App, RequestRow } from '../../types';
import { Pill } from '../../ui';
import { useTitle } from '../tryapi/operations';
import type { Operation } from '../tryapi/spec';
import { why } from './why';

const good = (r: RequestRow) => r.status < 400 && r.code === 0;

function Why({ row, app, operation }: { row: RequestRow; app?: App; operation?: Operation }) {
    const t = useT();
    const needed = operation?.op['x-scopes'] ?? [];
    const documented = operation?.op['x-errors']?.find((e) => e.code === row.code);
    const text = why(row) ?? documented?.msg;
    return (
        <>
            {text && (
                <>
                    <dt>{t('为什么', 'Why')}</dt>
                    <dd>{text}</dd>
                </>
            )}
            {row.code === 99991672 && (
                <>
                    <dt>{t('需要任一权限', 'Requires one of')}</dt>
                    <dd className="mono">{needed.join(', ')}</dd>
                    <dt>{t('应用现有', 'App has')}</dt>
                    <dd>
                        {app
                            ? t(
                                  `${app.scopes?.length ?? 0} 个权限`,
                                  (app.scopes?.length ?? 0) === 1 ? '1 scope' : `${app.scopes?.length ?? 0} scopes`,
                              )
                            : '—'}{' '}
                        <Link href="/settings/apps">{t('去设置', 'Go to settings')}</Link>
                    </dd>
                </>
            )}
            {row.limit !== undefined && (
                <>
                    <dt>{t('限流', 'Rate limit')}</dt>
                    <dd>
                        {t(
                            `上限 ${row.limit} 次；${row.reset_s} 秒后可再次调用`,
                            `Limit: ${row.limit}. Try again in ${row.reset_s} s`,
                        )}
                    </dd>
                </>
            )}
        </>
    );
}

function Detail({ row, app, operation }: { row: RequestRow; app?: App; operation?: Operation }) {
    const t = useT();
    const title = useTitle();
    const limits = operation?.op['x-limits'] ?? [];
    return (
        <dl className="dl log-detail">
            <dt>{t('日志号', 'Log ID')}</dt>
            <dd className="mono">{row.log_id}</dd>
            <dt>{t('接口', 'Operation')}</dt>
            <dd>
                {operation ? (
                    <Link href={`/api?op=${encodeURIComponent(operation.key)}`}>{title(operation)}</Link>
                ) : (
                    t('没有这样的接口', 'Operation not found')
                )}
            </dd>
            <dt>{t('应用', 'App')}</dt>
            <dd>
                {app ? `${app.name} ` : ''}
                <span className="mono">{row.app_id ?? t('未知：没有有效的令牌', 'Unknown: no valid token')}</span>
            </dd>
            <dt>{t('来自', 'Source')}</dt>
            <dd className="mono">{row.address}</dd>
            <dt>{t('时间', 'Time')}</dt>
            <dd>
                {dateTimeExact(row.at)} · {(row.duration_us / 1000).toFixed(1)} ms
            </dd>
            <dt>{t('回应', 'Response')}</dt>
            <dd>
                <span className="mono">
                    HTTP {row.status} · code {row.code}
                </span>{' '}
                {row.msg}
            </dd>
            {!good(row) && <Why row={row} app={app} operation={operation} />}
            {limits.length > 0 && row.limit === undefined && (
                <>
                    <dt>{t('限流', 'Rate limits')}</dt>
                    <dd>
                        {limits
                            .map((l) => t(`每 ${l.seconds} 秒 ${l.calls} 次`, `${l.calls} per ${l.seconds} s`))
                            .join(t('，', ', '))}
                    </dd>
                </>
            )}
        </dl>
    );
}

export function Row({
    row: r,
    app,
    operation,
    open,
    toggle,
}: {
    row: RequestRow;
    app?: App;
    operation?: Operation;
    open: boolean;
    toggle: () => void;
}) {
    const tone = good(r) ? 'green' : r.status === 429 ? 'amber' : 'red';
    return (
        <li>
            <button type="button" className="line log-line" aria-expanded={open} onClick={toggle}>
                <span className="mono clip">
                    <b>{r.method}</b> {r.path.replace('/open-apis', '')}
                </span>
                <span>
                    <Pill tone={tone} text={good(r) ? String(r.status) : `${r.status} · ${r.code}`} />
                </span>
                <span className="small muted clip">{good(r) ? app?.name : r.msg}</span>
                <span className="small muted">{(r.duration_us / 1000).toFixed(1)} ms</span>
                <time className="small muted" dateTime={new Date(Number(r.at)).toISOString()}>
                    {new Date(Number(r.at)).toLocaleTimeString('sv')}
                </time>
            </button>
            {open && <Detail row={r} app={app} operation={operation} />}
        </li>
    );
}

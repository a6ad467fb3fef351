// SPDX-License-Identifier: Apache-2.0
//
// The background-check card: how it stands, what the vendor said, and what may be done now.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, post } from '../api';
import type { CustomField, OrderDetail, Report } from '../types';
import { both, dateTime, lang, personName, useT } from '../base';
import { Ask, Button, done, Light, Load, Modal, Pill, When } from '../ui';
import { geos, orderAction, orderStatus } from '../words';

function valueText(f: CustomField, value: string, t: (zh: string, en: string) => string): string {
    const option = (k: string) => both(f.options?.find((o) => o.key === k)?.name) || k;
    if (f.type === 'boolean') return value === 'true' ? t('是', 'Yes') : t('否', 'No');
    if (f.type === 'select') return option(value);
    if (f.type === 'date')
        return /^\d{10,}$/.test(value)
            ? new Date(Number(value)).toLocaleDateString(lang.get() === 'zh' ? 'zh-CN' : 'en-GB')
            : value;
    if (f.type === 'file' || f.type === 'resume') return t('已附', 'Attached');
    if (f.type === 'multiselect') {
        try {
            return (JSON.parse(value) as string[]).map(option).join(t('、', ', '));
        } catch {
            return option(value);
        }
    }
    return value;
}

// Kept files come under a policy that lets no browser run anything in them, its PDF viewer included: so the page fetches
// the bytes and shows them as a document of its own.
function KeptPdf({ url, title }: { url: string; title: string }) {
    const t = useT();
    const [src, setSrc] = useState(''),
        [failed, setFailed] = useState(false);
    useEffect(() => {
        let made = '',
            gone = false;
        fetch(new URL(url, location.href).pathname)
            .then(async (r) => {
                if (!r.ok) throw new Error(String(r.status));
                const bytes = await r.arrayBuffer();
                if (!gone) setSrc((made = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }))));
            })
            .catch(() => setFailed(true));
        return () => {
            gone = true;
            if (made) URL.revokeObjectURL(made);
        };
    }, [url]);
    if (failed)
        return (
            <p style={{ padding: '20px 0 30px' }}>
                {t('文件无法打开，请稍后再试。', 'The file cannot be opened; try again in a moment.')}
            </p>
        );
    return src ? (
        <iframe className="pdf" src={src} title={title} />
    ) : (
        <p className="muted" style={{ padding: '20px 0 30px' }}>
            {t('正在打开 …', 'Opening …')}
        </p>
    );
}

function ReportView({
    report,
    file,
    close,
}: {
    report: Report;
    file?: { state: string; error?: string };
    close: () => void;
}) {
    const t = useT();
    const url = report.report_preview_url || report.attachment_url || '';
    const shown = !!url && !(file && file.state !== 'kept' && !report.report_preview_url);
    return (
        <Modal
            title={report.report_name || t('报告', 'Report')}
            visible
            onCancel={close}
            width="min(1040px, 94vw)"
            footer={null}
            closeOnEsc
            style={{ top: 10 }}
        >
            {shown ? (
                <>
                    <p className="small" style={{ marginBottom: 8 }}>
                        <a href={url} target="_blank" rel="noreferrer">
                            {t('在新窗口打开', 'Open in a window of its own')}
                        </a>
                    </p>
                    {report.report_preview_url ? (
                        <iframe
                            className="pdf"
                            src={url}
                            sandbox="allow-scripts allow-same-origin allow-forms allow-popups"
                            title={report.report_name || t('报告', 'Report')}
                        />
                    ) : (
                        <KeptPdf url={url} title={report.report_name || t('报告', 'Report')} />
                    )}
                </>
            ) : (
                <p style={{ padding: '20px 0 30px' }}>
                    {file?.state === 'given_up'
                        ? t(
                              `报告文件没有取到：${file.error ?? ''}`,
                              `The file could not be fetched: ${file.error ?? ''}`,
                          )
                        : t(
                              '报告文件还在获取中，取到后会自动出现。',
                              'The file is still being fetched; it appears by itself.',
                          )}
                </p>
            )}
        </Modal>
    );
}

export function CheckCard({ id }: { id: string }) {
    const t = useT();
    const qc = useQueryClient();
    const q = useQuery({ queryKey: ['order', id], queryFn: () => get<OrderDetail>(`orders/${id}`) });
    const [deed, setDeed] = useState(''),
        [report, setReport] = useState<Report | null>(null);
    return (
        <section className="card check" aria-label={t('背景调查', 'Background check')}>
            <Load q={q} lines={9}>
                {(d) => {
                    const o = d.order,
                        s = orderStatus(d.status, d.phase);
                    const can = (a: string) => d.actions?.includes(a);
                    const reports = o.feedback_info_list ?? [],
                        final = reports.filter((r) => r.report_type === 2),
                        interim = reports.filter((r) => r.report_type !== 2);
                    const file = (r: Report) => d.files?.find((f) => f.report_id === r.id);
                    const act = (name: string, text: string) => async (reason: string) => {
                        await post(`orders/${id}/${name}`, reason ? { reason } : {});
                        done(text);
                        await Promise.all(
                            ['order', 'orders', 'application', 'overview'].map((k) =>
                                qc.invalidateQueries({ queryKey: [k] }),
                            ),
                        );
                    };
                    const list = (rs: Report[]) => (
                        <ul className="reports">
                            {rs.map((r) => (
                                <li key={r.id}>
                                    <div className="grow">
                                        <div style={{ fontWeight: 550 }}>{r.report_name || t('结果', 'Result')}</div>
                                        <div className="small muted">
                                            <When ms={r.create_time} />
                                            {file(r)?.state === 'waiting' && ` · ${t('获取中', 'being fetched')}`}
                                            {file(r)?.state === 'given_up' &&
                                                ` · ${t('文件获取失败', 'the file could not be fetched')}`}
                                        </div>
                                    </div>
                                    <span className="small">
                                        <Light result={r.result} />
                                    </span>
                                    {(r.attachment_url || r.report_preview_url) && (
                                        <Button
                                            onClick={() => setReport(r)}
                                            aria-label={t(`查看 ${r.report_name ?? ''}`, `View ${r.report_name ?? ''}`)}
                                        >
                                            {t('查看', 'View')}
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    );
                    const custom = (o.custom_data_list ?? []).map(
                        (v) => [o.custom_field_list?.find((f) => f.key === v.key), v.value] as const,
                    );
                    const geo = geos.find((g) => g[0] === o.geo);
                    return (
                        <>
                            <div className="card-head">
                                <h2>{t('背景调查', 'Background check')}</h2>
                                <Pill {...s} />
                                <div className="do">
                                    {can('approve') && (
                                        <Button theme="solid" onClick={() => setDeed('approve')}>
                                            {d.phase === 2
                                                ? t('通过报告', 'Approve the report')
                                                : t('通过安排', 'Approve')}
                                        </Button>
                                    )}
                                    {can('reject') && (
                                        <Button type="danger" onClick={() => setDeed('reject')}>
                                            {t('驳回', 'Reject')}
                                        </Button>
                                    )}
                                    {can('withdraw') && (
                                        <Button onClick={() => setDeed('withdraw')}>{t('撤回审批', 'Withdraw')}</Button>
                                    )}
                                    {can('terminate') && (
                                        <Button type="danger" onClick={() => setDeed('terminate')}>
                                            {t('终止背调', 'Terminate')}
                                        </Button>
                                    )}
                                </div>
                            </div>
                            {o.conclusion && (
                                <div className="verdict">
                                    <Light result={o.conclusion} />
                                    <span className="muted small">
                                        {t('结论以最后一份报告为准', 'As the last report has it')}
                                    </span>
                                </div>
                            )}
                            <div className="halves">
                                <dl className="dl">
                                    <dt>{t('供应商', 'Vendor')}</dt>
                                    <dd>{both(o.provider_info?.provider_name) || t('手工录入', 'Entered by hand')}</dd>
                                    <dt>{t('套餐', 'Package')}</dt>
                                    <dd>{o.package || o.name || '—'}</dd>
                                    <dt>{t('附加项', 'Add-ons')}</dt>
                                    <dd>
                                        {o.ext_item_info_list?.length ? (
                                            <span className="row tight">
                                                {o.ext_item_info_list.map((i) => (
                                                    <span className="chip" key={i.id}>
                                                        {i.name}
                                                    </span>
                                                ))}
                                            </span>
                                        ) : (
                                            '—'
                                        )}
                                    </dd>
                                </dl>
                                <dl className="dl">
                                    <dt>{t('发起', 'Ordered')}</dt>
                                    <dd>{dateTime(o.begin_time ?? o.upload_time) || '—'}</dd>
                                    <dt>{t('结束', 'Ended')}</dt>
                                    <dd>{dateTime(o.end_time) || '—'}</dd>
                                    <dt>{t('联系人', 'Contact')}</dt>
                                    <dd>{o.contactor_info?.name || '—'}</dd>
                                </dl>
                            </div>
                            {(final.length > 0 || interim.length > 0) && (
                                <>
                                    {final.length > 0 && (
                                        <>
                                            <h3>{t('最终报告', 'Final report')}</h3>
                                            {list(final)}
                                        </>
                                    )}
                                    {interim.length > 0 && (
                                        <>
                                            <h3>{t('阶段性报告', 'Interim reports')}</h3>
                                            {list(interim)}
                                        </>
                                    )}
                                </>
                            )}
                            <div className="halves">
                                <div>
                                    <h3>{t('供应商进度', "The vendor's progress")}</h3>
                                    {!o.process_info_list?.length ? (
                                        <p className="muted">{t('还没有进度', 'No progress yet')}</p>
                                    ) : (
                                        <ol className="tl" aria-live="polite">
                                            {o.process_info_list.map((p, n) => {
                                                const main =
                                                        lang.get() === 'zh' ? p.process : p.en_process || p.process,
                                                    other = lang.get() === 'zh' ? p.en_process : p.process;
                                                return (
                                                    <li key={`${p.update_time}${n}`}>
                                                        <div style={{ fontWeight: 550 }}>{main}</div>
                                                        {other && other !== main && (
                                                            <div
                                                                className="small muted"
                                                                lang={lang.get() === 'zh' ? 'en' : 'zh-CN'}
                                                            >
                                                                {other}
                                                            </div>
                                                        )}
                                                        <div className="small muted">{dateTime(p.update_time)}</div>
                                                    </li>
                                                );
                                            })}
                                        </ol>
                                    )}
                                </div>
                                <div>
                                    <h3>{t('谁做了什么', 'Who did what')}</h3>
                                    <ol className="tl">
                                        {(d.history ?? []).map((h, n) => (
                                            <li key={`${h.at}${n}`}>
                                                <div>
                                                    {orderAction(h.action)}
                                                    {h.to_status !== h.from_status && (
                                                        <span className="muted small">
                                                            {' '}
                                                            → {orderStatus(h.to_status, h.to_phase).text}
                                                        </span>
                                                    )}
                                                </div>
                                                <div className="small muted">
                                                    {h.actor?.kind === 'system'
                                                        ? t('系统', 'hired')
                                                        : h.actor?.kind === 'operator'
                                                          ? t('命令行', 'Command line')
                                                          : personName(h.actor)}{' '}
                                                    · {dateTime(h.at)}
                                                </div>
                                                {h.why && <div className="small">“{h.why}”</div>}
                                            </li>
                                        ))}
                                    </ol>
                                </div>
                            </div>
                            {(custom.length > 0 || o.remark || geo) && (
                                <details style={{ marginTop: 18 }}>
                                    <summary style={{ cursor: 'pointer' }} className="muted">
                                        {t('订单填写的内容', 'What was filled in')}
                                    </summary>
                                    <dl className="dl" style={{ marginTop: 10 }}>
                                        {custom.map(([f, v], n) => (
                                            <div key={n} style={{ display: 'contents' }}>
                                                <dt>{f ? both(f.name) : ''}</dt>
                                                <dd>{f ? valueText(f, v, t) : v}</dd>
                                            </div>
                                        ))}
                                        {geo && (
                                            <>
                                                <dt>{t('数据区域', 'Region')}</dt>
                                                <dd>{t(geo[1], geo[2])}</dd>
                                            </>
                                        )}
                                        {o.remark && (
                                            <>
                                                <dt>{t('备注', 'Remark')}</dt>
                                                <dd>{o.remark}</dd>
                                            </>
                                        )}
                                    </dl>
                                </details>
                            )}
                            <p className="muted small mono" style={{ marginTop: 14 }}>
                                {id}
                            </p>
                            <Ask
                                open={deed === 'approve'}
                                close={() => setDeed('')}
                                title={
                                    d.phase === 2
                                        ? t('通过报告？', 'Approve the report?')
                                        : t('通过安排？', 'Approve the arrangement?')
                                }
                                okText={t('通过', 'Approve')}
                                reason="optional"
                                text={
                                    d.phase === 2
                                        ? t('背景调查随即完成。', 'The check is completed at once.')
                                        : t('订单随即发给供应商。', 'The vendor receives the order at once.')
                                }
                                act={act('approve', t('已通过', 'Approved'))}
                            />
                            <Ask
                                open={deed === 'reject'}
                                close={() => setDeed('')}
                                danger
                                title={t('驳回？', 'Reject?')}
                                okText={t('驳回', 'Reject')}
                                reason="required"
                                text={
                                    d.phase === 2
                                        ? t('供应商可以再次提交结果。', 'The vendor may send another result.')
                                        : t(
                                              '订单就此结束，供应商不会收到。',
                                              'The order ends here; the vendor never hears of it.',
                                          )
                                }
                                act={act('reject', t('已驳回', 'Rejected'))}
                            />
                            <Ask
                                open={deed === 'withdraw'}
                                close={() => setDeed('')}
                                danger
                                title={t('撤回审批？', 'Withdraw the request?')}
                                okText={t('撤回', 'Withdraw')}
                                reason="optional"
                                text={
                                    d.phase === 2
                                        ? t('报告不再等待审批。', 'The report no longer waits for approval.')
                                        : t(
                                              '订单就此结束，无法恢复。',
                                              'The order ends here and cannot be taken up again.',
                                          )
                                }
                                act={act('withdraw', t('已撤回', 'Withdrawn'))}
                            />
                            <Ask
                                open={deed === 'terminate'}
                                close={() => setDeed('')}
                                danger
                                title={t('终止背景调查？', 'Terminate the check?')}
                                okText={t('终止', 'Terminate')}
                                reason="required"
                                text={t(
                                    '供应商会收到取消通知，终止后无法恢复。',
                                    'The vendor is told, and it cannot be undone.',
                                )}
                                act={act('terminate', t('已终止', 'Terminated'))}
                            />
                            {report && <ReportView report={report} file={file(report)} close={() => setReport(null)} />}
                        </>
                    );
                }}
            </Load>
        </section>
    );
}

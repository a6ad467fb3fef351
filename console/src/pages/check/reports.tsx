// SPDX-License-Identifier: Apache-2.0
//
// The reports of a check: the final ones first, each with its conclusion and a button that opens it.
import { useState } from 'react';
import type { OrderDetail, Report } from '../../types';
import { useT } from '../../base';
import { Button, fileSize, Light, When } from '../../ui';
import { ReportView, type ReportFile } from './viewer';

function About({ report, file }: { report: Report; file?: ReportFile }) {
    const t = useT();
    return (
        <div className="small muted">
            <When ms={report.create_time} timed />
            {file?.state === 'kept' && file.size && ` · PDF · ${fileSize(Number(file.size))}`}
            {report.report_preview_url && ` · ${t('供应商的预览页', 'vendor page')}`}
            {file?.state === 'waiting' && ` · ${t('文件获取中', 'fetching the file')}`}
            {file?.state === 'given_up' && ` · ${t('文件获取失败', 'could not fetch the file')}`}
        </div>
    );
}
function List({
    reports,
    fileOf,
    open,
}: {
    reports: Report[];
    fileOf: (r: Report) => ReportFile | undefined;
    open: (r: Report) => void;
}) {
    const t = useT();
    return (
        <ul className="reports">
            {reports.map((r) => (
                <li key={r.id}>
                    <div className="grow">
                        <div className="strong">{r.report_name || t('结果', 'Result')}</div>
                        <About report={r} file={fileOf(r)} />
                    </div>
                    {r.result && (
                        <span className="small">
                            <Light result={r.result} />
                        </span>
                    )}
                    {(r.attachment_url || r.report_preview_url) && (
                        <Button
                            onClick={() => open(r)}
                            aria-label={t(`查看 ${r.report_name ?? ''}`, `View ${r.report_name ?? ''}`)}
                        >
                            {t('查看', 'View')}
                        </Button>
                    )}
                </li>
            ))}
        </ul>
    );
}

export function Reports({ d }: { d: OrderDetail }) {
    const t = useT();
    const [shown, setShown] = useState('');
    const all = d.order.feedback_info_list ?? [];
    const fileOf = (r: Report) => d.files?.find((f) => f.report_id === r.id);
    const open = (r: Report) => setShown(r.id);
    const parts: [string, Report[]][] = [
        [t('最终报告', 'Final report'), all.filter((r) => r.report_type === 2)],
        [t('阶段性报告', 'Interim reports'), all.filter((r) => r.report_type !== 2)],
    ];
    const report = all.find((r) => r.id === shown);
    return (
        <>
            {parts.map(
                ([title, reports]) =>
                    reports.length > 0 && (
                        <section key={title}>
                            <h3>{title}</h3>
                            <List reports={reports} fileOf={fileOf} open={open} />
                        </section>
                    ),
            )}
            {report && <ReportView report={report} file={fileOf(report)} close={() => setShown('')} />}
        </>
    );
}

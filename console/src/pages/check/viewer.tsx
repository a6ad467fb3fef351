// SPDX-License-Identifier: Apache-2.0
//
// Shows a report in the page: the stored PDF, or the vendor's preview page in a sandboxed frame that cannot access this page.
import { useEffect, useState } from 'react';
import type { Report } from '../../types';
import { ownPath, useT, webAddress } from '../../base';
import { Button, Loading, Modal, State } from '../../ui';

export interface ReportFile {
    state: string;
    size?: string;
    error?: string;
}

// A frame does not report whether its file exists, so a request checks that first.
function KeptPdf({ url, title }: { url: string; title: string }) {
    const t = useT();
    const [state, setState] = useState<'asked' | 'there' | 'failed'>('asked'),
        [tries, setTries] = useState(0);
    useEffect(() => {
        let gone = false;
        setState('asked');
        fetch(ownPath(url), { method: 'HEAD' })
            .then((r) => !gone && setState(r.ok ? 'there' : 'failed'))
            .catch(() => !gone && setState('failed'));
        return () => {
            gone = true;
        };
    }, [url, tries]);
    if (state === 'asked') return <Loading lines={8} />;
    if (state === 'there') return <iframe className="pdf" src={ownPath(url)} title={title} />;
    return (
        <State
            kind="error"
            title={t('文件无法打开', 'Cannot open the file')}
            text={t('请稍后再试。', 'Please try again later.')}
        >
            <Button onClick={() => setTries(tries + 1)}>{t('重试', 'Try again')}</Button>
        </State>
    );
}

function NoFile({ report, file }: { report: Report; file?: ReportFile }) {
    const t = useT();
    if (report.report_preview_url)
        return (
            <State
                kind="error"
                title={t('供应商给的不是网页地址', 'The link from the vendor is not a web address')}
                text={report.report_preview_url}
            />
        );
    return file?.state === 'given_up' ? (
        <State kind="error" title={t('报告文件没有取到', 'Could not fetch the report file')} text={file.error} />
    ) : (
        <State
            kind="empty"
            title={t('报告文件还在获取中', 'Fetching the report file')}
            text={t('取到后会自动出现。', 'It will appear here automatically.')}
        />
    );
}

export function ReportView({ report, file, close }: { report: Report; file?: ReportFile; close: () => void }) {
    const t = useT();
    const title = report.report_name || t('报告', 'Report');
    // Each refresh of the record signs the link anew: the frame keeps its first link, so that it does not reload.
    const [kept, setKept] = useState('');
    const preview = webAddress(report.report_preview_url);
    const link = !report.report_preview_url && (!file || file.state === 'kept') ? report.attachment_url : '';
    useEffect(() => {
        if (link) setKept((before) => before || link);
    }, [link]);
    const url = preview || (kept && ownPath(kept));
    return (
        <Modal title={title} close={close} width="min(1040px, 94vw)" className="report">
            {url ? (
                <>
                    <p className="small">
                        <a href={url} target="_blank" rel="noreferrer">
                            {t('在新窗口打开', 'Open in new window')}
                        </a>
                    </p>
                    {preview ? (
                        <iframe
                            className="pdf"
                            src={preview}
                            sandbox="allow-scripts allow-same-origin allow-forms allow-popups"
                            title={title}
                        />
                    ) : (
                        <KeptPdf url={kept} title={title} />
                    )}
                </>
            ) : (
                <NoFile report={report} file={file} />
            )}
        </Modal>
    );
}

// SPDX-License-Identifier: Apache-2.0
//
// Recording a completed check by hand, with its report as a file or a link.
import { useState, type FormEvent } from 'react';
import { post } from '../../api';
import { useT } from '../../base';
import { Button, Choice, done, Fault, Field, Seg, Text, Upload, uploadLimits, useDeed, type Kept } from '../../ui';

const lights = [
    ['绿灯', 'Green', 'green'],
    ['蓝灯', 'Blue', 'blue'],
    ['黄灯', 'Yellow', 'yellow'],
    ['红灯', 'Red', 'red'],
] as const;

// The conclusion is free text; buttons fill in the four colours that vendors use.
function ResultField({ value, set, error }: { value: string; set: (v: string) => void; error?: string }) {
    const t = useT();
    return (
        <div>
            <Field
                label={t('结果', 'Result')}
                required
                error={error}
                hint={t(
                    '供应商常用四色灯，也可以自己写',
                    'Vendors usually use four colours, but you can enter any text',
                )}
            >
                <Text name="record_result" rows={2} value={value} onChange={set} maxLength={2000} />
            </Field>
            <div className="row tight quick">
                {lights.map(([zh, en, tone]) => (
                    <button type="button" key={tone} className={`chip light l-${tone}`} onClick={() => set(t(zh, en))}>
                        <i aria-hidden="true" />
                        {t(zh, en)}
                    </button>
                ))}
            </div>
        </div>
    );
}

type Way = 'none' | 'file' | 'link';
function useReport() {
    const [way, setWay] = useState<Way>('none'),
        [file, setFile] = useState<Kept | null>(null),
        [going, setGoing] = useState(false),
        [name, setName] = useState(''),
        [url, setUrl] = useState(''),
        [kind, setKind] = useState('1');
    const title = name.trim() || (way === 'file' ? (file?.name.replace(/\.pdf$/i, '') ?? '') : '');
    const body =
        way === 'file' && file
            ? { uploads: [{ report_name: title, attachment_id: file.id }] }
            : way === 'link'
              ? { reports: [{ report_name: title, report_url: url.trim(), report_url_type: Number(kind) }] }
              : {};
    const whole = way === 'none' || (way === 'file' ? !!file && !going : !!title && !!url.trim());
    return { way, setWay, file, setFile, going, setGoing, name, setName, url, setUrl, kind, setKind, body, whole };
}
type Report = ReturnType<typeof useReport>;

function FilePart({ r, need }: { r: Report; need?: string }) {
    const t = useT();
    const wait = need && r.going ? t('文件还在上传', 'The file is still uploading') : need;
    return (
        <>
            <Field
                label={t('报告文件', 'Report file')}
                required
                hint={uploadLimits('report')}
                error={r.file ? undefined : wait}
            >
                <Upload usage="report" name="record_file" value={r.file} onChange={r.setFile} onBusy={r.setGoing} />
            </Field>
            <Field label={t('报告名称', 'Report name')} hint={t('留空则用文件名', 'Leave empty to use the file name')}>
                <Text name="record_report" value={r.name} onChange={r.setName} maxLength={500} />
            </Field>
        </>
    );
}
function LinkPart({ r, need }: { r: Report; need?: string }) {
    const t = useT();
    return (
        <>
            <Field label={t('报告名称', 'Report name')} required error={r.name.trim() ? undefined : need}>
                <Text name="record_report" value={r.name} onChange={r.setName} maxLength={500} />
            </Field>
            <Field label={t('链接', 'Link')} required error={r.url.trim() ? undefined : need}>
                <Text name="record_url" type="url" value={r.url} onChange={r.setUrl} maxLength={2048} />
            </Field>
            <Field label={t('链接是', 'Link type')}>
                <Choice
                    value={r.kind}
                    onChange={r.setKind}
                    options={[
                        ['1', t('要下载的 PDF', 'PDF to download')],
                        ['2', t('预览页面', 'Preview page')],
                    ]}
                />
            </Field>
        </>
    );
}
function ReportPart({ r, need }: { r: Report; need?: string }) {
    const t = useT();
    return (
        <fieldset>
            <legend>{t('报告', 'Report')}</legend>
            <Seg<Way>
                label={t('报告', 'Report')}
                value={r.way}
                onChange={r.setWay}
                options={[
                    ['none', t('没有', 'None')],
                    ['file', t('上传 PDF', 'Upload PDF')],
                    ['link', t('链接', 'Link')],
                ]}
            />
            {r.way === 'file' && <FilePart r={r} need={need} />}
            {r.way === 'link' && <LinkPart r={r} need={need} />}
        </fieldset>
    );
}

export function RecordForm({ application, done: finish }: { application: string; done: (order: string) => void }) {
    const t = useT();
    const { busy, fault, run } = useDeed(true);
    const [name, setName] = useState(''),
        [result, setResult] = useState(''),
        [remark, setRemark] = useState(''),
        [tried, setTried] = useState(false);
    const r = useReport();
    const need = tried ? t('请填写', 'This field is required') : undefined;
    const submit = (e: FormEvent) => {
        e.preventDefault();
        setTried(true);
        if (!name.trim() || !result.trim() || !r.whole) return;
        void run(async () => {
            const made = await post<{ order_id: string }>('orders/record', {
                application_id: application,
                name: name.trim(),
                result: result.trim(),
                ...(remark.trim() && { remark: remark.trim() }),
                ...r.body,
            });
            done(t('已录入', 'Result added'));
            finish(made.order_id);
        });
    };
    return (
        <form className="form sheet-form" noValidate onSubmit={submit}>
            <p className="muted">
                {t(
                    '记录在别处完成的背景调查，录入后即为已完成。',
                    'Add a background check that was done elsewhere. It is marked as completed straight away.',
                )}
            </p>
            <Field
                label={t('名称', 'Name')}
                required
                error={name.trim() ? undefined : need}
                hint={t('例如：学历核实', 'For example, Degree verification')}
            >
                <Text name="record_name" value={name} onChange={setName} maxLength={500} />
            </Field>
            <ResultField value={result} set={setResult} error={result.trim() ? undefined : need} />
            <ReportPart r={r} need={need} />
            <Field label={t('备注', 'Notes')}>
                <Text name="record_remark" rows={2} value={remark} onChange={setRemark} maxLength={2000} />
            </Field>
            <div className="sheet-foot">
                <Fault text={fault} />
                <Button htmlType="submit" theme="solid" block loading={busy}>
                    {t('录入', 'Add')}
                </Button>
            </div>
        </form>
    );
}

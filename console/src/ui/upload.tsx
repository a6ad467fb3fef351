// SPDX-License-Identifier: Apache-2.0
//
// A file input: a chosen or dropped file is uploaded at once; shows progress and errors, and can remove the file.
import Button from '@douyinfe/semi-ui/lib/es/button';
import { useEffect, useRef, useState, type DragEvent } from 'react';
import { ApiError, upload } from '../api';
import { tr, useT } from '../base';
import { errorText } from './dialogs';

export interface Kept {
    id: string;
    name: string;
    size?: string; // absent: the file was not uploaded in this form
}
export type Usage = 'file' | 'resume' | 'report';
type Way = { name: string; size: number; part: number };

const MAX_MB = 300;
export const fileSize = (bytes: number) =>
    bytes < 1024
        ? `${bytes} B`
        : bytes < 1024 * 1024
          ? `${(bytes / 1024).toFixed(0)} KB`
          : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
export const uploadLimits = (usage: Usage) =>
    usage === 'report'
        ? tr(`PDF，最大 ${MAX_MB} MB`, `PDF, up to ${MAX_MB} MB`)
        : tr(`任意格式，最大 ${MAX_MB} MB`, `Any file type, up to ${MAX_MB} MB`);

// Checks a file before it is uploaded; undefined: no problem.
function faultOf(file: File, usage: Usage) {
    if (file.size > MAX_MB * 1024 * 1024)
        return tr(
            `“${file.name}” 有 ${fileSize(file.size)}，最大 ${MAX_MB} MB`,
            `“${file.name}” is ${fileSize(file.size)}. The limit is ${MAX_MB} MB.`,
        );
    if (!file.size) return tr(`“${file.name}” 是空文件`, `“${file.name}” is empty`);
    if (usage === 'report' && !/\.pdf$/i.test(file.name))
        return tr(`“${file.name}” 不是 PDF`, `“${file.name}” is not a PDF`);
    return '';
}
const wordsOf = (e: unknown) =>
    e instanceof ApiError && e.offline
        ? tr('连不上服务器，文件未上传', 'Cannot reach the server. The file was not uploaded.')
        : errorText(e);

function useUpload(usage: Usage, set: (v: Kept | null) => void, busy?: (b: boolean) => void) {
    const [way, setWay] = useState<Way | null>(null),
        [fault, setFault] = useState(''),
        [last, setLast] = useState<File | null>(null);
    const stop = useRef<() => void>();
    useEffect(() => () => stop.current?.(), []);
    const end = () => {
        stop.current = undefined;
        setWay(null);
        busy?.(false);
    };
    const send = (file: File) => {
        const wrong = faultOf(file, usage);
        setFault(wrong);
        setLast(wrong ? null : file);
        if (wrong) return;
        setWay({ name: file.name, size: file.size, part: 0 });
        busy?.(true);
        const u = upload<Kept>('attachments', { usage }, file, (part) => setWay((w) => w && { ...w, part }));
        stop.current = u.stop;
        u.answer.then(
            (kept) => {
                end();
                set(kept);
            },
            (e) => {
                end();
                setFault(wordsOf(e));
            },
        );
    };
    return {
        way,
        fault,
        send,
        again: last && fault ? () => send(last) : undefined,
        cancel: () => {
            stop.current?.();
            setLast(null);
            end();
        },
    };
}

function Going({ way, cancel }: { way: Way; cancel: () => void }) {
    const t = useT();
    const percent = Math.floor(way.part * 100);
    return (
        <div className="file">
            <div className="grow">
                <div className="clip">{way.name}</div>
                <progress max={100} value={percent} aria-label={t(`上传 ${way.name}`, `Uploading ${way.name}`)} />
                <div className="small muted">
                    {percent < 100 ? `${percent}% · ${fileSize(way.size)}` : t('正在保存 …', 'Saving…')}
                </div>
            </div>
            <Button onClick={cancel}>{t('取消上传', 'Cancel upload')}</Button>
        </div>
    );
}
function Chosen({ value, remove }: { value: Kept; remove: () => void }) {
    const t = useT();
    return (
        <div className="file kept" role="status">
            <div className="grow">
                <div className="clip">{value.name}</div>
                <div className="small muted">
                    {value.size
                        ? `${t('已上传', 'Uploaded')} · ${fileSize(Number(value.size))}`
                        : t('投递时的简历', 'Resume from the application')}
                </div>
            </div>
            <Button onClick={remove} aria-label={t(`移除 ${value.name}`, `Remove ${value.name}`)}>
                {t('移除', 'Remove')}
            </Button>
        </div>
    );
}

export function Upload({
    usage,
    value,
    onChange,
    onBusy,
    name,
    ...rest
}: {
    usage: Usage;
    value: Kept | null;
    onChange: (v: Kept | null) => void;
    onBusy?: (b: boolean) => void;
    name?: string;
    id?: string;
    'aria-describedby'?: string;
}) {
    const t = useT();
    const input = useRef<HTMLInputElement>(null);
    const [over, setOver] = useState(false);
    const u = useUpload(usage, onChange, onBusy);
    const drop = (e: DragEvent) => {
        e.preventDefault();
        setOver(false);
        if (e.dataTransfer.files.length) u.send(e.dataTransfer.files[0]);
    };
    if (u.way) return <Going way={u.way} cancel={u.cancel} />;
    if (value) return <Chosen value={value} remove={() => onChange(null)} />;
    return (
        <>
            <input
                ref={input}
                type="file"
                hidden
                name={name}
                accept={usage === 'report' ? 'application/pdf,.pdf' : undefined}
                onChange={(e) => {
                    if (e.target.files?.length) u.send(e.target.files[0]);
                    e.target.value = '';
                }}
            />
            <button
                type="button"
                id={rest.id}
                aria-describedby={rest['aria-describedby']}
                className={`drop ${over ? 'over' : ''}`}
                onClick={() => input.current?.click()}
                onDragOver={(e) => {
                    e.preventDefault();
                    setOver(true);
                }}
                onDragLeave={() => setOver(false)}
                onDrop={drop}
            >
                <b>{t('选择文件', 'Choose file')}</b>
                <span>{t('或拖到这里', 'or drop it here')}</span>
            </button>
            {u.fault && (
                <div className="field-fault" role="alert">
                    <span>{u.fault}</span>
                    {u.again && (
                        <Button size="small" onClick={u.again}>
                            {t('重试', 'Try again')}
                        </Button>
                    )}
                </div>
            )}
        </>
    );
}

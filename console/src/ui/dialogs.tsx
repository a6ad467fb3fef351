// SPDX-License-Identifier: Apache-2.0
//
// Deeds and the dialogs before them: a question, a form, a secret that is shown once, what went wrong.
import Button from '@douyinfe/semi-ui/lib/es/button';
import Modal from '@douyinfe/semi-ui/lib/es/modal';
import Toast from '@douyinfe/semi-ui/lib/es/toast';
import { useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '../api';
import { tr, useT } from '../base';
import { Field, Text } from './fields';

export { Modal };

export const done = (text: string) => Toast.success({ content: text, duration: 3 });
export function sayError(e: unknown) {
    const a = e instanceof ApiError ? e : null;
    Toast.error({
        content: a?.offline
            ? tr('连不上服务器，未保存', 'The server cannot be reached; nothing was saved')
            : `${(e as Error).message}${a?.logId ? ` (${a.logId})` : ''}`,
        duration: 6,
    });
}
// Runs a deed with its button showing progress; an error becomes words.
export function useDeed() {
    const [busy, setBusy] = useState(false);
    return {
        busy,
        run: async (f: () => Promise<unknown>) => {
            setBusy(true);
            try {
                await f();
                return true;
            } catch (e) {
                sayError(e);
                return false;
            } finally {
                setBusy(false);
            }
        },
    };
}
export function Dialog({
    title,
    open,
    close,
    ok,
    okText,
    danger,
    busy,
    disabled,
    children,
    width,
}: {
    title: string;
    open: boolean;
    close: () => void;
    ok?: () => void;
    okText?: string;
    danger?: boolean;
    busy?: boolean;
    disabled?: boolean;
    children: ReactNode;
    width?: number;
}) {
    const t = useT();
    return (
        <Modal
            title={title}
            visible={open}
            onCancel={close}
            width={width ?? 520}
            closeOnEsc
            maskClosable={!busy}
            modalRender={undefined}
            footer={
                <div className="row" style={{ justifyContent: 'flex-end' }}>
                    <Button onClick={close} disabled={busy}>
                        {ok ? t('取消', 'Cancel') : t('关闭', 'Close')}
                    </Button>
                    {ok && (
                        <Button
                            theme="solid"
                            type={danger ? 'danger' : 'primary'}
                            loading={busy}
                            disabled={disabled}
                            onClick={ok}
                        >
                            {okText ?? t('确定', 'OK')}
                        </Button>
                    )}
                </div>
            }
        >
            {children}
        </Modal>
    );
}
// A question before a deed, with a reason where one is wanted.
export function Ask({
    title,
    text,
    okText,
    danger,
    reason,
    open,
    close,
    act,
}: {
    title: string;
    text: ReactNode;
    okText: string;
    danger?: boolean;
    reason?: 'required' | 'optional';
    open: boolean;
    close: () => void;
    act: (reason: string) => Promise<unknown>;
}) {
    const t = useT();
    const [why, setWhy] = useState('');
    const { busy, run } = useDeed();
    useEffect(() => {
        if (open) setWhy('');
    }, [open]);
    return (
        <Dialog
            title={title}
            open={open}
            close={close}
            danger={danger}
            okText={okText}
            busy={busy}
            disabled={reason === 'required' && !why.trim()}
            ok={async () => {
                if (await run(() => act(why.trim()))) close();
            }}
        >
            <div className="form">
                <p>{text}</p>
                {reason && (
                    <Field
                        label={
                            reason === 'required' ? t('原因', 'Reason') : t('说明（可不填）', 'Note (may be left out)')
                        }
                        required={reason === 'required'}
                    >
                        <Text rows={3} value={why} onChange={setWhy} maxLength={2000} name="reason" />
                    </Field>
                )}
            </div>
        </Dialog>
    );
}
export function Secret({ title, rows, close }: { title: string; rows: [string, string][]; close: () => void }) {
    const t = useT();
    return (
        <Dialog title={title} open close={close}>
            <div className="form">
                <p>{t('它只显示这一次，请现在保存。', 'It is shown this once. Please keep it now.')}</p>
                {rows.map(([k, v]) => (
                    <div key={k}>
                        <div className="muted small">{k}</div>
                        <div className="row">
                            <code className="mono grow" data-secret>
                                {v}
                            </code>
                            <Button
                                size="small"
                                onClick={() =>
                                    navigator.clipboard?.writeText(v).then(() => done(t('已复制', 'Copied')))
                                }
                            >
                                {t('复制', 'Copy')}
                            </Button>
                        </div>
                    </div>
                ))}
            </div>
        </Dialog>
    );
}

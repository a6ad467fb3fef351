// SPDX-License-Identifier: Apache-2.0
//
// Buttons that run actions, and dialogs: confirmations, forms, secrets that are shown once, errors.
import Button from '@douyinfe/semi-ui/lib/es/button';
import Toast from '@douyinfe/semi-ui/lib/es/toast';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { ApiError } from '../api';
import { useT } from '../base';
import { refusalText } from '../reasons';
import { Field, Text } from './fields';
import { CloseButton, Layer } from './layer';

// A dialog. close: absent if it cannot be closed; busy: it cannot be closed now.
export function Modal({
    title,
    close,
    busy,
    width,
    className,
    footer,
    described,
    children,
}: {
    title: string;
    close?: () => void;
    busy?: boolean;
    width: number | string;
    className?: string;
    footer?: ReactNode;
    described?: boolean; // the content is short, so screen readers read it out when the dialog opens
    children: ReactNode;
}) {
    const id = useId();
    const pressed = useRef(false); // a press that began inside the dialog (a text selection) must not close it
    const leave = busy ? undefined : close;
    return (
        <Layer close={leave}>
            <div className="semi-modal-mask" />
            <div
                className="semi-modal-wrap"
                role="none"
                onMouseDown={(e) => (pressed.current = e.target === e.currentTarget)}
                onClick={(e) => {
                    if (e.target === e.currentTarget && pressed.current) leave?.();
                }}
            >
                <div className={`semi-modal ${className ?? ''}`} style={{ width }}>
                    <div
                        role="dialog"
                        aria-modal="true"
                        aria-labelledby={id}
                        aria-describedby={described ? `${id}-b` : undefined}
                        tabIndex={-1}
                        className="semi-modal-content"
                    >
                        <div className="semi-modal-header">
                            <h2 id={id} className="semi-modal-title">
                                {title}
                            </h2>
                            {close && <CloseButton close={close} disabled={busy} />}
                        </div>
                        <div className="semi-modal-body" id={`${id}-b`} data-layer-body>
                            {children}
                        </div>
                        {footer && <div className="semi-modal-footer">{footer}</div>}
                    </div>
                </div>
            </div>
        </Layer>
    );
}

export const done = (text: string) => Toast.success({ content: text, duration: 3 });
type NameOf = (subject: string) => string | undefined;
export const errorText = (e: unknown, nameOf?: NameOf) =>
    e instanceof ApiError ? refusalText(e, nameOf) : (e as Error).message;
export const sayError = (e: unknown) => Toast.error({ content: errorText(e), duration: 6 });
// Runs an action while its button shows progress. An error is shown as a toast, or (quiet) at the place that shows fault.
// nameOf: the page's name for the record that the server refused.
export function useDeed(quiet = false, nameOf?: NameOf) {
    const [busy, setBusy] = useState(false),
        [fault, setFault] = useState('');
    return {
        busy,
        fault,
        run: async (f: () => Promise<unknown>) => {
            setBusy(true);
            setFault('');
            try {
                await f();
                return true;
            } catch (e) {
                if (quiet) setFault(errorText(e, nameOf));
                else sayError(e);
                return false;
            } finally {
                setBusy(false);
            }
        },
    };
}
export function Fault({ text }: { text: string }) {
    return text ? (
        <p className="fault" role="alert">
            {text}
        </p>
    ) : null;
}
export function Dialog({
    title,
    open,
    close,
    ok,
    okText,
    closeText,
    danger,
    busy,
    disabled,
    children,
    width,
    described,
}: {
    title: string;
    open: boolean;
    close: () => void;
    ok?: () => void;
    okText?: string;
    closeText?: string;
    danger?: boolean;
    busy?: boolean;
    disabled?: boolean;
    children: ReactNode;
    width?: number;
    described?: boolean;
}) {
    const t = useT();
    if (!open) return null;
    return (
        <Modal
            title={title}
            close={close}
            busy={busy}
            width={width ?? 520}
            described={described}
            footer={
                <div className="row" style={{ justifyContent: 'flex-end' }}>
                    <Button onClick={close} disabled={busy} {...(ok ? { 'data-focus': true } : {})}>
                        {closeText ?? (ok ? t('取消', 'Cancel') : t('关闭', 'Close'))}
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
// A confirmation before an action, with a reason where one is required.
export function Ask({
    title,
    text,
    okText,
    closeText,
    danger,
    reason,
    open,
    close,
    act,
    notice,
    blocked,
}: {
    title: string;
    text: ReactNode;
    okText: string;
    closeText?: string; // for actions whose name could be confused with "Cancel"
    danger?: boolean;
    reason?: 'required' | 'optional';
    open: boolean;
    close: () => void;
    act: (reason: string) => Promise<unknown>; // false: not done; the dialog shows why
    notice?: ReactNode; // text above the buttons
    blocked?: boolean; // the action is disabled
}) {
    const t = useT();
    const [why, setWhy] = useState('');
    const { busy, fault, run } = useDeed(true);
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
            closeText={closeText}
            busy={busy}
            described
            disabled={blocked || (reason === 'required' && !why.trim())}
            ok={async () => {
                let did: unknown;
                if ((await run(async () => (did = await act(why.trim())))) && did !== false) close();
            }}
        >
            <div className="form">
                {notice}
                <p>{text}</p>
                {reason && (
                    <Field
                        label={reason === 'required' ? t('原因', 'Reason') : t('说明（可不填）', 'Note (optional)')}
                        required={reason === 'required'}
                    >
                        <Text rows={3} value={why} onChange={setWhy} maxLength={2000} name="reason" />
                    </Field>
                )}
                <Fault text={fault} />
            </div>
        </Dialog>
    );
}

// A value that is shown once, with its label.
export type SecretRows = [string, string][];
export function Secret({ title, rows, close }: { title: string; rows: SecretRows; close: () => void }) {
    const t = useT();
    return (
        <Dialog title={title} open close={close}>
            <div className="form">
                <p>{t('它只显示这一次，请现在保存。', 'This is shown only once. Save it now.')}</p>
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

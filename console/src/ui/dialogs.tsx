// SPDX-License-Identifier: Apache-2.0
//
// Deeds and the dialogs before them: a question, a form, a secret that is shown once, what went wrong.
import Button from '@douyinfe/semi-ui/lib/es/button';
import SemiModal, { type ModalReactProps } from '@douyinfe/semi-ui/lib/es/modal';
import Toast from '@douyinfe/semi-ui/lib/es/toast';
import { useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '../api';
import { tr, useT } from '../base';
import { refusalText } from '../reasons';
import { Field, Text } from './fields';

// Semi's own title is a heading of the fifth level, whatever stands around it.
export function Modal({ title, ...rest }: ModalReactProps) {
    const t = useT();
    return (
        <SemiModal
            {...rest}
            header={
                <div className="semi-modal-header">
                    <h2 id="semi-modal-title" className="semi-modal-title">
                        {title}
                    </h2>
                    <button className="iconbtn" aria-label={t('关闭', 'Close')} onClick={(e) => rest.onCancel?.(e)}>
                        ✕
                    </button>
                </div>
            }
        />
    );
}

export const done = (text: string) => Toast.success({ content: text, duration: 3 });
type NameOf = (subject: string) => string | undefined;
export const errorText = (e: unknown, nameOf?: NameOf) =>
    e instanceof ApiError ? refusalText(e, nameOf) : (e as Error).message;
export const sayError = (e: unknown) => Toast.error({ content: errorText(e), duration: 6 });
// Runs a deed with its button showing progress; an error becomes words: in passing, or (quiet) where fault is shown.
// nameOf: what the page calls that which the server refused.
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
// Semi's own head has a heading of the fifth rank, which skips those above it.
function DialogHead({ title, close }: { title: string; close: () => void }) {
    return (
        <div className="semi-modal-header">
            <h2 className="semi-modal-title" id="semi-modal-title">
                {title}
            </h2>
            <Button
                className="semi-modal-close"
                type="tertiary"
                theme="borderless"
                aria-label={tr('关闭', 'Close')}
                onClick={close}
                icon={
                    <svg
                        width="14"
                        height="14"
                        viewBox="0 0 14 14"
                        stroke="currentColor"
                        strokeWidth="2"
                        aria-hidden="true"
                    >
                        <path d="M2 2l10 10M12 2L2 12" />
                    </svg>
                }
            />
        </div>
    );
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
}) {
    const t = useT();
    return (
        <Modal
            title={title}
            header={<DialogHead title={title} close={close} />}
            visible={open}
            onCancel={close}
            width={width ?? 520}
            closeOnEsc
            maskClosable={!busy}
            modalRender={undefined}
            footer={
                <div className="row" style={{ justifyContent: 'flex-end' }}>
                    <Button onClick={close} disabled={busy}>
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
// A question before a deed, with a reason where one is wanted.
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
}: {
    title: string;
    text: ReactNode;
    okText: string;
    closeText?: string; // where "Cancel" could be read as the deed
    danger?: boolean;
    reason?: 'required' | 'optional';
    open: boolean;
    close: () => void;
    act: (reason: string) => Promise<unknown>;
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
                <Fault text={fault} />
            </div>
        </Dialog>
    );
}

// What is shown once: label and value.
export type SecretRows = [string, string][];
export function Secret({ title, rows, close }: { title: string; rows: SecretRows; close: () => void }) {
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

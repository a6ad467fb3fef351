// SPDX-License-Identifier: Apache-2.0
//
// A form in a panel at the side of the window. If it has unsaved input, closing it asks for confirmation.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { hold, useT } from '../base';
import { Dialog } from './dialogs';
import { CloseButton, Layer } from './layer';

export function Sheet({
    title,
    open,
    close,
    children,
}: {
    title: string;
    open: boolean;
    close: () => void;
    children: ReactNode;
}) {
    const t = useT();
    const id = useId();
    const begun = useRef(false);
    const [leave, setLeave] = useState<null | (() => void)>(null);
    useEffect(() => {
        begun.current = false;
        if (!open) return;
        const stay = (e: BeforeUnloadEvent) => {
            if (begun.current) e.preventDefault();
        };
        addEventListener('beforeunload', stay);
        const release = hold((go) => (begun.current ? setLeave(() => go) : go()));
        return () => {
            removeEventListener('beforeunload', stay);
            release();
        };
    }, [open]);
    const ask = () => (begun.current ? setLeave(() => close) : close());
    return (
        <>
            {open && (
                <Layer close={ask}>
                    <div className="semi-sidesheet semi-sidesheet-right">
                        <div className="semi-sidesheet-mask" onClick={ask} />
                        <div
                            role="dialog"
                            aria-modal="true"
                            aria-labelledby={id}
                            tabIndex={-1}
                            className="semi-sidesheet-inner semi-sidesheet-inner-wrap"
                        >
                            <div className="semi-sidesheet-content">
                                <div className="semi-sidesheet-header">
                                    <h2 className="semi-sidesheet-title" id={id}>
                                        {title}
                                    </h2>
                                    <CloseButton close={ask} />
                                </div>
                                <div
                                    className="semi-sidesheet-body"
                                    data-layer-body
                                    onInput={() => (begun.current = true)}
                                    onDrop={() => (begun.current = true)}
                                >
                                    {children}
                                </div>
                            </div>
                        </div>
                    </div>
                </Layer>
            )}
            <Dialog
                title={t('放弃填写的内容？', 'Discard your changes?')}
                open={!!leave}
                close={() => setLeave(null)}
                closeText={t('继续填写', 'Keep editing')}
                ok={() => {
                    const go = leave;
                    begun.current = false;
                    setLeave(null);
                    go?.();
                }}
                okText={t('放弃', 'Discard')}
                danger
            >
                <p>{t('这个表单还没有提交。', 'You have not submitted this form yet.')}</p>
            </Dialog>
        </>
    );
}

// SPDX-License-Identifier: Apache-2.0
//
// A form that slides in from the side. What was begun in it is not lost by a slip: leaving it asks.
import SideSheet from '@douyinfe/semi-ui/lib/es/sideSheet';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { hold, useT } from '../base';
import { Dialog } from './dialogs';

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
    const begun = useRef(false);
    const [leave, setLeave] = useState<null | (() => void)>(null);
    // Semi's sheet has no name of its own for those who cannot see it.
    useEffect(() => {
        document.querySelector('.semi-sidesheet-inner')?.setAttribute('aria-label', open ? title : '');
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
    }, [open, title]);
    const ask = () => (begun.current ? setLeave(() => close) : close());
    return (
        <>
            <SideSheet title={title} visible={open} onCancel={ask} width={600} closeOnEsc={!leave}>
                <div onInput={() => (begun.current = true)} onDrop={() => (begun.current = true)}>
                    {children}
                </div>
            </SideSheet>
            <Dialog
                title={t('放弃填写的内容？', 'Discard what you filled in?')}
                open={!!leave}
                close={() => setLeave(null)}
                closeText={t('继续填写', 'Keep writing')}
                ok={() => {
                    const go = leave;
                    begun.current = false;
                    setLeave(null);
                    go?.();
                }}
                okText={t('放弃', 'Discard')}
                danger
            >
                <p>{t('这个表单还没有提交。', 'This form has not been sent yet.')}</p>
            </Dialog>
        </>
    );
}

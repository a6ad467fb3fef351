// SPDX-License-Identifier: Apache-2.0
//
// A layer is an element that opens over a page: a dialog, a sheet, the menu of a narrow window.
import { useLayoutEffect, useRef, type FocusEvent, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { tr } from '../base';
import { enter, tabbable, wayBack } from './layers';

// Makes the element a layer while `open` is true. close: absent while the layer cannot be closed.
export function useLayer(ref: RefObject<HTMLElement>, open: boolean, close?: () => void) {
    const closing = useRef(close);
    closing.current = close;
    // Remembered before an element of the layer takes the focus.
    const back = useRef<ReturnType<typeof wayBack>>();
    if (open) back.current ??= wayBack();
    else back.current = undefined;
    useLayoutEffect(
        () => (open ? enter(ref.current!, () => closing.current?.(), back.current!) : undefined),
        [open, ref],
    );
}

// Keys in a frame (a PDF, a vendor's page) do not reach this page: when Tab leaves the frame, it reaches a guard, which keeps the
// focus in the layer.
function Guard({ layer }: { layer: RefObject<HTMLElement> }) {
    const turn = (e: FocusEvent<HTMLElement>) => {
        const all = tabbable(layer.current!);
        const atStart = e.currentTarget === layer.current!.firstElementChild;
        const back = atStart && !!e.relatedTarget && layer.current!.contains(e.relatedTarget);
        all[back ? all.length - 1 : 0]?.focus();
    };
    return <div tabIndex={0} data-guard onFocus={turn} />;
}
export function Layer({ close, children }: { close?: () => void; children: ReactNode }) {
    const ref = useRef<HTMLDivElement>(null);
    useLayer(ref, true, close);
    return createPortal(
        <div className="layer" ref={ref}>
            <Guard layer={ref} />
            {children}
            <Guard layer={ref} />
        </div>,
        document.body,
    );
}
export function CloseButton({ close, disabled }: { close: () => void; disabled?: boolean }) {
    return (
        <button
            type="button"
            className="iconbtn layer-close"
            aria-label={tr('关闭', 'Close')}
            onClick={close}
            disabled={disabled}
        >
            <svg width="14" height="14" viewBox="0 0 14 14" stroke="currentColor" strokeWidth="2" aria-hidden="true">
                <path d="M2 2l10 10M12 2L2 12" />
            </svg>
        </button>
    );
}

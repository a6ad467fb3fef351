// SPDX-License-Identifier: Apache-2.0
//
// An id with its label and a copy button.
import { done } from './dialogs';
import { useT } from '../base';

export function Id({ label, id }: { label: string; id: string }) {
    const t = useT();
    return (
        <p className="id muted small">
            {label} <span className="mono">{id}</span>
            <button
                className="iconbtn"
                aria-label={t(`复制${label}`, `Copy ${label}`)}
                onClick={() => navigator.clipboard?.writeText(id).then(() => done(t('已复制', 'Copied')))}
            >
                {t('复制', 'Copy')}
            </button>
        </p>
    );
}

// SPDX-License-Identifier: Apache-2.0
//
// The number of records of each kind that an erasure changes.
import { useT } from '../../../base';
import type { console_erasure } from '../../../wire';

export const nothing = (n: console_erasure) => Object.values(n).every((x) => !x);

export function Counts({ n, label }: { n: console_erasure; label: string }) {
    const t = useT();
    const rows: [string, number | undefined][] = [
        [t('投递', n.applications === 1 ? 'Application' : 'Applications'), n.applications],
        [t('背调', n.orders === 1 ? 'Background check' : 'Background checks'), n.orders],
        [t('面试', n.interviews === 1 ? 'Interview' : 'Interviews'), n.interviews],
        [t('外部记录', n.external === 1 ? 'External record' : 'External records'), n.external],
        [t('文件', n.files === 1 ? 'File' : 'Files'), n.files],
        [t('发给供应商的事件', n.events === 1 ? 'Event sent to vendors' : 'Events sent to vendors'), n.events],
    ];
    return (
        <>
            <h3 className="caption">{label}</h3>
            <dl className="counts">
                {rows.map(([name, value]) => (
                    <div key={name} className={value ? '' : 'none'}>
                        <dt>{name}</dt>
                        <dd>{value ?? 0}</dd>
                    </div>
                ))}
            </dl>
        </>
    );
}

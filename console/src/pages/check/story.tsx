// SPDX-License-Identifier: Apache-2.0
//
// The history of a check, newest first: the vendor's progress in both languages, and the users' actions.
import type { ReactElement } from 'react';
import type { OrderDetail, Step } from '../../types';
import { dateTime, lang, personName, tr, useT } from '../../base';
import { orderAction, orderStatus } from '../../words';

const SHOWN = 8; // steps; a history that is only a few steps longer is shown whole
const FEW = 2;

// A list, newest first; a button shows the older part.
function Story({ rows, className, live }: { rows: ReactElement[]; className: string; live?: boolean }) {
    const t = useT();
    const shown = rows.length > SHOWN + FEW ? SHOWN : rows.length;
    const older = rows.length - shown;
    return (
        <>
            <ol className={className} aria-live={live ? 'polite' : undefined}>
                {rows.slice(0, shown)}
            </ol>
            {older > 0 && (
                <details className="older">
                    <summary>{t(`更早的 ${older} 条`, `${older} earlier`)}</summary>
                    <ol className={className}>{rows.slice(shown)}</ol>
                </details>
            )}
        </>
    );
}

type Stage = NonNullable<OrderDetail['order']['process_info_list']>[number];

function StageItem({ s }: { s: Stage }) {
    const zh = lang.get() === 'zh';
    const main = zh ? s.process || s.en_process : s.en_process || s.process,
        other = zh ? s.en_process : s.process;
    return (
        <li>
            <div className="row tight between">
                <span className="strong">{main}</span>
                <span className="small muted">{dateTime(s.update_time)}</span>
            </div>
            {other && other !== main && (
                <div className="small muted" lang={zh ? 'en' : 'zh-CN'}>
                    {other}
                </div>
            )}
        </li>
    );
}
export function Progress({ steps }: { steps: Stage[] }) {
    const t = useT();
    return (
        <section>
            <h3>{t('供应商进度', 'Vendor progress')}</h3>
            {steps.length ? (
                <Story
                    className="tl"
                    live
                    rows={steps.map((s, n) => (
                        <StageItem key={`${s.update_time}${n}`} s={s} />
                    ))}
                />
            ) : (
                <p className="muted">
                    {t(
                        '供应商还没有推送进度，推送后会自动出现。',
                        'No updates yet. Updates from the vendor appear here automatically.',
                    )}
                </p>
            )}
        </section>
    );
}

export const doer = (s: Step) =>
    s.actor?.kind === 'system'
        ? tr('系统', 'System')
        : s.actor?.kind === 'operator'
          ? tr('命令行', 'Command line')
          : personName(s.actor);

// Removes the vendor's update time, which is shown beside the step already.
const whyOf = (s: Step) => s.why?.replace(/ \(\w+_time \d+\)$/, '');

// Steps whose name does not imply the new state, so the state is shown too; "approved", "terminated" and "completed" imply it.
const told = new Set(['arrange', 'vendor_took', 'progress', 'result', 'cancel', 'record', 'import']);

function StepItem({ s }: { s: Step }) {
    const why = whyOf(s);
    const moved = told.has(s.action) && (s.to_status !== s.from_status || s.to_phase !== s.from_phase);
    return (
        <li>
            <span className="at small muted">{dateTime(s.at)}</span>
            <span className="by">{doer(s)}</span>
            <div className="did">
                {orderAction(s.action)}
                {moved && <span className="muted"> → {orderStatus(s.to_status, s.to_phase).text}</span>}
                {why && <q className="why">{why}</q>}
            </div>
        </li>
    );
}
export function History({ steps }: { steps: Step[] }) {
    const t = useT();
    return (
        <section>
            <h3>{t('谁做了什么', 'Activity')}</h3>
            <Story
                className="deeds"
                rows={steps.map((s, n) => (
                    <StepItem key={`${s.at}${n}`} s={s} />
                ))}
            />
        </section>
    );
}

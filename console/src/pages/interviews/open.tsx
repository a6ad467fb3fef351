// SPDX-License-Identifier: Apache-2.0
//
// The assessments that the user has yet to submit, above the calendar.
import type { Session } from '../../types';
import { both, dateTime, Link, useT } from '../../base';
import { useOpenAssessments } from './data';

const SHOWN = 5;

export function OpenAssessments({ session }: { session: Session }) {
    const t = useT();
    const open = useOpenAssessments(session).data ?? [];
    if (!open.length) return null;
    return (
        <section className="card open-assessments" aria-labelledby="open-assessments">
            <h2 id="open-assessments">
                {t(`等你写评价（${open.length}）`, `Waiting for your assessment (${open.length})`)}
            </h2>
            <ul>
                {open.slice(-SHOWN).map((i) => (
                    <li key={i.id}>
                        <Link href={`/interviews/${i.id}`}>{i.talent_name || t('面试', 'Interview')}</Link>
                        <span className="muted small">
                            {[dateTime(i.begin_time), both(i.stage?.name)].filter(Boolean).join(' · ')}
                        </span>
                    </li>
                ))}
            </ul>
        </section>
    );
}

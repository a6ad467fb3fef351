// SPDX-License-Identifier: Apache-2.0
//
// One week day by day, for a narrow window.
import type { Interview } from '../../types';
import { both, clock, Link, personName, useT } from '../../base';
import { Pill } from '../../ui';
import { interviewState, interviewType } from '../../words';
import { beginOf, beginsOn, isoDay, isToday, longDay, week, weekday } from './dates';

function Row({ i }: { i: Interview }) {
    const t = useT();
    return (
        <li>
            <Link className="agenda-row" href={`/interviews/${i.id}`}>
                <span className="agenda-time">
                    <b>{clock(i.begin_time)}</b>
                    <span className="muted">{clock(i.end_time)}</span>
                </span>
                <span className="agenda-what">
                    <b>{i.talent_name || t('面试', 'Interview')}</b>
                    <span className="muted small">
                        {[i.job_title, both(i.stage?.name), interviewType(i.interview_type)]
                            .filter(Boolean)
                            .join(' · ')}
                    </span>
                    <span className="muted small">{i.interviewers?.map(personName).join(t('、', ', '))}</span>
                    <span>
                        <Pill {...interviewState(i)} />
                    </span>
                </span>
            </Link>
        </li>
    );
}

function AgendaDay({ day, items }: { day: Date; items: Interview[] }) {
    const t = useT();
    return (
        <li id={`day-${isoDay(day)}`} className={`agenda-day ${isToday(day) ? 'today' : ''}`}>
            <h2 tabIndex={-1}>
                {longDay(day)}
                {isToday(day) && <span className="chip">{t('今天', 'Today')}</span>}
            </h2>
            {items.length ? (
                <ul>
                    {items.map((i) => (
                        <Row key={i.id} i={i} />
                    ))}
                </ul>
            ) : (
                <p className="muted small">{t('没有面试', 'No interviews')}</p>
            )}
        </li>
    );
}

// A button for each day that scrolls to it, with a dot for each interview.
function DayStrip({ days, counts }: { days: Date[]; counts: number[] }) {
    const t = useT();
    return (
        <div className="day-strip" role="group" aria-label={t('到某一天', 'Go to date')}>
            {days.map((d, n) => (
                <button
                    type="button"
                    key={d.getTime()}
                    aria-current={isToday(d) ? 'date' : undefined}
                    aria-label={`${longDay(d)}${t('，', ', ')}${t(`${counts[n]} 场面试`, counts[n] === 1 ? '1 interview' : `${counts[n]} interviews`)}`}
                    onClick={() => {
                        const to = document.getElementById(`day-${isoDay(d)}`);
                        to?.scrollIntoView({ block: 'start' });
                        to?.querySelector('h2')?.focus({ preventScroll: true });
                    }}
                >
                    <span>{weekday(d)}</span>
                    <b>{d.getDate()}</b>
                    <i aria-hidden="true">{'•'.repeat(Math.min(counts[n], 3))}</i>
                </button>
            ))}
        </div>
    );
}

export function Agenda({ items, start }: { items: Interview[]; start: Date }) {
    const t = useT();
    const days = week(start);
    const of = days.map((d) => items.filter((i) => beginsOn(i, d)).sort((a, b) => beginOf(a) - beginOf(b)));
    // In the current week, today and later days come first.
    const today = Math.max(0, days.findIndex(isToday));
    const list = (from: number, to: number) => (
        <ul className="agenda">
            {days.slice(from, to).map((d, n) => (
                <AgendaDay key={d.getTime()} day={d} items={of[from + n]} />
            ))}
        </ul>
    );
    return (
        <>
            <DayStrip days={days} counts={of.map((x) => x.length)} />
            {list(today, days.length)}
            {today > 0 && (
                <section aria-labelledby="earlier">
                    <p id="earlier" className="muted earlier">
                        {t('本周早些时候', 'Earlier this week')}
                    </p>
                    {list(0, today)}
                </section>
            )}
        </>
    );
}

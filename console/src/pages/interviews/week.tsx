// SPDX-License-Identifier: Apache-2.0
//
// One week as a grid of hours: overlapping interviews are side by side, a line marks the current time.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Interview } from '../../types';
import { both, clock, Link, useT } from '../../base';
import { interviewState } from '../../words';
import { addDays, isoDay, isToday, longDay, week, weekday } from './dates';
import { minutesNow, place, type Placed } from './layout';

const HOUR_PX = 60;
const WORK_BEGINS = 8 * 60;
const px = (minutes: number) => (minutes * HOUR_PX) / 60;

function Now() {
    const [at, setAt] = useState(minutesNow());
    useEffect(() => {
        const timer = setInterval(() => setAt(minutesNow()), 30_000);
        return () => clearInterval(timer);
    }, []);
    return <i className="cal-now" style={{ top: px(at) }} aria-hidden="true" />;
}

const LINE_PX = 17;

function Slot({ p }: { p: Placed }) {
    const t = useT();
    const i = p.interview,
        s = interviewState(i),
        time = `${clock(i.begin_time)}–${clock(i.end_time)}`,
        // The number of text lines that fit whole; in a narrow slot the name takes two.
        lines = Math.floor((px(p.height) - 6) / LINE_PX) - (p.lanes > 2 ? 1 : 0);
    const more = [both(i.stage?.name), s.text].filter(Boolean).join(' · ');
    return (
        <li
            className="cal-slot"
            style={{
                top: px(p.top) + 1,
                height: px(p.height) - 2,
                left: `${(p.lane / p.lanes) * 100}%`,
                width: `${100 / p.lanes}%`,
            }}
        >
            <Link
                className={`slot t-${s.tone} ${p.lanes > 2 ? 'tight' : ''}`}
                href={`/interviews/${i.id}`}
                title={[time, i.talent_name, i.job_title, more].filter(Boolean).join('\n')}
            >
                <b>{i.talent_name || t('面试', 'Interview')}</b>{' '}
                <span className={lines < 2 ? 'vh' : 'at'}>{p.lanes > 1 ? clock(i.begin_time) : time}</span>{' '}
                <span className={lines < 3 ? 'vh' : 'more-lines'} style={{ WebkitLineClamp: lines - 2 }}>
                    {more}
                </span>
            </Link>
        </li>
    );
}

function DayColumn({ day, items }: { day: Date; items: Interview[] }) {
    const t = useT();
    const placed = place(items, day);
    const today = isToday(day);
    return (
        <li className={`cal-day ${today ? 'today' : ''} ${day.getDay() % 6 === 0 ? 'weekend' : ''}`}>
            <h2 aria-current={today ? 'date' : undefined}>
                <span className="vh">{longDay(day)}</span>
                <span aria-hidden="true">
                    {weekday(day)} <b>{day.getDate()}</b>
                </span>
            </h2>
            <div className="cal-col" style={{ height: px(24 * 60) }}>
                {today && <Now />}
                {placed.length ? (
                    <ul>
                        {placed.map((p) => (
                            <Slot key={p.interview.id} p={p} />
                        ))}
                    </ul>
                ) : (
                    <span className="vh">{t('没有面试', 'No interviews')}</span>
                )}
            </div>
        </li>
    );
}

export function WeekGrid({ items, start, mine }: { items: Interview[]; start: Date; mine: boolean }) {
    const t = useT();
    const box = useRef<HTMLDivElement>(null);
    const days = week(start);
    const first = Math.min(WORK_BEGINS, ...days.flatMap((d) => place(items, d).map((p) => p.top)));
    const at = isoDay(start);
    // Scrolls to the week's earliest interview when the week changes, but not when an interview in it changes.
    useLayoutEffect(() => {
        if (box.current) box.current.scrollTop = px(first) - 12;
    }, [at]);
    return (
        <>
            <div
                className="cal"
                ref={box}
                role="region"
                tabIndex={0}
                aria-label={t(
                    `日历，${longDay(start)}至${longDay(addDays(start, 6))}`,
                    `Calendar, ${longDay(start)} to ${longDay(addDays(start, 6))}`,
                )}
            >
                <div className="cal-hours" aria-hidden="true">
                    {Array.from({ length: 23 }, (_, n) => (
                        <span key={n} style={{ top: px((n + 1) * 60) }}>
                            {String(n + 1).padStart(2, '0')}:00
                        </span>
                    ))}
                </div>
                <ul className="cal-days">
                    {days.map((d) => (
                        <DayColumn key={d.getTime()} day={d} items={items} />
                    ))}
                </ul>
            </div>
            {!items.length && (
                <p className="cal-empty" role="status">
                    {mine
                        ? t('这一周没有你的面试。', 'You have no interviews this week.')
                        : t('这一周没有面试。', 'No interviews this week.')}
                </p>
            )}
        </>
    );
}

// SPDX-License-Identifier: Apache-2.0
//
// Interviews: a week as a calendar (in a narrow window day by day), or five weeks as a list.
import { useEffect } from 'react';
import type { Session } from '../../types';
import { useParam, useT } from '../../base';
import { Button, Head, Load, Seg, Tick } from '../../ui';
import { Agenda } from './agenda';
import { useInterviews } from './data';
import { addDays, isoDay, monday, span, zone } from './dates';
import { InterviewList } from './list';
import { OpenAssessments } from './open';
import { useNarrow } from './narrow';
import { WeekGrid } from './week';

const LIST_WEEKS = 5;

// The left and right arrow keys go to the previous and the next week, "t" goes to the current week.
function useWeekKeys(move: (weeks: number) => void, now: () => void) {
    useEffect(() => {
        const press = (e: KeyboardEvent) => {
            const at = e.target as HTMLElement;
            if (
                e.ctrlKey ||
                e.metaKey ||
                e.altKey ||
                e.shiftKey ||
                at.closest('input, textarea, select, [role=dialog]')
            )
                return;
            if (e.key === 'ArrowLeft') move(-1);
            else if (e.key === 'ArrowRight') move(1);
            else if (e.key === 't') now();
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
    });
}

export default function Interviews({ session }: { session: Session }) {
    const t = useT();
    const narrow = useNarrow();
    const [at, setAt] = useParam('week'),
        [view, setView] = useParam('view'),
        [mine, setMine] = useParam('mine');
    const chosen = /^\d{4}-\d\d-\d\d$/.test(at) ? new Date(`${at}T12:00:00`) : new Date();
    const start = monday(Number.isNaN(chosen.getTime()) ? new Date() : chosen),
        list = view === 'list',
        end = addDays(start, list ? 7 * LIST_WEEKS : 7);
    const q = useInterviews(start, end, !!mine);
    const move = (weeks: number) => setAt(isoDay(addDays(start, 7 * weeks))),
        now = () => setAt(undefined);
    useWeekKeys(move, now);
    const only = session.user.roles.length === 1 && session.user.roles[0] === 'interviewer';
    return (
        <>
            <Head
                title={t('面试', 'Interviews')}
                sub={
                    <>
                        <span aria-live="polite">{span(start, addDays(end, -1))}</span>
                        <span className="zone">{t(`时区 ${zone(start)}`, `Time zone: ${zone(start)}`)}</span>
                    </>
                }
            >
                {!only && (
                    <Tick checked={!!mine} onChange={(v) => setMine(v ? '1' : undefined)}>
                        {t('只看我的', 'Only my interviews')}
                    </Tick>
                )}
                <div className="weeks" role="group" aria-label={t('换一周', 'Select a week')}>
                    <Button
                        onClick={() => move(-1)}
                        aria-label={t('上一周', 'Previous week')}
                        aria-keyshortcuts="ArrowLeft"
                    >
                        ←
                    </Button>
                    <Button onClick={now} aria-keyshortcuts="t">
                        {t('本周', 'This week')}
                    </Button>
                    <Button
                        onClick={() => move(1)}
                        aria-label={t('下一周', 'Next week')}
                        aria-keyshortcuts="ArrowRight"
                    >
                        →
                    </Button>
                </div>
                <Seg
                    label={t('视图', 'View')}
                    value={list ? 'list' : 'week'}
                    onChange={(v) => setView(v === 'list' ? 'list' : undefined)}
                    options={[
                        ['week', t('日历', 'Calendar')],
                        ['list', t('列表', 'List')],
                    ]}
                />
            </Head>
            <OpenAssessments session={session} />
            <Load q={q} lines={10}>
                {({ items, cut }) => (
                    <>
                        {cut && (
                            <p className="note t-amber" role="status">
                                {t(
                                    `只显示前 ${items.length} 场面试，请换到更短的时间。`,
                                    `Only the first ${items.length} interviews are shown. Choose a shorter period to see the rest.`,
                                )}
                            </p>
                        )}
                        {list ? (
                            <InterviewList items={items} mine={!!mine} />
                        ) : narrow ? (
                            <Agenda items={items} start={start} />
                        ) : (
                            <WeekGrid items={items} start={start} mine={!!mine} />
                        )}
                    </>
                )}
            </Load>
        </>
    );
}

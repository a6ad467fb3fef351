// SPDX-License-Identifier: Apache-2.0
//
// Inputs for begin and end of an interview. The end may be on another day; a time may exist twice in a night when the clocks go
// back.
import { useT } from '../../base';
import { Button, Choice, Field, Text } from '../../ui';
import { lengthOf, zone } from '../interviews/dates';
import { beginOf, endOf, moveBegin, moveEnd, type Plan, type Problems } from './model';
import { aheadOf, momentOf, momentsOf, timeAt, type Time } from './times';

const MINUTE = 60_000;

// Where the clocks go back over the time, it exists twice: asks which one.
function Which({ time, name, set }: { time: Time; name: string; set: (was: number) => void }) {
    const t = useT();
    const both = momentsOf(time);
    if (both.length < 2) return null;
    return (
        <Field
            label={t(`${time.clock} 这天有两次`, `${time.clock} occurs twice on this day`)}
            hint={t('当天时钟往回拨，请选择是哪一次。', 'The clocks go back on this day. Choose which one you mean.')}
        >
            <Choice
                name={name}
                value={String(momentOf(time) >= both[1] ? both[1] : both[0])}
                onChange={(v) => set(Number(v))}
                options={both.map((ms, n) => [
                    String(ms),
                    n
                        ? t(`第二次（${aheadOf(ms)}）`, `Second (${aheadOf(ms)})`)
                        : t(`第一次（${aheadOf(ms)}）`, `First (${aheadOf(ms)})`),
                ])}
            />
        </Field>
    );
}

export function Times({ plan, set, wrong }: { plan: Plan; set: (p: Partial<Plan>) => void; wrong: Problems }) {
    const t = useT();
    const begin = beginOf(plan),
        length = endOf(plan) - begin;
    const move = (change: Partial<Time>) => set(moveBegin(plan, change));
    const setEnd = (change: Partial<Time>) => set(moveEnd(plan, { ...plan.end, ...change }));
    // The end's day is shown if it differs from the begin's day, or must.
    const otherDay = plan.end.date !== plan.begin.date || plan.end.clock <= plan.begin.clock;
    return (
        <>
            <Field label={t('日期', 'Date')} required error={wrong.date}>
                <Text type="date" name="date" value={plan.begin.date} onChange={(date) => move({ date })} />
            </Field>
            <div className="two">
                <Field label={t('开始', 'Start')} required error={wrong.from}>
                    <Text type="time" name="from" value={plan.begin.clock} onChange={(clock) => move({ clock })} />
                </Field>
                <Field
                    label={t('结束', 'End')}
                    required
                    error={wrong.to}
                    hint={length > 0 ? t(`时长 ${lengthOf(length)}`, `Duration ${lengthOf(length)}`) : undefined}
                >
                    <Text type="time" name="to" value={plan.end.clock} onChange={(clock) => setEnd({ clock })} />
                </Field>
            </div>
            {otherDay && (
                <Field label={t('结束日期', 'End date')} required error={wrong.endDate}>
                    <Text type="date" name="end_date" value={plan.end.date} onChange={(date) => setEnd({ date })} />
                </Field>
            )}
            <Which time={plan.begin} name="from_which" set={(was) => move({ was })} />
            <Which time={plan.end} name="to_which" set={(was) => setEnd({ was })} />
            <div className="row lengths" role="group" aria-label={t('时长', 'Duration')}>
                {[30, 45, 60, 90].map((m) => (
                    <Button
                        key={m}
                        size="small"
                        aria-pressed={length === m * MINUTE}
                        disabled={Number.isNaN(begin)}
                        onClick={() => set(moveEnd(plan, timeAt(begin + m * MINUTE)))}
                    >
                        {t(`${m} 分钟`, `${m} min`)}
                    </Button>
                ))}
                <span className="muted small">
                    {t(`时区 ${zone(begin || undefined)}`, `Time zone: ${zone(begin || undefined)}`)}
                </span>
            </div>
            {begin < Date.now() && (
                <p className="note t-amber" role="status">
                    {t('这个时间已经过去。', 'This time is in the past.')}
                </p>
            )}
        </>
    );
}

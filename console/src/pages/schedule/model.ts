// SPDX-License-Identifier: Apache-2.0
//
// The data of the schedule form, and its conversion to a request.
import { tr } from '../../base';
import type { Interview } from '../../types';
import { isoDay } from '../interviews/dates';
import { daysAfter, daysBetween, gapOf, momentOf, timeAt, type Time } from './times';

export const ON_SITE = '1',
    BY_PHONE = '2',
    BY_VIDEO = '3';

export interface Plan {
    begin: Time;
    end: Time;
    length: number; // ms from begin to end when both were last complete; 0: unknown
    people: string[];
    type: string;
    video: string;
    address: string;
    rooms: string[];
    stage: string;
    roundType: string;
    round: string; // from 1; '': the server assigns it
    remark: string;
}
export const beginOf = (p: Plan) => momentOf(p.begin);
export const endOf = (p: Plan) => momentOf(p.end);
// When the beginning moves, the end moves with it and the length stays, also past midnight and while the beginning is being
// typed. If the length is unknown, only the end's day moves.
export function moveBegin(p: Plan, change: Partial<Time>): Partial<Plan> {
    const begin = { ...p.begin, ...change },
        at = momentOf(begin);
    if (p.length > 0) return Number.isNaN(at) ? { begin } : { begin, end: timeAt(at + p.length) };
    const days = daysBetween(p.begin.date, begin.date);
    return { begin, end: { ...p.end, date: daysAfter(p.end.date, days) } };
}
export function moveEnd(p: Plan, end: Time): Partial<Plan> {
    const length = momentOf(end) - beginOf(p);
    return { end, length: length > 0 ? length : 0 };
}

// The next working day, 14:00.
export function newPlan(stage?: string): Plan {
    const d = new Date();
    do d.setDate(d.getDate() + 1);
    while (d.getDay() % 6 === 0);
    return {
        begin: { date: isoDay(d), clock: '14:00' },
        end: { date: isoDay(d), clock: '15:00' },
        length: 3_600_000,
        people: [],
        type: BY_VIDEO,
        video: '5',
        address: '',
        rooms: [],
        stage: stage ?? '',
        roundType: '',
        round: '',
        remark: '',
    };
}
export function planOf(i: Interview): Plan {
    const begin = Number(i.begin_time ?? Date.now()),
        end = Number(i.end_time ?? begin + 3_600_000);
    return {
        begin: timeAt(begin),
        end: timeAt(end),
        length: Math.max(0, end - begin),
        people: (i.interviewers ?? []).map((p) => p.user_id).filter(Boolean),
        type: String(i.interview_type ?? BY_VIDEO),
        video: String(i.video_type ?? 5),
        address: i.address_id ?? '',
        rooms: i.room_ids ?? [],
        stage: i.stage?.id ?? '',
        roundType: i.round_type?.id ?? '',
        round: i.round === undefined ? '' : String(i.round + 1),
        remark: i.remark ?? '',
    };
}

export type Problems = Partial<Record<'date' | 'from' | 'endDate' | 'to' | 'people', string>>;
function gapText(t: Time) {
    const gap = gapOf(t);
    return (
        gap &&
        tr(
            `这一天没有 ${t.clock}：时钟从 ${gap[0]} 直接拨到 ${gap[1]}，请选择其他时间`,
            `${t.clock} does not exist on this day: the clocks go forward from ${gap[0]} to ${gap[1]}. Choose another time.`,
        )
    );
}
// Problems shown while typing, before the user saves: times that do not exist because the clocks go forward.
export const gapsOf = (p: Plan): Problems => ({ from: gapText(p.begin), to: gapText(p.end) });
const isDay = (date: string) => !Number.isNaN(Date.parse(`${date}T00:00:00Z`));
export function problemsOf(p: Plan): Problems {
    const found: Problems = {},
        begin = beginOf(p),
        end = endOf(p),
        gaps = gapsOf(p);
    if (!isDay(p.begin.date)) found.date = tr('请选择日期', 'Select a date');
    else if (Number.isNaN(begin)) found.from = gaps.from ?? tr('请填开始时间', 'Enter a start time');
    else if (!isDay(p.end.date)) found.endDate = tr('请选择结束日期', 'Select an end date');
    else if (Number.isNaN(end)) found.to = gaps.to ?? tr('请填结束时间', 'Enter an end time');
    else if (end <= begin) found.to = tr('结束要晚于开始', 'The end time must be after the start time');
    if (!p.people.length) found.people = tr('请至少选一位面试官', 'Select at least one interviewer');
    else if (p.people.length > 20) found.people = tr('最多 20 位面试官', 'You can select up to 20 interviewers');
    return found;
}
export function toSend(p: Plan) {
    return {
        begin_time: String(beginOf(p)),
        end_time: String(endOf(p)),
        interviewers: p.people,
        interview_type: Number(p.type),
        ...(p.type === BY_VIDEO && { video_type: Number(p.video) }),
        ...(p.type === ON_SITE && p.address && { address_id: p.address }),
        ...(p.stage && { stage_id: p.stage }),
        ...(p.roundType && { round_type_id: p.roundType }),
        ...(p.round && { round: Number(p.round) - 1 }),
        ...(p.rooms.length && { room_ids: p.rooms }),
        ...(p.remark.trim() && { remark: p.remark.trim() }),
    };
}

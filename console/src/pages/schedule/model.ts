// SPDX-License-Identifier: Apache-2.0
//
// What is arranged of an interview, as its form holds it and as it is sent.
import { tr } from '../../base';
import type { Interview } from '../../types';
import { isoDay } from '../interviews/dates';

export const ON_SITE = '1',
    BY_PHONE = '2',
    BY_VIDEO = '3';

export interface Plan {
    date: string; // 2026-03-09, in the browser's zone
    from: string; // 14:00
    to: string;
    people: string[];
    type: string;
    video: string;
    address: string;
    rooms: string[];
    stage: string;
    roundType: string;
    round: string; // counted from 1; '': the server counts
    remark: string;
}
const clockOf = (d: Date) => d.toTimeString().slice(0, 5);
export const atTime = (date: string, time: string) => new Date(`${date}T${time}`).getTime();
export const minutesOf = (time: string) => {
    const [h, m] = time.split(':').map(Number);
    return h * 60 + m;
};
export const timeOf = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

// The next working day at two.
export function newPlan(stage?: string): Plan {
    const d = new Date();
    do d.setDate(d.getDate() + 1);
    while (d.getDay() % 6 === 0);
    return {
        date: isoDay(d),
        from: '14:00',
        to: '15:00',
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
    const begin = new Date(Number(i.begin_time ?? Date.now())),
        end = new Date(Number(i.end_time ?? begin.getTime() + 3_600_000));
    return {
        date: isoDay(begin),
        from: clockOf(begin),
        to: clockOf(end),
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

export type Problems = Partial<Record<'date' | 'from' | 'to' | 'people', string>>;
export function problemsOf(p: Plan): Problems {
    const found: Problems = {},
        begin = atTime(p.date, p.from),
        end = atTime(p.date, p.to);
    if (Number.isNaN(atTime(p.date, '12:00'))) found.date = tr('请选择日期', 'Choose a date');
    else if (Number.isNaN(begin)) found.from = tr('请填开始时间', 'Give the time of the beginning');
    else if (Number.isNaN(end)) found.to = tr('请填结束时间', 'Give the time of the end');
    else if (end <= begin) found.to = tr('结束要晚于开始', 'The end must be later than the beginning');
    if (!p.people.length) found.people = tr('请至少选一位面试官', 'Choose one interviewer at least');
    else if (p.people.length > 20) found.people = tr('最多 20 位面试官', '20 interviewers at most');
    return found;
}
export function toSend(p: Plan) {
    return {
        begin_time: String(atTime(p.date, p.from)),
        end_time: String(atTime(p.date, p.to)),
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

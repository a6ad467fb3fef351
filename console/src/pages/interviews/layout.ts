// SPDX-License-Identifier: Apache-2.0
//
// Positions of interviews in a day's column: those that overlap are placed side by side.
import type { Interview } from '../../types';
import { addDays, beginOf, endOf, within } from './dates';

export interface Placed {
    interview: Interview;
    top: number; // minutes from midnight
    height: number; // minutes
    lane: number;
    lanes: number;
}
const LEAST = 30; // minutes: the height below which text would be unreadable

const minutesOf = (at: number, day: Date) => {
    const d = new Date(at);
    return at < day.getTime() ? 0 : d.getHours() * 60 + d.getMinutes();
};

export function place(items: Interview[], day: Date): Placed[] {
    const end = addDays(day, 1).getTime();
    const all = items
        .filter((i) => within(i, day))
        .sort((a, b) => beginOf(a) - beginOf(b) || endOf(b) - endOf(a))
        .map((interview): Placed => {
            const top = Math.min(minutesOf(beginOf(interview), day), 24 * 60 - LEAST);
            const until = endOf(interview) >= end ? 24 * 60 : minutesOf(endOf(interview), day);
            return { interview, top, height: Math.max(until - top, LEAST), lane: 0, lanes: 1 };
        });
    // A group is a run of interviews in which each overlaps an earlier one; it has as many lanes as its largest overlap.
    for (let from = 0; from < all.length; ) {
        const free: number[] = []; // for each lane, the end of its last interview
        let to = from,
            until = -1;
        while (to < all.length && (to === from || all[to].top < until)) {
            const one = all[to++];
            const lane = free.findIndex((t) => t <= one.top);
            one.lane = lane < 0 ? free.length : lane;
            free[one.lane] = one.top + one.height;
            until = Math.max(until, one.top + one.height);
        }
        for (; from < to; from++) all[from].lanes = free.length;
    }
    return all;
}
export const minutesNow = () => {
    const d = new Date();
    return d.getHours() * 60 + d.getMinutes();
};

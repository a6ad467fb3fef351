// SPDX-License-Identifier: Apache-2.0
//
// Where interviews stand in a day's column: those that overlap lie side by side.
import type { Interview } from '../../types';
import { addDays, beginOf, endOf, within } from './dates';

export interface Placed {
    interview: Interview;
    top: number; // minutes from midnight
    height: number; // minutes
    lane: number;
    lanes: number;
}
const LEAST = 30; // minutes: shorter ones could not be read

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
    // A group is a run in which each overlaps one before it; it has as many lanes as lie beside each other at most.
    for (let from = 0; from < all.length; ) {
        const free: number[] = []; // until when each lane is taken
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

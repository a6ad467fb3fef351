// SPDX-License-Identifier: Apache-2.0
//
// Loads the interviews of a time span.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import type { Interview, Page, Session } from '../../types';
import { addDays, midnight } from './dates';

const PAGES_MAX = 20;

async function all(query: { from: number; to: number; mine?: boolean }, signal?: AbortSignal) {
    const found: Interview[] = [];
    let token: string | undefined;
    for (let n = 0; n < PAGES_MAX; n++) {
        const p: Page<Interview> = await get(
            'interviews',
            {
                from: String(query.from),
                to: String(query.to),
                mine: query.mine || undefined,
                page_size: 100,
                page_token: token,
            },
            signal,
        );
        found.push(...(p.items ?? []));
        token = p.next_page_token ?? p.page_token;
        if (!p.has_more || !token) return { items: found, cut: false };
    }
    return { items: found, cut: true };
}
export function useInterviews(from: Date, to: Date, mine: boolean) {
    return useQuery({
        queryKey: ['interviews', from.getTime(), to.getTime(), mine],
        queryFn: ({ signal }) => all({ from: from.getTime(), to: to.getTime() - 1, mine }, signal),
        // When only the filter "other people's" changes, the old rows stay until the answer arrives.
        placeholderData: (before, q) =>
            q?.queryKey[1] === from.getTime() && q.queryKey[2] === to.getTime() ? before : undefined,
    });
}
// The user's interviews of the last 60 days that still need an assessment.
export function useOpenAssessments(session: Session) {
    const today = midnight(new Date()).getTime();
    return useQuery({
        queryKey: ['interviews', 'open', today],
        enabled: !!session.user.user_id,
        queryFn: async ({ signal }) => {
            const { items } = await all({ from: addDays(today, -60).getTime(), to: Date.now(), mine: true }, signal);
            return items.filter((i) => i.may_assess);
        },
    });
}

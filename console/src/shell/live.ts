// SPDX-License-Identifier: Apache-2.0
//
// What the server tells of changes, and whether the machine is online.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

// The server tells what changed; the queries that show it are asked again.
export function useLive() {
    const qc = useQueryClient();
    useEffect(() => {
        const source = new EventSource('/console/api/events/stream');
        const hear = (e: MessageEvent) => {
            let d: { kind?: string; id?: string } = {};
            try {
                d = JSON.parse(e.data);
            } catch {
                return;
            }
            if (d.kind === 'order') {
                qc.invalidateQueries({ queryKey: d.id ? ['order', d.id] : ['order'] });
                for (const k of ['orders', 'overview', 'application', 'applications'])
                    qc.invalidateQueries({ queryKey: [k] });
            } else if (d.kind === 'application') {
                qc.invalidateQueries({ queryKey: d.id ? ['application', d.id] : ['application'] });
                qc.invalidateQueries({ queryKey: ['applications'] });
            } else if (d.kind === 'interview') {
                for (const k of ['interview', 'interviews', 'application']) qc.invalidateQueries({ queryKey: [k] });
            } else if (d.kind === 'delivery')
                for (const k of ['events', 'event', 'overview']) qc.invalidateQueries({ queryKey: [k] });
        };
        source.onmessage = hear;
        for (const name of ['change', 'order', 'application', 'interview', 'delivery'])
            source.addEventListener(name, hear as EventListener);
        return () => source.close();
    }, [qc]);
}
const online = (l: () => void) => {
    addEventListener('online', l);
    addEventListener('offline', l);
    return () => {
        removeEventListener('online', l);
        removeEventListener('offline', l);
    };
};
export const useOnline = () => useSyncExternalStore(online, () => navigator.onLine);

// SPDX-License-Identifier: Apache-2.0
//
// The signed-in user, shared by all windows of the browser. The session may end or change to another account at any moment: the
// page keeps its content until the new owner is known.
import { useSyncExternalStore } from 'react';
import { ApiError, get, post, setCsrf, whenRefused } from './api';
import { letGo, navigate } from './base';
import type { Session } from './types';

// null: not signed in; undefined: not known yet.
type Known = Session | null | undefined;
// ended: the session expired, and its user may continue after entering the password; left: the user signed out in another window.
export type Lock = '' | 'ended' | 'left';

function cell<T>(value: T) {
    const listeners = new Set<() => void>();
    const subscribe = (l: () => void) => {
        listeners.add(l);
        return () => {
            listeners.delete(l);
        };
    };
    return {
        get: () => value,
        set(v: T) {
            if (v === value) return;
            value = v;
            listeners.forEach((l) => l());
        },
        use: () => useSyncExternalStore(subscribe, () => value),
    };
}
const session = cell<Known>(undefined);
const lock = cell<Lock>('');
export const useSession = session.use;
export const useLock = lock.use;

// Messages to other windows of this browser, which use the same session cookie.
const others = typeof BroadcastChannel === 'function' ? new BroadcastChannel('hired.session') : null;
type Said = 'in' | 'out';

let unlocked: (again: boolean) => void = () => {};
const own = (s: Session) => s.user.id === session.get()?.user.id;

// Switches to another account or to signed out: the previous user's pages and data are dropped.
function become(s: Session | null) {
    letGo();
    if (s) setCsrf(s.csrf_token);
    const before = session.get();
    session.set(s);
    lock.set('');
    unlocked(false);
    if (before && !s) navigate('/', true);
}
// Continues with the same account, whose roles may have changed.
function renew(s: Session) {
    setCsrf(s.csrf_token);
    session.set(s);
    lock.set('');
    unlocked(true);
}

// Asks the server who is signed in. If nobody is, it returns 'nobody' and keeps the page.
export async function askWho(): Promise<'same' | 'other' | 'nobody'> {
    let s: Session;
    try {
        s = await get<Session>('session');
    } catch (e) {
        if (!(e instanceof ApiError) || !(e.signedOut || e.forbidden)) throw e;
        if (session.get() === undefined) session.set(null);
        return 'nobody';
    }
    if (session.get() && !own(s)) {
        become(s);
        return 'other';
    }
    renew(s);
    return 'same';
}
function lockUp(why: Lock) {
    if (!lock.get() || why === 'left') lock.set(why);
    return new Promise<boolean>((resolve) => {
        const before = unlocked;
        unlocked = (again) => {
            unlocked = () => {};
            before(again);
            resolve(again);
        };
    });
}
// Called when the server does not know the session. Resolves to true if the same user is signed in again, so that the request may
// be repeated. Parallel calls share one check.
let looking: Promise<boolean> | null = null;
export function regain(): Promise<boolean> {
    looking ??= (async () => {
        try {
            const who = await askWho();
            if (who !== 'nobody') return who === 'same';
            return session.get() ? await lockUp('ended') : false;
        } finally {
            looking = null;
        }
    })();
    return looking;
}
// Called when the server refuses for a missing role: reloads the roles, which may have changed. The request is not repeated.
function rolesAgain() {
    void askWho().then(
        (who) => who === 'nobody' && regain(),
        () => {},
    );
    return Promise.resolve(false);
}
whenRefused((e) => (e.code === 4031 ? rolesAgain() : regain()));

// ---- signing in and out ----

export async function signIn(user: string, password: string) {
    setCsrf((await post<Session>('session/sign_in', { user, password })).csrf_token);
    const s = await get<Session>('session');
    if (session.get() && !own(s)) become(s);
    else renew(s);
    others?.postMessage('in' satisfies Said);
}
// If the server cannot be reached it fails and changes nothing, because the session would still be valid.
export async function signOut() {
    try {
        await post('session/sign_out');
    } catch (e) {
        if (!(e instanceof ApiError) || !e.signedOut) throw e;
    }
    become(null);
    others?.postMessage('out' satisfies Said);
}
// Called by the password dialog: another user wants to sign in.
export const giveUp = () => become(null);

if (others)
    others.onmessage = (e: MessageEvent<Said>) => {
        if (e.data === 'in') void askWho().catch(() => {});
        else if (session.get()) void lockUp('left');
    };
// The cookie may expire unnoticed: a user who returns to the window learns of it before typing.
document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && session.get() && !lock.get()) void regain().catch(() => {});
});

// SPDX-License-Identifier: Apache-2.0
//
// Who is signed in, in this window and in others of the same browser. A session may end, or become another account's, at any
// moment: what is on the page stays until it is known whose it is.
import { useSyncExternalStore } from 'react';
import { ApiError, get, post, setCsrf, whenRefused } from './api';
import { letGo, navigate } from './base';
import type { Session } from './types';

// null: nobody; undefined: not asked yet.
type Known = Session | null | undefined;
// ended: the session is over, and its owner may go on with the password; left: its owner signed out in another window.
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

// Other windows of this browser, which share the cookie.
const others = typeof BroadcastChannel === 'function' ? new BroadcastChannel('hired.session') : null;
type Said = 'in' | 'out';

let unlocked: (again: boolean) => void = () => {};
const own = (s: Session) => s.user.id === session.get()?.user.id;

// Another account, or nobody: nothing of what the last one had on the page is left to them.
function become(s: Session | null) {
    letGo();
    if (s) setCsrf(s.csrf_token);
    const before = session.get();
    session.set(s);
    lock.set('');
    unlocked(false);
    if (before && !s) navigate('/', true);
}
// The same account, perhaps with other roles.
function renew(s: Session) {
    setCsrf(s.csrf_token);
    session.set(s);
    lock.set('');
    unlocked(true);
}

// Asks the server whose session it is. 'nobody' changes nothing here yet.
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
// The server does not know any more who asks. True: it does again, and it is the same account, so what was asked for may be
// repeated. However many ask, it is looked at once.
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
// A refusal for the role: the roles may be others than they were. The request is not repeated.
function rolesAgain() {
    void askWho().then(
        (who) => who === 'nobody' && regain(),
        () => {},
    );
    return Promise.resolve(false);
}
whenRefused((e) => (e.code === 4031 ? rolesAgain() : regain()));

// ---- what people do ----

export async function signIn(user: string, password: string) {
    setCsrf((await post<Session>('session/sign_in', { user, password })).csrf_token);
    const s = await get<Session>('session');
    if (session.get() && !own(s)) become(s);
    else renew(s);
    others?.postMessage('in' satisfies Said);
}
// Fails, and changes nothing, if the server cannot be reached: the session would go on.
export async function signOut() {
    try {
        await post('session/sign_out');
    } catch (e) {
        if (!(e instanceof ApiError) || !e.signedOut) throw e;
    }
    become(null);
    others?.postMessage('out' satisfies Said);
}
// From the question for the password: somebody else is to sign in.
export const giveUp = () => become(null);

if (others)
    others.onmessage = (e: MessageEvent<Said>) => {
        if (e.data === 'in') void askWho().catch(() => {});
        else if (session.get()) void lockUp('left');
    };
// A cookie may go without a word; who comes back to the window is told before they type.
document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && session.get() && !lock.get()) void regain().catch(() => {});
});

// SPDX-License-Identifier: Apache-2.0
//
// Talks to /console/api: the envelope, the CSRF token, and what went wrong as an error with words.
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly code: number,
        msg: string,
        readonly logId: string,
    ) {
        super(msg);
    }
    get signedOut() {
        return this.status === 401;
    }
    get forbidden() {
        return this.status === 403;
    }
    get offline() {
        return this.status === 0;
    }
}

let csrf = '';
export const setCsrf = (token: string) => {
    csrf = token;
};
let onSignedOut = () => {};
export const whenSignedOut = (f: () => void) => {
    onSignedOut = f;
};

type Query = Record<string, string | number | boolean | undefined>;
export function queryString(query: Query = {}) {
    const p = new URLSearchParams();
    for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== '') p.set(k, String(v));
    const s = p.toString();
    return s ? `?${s}` : '';
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    let res: Response;
    try {
        res = await fetch(`/console/api/${path}`, {
            method,
            signal,
            credentials: 'same-origin',
            headers: {
                ...(body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
                ...(method === 'GET' ? {} : { 'X-Csrf-Token': csrf }),
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    } catch (e) {
        if ((e as Error).name === 'AbortError') throw e;
        throw new ApiError(0, 0, 'offline', '');
    }
    const logId = res.headers.get('X-Tt-Logid') ?? '';
    let json: { code?: number; msg?: string; data?: T } = {};
    try {
        json = await res.json();
    } catch {
        /* not JSON: the status says enough */
    }
    if (!res.ok || json.code !== 0) {
        const error = new ApiError(res.status, json.code ?? -1, json.msg ?? `HTTP ${res.status}`, logId);
        if (error.signedOut && path !== 'session/sign_in' && path !== 'session') onSignedOut();
        throw error;
    }
    return (json.data ?? {}) as T;
}
export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>('GET', path + queryString(query), undefined, signal);
export const post = <T = unknown>(path: string, body: unknown = {}) => call<T>('POST', path, body);

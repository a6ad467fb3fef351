// SPDX-License-Identifier: Apache-2.0
//
// Sends requests to /console/api: adds the CSRF token, unpacks the envelope, and turns failures into errors with texts for the
// user.
interface Details {
    reason?: string; // the refusal's reason code, one of reasons.ts
    subject?: string;
    detail?: string;
    field_violations?: { field: string; description: string }[];
}
export class ApiError extends Error {
    readonly reason: string;
    readonly subject: string;
    readonly detail: string;
    readonly violations: { field: string; description: string }[];
    constructor(
        readonly status: number,
        readonly code: number,
        msg: string,
        readonly logId: string,
        more: Details = {},
    ) {
        super(msg);
        this.reason = more.reason ?? '';
        this.subject = more.subject ?? '';
        this.detail = more.detail ?? '';
        this.violations = more.field_violations ?? [];
    }
    // 4012 is a wrong password: the session has not ended.
    get signedOut() {
        return this.status === 401 && this.code !== 4012;
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
// Called when the server refuses a request because the session is unknown or the role is missing. Resolves to true if the request
// is to be repeated.
let refused: (e: ApiError) => Promise<boolean> = () => Promise.resolve(false);
export const whenRefused = (f: (e: ApiError) => Promise<boolean>) => {
    refused = f;
};
const FOREIGN = 4030, // the CSRF token belongs to another session: another window may have signed in again
    ROLE = 4031;
// Sends a request, and repeats it after the user has signed in again.
async function known<T>(path: string, ask: () => Promise<T>): Promise<T> {
    for (let foreign = 0; ; ) {
        try {
            return await ask();
        } catch (e) {
            if (!(e instanceof ApiError) || path === 'session' || path === 'session/sign_in') throw e;
            if (e.signedOut && path === 'session/sign_out') throw e;
            if (!e.signedOut && e.code !== FOREIGN && e.code !== ROLE) throw e;
            if (e.code === FOREIGN && foreign++) throw e;
            if (!(await refused(e))) throw e;
        }
    }
}

type Query = Record<string, string | number | boolean | undefined>;
export function queryString(query: Query = {}) {
    const p = new URLSearchParams();
    for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== '') p.set(k, String(v));
    const s = p.toString();
    return s ? `?${s}` : '';
}

const call = <T>(method: string, path: string, body?: unknown, signal?: AbortSignal) =>
    known(path.split('?')[0], () => callOnce<T>(method, path, body, signal));
async function callOnce<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
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
    return answerOf<T>(res.status, await res.text(), res.headers.get('X-Tt-Logid') ?? '');
}
function answerOf<T>(status: number, text: string, logId: string): T {
    let json: { code?: number; msg?: string; data?: T; error?: Details } = {};
    try {
        json = JSON.parse(text);
    } catch {
        /* the body is not JSON: the error then has the HTTP status only */
    }
    if (status < 200 || status > 299 || json.code !== 0)
        throw new ApiError(status, json.code ?? -1, json.msg ?? `HTTP ${status}`, logId, json.error);
    return (json.data ?? {}) as T;
}
export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>('GET', path + queryString(query), undefined, signal);
export const post = <T = unknown>(path: string, body: unknown = {}) => call<T>('POST', path, body);

// Uploads a file and reports progress from 0 to 1. If the upload is stopped, the server keeps nothing.
export function upload<T>(path: string, query: Query, file: File, onPart: (part: number) => void) {
    let stop = () => {},
        stopped = false;
    const send = () =>
        new Promise<T>((resolve, reject) => {
            if (stopped) return; // the caller has stopped the upload
            const x = new XMLHttpRequest();
            const body = new FormData();
            body.append('content', file, file.name);
            const offline = () => reject(new ApiError(0, 0, 'offline', ''));
            x.upload.onprogress = (e) => e.lengthComputable && onPart(e.loaded / e.total);
            x.onerror = offline;
            x.ontimeout = offline;
            x.onload = () => {
                try {
                    resolve(answerOf<T>(x.status, x.responseText, x.getResponseHeader('X-Tt-Logid') ?? ''));
                } catch (e) {
                    reject(e);
                }
            };
            stop = () => x.abort();
            x.open('POST', `/console/api/${path}${queryString(query)}`);
            x.setRequestHeader('X-Csrf-Token', csrf);
            x.send(body);
        });
    return {
        answer: known(path, send),
        stop: () => {
            stopped = true;
            stop();
        },
    };
}

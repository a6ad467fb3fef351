// SPDX-License-Identifier: Apache-2.0
//
// An API client that checks EVERY response: its form (headers, envelope, log id), and its fields against the description
// of the operation in api/.
import assert from 'node:assert/strict';
import http from 'node:http';

import { coverage } from './coverage.mjs';
import { slow } from './server.mjs';

// A connection that was idle for long is given up here before the server does so (after 75 s): one that it is just closing
// would be taken for a request.
const agent = new http.Agent({ keepAlive: true, maxSockets: 64, timeout: 60_000 });
const logIds = new Set();

// Sends one request as it is and resolves to {status, headers, text}.
export function send(baseUrl, method, target, { headers = {}, body, timeoutMs = 60_000 } = {}) {
    const url = new URL(baseUrl);
    return new Promise((resolve, reject) => {
        const req = http.request({
            host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, method, path: target, agent, timeout: timeoutMs,
            headers: body === undefined ? headers : { 'Content-Length': Buffer.byteLength(body), ...headers },
        }, (res) => {
            const parts = [];
            res.on('data', (d) => parts.push(d));
            res.on('error', reject);
            res.on('end', () => {
                const bytes = Buffer.concat(parts);
                resolve({ status: res.statusCode, headers: res.headers, bytes, text: bytes.toString('utf8') });
            });
        });
        req.on('error', reject);
        req.on('timeout', () => req.destroy(new Error(`${method} ${target}: no answer within ${timeoutMs} ms`)));
        req.end(body);
    });
}

const isPersonal = /^(name|first_name|last_name|mobile|email|contact_mobile)$/;

// Remembers what must never be in the log: people's names, numbers and addresses, and tokens.
function collectSecrets(server, value, within = '') {
    if (value === null || typeof value !== 'object') return;
    for (const [key, v] of Object.entries(value)) {
        if (typeof v === 'string' && /(access_token|csrf_token|^password|^app_secret)$/.test(key)) server.secrets.add(v);
        const ofPerson = /^(candidate_info|contactor_info)$/.test(within) || key === 'contact_mobile';
        // Short plain words may stand in a log by chance.
        if (typeof v === 'string' && ofPerson && isPersonal.test(key) && (v.length >= 7 || /[^\x20-\x7e]/.test(v))) {
            server.secrets.add(v);
        }
        collectSecrets(server, v, Array.isArray(value) ? within : key);
    }
}

// What holds for each answer of the API. Returns the parsed body.
export function checkEnvelope(server, method, target, answer, { head = false } = {}) {
    const what = `${method} ${target} -> ${answer.status} ${answer.text.slice(0, 300)}`;
    assert.match(answer.headers['x-tt-logid'] ?? '', /^\d{14}[0-9A-F]{20}$/, `X-Tt-Logid: ${what}`);
    assert.ok(answer.headers['x-request-id'], `X-Request-Id: ${what}`);
    assert.ok(!logIds.has(answer.headers['x-tt-logid']), `the log id was used before: ${what}`);
    logIds.add(answer.headers['x-tt-logid']);
    if (head) return undefined;
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8', what);
    const body = JSON.parse(answer.text);
    assert.equal(typeof body.code, 'number', what);
    assert.equal(typeof (body.msg ?? body.message), 'string', what); // an upload's success has message
    if (body.code !== 0 && body.error) assert.equal(body.error.log_id, answer.headers['x-tt-logid'], what);
    assert.deepEqual(coverage.saw(method, target, answer.status, body), [], what);
    if (server) collectSecrets(server, body);
    return body;
}

const withQuery = (path, query) => {
    const q = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) q.append(name, String(value));
    return `${q}` === '' ? path : `${path}?${q}`;
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Client {
    // app: {app_id, app_secret}; the demo's own app if absent.
    constructor(server, app) {
        this.server = server;
        const demo = app ? null : server.demo;
        this.app = app ?? { app_id: demo.app_id, app_secret: demo.app_secret };
    }

    static vendor(server) {
        const demo = server.demo;
        return new Client(server, { app_id: demo.vendor_app_id, app_secret: demo.vendor_app_secret });
    }

    async token() {
        if (!this.cachedToken) {
            const r = await this.call('POST', '/open-apis/auth/v3/tenant_access_token/internal', {
                token: null, body: { app_id: this.app.app_id, app_secret: this.app.app_secret },
            });
            assert.equal(r.code, 0, `no token: ${r.msg}`);
            this.cachedToken = r.body.tenant_access_token;
        }
        return this.cachedToken;
    }

    // One call. token: null for none; body: sent as JSON, or as it is when it is text or bytes.
    // Resolves to {status, headers, code, msg, body, data, error}.
    async call(method, path, { query, body, headers = {}, token } = {}) {
        const target = withQuery(path, query);
        const all = { ...headers };
        const bearer = token === undefined ? await this.token() : token;
        if (bearer !== null) all.Authorization = `Bearer ${bearer}`;
        let payload;
        if (body !== undefined) {
            payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
            all['Content-Type'] ??= 'application/json; charset=utf-8';
        }
        const answer = await send(this.server.baseUrl, method, target, { headers: all, body: payload });
        const parsed = checkEnvelope(this.server, method, target, answer);
        return {
            status: answer.status, headers: answer.headers, text: answer.text,
            code: parsed.code, msg: parsed.msg, body: parsed, data: parsed.data, error: parsed.error,
        };
    }

    // A call that has to succeed; its data.
    async ok(method, path, o) {
        const r = await this.call(method, path, o);
        assert.equal(r.code, 0, `${method} ${path} ${JSON.stringify(o ?? {})} -> ${r.status} ${r.text}`);
        assert.equal(r.status, 200);
        return r.data;
    }

    // A call that has to fail in just this way.
    async fails(status, code, method, path, o) {
        const r = await this.call(method, path, o);
        assert.deepEqual([r.status, r.code], [status, code], `${method} ${path} ${JSON.stringify(o ?? {}).slice(0, 300)} -> ${r.status} ${r.text}`);
        return r;
    }

    // Everything a list gives, page by page; checks the rules of paging on the way.
    async walk(method, path, { query = {}, body } = {}) {
        const items = [];
        let pageToken;
        for (let page = 0; ; page++) {
            assert.ok(page < 10_000, 'the walk does not end');
            const data = await this.ok(method, path, { query: { ...query, page_token: pageToken }, body });
            assert.ok((data.items ?? []).length <= Number(query.page_size ?? 10), 'more records than page_size');
            items.push(...(data.items ?? []));
            assert.equal(typeof data.has_more, 'boolean');
            assert.equal(data.page_token !== undefined, data.has_more, 'page_token comes with has_more:true and only then');
            if (!data.has_more) return items;
            assert.notEqual(data.items.length, 0, 'an empty page that is not the last');
            pageToken = data.page_token;
        }
    }

    // The operations, by name.
    orders = (query) => this.ok('GET', paths.orders, { query });
    interviews = (query) => this.ok('GET', paths.interviews, { query });
    externalChecks = (query, body = {}) => this.ok('POST', paths.externalChecks, { query, body });
    progress = (body) => this.ok('POST', paths.progress, { body });
    result = (body) => this.ok('POST', paths.result, { body });
    async order(orderId) {
        return (await this.walk('GET', paths.orders, { query: { page_size: 100 } })).find((o) => o.order_id === orderId);
    }
}

// The same record, but for links, which are signed anew in each answer.
export function assertSame(actual, expected) {
    const steady = (v) => JSON.parse(JSON.stringify(v, (key, x) => (key === 'attachment_url' ? 'a link' : x)) ?? 'null');
    assert.deepEqual(steady(actual), steady(expected));
}

export const paths = {
    tenantToken: '/open-apis/auth/v3/tenant_access_token/internal',
    appToken: '/open-apis/auth/v3/app_access_token/internal',
    orders: '/open-apis/hire/v1/background_check_orders',
    interviews: '/open-apis/hire/v1/interviews',
    externalChecks: '/open-apis/hire/v1/external_background_checks/batch_query',
    progress: '/open-apis/hire/v1/eco_background_checks/update_progress',
    result: '/open-apis/hire/v1/eco_background_checks/update_result',
};

// Asks again until check(answer) is truthy. How long that may take is no claim about the server: on a machine that is busy with
// other things everything comes late, and only what never comes is a fault.
export async function eventually(ask, check, { withinMs = 30_000 * slow, everyMs = 20, what = 'it' } = {}) {
    const end = Date.now() + withinMs;
    for (;;) {
        const answer = await ask();
        if (check(answer)) return answer;
        if (Date.now() > end) assert.fail(`${what} did not come true within ${withinMs} ms: ${JSON.stringify(answer).slice(0, 500)}`);
        await sleep(everyMs);
    }
}

export { sleep };

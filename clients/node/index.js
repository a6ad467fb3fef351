// SPDX-License-Identifier: Apache-2.0
//
// Starts hired in its test mode and calls the test mode's operations (docs/TESTING.md).
import { startProcess } from './process.js';
import { Webhook } from './webhook.js';

export { Webhook };

export class HiredError extends Error {
    constructor(method, path, status, body) {
        const fields = (body.error?.field_violations ?? []).map((v) => `${v.field}: ${v.description}`);
        super(`${method} ${path}: HTTP ${status}, code ${body.code}: ${[body.msg ?? body.message, ...fields].join('; ')}`);
        Object.assign(this, { name: 'HiredError', status, code: body.code, body });
    }
}

const withQuery = (path, query = {}) => {
    const q = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== undefined).map(([k, v]) => [k, typeof v === 'object' ? JSON.stringify(v) : String(v)]));
    return `${q}` ? `${path}${path.includes('?') ? '&' : '?'}${q}` : path;
};

// undefined and NaN would become an absent member in JSON, and the call would do nothing.
function finite(n, what) {
    if (!Number.isFinite(n)) throw new TypeError(`${what}, and not ${n}`);
    return n;
}

const units = { ms: 1, seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
function milliseconds(span) {
    const what = 'the clock is advanced by a number of milliseconds, or a sum such as {hours: 2, minutes: 1}';
    if (typeof span !== 'object' || span === null) return finite(typeof span === 'number' ? span : NaN, what);
    return finite(Object.entries(span).reduce((sum, [unit, n]) => {
        if (!units[unit]) throw new TypeError(`${unit} is no unit of time; there are ${Object.keys(units).join(', ')}`);
        return sum + n * units[unit];
    }, 0), what);
}

class Clock {
    constructor(hired) {
        this.move = (body) => hired.call('POST', '/test/clock', { body });
        this.now = async () => (await hired.call('GET', '/test/clock')).now_ms;
    }

    moved = 0; // milliseconds by which this object has moved the clock forward

    async advance(span) {
        const moved = await this.move({ advance_ms: milliseconds(span) });
        this.moved += milliseconds(span);
        if (moved.still) throw new Error(`the clock was advanced, but not all that was due is done: ${moved.still}`);
        return moved;
    }

    async set(time) {
        const ms = finite(Number(time), 'the clock is set to a Date, or to a number of milliseconds since 1970');
        this.moved += Math.max(0, ms - (await this.now()));
        return this.move({ set_ms: ms });
    }

    freeze = () => this.move({ frozen: true });
    unfreeze = () => this.move({ frozen: false });
}

class Faults {
    constructor(hired, scope) {
        Object.assign(this, { hired, scope });
    }

    add = async (rule) => (await this.hired.call('POST', '/test/faults', { body: { ...this.scope, ...rule } })).fault;
    remove = (id) => this.hired.call('DELETE', `/test/faults/${encodeURIComponent(id)}`);
    clear = () => this.hired.call('DELETE', '/test/faults', { query: this.scope });
}

class Journal {
    constructor(hired, scope) {
        Object.assign(this, { hired, scope });
    }

    list = async (query = {}) => (await this.hired.call('GET', '/test/journal', { query: { ...this.scope, ...query } })).items;
    clear = () => this.hired.call('DELETE', '/test/journal', { query: this.scope });

    async wait(query, { count = 1, timeoutMs = 10_000 } = {}) {
        const items = await this.list({ ...query, count, timeout_ms: timeoutMs });
        if (items.length < count) throw new Error(`the journal has ${items.length} of ${count} entries with ${JSON.stringify(query)} after ${timeoutMs} ms`);
        return items;
    }

    async expect(expected, { timeoutMs = 1000, after } = {}) {
        const r = await this.hired.call('POST', '/test/journal/expect', { body: { ...this.scope, expected, timeout_ms: timeoutMs, after } });
        if (!r.met) throw new Error(`the journal is not as expected:\n${r.diff}`);
        return r.numbers;
    }
}

export class Tenant {
    #session;
    #made;

    constructor(hired, data) {
        Object.assign(this, { hired, data, key: data.tenant_key, applicationId: data.application_ids[0] });
        this.#made = hired.clock.moved;
        const scope = { tenant_key: this.key };
        this.faults = new Faults(hired, scope);
        this.journal = new Journal(hired, scope);
    }

    app(name) {
        const found = this.data.apps.find((a) => a.name === name);
        if (!found) throw new Error(`the tenant has no app "${name}"; it has ${this.data.apps.map((a) => a.name).join(', ')}`);
        return found;
    }

    // A call of the open API as the app of this name. A token that the clock has ended is renewed.
    async call(app, method, path, options = {}) {
        const a = this.app(app), { moved } = this.hired.clock;
        a.issued ??= this.#made;
        if (options.token === undefined && a.app_secret && moved - a.issued > a.expire * 1000 - 60_000) {
            const { body } = await this.hired.send('POST', '/open-apis/auth/v3/tenant_access_token/internal', { body: { app_id: a.app_id, app_secret: a.app_secret } });
            Object.assign(a, { tenant_access_token: body.tenant_access_token, expire: body.expire, issued: moved });
        }
        return this.hired.call(method, path, { token: a.tenant_access_token, ...options });
    }

    // Arranges a background check as the tenant's recruiter, by the console's operation, and resolves to the order_id.
    async arrange(order = {}) {
        const account = this.data.accounts[0];
        const body = { application_id: this.applicationId, account_id: account?.account_id, package_id: account?.package_ids[0], again: true, ...order };
        const send = async () => (await this.hired.call('POST', '/console/api/orders/arrange', { body, headers: await (this.#session ??= this.#signIn()) })).order_id;
        try {
            return await send();
        } catch (e) {
            if (e.code !== 4010) throw e;
            this.#session = undefined; // the clock has ended it
            return send();
        }
    }

    async #signIn() {
        const who = this.data.users.find((u) => u.password && u.roles?.some((r) => r === 'recruiter' || r === 'admin'));
        if (!who) throw new Error('the tenant has no user with a password and the role recruiter or admin, so no check can be arranged');
        const r = await this.hired.send('POST', '/console/api/session/sign_in', { body: { user: who.login, password: who.password }, headers: { Origin: this.hired.url } });
        return { Origin: this.hired.url, Cookie: r.headers.get('set-cookie').split(';')[0], 'X-Csrf-Token': r.body.data.csrf_token };
    }

    // Starts a robot of the server: 'vendor' answers the checks of the tenant, 'customer' arranges one. Members of options are those
    // of POST /test/robots; absent are taken from the tenant: the app, and of a customer an account that may arrange and approve.
    async robot(kind = 'vendor', { app, ...options } = {}) {
        const { app_id, app_secret } = this.app(app ?? (kind === 'vendor' ? this.data.accounts[0]?.app : undefined) ?? (kind === 'vendor' ? 'vendor' : 'hr'));
        const who = kind === 'customer' && this.data.users.find((u) => u.password && ['approver', 'admin'].every((r) => u.roles?.includes(r)));
        const account = who ? { user: who.login, password: who.password } : {};
        const { robot } = await this.hired.call('POST', '/test/robots', { body: { kind, tenant_key: this.key, app_id, app_secret, ...account, ...options } });
        return new Robot(this, robot);
    }

    async snapshot(name = 'snapshot') {
        await this.hired.call('POST', `/test/snapshots/${encodeURIComponent(name)}`, { body: { tenant_key: this.key } });
        return { name, restore: () => this.restore(name) };
    }

    restore = (name = 'snapshot') => this.hired.call('POST', `/test/snapshots/${encodeURIComponent(name)}/restore`, { body: { tenant_key: this.key } });
    remove = () => this.hired.call('DELETE', `/test/tenants/${encodeURIComponent(this.key)}`);
}

// A robot that runs in the server.
class Robot {
    constructor(tenant, data) {
        Object.assign(this, { id: data.id, orderId: data.order_id });
        Object.defineProperty(this, 'tenant', { value: tenant }); // not printed: it leads to all others
    }

    // What it has done so far: the members of GET /test/robots.
    async state() {
        const { items } = await this.tenant.hired.call('GET', '/test/robots', { query: { tenant_key: this.tenant.key } });
        const found = items.find((r) => r.id === this.id);
        if (!found) throw new Error(`${this.id} has ended`);
        return found;
    }

    stop = async () => (await this.tenant.hired.call('DELETE', `/test/robots/${this.id}`)).robot;
}

export class Hired {
    #process;

    static async start(options = {}) {
        const hired = new Hired();
        hired.#process = await startProcess(options);
        hired.url = hired.#process.url;
        hired.dir = hired.#process.dir;
        hired.pid = hired.#process.child.pid;
        hired.clock = new Clock(hired);
        hired.faults = new Faults(hired, {});
        hired.journal = new Journal(hired, {});
        try {
            if (options.seed) await hired.seed(options.seed);
        } catch (e) {
            await hired.stop();
            throw e;
        }
        return hired;
    }

    // What the server has logged, as text.
    get log() {
        return this.#process.log();
    }

    // Sends a request, and resolves to {status, headers, body}; a code other than 0 is thrown as a HiredError.
    async send(method, path, { query, body, token, headers = {} } = {}) {
        const all = { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...(token && { Authorization: `Bearer ${token}` }), ...headers };
        const r = await fetch(this.url + withQuery(path, query), { method, headers: all, body: body === undefined ? undefined : JSON.stringify(body) });
        const text = await r.text();
        let parsed;
        try {
            parsed = JSON.parse(text);
        } catch {
            throw new HiredError(method, path, r.status, { msg: `no JSON: ${text.slice(0, 200)}` });
        }
        if (parsed.code !== 0) throw new HiredError(method, path, r.status, parsed);
        return { status: r.status, headers: r.headers, body: parsed };
    }

    // The same; resolves to the answer's data.
    async call(method, path, options) {
        const { body } = await this.send(method, path, options);
        return body.data ?? {};
    }

    async tenant({ template, name, requestUrls = {} } = {}) {
        const request_urls = Object.entries(requestUrls).map(([app, request_url]) => ({ app, request_url }));
        return new Tenant(this, await this.call('POST', '/test/tenants', { body: { template, name, request_urls } }));
    }

    seed = (seed) => this.call('POST', '/test/seed', { body: seed });
    dump = (tenantKey) => this.call('GET', '/test/seed', { query: { tenant_key: tenantKey } });

    // Ends the server and removes its directory. Fails if the server did not end well.
    async stop() {
        const { child, exited, log } = this.#process;
        child.ref();
        child.stdin.end();
        const how = await exited;
        if (how !== 0) throw new Error(`hired ended with ${how}; the end of its log:\n${log().slice(-4000)}`);
    }
}

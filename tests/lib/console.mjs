// SPDX-License-Identifier: Apache-2.0
//
// Calls the console's API as its pages do: with a session's cookie and CSRF token.
import assert from 'node:assert/strict';

import { checkEnvelope, send } from './client.mjs';

const withQuery = (path, query) => {
    const q = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) q.append(name, String(value));
    return `/console/api/${path}${`${q}` === '' ? '' : `?${q}`}`;
};

export class Person {
    constructor(server, user, password) {
        Object.assign(this, { server, user, password });
    }

    // One of the demo's accounts, signed in.
    static async of(server, role) {
        const account = server.demo.console.accounts.find((a) => a.role === role);
        const person = new Person(server, account.user, account.password);
        await person.signIn();
        return person;
    }

    async signIn() {
        const r = await this.call('POST', 'session/sign_in', { body: { user: this.user, password: this.password } });
        assert.equal(r.code, 0, `cannot sign in: ${r.text}`);
        this.setCookie = r.headers['set-cookie'][0];
        this.cookie = this.setCookie.split(';')[0];
        this.server.secrets.add(this.cookie.split('=')[1]);
        this.csrf = r.data.csrf_token;
        this.id = r.data.user.id;
        return r;
    }

    // headers: further ones; one that is null is left out.
    async call(method, path, { query, body, headers = {} } = {}) {
        const target = withQuery(path, query);
        const all = { Origin: this.server.origin ?? this.server.baseUrl };
        if (this.cookie) all.Cookie = this.cookie;
        if (this.csrf && method !== 'GET') all['X-Csrf-Token'] = this.csrf;
        if (body !== undefined) all['Content-Type'] = 'application/json';
        Object.assign(all, headers);
        for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
        const payload = body === undefined ? (method === 'GET' ? undefined : '') : JSON.stringify(body);
        const answer = await send(this.server.baseUrl, method, target, { headers: all, body: payload });
        const parsed = checkEnvelope(this.server, method, target, answer);
        assert.deepEqual([answer.headers['cache-control'], answer.headers['x-content-type-options']], ['no-store', 'nosniff']);
        return { ...answer, code: parsed.code, msg: parsed.msg, data: parsed.data, error: parsed.error };
    }

    async ok(method, path, o) {
        const r = await this.call(method, path, o);
        assert.equal(r.code, 0, `${method} ${path} ${JSON.stringify(o ?? {})} -> ${r.status} ${r.text}`);
        return r.data;
    }

    get = (path, query) => this.ok('GET', path, { query });
    post = (path, body) => this.ok('POST', path, { body });

    async fails(status, code, method, path, o) {
        const r = await this.call(method, path, o);
        assert.deepEqual([r.status, r.code], [status, code], `${method} ${path} ${JSON.stringify(o ?? {})} -> ${r.status} ${r.text}`);
        return r;
    }

    // All pages of a list.
    async walk(path, query = {}) {
        const items = [];
        for (let pageToken; ;) {
            const page = await this.get(path, { ...query, page_token: pageToken });
            items.push(...page.items);
            if (!page.has_more) return items;
            assert.ok(page.items.length > 0);
            pageToken = page.page_token;
        }
    }
}

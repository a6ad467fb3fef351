// SPDX-License-Identifier: Apache-2.0
//
// Calls of the test mode's operations, and clients of the tenants that they make.
import assert from 'node:assert/strict';

import { checkEnvelope, Client, send } from './client.mjs';
import { Person } from './console.mjs';

export class Toolbox {
    constructor(server) {
        this.server = server;
    }

    // Resolves to {status, code, msg, data, ...}.
    async call(method, target, body) {
        const answer = await send(this.server.baseUrl, method, target, { body: body === undefined ? undefined : JSON.stringify(body) });
        return { status: answer.status, ...checkEnvelope(this.server, method, target, answer) };
    }

    // A call that has to succeed; its data.
    async ok(method, target, body) {
        const r = await this.call(method, target, body);
        assert.deepEqual([r.status, r.code], [200, 0], `${method} ${target}: ${r.msg}`);
        return r.data;
    }

    // A call that has to be refused with such a message.
    async refused(pattern, method, target, body) {
        const r = await this.call(method, target, body);
        assert.deepEqual([r.status, r.code], [400, 1002002], `${method} ${target}: ${r.msg}`);
        assert.match(r.msg, pattern);
        return r;
    }

    tenant = (body = {}) => this.ok('POST', '/test/tenants', body);
    seed = (body) => this.ok('POST', '/test/seed', body);

    // A client with the token that the answer brought; app: its name.
    client(tenant, app) {
        const one = tenant.apps.find((a) => a.name === app);
        if (one.app_secret) this.server.secrets.add(one.app_secret);
        return Object.assign(new Client(this.server, one), { cachedToken: one.tenant_access_token });
    }

    // A person of the tenant who has signed in to the console.
    async person(tenant, userId) {
        const user = tenant.users.find((u) => u.user_id === userId);
        const person = new Person(this.server, user.login, user.password);
        await person.signIn();
        return person;
    }
}

// SPDX-License-Identifier: Apache-2.0
// weight: 15
//
// Who may call is looked at when the head is there, and again when the work begins: what changes while a body or a file is on
// its way, or a password is looked at, holds for that call. Nothing is written, nothing is answered.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';

import { Client, checkEnvelope, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { keptFiles, sqlAll } from '../../lib/data.mjs';
import { runOk, testClock } from '../../lib/events.mjs';
import { startServer } from '../../lib/server.mjs';

const server = await startServer({ args: testClock });
after(() => server.stop());
const attachments = '/open-apis/hire/v1/attachments';
const B = 'xxBOUNDARYxx';
const admin = await Person.of(server, 'admin');

// Sends the head and waits until the server asks for the body, which it does once the caller was admitted. Then change()
// happens, then the body goes.
function slowly(method, target, headers, body, change) {
    return new Promise((resolve, reject) => {
        const req = http.request({ host: '127.0.0.1', port: server.port, method, path: target, headers: { ...headers, 'Content-Length': body.length, Expect: '100-continue' } }, (res) => {
            const parts = [];
            res.on('data', (d) => parts.push(d)).on('error', reject).on('end', () => {
                const answer = { status: res.statusCode, headers: res.headers, text: Buffer.concat(parts).toString() };
                resolve({ status: answer.status, ...checkEnvelope(server, method, target, answer) });
            });
        });
        req.on('error', reject);
        req.on('continue', () => change().then(() => req.end(body), reject));
        req.flushHeaders();
    });
}

const kept = () => keptFiles(server.dir);
// Everything that a call could have changed.
const state = () => JSON.stringify([kept(), sqlAll(server.dir, [
    ['SELECT COUNT(*), MAX(id) FROM attachment', []], ['SELECT COUNT(*), MAX(id) FROM external_application', []],
    ['SELECT COUNT(*) FROM console_audit WHERE action = ?', ['attachment.create']],
])]);

const file = Buffer.concat([Buffer.from(`--${B}\r\nContent-Disposition: form-data; name="content"; filename="a.txt"\r\n\r\n`), Buffer.alloc(40_000, 'x'), Buffer.from(`\r\n--${B}--\r\n`)]);
const multipart = { 'Content-Type': `multipart/form-data; boundary=${B}` };
const padded = (o) => Buffer.from(JSON.stringify({ ...o, padding: 'x'.repeat(20_000) }));
const json = { 'Content-Type': 'application/json' };
const calls = {
    'a write with a large body': ['POST', '/open-apis/hire/v1/external_applications', json, padded({ talent_id: '7612524932627127164', external_id: 'again' })],
    'an upload': ['POST', attachments, multipart, file],
    'a read with a large body': ['POST', paths.externalChecks, json, padded({})],
};
async function makeApp(type) {
    const app = await runOk(server, 'app', 'create', '--name', 'x', '--type', type, '--scope', 'all');
    server.secrets.add(app.app_secret);
    const c = new Client(server, app);
    if (type === 'store') {
        const id = { app_id: app.app_id, app_secret: app.app_secret };
        await c.ok('POST', '/open-apis/auth/v3/app_ticket/resend', { token: null, body: id });
        const [row] = sqlAll(server.dir, [["SELECT doc FROM event WHERE type = 'app_ticket' ORDER BY id DESC LIMIT 1", []]])[0];
        server.secrets.add(JSON.parse(row.doc).app_ticket);
        const own = await c.call('POST', '/open-apis/auth/v3/app_access_token', { token: null, body: { ...id, app_ticket: JSON.parse(row.doc).app_ticket } });
        const tenant = await c.call('POST', '/open-apis/auth/v3/tenant_access_token', { token: null, body: { app_access_token: own.body.app_access_token, tenant_key: server.demo.tenant_key } });
        c.cachedToken = tenant.body.tenant_access_token;
    }
    await c.token();
    return c;
}

const cli = (...args) => runOk(server, ...args);
const changes = {
    'its token is revoked': [99991663, (c) => cli('app', 'rotate', c.app.app_id).then((a) => server.secrets.add(a.app_secret))],
    'the app is disabled': [99991662, (c) => cli('app', 'disable', c.app.app_id)],
    'its scopes are taken away': [99991672, (c) => cli('app', 'scopes', c.app.app_id, '--scope', 'hire:interview')],
    'its addresses change': [99991401, (c) => cli('app', 'addresses', c.app.app_id, '--allow', '192.0.2.1')],
    'it is uninstalled': [99991673, (c) => cli('app', 'uninstall', c.app.app_id), 'store'],
    'its token ends': [99991663, () => send(server.baseUrl, 'POST', '/test/clock', { body: JSON.stringify({ advance_ms: 7_200_000 }) })],
};
for (const [what, [method, target, headers, body]] of Object.entries(calls)) {
    for (const [change, [code, make, type = 'custom']] of Object.entries(changes)) {
        test(`${what}: ${change} while the request is in progress`, async () => {
            const c = await makeApp(type);
            const all = { ...headers, Authorization: `Bearer ${await c.token()}` };
            const before = state();
            const r = await slowly(method, target, all, body, () => make(c));
            assert.deepEqual([r.status, r.code], [400, code], JSON.stringify(r));
            assert.equal(state(), before, 'something was written');
        });
    }
}

test('a change that removes no right does not reject a slow call', async () => {
    const c = await makeApp('custom'), other = await makeApp('custom');
    const [method, target, headers, body] = calls['an upload'];
    const r = await slowly(method, target, { ...headers, Authorization: `Bearer ${await c.token()}` }, body, async () => {
        await cli('app', 'disable', other.app.app_id);
        await cli('app', 'addresses', c.app.app_id, '--allow', '127.0.0.1');
        await cli('app', 'scopes', c.app.app_id, '--scope', 'hire:attachment');
    });
    assert.equal(r.code, 0, JSON.stringify(r));
});

let made = 0;
async function makePerson(...roles) {
    const user = `person${++made}`, password = 'a long enough password';
    const { account } = await admin.post('users', { user, name: user, roles, password });
    const person = new Person(server, user, password);
    await person.signIn();
    return Object.assign(person, { account: account.id });
}
const personal = {
    'the role is taken away': [403, 4031, (p) => admin.ok('POST', `users/${p.account}`, { body: { roles: ['interviewer'] } })],
    'the account is disabled': [401, 4010, (p) => admin.ok('POST', `users/${p.account}`, { body: { disabled: true } })],
    'the session ends': [401, 4010, (p) => p.post('session/sign_out')],
};
for (const [change, [status, code, make]] of Object.entries(personal)) {
    test(`upload of a console user: ${change} while the request is in progress`, async () => {
        const p = await makePerson('recruiter');
        const before = state();
        const r = await slowly('POST', '/console/api/attachments?usage=file', { ...multipart, Origin: server.baseUrl, Cookie: p.cookie, 'X-Csrf-Token': p.csrf }, file, () => make(p));
        assert.deepEqual([r.status, r.code], [status, code], JSON.stringify(r));
        assert.equal(state(), before, 'something was written');
    });
}

test('an administrator whose role is taken away while a password is hashed makes no account', async () => {
    const p = await makePerson('admin');
    // The passwords of several are worked on one after the other, so the last ones wait while the role goes.
    const answers = Promise.all(Array.from({ length: 6 }, (_, i) => p.call('POST', 'users', { body: { user: `late${i}`, name: 'late', roles: ['recruiter'], password: 'a long enough password' } })));
    await admin.ok('POST', `users/${p.account}`, { body: { roles: ['recruiter'] } });
    const [, last] = sqlAll(server.dir, [['SELECT 1', []], ['SELECT COUNT(*) AS n FROM console_account WHERE name = ?', ['late']]]);
    const codes = (await answers).map((a) => a.code);
    assert.ok(codes.includes(4031), `${codes}`);
    const [[{ n }]] = sqlAll(server.dir, [['SELECT COUNT(*) AS n FROM console_account WHERE name = ?', ['late']]]);
    assert.equal(n, last[0].n, 'made after the role was gone');
    assert.equal(n, codes.filter((x) => x === 0).length);
});

test('of two simultaneous changes of one password, one succeeds', async () => {
    const p = await makePerson('recruiter');
    const answers = await Promise.all(['first new password', 'second new password'].map((n) => p.call('POST', 'session/change_password', { body: { password: p.password, new_password: n } })));
    assert.deepEqual(answers.map((a) => a.code).sort((a, b) => a - b), [0, 4012]);
});

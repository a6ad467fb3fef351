// SPDX-License-Identifier: Apache-2.0
// weight: 8
//
// Behind a reverse proxy: who calls is whom a trusted proxy names, in each place where an address counts; and nobody else's
// word counts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { Proxy } from '../../lib/proxy.mjs';
import { createApp, hiredOk, startServer } from '../../lib/server.mjs';

const NEAR = '192.0.2.7';
const FAR = '2001:db8::7';
const config = (more) => `[server]\ntest = on\n${more}\n`;

let server, proxy, near, far, tls, admin, app;
before(async () => {
    server = await startServer({ config: config('trusted_proxies = 127.0.0.1, fd00::/8') });
    proxy = new Proxy(server);
    near = await proxy.door(NEAR);
    far = await proxy.door(FAR);
    tls = await proxy.door(NEAR, { https: true });
    admin = await Person.of(near, 'admin');
    app = createApp(server, ['hire:background_check_order']);
});
after(async () => {
    await proxy.stop();
    await server.stop();
});

const claim = (address) => ({ headers: { 'X-Forwarded-For': address, 'X-Forwarded-Proto': 'https' } });

// The administrator's session, used through another door.
const through = (door) => Object.assign(new Person(door), { cookie: admin.cookie, csrf: admin.csrf });

// Where a change came from, as the audit log has it.
async function audited(person, o = {}) {
    await person.ok('POST', `apps/${app.app_id}`, { body: { subscriptions: [] }, ...o });
    const { items } = await person.get('audit', { page_size: 1 });
    assert.equal(items[0].action, 'app.update');
    return items[0].address;
}

test('the audit log and the request log name the caller, not the proxy', async () => {
    assert.equal((await admin.get('audit', { page_size: 1 })).items[0].address, NEAR); // the sign-in
    assert.equal(await audited(admin), NEAR);
    assert.equal(await audited(through(far)), FAR);
    const r = await new Client(far).call('GET', paths.orders, { query: { page_size: 1 } });
    const { items } = await admin.get('requests', { log_id: r.headers['x-tt-logid'] });
    assert.equal(items[0].address, FAR);
    // Who calls without a proxy is who they are.
    assert.equal(await audited(through(server)), '127.0.0.1');
});

test('forwarding headers that the client itself wrote are ignored', async () => {
    for (const said of ['203.0.113.1', '127.0.0.1', 'rubbish', 'rubbish, 127.0.0.1, ::1, ', Array(500).fill('127.0.0.1').join(',')]) {
        assert.equal(await audited(admin, claim(said)), NEAR, said);
    }
});

test('an app\'s allowed addresses are compared with the client address, not the proxy\'s', async () => {
    hiredOk(['app', 'addresses', app.app_id, '--allow', '2001:db8::/32', '--data', server.dir]);
    const ask = (client, o) => client.call('GET', paths.orders, { query: { page_size: 1 }, ...o });
    const allowed = new Client(far, app);
    assert.equal((await ask(allowed)).code, 0);
    const token = await allowed.token(); // where a token is not given out, one from elsewhere is not taken either
    const denied = async (door, address, o) => {
        const client = new Client(door, app);
        const said = `ip ${address} is denied by app setting`;
        const r = await ask(client, { ...o, token });
        assert.deepEqual([r.status, r.code, r.msg], [400, 99991401, said]);
        const asked = await client.call('POST', '/open-apis/auth/v3/tenant_access_token/internal', { ...o, token: null, body: app });
        assert.deepEqual([asked.code, asked.msg], [99991401, said]);
    };
    await denied(near, NEAR);
    await denied(near, NEAR, claim(FAR));
    await denied(server, '127.0.0.1');
});

test('a client that guesses passwords is delayed without delaying other clients', async () => {
    const { password } = hiredOk(['user', 'create', 'guessed', '--role', 'admin', '--data', server.dir]);
    server.secrets.add(password);
    const guesser = new Person(near, 'guessed', 'wrong');
    const wrong = (o) => guesser.fails(401, 4012, 'POST', 'session/sign_in', { body: { user: 'guessed', password: 'wrong' }, ...o });
    for (let i = 0; i < 10; i++) await wrong(claim(`203.0.113.${i}`)); // no fresh address for each guess
    const r = await guesser.fails(429, 4290, 'POST', 'session/sign_in', { body: { user: 'guessed', password } });
    assert.match(r.msg, /seconds are left/);
    const line = await server.logged((l) => l.msg === 'too many attempts to sign in');
    assert.equal(line.address, NEAR);
    const owner = new Person(far, 'guessed', password);
    await owner.signIn();
    assert.equal(await audited(owner), FAR);
});

test('by TLS: links, WebSocket addresses and the cookie follow', async () => {
    const { items } = await new Client(tls).orders({ page_size: 100 });
    const links = items.flatMap((o) => o.feedback_info_list ?? []).map((f) => f.attachment_url).filter(Boolean);
    assert.ok(links.length > 0);
    for (const l of links) assert.ok(l.startsWith(`${tls.origin}/`), l);

    const { app_id: AppID, app_secret: AppSecret } = server.demo;
    const endpoint = async (door) => JSON.parse((await send(door.baseUrl, 'POST', '/callback/ws/endpoint', { body: JSON.stringify({ AppID, AppSecret }) })).text).data.URL;
    assert.ok((await endpoint(tls)).startsWith(`${tls.origin.replace('https:', 'wss:')}/`));
    assert.ok((await endpoint(near)).startsWith(`${near.origin.replace('http:', 'ws:')}/`));

    const person = await Person.of(tls, 'recruiter');
    assert.match(person.setCookie, /^__Host-hired_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/);
    await person.get('session');
    const bye = await person.call('POST', 'session/sign_out');
    assert.match(bye.headers['set-cookie'][0], /^__Host-hired_session=; Path=\/; .*Max-Age=0; Secure$/);
    await person.fails(401, 4010, 'GET', 'session');
});

test('by TLS: a session cookie without the prefix __Host- is ignored', async () => {
    assert.match(admin.cookie, /^hired_session=/);
    await through(tls).fails(401, 4010, 'GET', 'session');
    const own = await Person.of(tls, 'recruiter');
    const { user } = await own.get('session');
    const both = await own.ok('GET', 'session', { headers: { Cookie: `${admin.cookie}; ${own.cookie}` } });
    assert.deepEqual(both.user, user);
});

test('by TLS: only a page loaded over TLS may send changes', async () => {
    const person = await Person.of(tls, 'admin');
    const tries = { method: 'POST', path: 'session/sign_out' };
    const refused = (headers) => person.fails(403, 4030, tries.method, tries.path, { headers });
    await refused({ Origin: tls.origin.replace('https:', 'http:') });
    await refused({ Origin: 'https://evil.example.com' });
    await refused({ Origin: 'https://evil.example.com', 'X-Forwarded-Host': 'evil.example.com' });
    await refused({ Origin: 'null' });
    await refused({ Origin: null, 'Sec-Fetch-Site': 'same-site' });
    // The port that the scheme implies may be left out, or not.
    await person.ok('GET', 'session');
    await person.ok('POST', 'session/sign_out', { headers: { Host: 'hire.example.com:443', Origin: 'https://hire.example.com' } });
});

test('a malformed forwarding header of a trusted proxy is rejected', async () => {
    const ask = (headers) => send(server.baseUrl, 'GET', '/healthz', { headers });
    for (const [headers, why] of [
        [{ 'X-Forwarded-For': 'unknown' }, /X-Forwarded-For has an entry that is no address/],
        [{ 'X-Forwarded-For': `${NEAR}, [::1` }, /no address/],
        [{ 'X-Forwarded-For': Array(17).fill('127.0.0.1').join(', ') }, /too many trusted proxies/],
        [{ 'X-Forwarded-Proto': 'gopher' }, /neither http nor https/],
        [{ 'X-Forwarded-Proto': ['http', 'https'] }, /both http and https/],
    ]) {
        const r = await ask(headers);
        assert.equal(r.status, 400, JSON.stringify(headers));
        assert.match(r.text, why);
    }
    assert.equal((await ask({ 'X-Forwarded-For': `rubbish, ${NEAR}, [fd00::1]:443` })).status, 200);
    assert.equal((await ask({ 'X-Forwarded-For': ['rubbish', `${NEAR}:1234`] })).status, 200);
});

test('the test clock may be set from this machine, but not through a proxy on it', async () => {
    const move = (door, headers) => send(door.baseUrl, 'POST', '/test/clock', { headers, body: '{"advance_ms":0}' });
    assert.equal((await move(server)).status, 200);
    assert.equal((await move(near)).status, 403);
    assert.equal((await move(near, { 'X-Forwarded-For': '127.0.0.1' })).status, 403);
});

test('SIGHUP: a changed proxy list applies at once, also to open connections', async () => {
    const file = path.join(server.dir, 'test.ini');
    const reread = async (text, says) => {
        const before = server.log.length;
        fs.writeFileSync(file, text);
        server.child.kill('SIGHUP');
        await eventually(async () => server.log.slice(before), (lines) => lines.some((l) => l.msg === says), { what: says });
    };
    const comesFrom = (address) => eventually(() => audited(admin), (found) => found === address, { what: `a change from ${address}` });
    await comesFrom(NEAR);
    await reread(config(''), 'configuration reread');
    await comesFrom('127.0.0.1');
    await reread(config('trusted_proxies = everybody'), 'configuration not applied');
    await comesFrom('127.0.0.1');
    await reread(config('trusted_proxies = 127.0.0.0/8'), 'configuration reread');
    await comesFrom(NEAR);
});

for (const [what, args] of [['by default', []], ['of another address than the proxy', ['--trusted-proxies', '10.0.0.0/8,::1']]]) {
    test(`forwarding headers are ignored without a trusted proxy: ${what}`, async () => {
        const alone = await startServer({ args });
        const person = await Person.of(alone, 'admin');
        const account = alone.demo.console.accounts[0];
        const r = await person.call('POST', 'session/sign_in', { body: { user: account.user, password: account.password }, ...claim(NEAR) });
        assert.match(r.headers['set-cookie'][0], /^hired_session=.*Max-Age=43200$/);
        const { items } = await person.get('audit', { page_size: 2 });
        assert.deepEqual(items.map((i) => [i.action, i.address]), [['session.sign_in', '127.0.0.1'], ['session.sign_in', '127.0.0.1']]);
        const { items: orders } = await new Client(alone).call('GET', paths.orders, { query: { page_size: 100 }, ...claim(NEAR) }).then((a) => a.data);
        const link = orders.flatMap((o) => o.feedback_info_list ?? []).map((f) => f.attachment_url).find(Boolean);
        assert.ok(link.startsWith(`${alone.baseUrl}/`), link);
        for (const said of ['rubbish', '']) assert.equal((await send(alone.baseUrl, 'GET', '/healthz', claim(said))).status, 200);
        await alone.stop();
    });
}

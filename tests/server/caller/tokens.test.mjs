// SPDX-License-Identifier: Apache-2.0
//
// Access tokens and the lives of apps: handing out, keeping, revoking, with the command line at work beside the server.
// store: both
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, eventually, paths } from '../../lib/client.mjs';
import { createApp, hired, hiredOk, startServer } from '../../lib/server.mjs';

let server = await startServer();
const client = new Client(server);
const { app_id, app_secret } = server.demo;
const ask = (path, body) => client.call('POST', path, { token: null, body });

for (const [path, member] of [[paths.tenantToken, 'tenant_access_token'], [paths.appToken, 'app_access_token']]) {
    test(`${member}: two requests get the same token, valid for at most two hours`, async () => {
        const first = await ask(path, { app_id, app_secret });
        assert.deepEqual([first.status, first.code, first.msg], [200, 0, 'ok']);
        assert.match(first.body.tenant_access_token, /^t-[A-Za-z0-9_-]{20,}$/);
        assert.ok(first.body.expire > 7100 && first.body.expire <= 7200, `expire ${first.body.expire}`);
        const second = await ask(path, { app_id, app_secret });
        assert.equal(second.body[member], first.body[member]);
        assert.ok(second.body.expire <= first.body.expire);
        assert.equal(second.body.data, undefined, 'the token stands beside code and msg');
    });

    test(`${member}: a wrong id or secret is 10014 with HTTP 200`, async () => {
        for (const body of [
            { app_id, app_secret: 'x' }, { app_id, app_secret: `${app_secret}x` }, { app_id: 'cli_0000000000000000', app_secret },
            { app_id: 'x'.repeat(10_000), app_secret },
        ]) {
            const r = await ask(path, body);
            assert.deepEqual([r.status, r.code, r.msg], [200, 10014, 'app secret invalid'], JSON.stringify(body).slice(0, 100));
        }
    });

    test(`${member}: a missing field is 10003 with HTTP 200`, async () => {
        for (const body of [{}, { app_id }, { app_secret }, { app_id: 5, app_secret }, { app_id, app_secret: null }]) {
            const r = await ask(path, body);
            assert.deepEqual([r.status, r.code, r.msg], [200, 10003, 'invalid param'], JSON.stringify(body));
        }
    });
}

test('tokens survive a restart', async () => {
    const before = await client.token();
    await server.stop();
    server = await startServer({ dir: server.dir });
    client.server = server;
    await client.ok('GET', paths.orders);
    const r = await ask(paths.tenantToken, { app_id, app_secret });
    assert.equal(r.body.tenant_access_token, before);
});

const cli = (...args) => hiredOk(['app', ...args, '--data', server.dir]);

test('an app that is created while the server runs can be used soon', async () => {
    const app = createApp(server, ['hire:interview']);
    assert.match(app.app_id, /^cli_[0-9a-f]{16}$/);
    const made = new Client(server, app);
    const r = await eventually(() => ask(paths.tenantToken, app), (a) => a.code === 0, { what: 'the new app' });
    made.cachedToken = r.body.tenant_access_token;
    await made.ok('GET', paths.interviews, { query: { start_time: '1' } });
});

test('a disabled app is rejected soon, and accepted again once it is enabled', async () => {
    const app = createApp(server, ['hire:interview']);
    const c = new Client(server, app);
    const call = () => c.call('GET', paths.interviews, { query: { start_time: '1' } });
    assert.equal((await call()).code, 0);
    cli('disable', app.app_id);
    const r = await eventually(call, (a) => a.code !== 0, { what: 'the refusal' });
    assert.deepEqual([r.status, r.code, r.msg], [400, 99991662, 'app not in use']);
    const again = await ask(paths.tenantToken, app);
    assert.equal(again.code, 0, 'tokens are handed out; no call is answered with one');
    await c.fails(400, 99991662, 'GET', paths.interviews, { token: again.body.tenant_access_token });
    const listed = hiredOk(['app', 'list', '--data', server.dir]);
    assert.equal(listed.find((a) => a.app_id === app.app_id).disabled, true);
    cli('enable', app.app_id);
    await eventually(call, (a) => a.code === 0, { what: 'being let in again' });
});

test('after a secret is rotated, the old secret and its tokens are rejected', async () => {
    const app = createApp(server, ['hire:interview']);
    const c = new Client(server, app);
    await c.ok('GET', paths.interviews, { query: { start_time: '1' } });
    const fresh = cli('rotate', app.app_id);
    server.secrets.add(fresh.app_secret);
    assert.notEqual(fresh.app_secret, app.app_secret);
    const r = await eventually(() => c.call('GET', paths.interviews, { query: { start_time: '1' } }), (a) => a.code !== 0,
        { what: 'the refusal' });
    assert.equal(r.code, 99991663);
    assert.equal((await ask(paths.tenantToken, app)).code, 10014);
    const again = await ask(paths.tenantToken, { app_id: app.app_id, app_secret: fresh.app_secret });
    assert.equal(again.code, 0);
    await c.ok('GET', paths.interviews, { query: { start_time: '1' }, token: again.body.tenant_access_token });
});

test('app list prints no secret', () => {
    const r = hired(['app', 'list', '--data', server.dir]);
    assert.equal(r.status, 0);
    for (const secret of server.secrets) assert.ok(!r.stdout.includes(secret));
});

test('app create: an invalid command line gets a message that names the error', () => {
    const create = (...args) => hired(['app', 'create', '--data', server.dir, ...args]);
    const unknown = create('--name', 'x', '--scope', 'hire:no_such_scope');
    assert.notEqual(unknown.status, 0);
    assert.match(unknown.stderr, /hire:no_such_scope/);
    const type = create('--name', 'x', '--type', 'magic', '--scope', 'hire:interview');
    assert.notEqual(type.status, 0);
    assert.match(type.stderr, /magic/);
    assert.match(type.stderr, /custom/);
    const tenant = create('--name', 'x', '--tenant', 'nobody', '--scope', 'hire:interview');
    assert.notEqual(tenant.status, 0);
    assert.match(tenant.stderr, /nobody/);
    const gone = hired(['app', 'disable', 'cli_0000000000000000', '--data', server.dir]);
    assert.notEqual(gone.status, 0);
    assert.match(gone.stderr, /cli_0000000000000000/);
});

test('ends cleanly, and its log has no secret', () => server.stop());

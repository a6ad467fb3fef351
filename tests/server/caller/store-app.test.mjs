// SPDX-License-Identifier: Apache-2.0
//
// Store apps: tickets, app_access_tokens, tenant_access_tokens, their installation in tenants; and the purge of tokens
// that have expired.
// store: both
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client, eventually, paths as common, send } from '../../lib/client.mjs';
import { sql } from '../../lib/data.mjs';
import { createApp, hired, hiredOk, startServer } from '../../lib/server.mjs';
import { addAccount, cliOk, paths, pkg } from '../../lib/vendor.mjs';

const server = await startServer({ args: ['--test'] });
after(() => server.stop());
const client = new Client(server);
const app = createApp(server, ['hire:background_check_order', 'hire:background_check_order:readonly'], { type: 'store' });
const custom = createApp(server, []);
const { tenant_key } = server.demo;
const ask = (path, body) => client.call('POST', path, { token: null, body });
const id = { app_id: app.app_id, app_secret: app.app_secret };
// Commands do not show tickets; the receiver of the event gets them (tests of events).
const lastTicket = () => {
    const [row] = sql(server.dir, "SELECT event_id, doc FROM event WHERE type = 'app_ticket' ORDER BY id DESC LIMIT 1");
    return row ? { event_id: row.event_id, ...JSON.parse(row.doc) } : {};
};
const advance = (ms) => send(server.baseUrl, 'POST', '/test/clock', { body: JSON.stringify({ advance_ms: ms }) });
const fails = async (code, path, body) => {
    const r = await ask(path, body);
    assert.deepEqual([r.status, r.code], [200, code], `${JSON.stringify(body)} -> ${r.text}`);
    return r;
};

async function resend() {
    const before = lastTicket().event_id;
    const r = await ask(paths.resend, id);
    assert.deepEqual(r.body, { code: 0, msg: 'success' });
    const { event_id, app_id, app_ticket, type } = lastTicket();
    assert.notEqual(event_id, before);
    assert.deepEqual([app_id, type], [app.app_id, 'app_ticket']);
    server.secrets.add(app_ticket);
    return app_ticket;
}

const appToken = async (app_ticket) => {
    const r = await ask(paths.storeAppToken, { ...id, app_ticket });
    assert.equal(r.code, 0, r.text);
    assert.match(r.body.app_access_token, /^a-[A-Za-z0-9_-]{20,}$/);
    assert.ok(r.body.expire > 1700 && r.body.expire <= 7200);
    return r.body.app_access_token;
};
const tenantToken = async (app_access_token, key = tenant_key) => {
    const r = await ask(paths.storeTenantToken, { app_access_token, tenant_key: key });
    assert.equal(r.code, 0, r.text);
    assert.match(r.body.tenant_access_token, /^t-/);
    return r.body.tenant_access_token;
};

test('a store app gets from its ticket to a token and to the tenant\'s records', async () => {
    const ticket = await resend();
    const a = await appToken(ticket);
    assert.equal(await appToken(ticket), a, 'asking again gives the same one');
    const t = await tenantToken(a);
    assert.equal(await tenantToken(a), t);
    await client.ok('GET', common.orders, { token: t });
    await client.fails(400, 99991671, 'GET', common.orders, { token: a });
});

test('the last two tickets are accepted; older and forged tickets are rejected', async () => {
    const [first, second] = [await resend(), await resend()];
    await appToken(first);
    await appToken(second);
    await resend();
    for (const app_ticket of [first, 'x', `${second}x`, 'x'.repeat(5000)]) {
        const r = await fails(10012, paths.storeAppToken, { ...id, app_ticket });
        assert.equal(r.msg, 'app ticket invalid');
    }
    await appToken(second);
});

test('ids and secrets; a custom app has no tickets, a store app no internal tokens', async () => {
    const wrong = [{ ...id, app_secret: 'x' }, { ...id, app_id: 'cli_0000000000000000' }, { app_id: custom.app_id, app_secret: custom.app_secret }];
    for (const body of wrong) {
        await fails(10014, paths.resend, body);
        await fails(10014, paths.storeAppToken, { ...body, app_ticket: 'x' });
    }
    await fails(10014, common.tenantToken, id);
    await fails(10014, common.appToken, id);
    for (const body of [{}, { app_id: id.app_id }, { ...id, app_secret: 5 }]) await fails(10003, paths.resend, body);
    await fails(10003, paths.storeAppToken, id);
    await fails(10003, paths.storeTenantToken, { tenant_key });
    await fails(10003, paths.storeTenantToken, { app_access_token: 'a-x' });
});

test('a ticket of one app is rejected for another app', async () => {
    const second = createApp(server, [], { type: 'store' });
    await fails(10012, paths.storeAppToken, { app_id: second.app_id, app_secret: second.app_secret, app_ticket: await resend() });
    await fails(10012, paths.storeAppToken, { app_id: second.app_id, app_secret: second.app_secret, app_ticket: '0' });
});

test('an invalid app_access_token is rejected', async () => {
    const a = await appToken(await resend());
    const t = await tenantToken(a);
    for (const app_access_token of ['x', t, `t${a.slice(1)}`, `a${t.slice(1)}`, `${a.slice(0, -1)}${a.endsWith('0') ? '1' : '0'}`, `${a}0`]) {
        const r = await fails(10013, paths.storeTenantToken, { app_access_token, tenant_key });
        assert.equal(r.msg, 'app access token invalid');
    }
});

test('a store app is installed in another tenant and uninstalled', async () => {
    const second = hiredOk(['tenant', 'create', '--data', server.dir, '--name', 'Second']).tenant_key;
    const a = await appToken(await resend());
    const unknown = await fails(10005, paths.storeTenantToken, { app_access_token: a, tenant_key: 'none' });
    const elsewhere = await fails(10005, paths.storeTenantToken, { app_access_token: a, tenant_key: second });
    assert.equal(unknown.msg, elsewhere.msg, 'nothing is told of which tenants there are');
    const cli = (verb, which) => hired(['app', verb, which, '--data', server.dir, '--tenant', second]);
    assert.match(cli('uninstall', app.app_id).stderr, /is not installed in tenant/);
    assert.match(cli('install', custom.app_id).stderr, /is a custom app and belongs to its own tenant alone/);
    assert.match(cli('install', 'cli_0').stderr, /there is no app "cli_0"/);
    assert.equal(cli('install', app.app_id).status, 0);
    assert.equal(cli('install', app.app_id).status, 0, 'twice is once');
    const t = await tenantToken(a, second);
    assert.deepEqual((await client.ok('GET', common.orders, { token: t })).items, [], 'the second tenant has no orders');
    assert.equal(cli('uninstall', app.app_id).status, 0);
    await eventually(() => client.call('GET', common.orders, { token: t }), (r) => r.code === 99991673, { what: '99991673' });
    await fails(10005, paths.storeTenantToken, { app_access_token: a, tenant_key: second });
});

test('a store app sees only its own accounts, from its first call', async () => {
    const token = await tenantToken(await appToken(await resend()));
    assert.deepEqual((await client.ok('GET', common.orders, { token })).items, []);
    const foreign = addAccount(server, createApp(server, []));
    const body = { package_list: [pkg('p')] };
    await client.fails(400, 1002001, 'POST', paths.packages, { token, body: { account_id: foreign, ...body } });
    await client.ok('POST', paths.packages, { token, body: { account_id: addAccount(server, app), ...body } });
});

test('tokens of a disabled app, and of an app with a new secret, are rejected', async () => {
    const a = await appToken(await resend());
    const before = await tenantToken(a);
    cliOk(server, 'app', 'disable', app.app_id);
    await eventually(() => client.call('GET', common.orders, { token: before }), (r) => r.code === 99991662, { what: '99991662' });
    cliOk(server, 'app', 'enable', app.app_id);
    await eventually(() => client.call('GET', common.orders, { token: before }), (r) => r.code === 0, { what: 'enabled again' });
    id.app_secret = cliOk(server, 'app', 'rotate', app.app_id).app_secret;
    server.secrets.add(id.app_secret);
    await fails(10013, paths.storeTenantToken, { app_access_token: a, tenant_key });
    await tenantToken(await appToken(await resend()));
});

test('expired tokens are deleted when new tokens are created', async () => {
    const count = () => Number(Object.values(sql(server.dir, 'SELECT COUNT(*) FROM access_token')[0])[0]);
    for (let i = 0; i < 5; i++) await new Client(server, createApp(server, [])).token();
    const before = count();
    assert.ok(before >= 5);
    await advance(2 * 3600_000 + 1000);
    const a = await appToken(await resend());
    assert.equal(count(), 1, `${before} tokens had expired`);
    await tenantToken(a);
    assert.equal(count(), 2);
});

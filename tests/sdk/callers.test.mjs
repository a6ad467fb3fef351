// SPDX-License-Identifier: Apache-2.0
//
// Who may have a long connection: an app's allowed addresses hold for the address of the WebSocket, the handshake and the
// connection while it lives, with the official SDK behind a trusted proxy and with bare sockets.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { Client, eventually, paths, send } from '../lib/client.mjs';
import { CREATED, arrange, list, loopback, makeVendor, runOk, testClock } from '../lib/events.mjs';
import { Proxy } from '../lib/proxy.mjs';
import { startServer } from '../lib/server.mjs';

const require = createRequire(import.meta.url);
const WebSocket = createRequire(require.resolve('@larksuiteoapi/node-sdk'))('ws');

const server = await startServer({ args: [...loopback, ...testClock, '--events-reconnect', '1s', '--events-reconnect-spread', '0', '--trusted-proxies', '127.0.0.1'] });
const proxy = new Proxy(server);
const office = await proxy.door('198.51.100.7'), elsewhere = await proxy.door('203.0.113.9');
const clients = [];
after(async () => {
    clients.forEach((c) => c.close({ force: true }));
    await proxy.stop();
    await server.stop();
});

const endpoint = async (door, app, secret = app.app_secret) => JSON.parse((await send(door.baseUrl, 'POST', '/callback/ws/endpoint', { body: JSON.stringify({ AppID: app.app_id, AppSecret: secret }) })).text);
// A bare WebSocket through a door: {ws, frames, closed}, or an error with the refusal's status and reason.
function open(door, url) {
    return new Promise((resolve, reject) => {
        const to = new URL(url);
        const ws = new WebSocket(`${door.baseUrl.replace('http', 'ws')}${to.pathname}${to.search}`);
        const s = { ws, frames: [], closed: new Promise((done) => ws.on('close', (code, reason) => done({ code, reason: String(reason) }))) };
        ws.on('message', (bytes) => s.frames.push(bytes));
        ws.on('open', () => resolve(s));
        ws.on('unexpected-response', (req, res) => reject(Object.assign(new Error(`status ${res.statusCode}`), { status: res.statusCode, why: res.headers['handshake-msg'] })));
        ws.on('error', reject);
    });
}
const allow = (app, ...addresses) => runOk(server, 'app', 'addresses', app.app_id, ...addresses.flatMap((a) => ['--allow', a]));
async function connect(door, app) {
    const c = { seen: [], errors: [] };
    const logger = { error: (...m) => c.errors.push(m.flat().join(' ')), warn() {}, info() {}, debug() {}, trace() {} };
    await new Promise((resolve, reject) => {
        c.client = new lark.WSClient({ appId: app.app_id, appSecret: app.app_secret, domain: door.baseUrl, logger, onReady: resolve, onError: reject });
        clients.push(c.client);
        void c.client.start({ eventDispatcher: new lark.EventDispatcher({ logger }).register({ [CREATED]: (data) => { c.seen.push(data); } }) });
    });
    return c;
}

test('the official SDK is accepted from an allowed address only', async () => {
    const vendor = await makeVendor(server);
    await allow(vendor, '198.51.100.0/24');
    await assert.rejects(connect(elsewhere, vendor), /code=403.*does not allow this address/);
    const c = await connect(office, vendor);
    const order = await arrange(server, vendor);
    await eventually(async () => c.seen, (s) => s.length === 1);
    assert.equal(c.seen[0].background_check_id, order);
    // The list changes while it is connected: it asks again, is refused, and says why.
    await allow(vendor, '192.0.2.1');
    await eventually(async () => c.errors, (e) => e.some((x) => /403.*does not allow this address/.test(x)));
    c.client.close();
});

test('the response to a wrong secret does not mention addresses; a right secret from another address gets 403', async () => {
    const vendor = await makeVendor(server);
    await allow(vendor, '198.51.100.7');
    assert.equal((await endpoint(elsewhere, vendor, 'wrong')).code, 514);
    const refused = await endpoint(elsewhere, vendor);
    assert.deepEqual([refused.code, refused.msg, refused.data], [403, 'the app does not allow this address', {}]);
    assert.equal((await endpoint(office, vendor)).code, 0);
});

test('an address of a WebSocket does not serve at another address than the app allows', async () => {
    const vendor = await makeVendor(server);
    await allow(vendor, '198.51.100.7');
    const url = (await endpoint(office, vendor)).data.URL;
    const refusal = await open(elsewhere, url).then(() => null, (e) => e);
    assert.deepEqual([refusal?.status, refusal?.why], [403, 'the app does not allow this address']);
    const s = await open(office, url);
    s.ws.terminate();
});

// What ends a connection that lives, and what its client is told.
const ends = {
    'the app does not allow this address': (v) => allow(v, '192.0.2.0/24'),
    'the app is disabled': (v) => runOk(server, 'app', 'disable', v.app_id),
    'the app has a new secret': async (v) => server.secrets.add((await runOk(server, 'app', 'rotate', v.app_id)).app_secret),
    'the app is not installed any more': (v) => runOk(server, 'app', 'uninstall', v.app_id),
};
for (const [reason, change] of Object.entries(ends)) {
    test(`a connection is closed, and gets no further event: ${reason}`, async () => {
        const vendor = await makeVendor(server, { type: /installed/.test(reason) ? 'store' : 'custom' }), other = await makeVendor(server);
        const s = await open(office, (await endpoint(office, vendor)).data.URL), stays = await open(office, (await endpoint(office, other)).data.URL);
        // The event is waiting when the change comes: a message that is on its way to the session is held back, too.
        await Promise.all([change(vendor), arrange(server, vendor).catch(() => {})]);
        assert.deepEqual(await s.closed, { code: 1008, reason });
        assert.equal(stays.ws.readyState, WebSocket.OPEN);
        stays.ws.terminate();
    });
}

test('an app that is accepted again gets the waiting events', async () => {
    const vendor = await makeVendor(server);
    await allow(vendor, '192.0.2.0/24');
    const order = await arrange(server, vendor);
    await allow(vendor, 'any');
    const c = await connect(elsewhere, vendor);
    await eventually(async () => c.seen.map((e) => e.background_check_id), (s) => s.includes(order));
    assert.equal((await list(server, '--limit', '1'))[0].deliveries[0].attempts <= 1, true);
    c.client.close();
});

test('tokens are issued to allowed addresses only, even if the secret is right', async () => {
    const app = await runOk(server, 'app', 'create', '--name', 'x', '--scope', 'hire:interview');
    server.secrets.add(app.app_secret);
    await allow(app, '198.51.100.7');
    const ask = (door, secret = app.app_secret) => new Client(door, app).call('POST', paths.tenantToken, { token: null, body: { app_id: app.app_id, app_secret: secret } });
    const refused = await ask(elsewhere);
    assert.deepEqual([refused.status, refused.code, refused.msg], [400, 99991401, 'ip 203.0.113.9 is denied by app setting']);
    assert.equal((await ask(elsewhere, 'wrong')).code, 10014);
    assert.equal((await ask(office)).code, 0);
});

// SPDX-License-Identifier: Apache-2.0
// weight: 15
//
// The long connection, with the official SDK's WSClient unchanged but for its domain, and with bare WebSockets for what the
// SDK hides: events, redelivery, parts, several connections, restarts, tickets, limits, silence.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { eventually, send, sleep } from '../lib/client.mjs';
import { CANCELED, CREATED, advance, arrange, list, loopback, makeVendor, runOk, show, terminate, testClock } from '../lib/events.mjs';
import { meddle } from '../lib/data.mjs';
import * as longlink from '../lib/longlink.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { demoDir, portToKeep, startServer } from '../lib/server.mjs';

const { frame, headersOf, open } = longlink;
const options = [...loopback, ...testClock, '--events-reconnect', '1s', '--events-reconnect-spread', '0'];
let server = await startServer({ dir: demoDir(), args: options, listen: `127.0.0.1:${portToKeep()}` });
const clients = [];
// A WSClient that is ready. seen: its events; fail(n): whether the nth handling throws.
async function connect(app, { fail = () => false, secret = app.app_secret, domain = server.baseUrl } = {}) {
    const c = { seen: [], errors: [], reconnected: 0, handled: 0 };
    const logger = { error: (...m) => c.errors.push(m.flat().join(' ')), warn() {}, info() {}, debug() {}, trace() {} };
    const handle = (type) => async (data) => {
        c.handled++;
        if (fail(c.handled)) throw new Error('not now');
        c.seen.push({ type, ...data });
    };
    await new Promise((resolve, reject) => {
        c.client = new lark.WSClient({
            appId: app.app_id, appSecret: secret, domain, logger,
            onReady: resolve, onError: reject, onReconnected: () => c.reconnected++,
        });
        clients.push(c.client);
        void c.client.start({
            eventDispatcher: new lark.EventDispatcher({ logger }).register({ [CREATED]: handle(CREATED), [CANCELED]: handle(CANCELED) }),
        });
    });
    return c;
}

const endpoint = (body) => longlink.endpoint(server, body);
const addressOf = (app) => longlink.addressOf(server, app);
const joined = (n) => longlink.joined(server, n);
const lastEvent = async () => (await list(server, '--limit', '1'))[0];

test('the address: ClientConfig, a ticket, and the codes that the SDKs know', async () => {
    const vendor = await makeVendor(server);
    const { code, msg, data } = await endpoint({ AppID: vendor.app_id, AppSecret: vendor.app_secret });
    assert.deepEqual([code, msg], [0, 'ok']);
    assert.deepEqual(data.ClientConfig, { ReconnectCount: -1, ReconnectInterval: 1, ReconnectNonce: 0, PingInterval: 120 });
    assert.match(data.URL, new RegExp(`^ws://127\\.0\\.0\\.1:${server.port}/ws/v2\\?.+&device_id=\\d+&service_id=\\d+&`));
    for (const body of [{ AppID: vendor.app_id, AppSecret: 'wrong' }, { AppID: 'cli_0000000000000000', AppSecret: 'x' }, { AppID: vendor.app_id }, 'x', '{}', '[]', { AppID: 1, AppSecret: {} }]) {
        assert.equal((await endpoint(body)).code, 514, JSON.stringify(body));
    }
    await assert.rejects(connect(vendor, { secret: 'wrong' }), /code=514/);
    (await connect(vendor, { domain: `${server.baseUrl}/` })).client.close();
    await runOk(server, 'app', 'disable', vendor.app_id);
    await eventually(() => endpoint({ AppID: vendor.app_id, AppSecret: vendor.app_secret }), (r) => r.code === 403);
});

test('WSClient gets the same events, unencrypted; taking the first moves the order on', async () => {
    await runOk(server, 'tenant', 'set', '--approve-arrangement', 'on');
    const vendor = await makeVendor(server);
    const c = await connect(vendor);
    const order = await arrange(server, vendor, { candidate_info: { name: '王二', mobile: '+8617600001234', email: 'e@example.com' }, remark: '快' });
    await runOk(server, 'tenant', 'set', '--approve-arrangement', 'off');
    await runOk(server, 'order', 'approve', order);
    await eventually(async () => c.seen, (s) => s.length === 1);
    assert.equal(c.seen[0].background_check_id, order);
    assert.equal(c.seen[0].app_id, vendor.app_id);
    assert.deepEqual(c.seen[0].candidate_info, { name: '王二', mobile: { code: '86', number: '17600001234' }, email: 'e@example.com' });
    await eventually(async () => (await runOk(server, 'order', 'show', order)).order_status, (s) => s === 2);
    await terminate(server, order, '算了');
    await eventually(async () => c.seen, (s) => s.length === 2);
    assert.equal(c.seen[1].termination_reason, '算了');
    const d = await eventually(async () => (await show(server, c.seen[0].event_id)).deliveries[0], (x) => x.state === 'delivered');
    assert.deepEqual([d.log[0].way, d.log[0].status, d.log[0].answer], ['long connection', 200, '{"code":200}']);
    assert.deepEqual(c.errors, []);
    c.client.close();
});

test('a handler that fails ({"code":500}) gets the event again, at the retry intervals, under the same event_id', async () => {
    const vendor = await makeVendor(server);
    const ids = [];
    const c = await connect(vendor, { fail: (n) => n <= 2 });
    await arrange(server, vendor);
    for (const [n, step] of [[1, 15_000], [2, 300_000]]) {
        await eventually(async () => c.handled, (h) => h === n);
        const e = await eventually(lastEvent, (x) => x.deliveries[0].attempts === n);
        ids.push(e.event_id);
        await advance(server, step);
    }
    await eventually(async () => c.seen, (s) => s.length === 1);
    assert.deepEqual([...new Set([...ids, c.seen[0].event_id])], [ids[0]]);
    const d = await eventually(async () => (await show(server, ids[0])).deliveries[0], (x) => x.state === 'delivered');
    assert.deepEqual(d.log.map((l) => l.status), [500, 500, 200]);
    c.client.close();
});

// Fields of about so many bytes: a value has at most 2000 characters, a check at most 100 fields.
function fieldsOf(kib) {
    const n = Math.ceil(kib / 7.5);
    return Array.from({ length: n }, (_, i) => ({ key: `k${i}`, value: '𠮷'.repeat(Math.floor(kib * 256 / n)) }));
}

// An event of about so many KiB that waits, since nobody is connected; its fields. One beyond what a check may have is made in
// the database.
async function largeEvent(vendor, kib) {
    const times = Math.ceil(kib / 700), fields = fieldsOf(kib / times);
    await arrange(server, vendor, { custom_data_list: fields });
    if (times > 1) meddle(server.dir, `UPDATE event SET doc = replace(doc, '𠮷', '${'𠮷'.repeat(times)}') WHERE id = (SELECT MAX(id) FROM event)`);
    return fields.map((f) => ({ ...f, value: f.value.repeat(times) }));
}

test('an event of up to 1 MiB comes as one frame, and the SDK takes it; a larger one in parts', async () => {
    const vendor = await makeVendor(server);
    const fields = [];
    for (const kib of [1, 16, 31, 33, 64, 128, 256, 512, 1000, 1500]) fields.push(await largeEvent(vendor, kib));
    const c = await connect(vendor);
    await eventually(async () => c.seen, (s) => s.length === fields.length);
    const size = (list) => JSON.stringify(list).length;
    assert.deepEqual(c.seen.map((e) => e.custom_field_list).sort((x, y) => size(x) - size(y)), fields);
    assert.deepEqual(c.errors, []);
    c.client.close();
    await joined(0);
    for (const [kib, sum] of [[1000, 1], [1500, 2], [2500, 3]]) {
        const list = await largeEvent(vendor, kib);
        const s = await open(await addressOf(vendor));
        longlink.ping(s);
        const parts = await eventually(async () => longlink.eventsOf(s), (p) => p.length === sum, { what: `${kib} KiB` });
        assert.deepEqual(parts.map((p) => [headersOf(p).seq, headersOf(p).sum]), parts.map((_, i) => [String(i), String(sum)]));
        assert.equal(new Set(parts.map((p) => headersOf(p).message_id)).size, 1);
        // The Python SDK takes no message of more than 1 MiB.
        assert.ok(parts.every((p) => headersOf(p).type === 'event' && headersOf(p).trace_id && longlink.Frame.encode(longlink.Frame.fromObject(p)).finish().length <= 1024 * 1024));
        assert.deepEqual(JSON.parse(Buffer.concat(parts.map((p) => p.payload)).toString()).event.custom_field_list, list);
        longlink.answer(s, parts.at(-1));
        await eventually(lastEvent, (e) => e.deliveries[0].state === 'delivered');
        s.ws.terminate();
        await joined(0);
    }
});

test('several connections of one app share its events, each on one of them', async () => {
    const vendor = await makeVendor(server);
    await joined(0);
    const three = await Promise.all([connect(vendor), connect(vendor), connect(vendor)]);
    await joined(3);
    const orders = [];
    for (let i = 0; i < 12; i++) orders.push(await arrange(server, vendor));
    await eventually(async () => three.flatMap((c) => c.seen), (s) => s.length === 12);
    await sleep(300);
    assert.deepEqual(three.flatMap((c) => c.seen.map((e) => e.background_check_id)).sort(), orders.sort());
    assert.ok(three.every((c) => c.seen.length >= 2), `shared as ${three.map((c) => c.seen.length)}`);
    three.forEach((c) => c.client.close());
});

test('with a live connection events go there; without one, to the request URL', async () => {
    const r = await new Receiver().listen();
    const vendor = await makeVendor(server, { url: r.url });
    await joined(0);
    const c = await connect(vendor);
    await joined(1);
    await arrange(server, vendor);
    await eventually(async () => c.seen, (s) => s.length === 1);
    assert.equal(r.events.length, 0);
    c.client.close();
    await joined(0);
    await arrange(server, vendor);
    await eventually(async () => r.events, (e) => e.length === 1);
    assert.equal(c.seen.length, 1);
    await r.close();
});

test('an event that is not answered within 3 seconds, or whose connection closes, counts as failed and is sent again', async () => {
    const vendor = await makeVendor(server);
    const s = await open(await addressOf(vendor));
    s.ws.send(frame(0, { type: 'ping' }));
    await arrange(server, vendor);
    await eventually(async () => s.frames.filter((f) => f.method === 1), (f) => f.length === 1);
    const first = s.frames.find((f) => f.method === 1);
    const e = await eventually(lastEvent, (x) => x.deliveries[0].attempts === 1);
    /* Too late: it is noted as failed already. */
    s.ws.send(frame(1, { ...headersOf(first), biz_rt: '1' }, '{"code":200}'));
    await advance(server, 15_000, { at_once: true });
    await eventually(async () => s.frames.filter((f) => f.method === 1), (f) => f.length === 2);
    s.ws.terminate();
    const d = await eventually(async () => (await show(server, e.event_id)).deliveries[0], (x) => x.attempts === 2);
    assert.match(d.log[0].error, /did not answer within 3 seconds/);
    assert.match(d.log[1].error, /closed/);
    const c = await connect(vendor);
    await advance(server, 300_000);
    await eventually(async () => c.seen, (x) => x.length === 1);
    assert.equal(c.seen[0].event_id, e.event_id);
    c.client.close();
});

test('ping is answered with pong and the ClientConfig; invalid frames close the connection', async () => {
    const vendor = await makeVendor(server);
    const s = await open(await addressOf(vendor));
    s.ws.send(frame(0, { type: 'ping' }));
    const [pong] = await eventually(async () => s.frames, (f) => f.length === 1);
    assert.equal(pong.method, 0);
    assert.deepEqual(headersOf(pong), { type: 'pong' });
    assert.deepEqual(JSON.parse(Buffer.from(pong.payload)), { ReconnectCount: -1, ReconnectInterval: 1, ReconnectNonce: 0, PingInterval: 120 });
    s.ws.send(Buffer.from('ffff', 'hex'));
    assert.equal((await s.closed).code, 1007);
    const t = await open(await addressOf(vendor));
    t.ws.send('text');
    assert.equal((await t.closed).code, 1003);
});

test('a ticket is valid for one minute, its app and its device; an invalid handshake is rejected', async () => {
    const vendor = await makeVendor(server);
    const url = await addressOf(vendor);
    const refused = async (u, status, auth) => {
        const e = await open(u).then(() => null, (x) => x);
        assert.equal(e?.status, status, u);
        assert.equal(e.headers['handshake-status'], auth);
        assert.ok(e.headers['handshake-msg']);
    };
    await refused(url.replace(/device_id=\d/, 'device_id=8'), 403, '514');
    await refused(url.replace(/access_key=\d/, 'access_key=9'), 403, '514');
    await refused(url.replace(/&ticket=[^&]*/, ''), 403, '514');
    await refused(url.replace(/\?.*/, ''), 403, '514');
    const plain = await send(server.baseUrl, 'GET', new URL(url).pathname + new URL(url).search);
    assert.equal(plain.status, 400);
    const s = await open(url);
    s.ws.terminate();
    await advance(server, 61_000);
    await refused(url, 403, '514');
});

test('a connection is closed when its app is disabled or its secret changes, with the reason', async () => {
    const vendor = await makeVendor(server), other = await makeVendor(server);
    const stays = await open(await addressOf(other));
    const ends = async (change, reason) => {
        const sessions = [await open(await addressOf(vendor)), await open(await addressOf(vendor))];
        const address = await addressOf(vendor);
        const changed = await change();
        for (const s of sessions) assert.deepEqual(await s.closed, { code: 1008, reason });
        await assert.rejects(open(address), /status 403/, 'an address from before serves no more');
        return changed;
    };
    Object.assign(vendor, await ends(() => runOk(server, 'app', 'rotate', vendor.app_id), 'the app has a new secret'));
    server.secrets.add(vendor.app_secret);
    await ends(() => runOk(server, 'app', 'disable', vendor.app_id), 'the app is disabled');
    await runOk(server, 'app', 'enable', vendor.app_id);
    // The SDK asks for an address again, is refused, and gives up with the reason.
    const c = await connect(vendor);
    await runOk(server, 'app', 'disable', vendor.app_id);
    await eventually(async () => c.errors, (e) => e.some((x) => /403.*the app is disabled/.test(x)));
    stays.ws.send(frame(0, { type: 'ping' }));
    await eventually(async () => stays.frames, (f) => f.length === 1, { what: "another app's connection to stay" });
    stays.ws.terminate();
});

test('at most 50 connections of one app', async () => {
    const vendor = await makeVendor(server);
    const all = [];
    for (let i = 0; i < 50; i++) {
        const s = await open(await addressOf(vendor));
        s.ws.send(frame(0, { type: 'ping' }));
        await eventually(async () => s.frames, (f) => f.length === 1);
        all.push(s);
    }
    assert.equal((await endpoint({ AppID: vendor.app_id, AppSecret: vendor.app_secret })).code, 1000040350);
    all.forEach((s) => s.ws.close());
    await eventually(() => endpoint({ AppID: vendor.app_id, AppSecret: vendor.app_secret }), (r) => r.code === 0);
});

test('a restart of the server, by kill -9 or in order, loses no event: the client reconnects and gets the waiting events', async () => {
    const vendor = await makeVendor(server);
    const c = await connect(vendor);
    const orders = [await arrange(server, vendor)];
    await eventually(async () => c.seen, (s) => s.length === 1);
    for (const end of ['kill', 'stop']) {
        const { port, dir } = server;
        await server[end]();
        orders.push(await arrange(server, vendor));
        const secrets = server.secrets;
        server = await startServer({ dir, listen: `127.0.0.1:${port}`, args: options });
        secrets.forEach((x) => server.secrets.add(x));
        orders.push(await arrange(server, vendor));
        await eventually(async () => new Set(c.seen.map((e) => e.background_check_id)), (s) => orders.every((o) => s.has(o)),
            { what: `all events after ${end}` });
    }
    assert.equal(c.reconnected, 2);
    c.client.close();
});

test('a client is disconnected after three missed pings', async () => {
    const other = await startServer({ dir: demoDir(), args: [...options, '--events-ping', '1s'] });
    const main = server;
    server = other;
    const vendor = await makeVendor(other);
    const begun = Date.now();
    const s = await open(await addressOf(vendor));
    const c = await connect(vendor); // pings every second, as it is told
    await s.closed;
    assert.ok(Date.now() - begun >= 2800);
    await sleep(1500);
    await arrange(other, vendor);
    await eventually(async () => c.seen, (x) => x.length === 1);
    c.client.close();
    await other.stop();
    server = main;
});

test('the server ends cleanly', async () => {
    clients.forEach((c) => c.close({ force: true }));
    await server.stop();
});

// SPDX-License-Identifier: Apache-2.0
//
// Rules that disturb the delivery of events, by request URL and over the official SDK's long connection.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { Client, eventually } from '../../lib/client.mjs';
import { CANCELED, CREATED, advance, arrange, loopback, makeVendor, setUrl, show, terminate } from '../../lib/events.mjs';
import { Receiver, decrypt } from '../../lib/receiver.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const server = await startServer({ dir: demoDir(), args: ['--test', ...loopback, '--events-reconnect', '1s', '--events-reconnect-spread', '0'] });
const open = [];
test.after(async () => {
    await Promise.all(open.map((o) => o.close({ force: true })));
    await server.stop();
});

const admin = new Client(server);
const rule = async (body) => (await admin.ok('POST', '/test/faults', { body, token: null })).fault;
const fired = async (id) => (await admin.ok('GET', '/test/faults', { token: null })).items.find((f) => f.id === id).fired;
const typesOf = (r) => r.events.map((e) => e.body.header.event_type);
const stateOf = async (id) => (await show(server, id)).deliveries[0].state;

async function vendorWith(o) {
    const receiver = await new Receiver(o).listen();
    open.push(receiver);
    const vendor = await makeVendor(server, { url: receiver.url, encryptKey: o?.encryptKey, token: 'the-verification-token' });
    return { receiver, vendor };
}

test('twice: the receiver gets an event once more after it has taken it, and nothing else changes', async () => {
    const { receiver, vendor } = await vendorWith({ answer: (body, n) => (n === 2 ? { status: 500 } : {}) });
    const r = await rule({ event: CREATED, app_id: vendor.app_id, twice: true });
    await arrange(server, vendor);
    await eventually(async () => receiver.events, (e) => e.length === 2);
    const [a, b] = receiver.events;
    assert.equal(a.body.header.event_id, b.body.header.event_id);
    assert.deepEqual([a.headers['x-hired-fault'], b.headers['x-hired-fault']], [r.id, r.id]);
    await eventually(() => stateOf(a.body.header.event_id), (s) => s === 'delivered', { what: 'the delivery to be taken, although the repetition failed' });
    await arrange(server, vendor);
    await eventually(async () => receiver.events, (e) => e.length === 3);
    assert.equal(receiver.events[2].headers['x-hired-fault'], undefined);
    assert.equal(await fired(r.id), 1);
});

test('late: the event waits by the clock, and no attempt is counted before', async () => {
    const { receiver, vendor } = await vendorWith();
    await rule({ event: CREATED, app_id: vendor.app_id, late_ms: 600_000, times: 0 });
    await arrange(server, vendor);
    await advance(server, 590_000);
    assert.equal(receiver.events.length, 0);
    await advance(server, 20_000);
    assert.equal(receiver.events.length, 1);
    const d = (await show(server, receiver.events[0].body.header.event_id)).deliveries[0];
    assert.deepEqual([d.state, d.attempts], ['delivered', 1]);
});

test('out of order: the event comes after the next one, or alone after a minute', async () => {
    const { receiver, vendor } = await vendorWith();
    await rule({ event: CREATED, app_id: vendor.app_id, out_of_order: true, times: 2 });
    const order = await arrange(server, vendor);
    await terminate(server, order, 'no need');
    await eventually(async () => typesOf(receiver), (t) => t.length === 2);
    assert.deepEqual(typesOf(receiver), [CANCELED, CREATED]);
    await arrange(server, vendor);
    await advance(server, 55_000);
    assert.equal(receiver.events.length, 2);
    await advance(server, 6_000);
    assert.equal(receiver.events.length, 3);
});

// A receiver that takes whatever comes and checks nothing.
async function bare() {
    const got = [];
    const s = http.createServer((req, res) => {
        const parts = [];
        req.on('data', (d) => parts.push(d));
        req.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const body = JSON.parse(text);
            const plain = body.encrypt ? JSON.parse(decrypt('the-encrypt-key', body.encrypt)) : body;
            if (plain.type === 'url_verification') return res.end(JSON.stringify({ challenge: plain.challenge }));
            got.push({ headers: req.headers, text, plain });
            res.statusCode = got.length === 1 ? 401 : 200;
            res.end('{}');
        });
        req.on('error', () => got.push({ headers: req.headers, partly: Buffer.concat(parts).length }));
    });
    await new Promise((resolve) => s.listen(0, '127.0.0.1', resolve));
    open.push(s);
    return { got, url: `http://127.0.0.1:${s.address().port}/` };
}

// What the official SDK says of a request: whether its dispatcher accepts the signature.
async function sdkAccepts(request, encryptKey) {
    let seen = false;
    const logger = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
    const d = new lark.EventDispatcher({ encryptKey, logger }).register({ [CREATED]: () => { seen = true; } });
    await d.invoke(Object.assign(Object.create({ headers: request.headers }), JSON.parse(request.text)));
    return seen;
}

test('a wrong signature, which the official SDK refuses; the retry has the right one', async () => {
    const r = await bare();
    const vendor = await makeVendor(server);
    await setUrl(server, vendor, r.url, { encryptKey: 'the-encrypt-key' });
    const f = await rule({ event: CREATED, app_id: vendor.app_id, wrong_signature: true });
    await arrange(server, vendor);
    await eventually(async () => r.got, (g) => g.length === 1);
    assert.equal(r.got[0].headers['x-hired-fault'], f.id);
    assert.match(r.got[0].headers['x-lark-signature'], /^[0-9a-f]{64}$/);
    assert.equal(await sdkAccepts(r.got[0], 'the-encrypt-key'), false);
    await eventually(() => stateOf(r.got[0].plain.header.event_id), (s) => s === 'waiting');
    await advance(server, 15_000);
    assert.equal(r.got.length, 2);
    assert.equal(r.got[1].headers['x-hired-fault'], undefined);
    assert.equal(await sdkAccepts(r.got[1], 'the-encrypt-key'), true);
});

test('to an app without a key: a wrong Verification Token', async () => {
    const { receiver, vendor } = await vendorWith();
    await rule({ event: CREATED, app_id: vendor.app_id, wrong_signature: true });
    await arrange(server, vendor);
    await arrange(server, vendor);
    await eventually(async () => receiver.events, (e) => e.length === 2);
    const tokens = receiver.events.map((e) => e.body.header.token);
    assert.equal(tokens.filter((t) => t === 'the-verification-token').length, 1);
});

test('a broken connection: half of the body arrives, and the event comes again with the next attempt', async () => {
    const r = await bare();
    const vendor = await makeVendor(server, { url: r.url });
    await rule({ event: CREATED, app_id: vendor.app_id, breaks_connection: true });
    await arrange(server, vendor);
    await eventually(async () => r.got, (g) => g.length === 1);
    assert.ok(r.got[0].partly > 0 && r.got[0].partly < Number(r.got[0].headers['content-length']), JSON.stringify(r.got[0]));
    await eventually(async () => {
        await advance(server, 15_000);
        return r.got;
    }, (g) => g.length === 2);
    assert.equal(r.got[1].plain.header.event_type, CREATED);
});

test('over the official SDK: its long connection breaks within an event, it connects again and gets the event', async () => {
    const vendor = await makeVendor(server);
    const seen = [];
    let reconnected = 0;
    const logger = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
    const client = await new Promise((resolve, reject) => {
        const c = new lark.WSClient({ appId: vendor.app_id, appSecret: vendor.app_secret, domain: server.baseUrl, logger,
            onReady: () => resolve(c), onError: reject, onReconnected: () => reconnected++ });
        open.push(c);
        void c.start({ eventDispatcher: new lark.EventDispatcher({ logger }).register({ [CREATED]: (data) => { seen.push(data.event_id); } }) });
    });
    const f = await rule({ event: CREATED, app_id: vendor.app_id, breaks_connection: true });
    await arrange(server, vendor);
    await eventually(() => fired(f.id), (n) => n === 1);
    await eventually(async () => reconnected, (n) => n >= 1);
    assert.equal(seen.length, 0);
    await eventually(async () => {
        await advance(server, 15_000);
        return seen;
    }, (s) => s.length === 1);
    const twice = await rule({ event: CREATED, app_id: vendor.app_id, twice: true });
    await arrange(server, vendor);
    await eventually(async () => seen, (s) => s.length === 3);
    assert.equal(seen[1], seen[2]);
    assert.equal(await fired(twice.id), 1);
});

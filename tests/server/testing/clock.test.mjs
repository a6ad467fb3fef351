// SPDX-License-Identifier: Apache-2.0
//
// The clock of the test mode: what falls due while it jumps happens in the order of its time, and is done when the call
// returns.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { arrange, loopback, makeVendor, show } from '../../lib/events.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { createApp, demoDir, root, startServer } from '../../lib/server.mjs';
import { Toolbox } from '../../lib/toolbox.mjs';

const server = await startServer({ dir: demoDir(), args: ['--test', ...loopback] });
const receivers = [];
test.after(async () => {
    await Promise.all(receivers.map((r) => r.close()));
    await server.stop();
});
const listening = async (o) => {
    const receiver = await new Receiver(o).listen();
    receivers.push(receiver);
    return receiver;
};

const post = async (body) => {
    const r = await send(server.baseUrl, 'POST', '/test/clock', { body: JSON.stringify(body) });
    return { status: r.status, ...JSON.parse(r.text) };
};
const move = async (body) => (await post(body)).data;
const now = async () => JSON.parse((await send(server.baseUrl, 'GET', '/test/clock')).text).data.now_ms;
const minutes = (n) => n * 60_000;

test('the whole ladder of retries in one call, each attempt at its time', async () => {
    const receiver = await listening({ answer: () => ({ status: 500 }) });
    const vendor = await makeVendor(server, { url: receiver.url });
    await move({ frozen: true });
    await arrange(server, vendor);
    await move({ advance_ms: 10_000 }); // a command beside the server has the machine's clock, which went on
    assert.equal(receiver.events.length, 1);
    const id = receiver.events[0].body.header.event_id;
    const jump = await move({ advance_ms: 12 * 3_600_000 });
    assert.equal(jump.still, undefined);
    assert.ok(jump.steps >= 4, JSON.stringify(jump));
    assert.equal(receiver.events.length, 5);
    const d = (await show(server, id)).deliveries[0];
    assert.deepEqual([d.state, d.attempts], ['given up', 5]);
    const at = d.log.map((l) => l.at);
    assert.deepEqual(at.map((t, i) => (i ? t - at[i - 1] : 0)), [0, 15_000, 300_000, 3_600_000, 21_600_000]);
    await move({ frozen: false });
});

test('two receivers in turn: attempts happen in the order of their times, whoever gets them', async () => {
    const got = [];
    const listen = (name, fails) => listening({ answer: (body, n) => {
        got.push(`${name}${n}`);
        return n <= fails ? { status: 500 } : {};
    } });
    const a = await listen('a', 2), b = await listen('b', 2);
    const first = await makeVendor(server, { url: a.url }), second = await makeVendor(server, { url: b.url });
    await move({ frozen: true });
    await arrange(server, first);
    await move({ advance_ms: 10_000 }); // a1 at 0
    await arrange(server, second);
    await move({ advance_ms: 1000 }); // b1 at 10 s
    await move({ advance_ms: minutes(10) }); // a2 at 15 s, b2 at 25 s, a3 at 315 s, b3 at 325 s
    assert.deepEqual(got, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
    await move({ frozen: false });
});

test('reports are fetched again at their time', async () => {
    let asked = 0;
    const s = http.createServer((req, res) => {
        asked++;
        res.writeHead(asked < 3 ? 503 : 200, { 'Content-Type': 'application/pdf' }).end(asked < 3 ? '' : '%PDF-1.4\n%%EOF\n');
    });
    receivers.push(s);
    await new Promise((resolve) => s.listen(0, '127.0.0.1', resolve));
    const vendor = await makeVendor(server, { scopes: ['hire:background_check_order', 'hire:background_check_order:readonly'] });
    const client = new Client(server, vendor);
    const order = await arrange(server, vendor);
    const link = `http://127.0.0.1:${s.address().port}/report.pdf`;
    await client.result({ background_check_id: order, result: 'pass', result_time: String(await now()),
        report_file_list: [{ report_name: 'report.pdf', report_url: link, report_url_type: 1 }] });
    await move({ advance_ms: 1 });
    assert.equal(asked, 1);
    await move({ advance_ms: minutes(10) });
    assert.equal(asked, 3);
});

test('store apps get their hourly tickets on the way', async () => {
    const receiver = await listening();
    await makeVendor(server, { url: receiver.url, type: 'store' });
    await move({ advance_ms: 1 });
    const before = receiver.events.length;
    await move({ advance_ms: 5 * 3_600_000 });
    const tickets = receiver.events.slice(before).map((e) => e.body);
    assert.equal(tickets.length, 5);
    const times = tickets.map((t) => Number(t.ts));
    for (let i = 1; i < times.length; i++) assert.ok(Math.abs(times[i] - times[i - 1] - 3600) < 60, JSON.stringify(times));
});

test('tokens end while the clock jumps', async () => {
    const client = new Client(server, createApp(server, ['all']));
    await client.token();
    await move({ advance_ms: 7_100_000 });
    assert.equal((await client.call('GET', paths.orders)).code, 0);
    await move({ advance_ms: 200_000 });
    assert.equal((await client.call('GET', paths.orders)).code, 99991663);
});

test('a receiver that hangs is waited for; at_once does not wait', async () => {
    const receiver = await listening({ answer: () => ({ hang: true }) });
    const vendor = await makeVendor(server, { url: receiver.url });
    await arrange(server, vendor);
    await eventually(async () => receiver.events, (e) => e.length === 1);
    const id = receiver.events[0].body.header.event_id;
    await move({ advance_ms: 1 });
    assert.equal((await show(server, id)).deliveries[0].attempts, 1);
    const begun = Date.now();
    assert.equal((await move({ advance_ms: 15_000, at_once: true })).steps, 0);
    assert.ok(Date.now() - begun < 2000);
    await eventually(async () => receiver.events, (e) => e.length === 2);
});

test('a tenant has no clock of its own, and the server says so', async () => {
    const before = await now();
    const r = await post({ advance_ms: minutes(60), tenant_key: server.demo.tenant_key });
    assert.deepEqual([r.status, r.code], [400, 1002002]);
    assert.match(r.msg, /a tenant has no clock of its own/);
    assert.ok((await now()) - before < minutes(10));
});

test('several jumps at once are made one after the other', async () => {
    await move({ frozen: true });
    const before = await now();
    await Promise.all(Array.from({ length: 8 }, () => move({ advance_ms: 1000 })));
    assert.equal(await now(), before + 8000);
    await move({ frozen: false });
});

test('the examples of docs/TESTING.md are accepted', async () => {
    const page = fs.readFileSync(path.join(root, 'docs/TESTING.md'), 'utf8').split('## The clock')[1].split('\n## ')[0];
    const examples = [...page.matchAll(/```http\nPOST \/test\/clock\n(.*?)```/gs)].flatMap((m) => m[1].trim().split('\n'));
    assert.ok(examples.length >= 3);
    const fresh = await startServer({ dir: demoDir(), args: ['--test'] });
    for (const example of examples) {
        const r = JSON.parse((await send(fresh.baseUrl, 'POST', '/test/clock', { body: example })).text);
        assert.deepEqual([r.code, r.data.still], [0, undefined], example);
    }
    await fresh.stop();
});

test('after the clock was set back, an event that is sent again does not wait until its tenant\'s last time', async () => {
    const receiver = await listening();
    const toolbox = new Toolbox(server), tenant = await toolbox.tenant({ request_urls: [{ app: 'vendor', request_url: receiver.url }] });
    const recruiter = await toolbox.person(tenant, 'recruiter'), admin = await toolbox.person(tenant, 'approver');
    await move({ advance_ms: minutes(60) });
    const account = tenant.accounts[0];
    const { status } = await recruiter.call('POST', 'orders/arrange', { body: { application_id: tenant.application_ids[0], account_id: account.account_id, package_id: account.package_ids[0] } });
    assert.equal(status, 200);
    await eventually(async () => receiver.events.length, (n) => n === 1, { what: 'the event' });
    await move({ advance_ms: -minutes(60), at_once: true });
    const { data } = await admin.call('GET', 'events?type=hire.eco_background_check.created_v1');
    await admin.call('POST', `events/${data.items[0].event_id}/replay`, { body: {} });
    await eventually(async () => receiver.events.length, (n) => n === 2, { what: 'the event once more' });
    assert.equal(receiver.events[1].body.header.event_id, receiver.events[0].body.header.event_id);
});

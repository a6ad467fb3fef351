// SPDX-License-Identifier: Apache-2.0
// weight: 15
//
// Several clients of one app, some of which do not answer: what each gets, and when an event goes to another one. The hung ones
// are bare WebSockets that read and say nothing, or do not even read.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { eventually } from '../lib/client.mjs';
import { advance, arrange, list, loopback, makeVendor, show, testClock } from '../lib/events.mjs';
import { addressOf, answer, eventsOf, frame, headersOf, joined, open, ping } from '../lib/longlink.mjs';
import { demoDir, startServer } from '../lib/server.mjs';

const server = await startServer({ dir: demoDir(), args: [...loopback, ...testClock] });
const idOf = (f) => JSON.parse(f.payload).header.event_id;

const opened = [];

// Connected clients of a new app, in the order in which they joined. answers: one that answers every event at once.
async function clients(vendor, kinds) {
    const all = [];
    for (const kind of kinds) {
        const s = await open(await addressOf(server, vendor));
        if (kind === 'answers') s.ws.on('message', () => eventsOf(s).filter((f) => !f.answered && (f.answered = true)).forEach((f) => answer(s, f)));
        ping(s);
        await eventually(async () => s.frames, (f) => f.length === 1, { what: 'the pong' });
        all.push(s);
        opened.push(s);
    }
    return all;
}

// Whatever a test left is gone before the next one counts connections.
let stopped = false;
afterEach(async () => {
    opened.splice(0).forEach((s) => s.ws.terminate());
    if (!stopped) await joined(server, 0);
});
// The deliveries of the app's events, the oldest first.
async function deliveries(vendor, n) {
    const events = (await list(server, '--limit', String(n))).reverse();
    return Promise.all(events.map(async (e) => ({ event_id: e.event_id, ...(await show(server, e.event_id)).deliveries.find((d) => d.app_id === vendor.app_id) })));
}
const taken = (vendor, n) => eventually(() => deliveries(vendor, n), (ds) => ds.every((d) => d.state === 'delivered'), { what: `${n} events to be taken` });

for (const [what, stop] of [['reads but says nothing', () => {}], ['does not read any more', (s) => s.ws._socket.pause()]]) {
    test(`of two clients one ${what}: the other gets all events without a retry interval`, async () => {
        const vendor = await makeVendor(server);
        const [hung, live] = await clients(vendor, ['hangs', 'answers']);
        stop(hung);
        await Promise.all(Array.from({ length: 6 }, () => arrange(server, vendor)));
        const ds = await taken(vendor, 6); // the clock is not advanced: none waited for its rung
        assert.equal(eventsOf(live).length, 6);
        assert.equal(new Set(eventsOf(live).map(idOf)).size, 6);
        const misses = ds.flatMap((d) => d.log.filter((l) => l.error));
        assert.ok(misses.length >= 1 && misses.length <= 3, `${misses.length} attempts went to the hung client`);
        assert.ok(misses.every((l) => /did not answer within 3 seconds/.test(l.error)));
        assert.ok(ds.every((d) => d.log.length <= 2 && d.log.at(-1).status === 200));
        // Silent now: nothing more goes there.
        const before = misses.length;
        for (let i = 0; i < 4; i++) await arrange(server, vendor);
        const more = await taken(vendor, 10);
        assert.equal(more.flatMap((d) => d.log.filter((l) => l.error)).length, before);
        assert.equal(eventsOf(live).length, 10);
    });
}

test('a client that sends pings but does not answer gets one event at a time until it answers one', async () => {
    const vendor = await makeVendor(server);
    const [lazy, live] = await clients(vendor, ['hangs', 'answers']);
    for (let i = 0; i < 2; i++) await arrange(server, vendor);
    await taken(vendor, 2);
    assert.equal(eventsOf(lazy).length, 1);
    ping(lazy);
    await eventually(async () => lazy.frames.filter((f) => f.method === 0), (f) => f.length === 2);
    for (let i = 0; i < 4; i++) await arrange(server, vendor);
    const ds = await taken(vendor, 6);
    assert.equal(eventsOf(lazy).length, 2, 'it answered the ping, so it was asked once more');
    assert.ok(ds.every((d) => d.log.length <= 2));
    // It comes back with an answer to what is with others by now: no harm, and it gets events again.
    answer(lazy, eventsOf(lazy)[1]);
    lazy.ws.on('message', () => eventsOf(lazy).slice(2).filter((f) => !f.answered && (f.answered = true)).forEach((f) => answer(lazy, f)));
    // How many events that takes is a matter of pace; without an answer it would get none of them.
    for (let i = 0; i < 20 && eventsOf(lazy).length < 5; i++) {
        await arrange(server, vendor);
        await taken(vendor, 7 + i);
    }
    assert.equal(eventsOf(lazy).length, 5);
});

test('a single client that hangs has at most 2 unanswered events at a time, each with its own retry intervals', async () => {
    const vendor = await makeVendor(server);
    const [hung] = await clients(vendor, ['hangs']);
    await arrange(server, vendor);
    await eventually(() => deliveries(vendor, 1), ([d]) => d.attempts === 1, { what: 'the first to be missed' });
    await Promise.all(Array.from({ length: 5 }, () => arrange(server, vendor)));
    await eventually(async () => eventsOf(hung), (f) => f.length === 3, { what: 'two more' });
    const ds = await deliveries(vendor, 6);
    assert.ok(ds.filter((d) => d.attempts === 0).length >= 3);
    // Another one comes: what waits goes there at once, and the missed ones with their rungs.
    const [live] = await clients(vendor, ['answers']);
    await eventually(async () => new Set(eventsOf(live).map(idOf)).size, (n) => n >= 5, { what: 'what had not been missed by the ladder' });
    await advance(server, 15_000);
    await taken(vendor, 6);
});

test('several hung clients and one that answers: an event passes by three of them before it waits', async () => {
    const vendor = await makeVendor(server);
    const all = await clients(vendor, ['hangs', 'hangs', 'answers']);
    for (let i = 0; i < 3; i++) await arrange(server, vendor);
    const ds = await taken(vendor, 3);
    assert.ok(ds.every((d) => d.log.length <= 3));
    assert.equal(eventsOf(all[2]).length, 3);
});

test('if a client disconnects instead of answering, the event goes to the next client, a limited number of times', async () => {
    const vendor = await makeVendor(server);
    const all = await clients(vendor, Array(8).fill('breaks off'));
    let broken = 0;
    for (const s of all) s.ws.on('message', () => { broken++; s.ws.terminate(); });
    await arrange(server, vendor);
    const [d] = await eventually(() => deliveries(vendor, 1), ([x]) => x.attempts === 1, { what: 'the event to wait for its rung' });
    assert.equal(broken, 4, 'one attempt and three moves');
    assert.equal(d.log.length, 4);
    assert.ok(d.log.every((l) => /closed/.test(l.error)));
});

test('a late answer does not count for a later attempt; a duplicate answer counts once', async () => {
    const vendor = await makeVendor(server);
    const [s] = await clients(vendor, ['answers by hand']);
    await arrange(server, vendor);
    const [first] = await eventually(async () => eventsOf(s), (f) => f.length === 1);
    await eventually(() => deliveries(vendor, 1), ([d]) => d.attempts === 1, { what: 'the first attempt to be over' });
    await advance(server, 15_000, { at_once: true });
    const [, second] = await eventually(async () => eventsOf(s), (f) => f.length === 2);
    assert.equal(headersOf(first).message_id, headersOf(second).message_id);
    assert.notEqual(first.SeqID, second.SeqID);
    answer(s, first, 500); // of the attempt that is over
    answer(s, second);
    answer(s, second, 500);
    const [d] = await taken(vendor, 1);
    assert.deepEqual(d.log.map((l) => l.status), [0, 200]);
    // An answer to nothing at all is passed over.
    s.ws.send(frame(1, { type: 'event', message_id: 'nobody' }, '{"code":200}'));
    ping(s);
    await eventually(async () => s.frames.filter((f) => f.method === 0), (f) => f.length === 2);
});

test('the server ends in order: its connections are closed without a close frame', async () => {
    const vendor = await makeVendor(server);
    const [s] = await clients(vendor, ['stays']);
    stopped = true;
    await server.stop();
    assert.deepEqual(await s.closed, { code: 1006, reason: '' });
});

// SPDX-License-Identifier: Apache-2.0
// weight: 10
//
// kill -9 while events are on their way, again and again on the same store: every order's event reaches the receiver at
// least once, under one event_id, and the log of attempts agrees.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, sleep } from '../lib/client.mjs';
import { CREATED, advance, arrange, list, loopback, makeVendor, testClock } from '../lib/events.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { demoDir, portToKeep, slow, startServer } from '../lib/server.mjs';

const dir = demoDir();
const args = [...loopback, ...testClock];

test('no event is lost after kill -9, and a repeated event keeps its event_id', async () => {
    const receiver = await new Receiver({ encryptKey: 'kk', answer: () => ({ delayMs: Math.random() * 200 }) }).listen();
    let server = await startServer({ dir, args });
    const vendor = await makeVendor(server, { url: receiver.url, encryptKey: 'kk' });
    const orders = [];
    const rounds = slow > 1 ? 3 : process.env.HIRED_TEST_LONG ? 30 : 8;
    for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < 5; i++) orders.push(await arrange(server, vendor));
        await sleep(Math.random() * 300);
        await server.kill();
        server.checkLog();
        orders.push(await arrange(server, vendor)); // while no server runs
        server = await startServer({ dir, args });
    }
    const idsOf = (order) => new Set(receiver.events.filter((e) => e.body.event.background_check_id === order).map((e) => e.body.header.event_id));
    const later = () => advance(server, 400_000); // attempts that failed for the kill come again
    await eventually(() => later().then(() => orders.filter((o) => idsOf(o).size === 0)), (lost) => lost.length === 0, { everyMs: 500, what: 'every event arriving' });
    for (const o of orders) assert.equal(idsOf(o).size, 1, `order ${o} came under several event_ids`);
    const all = await eventually(() => later().then(() => list(server, '--type', CREATED, '--limit', '1000')), (l) => l.every((e) => e.deliveries[0]?.state === 'delivered'),
        { everyMs: 500, what: 'every delivery noted' });
    assert.equal(all.length, orders.length);
    await server.stop();
    await receiver.close();
});

test('a receiver that is reachable again gets all waiting events, 8 at a time', async () => {
    const server = await startServer({ dir, args });
    const port = portToKeep();
    const receiver = await new Receiver().listen(port);
    const vendor = await makeVendor(server, { url: receiver.url });
    await receiver.close();
    const orders = [];
    for (let i = 0; i < 30; i++) orders.push(await arrange(server, vendor));
    const back = await new Receiver({ answer: () => ({ delayMs: 50 }) }).listen(port);
    const arrived = () => new Set(back.events.map((e) => e.body.event.background_check_id)).size;
    await eventually(() => advance(server, 20_000).then(arrived), (n) => n === orders.length, { everyMs: 300, what: 'every event arriving' });
    assert.ok(back.mostOpen <= 8, `${back.mostOpen} at once`);
    await server.stop();
    await back.close();
});

// SPDX-License-Identifier: Apache-2.0
// weight: 10
//
// The documented rate limits: both windows, what a refusal tells, that waiting as told is always enough, and that refused
// calls change nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Client, paths, sleep } from '../../lib/client.mjs';
import { advance, testClock } from '../../lib/events.mjs';
import { createApp, startServer } from '../../lib/server.mjs';

const server = await startServer({ limits: true });
const scopes = ['hire:background_check_order', 'hire:interview', 'hire:external_application'];
const newClient = async () => {
    const c = new Client(server, createApp(server, scopes));
    await c.token();
    return c;
};
const ask = {
    orders: (c) => c.call('GET', paths.orders, { query: { page_size: 1 } }),
    interviews: (c) => c.call('GET', paths.interviews, { query: { start_time: '1', page_size: 1 } }),
    external: (c) => c.call('POST', paths.externalChecks, { query: { page_size: 1 }, body: {} }),
    progress: (c) => c.call('POST', paths.progress, { body: {} }),
    result: (c) => c.call('POST', paths.result, { body: {} }),
};

function checkRefusal(r, limits) {
    assert.deepEqual([r.status, r.code, r.msg], [429, 99991400, 'request trigger frequency limit']);
    assert.ok(limits.includes(Number(r.headers['x-ogw-ratelimit-limit'])), `limit ${r.headers['x-ogw-ratelimit-limit']}`);
    const reset = r.headers['x-ogw-ratelimit-reset'];
    assert.match(reset, /^[1-9]\d*$/);
    assert.ok(Number(reset) <= 60);
    return Number(reset);
}

// Calls many at once, more than one window lets pass, until one is refused: how many passed, within how long, and the refusal.
async function untilRefused(c, call, limit) {
    const start = performance.now();
    for (let passed = 0, round = 0; round < 20; round++) {
        const answers = await Promise.all(Array.from({ length: limit + 10 }, () => call(c)));
        const refused = answers.find((r) => r.status === 429);
        passed += answers.filter((r) => r.status !== 429).length;
        if (refused) return { passed, refused, ms: performance.now() - start };
    }
    return assert.fail('nothing was refused');
}

describe('the limits', { concurrency: 4 }, () => {
    for (const [name, limit] of [['orders', 50], ['interviews', 50], ['external', 10], ['progress', 50], ['result', 50]]) {
        test(`${name}: ${limit} a second, then 429; a retry after the stated wait succeeds`, async () => {
            const c = await newClient();
            for (let round = 0; round < 2; round++) {
                const { passed, refused, ms } = await untilRefused(c, ask[name], limit);
                // The call that ended the wait counts in the second round.
                assert.ok(passed >= limit - round, `refused after ${passed}, the limit is ${limit}`);
                const windows = Math.floor(ms / 1000) + 2; // a burst may span the edge of a second
                assert.ok(passed <= limit * windows, `${passed} passed in ${ms} ms`);
                await sleep(checkRefusal(refused, [limit]) * 1000);
                assert.notEqual((await ask[name](c)).status, 429, 'waiting was not enough');
            }
        });
    }

    test('each endpoint and each app has its own count', async () => {
        const [one, two] = [await newClient(), await newClient()];
        await untilRefused(one, ask.external, 10);
        assert.notEqual((await ask.orders(one)).status, 429);
        assert.notEqual((await ask.external(two)).status, 429);
    });

    test('a rate-limited call changes no data, and its body is not validated', async () => {
        const c = await newClient();
        const order = (await new Client(server).orders({ page_size: 100 })).items.find((o) => o.order_status === 2);
        let accepted = 0, refused = 0;
        // What cannot be read uses the window up at once, so that a good call behind it is refused, unless a new window began.
        for (let i = 0; refused < 5; i++) {
            assert.ok(i < 200, 'never refused');
            const unreadable = await Promise.all(Array.from({ length: 60 }, () => c.call('POST', paths.progress, { body: 'not json' })));
            for (const r of unreadable) if (r.code !== 9499) checkRefusal(r, [50, 1000]);
            const r = await c.call('POST', paths.progress, { body: {
                background_check_id: order.order_id, stage_id: `burst ${i}`, stage_name: '阶段', stage_time: String(Date.now() + 86_400_000 + i),
            } });
            if (r.status === 429) refused++;
            else assert.equal(r.code, 0, r.text);
            accepted += r.status === 200;
        }
        const after = (await new Client(server).walk('GET', paths.orders, { query: { page_size: 100 } }))
            .find((o) => o.order_id === order.order_id);
        assert.equal(after.process_info_list.filter((p) => p.process === '阶段').length, accepted);
    });

    test('the token endpoints have no limit', async () => {
        const c = await newClient();
        for (let i = 0; i < 20; i++) {
            const answers = await Promise.all(Array.from({ length: 20 }, () => c.call('POST', paths.tenantToken, { token: null, body: c.app })));
            for (const r of answers) assert.equal(r.code, 0);
        }
    });
});

test('orders: 1000 a minute as well, the refusal states the longer wait; a retry after it succeeds', async () => {
    // Windows follow the server's clock, so this server's can be moved instead of waiting for it.
    const moved = await startServer({ limits: true, args: testClock });
    const c = new Client(moved);
    await c.token();
    const start = performance.now();
    let passed = 0, advanced = 0, refused;
    const wait = async (s) => {
        await advance(moved, s * 1000);
        advanced += s;
    };
    while (!refused) {
        const answers = await Promise.all(Array.from({ length: 60 }, () => ask.orders(c)));
        passed += answers.filter((r) => r.status !== 429).length;
        const told = answers.filter((r) => r.status === 429).map((r) => [checkRefusal(r, [50, 1000]), r.headers['x-ogw-ratelimit-limit']]);
        refused = told.find(([, limit]) => limit === '1000');
        if (!refused && told.length) await wait(told[0][0]);
        assert.ok(passed <= 3000, 'the limit of a minute never came');
    }
    const seconds = advanced + (performance.now() - start) / 1000;
    assert.ok(passed >= 1000, `refused after ${passed}`);
    assert.ok(passed <= 1000 * (Math.floor(seconds / 60) + 1), `${passed} passed in ${seconds} s`);
    const [reset] = refused;
    // The calls above take some real seconds of the minute; far more of it is left, and half of that is not enough.
    assert.ok(reset > 10, `the minute ends in ${reset} s`);
    const half = Math.floor(reset / 2), before = performance.now();
    await wait(half);
    const left = checkRefusal(await ask.orders(c), [1000]), took = Math.ceil((performance.now() - before) / 1000);
    assert.ok(left <= reset - half && left >= reset - half - took, `${left} s are left of ${reset} s, ${half} s and ${took} s later`);
    await wait(left);
    assert.notEqual((await ask.orders(c)).status, 429, `waiting ${left} s was not enough`);
    await moved.stop();
});

test('--rate-limits off disables all rate limits', async () => {
    const free = await startServer();
    const c = new Client(free);
    await c.token();
    for (let i = 0; i < 10; i++) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => ask.external(c)));
        for (const r of answers) assert.equal(r.code, 0);
    }
    await free.stop();
});

test('ends cleanly, and its log has no secret', () => server.stop());

// SPDX-License-Identifier: Apache-2.0
//
// Walking through lists page by page: with any page size the same records once each, whatever is written meanwhile at
// least once; and page tokens that are not ours are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertSame, Client, paths } from '../../lib/client.mjs';
import { importItems, makeExternalCheck, makeInterview, makeOrder, range } from '../../lib/data.mjs';
import { createApp, demoDir, slow, startServer } from '../../lib/server.mjs';

const N = 137;
const dir = demoDir();
importItems(dir, range(N, makeOrder));
importItems(dir, range(N, (i) => makeInterview(i, { begin_time: 1700000000000 + Math.floor(i / 10) * 1000 }))); // ten at a time
importItems(dir, range(N, makeExternalCheck));
const server = await startServer({ dir });
const client = new Client(server);

const lists = {
    orders: { method: 'GET', path: paths.orders, id: 'order_id', max: 100, query: {}, filter: { application_id: '8001' } },
    interviews: { method: 'GET', path: paths.interviews, id: 'id', max: 100, query: { start_time: '1' }, filter: { application_id: '8001' } },
    external: {
        method: 'POST', path: paths.externalChecks, id: 'id', max: 20, query: {}, body: {},
        filter: { external_application_id: '7500000000000000001' },
    },
};
const idsOf = (l, items) => items.map((x) => x[l.id]);

for (const [name, l] of Object.entries(lists)) {
    const walk = (query) => client.walk(l.method, l.path, { query: { ...l.query, ...query }, body: l.body });
    const page = (query) => client.call(l.method, l.path, { query: { ...l.query, ...query }, body: l.body });

    test(`${name}: every page size gives the same records, once each, in the same order`, async () => {
        const whole = await walk({ page_size: l.max });
        const ids = idsOf(l, whole);
        assert.ok(ids.length >= N);
        assert.equal(new Set(ids).size, ids.length);
        for (const size of [1, 2, 3, 7, 10, 19, 20, l.max]) {
            assertSame(await walk({ page_size: size }), whole);
        }
        assertSame(await walk({}), whole);
    });

    test(`${name}: a filtered list gives exactly the records that match the filter, over all pages`, async () => {
        const all = await walk({ page_size: l.max });
        const [key, value] = Object.entries(l.filter)[0];
        const expected = idsOf(l, all.filter((x) => x[key] === value));
        assert.ok(expected.length >= Math.floor(N / 5));
        for (const size of [1, 4, l.max]) {
            assert.deepEqual(idsOf(l, await walk({ ...l.filter, page_size: size })).sort(), [...expected].sort());
        }
    });

    test(`${name}: no altered page token is accepted`, async () => {
        const { data } = await page({ page_size: 3 });
        const token = data.page_token;
        assert.equal((await page({ page_size: 3, page_token: token })).code, 0);
        for (let i = 0; i < token.length; i++) {
            const altered = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
            const r = await page({ page_token: altered });
            assert.deepEqual([r.status, r.code], [400, 1002002], `character ${i}: ${altered}`);
        }
        for (const bad of ['x', '0', token.slice(1), token.slice(0, -1), `${token}A`, token + token, `${token}=`,
            'eyJvZmZzZXQiOjEsInRpbWVzdGFtcCI6MTY0MDc2NTYzMjA4OCwiaWQiOm51bGx9', 'A'.repeat(6000)]) {
            const r = await page({ page_token: bad });
            assert.deepEqual([r.status, r.code], [400, 1002002], bad.slice(0, 100));
            assert.match(r.msg, /^Parameter error: .*page_token/);
        }
    });

    test(`${name}: a page token is valid only with its own filters, endpoint and tenant`, async () => {
        const plain = (await page({ page_size: 3 })).data.page_token;
        const filtered = (await page({ page_size: 3, ...l.filter })).data.page_token;
        for (const query of [{ ...l.filter, page_token: plain }, { page_token: filtered }]) {
            assert.equal((await page(query)).code, 1002002);
        }
        for (const [otherName, o] of Object.entries(lists)) {
            if (otherName === name) continue;
            const r = await client.call(o.method, o.path, { query: { ...o.query, page_token: plain }, body: o.body });
            assert.equal(r.code, 1002002, otherName);
        }
        // The page may have another size.
        const bigger = await page({ page_size: l.max, page_token: plain });
        assert.equal(bigger.code, 0);
        assert.deepEqual(idsOf(l, bigger.data.items), idsOf(l, await walk({ page_size: l.max })).slice(3, 3 + l.max));
    });
}

test('an empty page_token starts with the first page', async () => {
    const whole = await client.orders({ page_size: 5 });
    assertSame((await client.orders({ page_size: 5, page_token: '' })).items, whole.items);
});

test('a walk during writes gives each order at least once, and unchanged ones just once', async () => {
    const before = idsOf(lists.orders, await client.walk('GET', paths.orders, { query: { page_size: 100 } }));
    const changing = range(30, (i) => makeOrder(i * 4).order_id);
    let stop = false;
    let writes = 0;
    const writer = (async () => {
        const other = new Client(server);
        for (let i = 0; !stop && i < changing.length * 400; i++) { // an order takes a bounded number of stages
            await other.progress({
                background_check_id: changing[i % changing.length], stage_id: `w${i}`, stage_name: '写', stage_time: String(1_710_000_000_000 + i),
            });
            writes++;
        }
    })();
    const walks = slow > 1 ? 3 : 8;
    try {
        for (let round = 0; round < walks || writes < 50; round++) {
            const seen = new Map();
            let token;
            // A walk meets what moved behind it once more, so it is bounded here by its pages, not by its end.
            for (let pages = 0; pages < 400; pages++) {
                const data = await client.orders({ page_size: 3 + (round % 8), page_token: token });
                for (const o of data.items) seen.set(o.order_id, (seen.get(o.order_id) ?? 0) + 1);
                if (!data.has_more) break;
                token = data.page_token;
            }
            for (const id of before) {
                assert.ok(seen.has(id), `${id} was missed`);
                if (!changing.includes(id)) assert.equal(seen.get(id), 1, `${id} came ${seen.get(id)} times`);
            }
        }
    } finally {
        stop = true;
        await writer;
    }
});

test('a page token is valid for another app of the same tenant', async () => {
    const first = await client.orders({ page_size: 4 });
    const other = new Client(server, createApp(server, ['hire:background_check_order:readonly']));
    const [theirs, mine] = [await other.orders({ page_size: 4, page_token: first.page_token }), await client.orders({ page_size: 4, page_token: first.page_token })];
    assert.equal(mine.items.length, 4);
    assert.deepEqual(theirs.items.map((o) => o.order_id), mine.items.map((o) => o.order_id));
});

test('ends cleanly, and its log has no secret', () => server.stop());

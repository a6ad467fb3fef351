// SPDX-License-Identifier: Apache-2.0
//
// Answers that are asked again within a second come from a cache: they must be what the handler would answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { importItems, makeOrder, range } from '../../lib/data.mjs';
import { createApp, demoDir, hiredOk, startServer } from '../../lib/server.mjs';

const dir = demoDir();
importItems(dir, range(40, makeOrder));
const server = await startServer({ dir, args: ['--threads', '1'] });
const client = new Client(server);
// A signed link has the second in it.
const show = (a) => JSON.stringify(a.data.items, (k, v) => (k === 'attachment_url' ? undefined : v));
const list = (c, query = {}, o = {}) => c.call('GET', paths.orders, { query: { page_size: 20, update_start_time: '1700000000000', ...query }, ...o });

test('the same page again and again is the same, and a change is in the next answer', async () => {
    const id = makeOrder(3).order_id;
    for (let i = 0; i < 30; i++) {
        const answers = [];
        for (let k = 0; k < 4; k++) answers.push(await list(client, { page_size: 100 }));
        for (const a of answers) assert.equal(show(a), show(answers[0]));
        assert.equal(new Set(answers.map((a) => a.headers['x-tt-logid'])).size, answers.length, 'each answer has its own log id');
        await client.ok('POST', paths.progress, { body: { background_check_id: id, stage_id: `s${i}`, stage_name: `stage ${i}`, stage_time: String(1_750_000_000_000 + i) } });
        const order = (await list(client, { page_size: 100 })).data.items.find((o) => o.order_id === id);
        assert.ok(order.process_info_list.some((p) => p.process === `stage ${i}`), `stage ${i}`);
    }
});

test('a page token of a repeated answer leads on', async () => {
    let token;
    for (let k = 0; k < 4; k++) token = (await list(client)).data.page_token;
    const next = await list(client, { page_token: token });
    assert.equal(next.code, 0, next.text);
    assert.notEqual(next.data.items[0].order_id, (await list(client)).data.items[0].order_id);
});

test('apps with other scopes, other kinds of user id and other addresses get answers of their own', async () => {
    const poor = createApp(server, ['hire:background_check_order:readonly']);
    const other = new Client(server, poor);
    // Of the demo's own orders, which name users.
    const seen = { rich: new Set(), poor: new Set(), union: new Set() };
    for (let k = 0; k < 4; k++) {
        seen.rich.add(show(await list(client, { update_start_time: '1740000000000', user_id_type: 'open_id' })));
        seen.poor.add(show(await list(other, { update_start_time: '1740000000000', user_id_type: 'open_id' })));
        seen.union.add(show(await list(client, { update_start_time: '1740000000000', user_id_type: 'union_id' })));
    }
    for (const texts of Object.values(seen)) assert.equal(texts.size, 1);
    assert.notDeepEqual(seen.rich, seen.union);
    for (let k = 0; k < 3; k++) {
        const failed = await list(client, { page_size: 1000 });
        assert.equal(failed.code, 99992402, failed.text);
    }
});

test('an app that is disabled gets no repeated answer', async () => {
    const made = createApp(server, ['hire:background_check_order:readonly']);
    const app = new Client(server, made);
    for (let k = 0; k < 3; k++) assert.equal((await list(app)).code, 0);
    hiredOk(['app', 'disable', made.app_id, '--data', dir]);
    assert.notEqual((await list(app)).code, 0);
});

test('ends cleanly', () => server.stop());

// SPDX-License-Identifier: Apache-2.0
//
// background_check_orders/batch_query (ids, conditions and their combinations, fields hidden by scope) and the vendor's
// cancel.
// store: both
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client, paths as common } from '../../lib/client.mjs';
import { importItems, makeOrder, range, T0 } from '../../lib/data.mjs';
import { createApp, demoDir, startServer } from '../../lib/server.mjs';
import { addAccount, arrangeArgs, cliOk, paths } from '../../lib/vendor.mjs';

const dir = demoDir();
const statuses = [2, 3, 4, 5, 6, 8, 9];
const made = range(70, (i) => makeOrder(i, {
    order_status: statuses[i % 7], begin_time: String(T0 + (i % 10) * 1000), contactor_info: { name: '李三', mobile: '+8613900009999', email: 'li.san@example.com' },
}));
delete made[69].begin_time;
importItems(dir, made);
const server = await startServer({ dir });
after(() => server.stop());
const client = new Client(server);
const query = (body, q) => client.ok('POST', paths.batchQuery, { query: q, body });
const all = await client.walk('GET', common.orders, { query: { page_size: 100 } });
const ids = (orders) => orders.map((o) => o.order_id);
const walk = (body, who = client) => who.walk('POST', paths.batchQuery, { query: { page_size: 7 }, body });

test('without conditions every order is returned, as in the list', async () => {
    assert.deepEqual(ids(await walk({})), ids(all));
    const r = await client.call('POST', paths.batchQuery, { query: { page_size: 1 } });
    assert.deepEqual([r.code, r.msg], [0, 'SUCCESS'], 'a body is not needed');
    assert.equal(r.data.items.length, 1);
    assert.equal((await query({}, {})).items.length, 10);
});

const num = (o, f) => Number(o[f] ?? NaN);
for (const [what, body, keep] of [
    ['application_id', { application_id: '8002' }, (o) => o.application_id === '8002'],
    ['no such application', { application_id: '1' }, () => false],
    ['update_start_time', { update_start_time: String(T0 + 40_000) }, (o) => num(o, 'update_time') >= T0 + 40_000],
    ['update_end_time', { update_end_time: String(T0 + 40_000) }, (o) => num(o, 'update_time') <= T0 + 40_000],
    ['an instant', { update_start_time: String(T0 + 5000), update_end_time: String(T0 + 5000) }, (o) => num(o, 'update_time') === T0 + 5000],
    ['begin_start_time', { begin_start_time: String(T0 + 5000) }, (o) => num(o, 'begin_time') >= T0 + 5000],
    ['begin_end_time', { begin_end_time: String(T0 + 5000) }, (o) => num(o, 'begin_time') <= T0 + 5000],
    ['both begins', { begin_start_time: String(T0 + 2000), begin_end_time: String(T0 + 3000) }, (o) => num(o, 'begin_time') >= T0 + 2000 && num(o, 'begin_time') <= T0 + 3000],
    ...statuses.map((s) => [`order_status ${s}`, { order_status: String(s) }, (o) => o.order_status === s]),
    ['all together', { application_id: '8003', order_status: '3', update_start_time: String(T0), update_end_time: String(T0 + 60_000), begin_start_time: String(T0 + 1), begin_end_time: String(T0 + 9000) },
        (o) => o.application_id === '8003' && o.order_status === 3 && num(o, 'update_time') <= T0 + 60_000 && num(o, 'begin_time') > T0 && num(o, 'begin_time') <= T0 + 9000],
    ['empty texts are no conditions', { application_id: '', update_start_time: '', begin_end_time: '', order_status: undefined, background_check_order_id_list: [] }, () => true],
]) {
    test(`conditions: ${what}`, async () => {
        const expected = ids(all.filter(keep));
        assert.deepEqual(ids(await walk(body)), expected);
        if (what.startsWith('order_status') || what === 'all together') assert.ok(expected.length > 0, 'the test is empty');
    });
}

test('orders by id come in the order of the ids, each once, without unknown ones; other conditions are ignored', async () => {
    const wanted = [made[30], made[2], made[55]].map((o) => o.order_id);
    const r = await query({
        background_check_order_id_list: [wanted[0], wanted[1], '4711', wanted[0], wanted[2], ''],
        application_id: '1', update_start_time: '9', update_end_time: '1', begin_start_time: 'x', order_status: '3',
    }, { page_size: 1, page_token: 'any' });
    assert.deepEqual(ids(r.items), wanted);
    assert.equal(r.has_more, false);
    assert.deepEqual((await query({ background_check_order_id_list: ['4711'] })).items, []);
    assert.equal((await query({ background_check_order_id_list: made.slice(0, 20).map((o) => o.order_id) })).items.length, 20);
});

test('invalid parameters are rejected', async () => {
    const fails = (code, body, q) => client.fails(400, code, 'POST', paths.batchQuery, { body, query: q });
    await fails(99992402, { background_check_order_id_list: Array(21).fill('1') });
    await fails(99992402, { order_status: '7' });
    await fails(99992402, { order_status: 2 });
    await fails(99992402, {}, { page_size: 101 });
    assert.match((await fails(1002002, { background_check_order_id_list: ['x'] })).msg, /background_check_order_id_list is not an id/);
    assert.match((await fails(1002002, { update_start_time: '2', update_end_time: '1' })).msg, /update_start_time must not be later/);
    assert.match((await fails(1002002, { begin_start_time: '2', begin_end_time: '1' })).msg, /begin_start_time must not be later/);
    await fails(1002002, { begin_start_time: 'yesterday' });
    await fails(1002002, { application_id: '-1' });
});

test('a page token is rejected with other conditions or by another operation', async () => {
    const { page_token } = await query({ order_status: '2' }, { page_size: 2 });
    await query({ order_status: '2' }, { page_size: 5, page_token });
    for (const [path, body] of [[paths.batchQuery, { order_status: '3' }], [paths.batchQuery, {}]]) {
        await client.fails(400, 1002002, 'POST', path, { query: { page_token }, body });
    }
    await client.fails(400, 1002002, 'GET', common.orders, { query: { page_token } });
});

test('mobiles and emails are returned only to apps with their scopes', async () => {
    const base = 'hire:background_check_order:readonly';
    for (const [scope, member, person] of [
        ['hire:talent.mobile:readonly', 'mobile', 'candidate_info'], ['hire:talent.email:readonly', 'email', 'candidate_info'],
        ['hire:employee.mobile:readonly', 'mobile', 'contactor_info'], ['hire:employee.email:readonly', 'email', 'contactor_info'],
    ]) {
        const who = new Client(server, createApp(server, [base, scope]));
        const body = { background_check_order_id_list: [made[0].order_id] };
        const [seen] = (await who.ok('POST', paths.batchQuery, { body })).items;
        for (const p of ['candidate_info', 'contactor_info']) {
            assert.equal(seen[p].name, made[0][p].name);
            for (const m of ['mobile', 'email']) {
                assert.equal(seen[p][m], p === person && m === member ? made[0][p][m] : undefined, `${scope}: ${p}.${m}`);
            }
        }
        const [listed] = (await who.ok('GET', common.orders, { query: { update_start_time: made[0].update_time, page_size: 1 } })).items;
        assert.equal(listed.candidate_info.mobile, made[0].candidate_info.mobile, 'the list asks for no such scope');
    }
});

/* ---- a vendor's view, and its cancel ---- */

const scopes = ['hire:background_check_order', 'hire:background_check_order:readonly'];
const makeVendor = (type) => {
    const app = createApp(server, scopes, { type });
    return Object.assign(new Client(server, app), { account: addAccount(server, app) });
};
const vendor = makeVendor('custom');
const other = makeVendor('custom');
const arrange = (who) => cliOk(server, ...arrangeArgs(who.account, '--package', 'any')).order_id;
const order = async (id, who = client) => (await who.ok('POST', paths.batchQuery, { body: { background_check_order_id_list: [id] } })).items[0];

test('a vendor sees only the orders of its own accounts', async () => {
    const [mine, theirs] = [arrange(vendor), arrange(other)];
    const body = { background_check_order_id_list: [mine, theirs, made[0].order_id] };
    assert.deepEqual(ids((await vendor.ok('POST', paths.batchQuery, { body })).items), [mine]);
    assert.ok(ids(await walk({}, vendor)).includes(mine));
    assert.ok(!ids(await walk({}, vendor)).includes(theirs));
    assert.deepEqual(ids(await walk({ order_status: '2', application_id: (await order(mine)).application_id }, other)), [theirs]);
    assert.equal((await client.ok('POST', paths.batchQuery, { body })).items.length, 3);
});

test('cancel terminates an order; an order that has ended cannot be cancelled', async () => {
    const id = arrange(vendor);
    const r = await vendor.call('POST', paths.cancel, { body: { background_check_id: id } });
    assert.deepEqual(r.body, { code: 0, msg: 'success', data: {} });
    const ended = await order(id);
    assert.equal(ended.order_status, 4);
    assert.equal(ended.end_time, ended.update_time);
    const again = await vendor.fails(400, 1002858, 'POST', paths.cancel, { body: { background_check_id: id } });
    assert.match(again.msg, /the background check order is terminated/);
    await vendor.fails(400, 1002858, 'POST', common.result, { body: { background_check_id: id, result: 'x', result_time: '1' } });
    assert.equal(cliOk(server, 'order', 'history', id).at(-1).by, 'app');
    assert.equal(cliOk(server, 'event', 'list', '--limit', '1000').filter((e) => e.subject_id === id && /canceled/.test(e.type)).length, 0,
        'the vendor is not told of its own cancellation');
    await client.ok('POST', paths.cancel, { body: { background_check_id: arrange(vendor) } });
});

test('cancelling an unknown order and another vendor\'s order gets the same error 1002862', async () => {
    const words = new Set();
    for (const id of [arrange(other), '4711', '0', 'x', '-1', '9223372036854775808']) {
        words.add((await vendor.fails(400, 1002862, 'POST', paths.cancel, { body: { background_check_id: id } })).msg);
    }
    assert.equal(words.size, 1);
    await vendor.fails(400, 99992402, 'POST', paths.cancel, { body: {} });
});

// SPDX-License-Identifier: Apache-2.0
//
// The three reading operations: filters, their combinations and bounds, the order of the results, and the records that the demo
// tenant must contain.
// store: both
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { importItems, makeExternalCheck, makeInterview, makeOrder, range, T0 } from '../../lib/data.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const server = await startServer();
const client = new Client(server);
const demoOrders = await client.walk('GET', paths.orders, { query: { page_size: 100 } });
const demoInterviews = await client.walk('GET', paths.interviews, { query: { start_time: '1', page_size: 100 } });

test('the demo has orders of every status, with stages, both kinds of report and custom fields', () => {
    assert.equal(demoOrders.length, 12);
    assert.deepEqual([...new Set(demoOrders.map((o) => o.order_status))].sort(), [2, 3, 4, 5, 6, 8, 9]);
    const reports = demoOrders.flatMap((o) => o.feedback_info_list ?? []);
    assert.deepEqual([...new Set(reports.map((r) => r.report_type))].sort(), [1, 2]);
    assert.ok(demoOrders.some((o) => o.custom_field_list?.length && o.custom_data_list?.length));
    assert.ok(demoOrders.some((o) => (o.process_info_list?.length ?? 0) >= 2));
    assert.ok(demoOrders.some((o) => /[^\x00-\x7f]/.test(o.candidate_info?.name ?? '')), 'a Chinese name');
    assert.ok(demoOrders.some((o) => /^[\x20-\x7e]+$/.test(o.candidate_info?.name ?? '')), 'an English name');
});

test('the demo has 40 interviews with every summary', () => {
    assert.equal(demoInterviews.length, 40);
    assert.deepEqual([...new Set(demoInterviews.map((i) => i.interview_round_summary))].sort((a, b) => a - b),
        range(17, (i) => i + 2));
});

test('interview summaries follow from the records', () => {
    for (const i of demoInterviews) {
        const all = (i.interview_record_list ?? []).map((r) => r.conclusion);
        const given = new Set(all.filter((c) => [1, 2, 6].includes(c)));
        const complete = all.length > 0 && all.every((c) => [1, 2, 6].includes(c));
        const key = [...given].sort().join('');
        if (key !== '') {
            const whole = { 1: 4, 2: 5, 6: 17, 12: 10, 16: 15, 26: 16, 126: 18 };
            const part = { 1: 7, 2: 9, 6: 13, 12: 8, 16: 11, 26: 12, 126: 14 };
            assert.equal(i.interview_round_summary, (complete ? whole : part)[key], JSON.stringify(all));
        } else {
            assert.ok([2, 3, 6].includes(i.interview_round_summary), JSON.stringify(all));
        }
    }
});

test('lists within an order are newest first, and its times are consistent', () => {
    const concluded = [];
    for (const o of demoOrders) {
        for (const [list, time] of [['feedback_info_list', 'create_time'], ['process_info_list', 'update_time']]) {
            const times = (o[list] ?? []).map((x) => Number(x[time]));
            assert.deepEqual(times, [...times].sort((a, b) => b - a), `${list} of ${o.order_id}`);
        }
        assert.equal(o.end_time !== undefined, [3, 4].includes(o.order_status), `end_time of ${o.order_id}`);
        if (o.feedback_info_list?.length && o.conclusion !== undefined) concluded.push([o.conclusion, o.feedback_info_list[0].result]);
        for (const t of [o.update_time, o.begin_time, o.end_time]) if (t !== undefined) assert.match(t, /^\d{13}$/);
        assert.equal(o.name !== undefined, o.upload_time !== undefined, 'name and upload_time are of orders recorded by hand');
    }
    assert.ok(concluded.length > 0);
    for (const [conclusion, newest] of concluded) assert.equal(conclusion, newest);
});

test('the demo answers like a small company: external checks are there', async () => {
    const items = await client.walk('POST', paths.externalChecks, { body: {} });
    assert.ok(items.length > 0);
});

// A store of known content beside the demo.
const dir = demoDir();
importItems(dir, range(60, makeOrder));
importItems(dir, range(60, makeInterview));
importItems(dir, range(60, makeExternalCheck));
const known = await startServer({ dir });
const c = new Client(known);
const orders = (query) => c.walk('GET', paths.orders, { query: { page_size: 100, ...query } });
const interviews = (query) => c.walk('GET', paths.interviews, { query: { page_size: 100, ...query } });
const external = (query, body = {}) => c.walk('POST', paths.externalChecks, { query: { page_size: 20, ...query }, body });
const refused = (method, path, query, body) => c.fails(400, 1002002, method, path, { query, body });

test('orders by application', async () => {
    assert.deepEqual((await orders({ application_id: '8002' })).map((o) => o.order_id).sort(),
        range(60, makeOrder).filter((o) => o.application_id === '8002').map((o) => o.order_id).sort());
    assert.deepEqual(await orders({ application_id: '999' }), []);
    for (const o of await orders({ application_id: '8002' })) assert.equal(o.application_id, '8002');
});

test('orders by time of update: both ends belong to it', async () => {
    const between = (a, b) => range(60, makeOrder).filter((o) => +o.update_time >= a && +o.update_time <= b).map((o) => o.order_id);
    for (const [a, b] of [[T0, T0], [T0 + 5000, T0 + 9000], [T0 + 5001, T0 + 8999], [T0 + 1, T0 + 999], [T0 + 59_000, T0 + 59_000]]) {
        const got = await orders({ update_start_time: a, update_end_time: b });
        assert.deepEqual(got.map((o) => o.order_id), between(a, b), `${a} to ${b}`);
    }
    const upTo = await orders({ update_end_time: T0 + 2000 });
    assert.ok(upTo.every((o) => +o.update_time <= T0 + 2000) && upTo.length >= 3);
    const from = await orders({ update_start_time: T0 + 58_000 });
    assert.ok(from.every((o) => +o.update_time >= T0 + 58_000) && from.length >= 2);
});

test('orders by application and time together', async () => {
    const got = await orders({ application_id: '8001', update_start_time: T0 + 10_000, update_end_time: T0 + 30_000 });
    assert.deepEqual(got.map((o) => o.order_id).sort(),
        range(60, makeOrder).filter((o) => o.application_id === '8001' && +o.update_time >= T0 + 10_000 && +o.update_time <= T0 + 30_000)
            .map((o) => o.order_id).sort());
    for (const page_size of [1, 2]) {
        const walked = await c.walk('GET', paths.orders, {
            query: { application_id: '8001', update_start_time: T0 + 10_000, update_end_time: T0 + 30_000, page_size },
        });
        assert.deepEqual(walked, got);
    }
});

test('orders come by time of update', async () => {
    const times = (await orders({})).map((o) => Number(o.update_time));
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
});

test('orders: broken filters are refused with what is accepted', async () => {
    const bad = [
        [{ update_start_time: '2', update_end_time: '1' }, /update_start_time/],
        [{ update_start_time: 'yesterday' }, /update_start_time/],
        [{ update_end_time: '-5' }, /update_end_time/],
        [{ update_end_time: '99999999999999999999' }, /update_end_time/],
        [{ update_start_time: '1.5' }, /update_start_time/],
        [{ application_id: 'abc' }, /application_id/],
        [{ application_id: '-1' }, /application_id/],
        [{ application_id: '99999999999999999999' }, /application_id/],
    ];
    for (const [query, named] of bad) {
        const r = await refused('GET', paths.orders, query);
        assert.match(r.msg, /^Parameter error: /);
        assert.match(r.msg, named);
    }
});

test('interviews: not all filters may be empty', async () => {
    for (const query of [{}, { page_size: 5 }, { user_id_type: 'open_id' },
        { application_id: '', interview_id: '', start_time: '', end_time: '' }]) {
        const r = await refused('GET', paths.interviews, query);
        for (const name of ['application_id', 'interview_id', 'start_time', 'end_time']) assert.match(r.msg, new RegExp(name));
    }
});

test('interviews by id, application and time of beginning', async () => {
    const one = makeInterview(7);
    assert.deepEqual((await interviews({ interview_id: one.id })).map((i) => i.id), [one.id]);
    assert.deepEqual(await interviews({ interview_id: '12345' }), []);
    assert.deepEqual((await interviews({ application_id: '8003' })).map((i) => i.id),
        range(60, makeInterview).filter((i) => i.application_id === '8003').map((i) => i.id));
    const got = await interviews({ start_time: T0 + 60_000, end_time: T0 + 300_000 });
    assert.deepEqual(got.map((i) => i.id), range(5, (i) => makeInterview(i + 1).id), 'both ends belong to it');
    for (const query of [{ start_time: T0 + 59 * 60_000 }, { end_time: T0 + 60_000 }]) {
        for (const i of await interviews(query)) {
            assert.ok(query.start_time ? i.begin_time >= query.start_time : i.begin_time <= query.end_time);
        }
    }
});

test('interviews: filters together mean all of them', async () => {
    const seven = makeInterview(7);
    assert.equal((await interviews({ interview_id: seven.id, application_id: seven.application_id })).length, 1);
    assert.equal((await interviews({ interview_id: seven.id, application_id: '8000' })).length, 0);
    assert.equal((await interviews({ interview_id: seven.id, start_time: seven.begin_time, end_time: seven.begin_time })).length, 1);
    assert.equal((await interviews({ interview_id: seven.id, start_time: seven.begin_time + 1 })).length, 0);
    assert.equal((await interviews({ interview_id: seven.id, end_time: seven.begin_time - 1 })).length, 0);
    const got = await interviews({ application_id: '8002', start_time: T0 + 60_000, end_time: T0 + 30 * 60_000 });
    assert.deepEqual(got.map((i) => i.id).sort(),
        range(60, makeInterview).filter((i) => i.application_id === '8002' && i.begin_time >= T0 + 60_000 && i.begin_time <= T0 + 30 * 60_000)
            .map((i) => i.id).sort());
});

test('interviews: broken filters are refused', async () => {
    for (const query of [{ start_time: '-1' }, { start_time: 'x' }, { end_time: '1e3' },
        { start_time: '2', end_time: '1' }, { interview_id: 'x' }, { application_id: 'x' }]) {
        const r = await refused('GET', paths.interviews, query);
        assert.match(r.msg, new RegExp(`^Parameter error: .*${Object.keys(query)[0]}`), JSON.stringify(query));
    }
});

test('external checks by application, and all of them', async () => {
    const mine = range(60, makeExternalCheck);
    const id = mine[3].external_application_id;
    assert.deepEqual((await external({ external_application_id: id })).map((x) => x.id),
        mine.filter((x) => x.external_application_id === id).map((x) => x.id));
    assert.deepEqual(await external({ external_application_id: '5' }), []);
    const all = (await external({})).map((x) => x.id);
    for (const x of mine) assert.ok(all.includes(x.id));
    assert.deepEqual((await external({ external_application_id: id }))[0], mine[3]);
});

test('external checks by id: the list of ids is the only condition', async () => {
    const [a, b] = [makeExternalCheck(5).id, makeExternalCheck(9).id];
    const ask = (ids, query) => c.externalChecks(query, { external_background_check_id_list: ids });
    assert.deepEqual((await ask([a, b])).items.map((x) => x.id).sort(), [a, b].sort());
    assert.deepEqual((await ask([a, '12345', a])).items.map((x) => x.id), [a], 'unknown ones are left out, no one comes twice');
    assert.deepEqual((await ask([a], { external_application_id: '1' })).items.map((x) => x.id), [a], 'other conditions do not count');
    const none = await ask(['12345']);
    assert.deepEqual(none.items ?? [], []);
    assert.equal(none.has_more, false);
    assert.ok((await ask([])).items.length === 10, 'an empty list is none');
    const twenty = range(20, (i) => makeExternalCheck(i).id);
    assert.equal((await ask(twenty, { page_size: 20 })).items.length, 20);
    const all = await ask(twenty, { page_size: 10 });
    assert.deepEqual([all.items.length, all.has_more], [20, false], 'not even page_size counts');
});

test('external checks: broken ids are refused', async () => {
    for (const [query, body] of [[{ external_application_id: 'x' }, {}], [{}, { external_background_check_id_list: ['x'] }]]) {
        const r = await refused('POST', paths.externalChecks, query, body);
        assert.match(r.msg, /^Parameter error: /);
    }
});

test('a token of another server is rejected', async () => {
    // Another database, another key.
    await c.fails(400, 99991663, 'GET', paths.orders, { token: await client.token() });
});

test('ends cleanly, and its log has no secret', async () => {
    await server.stop();
    await known.stop();
});

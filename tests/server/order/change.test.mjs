// SPDX-License-Identifier: Apache-2.0
//
// update_progress and update_result: what they append, in which states they are permitted, what they reject, which orders a
// vendor sees, the tenant's setting for approving reports, and the recorded history.
// store: both
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertSame, Client, eventually, paths } from '../../lib/client.mjs';
import { importItems, makeOrder, range, sql } from '../../lib/data.mjs';
import { demoDir, hiredOk, startServer } from '../../lib/server.mjs';

const dir = demoDir();
const own = range(60, (i) => makeOrder(i + 500));
importItems(dir, own);
const server = await startServer({ dir });
const client = new Client(server);
const vendor = Client.vendor(server);
let next = 0;
const freshOrder = () => own[next++].order_id;
const preview = (n = 1, more = {}) => ({ report_name: `报告 ${n}`, report_url: `https://vendor.example/reports/${n}`, report_url_type: 2, ...more });
const stage = (order, n, more = {}) => ({
    background_check_id: order, stage_id: `stage ${n}`, stage_name: `阶段 ${n}`, stage_en_name: `Stage ${n}`,
    stage_time: String(1_710_000_000_000 + n), ...more,
});
const finalResult = (order, more = {}) => ({ background_check_id: order, result: '无差异', result_time: '1720000000000', ...more });
const history = (order) => sql(dir, 'SELECT * FROM order_history WHERE order_id = ? ORDER BY seq', order);

test('the answer is an empty data object', async () => {
    const r = await client.call('POST', paths.progress, { body: stage(freshOrder(), 1) });
    assert.deepEqual(r.body, { code: 0, msg: 'success', data: {} });
});

test('progress: stages are added newest first, reports with them; the status stays', async () => {
    const id = freshOrder();
    const before = await client.order(id);
    await client.progress(stage(id, 1));
    await client.progress(stage(id, 2, { result: '绿灯', report_file_list: [preview(1), preview(2)] }));
    const { stage_en_name: _, ...noEnglish } = stage(id, 3);
    await client.progress(noEnglish);
    const after = await client.order(id);
    assert.equal(after.order_status, 2);
    assert.equal(after.end_time, undefined);
    assert.deepEqual(after.process_info_list.slice(0, 3), [
        { process: '阶段 3', update_time: '1710000000003' },
        { process: '阶段 2', update_time: '1710000000002', en_process: 'Stage 2' },
        { process: '阶段 1', update_time: '1710000000001', en_process: 'Stage 1' },
    ]);
    assert.deepEqual(after.process_info_list.slice(3), before.process_info_list);
    assert.equal(after.feedback_info_list.length, 2);
    for (const f of after.feedback_info_list) {
        assert.equal(f.report_type, 1);
        assert.equal(f.result, '绿灯');
        assert.equal(f.attachment_url, undefined);
        assert.match(f.report_preview_url, /^https:\/\/vendor\.example\/reports\/[12]$/);
        assert.match(f.id, /^\d+$/);
        assert.match(f.create_time, /^\d{13}$/);
    }
    assert.notEqual(after.feedback_info_list[0].id, after.feedback_info_list[1].id);
    assert.equal(after.conclusion, '绿灯', 'the conclusion is the result of the last report');
    assert.ok(BigInt(after.update_time) > BigInt(before.update_time));
    for (const key of Object.keys(before)) {
        if (!['process_info_list', 'update_time'].includes(key)) assert.deepEqual(after[key], before[key], key);
    }
});

test('update_time moves with every change, and an order changed comes last in the list', async () => {
    const id = freshOrder();
    let last = 0n;
    for (let n = 1; n <= 5; n++) {
        await client.progress(stage(id, n));
        const all = await client.walk('GET', paths.orders, { query: { page_size: 100 } });
        const t = BigInt(all.find((o) => o.order_id === id).update_time);
        assert.ok(t > last);
        last = t;
        assert.equal(all.at(-1).order_id, id);
    }
});

test('result: completes the order, its reports are final, end_time and conclusion are set', async () => {
    const id = freshOrder();
    await client.progress(stage(id, 1, { result: '黄灯', report_file_list: [preview(1)] }));
    await client.result(finalResult(id, { report_file_list: [preview(2)] }));
    const o = await client.order(id);
    assert.equal(o.order_status, 3);
    assert.equal(o.conclusion, '无差异');
    assert.match(o.end_time, /^\d{13}$/);
    assert.deepEqual(o.feedback_info_list.map((f) => [f.report_type, f.result]), [[2, '无差异'], [1, '黄灯']]);
});

test('result without a report completes the order as well', async () => {
    for (const more of [{}, { report_file_list: [] }]) {
        const id = freshOrder();
        await client.result(finalResult(id, more));
        const o = await client.order(id);
        assert.equal(o.order_status, 3);
        assert.equal(o.conclusion, '无差异');
    }
});

test('a completed order rejects further changes with 1002858 and stays unchanged', async () => {
    const id = freshOrder();
    await client.result(finalResult(id));
    const before = await client.order(id);
    const rows = history(id).length;
    await client.fails(400, 1002858, 'POST', paths.progress, { body: stage(id, 1) });
    await client.fails(400, 1002858, 'POST', paths.result, { body: finalResult(id) });
    assertSame(await client.order(id), before);
    assert.equal(history(id).length, rows);
});

test('each order of the demo accepts or rejects a change as the table of states says', async () => {
    const orders = await client.walk('GET', paths.orders, { query: { page_size: 100 } });
    const demo = orders.filter((o) => !own.some((x) => x.order_id === o.order_id));
    const seen = new Set();
    for (const o of demo) {
        const aboutReport = (o.feedback_info_list ?? []).some((f) => f.report_type === 2);
        const open = [2, 8].includes(o.order_status) || ([6, 9].includes(o.order_status) && aboutReport);
        seen.add(`${o.order_status} ${open}`);
        const time = String(Date.now() + 86_400_000);
        const progress = await client.call('POST', paths.progress, { body: stage(o.order_id, 'demo', { stage_time: time }) });
        assert.deepEqual([progress.status, progress.code], open ? [200, 0] : [400, 1002858], `progress of a ${o.order_status}`);
        const between = await client.order(o.order_id);
        const unchanged = o.order_status === 8 ? 2 : o.order_status;
        assert.equal(between.order_status, open ? unchanged : o.order_status);
        const result = await client.call('POST', paths.result, { body: finalResult(o.order_id) });
        assert.deepEqual([result.status, result.code], open ? [200, 0] : [400, 1002858], `result of a ${o.order_status}`);
        assert.equal((await client.order(o.order_id)).order_status, open ? 3 : o.order_status);
    }
    assert.ok(seen.size >= 7, [...seen].join(', '));
});

// Each of these is refused with 1002002 and changes nothing.
const refusals = [
    ['a stage_id used before', (id) => stage(id, 1, { stage_time: '1710000000099' }), /stage_id/],
    ['a stage_time that does not grow: equal', (id) => stage(id, 8, { stage_time: '1710000000001' }), /stage_time/],
    ['a stage_time that does not grow: less', (id) => stage(id, 8, { stage_time: '1709999999999' }), /stage_time/],
    ['a stage_time that is no number', (id) => stage(id, 8, { stage_time: 'tomorrow' }), /stage_time/],
    ['a stage_time below zero', (id) => stage(id, 8, { stage_time: '-1' }), /stage_time/],
    ['a stage_time in seconds', (id) => stage(id, 8, { stage_time: '1710000009' }), /stage_time must be a time in milliseconds.*"1710000009", which looks like seconds/],
    ['a stage_time of 2286', (id) => stage(id, 8, { stage_time: '9999999999999' }), /stage_time must be a time in milliseconds.*"9999999999999"/],
    ['a stage_time before 2000', (id) => stage(id, 8, { stage_time: '946684799999' }), /stage_time must be a time in milliseconds/],
    ['the same call again', (id) => stage(id, 1), /stage_id "stage 1" is used already/],
    ['a stage_time beyond all times', (id) => stage(id, 8, { stage_time: '99999999999999999999' }), /stage_time/],
    ['a result without a report', (id) => stage(id, 8, { result: '绿灯' }), /report_file_list/],
    ['a result with an empty list of reports', (id) => stage(id, 8, { result: '绿灯', report_file_list: [] }), /report_file_list/],
    ['a report_url that is no link', (id) => stage(id, 8, { report_file_list: [preview(1, { report_url: 'not a link' })] }), /report_url/],
    ['a report_url of another kind', (id) => stage(id, 8, { report_file_list: [preview(1, { report_url: 'file:///etc/passwd' })] }), /report_url/],
    ['a report_url that runs a script', (id) => stage(id, 8, { report_file_list: [preview(1, { report_url: 'javascript:alert(1)' })] }), /report_url/],
    ['a stage_id of more than 200 characters', (id) => stage(id, 8, { stage_id: '长'.repeat(201) }), /stage_id.*200/],
    ['a stage_name of more than 500', (id) => stage(id, 8, { stage_name: '长'.repeat(501) }), /stage_name.*500/],
    ['a report_name of more than 500', (id) => stage(id, 8, { report_file_list: [preview(1, { report_name: 'x'.repeat(501) })] }), /report_name.*500/],
    ['a result of more than 2000', (id) => stage(id, 8, { result: 'x'.repeat(2001), report_file_list: [preview(1)] }), /result.*2000/],
    ['the second report is broken', (id) => stage(id, 8, { report_file_list: [preview(1), preview(2, { report_url: 'ftp://x.example/r.pdf' })] }), /report_url/],
];
for (const [name, body, named] of refusals) {
    test(`refused, and nothing changed: ${name}`, async () => {
        const id = freshOrder();
        await client.progress(stage(id, 1));
        const before = await client.order(id);
        const rows = history(id);
        const r = await client.fails(400, 1002002, 'POST', paths.progress, { body: body(id) });
        assert.match(r.msg, /^Parameter error: /);
        assert.match(r.msg, named);
        assertSame(await client.order(id), before);
        assert.deepEqual(history(id), rows);
    });
}

test('an unknown order id and an invalid order id get 1002862', async () => {
    for (const id of ['6931286400470354183', '0', '-1', 'abc', '99999999999999999999', '1'.repeat(5000)]) {
        for (const [path, body] of [[paths.progress, stage(id, 1)], [paths.result, finalResult(id)]]) {
            await client.fails(400, 1002862, 'POST', path, { body });
        }
    }
});

test('a vendor sees and changes only the orders of its own account', async () => {
    const mine = await vendor.walk('GET', paths.orders, { query: { page_size: 100 } });
    const all = await client.walk('GET', paths.orders, { query: { page_size: 100 } });
    assert.ok(mine.length > 0 && mine.length < all.length, `${mine.length} of ${all.length}`);
    const foreign = all.find((o) => o.order_status === 2 && !mine.some((m) => m.order_id === o.order_id));
    const answers = [];
    for (const id of [foreign.order_id, '6931286400470354183']) {
        const r = await vendor.fails(400, 1002862, 'POST', paths.progress, { body: stage(id, 1) });
        answers.push({ ...r.body, error: { ...r.error, log_id: 'x' } });
    }
    assert.deepEqual(answers[0], answers[1], 'a foreign order looks just like none');
    // Even what would be refused for another reason tells nothing.
    await vendor.fails(400, 1002862, 'POST', paths.progress, { body: stage(foreign.order_id, 1, { result: 'x' }) });
    assertSame(await client.order(foreign.order_id), foreign);
    assert.deepEqual((await vendor.orders({ application_id: foreign.application_id })).items ?? [], []);
});

test('the vendor\'s app works on its own order', async () => {
    const fresh = await startServer();
    const v = Client.vendor(fresh);
    const o = (await v.orders({ page_size: 100 })).items.find((x) => x.order_status === 2);
    await v.progress(stage(o.order_id, 1, { stage_time: String(Date.now() + 86_400_000) }));
    await v.result(finalResult(o.order_id));
    assert.equal((await v.order(o.order_id)).order_status, 3);
    await fresh.stop();
});

test('if reports need approval, a result sets status 5, and further changes are rejected until it is approved', async () => {
    const approvals = (value) => hiredOk(['tenant', 'set', '--data', dir, '--tenant', server.demo.tenant_key, '--approve-report', value]);
    approvals('on');
    const id = freshOrder();
    await eventually(async () => {
        const probe = freshOrder();
        await client.result(finalResult(probe));
        return client.order(probe);
    }, (o) => o.order_status === 5, { what: 'the switch' });
    await client.progress(stage(id, 1));
    await client.result(finalResult(id, { report_file_list: [preview(1)] }));
    const o = await client.order(id);
    assert.equal(o.order_status, 5);
    assert.equal(o.end_time, undefined);
    await client.fails(400, 1002858, 'POST', paths.progress, { body: stage(id, 2) });
    await client.fails(400, 1002858, 'POST', paths.result, { body: finalResult(id) });
    approvals('off');
    await eventually(async () => {
        const probe = freshOrder();
        await client.result(finalResult(probe));
        return client.order(probe);
    }, (p) => p.order_status === 3, { what: 'the switch back' });
    assert.equal((await client.order(id)).order_status, 5, 'what waits goes on waiting');
});

test('the history has one row for each change, in order, with the actor and without personal data', async () => {
    const id = freshOrder();
    const before = history(id);
    await client.progress(stage(id, 1));
    await client.progress(stage(id, 2));
    await client.result(finalResult(id));
    const rows = history(id);
    assert.deepEqual(rows.slice(0, before.length), before);
    const added = rows.slice(before.length);
    assert.equal(added.length, 3);
    assert.deepEqual(rows.map((r) => r.seq), rows.map((_, i) => i + 1));
    assert.deepEqual(added.map((r) => [r.from_status, r.to_status]), [[2, 2], [2, 2], [2, 3]]);
    const [app] = sql(dir, 'SELECT id FROM app WHERE app_id = ?', server.demo.app_id);
    for (const r of added) {
        assert.equal(r.actor_kind, 1);
        assert.equal(r.actor_id, app.id);
        assert.ok(Math.abs(r.at_ms - Date.now()) < 120_000);
    }
    assert.deepEqual(rows.map((r) => r.at_ms), rows.map((r) => r.at_ms).sort((a, b) => a - b));
});

test('of many simultaneous calls with the same stage_id, exactly one succeeds', async () => {
    const id = freshOrder();
    const answers = await Promise.all(range(32, (i) => client.call('POST', paths.progress, {
        body: stage(id, 'same', { stage_time: String(1_710_000_000_000 + i) }),
    })));
    assert.equal(answers.filter((r) => r.code === 0).length, 1);
    assert.ok(answers.every((r) => [0, 1002002].includes(r.code)));
    assert.equal((await client.order(id)).process_info_list.filter((p) => p.process === '阶段 same').length, 1);
});

test('of many simultaneous results, exactly one succeeds', async () => {
    const id = freshOrder();
    const answers = await Promise.all(range(16, () => client.call('POST', paths.result, { body: finalResult(id) })));
    assert.deepEqual(answers.map((r) => r.code).sort((a, b) => a - b), [0, ...Array(15).fill(1002858)]);
});

test('long and unusual texts come back as they were sent', async () => {
    const id = freshOrder();
    const text = 'a"\\/\b\f\n\r\t\u0001 ü 漢字 😀 \u2028 <script>' + '长'.repeat(450);
    await client.progress(stage(id, 1, { stage_name: text, stage_en_name: text }));
    const [p] = (await client.order(id)).process_info_list;
    assert.equal(p.process, text);
    assert.equal(p.en_process, text);
});

test('ends cleanly, and its log has no secret', () => server.stop());

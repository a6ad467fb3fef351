// SPDX-License-Identifier: Apache-2.0
//
// The console's applications, background checks and interviews: lists, search, one of each, and every action with its roles.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { importItems, makeOrder, meddle } from '../../lib/data.mjs';
import { hiredOk, startServer } from '../../lib/server.mjs';

let server, admin, recruiter, approver, interviewer, vendor, app;
before(async () => {
    server = await startServer();
    [admin, recruiter, approver, interviewer] = await Promise.all(['admin', 'recruiter', 'approver', 'interviewer'].map((role) => Person.of(server, role)));
    vendor = Client.vendor(server);
    app = new Client(server);
});
after(() => server.stop());

const demoAccount = async () => (await recruiter.walk('orders')).find((o) => o.provider_name?.en_us === 'Clearview Screening').account_id;
const anyApplication = async () => (await recruiter.get('applications', { status: 1 })).items[0];
async function arranged() {
    const body = { application_id: (await anyApplication()).id, account_id: await demoAccount(), package_name: 'Standard', again: true };
    return (await recruiter.post('orders/arrange', body)).order_id;
}

test('applications come newest change first, page by page, each once', async () => {
    const all = await recruiter.walk('applications', { page_size: 7 });
    assert.equal(all.length, 30);
    assert.equal(new Set(all.map((a) => a.id)).size, 30);
    for (let i = 1; i < all.length; i++) assert.ok(BigInt(all[i - 1].update_time) >= BigInt(all[i].update_time));
    for (const a of all) assert.ok(a.talent_name && a.job_title && a.stage.name.zh_cn && a.stage.name.en_us, JSON.stringify(a));
    assert.ok(all.some((a) => a.order));
});

test('applications are found by a part of a name, and filtered', async () => {
    const all = await recruiter.walk('applications', { page_size: 100 });
    const found = async (query) => (await recruiter.walk('applications', { page_size: 100, ...query })).map((a) => a.id).sort();
    const expected = (test) => all.filter(test).map((a) => a.id).sort();
    for (const word of ['王', 'bennett', 'BENNETT', 'Backend', '工程师', 'nobody of that name', '%', '_', '\\']) {
        const has = (text) => text.toLowerCase().includes(word.toLowerCase());
        assert.deepEqual(await found({ query: word }), expected((a) => has(a.talent_name) || has(a.job_title)), word);
    }
    assert.ok((await found({ query: '王' })).length > 0 && (await found({ query: 'backend' })).length > 0);
    assert.deepEqual(await found({ query: '   ' }), expected(() => true));
    assert.deepEqual(await found({ status: 2 }), expected((a) => a.active_status === 2));
    assert.deepEqual(await found({ stage_id: all[0].stage.id }), expected((a) => a.stage.id === all[0].stage.id));
    assert.deepEqual(await found({ job_id: all[0].job_id, status: 1 }), expected((a) => a.job_id === all[0].job_id && a.active_status === 1));
    await recruiter.fails(400, 1002002, 'GET', 'applications', { query: { job_id: 'x' } });
    const page = await recruiter.get('applications', { page_size: 1 });
    await recruiter.fails(400, 1002002, 'GET', 'applications', { query: { page_token: page.page_token, status: 2 } });
});

// Names as people have them, and as others type them: case, accents in one piece or two, full and half width.
const namesAndQueries = [
    ['ÉMILIE Lefèvre', ['émilie', 'e\u0301milie', 'ÉMILIE LEFÈVRE', 'Le\u0066e\u0300vre']],
    ['e\u0301ric Straße', ['ÉRIC', 'éric strasse', 'STRASSE']],
    ['Ｗａｎｇ　ｌｅｉ', ['wang lei', 'WANG', 'ｗａｎｇ', ' lei ', '　LEI　']],
    ['ｶﾞｰﾙ 花子', ['ガール', 'ｶﾞｰﾙ', '花子']],
    ['Иван ПЕТРОВ', ['иван', 'петров', 'ИВАН ПЕТРОВ']],
    ['Σίσυφος', ['σίσυφος', 'ΣΊΣΥΦΟΣ']],
    ['\ud55c\uc9c0\ubbfc', ['\u1112\u1161\u11ab', '지민']],
];

test('the search for names ignores case by the rules of Unicode, for records from every source', async () => {
    const [job] = await recruiter.walk('applications', { page_size: 100 });
    const items = namesAndQueries.flatMap(([name], i) => [
        { id: String(7_810_000_000_000_000_000n + BigInt(i)), is_in_agency_period: false, is_onboarded: false, basic_info: { name } },
        { id: String(7_820_000_000_000_000_000n + BigInt(i)), job_id: job.job_id, talent_id: String(7_810_000_000_000_000_000n + BigInt(i)), active_status: 1 },
    ]);
    importItems(server.dir, items);
    importItems(server.dir, namesAndQueries.map((_, i) => makeOrder(9000 + i, {
        application_id: items[2 * i + 1].id, provider_info: { provider_id: `fold-${i}`, provider_name: { zh_cn: `Ｖ${i}Ö`, en_us: `v${i}` } },
    })));
    for (const [i, [name, queries]] of namesAndQueries.entries())
        for (const query of [name, ...queries]) {
            const applications = await recruiter.walk('applications', { page_size: 100, query }), orders = await recruiter.walk('orders', { page_size: 100, query });
            assert.ok(applications.some((a) => a.id === items[2 * i + 1].id), `${name} by ${query}`);
            assert.deepEqual(orders.map((o) => o.order_id ?? o.id), [makeOrder(9000 + i).order_id], `${name} by ${query}`);
        }
    assert.equal((await recruiter.walk('orders', { page_size: 100, query: 'v3ö' })).length, 1, 'the vendor, too');
    assert.deepEqual(await recruiter.walk('applications', { page_size: 100, query: 'emilie' }), [], 'an accent is a part of a name');
});

test('checks are found by the name of the candidate or the vendor, and filtered', async () => {
    const all = await recruiter.walk('orders', { page_size: 100 });
    const vendors = (await admin.get('vendors')).items;
    const texts = (o) => [o.talent_name, ...[vendors.find((v) => v.id === o.account_id)].flatMap((v) => (v ? [v.name, v.provider_name.zh_cn, v.provider_name.en_us] : []))];
    const has = (o, word) => texts(o).some((text) => text?.toLowerCase().includes(word.toLowerCase()));
    const found = async (query) => (await recruiter.walk('orders', { page_size: 2, ...query })).map((o) => o.id);
    const expected = (test) => all.filter(test).map((o) => o.id);
    const person = all.find((o) => o.talent_name).talent_name;
    for (const word of [person, person[0], ` ${person} `, 'CLEARVIEW', 'view', 'nobody of that name', '%', '_', '\\'])
        assert.deepEqual(await found({ query: word }), expected((o) => has(o, word.trim())), word);
    assert.ok((await found({ query: person })).length > 0 && (await found({ query: 'clearview' })).length > 2);
    assert.deepEqual(await found({ query: '  ' }), expected(() => true));
    const account_id = await demoAccount();
    assert.deepEqual(await found({ query: 'clearview', status: 2 }), expected((o) => has(o, 'clearview') && o.status === 2));
    assert.deepEqual(await found({ query: person, account_id }), expected((o) => has(o, person) && o.account_id === account_id));
    assert.deepEqual(await found({ query: 'clearview', account_id: vendors.find((v) => v.id !== account_id).id }), []);
    const [row] = (await recruiter.get('orders', { query: person, page_size: 1 })).items;
    assert.deepEqual(row, all.find((o) => o.id === row.id));

    const { page_token } = await recruiter.get('orders', { query: 'clearview', page_size: 1 });
    for (const query of [{}, { query: 'clear' }, { query: 'clearview', status: 2 }])
        await recruiter.fails(400, 1002002, 'GET', 'orders', { query: { page_size: 1, page_token, ...query } });
    const { msg } = await recruiter.fails(400, 1002002, 'GET', 'orders', { query: { query: person, application_id: row.application_id } });
    assert.match(msg, /query or application_id, not both/);
    await interviewer.fails(403, 4031, 'GET', 'orders', { query: { query: person } });
});

test('a word that thousands of names hold finds the same checks', async () => {
    const all = await recruiter.walk('orders', { page_size: 100 });
    const { talent_name: name } = all.find((o) => o.talent_name);
    const found = async (query) => (await recruiter.walk('orders', { page_size: 3, ...query })).map((o) => o.id);
    const own = await found({ query: name });
    const vendors = await found({ query: 'clearview' });
    meddle(server.dir, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        INSERT INTO reference_name SELECT t.id, 'talent', i, 'Clearview ' || i, 'clearview ' || i || ' ${name}' FROM tenant t, n`);
    assert.deepEqual([await found({ query: name }), await found({ query: 'clearview' })], [own, vendors]);
    assert.deepEqual(await found({ query: name, status: 3 }), all.filter((o) => own.includes(o.id) && o.status === 3).map((o) => o.id));
    meddle(server.dir, "DELETE FROM reference_name WHERE id <= 2500");
});

test('an application shows its person, job, stages, checks and interviews', async () => {
    const row = (await recruiter.walk('applications', { page_size: 100 })).find((a) => a.order);
    const one = await recruiter.get(`applications/${row.id}`);
    assert.equal(one.candidate.name, row.talent_name);
    assert.match(one.candidate.mobile, /^\+\d+$/);
    assert.equal(one.job.title, row.job_title);
    assert.ok(one.stages.length > 0 && one.stages.every((s) => s.name.zh_cn && s.enter_time));
    assert.equal(one.orders[0].id, row.order.id);
    assert.ok(one.orders.every((o) => o.application_id === row.id && o.talent_name === row.talent_name));
    const theirs = (await app.walk('GET', paths.interviews, { query: { application_id: row.id, page_size: 100 } })).map((i) => i.id);
    assert.deepEqual(one.interviews.map((i) => i.id).sort(), theirs.sort());
    await recruiter.fails(404, 4004, 'GET', 'applications/123');
    await recruiter.fails(404, 4004, 'GET', 'applications/x');
});

test('orders come newest change first, by status, account and application', async () => {
    const all = await approver.walk('orders', { page_size: 5 });
    const api = await app.walk('GET', paths.orders, { query: { page_size: 100 } });
    assert.deepEqual(all.map((o) => o.id).sort(), api.map((o) => o.order_id).sort());
    for (let i = 1; i < all.length; i++) assert.ok(BigInt(all[i - 1].update_time) >= BigInt(all[i].update_time));
    const ids = async (query) => (await approver.walk('orders', { page_size: 2, ...query })).map((o) => o.id);
    const want = (test) => all.filter(test).map((o) => o.id);
    for (const status of [2, 3, 4, 5, 6, 8, 9]) assert.deepEqual(await ids({ status }), want((o) => o.status === status), `status ${status}`);
    const { account_id, application_id } = all.find((o) => o.account_id);
    assert.deepEqual(await ids({ account_id }), want((o) => o.account_id === account_id));
    assert.deepEqual(await ids({ account_id, status: 3 }), want((o) => o.account_id === account_id && o.status === 3));
    assert.deepEqual(await ids({ application_id }), want((o) => o.application_id === application_id));
    await approver.fails(400, 1002002, 'GET', 'orders', { query: { account_id, application_id } });
});

test('an order shows the record as the API answers it, its files and its history', async () => {
    const api = await app.walk('GET', paths.orders, { query: { page_size: 100, user_id_type: 'user_id' } });
    for (const record of api) {
        const one = await admin.get(`orders/${record.order_id}`);
        const steady = (o) => JSON.stringify(o, (k, v) => (k === 'attachment_url' ? 'a link' : v));
        assert.equal(steady(one.order), steady(record));
        assert.equal(one.status, record.order_status);
        assert.ok(one.history.length > 0);
        assert.equal(one.history[0].to_status, one.status);
        assert.equal(one.files.length, (record.feedback_info_list ?? []).filter((f) => f.attachment_url).length);
        for (const f of one.files) assert.ok(record.feedback_info_list.some((r) => r.id === f.report_id && f.state === 'kept'));
    }
    await admin.fails(400, 1002862, 'GET', 'orders/123');
});

test('a complete check: arrange with approval, approve, progress, result, approve', async () => {
    hiredOk(['tenant', 'set', '--data', server.dir, '--approve-arrangement', 'on', '--approve-report', 'on']);
    const id = await arranged();
    const one = async (person = admin) => person.get(`orders/${id}`);
    assert.deepEqual([(await one()).status, (await one()).phase], [5, 1]);
    assert.deepEqual((await one()).actions, ['approve', 'reject', 'withdraw', 'terminate']);
    assert.deepEqual((await one(recruiter)).actions, ['withdraw', 'terminate']);
    assert.deepEqual((await one(approver)).actions, ['approve', 'reject']);
    await approver.post(`orders/${id}/approve`, { reason: '可以' });
    await vendor.progress({ background_check_id: id, stage_id: 's1', stage_name: '进行中', stage_en_name: 'under way', stage_time: String(Date.now()) });
    await vendor.result({ background_check_id: id, result: 'Green', result_time: String(Date.now()),
        report_file_list: [{ report_name: 'Report', report_url: 'https://vendor.example.com/r/1', report_url_type: 2 }] });
    assert.deepEqual([(await one()).status, (await one()).phase], [5, 2]);
    await approver.post(`orders/${id}/approve`);
    const done = await one();
    assert.equal(done.status, 3);
    assert.deepEqual(done.history.map((h) => h.action).reverse().filter((a) => a !== 'vendor_took'), ['arrange', 'approve', 'progress', 'result', 'approve', 'finish']);
    const [first] = done.history.slice(-1);
    assert.deepEqual([first.actor.kind, first.actor.id, first.actor.en_name], ['user', recruiter.id, 'Siyuan Chen']);
    assert.equal(done.history.find((h) => h.action === 'progress').actor.kind, 'app');
    assert.equal(done.history.filter((h) => h.action === 'approve').pop().why, '可以');
    assert.equal(done.order.creator_info.user_id, '9f21a7d4');
    assert.deepEqual(done.actions, []);
    await approver.fails(400, 1002858, 'POST', `orders/${id}/approve`, { body: {} });
});

test('reject needs a reason; withdraw and terminate end a check', async () => {
    const rejected = await arranged();
    await approver.fails(400, 99992402, 'POST', `orders/${rejected}/reject`, { body: {} });
    await approver.post(`orders/${rejected}/reject`, { reason: 'not needed' });
    assert.equal((await admin.get(`orders/${rejected}`)).status, 9);
    await approver.fails(400, 1002858, 'POST', `orders/${rejected}/reject`, { body: { reason: 'again' } });
    const withdrawn = await arranged();
    await recruiter.post(`orders/${withdrawn}/withdraw`, {});
    assert.equal((await admin.get(`orders/${withdrawn}`)).status, 6);
    await recruiter.fails(400, 1002858, 'POST', `orders/${withdrawn}/withdraw`, { body: {} });
    hiredOk(['tenant', 'set', '--data', server.dir, '--approve-arrangement', 'off', '--approve-report', 'off']);
    const ended = await arranged();
    assert.deepEqual((await recruiter.get(`orders/${ended}`)).actions, ['terminate']);
    await recruiter.post(`orders/${ended}/terminate`, { reason: 'the candidate went elsewhere' });
    assert.equal((await admin.get(`orders/${ended}`)).status, 4);
    await recruiter.fails(400, 1002858, 'POST', `orders/${ended}/terminate`, { body: { reason: 'again' } });
    for (const [verb, who] of [['approve', approver], ['reject', approver], ['withdraw', recruiter], ['terminate', recruiter]]) {
        await who.fails(400, 1002862, 'POST', `orders/77/${verb}`, { body: { reason: 'x' } });
    }
});

test('a check is recorded by hand', async () => {
    const application = await anyApplication();
    const { order_id: id } = await recruiter.post('orders/record', { application_id: application.id, name: '学历核实', result: 'Green', remark: 'by phone',
        reports: [{ report_name: 'note', report_url: 'https://vendor.example.com/n', report_url_type: 2 }] });
    const one = await admin.get(`orders/${id}`);
    assert.deepEqual([one.status, one.order.name, one.order.conclusion ?? one.order.feedback_info_list[0].result], [3, '学历核实', 'Green']);
    assert.equal(one.account_id, undefined);
    await recruiter.fails(400, 1002002, 'POST', 'orders/record', { body: { application_id: '77', name: 'x', result: 'y' } });
});

test('an order that refers to a missing record is rejected with a message', async () => {
    const application_id = (await anyApplication()).id, account_id = await demoAccount();
    const says = async (pattern, body) => assert.match((await recruiter.fails(400, 1002002, 'POST', 'orders/arrange', { body })).msg, pattern);
    await says(/application/, { application_id: '77', account_id, package_name: 'Standard' });
    await says(/account/, { application_id, account_id: '77', package_name: 'Standard' });
    await says(/application_id/, { application_id: 'x', account_id, package_name: 'Standard' });
});

test('each role may perform only the actions permitted to it', async () => {
    const refused = (who, method, path, body) => who.fails(403, 4031, method, path, { body });
    for (const path of ['applications', 'applications/1', 'orders', 'orders/1']) await refused(interviewer, 'GET', path);
    for (const verb of ['approve', 'reject']) for (const who of [recruiter, interviewer]) await refused(who, 'POST', `orders/1/${verb}`, { reason: 'x' });
    for (const verb of ['withdraw', 'terminate']) for (const who of [approver, interviewer]) await refused(who, 'POST', `orders/1/${verb}`, { reason: 'x' });
    for (const path of ['orders/arrange', 'orders/record']) for (const who of [approver, interviewer]) await refused(who, 'POST', path, {});
});

test('interviews are listed by time; an interviewer sees only their own', async () => {
    const all = await recruiter.walk('interviews', { page_size: 9 });
    const api = await app.walk('GET', paths.interviews, { query: { page_size: 100, start_time: '1', end_time: '9999999999999' } });
    assert.deepEqual(all.map((i) => i.id), api.map((i) => i.id));
    assert.ok(all.every((i) => i.talent_name && i.job_title && i.interviewers.every((p) => p.user_id && p.name)));
    const [from, to] = [all[5].begin_time, all[20].begin_time];
    const inside = (i) => BigInt(i.begin_time) >= BigInt(from) && BigInt(i.begin_time) <= BigInt(to);
    assert.deepEqual((await recruiter.walk('interviews', { from, to })).map((i) => i.id), all.filter(inside).map((i) => i.id));
    const mine = (i) => i.interviewers.some((p) => p.user_id === 'd716b84f');
    assert.deepEqual((await interviewer.walk('interviews', { page_size: 4 })).map((i) => i.id), all.filter(mine).map((i) => i.id));
    assert.deepEqual(await recruiter.walk('interviews', { mine: 'true' }), []);
    const { application_id } = all[0];
    assert.deepEqual((await recruiter.walk('interviews', { application_id })).map((i) => i.id), all.filter((i) => i.application_id === application_id).map((i) => i.id));
    await recruiter.fails(400, 1002002, 'GET', 'interviews', { query: { from: 'x' } });
});

test('for each number of the overview, the list with its filter has exactly the orders that it counts', async () => {
    const overview = await recruiter.get('metrics/overview');
    const list = (query) => recruiter.walk('orders', { page_size: 1, ...query });
    const ids = (rows) => rows.map((o) => o.id);

    for (const { status, phase, count } of overview.orders) assert.equal((await list({ status, phase })).length, count, `${status} ${phase}`);

    const late = await list({ late: true });
    assert.equal(late.length, overview.late_count);
    assert.ok(late.length > 0, 'the demo has late orders');
    assert.deepEqual(ids(late).slice(0, overview.late.length), overview.late.map((l) => l.order.id));
    assert.equal(new Set(ids(late)).size, late.length);
    for (const o of late) assert.ok([2, 8].includes(o.status) && o.account_id, JSON.stringify(o));
    for (let i = 1; i < late.length; i++) assert.ok(Number(late[i - 1].begin_time) <= Number(late[i].begin_time));

    const completed = await list({ completed_since: overview.since });
    assert.equal(completed.length, overview.completed_count);
    assert.ok(completed.length > 1, 'more than one page');
    for (const o of completed) assert.ok(o.status === 3 && Number(o.end_time) >= Number(overview.since), JSON.stringify(o));
    const all = await list({});
    assert.deepEqual(ids(completed).sort(), ids(all.filter((o) => o.status === 3 && Number(o.end_time ?? 0) >= Number(overview.since))).sort());
    for (const { account_id, orders } of overview.times)
        assert.equal((await list({ completed_since: overview.since, account_id })).length, orders);

    const { talent_name } = late[0], named = (rows) => rows.filter((o) => o.talent_name?.includes(talent_name));
    assert.deepEqual(ids(await list({ late: true, query: talent_name })).sort(), ids(named(late)).sort());
    assert.deepEqual(ids(await list({ completed_since: overview.since, query: 'clearview' })).sort(),
        ids(completed.filter((o) => o.provider_name?.en_us.includes('Clearview'))).sort());
    for (const query of [{ late: true, status: 2 }, { completed_since: '1', late: true }, { phase: 1 }, { completed_since: 'x' }])
        await recruiter.fails(400, 1002002, 'GET', 'orders', { query });
});

test('more late orders than any page holds are counted and listed', async () => {
    const before = await recruiter.get('metrics/overview');
    const account = await demoAccount();
    const one = (await recruiter.walk('orders', { account_id: account })).find((o) => o.status === 2).id;
    const N = 700;
    meddle(server.dir, `
        INSERT INTO background_check_order (tenant, update_time, id, application_id, account_id, status, phase, begin_time, last_stage_time, history_ms, version, package_id, stage_ids, doc)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${N})
            SELECT tenant, update_time, 1000 + i, application_id, account_id, status, phase, 1600000000000 + i, 0, history_ms, 0, '', '', doc
            FROM background_check_order CROSS JOIN n WHERE id = ${one};
        INSERT INTO background_check_order_open (tenant, account_id, begin_time, id)
            SELECT tenant, account_id, begin_time, id FROM background_check_order WHERE id BETWEEN 1001 AND ${1000 + N};`);
    const overview = await recruiter.get('metrics/overview');
    assert.equal(overview.late_count, before.late_count + N);
    assert.deepEqual(overview.late.map((l) => l.order.id), ['1001', '1002', '1003', '1004', '1005', '1006']);
    assert.equal((await recruiter.walk('orders', { late: true, page_size: 100 })).length, overview.late_count);
});

test('a second order of the same person, account and package is made only when it is asked for again', async () => {
    const account_id = await demoAccount();
    const all = await recruiter.walk('orders', { page_size: 100 });
    const free = (await recruiter.walk('applications', { page_size: 100, status: 1 })).find((a) => a.talent_id && !all.some((o) => o.application_id === a.id));
    const body = { application_id: free.id, account_id, package_name: 'Standard' };
    const { order_id: first } = await recruiter.post('orders/arrange', body);

    const refused = await recruiter.fails(400, 1002002, 'POST', 'orders/arrange', { body });
    assert.deepEqual([refused.error.reason, refused.error.subject, refused.error.detail], ['check_running', first, free.id]);
    assert.match(refused.msg, new RegExp(`order ${first} .*has not ended`));
    const { order_id: other } = await recruiter.post('orders/arrange', { ...body, package_name: 'Another package' });
    const { order_id: second } = await recruiter.post('orders/arrange', { ...body, again: true });
    assert.equal(new Set([first, other, second]).size, 3);

    for (const id of [first, second]) await recruiter.post(`orders/${id}/terminate`, { reason: 'for the test' });
    const { order_id: third } = await recruiter.post('orders/arrange', body);
    const twice = await Promise.all([1, 2, 3].map(() => recruiter.fails(400, 1002002, 'POST', 'orders/arrange', { body })));
    for (const r of twice) assert.equal(r.error.subject, third);
});

test('if several calls order the same check at once, one succeeds and the others are rejected', async () => {
    const account_id = await demoAccount();
    const all = await recruiter.walk('orders', { page_size: 100 });
    const free = (await recruiter.walk('applications', { page_size: 100, status: 1 })).find((a) => !all.some((o) => o.application_id === a.id));
    const body = { application_id: free.id, account_id, package_name: 'At once' };
    const answers = await Promise.all([recruiter, admin, recruiter, admin].map((who) => who.call('POST', 'orders/arrange', { body })));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 400, 400, 400]);
});

test('a check shows whether the vendor has received its event', async () => {
    const account_id = await demoAccount();
    const { order_id } = await recruiter.post('orders/arrange', { application_id: (await anyApplication()).id, account_id, package_name: 'Told', again: true });
    const told = async () => (await recruiter.get(`orders/${order_id}`)).told;
    assert.deepEqual(await told(), { of: 'order', state: 'nobody', attempts: 0 }); // no app has subscribed to the event
    const deliveries = (rows) => meddle(server.dir, `DELETE FROM event_delivery WHERE event = (SELECT MAX(id) FROM event WHERE subject_id = ${order_id});
        WITH x (nth, state, attempts) AS (VALUES ${rows}), a AS (SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS nth FROM app)
        INSERT INTO event_delivery (tenant, event, app, state, attempts, next_ms)
        SELECT e.tenant, e.id, a.id, x.state, x.attempts, 9999999999999 FROM x JOIN a ON a.nth = x.nth
        JOIN event e ON e.id = (SELECT MAX(id) FROM event WHERE subject_id = ${order_id});`);
    for (const [rows, state, attempts] of [
        ['(0, 0, 0)', 'waiting', 0], ['(0, 0, 3)', 'waiting', 3], ['(0, 2, 9)', 'given_up', 9], ['(0, 1, 4)', 'taken', 4],
        ['(0, 2, 9), (1, 0, 5)', 'waiting', 5], ['(0, 1, 2), (1, 2, 9)', 'taken', 2], // of several receivers the best counts
    ]) {
        deliveries(rows);
        const now = await told();
        assert.deepEqual([now.of, now.state, now.attempts], ['order', state, attempts], rows);
        assert.equal(now.next_time, state === 'waiting' ? '9999999999999' : undefined);
    }
    await recruiter.post(`orders/${order_id}/terminate`, { reason: 'for the test' });
    assert.equal((await recruiter.get(`orders/${order_id}`)).told.of, 'cancel');
});

test('files of an order can be opened, and numbers of identity documents are for those who arrange checks', async () => {
    const orders = await recruiter.walk('orders', { page_size: 100 });
    const details = await Promise.all(orders.map((o) => recruiter.get(`orders/${o.id}`)));
    const attached = details.filter((d) => d.attachments.length);
    assert.ok(attached.length > 0, 'the demo has orders with files');
    for (const d of attached) {
        const files = d.order.custom_field_list.filter((f) => ['file', 'resume'].includes(f.type)).map((f) => f.key);
        const named = d.order.custom_data_list.filter((v) => files.includes(v.key)).map((v) => v.value);
        assert.deepEqual(d.attachments.map((a) => a.id), named);
    }
    const kept = attached.flatMap((d) => d.attachments).filter((a) => a.url);
    assert.ok(kept.length > 0, 'a file of the demo is kept');
    const r = await fetch(kept[0].url);
    assert.equal(r.status, 200);
    assert.equal((await r.arrayBuffer()).byteLength, Number(kept[0].size));

    const account_id = await demoAccount();
    const number = '11010519491231002X';
    const body = { application_id: (await anyApplication()).id, account_id, package_name: 'Identity', again: true };
    const free = { provider_id: 'free-vendor', name: 'Free', provider_name: { zh_cn: 'Free', en_us: 'Free' } };
    const vendor = await admin.post('vendors', free);
    const { order_id } = await recruiter.post('orders/arrange', { ...body, account_id: vendor.id, custom_values: [{ key: 'card', value: number }, { key: 'note', value: 'plain' }] });
    const values = async (who) => (await who.get(`orders/${order_id}`)).order.custom_data_list.map((v) => v.value);
    assert.deepEqual(await values(recruiter), [number, 'plain']);
    assert.deepEqual(await values(admin), [number, 'plain']);
    assert.deepEqual(await values(approver), ['****002X', 'plain']);
    for (const who of [recruiter, approver]) assert.deepEqual((await who.get(`orders/${order_id}`)).identity_keys, ['card']);
});

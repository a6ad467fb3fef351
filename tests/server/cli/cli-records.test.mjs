// SPDX-License-Identifier: Apache-2.0
// weight: 9
//
// What the command line does to records: background checks and vendors' accounts, exports in each kind of user ids,
// imports from a pipe, and what hired check finds in a data folder.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { answerOf, importFiles, importItems, makeInterview, makeOrder, meddle, range, saveAnswer, sql, tryImport } from '../../lib/data.mjs';
import { demoDir, hired, hiredOk, readDemo, startServer, tempDir } from '../../lib/server.mjs';
import { sqliteOnly } from '../../lib/store.mjs';

const dir = demoDir();
const order = (...args) => hiredOk(['order', ...args, '--data', dir]);
const tryOrder = (...args) => hired(['order', ...args, '--data', dir]);
const vendor = (...args) => hiredOk(['vendor', ...args, '--data', dir]);
const clearview = vendor('list').find((v) => v.en_name === 'Clearview Screening');
const anApplication = sql(dir, 'SELECT CAST(id AS TEXT) AS id FROM application ORDER BY id LIMIT 1')[0].id;

test('the demo binds its vendor\'s app to the vendor\'s account', () => {
    assert.equal(clearview.app_id, readDemo(dir).vendor_app_id);
});

test('order list: the last ones that changed, by status and application', () => {
    const all = order('list', '--limit', '100');
    assert.equal(all.length, 12);
    const times = all.map((o) => Number(o.update_time));
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
    assert.deepEqual(order('list', '--limit', '2'), all.slice(-2));
    for (const status of [2, 3, 4, 5, 6, 8, 9]) {
        assert.deepEqual(order('list', '--status', status), all.filter((o) => o.order_status === status));
    }
    assert.deepEqual(order('list', '--application', all[3].application_id), all.filter((o) => o.application_id === all[3].application_id));
});

test('an order arranged, approved, rejected and terminated from the command line', () => {
    const fields = saveAnswer({ geo: 'sg', remark: 'soon', candidate_info: { name: '李雷', mobile: '12000000999' } }, 'fields.json');
    const arrange = () => order('arrange', '--application', anApplication, '--account', clearview.account_id, '--package', 'Basic',
        '--creator', '9f21a7d4', '--fields', fields);
    const now = arrange();
    assert.equal(now.order_status, 2);
    assert.equal(now.package, 'Basic');
    assert.equal(now.geo, 'sg');
    assert.equal(now.candidate_info.name, '李雷');
    assert.equal(now.creator_info.user_id, '9f21a7d4');
    assert.equal(now.provider_info.provider_id, clearview.provider_id);

    hiredOk(['tenant', 'set', '--data', dir, '--approve-arrangement', 'on']);
    const asked = arrange();
    assert.equal(asked.order_status, 5);
    assert.equal(order('approve', asked.order_id).order_status, 8);
    const refused = arrange();
    assert.match(tryOrder('reject', refused.order_id).stderr, /reason/);
    assert.equal(order('reject', refused.order_id, '--reason', 'too dear').order_status, 9);
    const taken = arrange();
    assert.equal(order('withdraw', taken.order_id).order_status, 6);
    hiredOk(['tenant', 'set', '--data', dir, '--approve-arrangement', 'off']);

    assert.equal(order('terminate', now.order_id, '--reason', 'offer declined').order_status, 4);
    const last = order('history', now.order_id).at(-1);
    assert.equal(last.why, 'offer declined');
    assert.equal(last.by, 'operator');
    assert.equal(last.from, 2);
    assert.equal(last.to, 4);
    const r = tryOrder('terminate', now.order_id, '--reason', 'again');
    assert.equal(r.status, 1);
    assert.match(r.stderr, /terminated/);
    assert.equal(r.stdout, '');
});

test('order commands with invalid arguments are rejected', () => {
    const broken = saveAnswer('{"geo": "cn",\n "colour": 1}', 'broken.json');
    for (const [args, status, named] of [
        [['show', '1'], 1, /no order 1/], [['show', 'one'], 2, /one/], [['history', '77'], 1, /no such/], [['show'], 2, /id of an order/],
        [['arrange', '--application', '5', '--account', clearview.account_id], 1, /application/],
        [['arrange', '--application', anApplication, '--account', '5'], 1, /account/],
        [['arrange', '--application', anApplication, '--account', clearview.account_id, '--creator', 'nobody'], 1, /nobody/],
        [['arrange', '--application', anApplication, '--account', clearview.account_id, '--fields', broken], 1, /broken\.json:2:\d+: colour/],
        [['list', '--status', 'open'], 2, /number/], [['list', '--limit', '0'], 2, /limit/], [['aprove', '5'], 2, /approve/],
        [['show', '5', '--tenant', 'nobody'], 1, /nobody/]]) {
        const r = tryOrder(...args);
        assert.equal(r.status, status, `${args.join(' ')}: ${r.stderr}`);
        assert.match(r.stderr, named);
    }
});

test('a vendor\'s app sees the orders of the accounts it is bound to, and no others', async () => {
    const d = demoDir();
    const app = hiredOk(['app', 'create', '--data', d, '--name', 'Another vendor', '--scope', 'hire:background_check_order']);
    const account = hiredOk(['vendor', 'create', '--data', d, '--name', 'Ours', '--provider', 'p-1', '--en', 'Third Party', '--app', app.app_id]);
    assert.equal(account.app_id, app.app_id);
    assert.equal(account.type, 127);
    const application = sql(d, 'SELECT CAST(id AS TEXT) AS id FROM application ORDER BY id LIMIT 1')[0].id;
    const o = hiredOk(['order', 'arrange', '--data', d, '--application', application, '--account', account.account_id, '--package', 'Basic']);
    const s = await startServer({ dir: d });
    const c = new Client(s, app);
    assert.deepEqual((await c.orders({ page_size: 100 })).items.map((x) => x.order_id), [o.order_id]);
    hiredOk(['vendor', 'bind', '--data', d, '--account', account.account_id, '--app', 'none']);
    const r = hired(['vendor', 'bind', '--data', d, '--account', '1', '--app', app.app_id]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /1/);
    await s.stop();
});

test('export, import, export is the same in each kind of user ids', () => {
    const d = demoDir();
    const app = readDemo(d).app_id;
    importFiles(d, [saveAnswer({ code: 0, data: { user: { user_id: 'wangwu', open_id: `ou_${'7'.repeat(32)}`, name: '王五' } } })]);
    const read = (from) => Object.fromEntries(fs.readdirSync(from).sort().map((f) => [f, fs.readFileSync(path.join(from, f), 'utf8')]));
    for (const type of ['open_id', 'union_id', 'user_id']) {
        const [one, two, other] = [tempDir(), tempDir(), tempDir()];
        hiredOk(['export', '--data', d, '--app', app, '--user-id-type', type, '--dir', one]);
        const files = fs.readdirSync(one).map((f) => path.join(one, f));
        importFiles(other, files, { app });
        hiredOk(['export', '--data', other, '--app', app, '--user-id-type', type, '--dir', two]);
        assert.deepEqual(read(two), read(one), type);
        const again = hiredOk(['import', '--data', other, '--app', app, '--json', ...files]);
        const { imported, ...kinds } = again;
        assert.ok(imported && Object.keys(kinds).length > 5);
        for (const [kind, n] of Object.entries(kinds)) assert.deepEqual([kind, n.new, n.changed], [kind, 0, 0]);
    }
});

test('an export whose ids are of another kind than the call says is refused', () => {
    const d = demoDir();
    const out = tempDir();
    hiredOk(['export', '--data', d, '--dir', out]);
    const r = tryImport(d, [path.join(out, 'orders.json')], { userIdType: 'open_id' });
    assert.equal(r.status, 1);
    assert.match(r.stderr, /orders\.json.*user_id_type/);
});

test('import from a pipe; the outcome as JSON', () => {
    const d = demoDir();
    const args = ['import', '-', '--data', d, '--app', readDemo(d).app_id, '--json'];
    const input = JSON.stringify(answerOf(range(3, makeInterview)));
    assert.deepEqual(JSON.parse(hired(args, { input }).stdout), { imported: true, interviews: { new: 3, changed: 0, unchanged: 0 } });
    const changed = JSON.stringify(answerOf([makeInterview(0), makeInterview(1, { remark: 'bring the laptop' })]));
    assert.deepEqual(JSON.parse(hired(args, { input: changed }).stdout), { imported: true, interviews: { new: 0, changed: 1, unchanged: 1 } });
    const wrong = hired(args, { input: JSON.stringify(answerOf([makeInterview(0, { round: 'one' })])) });
    assert.equal(wrong.status, 1);
    const told = JSON.parse(wrong.stdout);
    assert.equal(told.imported, false);
    assert.deepEqual([told.wrong, told.findings[0].file, told.findings[0].field], [1, 'stdin', 'data.items[0].round']);
    assert.equal(hired(args, { input: '' }).status, 1);
});

test('records whose kind cannot be recognised need --kind, and an unknown kind is rejected', () => {
    const d = demoDir();
    const file = saveAnswer(answerOf([{ id: '41', name: { zh_cn: '终轮' } }]));
    const r = tryImport(d, [file]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /data\.items\[0\]: is not a kind of record.*--kind/);
    hiredOk(['import', file, '--data', d, '--app', readDemo(d).app_id, '--kind', 'interview_round_type']);
    assert.equal(sql(d, 'SELECT COUNT(*) AS n FROM reference WHERE kind = ? AND id = ?', 'interview_round_type', '41')[0].n, 1);
    assert.equal(hired(['import', file, '--data', d, '--kind', 'colour']).status, 2);
});

test('users are imported before the records that refer to them, whatever the order of the files', () => {
    const d = tempDir();
    const app = 'cli_00000000000000aa';
    const user = { user_id: 'u-1', open_id: 'ou_1', union_id: 'on_1', name: '甲' };
    const orders = saveAnswer(answerOf([makeOrder(1, { creator_info: { user_id: 'ou_1' } })]), 'a.json');
    const users = saveAnswer(answerOf([user]), 'b.json');
    importFiles(d, [orders, users], { app });
    assert.equal(hiredOk(['order', 'show', makeOrder(1).order_id, '--data', d]).creator_info.user_id, 'u-1');
    assert.equal(sql(d, 'SELECT COUNT(*) AS n FROM users')[0].n, 1);
});

test('a user whose ids belong to two different users is rejected', () => {
    const d = tempDir();
    const app = 'cli_00000000000000aa';
    importFiles(d, [saveAnswer(answerOf([{ user_id: 'u-1', open_id: 'ou_1', name: 'A' }, { user_id: 'u-2', open_id: 'ou_2', name: 'B' }]))], { app });
    const r = tryImport(d, [saveAnswer(answerOf([{ user_id: 'u-1', open_id: 'ou_2', name: 'A' }]), 'mixed.json')], { app });
    assert.equal(r.status, 1);
    assert.match(r.stderr, /mixed\.json:\d+:\d+: data\.items\[0\]: .*two different users/);
});

test('hired check finds files that are missing, changed, open to others or nobody\'s', sqliteOnly, () => {
    const d = demoDir();
    const files = fs.readdirSync(path.join(d, 'files'), { recursive: true }).map((f) => path.join(d, 'files', f))
        .filter((f) => fs.statSync(f).isFile());
    assert.ok(files.length >= 4);
    assert.equal(hired(['check', '--data', d]).status, 0);
    fs.chmodSync(files[0], 0o644);
    fs.appendFileSync(files[1], 'more');
    fs.rmSync(files[2]);
    const stray = path.join(d, 'files', '00', '1234567890abcd00');
    fs.mkdirSync(path.dirname(stray), { recursive: true });
    fs.writeFileSync(stray, '%PDF-', { mode: 0o600 });
    const young = hired(['check', '--data', d]).stderr;
    assert.ok(!young.includes(stray), 'it may be about to be kept');
    fs.utimesSync(stray, 1e9, 1e9);
    const r = hired(['check', '--data', d]);
    assert.equal(r.status, 1);
    for (const [file, said] of [[`${path.join(d, 'files')}:`, /others than the owner may read 1 of \d+ kept files .*mode 644.*chmod -R go= /], [files[1], /differs from what was stored/], [files[2], /missing/], [stray, /no record/]]) {
        const line = r.stderr.split('\n').find((l) => l.startsWith(file));
        assert.match(line ?? `nothing about ${file}:\n${r.stderr}`, said);
    }
    assert.equal(r.stderr.trimEnd().split('\n').length, 4, r.stderr);
});

test('hired check: one wrong chmod of all files is one line, and its count of records is that of hired export', () => {
    const d = demoDir();
    const exported = hiredOk(['export', '--data', d, '--dir', path.join(tempDir(), 'out'), '--json']);
    const all = Object.values(exported).reduce((a, b) => a + b);
    assert.match(hiredOk(['check', '--data', d]), new RegExp(`\\b${all} records\\b`));
    for (const f of fs.readdirSync(path.join(d, 'files'), { recursive: true })) fs.chmodSync(path.join(d, 'files', f), 0o755);
    const r = hired(['check', '--data', d]);
    assert.equal(r.status, 1);
    assert.equal(r.stderr.trimEnd().split('\n').length, 1, r.stderr);
});

test('hired check finds records that cannot be read', () => {
    const d = demoDir();
    const [{ id }] = sql(d, 'SELECT CAST(id AS TEXT) AS id FROM interview LIMIT 1');
    meddle(d, `UPDATE interview SET doc = substr(doc, 1, 40) WHERE id = ${id}`);
    const r = hired(['check', '--data', d]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, new RegExp(`interview ${id} cannot be read`));
});

test('hired check finds interviews that are missing from the index by interviewer', () => {
    const d = demoDir();
    const [{ id, who }] = sql(d, 'SELECT CAST(interview_id AS TEXT) AS id, CAST(users_id AS TEXT) AS who FROM interview_interviewer LIMIT 1');
    const finds = (change, ...wanted) => {
        meddle(d, change);
        const r = hired(['check', '--data', d]);
        assert.equal(r.status, 1);
        assert.deepEqual(r.stderr.trimEnd().split('\n').map((line) => line.replace(/^.*?(?=interview)/, '')), wanted);
    };
    const others = `interview ${id}: those who hold it are not those of interview_interviewer`;
    finds(`DELETE FROM interview_interviewer WHERE interview_id = ${id} AND users_id = ${who}`, others);
    finds(`INSERT INTO interview_interviewer SELECT tenant, 77, begin_time, id FROM interview WHERE id = ${id}`,
        `interview ${id}: its interviewer 77 is unknown`, others);
    finds(`DELETE FROM interview_interviewer WHERE interview_id = ${id};
        INSERT INTO interview_interviewer SELECT tenant, ${who}, begin_time + 1, id FROM interview WHERE id = ${id}`,
    `interview_interviewer: interview ${id} of user ${who} at ${Number(sql(d, `SELECT begin_time FROM interview WHERE id = ${id}`)[0].begin_time) + 1} is not where the interview is`);
});

test('demo --orders and --interviews: a tenant like a real one, whole, found by every filter and updatable', async () => {
    const d = tempDir();
    hiredOk(['demo', '--data', d, '--orders', '3000', '--interviews', '400']);
    assert.equal(hired(['check', '--data', d]).status, 0);
    const one = (query) => Object.values(sql(d, query)[0])[0];
    assert.equal(one('SELECT COUNT(*) FROM background_check_order'), 3000);

    const s = await startServer({ dir: d });
    const c = new Client(s);
    const all = await c.walk('GET', paths.orders, { query: { page_size: 100 } });
    assert.equal(new Set(all.map((o) => o.order_id)).size, 3000);
    const byStatus = new Map();
    for (const o of all) byStatus.set(o.order_status, (byStatus.get(o.order_status) ?? 0) + 1);
    assert.deepEqual([...byStatus.keys()].sort(), [2, 3, 4, 5, 6, 8, 9]);
    assert.ok(byStatus.get(3) > 2500, `${byStatus.get(3)} are completed`);
    assert.ok(byStatus.get(2) > 60 && byStatus.get(2) < 180, `${byStatus.get(2)} are in progress`);

    // Three years up to now, and nothing ahead of it.
    const now = Date.now(), day = 86_400_000;
    const times = all.map((o) => Number(o.update_time)).filter((t) => t <= now);
    assert.ok(times[0] > now - 1100 * day && times[0] < now - 1000 * day, new Date(times[0]).toISOString());
    assert.ok(times.at(-1) > now - 3 * day, new Date(times.at(-1)).toISOString());
    assert.ok(all.every((o) => !o.end_time || Number(o.end_time) >= Number(o.begin_time)));

    // Applications of their own, each with a talent and one or two orders; names of which a search finds some.
    const applications = new Set(all.map((o) => o.application_id));
    assert.ok(applications.size > 1900 && applications.size < 2100, `${applications.size} applications`);
    assert.equal(one(`SELECT COUNT(*) FROM background_check_order WHERE application_id NOT IN (SELECT id FROM application
        WHERE update_time <= ${now} AND talent_id IN (SELECT id FROM reference_name WHERE kind = 'talent'))`), 0);
    const byApplication = await c.walk('GET', paths.orders, { query: { page_size: 100, application_id: all[1500].application_id } });
    assert.deepEqual(new Set(byApplication.map((o) => o.candidate_info.name)).size, 1);
    const admin = await Person.of(s, 'admin');
    for (const name of ['王', 'Smith']) {
        const found = await admin.walk('applications', { query: name, page_size: 100 });
        assert.ok(found.length > 0 && found.length < applications.size / 4, `${found.length} of ${name}`);
        assert.ok(found.every((a) => a.talent_name.includes(name)));
    }
    const accounts = new Set(all.map((o) => o.provider_info?.provider_id));
    assert.equal(accounts.size, 4, 'three vendors, and none');

    const interviews = await c.walk('GET', paths.interviews, { query: { page_size: 100, start_time: '1' } });
    assert.equal(interviews.length, 400);
    assert.ok(interviews.filter((i) => applications.has(i.application_id)).length > 300);

    const { vendor_app_id: app_id, vendor_app_secret: app_secret } = readDemo(d);
    const v = new Client(s, { app_id, app_secret });
    const open = (await v.walk('GET', paths.orders, { query: { page_size: 100 } })).filter((o) => o.order_status === 2);
    assert.ok(open.length > 30, `${open.length} orders can be updated`);
    const r = await v.call('POST', paths.progress, { body: { background_check_id: open[7].order_id, stage_id: 's-1', stage_name: '已接单',
        stage_time: String(Date.now()) } });
    assert.equal(r.code, 0, r.msg);
    await s.stop();
});

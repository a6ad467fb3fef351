// SPDX-License-Identifier: Apache-2.0
// weight: 5
//
// Erasing a person's data: nothing that says who they are stays anywhere in the data directory, everything that lists and
// counts need does, vendors and subscribed apps are told, and it is wholly done or not at all.
// store: both
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { importItems, sql, sqlAll } from '../../lib/data.mjs';
import { makeVendor, runOk } from '../../lib/events.mjs';
import { importPeople, leftovers, makePerson, upload } from '../../lib/person.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { demoDir, hired, hiredOk, root, startServer } from '../../lib/server.mjs';

const dir = demoDir();
const people = Array.from({ length: 12 }, (_, i) => makePerson(i));
importPeople(dir, people);
const server = await startServer({ dir, args: ['--fetch-allow', 'loopback'] });
const admin = await Person.of(server, 'admin');
const client = new Client(server);

const pdf = (text) => Buffer.concat([Buffer.from(`%PDF-1.4\n${text}\n`), Buffer.alloc(20_000, 'x')]);
const scopes = ['hire:background_check_order', 'hire:background_check_order:readonly'];
let slowly = null; // a report that is being fetched: ends it
const vendorSite = http.createServer((req, res) => {
    const tag = /zzq\d+/.exec(req.url)?.[0];
    res.writeHead(200, { 'Content-Type': 'application/pdf' });
    if (!req.url.includes('slow')) return void res.end(pdf(tag));
    res.write(pdf(tag));
    slowly = () => res.end('the end');
});
await new Promise((resolve) => vendorSite.listen(0, '127.0.0.1', resolve));
const site = `http://127.0.0.1:${vendorSite.address().port}`;
const receiver = await new Receiver({ answer: (body) => ({ text: JSON.stringify({ echo: body.event }) }) }).listen();
after(async () => {
    await server.stop();
    vendorSite.closeAllConnections();
    vendorSite.close();
    await receiver.close();
});

const erase = (p, reason = 'asked for it') => admin.post('erasure', { talent_id: p.talent, reason }).then((d) => d.erased);
const gone = (p) => eventually(() => leftovers(dir, p.secrets), (found) => found.length === 0, { what: 'nothing is left' });
const one = (query, ...parameters) => sql(dir, query, ...parameters)[0];

test('erasure deletes all personal data and keeps the fields that lists and counts need', async () => {
    const p = people[0];
    const vendor = await makeVendor(server, { url: receiver.url, scopes: [...scopes, 'hire:talent:readonly'] });
    const resume = await upload(server, client, `${p.tag}.pdf`, pdf(p.tag));
    importItems(dir, [{ ...p.records[0], resume_attachment_id_list: [resume] }, { ...p.records[1], talent_attachment_resume_id: resume }]);
    const external = (await client.ok('POST', '/open-apis/hire/v1/external_applications', { body: { talent_id: p.talent, external_id: `ext-${p.tag}`,
        job_title: 'Engineer', resume_source: `by ${p.tag}`, termination_reason: `about ${p.tag}` } })).external_application;
    const letter = await upload(server, client, 'letter.pdf', pdf(p.tag));
    const check = (await client.ok('POST', '/open-apis/hire/v1/external_background_checks', { body: { external_application_id: external.id,
        external_id: `check-${p.tag}`, name: `about ${p.tag}`, result: `${p.tag} passed`, date: 1626602069392, attachment_id_list: [letter] } })).external_background_check;

    // An open order: told to the vendor (whose answer echoes it), with a stage, a report, and words of the approver's.
    const order = (await runOk(server, 'order', 'arrange', '--application', p.application, '--account', vendor.account_id, '--package', '基础版', '--remark', `see ${p.tag}`)).order_id;
    await eventually(() => receiver.events.length, (n) => n === 1, { what: 'the vendor is told' });
    assert.equal(receiver.events[0].body.event.candidate_info.name, p.name);
    const pushed = new Client(server, vendor);
    await pushed.ok('POST', paths.progress, { body: { background_check_id: order, stage_id: `s ${p.tag}`, stage_name: `${p.tag} 的学历`, stage_time: '1710000000001',
        report_file_list: [{ report_name: `${p.tag}.pdf`, report_url: `${site}/${p.tag}.pdf` }] } });
    await eventually(() => one('SELECT state FROM report_file WHERE order_id = ?', order), (row) => row?.state === 1);
    await eventually(() => one('SELECT count(*) AS n FROM event_attempt WHERE answer LIKE ?', `%${p.tag}%`), (row) => row.n === 1);
    const report = (await client.order(order)).feedback_info_list[0].attachment_url;
    assert.equal((await send(server.baseUrl, 'GET', new URL(report).pathname)).status, 200);
    await admin.fails(400, 1002858, 'POST', `orders/${p.order}/terminate`, { body: { reason: 'no' } });

    const everything = () => Promise.all([
        client.walk('GET', paths.orders, { query: { page_size: 100 } }), client.walk('GET', paths.interviews, { query: { page_size: 100, start_time: 1, end_time: 9_999_999_999_999 } }),
        client.walk('GET', '/open-apis/hire/v1/applications', { query: { page_size: 100 } })]);
    const [orders, interviews, applications] = await everything();
    const would = await admin.get(`erasure/${p.talent}`);
    assert.deepEqual(would, { talent_id: p.talent, name: p.name,
        would: { applications: 1, orders: 2, terminated: 1, interviews: 1, external: 2, events: 1, files: 3 } });
    assert.ok(leftovers(dir, p.secrets).length > 0, 'the search finds what is there');

    assert.deepEqual(await erase(p, 'asked for it on 3 March'), would.would);
    await gone(p);

    const [orders2, interviews2, applications2] = await everything();
    assert.deepEqual(orders2.map((o) => o.order_id).sort(), orders.map((o) => o.order_id).sort());
    assert.deepEqual(interviews2.map((i) => [i.id, i.begin_time, i.interview_round_summary]), interviews.map((i) => [i.id, i.begin_time, i.interview_round_summary]));
    assert.deepEqual(applications2, applications);
    const was = orders.find((o) => o.order_id === p.order), is = orders2.find((o) => o.order_id === p.order);
    assert.deepEqual([is.order_status, is.update_time, is.begin_time, is.end_time, is.package], [was.order_status, was.update_time, was.begin_time, was.end_time, was.package]);
    assert.deepEqual(is.candidate_info, { name: '', mobile: '', email: '', first_name: '', last_name: '' });
    assert.deepEqual(is.feedback_info_list, [{ id: was.feedback_info_list[0].id, report_type: 2, create_time: was.feedback_info_list[0].create_time, result: '', report_name: '' }]);
    const record = interviews2.find((i) => i.id === p.interview).interview_record_list[0];
    assert.deepEqual([record.conclusion, record.content, record.interview_score], [1, '', undefined]);
    const application = (await client.ok('GET', `/open-apis/hire/v1/applications/${p.application}`)).application;
    assert.deepEqual([application.talent_id, application.stage.id, application.talent_attachment_resume_id], [p.talent, p.records[1].stage.id, undefined]);
    assert.deepEqual((await client.externalChecks({}, { external_background_check_id_list: [check.id] })).items, [{ id: check.id, external_application_id: external.id, date: 1626602069392, name: '', result: '' }]);

    // The open order is terminated, the vendor and the subscriber are told, and nobody can go on with it.
    assert.equal((await client.order(order)).order_status, 4);
    const told = await eventually(() => receiver.events.slice(1), (e) => e.length === 2);
    assert.deepEqual(new Set(told.map((e) => e.body.header.event_type)), new Set(['hire.eco_background_check.canceled_v1', 'hire.talent.deleted_v1']));
    assert.equal(told.find((e) => /talent/.test(e.body.header.event_type)).body.event.talent_id, p.talent);
    assert.match(told.find((e) => /canceled/.test(e.body.header.event_type)).body.event.termination_reason, /personal data was erased/);
    await pushed.fails(400, 1002858, 'POST', paths.progress, { body: { background_check_id: order, stage_id: '2', stage_name: 'x', stage_time: '1710000000002' } });
    assert.equal((await send(server.baseUrl, 'GET', new URL(report).pathname)).status, 404);
    await client.fails(400, 1002002, 'GET', `/open-apis/hire/v1/attachments/${resume}`, { query: { type: 3 } });

    // The log has who, whose, when and why.
    const entry = (await admin.get('audit', { page_size: 1 })).items[0];
    assert.deepEqual([entry.action, entry.subject, entry.detail, entry.actor.id], ['erasure.create', p.talent, 'asked for it on 3 March', admin.id]);
    // Shown to be erased, not found by name.
    const row = await admin.get(`applications/${p.application}`);
    assert.match(JSON.stringify(row), /已删除 · Erased/);
    assert.deepEqual((await admin.get('talents', { query: p.name })).items, []);
    assert.deepEqual((await admin.get('talents', { query: p.talent })).items.map((t) => t.name), ['已删除 · Erased']);
});

test('a second erasure changes nothing: counts and the recorded reason stay', async () => {
    const nothing = { applications: 0, orders: 0, terminated: 0, interviews: 0, external: 0, events: 0, files: 0 };
    const look = await admin.get(`erasure/${people[0].talent}`);
    assert.deepEqual(look.would, nothing);
    assert.ok(Number(look.erased_at) > 1_600_000_000_000);
    assert.deepEqual(await erase(people[0], 'once more'), nothing);
    assert.deepEqual(sql(dir, "SELECT detail FROM console_audit WHERE action = 'erasure.create' ORDER BY id").map((r) => r.detail), ['asked for it on 3 March', 'once more']);
});

test('an order that waits in the outbox is not sent after the erasure', async () => {
    const p = people[1];
    const vendor = await makeVendor(server, { scopes });
    const order = (await runOk(server, 'order', 'arrange', '--application', p.application, '--account', vendor.account_id, '--package', '基础版')).order_id;
    assert.equal((await erase(p)).terminated, 1);
    await gone(p);
    const rows = sql(dir, 'SELECT e.type, d.state FROM event e JOIN event_delivery d ON d.event = e.id WHERE e.subject_id = ? ORDER BY e.created_ms', order);
    assert.deepEqual(rows.map((r) => [r.type.split('.').at(-1), r.state]), [['created_v1', 3], ['canceled_v1', 0]]);
});

test('a report that is being fetched during the erasure is deleted when the fetch ends', async () => {
    const p = people[2];
    const vendor = await makeVendor(server, { scopes });
    const order = (await runOk(server, 'order', 'arrange', '--application', p.application, '--account', vendor.account_id, '--package', '基础版')).order_id;
    await new Client(server, vendor).ok('POST', paths.progress, { body: { background_check_id: order, stage_id: '1', stage_name: 'x', stage_time: '1710000000001',
        report_file_list: [{ report_name: 'r.pdf', report_url: `${site}/slow-${p.tag}.pdf` }] } });
    await eventually(() => slowly, Boolean);
    await erase(p);
    slowly();
    await gone(p);
    await eventually(() => one('SELECT count(*) AS n FROM file_removal'), (row) => row.n === 0, { what: 'the removal is over' });
    assert.equal(hired(['check', '--data', dir]).status, 0);
});

test('data that a deleted application left is erased with the person', async () => {
    const p = people[3];
    hiredOk(['application', 'delete', '--data', dir, p.application]);
    assert.deepEqual(await erase(p), { applications: 0, orders: 1, terminated: 0, interviews: 1, external: 0, events: 0, files: 0 });
    await gone(p);
});

test('hired erases from the command line, with and without a running server', async () => {
    const [p, q] = [people[4], people[5]];
    const resume = await upload(server, client, `${p.tag}.pdf`, pdf(p.tag));
    importItems(dir, [{ ...p.records[0], resume: { id: resume } }]);
    const look = hiredOk(['erase', p.talent, '--look', '--data', dir]);
    assert.deepEqual([look.erased, look.applications, look.orders, look.files], [false, 1, 1, 1]);
    assert.ok(leftovers(dir, p.secrets).length > 0);
    const done = hiredOk(['erase', p.talent, '--reason', 'a ticket', '--data', dir]);
    assert.deepEqual({ ...done, erased: false }, look);
    assert.deepEqual(leftovers(dir, p.secrets), []);
    const entry = (await admin.get('audit', { page_size: 1 })).items[0];
    assert.deepEqual([entry.action, entry.subject, entry.detail, entry.actor.kind], ['erasure.create', p.talent, 'a ticket', 'operator']);
    assert.equal(hiredOk(['erase', p.talent, '--reason', 'again', '--data', dir, '--json']).applications, 0);

    const still = demoDir();
    importPeople(still, [q]);
    hiredOk(['erase', q.talent, '--reason', 'a ticket', '--data', still]);
    assert.deepEqual(leftovers(still, q.secrets), []);
    assert.equal(hired(['check', '--data', still]).status, 0);
    for (const [args, words] of [[['1', '--reason', 'x'], /no talent 1/], [[q.talent], /--reason/], [['x', '--reason', 'y'], /not the id/], [[], /usage/]]) {
        const r = hired(['erase', ...args, ...(args.length ? ['--data', still] : [])]);
        assert.ok(r.status > 0 && words.test(r.stderr), r.stderr);
    }
});

test('an erased person can be imported and erased again', async () => {
    const p = people[6];
    await erase(p);
    await gone(p);
    importItems(dir, [p.records[0]]);
    assert.deepEqual((await admin.get('talents', { query: p.tag })).items, [{ talent_id: p.talent, name: p.name, mobile_end: p.mobile.slice(-4), applications: 1, job_title: (await admin.get(`applications/${p.application}`)).application.job_title }]);
    await erase(p);
    await gone(p);
});

test('only an administrator may erase; unknown people and empty reasons are rejected', async () => {
    for (const role of ['recruiter', 'approver', 'interviewer']) {
        const who = await Person.of(server, role);
        await who.fails(403, 4031, 'POST', 'erasure', { body: { talent_id: people[7].talent, reason: 'x' } });
        await who.fails(403, 4031, 'GET', `erasure/${people[7].talent}`);
        await who.fails(403, 4031, 'GET', 'talents', { query: { query: 'a' } });
    }
    for (const talent_id of ['1', 'x', '99999999999999999999']) {
        await admin.fails(404, 4004, 'POST', 'erasure', { body: { talent_id, reason: 'x' } });
        await admin.fails(404, 4004, 'GET', `erasure/${talent_id}`);
    }
    const r = await admin.fails(400, 1002002, 'POST', 'erasure', { body: { talent_id: people[7].talent, reason: '  ' } });
    assert.match(r.msg, /reason/);
    assert.equal((await admin.get('talents', { query: 'zzq' })).items.length > 3, true);
});

test('the data of other people is unchanged', async () => {
    const others = people.slice(7);
    assert.equal(new Set(leftovers(dir, others.map((p) => p.tag)).map((l) => l.split(': ')[1])).size, others.length);
    const [orders] = sqlAll(dir, [['SELECT doc FROM background_check_order', []]]);
    for (const p of others) assert.ok(orders.some((o) => o.doc.includes(p.name)), p.name);
});

test('every table of the schema has a line in docs/ERASURE.md', () => {
    const schema = path.join(root, 'src/store/schema');
    const text = fs.readFileSync(path.join(root, 'docs/ERASURE.md'), 'utf8');
    const tables = new Set();
    for (const f of fs.readdirSync(schema).sort()) {
        for (const [, act, name, to] of fs.readFileSync(path.join(schema, f), 'utf8').matchAll(/(CREATE|DROP|ALTER) TABLE (\w+)(?: RENAME TO (\w+))?/g)) {
            if (act === 'CREATE') tables.add(name);
            if (act === 'DROP' || to) tables.delete(name);
            if (to) tables.add(to);
        }
    }
    assert.ok(tables.size > 20);
    for (const table of tables) assert.ok(text.includes(`\`${table}\``), `docs/ERASURE.md does not say what an erasure does to the table ${table}; src/hire/erasure/erasure.c may have to do it`);
});

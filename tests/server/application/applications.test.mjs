// SPDX-License-Identifier: Apache-2.0
//
// Applications: lists with every filter; creating, moving, terminating and recovering an application; each documented error;
// and the events that these send.
// store: both
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { importItems, meddle, sql } from '../../lib/data.mjs';
import { demoDir, hiredOk, root, startServer } from '../../lib/server.mjs';

const demo = (name) => JSON.parse(fs.readFileSync(path.join(root, 'demo', `${name}.json`), 'utf8')).data.items;
const apps = demo('applications'), processes = demo('job_processes'), jobs = demo('jobs'), talents = demo('talents');
const sources = demo('resume_sources'), reasons = demo('termination_reasons'), users = demo('users');
const dir = demoDir();
const server = await startServer({ dir, args: ['--rate-limits', 'off'] });
const client = new Client(server);
const A = '/open-apis/hire/v1/applications';

const get = (id, user_id_type = 'user_id') => client.ok('GET', `${A}/${id}`, { query: { user_id_type } }).then((d) => d.application);
const ids = (query) => client.walk('GET', A, { query: { page_size: 200, ...query } });
const create = (body) => client.ok('POST', A, { body }).then((d) => d.id);
const act = (id, what, body) => client.ok('POST', `${A}/${id}/${what}`, { body });
const refused = (code, id, what, body) => client.fails(400, code, 'POST', `${A}/${id}/${what}`, { body });
const stagesOf = (job) => processes.find((p) => p.id === job.process_id).stage_list;
const job = jobs.find((j) => j.active_status === 1 && stagesOf(j).length > 6);
const stages = stagesOf(job);
const stage = (type) => stages.find((s) => s.type === type).id;
const sortIds = (list) => list.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
let nextTalent = 7_700_000_000_000_000_000n;
function newTalent(over = {}) {
    const id = String(nextTalent++);
    importItems(dir, [{ id, is_onboarded: false, basic_info: { name: `T${id.slice(-3)}` }, ...over }]);
    return id;
}

test('an application is returned as it was imported, with user ids of the requested type', async () => {
    for (const a of apps) assert.deepEqual(await get(a.id), a);
    const own = apps.find((a) => a.creator_id);
    assert.match((await get(own.id, 'open_id')).creator_id, /^ou_/);
    for (const id of ['1', 'x']) await client.fails(400, 1002002, 'GET', `${A}/${id}`);
    await client.ok('GET', `${A}/${own.id}`, { query: { options: 'get_latest_application_on_chain' } });
    await client.fails(400, 99992402, 'GET', `${A}/${own.id}`, { query: { options: 'else' } });
});

test('a list contains exactly the applications that match all filters, with every page size', async () => {
    const all = apps.map((a) => a.id);
    for (const page_size of [1, 7, 200]) assert.deepEqual(await ids({ page_size }), sortIds([...all]));
    const by = (f) => sortIds(apps.filter(f).map((a) => a.id));
    const some = apps[7];
    const processOf = (a) => jobs.find((j) => j.id === a.job_id).process_id;
    assert.deepEqual(await ids({ talent_id: some.talent_id }), by((a) => a.talent_id === some.talent_id));
    assert.deepEqual(await ids({ job_id: some.job_id, page_size: 2 }), by((a) => a.job_id === some.job_id));
    assert.deepEqual(await ids({ talent_id: some.talent_id, job_id: some.job_id }), by((a) => a === some));
    assert.deepEqual(await ids({ stage_id: some.stage.id }), by((a) => a.stage.id === some.stage.id));
    assert.deepEqual(await ids({ active_status: 1 }), by((a) => a.active_status === 1));
    assert.deepEqual(await ids({ active_status: 2 }), by((a) => a.active_status === 2));
    assert.deepEqual(await ids({ active_status: 3 }), by(() => true));
    for (const p of processes) assert.deepEqual(await ids({ process_id: p.id }), by((a) => processOf(a) === p.id));
    assert.deepEqual(await ids({ process_id: '1' }), []);
    const t = some.modify_time;
    assert.deepEqual(await ids({ update_start_time: t }), by((a) => Number(a.modify_time) >= Number(t)));
    assert.deepEqual(await ids({ update_end_time: t }), by((a) => Number(a.modify_time) <= Number(t)));
    assert.deepEqual(await ids({ update_start_time: t, update_end_time: t, active_status: some.active_status }), by((a) => a.modify_time === t && a.active_status === some.active_status));
    const locks = (a) => a.active_status === 1 && [5, 6].includes(a.stage.type);
    const lockOf = (a) => (locks(a) ? 3 : apps.some((b) => b !== a && b.talent_id === a.talent_id && locks(b)) ? 2 : 1);
    for (const l of [1, 2, 3]) assert.deepEqual(await ids({ lock_status: l }), by((a) => lockOf(a) === l));
    assert.deepEqual((await client.ok('GET', `${A}?lock_status=1&lock_status=2&lock_status=3&page_size=200`)).items, by(() => true));
});

test('invalid filters, and page tokens of a list with other filters, are rejected', async () => {
    await client.fails(400, 1002002, 'GET', A, { query: { talent_id: 'x' } });
    await client.fails(400, 1002002, 'GET', A, { query: { job_id: '01' } });
    await client.fails(400, 1002002, 'GET', A, { query: { update_start_time: 'now' } });
    await client.fails(400, 1002002, 'GET', A, { query: { update_start_time: '2', update_end_time: '1' } });
    await client.fails(400, 99992402, 'GET', A, { query: { active_status: '4' } });
    await client.fails(400, 99992402, 'GET', A, { query: { lock_status: 4 } });
    await client.fails(400, 99992402, 'GET', A, { query: { page_size: 201 } });
    const { page_token } = await client.ok('GET', A, { query: { page_size: 1, active_status: 1 } });
    await client.fails(400, 1002002, 'GET', A, { query: { page_size: 1, active_status: 2, page_token } });
    await client.fails(400, 1002002, 'GET', A, { query: { page_size: 1, page_token } });
});

test('an application is created at the first stage of its job', async () => {
    const talent_id = newTalent();
    const t0 = Date.now();
    const id = await create({ talent_id, job_id: job.id, delivery_type: 2, resume_source_id: sources[2].id, application_preferred_city_code_list: ['CT_125'] });
    const { create_time, modify_time, stage_time_list, ...a } = await get(id);
    assert.deepEqual(a, { id, talent_id, job_id: job.id, active_status: 1, delivery_type: 2, stage: stages[0], resume_source_id: sources[2].id,
        resume_source_info: { id: sources[2].id, name: { zh_cn: sources[2].zh_name, en_us: sources[2].en_name }, resume_source_type: Number(sources[2].resume_source_type) },
        application_preferred_city_list: [{ code: 'CT_125', name: { zh_cn: '上海', en_us: 'Shanghai' } }] });
    assert.deepEqual(stage_time_list, [{ stage_id: stages[0].id, enter_time: create_time }]);
    assert.equal(create_time, modify_time);
    assert.ok(Number(create_time) >= t0 && Number(create_time) <= Date.now());
    assert.deepEqual(await ids({ talent_id }), [id]);
});

test('creating an application is rejected with the documented code for each reason', async () => {
    const talent_id = newTalent();
    const fails = (code, body) => client.fails(400, code, 'POST', A, { body: { talent_id, job_id: job.id, ...body } });
    for (const t of ['1', 'x']) await fails(1002102, { talent_id: t });
    for (const j of ['1', 'x']) assert.match((await fails(1002002, { job_id: j })).msg, /job_id/);
    await fails(1002512, { resume_source_id: '1' });
    assert.match((await fails(1002002, { application_preferred_city_code_list: ['CT_125', 'CT_0'] })).msg, /\[1\]/);
    await fails(99992351, { user_id: 'ou_nobody' });
    await fails(99992402, { delivery_type: 3 });
    await client.fails(400, 99992402, 'POST', A, { body: { talent_id } });
    const closed = { ...job, id: '7600000000000000001', active_status: 2 };
    importItems(dir, [closed]);
    await fails(1002002, { job_id: closed.id });
    assert.deepEqual(await ids({ talent_id }), []);
    await create({ talent_id, job_id: job.id });
    await fails(1002206, {});
});

test('an internal transfer links the employee to the talent; each of both can be linked only once', async () => {
    const transfer = sources.find((s) => s.resume_source_type === '10008').id;
    const talent_id = newTalent({ is_onboarded: true }), second = newTalent({ is_onboarded: true }), outside = newTalent();
    const [u, v] = users.map((x) => x.user_id);
    const left = { user_id: 'left0001', name: 'L', status: { is_resigned: true } };
    importItems(dir, [left]);
    const post = (body) => ({ query: { user_id_type: 'user_id' }, body: { job_id: job.id, resume_source_id: transfer, ...body } });
    const fails = (code, body) => client.fails(400, code, 'POST', A, post(body));
    assert.match((await fails(1002002, { talent_id })).msg, /user_id/);
    await fails(1002002, { talent_id: outside, user_id: u });
    await fails(99992360, { talent_id, user_id: 'nobody' });
    await fails(1002224, { talent_id, user_id: left.user_id });
    const { id } = await client.ok('POST', A, post({ talent_id, user_id: u }));
    await act(id, 'terminate', { termination_type: 27 });
    await fails(1002222, { talent_id, user_id: v });
    await fails(1002223, { talent_id: second, user_id: u });
    await client.ok('POST', A, post({ talent_id, user_id: u }));
});

test('each change of an application\'s stage sends an event', async () => {
    const events = () => sql(dir, "SELECT subject_id, doc FROM event WHERE type = 'hire.application.stage_changed_v1' ORDER BY id");
    const id = await create({ talent_id: newTalent(), job_id: job.id });
    const before = events().length;
    const first = await get(id);
    assert.deepEqual(await act(id, 'transfer_stage', { stage_id: stage(4) }), {});
    const second = await get(id);
    assert.equal(second.stage.id, stage(4));
    assert.deepEqual(second.stage_time_list.map((s) => s.stage_id), [stages[0].id, stage(4)]);
    assert.equal(second.stage_time_list[0].exit_time, second.stage_time_list[1].enter_time);
    assert.equal(second.stage_time_list[1].exit_time, undefined);
    assert.ok(Number(second.modify_time) > Number(first.modify_time));
    await act(id, 'transfer_stage', { stage_id: stages[0].id });
    const [one, two] = events().slice(before);
    assert.equal(String(BigInt(JSON.parse(one.doc).application_id)), id);
    assert.deepEqual(JSON.parse(one.doc), { application_id: id, origin_stage_id: stages[0].id, target_stage_id: stage(4), update_time: Number(second.modify_time) });
    assert.equal(JSON.parse(two.doc).target_stage_id, stages[0].id);
});

test('changing the stage is rejected with the documented code for each reason', async () => {
    const talent_id = newTalent();
    const id = await create({ talent_id, job_id: job.id });
    const to = (stage_id) => ({ stage_id });
    await refused(1002201, '1', 'transfer_stage', to(stage(4)));
    await refused(1002204, id, 'transfer_stage', to('1'));
    await refused(1002211, id, 'transfer_stage', to(stage(7)));
    await refused(1002211, id, 'transfer_stage', to(stages[0].id));
    const other = processes.find((p) => p.id !== job.process_id);
    await refused(1002211, id, 'transfer_stage', to(other.stage_list[1].id));
    await refused(99992402, id, 'transfer_stage', {});
    const onboarded = apps.find((a) => a.stage.type === 7);
    await refused(1002220, onboarded.id, 'transfer_stage', to(stage(4)));
    const job2 = jobs.find((j) => j.id !== job.id && j.active_status === 1);
    const rival = await create({ talent_id, job_id: job2.id });
    await act(rival, 'transfer_stage', to(stagesOf(job2).find((s) => s.type === 5).id));
    await refused(1002210, id, 'transfer_stage', to(stage(4)));
    assert.deepEqual(await ids({ talent_id, lock_status: 2 }), [id]);
    assert.deepEqual(await ids({ talent_id, lock_status: 3 }), [rival]);
    await act(rival, 'terminate', { termination_type: 1 });
    await act(id, 'transfer_stage', to(stage(4)));
    await refused(1002212, rival, 'transfer_stage', to(stagesOf(job2)[1].id));
    assert.equal((await get(id)).stage.id, stage(4));
});

test('terminating an application stores the reasons, and recovering it removes them', async () => {
    const talent_id = newTalent();
    const id = await create({ talent_id, job_id: job.id });
    const end = { termination_type: 22, termination_reason_list: [reasons[0].id, reasons[1].id], termination_reason_note: '不来' };
    for (const what of ['terminate', 'recover']) {
        const r = await client.call('POST', `${A}/1/${what}`, { body: end });
        assert.deepEqual([r.status, r.code], [400, what === 'recover' ? 1002201 : 1002002]);
    }
    await refused(1002225, id, 'recover');
    assert.match((await refused(1002002, id, 'terminate', { ...end, termination_reason_list: ['1'] })).msg, /termination_reason_list\[0\]/);
    await refused(1002002, id, 'terminate', { ...end, termination_reason_note: '长'.repeat(2001) });
    await refused(99992402, id, 'terminate', { termination_type: 2 });
    await refused(99992402, id, 'terminate', {});
    assert.equal((await get(id)).active_status, 1);
    assert.deepEqual(await act(id, 'terminate', end), {});
    const ended = await get(id);
    assert.deepEqual([ended.active_status, ended.termination_type, ended.termination_reason_list, ended.termination_reason_note],
        [2, 22, end.termination_reason_list, '不来']);
    await refused(1002221, id, 'terminate', end);
    await act(id, 'recover');
    const again = await get(id);
    assert.equal(again.active_status, 1);
    for (const gone of ['termination_type', 'termination_reason_list', 'termination_reason_note']) assert.equal(again[gone], undefined);
    assert.deepEqual(again.stage, ended.stage);
});

test('recovering an application is rejected with the documented code for each reason', async () => {
    const talent_id = newTalent();
    const id = await create({ talent_id, job_id: job.id });
    await act(id, 'terminate', { termination_type: 27 });
    const twin = await create({ talent_id, job_id: job.id });
    await refused(1002206, id, 'recover');
    await act(twin, 'transfer_stage', { stage_id: stage(6) });
    await refused(1002210, id, 'recover');
    await act(twin, 'terminate', { termination_type: 27 });
    await act(id, 'recover');
    await act(id, 'terminate', { termination_type: 27 });
    importItems(dir, [{ id: talent_id, is_onboarded: true, basic_info: { name: 'x' } }]);
    await refused(1002209, id, 'recover');
});

test('a deleted application cannot be read any more, and an event is sent', async () => {
    const id = await create({ talent_id: newTalent(), job_id: job.id });
    const told = hiredOk(['application', 'delete', id, '--data', dir, '--json']);
    assert.equal(told.application_id, id);
    await client.fails(400, 1002002, 'GET', `${A}/${id}`);
    const [event] = sql(dir, "SELECT doc FROM event WHERE type = 'hire.application.deleted_v1' ORDER BY id DESC LIMIT 1");
    assert.deepEqual(JSON.parse(event.doc), { application_ids: [id] });
});

test('a list that finds few of many applications has short pages, whose tokens lead to all of them', async () => {
    const many = demoDir();
    meddle(many, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
        INSERT INTO application (tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc)
        SELECT (SELECT MIN(tenant) FROM application), i, 1, 2, 'old', 1, i, '{}' FROM n;
        INSERT INTO application_zone SELECT DISTINCT tenant, level, 0, 12000 FROM application_zone`);
    const old = await startServer({ dir: many });
    const reader = new Client(old), by = (f) => sortIds(apps.filter(f).map((a) => a.id));
    async function pagesOf(query) {
        const pages = [];
        for (let page_token, more = true; more;) {
            const page = await reader.ok('GET', A, { query: { page_size: 10, ...query, page_token } });
            pages.push(page.items);
            assert.equal(page.page_token !== undefined, page.has_more);
            ({ page_token, has_more: more } = page);
            assert.ok(pages.length < 100);
        }
        return pages;
    }
    const some = apps.find((a) => a.active_status === 2);
    for (const [query, f] of [
        [{ active_status: 2 }, (a) => a.active_status === 2],
        [{ stage_id: some.stage.id }, (a) => a.stage.id === some.stage.id],
        [{ process_id: processes[0].id }, (a) => processes[0].stage_list.some((s) => s.id === a.stage.id)],
        [{ job_id: 2, active_status: 2 }, () => false],
        [{ talent_id: 1, active_status: 2 }, () => false],
        [{ lock_status: 3 }, (a) => a.active_status === 1 && [5, 6].includes(a.stage.type)],
    ]) {
        const pages = await pagesOf(query);
        assert.deepEqual(pages.flat(), by(f), JSON.stringify(query));
        assert.ok(pages.length > 2 && pages[0].length === 0, `${JSON.stringify(query)}: ${pages.map((p) => p.length)}`);
    }
    // Few changed within the times, so that no page is short.
    const latest = await pagesOf({ update_start_time: 20000, page_size: 100 });
    assert.deepEqual(latest, [by(() => true)]);
    assert.deepEqual((await pagesOf({ update_start_time: 11990 })).map((p) => p.length), [10, 10, 10, 10, 1]);
    assert.deepEqual(await pagesOf({ process_id: 'unknown' }), [[]]);
    await old.stop();
});

test('ends cleanly', () => server.stop());

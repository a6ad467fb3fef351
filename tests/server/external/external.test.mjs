// SPDX-License-Identifier: Apache-2.0
//
// External applications and their background checks: an integrator creates, replaces, deletes and lists records of another
// system, and may repeat each creation for 24 hours without creating a duplicate.
// store: both
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { importItems } from '../../lib/data.mjs';
import { advance, testClock } from '../../lib/events.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const dir = demoDir();
const server = await startServer({ dir, args: ['--rate-limits', 'off', ...testClock] });
const client = new Client(server);
const A = '/open-apis/hire/v1/external_applications';
const C = '/open-apis/hire/v1/external_background_checks';
const talent = '7612101107694875541', other = '7612524932627127164';
const attachment = '7612525188582757945';
const full = { job_recruitment_type: 2, job_title: '高级 Java', resume_source: '内推', stage: '简历初筛', talent_id: talent,
    termination_reason: '不合适', delivery_type: 3, modify_time: 1618500278645, create_time: 1618500278644, termination_type: 'HR 主动终止' };

const create = async (body) => (await client.ok('POST', A, { body })).external_application;
const byId = (x, y) => (BigInt(x.id) < BigInt(y.id) ? -1 : 1);
const list = (talent_id, query = {}) => client.walk('GET', A, { query: { talent_id, ...query } });
const createCheck = async (body) => (await client.ok('POST', C, { body })).external_background_check;
const checks = (ids) => client.ok('POST', `${C}/batch_query`, { body: { external_background_check_id_list: ids } }).then((d) => d.items);

test('an application is created, listed, replaced whole and deleted', async () => {
    const before = await list(talent);
    const made = await create(full);
    const { id, ...rest } = made;
    assert.match(id, /^[1-9]\d{9,18}$/);
    assert.deepEqual(rest, full);
    assert.deepEqual(await list(talent, { page_size: 1 }), [...before, made].sort(byId));

    const { external_application: replaced } = await client.ok('PUT', `${A}/${id}`, { body: { talent_id: other, stage: '终面' } });
    assert.deepEqual(replaced, { id, talent_id: other, stage: '终面' });
    assert.deepEqual(await list(talent), before);
    assert.ok((await list(other)).some((a) => a.id === id));

    await client.fails(400, 1002002, 'DELETE', `${A}/${id}`, { query: { talent_id: talent } });
    const { external_application: deleted } = await client.ok('DELETE', `${A}/${id}`, { query: { talent_id: other } });
    assert.deepEqual(deleted, replaced);
    assert.ok(!(await list(other)).some((a) => a.id === id));
    await client.fails(400, 1002002, 'DELETE', `${A}/${id}`);
    await client.fails(400, 1002002, 'PUT', `${A}/${id}`, { body: { talent_id: other } });
});

test('a deleted application answers no create_time, and takes its checks along', async () => {
    const a = await create(full);
    const check = await createCheck({ external_application_id: a.id, name: 'x' });
    assert.equal((await checks([check.id])).length, 1);
    const { create_time: _c, ...rest } = a;
    assert.deepEqual((await client.ok('DELETE', `${A}/${a.id}`)).external_application, rest);
    assert.deepEqual(await checks([check.id]), []);
});

test('the talent must be there', async () => {
    for (const talent_id of ['1', 'x', '-1', '99999999999999999999']) {
        await client.fails(400, 1002102, 'POST', A, { body: { ...full, talent_id } });
        await client.fails(400, 1002102, 'GET', A, { query: { talent_id } });
    }
    await client.fails(400, 99992402, 'POST', A, { body: { ...full, talent_id: '' } });
    await client.fails(400, 99992402, 'POST', A, { body: {} });
    await client.fails(400, 99992402, 'GET', A);
    const a = await create(full);
    await client.fails(400, 1002002, 'PUT', `${A}/${a.id}`, { body: { talent_id: '1' } });
    assert.deepEqual((await list(talent)).find((x) => x.id === a.id), a);
});

test('values outside their bounds are refused', async () => {
    for (const [name, value] of [['delivery_type', 5], ['job_recruitment_type', 3], ['job_title', 7], ['create_time', 'x']]) {
        await client.fails(400, 99992402, 'POST', A, { body: { ...full, [name]: value } });
    }
    for (const [name, value] of [['job_title', '长'.repeat(501)], ['termination_reason', 'x'.repeat(2001)],
        ['create_time', -1], ['modify_time', 10_000_000_000_000], ['create_time', 1_618_500_278], ['modify_time', 946_684_799_999], ['external_id', 'x'.repeat(201)]]) {
        const r = await client.fails(400, 1002002, 'POST', A, { body: { ...full, [name]: value } });
        assert.match(r.msg, new RegExp(name));
    }
    await client.fails(400, 99992402, 'GET', A, { query: { talent_id: talent, page_size: 21 } });
});

test('an external_id creates once in 24 hours; the second call answers what the first made', async () => {
    const made = await create({ ...full, external_id: 'A-1' });
    assert.equal(made.external_id, undefined);
    const count = (await list(talent, { page_size: 20 })).length;
    assert.deepEqual(await create({ ...full, external_id: 'A-1' }), made);
    assert.deepEqual(await create({ ...full, stage: 'else', external_id: 'A-1' }), made);
    assert.equal((await list(talent, { page_size: 20 })).length, count);
    assert.notEqual((await create({ ...full, external_id: 'A-2' })).id, made.id);
    assert.notEqual((await create({ ...full, external_id: '' })).id, (await create({ ...full, external_id: '' })).id);
    await client.ok('PUT', `${A}/${made.id}`, { body: { talent_id: talent, stage: 'now' } });
    assert.equal((await create({ ...full, external_id: 'A-1' })).stage, 'now');
    await client.ok('DELETE', `${A}/${made.id}`);
    const r = await client.fails(400, 1002002, 'POST', A, { body: { ...full, external_id: 'A-1' } });
    assert.match(r.msg, /24 hours/);
});

test('the same external_id sent many times at once creates one', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => create({ ...full, external_id: 'burst' }).then((a) => a.id)));
    assert.equal(new Set(ids).size, 1);
});

test('a check is created with attachments, replaced whole and deleted', async () => {
    const a = await create(full);
    const made = await createCheck({ external_application_id: a.id, date: 1626602069392, name: '背调', result: '已通过', attachment_id_list: [attachment] });
    assert.deepEqual(made.attachment_list.map((x) => [x.id, typeof x.name]), [[attachment, 'string']]);
    assert.deepEqual(await checks([made.id]), [made]);
    assert.deepEqual(await client.walk('POST', `${C}/batch_query`, { query: { external_application_id: a.id } }), [made]);

    const b = await create(full);
    const { external_background_check: replaced } = await client.ok('PUT', `${C}/${made.id}`, { body: { external_application_id: b.id } });
    assert.deepEqual(replaced, { id: made.id, external_application_id: b.id, attachment_list: [] });
    assert.deepEqual(await client.walk('POST', `${C}/batch_query`, { query: { external_application_id: a.id } }), []);
    assert.deepEqual(await client.walk('POST', `${C}/batch_query`, { query: { external_application_id: b.id } }), [replaced]);

    assert.deepEqual(await client.ok('DELETE', `${C}/${made.id}`), {});
    assert.deepEqual(await checks([made.id]), []);
    await client.fails(400, 1002002, 'DELETE', `${C}/${made.id}`);
    await client.fails(400, 1002002, 'PUT', `${C}/${made.id}`, { body: { external_application_id: b.id } });
});

test('what a check refers to must be there', async () => {
    const a = await create(full);
    for (const [body, named] of [[{ external_application_id: '1' }, /: external_application_id: /], [{ external_application_id: 'x' }, /: external_application_id: /],
        [{ external_application_id: a.id, attachment_id_list: [attachment, '12'] }, /attachment_id_list\[1\]/],
        [{ external_application_id: a.id, attachment_id_list: ['x'] }, /attachment_id_list\[0\]/]]) {
        assert.match((await client.fails(400, 1002002, 'POST', C, { body })).msg, named);
    }
    await client.fails(400, 99992402, 'POST', C, { body: { name: 'x' } });
    assert.deepEqual(await client.walk('POST', `${C}/batch_query`, { query: { external_application_id: a.id } }), []);
});

test('keys of checks are apart from those of applications', async () => {
    const a = await create({ ...full, external_id: 'shared' });
    const made = await createCheck({ external_application_id: a.id, external_id: 'shared', name: 'one' });
    assert.deepEqual(await createCheck({ external_application_id: a.id, external_id: 'shared', name: 'two' }), made);
    await client.ok('DELETE', `${C}/${made.id}`);
    await client.fails(400, 1002002, 'POST', C, { body: { external_application_id: a.id, external_id: 'shared' } });
});

test('an imported application is listed by its talent, and can be replaced', async () => {
    importItems(dir, [{ id: '7999000000000000001', talent_id: talent, stage: 'imported', job_recruitment_type: 1, strange_member: { a: 1 } }]);
    const found = (await list(talent, { page_size: 20 })).find((a) => a.id === '7999000000000000001');
    assert.deepEqual(found, { id: '7999000000000000001', talent_id: talent, stage: 'imported', job_recruitment_type: 1 });
    await client.ok('PUT', `${A}/${found.id}`, { body: { talent_id: other } });
    assert.ok(!(await list(talent, { page_size: 20 })).some((a) => a.id === found.id));
});

test('after 24 hours the same external_id creates anew', async () => {
    const made = await create({ ...full, external_id: 'daily' });
    await advance(server, 24 * 3600_000 - 60_000);
    client.cachedToken = undefined;
    assert.equal((await create({ ...full, external_id: 'daily' })).id, made.id);
    await advance(server, 60_000);
    assert.notEqual((await create({ ...full, external_id: 'daily' })).id, made.id);
});

test('ends cleanly', () => server.stop());

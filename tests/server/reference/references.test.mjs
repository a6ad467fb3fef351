// SPDX-License-Identifier: Apache-2.0
//
// Reference data for integrators: processes, reasons, forms, round types, addresses, places, job levels, rooms and users.
// Every list is compared with the demo's files, page by page.
// store: both
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { importItems, range } from '../../lib/data.mjs';
import { createApp, demoDir, hiredOk, root, startServer } from '../../lib/server.mjs';

const demo = (name) => {
    const { data } = JSON.parse(fs.readFileSync(path.join(root, 'demo', `${name}.json`), 'utf8'));
    return data.items ?? data.rooms;
};
const dir = demoDir();
const server = await startServer({ dir });
const client = new Client(server);
const api = (p) => `/open-apis/${p}`;

// All pages of a list, whatever it is called.
async function pages(p, { member = 'items', ...query } = {}, body) {
    const all = [];
    let page_token;
    do {
        const data = await client.ok(body ? 'POST' : 'GET', api(p), { query: { ...query, page_token }, body });
        assert.ok(data[member].length <= Number(query.page_size ?? 10));
        assert.equal(data.page_token !== undefined, data.has_more);
        all.push(...data[member]);
        page_token = data.page_token;
    } while (page_token);
    return all;
}

for (const [p, name, more] of [
    ['hire/v1/job_processes', 'job_processes', {}],
    ['hire/v1/termination_reasons', 'termination_reasons', {}],
    ['hire/v1/interview_feedback_forms', 'interview_feedback_forms', {}],
    ['hire/v1/locations', 'locations', { usage: 'interview_location' }],
    ['contact/v3/job_levels', 'job_levels', {}],
    ['vc/v1/rooms', 'rooms', { member: 'rooms', user_id_type: 'user_id' }],
]) {
    test(`${p}: all of them, in their order, whatever the page's size`, async () => {
        const wanted = demo(name);
        for (const page_size of [1, 2, 50]) assert.deepEqual(await pages(p, { page_size, ...more }), wanted);
    });
    test(`${p}: a page token of another list or one that was altered is refused`, async () => {
        const other = p.includes('rooms') ? 'contact/v3/job_levels' : 'vc/v1/rooms';
        const { page_token } = await client.ok('GET', api(other), { query: { page_size: 1 } });
        const { member: _m, ...query } = more;
        await client.fails(400, 1002002, 'GET', api(p), { query: { ...query, page_token } });
        await client.fails(400, 1002002, 'GET', api(p), { query: { ...query, page_token: 'x' } });
    });
}

test('bounds of page_size are those of each list', async () => {
    for (const [p, max, query] of [['hire/v1/job_processes', 100, {}], ['hire/v1/termination_reasons', 200, {}],
        ['hire/v1/interview_feedback_forms', 100, {}], ['contact/v3/job_levels', 50, {}], ['vc/v1/rooms', 100, {}],
        ['hire/v1/locations', 100, { usage: 'position_location' }]]) {
        await client.ok('GET', api(p), { query: { ...query, page_size: max } });
        await client.fails(400, 99992402, 'GET', api(p), { query: { ...query, page_size: max + 1 } });
        await client.fails(400, 99992402, 'GET', api(p), { query: { ...query, page_size: 0 } });
    }
});

test('feedback forms by id: each once, in the order asked for, unknown ones left out, no paging', async () => {
    const forms = demo('interview_feedback_forms');
    const ask = (ids) => client.ok('GET', `${api('hire/v1/interview_feedback_forms')}?${ids.map((i) => `interview_feedback_form_ids=${i}`).join('&')}`);
    const data = await ask([forms[1].id, '12', forms[0].id, forms[1].id]);
    assert.deepEqual(data, { items: [forms[1], forms[0]], has_more: false });
    await client.fails(400, 99992402, 'GET', `${api('hire/v1/interview_feedback_forms')}?${range(101, (i) => `interview_feedback_form_ids=${i}`).join('&')}`);
});

test('round types, all or of one process', async () => {
    const all = demo('interview_round_types');
    assert.deepEqual(await client.ok('GET', api('hire/v1/interview_round_types')), { items: all, active_status: 1 });
    for (const type of [1, 2]) {
        const { items } = await client.ok('GET', api('hire/v1/interview_round_types'), { query: { process_type: type } });
        assert.deepEqual(items, all.filter((t) => t.process_type === type));
    }
    await client.fails(400, 99992402, 'GET', api('hire/v1/interview_round_types'), { query: { process_type: 3 } });
});

test('a job level by its very name', async () => {
    const [first] = demo('job_levels');
    assert.deepEqual(await pages('contact/v3/job_levels', { name: first.name }), [first]);
    assert.deepEqual(await pages('contact/v3/job_levels', { name: first.name.slice(0, 1) }), []);
});

test('rooms of a level and of those below it; one room; a room that is not there', async () => {
    const rooms = demo('rooms');
    const at = (level) => rooms.filter((r) => r.room_level_id === level || r.path.includes(level));
    for (const level of new Set(rooms.flatMap((r) => r.path))) {
        assert.ok(at(level).length > 0);
        assert.deepEqual(await pages('vc/v1/rooms', { member: 'rooms', room_level_id: level, page_size: 1, user_id_type: 'user_id' }), at(level));
    }
    assert.deepEqual(await client.ok('GET', api(`vc/v1/rooms/${rooms[2].room_id}`), { query: { user_id_type: 'user_id' } }), { room: rooms[2] });
    await client.fails(404, 121004, 'GET', api('vc/v1/rooms/omm_none'));
});

test('an address needs its usage', async () => {
    await client.fails(400, 99992402, 'GET', api('hire/v1/locations'));
    await client.fails(400, 99992402, 'GET', api('hire/v1/locations'), { query: { usage: 'elsewhere' } });
});

test('places by type and code are those that the addresses name, each once', async () => {
    const members = { 1: 'country', 2: 'state', 3: 'city', 4: 'district' };
    for (const [type, member] of Object.entries(members)) {
        const wanted = new Set(demo('locations').map((l) => l[member]?.code).filter(Boolean));
        const found = await pages('hire/v1/locations/query', { page_size: 1 }, { location_type: Number(type) });
        assert.ok(found.every((f) => Object.keys(f).length === 1 && f[member]));
        assert.deepEqual(found.map((f) => f[member][`${member}_code`]).sort(), [...wanted].sort());
    }
    const [city] = await pages('hire/v1/locations/query', { page_size: 100 }, { location_type: 3, code_list: ['CT_125', 'CT_0'] });
    assert.deepEqual(city, { city: { city_code: 'CT_125', state_code: 'ST_25', country_code: 'CN_1',
        city_name_info: { zh_name: '上海', en_name: 'Shanghai' } } });
    await client.fails(400, 99992402, 'POST', api('hire/v1/locations/query'), { query: { page_size: 10 }, body: {} });
    await client.fails(400, 99992402, 'POST', api('hire/v1/locations/query'), { body: { location_type: 1 } });
    const { page_token } = await client.ok('POST', api('hire/v1/locations/query'), { query: { page_size: 1 }, body: { location_type: 3 } });
    await client.fails(400, 1002002, 'POST', api('hire/v1/locations/query'), { query: { page_size: 1, page_token }, body: { location_type: 4 } });
});

const users = demo('users');
const one = (id, type, c = client) => c.ok('GET', api(`contact/v3/users/${id}`), { query: { user_id_type: type } }).then((d) => d.user);

test('a user by each of its three ids', async () => {
    const byUserId = await one(users[0].user_id, 'user_id');
    const { open_id, union_id, ...rest } = byUserId;
    assert.match(open_id, /^ou_[0-9a-f]{32}$/);
    assert.match(union_id, /^on_[0-9a-f]{32}$/);
    assert.deepEqual(rest, users[0]);
    assert.deepEqual(await one(open_id, undefined), byUserId);
    assert.deepEqual(await one(union_id, 'union_id'), byUserId);
});

test('an unknown user is rejected', async () => {
    for (const [type, code] of [['open_id', 99992351], ['union_id', 99992364], ['user_id', 99992360]]) {
        const r = await client.fails(400, code, 'GET', api('contact/v3/users/nobody'), { query: { user_id_type: type } });
        assert.equal(r.msg, 'these ids not existed: [nobody]');
        const q = `user_id_type=${type}&user_ids=nobody&user_ids=${users[0].user_id}&user_ids=no2`;
        const b = await client.fails(400, code, 'GET', `${api('contact/v3/users/batch')}?${q}`);
        assert.match(b.msg, /nobody/);
        assert.match(b.msg, /no2/);
    }
});

test('a leader is a user id of the asked type', async () => {
    const led = users.find((u) => u.leader_user_id);
    assert.ok(led, 'somebody in the demo has a leader');
    const leader = await one(led.leader_user_id, 'user_id');
    assert.equal((await one(led.user_id, 'user_id')).leader_user_id, led.leader_user_id);
    const open = await one((await one(led.user_id, 'user_id')).open_id, 'open_id');
    assert.equal(open.leader_user_id, leader.open_id);
});

test('several users, each once, in the order asked for; fifty at most', async () => {
    const ask = (ids) => `${api('contact/v3/users/batch')}?user_id_type=user_id&${ids.map((i) => `user_ids=${i}`).join('&')}`;
    const ids = [users[3], users[1], users[3]].map((u) => u.user_id);
    const { items } = await client.ok('GET', ask(ids));
    assert.deepEqual(items.map(({ open_id: _o, union_id: _u, ...rest }) => rest), [users[3], users[1]]);
    await client.fails(400, 99992402, 'GET', ask(range(51, () => ids[0])));
    await client.fails(400, 99992402, 'GET', api('contact/v3/users/batch'));
});

test('fields that an app has no scope for are left out', async () => {
    const app = createApp(server, ['contact:contact.base:readonly', 'contact:user.base:readonly']);
    const poor = new Client(server, app);
    const user = await one(users[0].user_id, 'user_id', poor);
    assert.equal(user.name, users[0].name);
    for (const hidden of ['user_id', 'email', 'mobile', 'gender', 'status', 'city', 'employee_no', 'join_time', 'job_level_id']) {
        assert.equal(user[hidden], undefined, hidden);
    }
    // The same scope by another name: any of a list suffices.
    const rich = new Client(server, createApp(server, ['contact:contact.base:readonly', 'contact:user.employee:readonly']));
    const more = await one(users[0].user_id, 'user_id', rich);
    assert.equal(more.employee_no, users[0].employee_no);
    assert.equal(more.name, undefined);
});

test('users by mail and mobile: one entry for each, in order, without an id where there is nobody', async () => {
    const [a, b] = users;
    const ask = (body) => client.ok('POST', api('contact/v3/users/batch_get_id'), { query: { user_id_type: 'user_id' }, body });
    const bare = b.mobile.replace(/^\+86/, '');
    const { user_list } = await ask({ emails: [a.email.toUpperCase(), 'nobody@example.com'], mobiles: [a.mobile, bare, '+15550000'] });
    assert.deepEqual(user_list.map(({ status: _s, ...r }) => r), [
        { user_id: a.user_id, email: a.email.toUpperCase() }, { email: 'nobody@example.com' },
        { user_id: a.user_id, mobile: a.mobile }, { user_id: b.user_id, mobile: bare }, { mobile: '+15550000' }]);
    assert.deepEqual(user_list[0].status, a.status);
    assert.deepEqual(await ask({}), { user_list: [] });
    await client.fails(400, 99992402, 'POST', api('contact/v3/users/batch_get_id'), { body: { emails: range(51, (i) => `${i}@x`) } });
});

test('somebody who has left is found only when asked for; a changed address takes the old one away', async () => {
    const gone = { user_id: 'gone0001', name: '离职', email: 'left@example.com', mobile: '12000009999',
        status: { is_frozen: false, is_resigned: true, is_activated: true, is_exited: false, is_unjoin: false } };
    importItems(dir, [gone]);
    const ask = (body) => client.ok('POST', api('contact/v3/users/batch_get_id'), { query: { user_id_type: 'user_id' }, body }).then((d) => d.user_list);
    assert.deepEqual(await ask({ emails: [gone.email] }), [{ email: gone.email }]);
    assert.equal((await ask({ emails: [gone.email], include_resigned: true }))[0].user_id, 'gone0001');
    importItems(dir, [{ ...gone, email: 'new@example.com' }]);
    assert.equal((await ask({ emails: [gone.email], include_resigned: true }))[0].user_id, undefined);
    assert.equal((await ask({ emails: ['new@example.com'], include_resigned: true }))[0].user_id, 'gone0001');
});

test('newly imported records come last in the list, and a changed record keeps its position', async () => {
    const before = await pages('contact/v3/job_levels', { page_size: 50 });
    const fresh = { job_level_id: '000new', name: '新', order: 1, status: true };
    importItems(dir, [fresh]);
    assert.deepEqual(await pages('contact/v3/job_levels', { page_size: 3 }), [...before, fresh]);
    importItems(dir, [{ ...before[0], name: 'renamed' }]);
    assert.deepEqual(await pages('contact/v3/job_levels', { page_size: 3 }), [{ ...before[0], name: 'renamed' }, ...before.slice(1), fresh]);
});

test('another tenant cannot see this tenant\'s rooms and users', async () => {
    const tenant = hiredOk(['tenant', 'create', '--data', dir, '--name', 'Other', '--tenant', 'other']);
    assert.ok(tenant);
    const app = hiredOk(['app', 'create', '--data', dir, '--tenant', 'other', '--name', 'o', '--scope', 'vc:room:readonly',
        '--scope', 'contact:contact.base:readonly']);
    server.secrets.add(app.app_secret);
    const c = new Client(server, app);
    assert.deepEqual(await c.ok('GET', api('vc/v1/rooms')), { rooms: [], has_more: false });
    await c.fails(404, 121004, 'GET', api(`vc/v1/rooms/${demo('rooms')[0].room_id}`));
    const mine = await one(users[0].user_id, 'user_id');
    for (const type of ['open_id', 'union_id', 'user_id']) {
        assert.equal((await c.call('GET', api(`contact/v3/users/${mine[type]}`), { query: { user_id_type: type } })).status, 400);
    }
});

test('the server ends cleanly', async () => {
    await server.stop();
});

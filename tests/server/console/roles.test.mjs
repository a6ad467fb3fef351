// SPDX-License-Identifier: Apache-2.0
//
// Permissions in the console: every described operation, with each role and without a session. Records of another tenant are
// treated like records that do not exist.
// store: both
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { eventually, send } from '../../lib/client.mjs';
import { operations } from '../../lib/contract.mjs';
import { Person } from '../../lib/console.mjs';
import { answerOf, range, saveAnswer, sql, sqlAll } from '../../lib/data.mjs';
import { tablesOf } from '../../lib/store.mjs';
import { makePerson } from '../../lib/person.mjs';
import { hiredOk, startServer } from '../../lib/server.mjs';

const ROLES = ['admin', 'recruiter', 'approver', 'interviewer'];
const all = operations({ supported: true }).filter((o) => o.access === 'console');
const own = (o, ids) => o.path.slice('/console/api/'.length).replace(/:(\w+)/g, (_, name) => ids[name] ?? assert.fail(`${o.path}: no ${name} to try`));

let server, people, ids, foreign, stranger;
before(async () => {
    server = await startServer();
    people = Object.fromEntries(await Promise.all(ROLES.map(async (role) => [role, await Person.of(server, role)])));
    const made = ['--tenant', 'other', '--data', server.dir];
    hiredOk(['tenant', 'create', '--name', 'Other', ...made]);
    const account = hiredOk(['user', 'create', 'stranger', '--role', 'admin', ...made]);
    const vendor = hiredOk(['app', 'create', '--name', 'vendor', '--scope', 'hire:background_check_order:readonly', ...made]);
    hiredOk(['vendor', 'create', '--name', 'Theirs', '--provider', 'p1', '--app', vendor.app_id, ...made]);
    hiredOk(['event', 'subscribe', '--app', vendor.app_id, 'all', ...made]);
    hiredOk(['event', 'subscribe', '--app', server.demo.vendor_app_id, 'all', '--tenant', server.demo.tenant_key, '--data', server.dir]);
    hiredOk(['import', saveAnswer(answerOf(range(2, (i) => makePerson(i)).flatMap((p) => p.records))), '--user-id-type', 'user_id', ...made]);
    for (const secret of [account.password, vendor.app_secret]) server.secrets.add(secret);
    stranger = new Person(server, 'stranger', account.password);
    await stranger.signIn();
    await arrange(stranger);
    for (let i = 0; i < 2; i++) await arrange(people.admin);
    foreign = await idsOf(stranger, vendor.app_id);
    ids = await idsOf(people.admin, server.demo.app_id);
});
after(() => server.stop());

async function arrange(admin) {
    const { items: [{ id: application_id }] } = await admin.get('applications', { status: 1 });
    const account_id = (await admin.get('vendors')).items.find((v) => v.app).id;
    await admin.post('orders/arrange', { application_id, account_id, package_name: 'Standard', again: true });
}

async function idsOf(admin, app) {
    const order = (await admin.get('orders')).items[0], interview = (await admin.get('interviews')).items[0];
    const application = (await admin.get('applications')).items[0];
    return {
        app_id: app, order_id: order.id, interview_id: interview.id, application_id: application.id,
        account_id: (await admin.get('users')).items.at(-1).id, vendor_id: (await admin.get('vendors')).items[0].id,
        talent_id: (await admin.get(`applications/${application.id}`)).application.talent_id,
        event_id: (await eventually(() => admin.get('events'), (e) => e.items.length > 0, { what: 'an event' })).items[0].event_id,
    };
}

// A stream does not end, so only its status is read.
const streamStatus = (person) => new Promise((resolve, reject) => {
    const req = http.get(`${server.baseUrl}/console/api/events/stream`, { agent: false, headers: { Cookie: person.cookie } }, (res) => {
        resolve({ status: res.statusCode, code: 0 });
        req.destroy();
    });
    req.on('error', reject);
});
const call = (person, o, at, body = o.method === 'GET' ? undefined : {}) => (o.stream && person.cookie ? streamStatus(person) : person.call(o.method, own(o, at), { body }));

// All data that users can change; without tables that the server changes by itself, and without sessions.
const QUIET = /^(event|event_attempt|event_delivery|report_file|console_session|sqlite_.*|meta|.*_fts.*)$/;
function everything() {
    const tables = tablesOf(server.dir).filter((t) => !QUIET.test(t));
    return Object.fromEntries(sqlAll(server.dir, tables.map((t) => [t === 'console_account'
        ? 'SELECT tenant, id, login, name, password, roles, disabled FROM console_account' : `SELECT * FROM ${t}`, []])).map((rows, i) => [tables[i], rows]));
}

test('every operation names its roles, except a fixed list that is open to all roles', () => {
    assert.deepEqual(all.filter((o) => !o.roles).map((o) => o.name).sort(), ['console.interview.assess', 'console.interview.get', 'console.interview.list',
        'console.session.change_password', 'console.session.get', 'console.session.sign_in', 'console.session.sign_out', 'console.stream.open']);
    assert.deepEqual(all.filter((o) => o.anonymous).map((o) => o.name), ['console.session.sign_in']);
    assert.deepEqual(all.filter((o) => o.method === 'GET' && o.effect !== 'reads').map((o) => o.name), [], 'what a GET does needs no token');
    assert.deepEqual(all.filter((o) => (o.roles ?? []).includes('interviewer')).map((o) => o.name), []);
});

test('a request without a session, the role or the CSRF checks is rejected before its content is checked, and changes nothing', async () => {
    const before = everything();
    const nobody = new Person(server, 'x', 'y');
    for (const o of all.filter((op) => !op.anonymous)) {
        const r = await call(nobody, o, ids);
        assert.deepEqual([r.status, r.code], [401, 4010], `${o.name}, nobody`);
        for (const role of ROLES.filter((x) => o.roles && !o.roles.includes(x))) {
            for (const at of [ids, foreign]) {
                const refused = await call(people[role], o, at);
                assert.deepEqual([refused.status, refused.code], [403, 4031], `${o.name}, ${role}`);
            }
        }
        if (o.method === 'GET') continue;
        for (const headers of [{ 'X-Csrf-Token': null }, { Origin: 'https://elsewhere.example' }, { Origin: null, 'Sec-Fetch-Site': 'same-site' }]) {
            const r = await people.admin.call(o.method, own(o, ids), { body: {}, headers });
            assert.deepEqual([r.status, r.code], [403, 4030], `${o.name}, ${JSON.stringify(headers)}`);
        }
    }
    assert.deepEqual(everything(), before);
});

test('other methods, method overrides and form content types do not bypass the checks', async () => {
    const before = everything();
    const admin = people.admin;
    for (const o of all.filter((op) => op.method === 'POST' && !op.anonymous)) {
        const at = own(o, ids);
        for (const [method, headers] of [['GET', { 'X-HTTP-Method-Override': 'POST' }], ['PUT', {}], ['DELETE', {}], ['PATCH', {}]]) {
            // An HTML form cannot send the CSRF header, so these requests are sent without it.
            const r = await admin.call(method, at, { headers: { 'X-Csrf-Token': null, ...headers } });
            const twin = method === 'GET' && all.some((g) => g.method === 'GET' && g.path === o.path);
            if (!twin) assert.ok(r.status >= 400, `${method} ${at}: ${r.status}`);
            assert.equal(r.headers['access-control-allow-origin'], undefined);
        }
        // OPTIONS lists the methods and has no effect; no CORS header permits another origin.
        const options = await send(server.baseUrl, 'OPTIONS', `/console/api/${at}`, { headers: { Origin: 'https://elsewhere.example', 'Access-Control-Request-Method': 'POST' } });
        assert.deepEqual([options.status, options.text], [204, ''], at);
        assert.match(options.headers.allow, /POST/);
        for (const name of Object.keys(options.headers)) assert.ok(!name.startsWith('access-control'), name);
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
            const r = await admin.call('POST', at, { body: {}, headers: { 'Content-Type': type, 'X-Csrf-Token': null } });
            assert.deepEqual([r.status, r.code], [403, 4030], `${at} as ${type}`);
        }
    }
    assert.deepEqual(everything(), before);
});

test('a record of another tenant gets the same response as a record that does not exist', async () => {
    const nowhere = Object.fromEntries(Object.keys(foreign).map((name) => [name, name === 'app_id' ? 'cli_0123456789abcdef' : '7999999999999999999']));
    const [{ id: tenant }] = sql(server.dir, "SELECT id FROM tenant WHERE tenant_key = 'other'");
    const theirs = () => JSON.stringify(Object.values(everything()).flat().filter((row) => row.tenant === tenant));
    const before = theirs();
    assert.ok(before.length > 100);
    const plain = (r, at) => [r.status, r.code, JSON.stringify([r.msg, r.error?.message, r.error?.field_violations]).replaceAll(Object.values(at).find((id) => r.text.includes(id)) ?? '\0', 'ID')];
    for (const o of all.filter((op) => op.path.includes(':'))) {
        for (const role of ROLES.filter((x) => !o.roles || o.roles.includes(x))) {
            const body = o.method === 'GET' ? undefined : plausible(o.name);
            const seen = await call(people[role], o, foreign, body), none = await call(people[role], o, nowhere, body);
            assert.notEqual(seen.code, 0, `${o.name}, ${role}: ${seen.text}`);
            assert.deepEqual(plain(seen, foreign), plain(none, nowhere), `${o.name}, ${role}`);
        }
    }
    assert.equal(theirs(), before);
});

// Bodies that would be accepted if the record belonged to the caller's tenant.
function plausible(name) {
    const at = { begin_time: String(Date.now() + 200 * 86_400_000), end_time: String(Date.now() + 200 * 86_400_000 + 3_600_000) };
    return {
        'console.interview.assess': { conclusion: 5 }, 'console.interview.reschedule': { plan: { ...at, interview_type: 2, interviewers: ['d716b84f'] } },
        'console.account.update': { name: 'mine' }, 'console.vendor.update': { name: 'mine' }, 'console.app.update': { scopes: [] },
        'console.app.challenge': { request_url: 'https://vendor.example/events' },
        'console.order.reject': { reason: 'x' }, 'console.order.terminate': { reason: 'x' }, 'console.order.withdraw': { reason: 'x' },
    }[name] ?? {};
}

test('ids and page tokens of another tenant are rejected in bodies, and match nothing in filters', async () => {
    const { admin, recruiter } = people;
    const at = { begin_time: String(Date.now() + 200 * 86_400_000), end_time: String(Date.now() + 200 * 86_400_000 + 3_600_000) };
    const fails = async (path, body) => assert.equal((await recruiter.call('POST', path, { body })).status, 400, path);
    await fails('orders/arrange', { application_id: foreign.application_id, account_id: ids.vendor_id, package_name: 'Standard' });
    await fails('orders/arrange', { application_id: ids.application_id, account_id: foreign.vendor_id, package_name: 'Standard' });
    await fails('orders/record', { application_id: foreign.application_id, name: 'x', result: 'Green' });
    await fails('interviews', { application_id: foreign.application_id, plan: { ...at, interview_type: 2, interviewers: ['d716b84f'] } });
    assert.deepEqual((await recruiter.post('interviews/conflicts', { ...at, application_id: foreign.application_id })).items, []);
    await admin.fails(404, 4004, 'POST', 'erasure', { body: { talent_id: foreign.talent_id, reason: 'x' } });
    for (const [path, query] of [['orders', { application_id: foreign.application_id }], ['orders', { account_id: foreign.vendor_id }],
        ['interviews', { application_id: foreign.application_id }], ['events', { app_id: foreign.app_id }], ['audit', { account_id: stranger.id }]]) {
        assert.deepEqual((await admin.get(path, query)).items, [], path);
    }
    for (const path of ['orders', 'interviews', 'applications', 'events', 'audit']) {
        const first = await admin.get(path, { page_size: 1 });
        assert.equal(first.has_more, true, path);
        await stranger.fails(400, 1002002, 'GET', path, { query: { page_size: 1, page_token: first.page_token } });
    }
    const mine = JSON.stringify(await Promise.all(['orders', 'applications', 'interviews', 'users', 'apps', 'audit', 'vendors'].map((p) => stranger.get(p))));
    for (const [name, id] of Object.entries(ids)) assert.ok(!mine.includes(id), `${name} of another tenant is in a list`);
});

test('every described role is permitted to call the operation', async () => {
    for (const o of all.filter((op) => !op.anonymous)) {
        for (const role of o.roles ?? ROLES) {
            const r = await call(o.name.endsWith('sign_out') ? await Person.of(server, role) : people[role], o, ids);
            assert.ok(![401, 403].includes(r.status), `${o.name}, ${role}: ${r.status} ${r.code}`);
        }
    }
});

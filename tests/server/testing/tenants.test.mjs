// SPDX-License-Identifier: Apache-2.0
//
// A tenant for each test, and snapshots of tenants.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { loopback } from '../../lib/events.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { demoDir, hiredOk, startServer } from '../../lib/server.mjs';
import { Toolbox } from '../../lib/toolbox.mjs';

const server = await startServer({ dir: demoDir(), args: ['--test', ...loopback] });
test.after(() => server.stop());

const toolbox = new Toolbox(server);
const ok = toolbox.ok.bind(toolbox);
const refused = toolbox.refused.bind(toolbox);
const makeTenant = toolbox.tenant;
const client = toolbox.client.bind(toolbox);
const arrange = (person, tenant) => person.call('POST', 'orders/arrange', { body: { application_id: tenant.application_ids[0],
    account_id: tenant.accounts[0].account_id, package_id: tenant.accounts[0].package_ids[0] } });
const applications = async (tenant) => (await client(tenant, 'hr').ok('GET', '/open-apis/hire/v1/applications', { query: { page_size: 100 } })).items ?? [];
const T0 = 1_790_000_000_000;
const inDirectory = process.env.HIRED_TEST_STORE !== 'postgresql'; // kept files, which snapshots then hold
const demoTenant = '2ed263bf32cf1651';

test('a tenant comes with all that a test needs, and no further call', async () => {
    const tenant = await makeTenant({ name: 'One' });
    assert.match(tenant.tenant_key, /^[0-9a-f]{16}$/);
    assert.equal(tenant.name, 'One');
    assert.deepEqual(await applications(tenant), tenant.application_ids);
    // The secrets are right, and give the same token.
    for (const one of tenant.apps) assert.equal(await new Client(server, one).token(), one.tenant_access_token);
    // The people can sign in, and have their ids.
    const recruiter = tenant.users.find((u) => u.user_id === 'recruiter');
    const person = await toolbox.person(tenant, 'recruiter');
    assert.equal((await person.call('GET', 'session')).data.test, true);
    const openId = recruiter.ids.find((i) => i.app === 'hr');
    const found = await client(tenant, 'hr').ok('GET', `/open-apis/contact/v3/users/${openId.open_id}`, { query: { user_id_type: 'open_id' } });
    assert.deepEqual([found.user.user_id, found.user.union_id], ['recruiter', openId.union_id]);
    // A recruiter arranges a check, and the vendor's app sees it.
    const order = await arrange(person, tenant);
    assert.equal(order.code, 0, order.text);
    const seen = await client(tenant, 'vendor').orders({ page_size: 10 });
    assert.deepEqual(seen.items.map((o) => [o.order_id, o.package]), [[order.data.order_id, 'Standard']]);
});

test('tenants do not see each other, and go away completely', async () => {
    const [a, b] = await Promise.all([makeTenant(), makeTenant()]);
    await client(a, 'hr').ok('POST', `/open-apis/hire/v1/applications/${a.application_ids[0]}/terminate`, { body: { termination_type: 22 } });
    const status = async (t) => (await client(t, 'hr').ok('GET', `/open-apis/hire/v1/applications/${t.application_ids[0]}`)).application.active_status;
    assert.deepEqual([await status(a), await status(b)], [2, 1]);

    assert.ok((await ok('DELETE', `/test/tenants/${a.tenant_key}`)).rows > 20);
    await client(a, 'hr').fails(400, 99991663, 'GET', '/open-apis/hire/v1/applications');
    assert.ok(!(await ok('GET', '/test/tenants')).items.some((t) => t.tenant_key === a.tenant_key));
    await refused(/there is no tenant/, 'DELETE', `/test/tenants/${a.tenant_key}`);
    assert.equal(await status(b), 1);
    // Nothing is left that hired check would find.
    hiredOk(['check', '--data', server.dir]);
});

test('fifty tests begin at once', async () => {
    await makeTenant();
    const begun = performance.now();
    const tenants = await Promise.all(Array.from({ length: 50 }, () => makeTenant()));
    const made = performance.now();
    assert.equal(new Set(tenants.map((t) => t.tenant_key)).size, 50);
    assert.equal(new Set(tenants.flatMap((t) => t.apps.map((a) => a.app_id))).size, 100);
    await Promise.all(tenants.map(async (t) => assert.deepEqual(await applications(t), t.application_ids)));
    await Promise.all(tenants.map((t) => toolbox.person(t, 'recruiter'))); // all sign in at once
    const read = performance.now();
    await Promise.all(tenants.map((t) => ok('DELETE', `/test/tenants/${t.tenant_key}`)));
    console.log(`# ${((made - begun) / 50).toFixed(1)} ms a tenant, ${((performance.now() - read) / 50).toFixed(1)} ms to remove one`);
});

test('a tenant that is removed while requests run', async () => {
    const tenant = await makeTenant();
    const hr = client(tenant, 'hr');
    let going = true;
    const codes = new Set();
    const ask = async () => {
        while (going) {
            const list = await hr.call('GET', '/open-apis/hire/v1/applications');
            codes.add(list.code);
            const end = await hr.call('POST', `/open-apis/hire/v1/applications/${tenant.application_ids[0]}/terminate`, { body: { termination_type: 22 } });
            codes.add(end.code);
        }
    };
    const asking = Array.from({ length: 8 }, ask);
    await eventually(() => codes, (c) => c.has(0) && c.has(1002221), { what: 'requests to succeed' });
    await ok('DELETE', `/test/tenants/${tenant.tenant_key}`);
    await eventually(() => codes, (c) => c.has(99991663), { what: 'requests to be refused' });
    going = false;
    await Promise.all(asking);
    assert.deepEqual([...codes].sort(), [0, 1002221, 99991663]);
    hiredOk(['check', '--data', server.dir]);
});

test('events of a tenant go to the receiver that the test names', async (t) => {
    const receiver = new Receiver();
    await receiver.listen();
    t.after(() => receiver.close());
    const tenant = await makeTenant({ request_urls: [{ app: 'vendor', request_url: receiver.url }] });
    await refused(/has no app "nobody"/, 'POST', '/test/tenants', { request_urls: [{ app: 'nobody', request_url: receiver.url }] });
    assert.equal(tenant.apps.find((a) => a.name === 'vendor').request_url, receiver.url);
    const order = await arrange(await toolbox.person(tenant, 'recruiter'), tenant);
    assert.equal(order.code, 0, order.text);
    await eventually(() => receiver.events, (e) => e.length > 0, { what: 'the created event' });
    // It is the first event: making the tenant sent nothing.
    assert.deepEqual(receiver.events.map((e) => [e.body.header.event_type, e.body.event.background_check_id]),
        [['hire.eco_background_check.created_v1', order.data.order_id]]);
});

test('an event that waited when the snapshot was taken waits again, and is delivered again', async (t) => {
    let status = 500;
    const receiver = new Receiver({ answer: () => ({ status }) });
    await receiver.listen();
    t.after(() => receiver.close());
    const tenant = await makeTenant({ request_urls: [{ app: 'vendor', request_url: receiver.url }] });
    const key = { tenant_key: tenant.tenant_key };
    const order = await arrange(await toolbox.person(tenant, 'recruiter'), tenant);
    assert.equal(order.code, 0, order.text);
    const state = async () => (await client(tenant, 'vendor').orders({ page_size: 10 })).items[0].order_status;
    const untaken = await state();
    await eventually(() => receiver.events, (e) => e.length === 1, { what: 'the first attempt' });
    await eventually(async () => (await ok('POST', '/test/snapshots/waiting', key)).rows, (n) => n > 0);
    status = 200;
    for (const n of [2, 3]) {
        await ok('POST', '/test/clock', { advance_ms: 20_000 });
        await eventually(() => receiver.events, (e) => e.length === n, { what: `attempt ${n}` });
        await eventually(state, (s) => s === 2, { what: 'the order to be taken' });
        await ok('POST', '/test/snapshots/waiting/restore', key);
        assert.equal(await state(), untaken);
    }
    assert.equal(new Set(receiver.events.map((e) => e.body.header.event_id)).size, 1);
    await ok('DELETE', `/test/tenants/${tenant.tenant_key}`);
});

test('what is refused', async () => {
    await refused(/there is no template "x"/, 'POST', '/test/tenants', { template: 'x' });
    await refused(/there is no tenant "nobody"/, 'POST', '/test/snapshots/a', { tenant_key: 'nobody' });
    await refused(/several tenants/, 'POST', '/test/snapshots/a', {});
    await refused(/letters, digits/, 'POST', '/test/snapshots/a%20b', { tenant_key: demoTenant });
    await refused(/no snapshot "never"/, 'POST', '/test/snapshots/never/restore', { tenant_key: demoTenant });
    await refused(/no snapshot "never"/, 'DELETE', `/test/snapshots/never?tenant_key=${demoTenant}`);
});

test('a tenant is set back, and readers see it at once', async () => {
    const tenant = await makeTenant();
    const hr = client(tenant, 'hr');
    const vendor = client(tenant, 'vendor');
    const id = tenant.application_ids[0];
    const status = async () => (await hr.ok('GET', `/open-apis/hire/v1/applications/${id}`)).application.active_status;
    const key = { tenant_key: tenant.tenant_key };
    const orderSeed = { order_id: '7000000000000000001', application_id: id, account_id: tenant.accounts[0].account_id, package: 'standard', begin_time: String(T0),
        creator_info: { user_id: 'recruiter' } };
    await ok('POST', '/test/seed', { tenants: [{ ...key, orders: [orderSeed] }] });
    const order = async () => (await vendor.orders({ page_size: 10 })).items[0];
    const before = await order();
    const taken = await ok('POST', '/test/snapshots/begin', key);
    assert.ok(taken.rows > 30 && taken.bytes > 5000, JSON.stringify(taken));

    const stamps = [];
    for (let round = 0; round < 5; round++) {
        await hr.ok('POST', `/open-apis/hire/v1/applications/${id}/terminate`, { body: { termination_type: 22 } });
        await vendor.progress({ background_check_id: orderSeed.order_id, stage_id: 'one', stage_name: '一', stage_time: String(T0 + 1000) });
        const changed = await order();
        assert.equal(changed.process_info_list.length, 1);
        assert.equal(await status(), 2);
        stamps.push(Number(changed.update_time));
        await ok('POST', '/test/snapshots/begin/restore', key);
        assert.deepEqual(await order(), before);
        assert.equal(await status(), 1);
    }
    // Later changes have later times, and ids are never given again.
    assert.deepEqual([...stamps].sort((a, b) => a - b), stamps);
    assert.equal(new Set(stamps).size, 5);
    // What came after the snapshot is gone, also apps and their tokens.
    const more = await ok('POST', '/test/seed', { tenants: [{ ...key, apps: [{ name: 'late', scopes: ['all'] }] }] });
    const late = Object.assign(new Client(server, more.tenants[0].apps[0]), { cachedToken: more.tenants[0].apps[0].tenant_access_token });
    await late.ok('GET', '/open-apis/hire/v1/applications');
    const back = await ok('POST', '/test/snapshots/begin/restore', key);
    assert.ok(back.dropped >= 2, JSON.stringify(back));
    await late.fails(400, 99991663, 'GET', '/open-apis/hire/v1/applications');
    await hr.ok('GET', '/open-apis/hire/v1/applications');
    // An app's scopes too.
    const scoped = async () => (await hr.call('GET', '/open-apis/hire/v1/applications')).code;
    hiredOk(['app', 'scopes', tenant.apps.find((a) => a.name === 'hr').app_id, '--scope', 'hire:job:readonly', '--data', server.dir]);
    await eventually(scoped, (c) => c === 99991672, { what: 'the scope to be missing' });
    await ok('POST', '/test/snapshots/begin/restore', key);
    assert.equal(await scoped(), 0);
    hiredOk(['check', '--data', server.dir]);
    await ok('DELETE', `/test/tenants/${tenant.tenant_key}`);
    assert.ok(!(await ok('GET', '/test/snapshots')).items.some((s) => s.tenant_key === tenant.tenant_key));
});

test("the demo's tenant is set back, with the files that were removed meanwhile", async () => {
    const key = { tenant_key: demoTenant };
    const hr = new Client(server);
    const all = async () => (await hr.walk('GET', paths.orders, { query: { page_size: 100 } })).map((o) => ({ ...o, feedback_info_list: o.feedback_info_list?.map((f) => f.report_name) }));
    const before = await all();
    const files = () => fs.readdirSync(path.join(server.dir, 'files'), { recursive: true }).filter((f) => /[0-9a-f]{16}$/.test(f)).length;
    const kept = inDirectory ? files() : 0;
    const taken = await ok('POST', '/test/snapshots/demo', key);
    assert.ok(taken.files > 0 === inDirectory && taken.rows > 300, JSON.stringify(taken));
    const withReport = before.find((o) => o.feedback_info_list?.length);
    const talent = (await hr.ok('GET', `/open-apis/hire/v1/applications/${withReport.application_id}`)).application.talent_id;
    hiredOk(['erase', talent, '--reason', 'a test', '--tenant', demoTenant, '--data', server.dir]);
    if (inDirectory) await eventually(files, (n) => n < kept, { what: 'the files of the erased person to be removed' });
    assert.notDeepEqual(await all(), before);
    const begun = performance.now();
    await ok('POST', '/test/snapshots/demo/restore', key);
    console.log(`# ${(performance.now() - begun).toFixed(1)} ms for the demo's ${taken.rows} rows`);
    assert.deepEqual(await all(), before);
    if (inDirectory) assert.equal(files(), kept);
    const shown = (await hr.walk('GET', paths.orders, { query: { page_size: 100 } })).find((o) => o.order_id === withReport.order_id).feedback_info_list[0].attachment_url;
    if (inDirectory && shown?.startsWith(server.baseUrl)) assert.equal((await send(server.baseUrl, 'GET', shown.slice(server.baseUrl.length))).status, 200);
    hiredOk(['check', '--data', server.dir]);
    await ok('DELETE', `/test/snapshots/demo?tenant_key=${demoTenant}`);
    if (inDirectory) assert.deepEqual(fs.readdirSync(path.join(server.dir, 'test-snapshots')), []);
});

test('a tenant has at most 64 snapshots; one of the same name is replaced', async () => {
    const tenant = await makeTenant();
    const key = { tenant_key: tenant.tenant_key };
    for (let i = 0; i < 64; i++) await ok('POST', `/test/snapshots/s${i}`, key);
    await refused(/has 64 snapshots already/, 'POST', '/test/snapshots/s64', key);
    await ok('POST', '/test/snapshots/s3', key);
    const listed = await ok('GET', `/test/snapshots?tenant_key=${tenant.tenant_key}`);
    assert.equal(listed.items.length, 64);
    assert.equal(listed.items.at(-1).name, 's3');
    assert.deepEqual((await ok('DELETE', `/test/tenants/${tenant.tenant_key}`)).snapshots, 64);
    assert.deepEqual((await ok('GET', `/test/snapshots?tenant_key=${demoTenant}`)).items, []);
});

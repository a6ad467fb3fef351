// SPDX-License-Identifier: Apache-2.0
//
// Concurrent changes by two users: a change based on an outdated version is rejected as a whole with 409, code 4090, the reason
// "stale" and the current version. A change that names the current version, or no version, is accepted.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { hiredOk, startServer } from '../../lib/server.mjs';
import { paths as vendorPaths, pkg } from '../../lib/vendor.mjs';

const server = await startServer();
after(() => server.stop());
const admin = await Person.of(server, 'admin');
const recruiter = await Person.of(server, 'recruiter');
const approver = await Person.of(server, 'approver');
const clearview = hiredOk(['vendor', 'list', '--data', server.dir]).find((v) => v.en_name === 'Clearview Screening').account_id;
const application = '7612525187797179011';
await Client.vendor(server).ok('POST', vendorPaths.packages, { body: { account_id: clearview, package_list: [pkg('gold')] } });
const approvals = (on) => hiredOk(['tenant', 'set', '--data', server.dir, '--approve-arrangement', on, '--approve-report', on]);
const arranged = async () => (await recruiter.post('orders/arrange', { application_id: application, account_id: clearview,
    package_id: 'gold', custom_values: [], again: true })).order_id;

// look: reads the current record with its version. Checks that a change with the old version is rejected and changes nothing.
async function refused(person, path, body, before, look) {
    const now = await look();
    assert.match(before.version, /^[0-9a-f]{1,64}$/);
    assert.notEqual(now.version, before.version);
    const r = await person.fails(409, 4090, 'POST', path, { body: { ...body, version: before.version } });
    assert.deepEqual([r.error.reason, r.error.subject], ['stale', now.version]);
    assert.deepEqual(await look(), now, 'nothing of it was done');
    await person.fails(409, 4090, 'POST', path, { body: { ...body, version: '' } });
    return now;
}

test('orders: each action by any user creates a new version, and the old version is rejected', async () => {
    approvals('on');
    for (const [verb, person] of [['approve', approver], ['reject', approver], ['withdraw', recruiter], ['terminate', recruiter]]) {
        const id = await arranged();
        const look = () => admin.get(`orders/${id}`);
        const before = await look();
        await person.post(`orders/${id}/${verb}`, { reason: 'first', version: before.version });
        const now = await look();
        for (const other of ['approve', 'reject', 'withdraw', 'terminate'])
            await refused(admin, `orders/${id}/${other}`, { reason: 'second' }, before, look);
        assert.equal(now.history.length, before.history.length + 1);
        // With the current version, the error is that the order's status does not permit the action.
        await admin.fails(400, 1002858, 'POST', `orders/${id}/reject`, { body: { reason: 'x', version: now.version } });
    }
    approvals('off');
});

test('orders: of two simultaneous actions on one version, one succeeds and one is rejected', async () => {
    approvals('on');
    const id = await arranged();
    const { version } = await admin.get(`orders/${id}`);
    const all = await Promise.all([admin.call('POST', `orders/${id}/approve`, { body: { version } }),
        approver.call('POST', `orders/${id}/reject`, { body: { reason: 'no', version } })]);
    assert.deepEqual(all.map((r) => r.code).sort(), [0, 4090]);
    approvals('off');
});

test('orders: reading an order does not change its version; a change by the vendor does', async () => {
    const id = await arranged();
    const before = await admin.get(`orders/${id}`);
    assert.equal((await admin.get(`orders/${id}`)).version, before.version);
    await Client.vendor(server).ok('POST', '/open-apis/hire/v1/eco_background_checks/update_progress', { body: {
        background_check_id: id, stage_id: 's1', stage_name: 'one', stage_en_name: 'one', stage_time: String(Date.now()) } });
    await refused(recruiter, `orders/${id}/terminate`, { reason: 'x' }, before, () => admin.get(`orders/${id}`));
});

test('interviews: rescheduling and cancelling with an outdated version is rejected', async () => {
    const plan = (hour, more = {}) => ({ begin_time: String(Date.UTC(2025, 4, 5, hour)), end_time: String(Date.UTC(2025, 4, 5, hour + 1)),
        interviewers: ['d716b84f'], interview_type: 2, ...more });
    const { interview_id: id } = await recruiter.post('interviews', { application_id: application, plan: plan(8) });
    const look = () => recruiter.get(`interviews/${id}`);
    const before = await look();
    await recruiter.post(`interviews/${id}/reschedule`, { plan: plan(9), version: before.version });
    await refused(recruiter, `interviews/${id}/reschedule`, { plan: plan(10) }, before, look);
    const now = await refused(recruiter, `interviews/${id}/cancel`, {}, before, look);
    await recruiter.post(`interviews/${id}/cancel`, { version: now.version });
    assert.equal((await look()).version, undefined);
    await recruiter.fails(404, 4004, 'POST', `interviews/${id}/reschedule`, { body: { plan: plan(11), version: now.version } });
});

test('settings: changed switches and a new approver each create a new version', async () => {
    const look = () => admin.get('settings');
    const before = await look();
    await admin.post('settings', { approve_report: !before.approve_report, version: before.version });
    const now = await refused(admin, 'settings', { approve_arrangement: true }, before, look);
    const who = await admin.post('users', { user: 'versions.one', name: 'One', roles: ['approver'] });
    server.secrets.add(who.password);
    await refused(admin, 'settings', { approvers: [] }, now, look);
    await admin.post('settings', { approve_report: before.approve_report, version: (await look()).version });
});

test('accounts: a change with an outdated version is rejected', async () => {
    const { account, password } = await admin.post('users', { user: 'versions.two', name: 'Two', roles: ['recruiter'] });
    server.secrets.add(password);
    const look = async () => (await admin.get('users')).items.find((a) => a.id === account.id);
    assert.equal((await look()).version, account.version);
    const r = await admin.post(`users/${account.id}`, { roles: ['interviewer'], version: account.version });
    assert.equal((await look()).version, r.account.version);
    const two = new Person(server, 'versions.two', password);
    await two.signIn();
    for (const body of [{ name: 'Three' }, { disabled: true }, { reset_password: true }])
        await refused(admin, `users/${account.id}`, body, account, look);
    await two.get('session');
});

test('apps and vendor accounts: a change with an outdated version is rejected', async () => {
    const { app } = await admin.post('apps', { name: 'Versions', kind: 'custom', scopes: [] });
    const look = async () => (await admin.get('apps')).items.find((a) => a.app_id === app.app_id);
    assert.equal((await look()).version, app.version);
    await admin.post(`apps/${app.app_id}`, { ip_allow: ['10.0.0.0/8'], version: app.version });
    await refused(admin, `apps/${app.app_id}`, { ip_allow: [] }, app, look);
    await refused(admin, `apps/${app.app_id}`, { disabled: true }, app, look);

    const { id } = await admin.post('vendors', { name: 'V', provider_id: 'versions', third_type: 127 });
    const lookVendor = async () => (await admin.get('vendors')).items.find((v) => v.id === id);
    const before = await lookVendor();
    await admin.post(`vendors/${id}`, { name: 'W', version: before.version });
    await refused(admin, `vendors/${id}`, { app_id: app.app_id }, before, lookVendor);
    assert.equal((await recruiter.get('vendors')).items.find((v) => v.id === id).version, undefined, 'for administrators');
    // Data that the vendor pushes does not change the version.
    const own = async () => (await admin.get('vendors')).items.find((v) => v.id === clearview).version;
    const was = await own();
    await Client.vendor(server).ok('POST', vendorPaths.packages, { body: { account_id: clearview, package_list: [pkg('silver')] } });
    assert.equal(await own(), was);
});

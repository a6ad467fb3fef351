// SPDX-License-Identifier: Apache-2.0
// weight: 15
//
// Robots in the server's process: every magic name and every scenario of a customer to its end, by the clock.
import assert from 'node:assert/strict';
import test from 'node:test';

import { eventually } from '../../lib/client.mjs';
import { startServer, tempDir } from '../../lib/server.mjs';
import { Toolbox } from '../../lib/toolbox.mjs';

const CREATED = 'hire.eco_background_check.created_v1';
const server = await startServer({ dir: tempDir(), args: ['--test', '--fetch-allow', 'loopback'] });
const toolbox = new Toolbox(server);
test.after(() => server.stop());

const appOf = (tenant, name) => tenant.apps.find((a) => a.name === name);
const vendorBody = (tenant, more = {}) => {
    const { app_id, app_secret } = appOf(tenant, 'vendor');
    return { kind: 'vendor', tenant_key: tenant.tenant_key, app_id, app_secret, ...more };
};
const customerBody = (tenant, more = {}) => {
    const { app_id, app_secret } = appOf(tenant, 'hr'), user = tenant.users.find((u) => u.user_id === 'approver');
    return { kind: 'customer', tenant_key: tenant.tenant_key, app_id, app_secret, user: user.login, password: user.password, ...more };
};
const start = async (body) => (await toolbox.ok('POST', '/test/robots', body)).robot;
const list = async (tenant) => (await toolbox.ok('GET', `/test/robots?tenant_key=${tenant.tenant_key}`)).items;
const advance = async (seconds) => {
    const moved = await toolbox.ok('POST', '/test/clock', { advance_ms: seconds * 1000 });
    assert.equal(moved.still, undefined);
    return moved;
};
const arranged = new Map();
async function arrange(tenant, name) {
    if (!arranged.has(tenant)) arranged.set(tenant, await toolbox.person(tenant, 'recruiter'));
    const [account] = tenant.accounts;
    const body = { application_id: tenant.application_ids[0], account_id: account.account_id, package_id: account.package_ids[0], candidate: { name }, again: true };
    const person = arranged.get(tenant), call = () => person.call('POST', 'orders/arrange', { body });
    let r = await call();
    if (r.code === 4010) { // the clock has ended the session
        await person.signIn();
        r = await call();
    }
    assert.equal(r.code, 0, r.text);
    return r.data.order_id;
}
async function order(tenant, id) {
    const client = Object.assign(toolbox.client(tenant, 'hr'), { cachedToken: undefined }); // the clock may have ended it
    return (await client.ok('POST', '/open-apis/hire/v1/background_check_orders/batch_query', { body: { background_check_order_id_list: [id] } })).items[0];
}
const journal = async (tenant, query) => (await toolbox.ok('GET', `/test/journal?tenant_key=${tenant.tenant_key}&${query}`)).items;
const steps = async (tenant, id) => (await journal(tenant, 'limit=1000')).filter((e) => e.body?.background_check_id === id && e.kind === 'call')
    .map((e) => [e.operation.split('.')[1], Math.round(e.time_ms / 1000), e.code]);

const approvals = { approve_arrangement: true, approve_report: true };
async function withApprovals() {
    const [standard] = (await toolbox.ok('GET', `/test/seed?tenant_key=${(await toolbox.tenant()).tenant_key}`)).tenants;
    const bare = JSON.parse(JSON.stringify(standard));
    delete bare.tenant_key;
    for (const app of bare.apps) delete app.app_id;
    for (const user of bare.users) Object.assign(user, { password: 'a-password-for-tests' });
    await toolbox.seed({ templates: [{ name: 'approvals', tenant: { ...bare, ...approvals } }] });
}
await withApprovals();

// What a vendor sends for a name: [operation, seconds after the event], and the order at the end.
const [minute, hour, day] = [60, 3600, 86400];
const names = {
    'Robot Green': { sends: [['update_progress', minute], ['update_progress', hour], ['update_result', day]], status: 3, conclusion: 'Green', reports: 2 },
    'Robot Yellow': { sends: [['update_progress', hour], ['update_result', day]], status: 3, conclusion: 'Yellow', reports: 2 },
    'Robot Red': { sends: [['update_progress', minute], ['update_result', day]], status: 3, conclusion: 'Red', reports: 1 },
    'robot fast': { sends: [['update_result', 1]], status: 3, conclusion: 'Green', reports: 1 },
    'Robot Interims': { sends: [['update_progress', hour], ['update_progress', day], ['update_progress', 3 * day], ['update_result', 4 * day]], status: 3, conclusion: 'Green', reports: 4 },
    'Robot Pages': { sends: [['update_progress', hour], ['update_result', day]], status: 3, conclusion: 'Green', reports: 2, pages: true },
    'Robot Late': { sends: [['update_progress', minute], ['update_result', 14 * day]], status: 3, conclusion: 'Green', reports: 1 },
    'Robot Cancel': { sends: [['update_progress', minute], ['cancel', hour]], status: 4, reports: 0 },
    'Robot Silent': { sends: [], status: 2, reports: 0 },
    'Robot Deaf': { sends: [], status: 2, reports: 0, deaf: true },
    'Li Na': { sends: [['update_progress', minute], ['update_progress', hour], ['update_result', day]], status: 3, conclusion: 'Green', reports: 2 },
};

test('every name to its end, in one jump of the clock, each step at its time', async () => {
    const tenant = await toolbox.tenant(), ids = {};
    const robot = await start(vendorBody(tenant));
    assert.deepEqual([robot.kind, robot.ready, robot.failed, robot.tenant_key], ['vendor', true, false, tenant.tenant_key]);
    await toolbox.ok('POST', '/test/clock', { frozen: true });
    for (const name of Object.keys(names)) ids[name] = await arrange(tenant, name);
    await advance(15 * day);
    await toolbox.ok('POST', '/test/clock', { frozen: false });
    for (const [name, expected] of Object.entries(names)) {
        const events = (await journal(tenant, `event_type=${CREATED}&limit=100`)).filter((e) => e.body.event.background_check_id === ids[name]);
        const begun = Math.round(events[0].time_ms / 1000);
        assert.deepEqual((await steps(tenant, ids[name])).map(([operation, at, code]) => [operation, at - begun, code]), expected.sends.map((s) => [...s, 0]), name);
        assert.deepEqual(events.map((e) => [e.taken, e.status]), expected.deaf ? Array(5).fill([false, 500]) : [[true, 200]], name);
        const o = await order(tenant, ids[name]), reports = o.feedback_info_list ?? [];
        assert.deepEqual([o.order_status, o.conclusion, reports.length], [expected.status, expected.conclusion, expected.reports], name);
        for (const report of reports) {
            if (expected.pages) assert.match(report.report_preview_url, /^https:\/\/vendor\.example\//);
            else assert.equal(Buffer.from(await (await fetch(report.attachment_url)).arrayBuffer()).subarray(0, 5).toString(), '%PDF-', name);
        }
    }
    const [after] = await list(tenant);
    assert.deepEqual([after.failed, after.orders_running, after.orders_over], [false, 0, 10]);
});

// What is in the history of the console: action and the state that it leads to.
const scenarios = {
    approve: { history: ['arrange', 'approve', 'vendor_took', 'result', 'approve'], status: 3 },
    reject_once: { vendor: 'Corrects', history: ['arrange', 'approve', 'vendor_took', 'result', 'reject', 'result', 'approve'], status: 3 },
    withdraw_once: { vendor: 'Corrects', history: ['arrange', 'approve', 'vendor_took', 'result', 'withdraw', 'result', 'approve'], status: 3 },
    reject_arrangement: { history: ['arrange', 'reject'], status: 9 },
    withdraw_arrangement: { history: ['arrange', 'withdraw'], status: 6 },
    terminate_at_once: { vendor: 'Silent', history: ['arrange', 'approve', 'vendor_took', 'terminate'], status: 4 },
    terminate: { vendor: 'Late', history: ['arrange', 'approve', 'vendor_took', 'progress', 'terminate'], status: 4 },
    terminate_interim: { vendor: 'Green', history: ['arrange', 'approve', 'vendor_took', 'progress', 'progress', 'terminate'], status: 4 },
    terminate_report: { history: ['arrange', 'approve', 'vendor_took', 'result', 'terminate'], status: 4 },
};
const corrects = { scenarios: [{ name: 'corrects', steps: [{ do: 'final', after_s: 5, result: 'Red' }, { do: 'correct', after_s: 60, result: 'Green' }] }],
    rules: [{ name: 'Robot Corrects', scenario: 'corrects' }] };

test('every scenario of a customer, with a vendor on the other side', async () => {
    const tenant = await toolbox.tenant({ template: 'approvals' }), person = await toolbox.person(tenant, 'approver');
    const seen = () => list(tenant).then(([vendor, customer]) => ({ vendor, customer }));
    await start(vendorBody(tenant, { scenarios: corrects }));
    for (const [scenario, expected] of Object.entries(scenarios)) {
        const customer = await start(customerBody(tenant, { scenario, name: `Robot ${expected.vendor ?? 'Fast'}` }));
        assert.match(customer.order_id, /^\d+$/);
        await advance(scenario === 'terminate_interim' ? 2 * hour : 2 * minute);
        const now = await seen();
        assert.deepEqual([now.customer.ended, now.customer.failed, now.vendor.failed], [true, false, false], `${scenario}: ${JSON.stringify(now)}`);
        const got = await person.get(`orders/${customer.order_id}`);
        const history = got.history.map((h) => h.action).reverse().filter((a) => a !== 'finish');
        assert.deepEqual(history, expected.history, scenario);
        assert.equal(got.status, expected.status, scenario);
        if (expected.status === 3) assert.equal((await order(tenant, customer.order_id)).conclusion, 'Green');
        await toolbox.ok('DELETE', `/test/robots/${customer.id}`);
    }
    const { vendor } = await seen();
    await advance(20 * day); // what was still to come for the terminated checks does not come
    assert.deepEqual([vendor.orders_running, vendor.calls], [0, (await seen()).vendor.calls]);
    await toolbox.ok('DELETE', `/test/tenants/${tenant.tenant_key}`);
    assert.ok((await toolbox.ok('GET', '/test/robots')).items.every((r) => r.tenant_key !== tenant.tenant_key), 'robots end with their tenant');
});

test('an event that comes twice, late or over a broken connection is acted on once', async () => {
    const tenant = await toolbox.tenant(), { app_id } = appOf(tenant, 'vendor');
    await start(vendorBody(tenant));
    for (const [rule, seconds] of [[{ twice: true }, 30], [{ late_ms: 600_000 }, 700], [{ breaks_connection: true }, 60]]) {
        await toolbox.ok('POST', '/test/faults', { event: CREATED, app_id, ...rule });
        const id = await arrange(tenant, 'Robot Fast');
        await advance(seconds);
        assert.deepEqual((await steps(tenant, id)).map(([operation, , code]) => [operation, code]), [['update_result', 0]], JSON.stringify(rule));
    }
});

test('limits, failures of the server and lost answers on the way', async () => {
    const tenant = await toolbox.tenant(), { app_id } = appOf(tenant, 'vendor'), operation = 'eco_background_check.update_progress';
    await start(vendorBody(tenant));
    for (const [rule, codes] of [[{ code: 99991400, reset_s: 30 }, [99991400, 0]], [{ status: 503, times: 2 }, [1002001, 1002001, 0]],
        [{ reset: true }, [undefined, 0]], [{ reset: true, when: 'after' }, [undefined, 1002002]], [{ ends_token: true }, [99991663, 0]]]) {
        await toolbox.ok('POST', '/test/faults', { operation, app_id, ...rule });
        const id = await arrange(tenant, 'Robot Red');
        await advance(day + hour);
        const sent = (await journal(tenant, `operation=${operation}&limit=100`)).filter((e) => e.body.background_check_id === id);
        assert.deepEqual(sent.map((e) => (e.reset ? undefined : e.code)), codes, JSON.stringify(rule));
        const o = await order(tenant, id);
        assert.deepEqual([o.order_status, o.process_info_list.length], [3, 1], JSON.stringify(rule));
        await toolbox.ok('DELETE', `/test/faults?app_id=${app_id}`);
    }
    assert.equal((await list(tenant))[0].failed, false);
});

test('what it refuses, and how it ends', async () => {
    const tenant = await toolbox.tenant();
    await toolbox.refused(/there is no tenant/, 'POST', '/test/robots', vendorBody(tenant, { tenant_key: 'nobody' }));
    await toolbox.refused(/the tenant has no app with the app_id/, 'POST', '/test/robots', { ...vendorBody(await toolbox.tenant()), tenant_key: tenant.tenant_key });
    await toolbox.refused(/the robot cannot work: .*app secret is wrong/, 'POST', '/test/robots', vendorBody(tenant, { app_secret: 'x' }));
    await toolbox.refused(/there is no scenario "dance"; there are green, /, 'POST', '/test/robots', vendorBody(tenant, { scenario: 'dance' }));
    await toolbox.refused(/scenarios: otherwise: there is no scenario "dance"; there are green/, 'POST', '/test/robots', vendorBody(tenant, { scenarios: { otherwise: 'dance' } }));
    await toolbox.refused(/are for a customer/, 'POST', '/test/robots', vendorBody(tenant, { name: 'Li Na' }));
    await toolbox.refused(/user and password/, 'POST', '/test/robots', { ...customerBody(tenant), password: undefined });
    await toolbox.refused(/credentials were refused/, 'POST', '/test/robots', customerBody(tenant, { password: 'wrong' }));
    await toolbox.refused(/no such vendor account/, 'POST', '/test/robots', customerBody(tenant, { account_id: '1' }));
    await toolbox.refused(/there is no robot "robot-0"/, 'DELETE', '/test/robots/robot-0');
    assert.deepEqual(await list(tenant), []);
    const robot = await start(vendorBody(tenant, { scenario: 'silent' }));
    assert.equal((await toolbox.ok('DELETE', `/test/robots/${robot.id}`)).robot.id, robot.id);
    assert.deepEqual(await list(tenant), []);
    const id = await arrange(tenant, 'Robot Fast'); // it waits, as nobody receives it
    await advance(hour);
    await start(vendorBody(tenant));
    await advance(30);
    assert.equal((await order(tenant, id)).order_status, 3);
});

test('a server whose outer address leads elsewhere', async () => {
    const outside = await startServer({ dir: tempDir(), args: ['--test', '--base-url', 'https://hire.example.com'] }), tools = new Toolbox(outside);
    const { robot } = await tools.ok('POST', '/test/robots', vendorBody(await tools.tenant()));
    assert.equal(robot.ready, true);
    await outside.stop();
});

test('with a slow answer to one robot the others go on, and 100 are the limit', async () => {
    const slow = await toolbox.tenant(), tenant = await toolbox.tenant();
    await start(vendorBody(slow));
    await start(vendorBody(tenant));
    await toolbox.ok('POST', '/test/faults', { operation: 'eco_background_check.update_result', tenant_key: slow.tenant_key, delay_ms: 3000, times: 0 });
    const [late, quick] = [await arrange(slow, 'Robot Fast'), await arrange(tenant, 'Robot Fast')];
    await eventually(async () => (await order(tenant, quick)).order_status, (s) => s === 3);
    assert.equal((await order(slow, late)).order_status, 3); // it has taken effect
    const [one] = await list(slow);
    assert.deepEqual([one.orders_running, one.orders_over], [1, 0]); // but the robot still waits for the answer
    await advance(1);
    assert.deepEqual((await list(slow))[0].orders_over, 1); // the clock's call has waited for it
    const here = (await toolbox.ok('GET', '/test/robots')).items.length;
    const third = await toolbox.tenant();
    for (let i = here; i < 100; i++) await start(vendorBody(i % 2 ? tenant : third)); // an app has at most 50 connections
    await toolbox.refused(/there are 100 robots already/, 'POST', '/test/robots', vendorBody(slow));
});

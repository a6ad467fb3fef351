// SPDX-License-Identifier: Apache-2.0
// weight: 15
//
// hired robot: a vendor and a customer in processes of their own, against a real server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { eventually } from '../../lib/client.mjs';
import { binary, hired, startServer, tempDir } from '../../lib/server.mjs';
import { Toolbox } from '../../lib/toolbox.mjs';

const CREATED = 'hire.eco_background_check.created_v1';
const server = await startServer({ dir: tempDir(), args: ['--test', '--fetch-allow', 'loopback'] });
const toolbox = new Toolbox(server);
const running = new Set();
test.after(async () => {
    for (const robot of running) robot.kill('SIGKILL');
    await server.stop();
});

// A robot: its lines, and how it ended.
class Robot {
    constructor(args, env) {
        this.lines = [];
        this.errors = '';
        this.child = spawn(binary, ['robot', ...args, '--server', server.baseUrl], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
        running.add(this.child);
        let rest = '';
        this.child.stdout.on('data', (d) => {
            const parts = (rest + d).split('\n');
            rest = parts.pop();
            this.lines.push(...parts);
        });
        this.child.stderr.on('data', (d) => { this.errors += d; });
        this.exited = new Promise((resolve) => this.child.on('close', (code, signal) => {
            running.delete(this.child);
            resolve(code ?? signal);
        }));
    }

    says = (pattern, count = 1) => eventually(async () => this.lines.filter((l) => pattern.test(l)), (l) => l.length >= count, { what: `${pattern} in ${JSON.stringify(this.lines)} ${this.errors}` });

    async end() {
        this.child.kill('SIGTERM');
        assert.equal(await this.exited, 0, this.errors);
        assert.equal(this.errors, '');
    }
}

const appOf = (tenant, name) => tenant.apps.find((a) => a.name === name);
async function vendor(tenant, ...args) {
    const app = appOf(tenant, 'vendor');
    const robot = new Robot(['vendor', '--app', app.app_id, ...args], { HIRED_APP_SECRET: app.app_secret });
    await robot.says(/acts by/);
    return robot;
}
function customer(tenant, ...args) {
    const app = appOf(tenant, 'hr'), user = tenant.users.find((u) => u.user_id === 'approver');
    return new Robot(['customer', '--app', app.app_id, '--user', user.login, ...args], { HIRED_APP_SECRET: app.app_secret, HIRED_PASSWORD: user.password });
}
async function arrange(tenant, name) {
    const person = await toolbox.person(tenant, 'recruiter');
    const [account] = tenant.accounts;
    const body = { application_id: tenant.application_ids[0], account_id: account.account_id, package_id: account.package_ids[0], candidate: { name }, again: true };
    return (await person.post('orders/arrange', body)).order_id;
}
async function order(tenant, id) {
    const client = Object.assign(toolbox.client(tenant, 'hr'), { cachedToken: undefined }); // the clock may have ended it
    return (await client.ok('POST', '/open-apis/hire/v1/background_check_orders/batch_query', { body: { background_check_order_id_list: [id] } })).items[0];
}
const advance = (seconds) => toolbox.ok('POST', '/test/clock', { advance_ms: seconds * 1000 });
const calls = (tenant, operation) => toolbox.ok('GET', `/test/journal?tenant_key=${tenant.tenant_key}&operation=${operation}`).then((d) => d.items);

test('a vendor over a long connection follows the server\'s clock; TERM ends it', async () => {
    const tenant = await toolbox.tenant(), robot = await vendor(tenant);
    const id = await arrange(tenant, 'Robot Green');
    await robot.says(/follows the scenario green/);
    await advance(60);
    await robot.says(/sent progress/);
    await advance(3600);
    await robot.says(/sent an interim report/);
    await advance(86400);
    await robot.says(/sent the result/);
    const o = await order(tenant, id);
    assert.deepEqual([o.order_status, o.conclusion], [3, 'Green']);
    assert.deepEqual(o.process_info_list.map((p) => p.en_process), ['Interim report', 'Verification has begun']);
    const report = await eventually(() => fetch(o.feedback_info_list[0].attachment_url), (r) => r.status === 200);
    assert.equal(Buffer.from(await report.arrayBuffer()).subarray(0, 5).toString(), '%PDF-');
    await robot.end();
    assert.doesNotMatch(robot.lines.join(), /Robot Green/); // names of people are not in what it says
});

test('an event that comes twice and one over a connection that breaks are acted on once', async () => {
    const tenant = await toolbox.tenant(), robot = await vendor(tenant);
    const { app_id } = appOf(tenant, 'vendor');
    await toolbox.ok('POST', '/test/faults', { event: CREATED, app_id, twice: true });
    const first = await arrange(tenant, 'Robot Fast');
    await robot.says(/sent the result/);
    await toolbox.ok('POST', '/test/faults', { event: CREATED, app_id, breaks_connection: true });
    const second = await arrange(tenant, 'Robot Fast');
    await robot.says(/was lost/);
    await robot.says(/receives events/, 2);
    await advance(15);
    await robot.says(/sent the result/, 2);
    const sent = await calls(tenant, 'eco_background_check.update_result');
    assert.deepEqual(sent.map((c) => [c.body.background_check_id, c.code]), [[first, 0], [second, 0]]);
    assert.equal((await toolbox.ok('GET', `/test/journal?tenant_key=${tenant.tenant_key}&event_type=${CREATED}`)).items.length, 4);
    await robot.end();
});

test('at the request URL, with an Encrypt Key; a forged event is refused and a limit is waited for', async () => {
    const tenant = await toolbox.tenant(), { app_id } = appOf(tenant, 'vendor');
    const robot = await vendor(tenant, '--listen', '127.0.0.1:0', '--encrypt-key', 'the key', '--verification-token', 'the token');
    const [, url] = robot.lines.join().match(/listens on (http:\S+)/);
    const set = hired(['event', 'url', '--data', server.dir, '--app', app_id, '--url', url, '--encrypt-key', 'the key', '--verification-token', 'the token', '--fetch-allow', 'loopback']);
    assert.equal(set.status, 0, set.stderr);
    await toolbox.ok('POST', '/test/faults', { event: CREATED, app_id, wrong_signature: true });
    await toolbox.ok('POST', '/test/faults', { operation: 'eco_background_check.update_result', app_id, code: 99991400, reset_s: 20 });
    const id = await arrange(tenant, 'Robot Fast');
    const refused = (await toolbox.ok('GET', `/test/journal?tenant_key=${tenant.tenant_key}&event_type=${CREATED}&timeout_ms=20000`)).items;
    assert.deepEqual([refused[0].taken, refused[0].status], [false, 401]);
    await advance(15);
    await robot.says(/a limit is used up; waits 20 s/);
    await advance(20);
    await robot.says(/sent the result/);
    assert.equal((await order(tenant, id)).order_status, 3);
    await robot.end();
});

test('after a restart it goes on where it stopped, and takes no event a second time', async () => {
    const tenant = await toolbox.tenant();
    let robot = await vendor(tenant);
    const id = await arrange(tenant, 'Robot Interims');
    await robot.says(/follows/);
    await advance(3600);
    await robot.says(/sent an interim report/);
    await robot.end();
    robot = await vendor(tenant, '--resume');
    await robot.says(/goes on with step 2 of the scenario interims/);
    const [event] = (await toolbox.ok('GET', `/test/journal?tenant_key=${tenant.tenant_key}&event_type=${CREATED}`)).items;
    const replayed = hired(['event', 'replay', '--data', server.dir, '--tenant', tenant.tenant_key, event.event_id]);
    assert.equal(replayed.status, 0, replayed.stderr);
    await toolbox.ok('GET', `/test/journal?tenant_key=${tenant.tenant_key}&event_type=${CREATED}&count=2&timeout_ms=20000`);
    for (const [days, what] of [[1, 1], [2, 2]]) {
        await advance(days * 86400);
        await robot.says(/sent an interim report/, what);
    }
    await advance(86400);
    await robot.says(/sent the result/);
    const o = await order(tenant, id);
    assert.deepEqual([o.order_status, o.process_info_list.length], [3, 3]);
    assert.ok((await calls(tenant, 'eco_background_check.update_progress')).every((c) => c.code === 0));
    await robot.end();
});

test('a vendor and a customer with each other', async () => {
    const tenant = await toolbox.tenant(), robot = await vendor(tenant, '--scenario', 'fast');
    const set = hired(['tenant', 'set', '--data', server.dir, '--tenant', tenant.tenant_key, '--approve-arrangement', 'on', '--approve-report', 'on']);
    assert.equal(set.status, 0, set.stderr);
    const other = customer(tenant, '--scenario', 'approve', '--name', 'Li Na');
    await robot.says(/follows the scenario fast/);
    assert.equal(await other.exited, 0, other.errors);
    assert.deepEqual(other.lines.map((l) => l.replace(/^order \d+: /, '')),
        ['arranged; follows the scenario approve', 'acts by the server\'s clock', 'approved the arrangement', 'approved the report', 'completed, Green']);
    await robot.end();
});

test('a customer whose app cannot read the orders arranges none', async () => {
    const tenant = await toolbox.tenant(), user = tenant.users.find((u) => u.user_id === 'approver');
    const r = hired(['robot', 'customer', '--server', server.baseUrl, '--app', appOf(tenant, 'hr').app_id, '--user', user.login],
        { env: { HIRED_APP_SECRET: 'wrong', HIRED_PASSWORD: user.password } });
    assert.equal(r.status, 1, r.stdout);
    assert.match(r.stdout + r.stderr, /reading the tenant's orders failed.*10014/);
    const orders = await toolbox.client(tenant, 'hr').ok('GET', '/open-apis/hire/v1/background_check_orders', { query: { page_size: 10 } });
    assert.deepEqual(orders.items, []);
});

test('scenarios of one\'s own, at a pace; errors of the file say where and what is accepted', async () => {
    const tenant = await toolbox.tenant(), file = path.join(tempDir(), 'scenarios.json');
    fs.writeFileSync(file, JSON.stringify({
        scenarios: [{ name: 'mine', steps: [{ do: 'progress', after_s: 3600, stage_name: 'one' }, { do: 'cancel', after_s: 7200 }] }],
        rules: [{ package_id: 'standard', scenario: 'mine' }],
    }));
    const robot = await vendor(tenant, '--scenarios', file, '--pace', '36000', '--json');
    assert.match(JSON.parse(robot.lines[0]).text, /./);
    const id = await arrange(tenant, 'Li Na');
    await robot.says(/cancelled/);
    const o = await order(tenant, id);
    assert.deepEqual([o.order_status, o.process_info_list.map((p) => p.process)], [4, ['one']]);
    await robot.end();

    const { app_id } = appOf(tenant, 'vendor');
    const fails = (args, pattern, env = { HIRED_APP_SECRET: 'x' }) => {
        const r = hired(['robot', 'vendor', '--server', server.baseUrl, '--app', app_id, ...args], { env });
        assert.ok(r.status === 1 || r.status === 2, r.stdout);
        assert.match(r.stderr, pattern);
    };
    fs.writeFileSync(file, '{"scenarios": [\n  {"name": "a", "steps": [{"do": "dance", "after_s": 1}]}]}');
    fails(['--scenarios', file], /scenarios\.json:2:\d+: scenarios\[0\]\.steps\[0\]\.do: "dance" is not known; accepted are progress, interim, final, correct, cancel/);
    fails(['--scenarios', `${file}.none`], /No such file/);
    fails(['--scenario', 'dance'], /there is no scenario "dance"; there are green, yellow/);
    fails(['--pace', '0'], /a number above 0/);
    fails(['--listen', 'here'], /HOST:PORT/);
    fails([], /the app's secret is needed.*HIRED_APP_SECRET/, { HIRED_APP_SECRET: '' });
    fails([], /does not receive events|app secret is wrong/);
    fails(['--server', 'ftp://x'], /must begin with http/);
    assert.match(hired(['robot', 'scenarios', 'vendor']).stdout, /"Robot Late"/);
});

// SPDX-License-Identifier: Apache-2.0
// once
// weight: 40
//
// hired conformance: a good vendor passes every rule, over both ways; for each rule a program that does one thing wrong fails this
// rule and no other. Each program has a server of its own, because the run moves the clock.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { openBrowser } from '../../lib/browser.mjs';
import { send } from '../../lib/client.mjs';
import { binary, hired, startServer, tempDir } from '../../lib/server.mjs';
import { VendorProgram } from '../../lib/vendor-program.mjs';

const app = { app_id: 'cli_00000000000000c1', app_secret: 'the-secret-of-the-vendor', encrypt_key: 'a key', verification_token: 'a token' };
const reconnect = ['--events-reconnect', '1s', '--events-reconnect-spread', '0'];
const rules = hired(['conformance', '--rules']).stdout.split('\n').filter((l) => /^\S/.test(l)).map((l) => l.split(' ')[0]);

const post = async (server, target, body) => {
    const r = JSON.parse((await send(server.baseUrl, 'POST', target, { body: JSON.stringify(body) })).text);
    assert.equal(r.code, 0, r.msg);
    return r.data;
};
const get = async (server, target) => JSON.parse((await send(server.baseUrl, 'GET', target)).text).data;

// A server with the app, and the program that is connected to it.
async function begin({ bad, ways = ['url'], program = true, seed = {} }) {
    const vendor = await new VendorProgram({ app, ways, bad }).listen();
    const server = await startServer({ dir: tempDir(), args: ['--test', '--fetch-allow', 'loopback', ...reconnect] });
    server.secrets.add(app.app_secret);
    await post(server, '/test/seed', { tenants: [{ tenant_key: 'acme', name: 'Acme', approve_report: true, apps: [{
        ...app, name: 'checks', scopes: ['hire:background_check_order', 'hire:background_check_order:readonly'], events: ['all'],
        ...(ways.includes('url') && { request_url: `${vendor.url}/events` }), ...seed }] }] });
    if (program) await vendor.start(server.baseUrl);
    return { server, vendor };
}

async function end({ server, vendor }) {
    await vendor.stop();
    await server.stop();
}

// Runs the command. Resolves to {status, stdout, stderr, outcome: {rule: 'passed' | 'failed' | 'skipped'}, html}.
async function run({ server, timeout = 4 }, ...args) {
    const dir = tempDir(), junit = path.join(dir, 'junit.xml'), html = path.join(dir, 'report.html');
    const child = spawn(binary, ['conformance', '--app', app.app_id, '--server', server.baseUrl, '--timeout', String(timeout), '--junit', junit, '--report', html, ...args]);
    let stdout = '', stderr = '';
    child.stdout.setEncoding('utf8').on('data', (d) => (stdout += d));
    child.stderr.setEncoding('utf8').on('data', (d) => (stderr += d));
    const status = await new Promise((resolve) => child.on('close', resolve));
    return { status, stdout, stderr, html, ...(fs.existsSync(junit) && { outcome: outcomesOf(junit) }) };
}

// By a parser of XML that is not ours.
function outcomesOf(file) {
    const program = `
import json, sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot().find('testsuite')
cases = {c.get('name'): next(iter([k.tag for k in c]), 'passed').replace('failure', 'failed') for c in suite.findall('testcase')}
values = list(cases.values())
assert [int(suite.get(k)) for k in ('tests', 'failures', 'skipped')] == [len(values), values.count('failed'), values.count('skipped')]
print(json.dumps(cases))`;
    const r = spawnSync('python3', ['-c', program, file], { encoding: 'utf8' });
    assert.equal(r.status, 0, r.stderr);
    return JSON.parse(r.stdout);
}

const named = (outcome, what) => Object.keys(outcome).filter((rule) => outcome[rule] === what);
const said = (r) => `${r.stderr}${r.stdout.slice(0, 6000)}`;

async function withProgram(options, work) {
    const both = await begin(options);
    try {
        await work(both);
    } finally {
        await end(both);
    }
}

test('a good program passes every rule, over both ways; the run leaves the server as it was', () => withProgram({ ways: ['url', 'connection'] }, async ({ server, vendor }) => {
    const settings = async () => (await get(server, '/test/seed?tenant_key=acme')).tenants[0];
    const r = await run({ server, timeout: 20 });
    assert.equal(r.status, 0, said(r));
    assert.deepEqual(named(r.outcome, 'passed'), rules);
    assert.equal(vendor.failure, undefined);
    assert.match(r.stderr, /now the request URL/);
    const { items } = await get(server, '/test/journal?limit=1000&event_type=hire.eco_background_check.created_v1');
    assert.deepEqual([...new Set(items.map((e) => e.way))].sort(), ['long_connection', 'request_url']);
    // Rules, clock and settings are as before.
    assert.deepEqual((await get(server, '/test/faults')).items, []);
    assert.ok(Math.abs((await get(server, '/test/clock')).now_ms - Date.now()) < 2000);
    const { approve_arrangement, approve_report } = await settings();
    assert.deepEqual([approve_arrangement ?? false, approve_report], [false, true]);
}));

test('a program with a long connection only: what cannot be judged is not passed', () => withProgram({ ways: ['connection'] }, async ({ server }) => {
    const r = await run({ server }, '--only', 'challenge', '--only', 'forged-event', '--only', 'repeated-event');
    assert.equal(r.status, 0, said(r));
    assert.deepEqual([r.outcome.challenge, r.outcome['forged-event'], r.outcome['repeated-event']], ['skipped', 'skipped', 'passed']);
    assert.match(r.stdout, /not judged {2}challenge .*\n {4}the app has no request URL/);
    assert.match(r.stdout, /not judged {2}forged-event .*\n {4}events over a long connection are not signed/);
    const nothing = await run({ server }, '--only', 'challenge');
    assert.equal(nothing.outcome.challenge, 'skipped');
}));

// Programs that do one thing wrong. These run whole; for the others, what their rule is judged by is enough.
const whole = ['stage-time', 'report-file'];
// What is judged by seconds of real time can fail on a machine that is busy with other things, and a program that answers too late
// can end the run: then once more.
const timed = ['challenge', 'event-answer'];
const wasBusy = (r, rule) => !r.outcome || named(r.outcome, 'failed').some((failed) => failed !== rule && timed.includes(failed));
async function runBad(rule, judge) {
    for (let tries = 3; tries > 0; tries--)
        await withProgram({ bad: rule }, async ({ server }) => {
            const r = await run({ server, timeout: 4 }, ...(whole.includes(rule) ? [] : ['--only', rule]));
            if (tries > 1 && wasBusy(r, rule)) return;
            assert.ok(r.outcome, `no verdict, status ${r.status}: ${said(r)}`);
            tries = 0;
            await judge(r);
        });
}
test('for each rule a program that fails it, and no other', { concurrency: 3 }, async (t) => {
    await Promise.all([...new Set([...whole, ...rules])].map((rule) => t.test(rule, () => runBad(rule, async (r) => {
        assert.deepEqual(named(r.outcome, 'failed'), [rule], said(r));
        assert.equal(r.status, 1);
        assert.match(r.stdout, new RegExp(`^FAILED {6}${rule} `, 'm'));
        if (whole.includes(rule)) assert.ok(named(r.outcome, 'passed').length > rules.length - 4, said(r));
        if (rule !== 'report-file') return;
        await showsReport(r.html);
    }))));
});

// The page in a browser: what others wrote is text in it, and each finding has its exchange.
async function showsReport(file) {
    const html = fs.readFileSync(file, 'utf8');
    assert.ok(!html.includes('the-secret-of-the-vendor') && !html.includes('Bearer t-'));
    const b = await openBrowser('file://');
    await b.page.goto(`file://${file}`);
    assert.equal(await b.page.textContent('h1'), `Conformance of ${app.app_id}`);
    assert.equal(await b.page.locator('tbody tr').count(), rules.length);
    await b.page.click('tbody a[href="#report-file"]');
    const exchange = await b.page.textContent('#report-file pre >> nth=0');
    assert.match(exchange, /given_up/);
    assert.match(await b.page.textContent('#report-file'), /"report_url": "http:\/\/127\.0\.0\.1:\d+\/reports\/1\.pdf"/);
    assert.equal(await b.page.locator('script, img, b, iframe').count(), 0);
    assert.deepEqual(b.errors, []);
    await b.close();
}

test('a program that does not connect again after its long connection broke off', () => withProgram({ bad: 'retried-event', ways: ['connection'] }, async ({ server }) => {
    const r = await run({ server, timeout: 2 }, '--only', 'retried-event');
    assert.deepEqual([r.status, named(r.outcome, 'failed')], [1, ['retried-event']], said(r));
    assert.match(r.stdout, /did not connect again within 2 s/);
}));

test('what does not work is said, and the status is 2', async () => {
    const say = (...args) => hired(['conformance', ...args]);
    for (const [args, pattern] of [
        [[], /--app is missing/],
        [['--app', 'x', '--only', 'stage-ids'], /no rule "stage-ids"; did you mean stage-id\?/],
        [['--app', 'x', '--timeout', '0'], /--timeout is 1 to 3600 seconds/],
        [['--app', 'x', 'word'], /"word" is not expected/],
        [['--app', 'x', '--server', 'http://127.0.0.1:1'], /GET \/test\/clock: /],
    ]) {
        const r = say(...args);
        assert.equal(r.status, 2, r.stderr);
        assert.match(r.stderr, pattern);
    }
    const plain = await startServer({ dir: tempDir() });
    assert.match((await run({ server: plain })).stderr, /is not in its test mode; hired serve --test/);
    await plain.stop();
    await withProgram({ ways: ['connection'], program: false }, async ({ server }) => {
        const alone = await run({ server, timeout: 1 });
        assert.deepEqual([alone.status, alone.outcome], [2, undefined]);
        assert.match(alone.stderr, /no request URL and no long connection.*is the vendor's program running\?/);
    });
    await withProgram({ program: false, seed: { events: ['hire.eco_account.created_v1'] } }, async ({ server }) => {
        assert.match((await run({ server })).stderr, /is not subscribed to hire\.eco_background_check\.created_v1; hired event subscribe --app/);
    });
});

test('a run that is stopped undoes what it has changed', () => withProgram({ bad: 'every-check' }, async ({ server }) => {
    const child = spawn(binary, ['conformance', '--app', app.app_id, '--server', server.baseUrl, '--only', 'terminated', '--timeout', '60']);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (d) => (stderr += d));
    const ended = new Promise((resolve) => child.on('close', resolve));
    while ((await get(server, '/test/faults')).items.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    assert.equal(await ended, 2);
    assert.match(stderr, /stopped; what it had changed on the server is undone/);
    assert.deepEqual((await get(server, '/test/faults')).items, []);
    assert.equal((await get(server, '/test/seed?tenant_key=acme')).tenants[0].approve_report, true);
}));

// SPDX-License-Identifier: Apache-2.0
//
// A vendor's whole life with the official Node SDK and a real webhook receiver: the store app's ticket and tokens, its
// fields, the customer's account, packages, checks arranged with approval, reports rejected and approved, a check that the
// recruiter ends and one that the vendor cancels. Each call goes through a proxy that holds it against its description.
// store: both
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { checkEnvelope, eventually, send, sleep } from '../lib/client.mjs';
import { loopback, runOk, setUrl } from '../lib/events.mjs';
import { createApp, startServer } from '../lib/server.mjs';
import { accountField, arrangeArgs, cli, demoRecords, name, nineTypes, orderField, pkg } from '../lib/vendor.mjs';

const server = await startServer({ args: loopback });
const { tenant_key } = server.demo;

let answers = []; // {target, body} of each call through the proxy
const proxy = http.createServer(async (req, res) => {
    const parts = [];
    for await (const p of req) parts.push(p);
    const { host: _h, connection: _c, 'content-length': _l, 'transfer-encoding': _t, ...headers } = req.headers;
    const answer = await send(server.baseUrl, req.method, req.url, { headers, body: parts.length ? Buffer.concat(parts) : undefined });
    answers.push({ target: req.url, body: checkEnvelope(server, req.method, req.url, answer) });
    const { 'transfer-encoding': _te, connection: _cn, ...back } = answer.headers;
    res.writeHead(answer.status, back).end(answer.bytes);
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const domain = `http://127.0.0.1:${proxy.address().port}`;
const quiet = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };

// The vendor: a store app whose receiver is the SDK's dispatcher; client and dispatcher share the SDK's cache.
const app = createApp(server, ['hire:background_check_order', 'hire:background_check_order:readonly'], { type: 'store', name: 'vendor' });
const seen = [];
const dispatcher = new lark.EventDispatcher({ encryptKey: 'the vendor\'s key', verificationToken: 'tok', logger: quiet }).register(
    Object.fromEntries(['hire.eco_account.created_v1', 'hire.eco_background_check.created_v1', 'hire.eco_background_check.canceled_v1']
        .map((type) => [type, async (data) => void seen.push({ type, data })])));
const listener = http.createServer(lark.adaptDefault('/events', dispatcher, { autoChallenge: true }));
await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
const sdk = new lark.Client({ appId: app.app_id, appSecret: app.app_secret, appType: lark.AppType.ISV, domain, logger: quiet });
const tenant = lark.withTenantKey(tenant_key);
const { hire } = sdk;

after(async () => {
    for (const s of [proxy, listener]) {
        s.closeAllConnections();
        s.close();
    }
    await server.stop();
});
const heard = (n) => eventually(async () => seen, (s) => s.length >= n, { what: `${n} events` });
const ok = async (promise) => {
    const r = await promise;
    assert.equal(r.code, 0, JSON.stringify(r));
    return r.data;
};
async function refused(promise, code) {
    const e = await promise.then(() => assert.fail('was not refused'), (x) => x);
    assert.deepEqual([e.response?.status, e.response?.data.code], [400, code], e.message);
    return e.response.data.msg;
}
const order = (...args) => runOk(server, 'order', ...args);
const status = async (id) => (await ok(hire.backgroundCheckOrder.batchQuery({ data: { background_check_order_id_list: [id] } }, tenant))).items[0];

test('1. the store app gets its ticket by event and its tokens by the ticket', async () => {
    await runOk(server, 'event', 'subscribe', '--app', app.app_id, 'all');
    await setUrl(server, app, `http://127.0.0.1:${listener.address().port}/events`, { encryptKey: 'the vendor\'s key', token: 'tok' });
    // Without a ticket the SDK asks for one by itself and its call fails; once the ticket has come, its calls are answered.
    const list = await eventually(() => hire.backgroundCheckOrder.list({}, tenant).then((r) => r, (e) => ({ code: e.message })), (r) => r.code === 0,
        { everyMs: 100, what: 'a call with the tenant\'s token' });
    assert.deepEqual(list.data.items, []);
    assert.ok(answers.some((a) => a.target.startsWith('/open-apis/auth/v3/tenant_access_token') && a.body.code === 0));
    const again = await sdk.auth.appTicket.resend({ data: { app_id: app.app_id, app_secret: app.app_secret } });
    assert.equal(again.code, 0);
    for (const [call, code] of [
        [sdk.auth.appAccessToken.create({ data: { app_id: app.app_id, app_secret: app.app_secret, app_ticket: 'x' } }), 10012],
        [sdk.auth.tenantAccessToken.create({ data: { app_access_token: 'a-x', tenant_key } }), 10013],
    ]) assert.equal((await call).code, code);
});

let account;
test('2. fields, the customer\'s account, packages and the order\'s fields', async () => {
    const fields = [accountField('account_token'), accountField('note', { is_required: false }), accountField('gone')];
    await ok(hire.ecoAccountCustomField.create({ data: { scope: 1, custom_field_list: fields } }, tenant));
    await ok(hire.ecoAccountCustomField.batchUpdate({ data: { scope: 1, custom_field_list: [{ ...fields[1], name: name('Remark') }] } }, tenant));
    await ok(hire.ecoAccountCustomField.batchDelete({ data: { scope: 1, custom_field_key_list: ['gone'] } }, tenant));
    const args = ['vendor', 'create', '--name', '背调账号 001', '--provider', 'example-checks', '--en', 'Example Checks', '--app', app.app_id];
    assert.match(cli(server, ...args).stderr, /the vendor requires the field "account_token"/);
    ({ account_id: account } = await runOk(server, ...args, '--field', 'account_token=7233333'));
    const [{ type, data }] = await heard(1);
    assert.equal(type, 'hire.eco_account.created_v1');
    assert.deepEqual([data.scope, data.account_id, data.account_name, data.usage_list, data.custom_field_list],
        [1, account, '背调账号 001', [1], [{ key: 'account_token', value: '7233333' }]]);

    const data1 = { account_id: account, package_list: [pkg('pkg001', { name: '基础套餐' }), pkg('pkg002')], additional_item_list: [pkg('ext001')] };
    await ok(hire.ecoBackgroundCheckPackage.create({ data: data1 }, tenant));
    assert.match(await refused(hire.ecoBackgroundCheckPackage.create({ data: data1 }, tenant), 1002001), /"pkg001" already/);
    await ok(hire.ecoBackgroundCheckPackage.batchUpdate({ data: { account_id: account, package_list: [pkg('pkg001', { name: '标准套餐' })] } }, tenant));
    await ok(hire.ecoBackgroundCheckPackage.batchDelete({ data: { account_id: account, package_id_list: ['pkg002'] } }, tenant));
    await ok(hire.ecoBackgroundCheckCustomField.create({ data: { account_id: account, custom_field_list: [orderField('text', 'old')] } }, tenant));
    await ok(hire.ecoBackgroundCheckCustomField.batchDelete({ data: { account_id: account } }, tenant));
    const list = nineTypes.map((t) => orderField(t, t, { is_required: t === 'date' }));
    await ok(hire.ecoBackgroundCheckCustomField.create({ data: { account_id: account, custom_field_list: list } }, tenant));
    await ok(hire.ecoBackgroundCheckCustomField.batchUpdate({ data: { account_id: account, custom_field_list: list } }, tenant));
    await refused(hire.ecoBackgroundCheckCustomField.create({ data: { account_id: '4711', custom_field_list: list } }, tenant), 1002855);
});

let id;
test('3. a check waits for approval, then the vendor hears of it', async () => {
    await runOk(server, 'tenant', 'set', '--approve-arrangement', 'on', '--approve-report', 'on');
    const wrong = cli(server, ...arrangeArgs(account, '--package', 'pkg002'));
    assert.match(wrong.stderr, /no package with the id "pkg002"/);
    const made = await runOk(server, ...arrangeArgs(account, '--package', 'pkg001', '--item', 'ext001', '--contact', '9f21a7d4', '--remark', '高阶候选人',
        '--field', 'date=2026-04-21', '--field', 'multiselect=b', '--field', 'multiselect=a', '--field', 'text=一行'));
    id = made.order_id;
    assert.equal((await status(id)).order_status, 5);
    await sleep(200);
    assert.equal(seen.length, 1, 'the vendor hears nothing before the approval');
    await order('approve', id);
    const { type, data } = (await heard(2))[1];
    assert.equal(type, 'hire.eco_background_check.created_v1');
    const talent = demoRecords('talents').find((t) => t.id === demoRecords('applications')[0].talent_id).basic_info;
    assert.deepEqual([data.background_check_id, data.account_id, data.package_id, data.additional_item_id_list, data.comment],
        [id, account, 'pkg001', ['ext001'], '高阶候选人']);
    assert.deepEqual(data.candidate_info, { name: talent.name, mobile: { code: talent.mobile_code, number: talent.mobile }, email: talent.email });
    assert.equal(data.client_contact_info.name, demoRecords('users').find((u) => u.user_id === '9f21a7d4').name);
    assert.deepEqual(data.custom_field_list, [
        { key: 'text', value: '一行' }, { key: 'multiselect', value: '["a","b"]' }, { key: 'date', value: '1776729600000' },
    ]);
    await eventually(() => status(id), (o) => o.order_status === 2, { what: 'order 8 -> 2' });
});

const report = (n) => [{ report_name: `报告 ${n}`, report_url: `https://vendor.example/${n}`, report_url_type: 2 }];
test('4. stages, a result that is rejected once, sent again, and approved', async () => {
    for (const n of [1, 2]) {
        await ok(hire.ecoBackgroundCheck.updateProgress({
            data: {
                background_check_id: id, stage_id: `s${n}`, stage_name: `阶段 ${n}`, stage_en_name: `Stage ${n}`, stage_time: String(1_776_000_000_000 + n),
                ...(n === 2 ? { result: '蓝灯', report_file_list: report(1) } : {}),
            },
        }, tenant));
    }
    const result = (text, n) => ok(hire.ecoBackgroundCheck.updateResult({
        data: { background_check_id: id, result: text, result_time: '1776000001000', report_file_list: report(n) },
    }, tenant));
    await result('黄灯', 2);
    assert.equal((await status(id)).order_status, 5);
    await refused(hire.ecoBackgroundCheck.cancel({ data: { background_check_id: id } }, tenant), 1002858);
    await order('reject', id, '--reason', 'the degree is missing');
    assert.equal((await status(id)).order_status, 9);
    await result('绿灯', 3);
    await order('approve', id);
    const done = await status(id);
    assert.equal(done.order_status, 3);
    assert.equal(done.conclusion, '绿灯');
    assert.equal(done.package, '标准套餐');
    assert.deepEqual(done.process_info_list.map((p) => p.en_process), ['Stage 2', 'Stage 1']);
    assert.deepEqual(done.feedback_info_list.map((f) => [f.report_name, f.report_type, f.result]), [['报告 3', 2, '绿灯'], ['报告 2', 2, '黄灯'], ['报告 1', 1, '蓝灯']]);
    assert.equal(done.candidate_info.mobile, undefined, 'without hire:talent.mobile:readonly');
    assert.ok(Number(done.end_time) > 0);
});

test('one check is ended by the recruiter, one by the vendor', async () => {
    await runOk(server, 'tenant', 'set', '--approve-arrangement', 'off');
    const [first, second] = [await runOk(server, ...arrangeArgs(account, '--package', 'pkg001', '--field', 'date=0')), await runOk(server, ...arrangeArgs(account, '--package', 'pkg001', '--field', 'date=0'))]
        .map((o) => o.order_id);
    await heard(4);
    await order('terminate', first, '--reason', '主动拒绝此次背调');
    const { type, data } = (await heard(5))[4];
    assert.deepEqual([type, data.background_check_id, data.termination_reason], ['hire.eco_background_check.canceled_v1', first, '主动拒绝此次背调']);
    await ok(hire.ecoBackgroundCheck.cancel({ data: { background_check_id: second } }, tenant));
    await refused(hire.ecoBackgroundCheck.cancel({ data: { background_check_id: first } }, tenant), 1002858);
    await refused(hire.ecoBackgroundCheck.cancel({ data: { background_check_id: '4711' } }, tenant), 1002862);
    const ended = await ok(hire.backgroundCheckOrder.batchQuery({ params: { page_size: 100 }, data: { order_status: '4' } }, tenant));
    assert.deepEqual(ended.items.map((o) => o.order_id).sort(), [first, second].sort());
    await sleep(300);
    assert.equal(seen.length, 5, 'nothing is told twice, nor of the vendor\'s own cancellation');
});

test('5. the customer\'s own app does the same for an account that no app is bound to', async () => {
    const own = createApp(server, ['hire:background_check_order', 'hire:background_check_order:readonly', 'hire:talent.mobile:readonly']);
    const client = new lark.Client({ appId: own.app_id, appSecret: own.app_secret, domain, logger: quiet });
    await runOk(server, 'event', 'subscribe', '--app', own.app_id, 'all');
    await ok(client.hire.ecoAccountCustomField.create({ data: { scope: 1, custom_field_list: [accountField('id')] } }));
    const { account_id } = await runOk(server, 'vendor', 'create', '--name', 'own', '--provider', 'own', '--field', 'id=1');
    await ok(client.hire.ecoBackgroundCheckPackage.create({ data: { account_id, package_list: [pkg('own')] } }));
    const { order_id } = await runOk(server, ...arrangeArgs(account_id, '--package', 'own'));
    const [event] = await runOk(server, 'event', 'list', '--type', 'hire.eco_background_check.created_v1', '--limit', '1');
    const shown = await runOk(server, 'event', 'show', event.event_id);
    assert.deepEqual([shown.event.background_check_id, shown.deliveries.map((d) => d.app_id)], [order_id, [own.app_id]]);
    const walked = [];
    for (let page_token; ;) {
        const page = await ok(client.hire.backgroundCheckOrder.batchQuery({ params: { page_size: 5, page_token }, data: { update_start_time: '1' } }));
        walked.push(...page.items);
        if (!page.has_more) break;
        page_token = page.page_token;
    }
    assert.ok(walked.find((o) => o.order_id === order_id).candidate_info.mobile);
    assert.equal(new Set(walked.map((o) => o.order_id)).size, walked.length);
    assert.ok(walked.length > 12);
});

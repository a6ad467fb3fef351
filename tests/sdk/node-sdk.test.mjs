// SPDX-License-Identifier: Apache-2.0
//
// The official Node SDK, unchanged but for its domain: tokens, the five operations with their typed methods, its paging
// iterator, and how it sees errors. It calls through a small proxy that holds each answer against its description.
// store: both
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { checkEnvelope, send } from '../lib/client.mjs';
import { importItems, makeExternalCheck, range } from '../lib/data.mjs';
import { createApp, demoDir, runDir, startServer } from '../lib/server.mjs';

const dir = demoDir();
importItems(dir, range(45, makeExternalCheck));
const server = await startServer({ dir });
const { app_id, app_secret, vendor_app_id, vendor_app_secret } = server.demo;

let calls = [];
const proxy = http.createServer(async (req, res) => {
    const parts = [];
    for await (const p of req) parts.push(p);
    const { host: _h, connection: _c, 'content-length': _l, 'transfer-encoding': _t, ...headers } = req.headers;
    const answer = await send(server.baseUrl, req.method, req.url, { headers, body: parts.length ? Buffer.concat(parts) : undefined });
    calls.push({ method: req.method, target: req.url, headers: req.headers, body: Buffer.concat(parts).toString() });
    checkEnvelope(server, req.method, req.url, answer);
    const { 'transfer-encoding': _te, connection: _cn, ...back } = answer.headers;
    res.writeHead(answer.status, back).end(answer.bytes);
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const domain = `http://127.0.0.1:${proxy.address().port}`;

const quiet = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
const sdk = (appId, appSecret) => new lark.Client({ appId, appSecret, domain, logger: quiet });
const client = sdk(app_id, app_secret);
const vendor = sdk(vendor_app_id, vendor_app_secret);

test('the SDK gets its token by itself and keeps it', async () => {
    calls = [];
    for (let i = 0; i < 3; i++) assert.equal((await client.hire.backgroundCheckOrder.list({ params: { page_size: 1 } })).code, 0);
    assert.equal(calls.filter((c) => c.target.includes('/auth/v3/')).length, 1);
    const token = await client.auth.tenantAccessToken.internal({ data: { app_id, app_secret } });
    assert.equal(token.code, 0);
    assert.match(token.tenant_access_token, /^t-/);
    const app = await client.auth.appAccessToken.internal({ data: { app_id, app_secret } });
    assert.equal(app.code, 0);
    assert.match(app.app_access_token, /^[at]-/);
});

test('a domain that ends with a slash works', async () => {
    const slashed = new lark.Client({ appId: app_id, appSecret: app_secret, domain: `${server.baseUrl}/`, logger: quiet });
    assert.equal((await slashed.hire.backgroundCheckOrder.list({ params: { page_size: 1 } })).code, 0);
});

test('an operation that hired does not support fails with a sentence in msg', async () => {
    await assert.rejects(client.hire.offer.get({ path: { offer_id: '1' } }), (e) => {
        assert.equal(e.response.status, 501);
        assert.match(e.response.data.msg, /^offer\.get is an operation .* does not support/);
        return true;
    });
});

test('attachment.create takes a file with the name it has', async () => {
    const dir = fs.mkdtempSync(path.join(runDir, 'sdk-'));
    const file = path.join(dir, '简历 "2".pdf');
    fs.writeFileSync(file, '%PDF-1.7');
    const r = await client.hire.attachment.create({ data: { content: fs.createReadStream(file) } });
    assert.equal((r.data ?? r).name, '简历 "2".pdf', JSON.stringify(r));
    fs.rmSync(dir, { recursive: true });
});

test('backgroundCheckOrder.list, page by page', async () => {
    const ids = [];
    let page_token;
    do {
        const r = await client.hire.backgroundCheckOrder.list({ params: { page_size: 5, page_token, user_id_type: 'user_id' } });
        assert.equal(r.code, 0);
        ids.push(...r.data.items.map((o) => o.order_id));
        page_token = r.data.has_more ? r.data.page_token : undefined;
    } while (page_token);
    assert.equal(new Set(ids).size, 12);
    const one = await client.hire.backgroundCheckOrder.list();
    assert.equal(one.data.items.length, 10, 'without any parameter');
    assert.equal(one.data.has_more, true);
});

test('interview.list', async () => {
    const r = await client.hire.interview.list({ params: { start_time: '1', page_size: 100 } });
    assert.equal(r.code, 0);
    assert.equal(r.data.items.length, 40);
    const one = await client.hire.interview.list({ params: { interview_id: r.data.items[7].id } });
    assert.deepEqual(one.data.items, [r.data.items[7]]);
});

test('externalBackgroundCheck.batchQuery, with and without a body', async () => {
    const r = await client.hire.externalBackgroundCheck.batchQuery({ params: { page_size: 20 } });
    assert.equal(r.code, 0);
    assert.equal(r.data.items.length, 20);
    const wanted = makeExternalCheck(7);
    const one = await client.hire.externalBackgroundCheck.batchQuery({ data: { external_background_check_id_list: [wanted.id] } });
    assert.deepEqual(one.data.items, [wanted]);
});

test('the paging iterator walks to the end', async () => {
    const ids = [];
    let pages = 0;
    for await (const page of await client.hire.externalBackgroundCheck.batchQueryWithIterator({ params: { page_size: 7 }, data: {} })) {
        assert.ok(page, 'a page that failed');
        ids.push(...page.items.map((x) => x.id));
        pages++;
    }
    assert.ok(pages >= 7);
    assert.equal(new Set(ids).size, ids.length);
    for (const x of range(45, makeExternalCheck)) assert.ok(ids.includes(x.id));
});

let order;
test('ecoBackgroundCheck.updateProgress, with a member the reference does not know', async () => {
    order = (await vendor.hire.backgroundCheckOrder.list({ params: { page_size: 100 } })).data.items.find((o) => o.order_status === 2);
    const r = await vendor.hire.ecoBackgroundCheck.updateProgress({
        data: {
            background_check_id: order.order_id, stage_id: 'sdk-1', stage_en_name: 'from the SDK', stage_name: '来自 SDK',
            stage_time: String(Date.now() + 86_400_000), result: '绿灯', operator_role: 1,
            report_file_list: [{ report_name: 'r', report_url: 'https://vendor.example/r', report_url_type: 2 }],
        },
    });
    assert.deepEqual(r, { code: 0, msg: 'success', data: {} });
});

test('ecoBackgroundCheck.updateResult', async () => {
    const r = await vendor.hire.ecoBackgroundCheck.updateResult({
        data: { background_check_id: order.order_id, result: '无差异', result_time: String(Date.now()) },
    });
    assert.equal(r.code, 0);
    const after = (await vendor.hire.backgroundCheckOrder.list({ params: { page_size: 100 } })).data.items.find((o) => o.order_id === order.order_id);
    assert.equal(after.order_status, 3);
    assert.equal(after.conclusion, '无差异');
});

// The SDK throws axios's error, whose response has the answer.
async function refused(promise, status, code) {
    const e = await promise.then(() => assert.fail('was not refused'), (x) => x);
    assert.equal(e.response?.status, status, e.message);
    assert.equal(e.response.data.code, code);
    assert.match(e.response.data.error.log_id, /^\d{14}[0-9A-F]{20}$/);
    return e.response.data;
}

test('errors arrive with code, msg and log id', async () => {
    await refused(vendor.hire.ecoBackgroundCheck.updateResult({ data: { background_check_id: order.order_id, result: 'x', result_time: '1' } }), 400, 1002858);
    await refused(vendor.hire.ecoBackgroundCheck.updateProgress({
        data: { background_check_id: '1', stage_id: '1', stage_name: '1', stage_time: '1' },
    }), 400, 1002862);
    const v = await refused(client.hire.backgroundCheckOrder.list({ params: { page_size: 1000 } }), 400, 99992402);
    assert.deepEqual(v.error.field_violations.map((x) => x.field), ['page_size']);
    await refused(client.hire.interview.list({ params: {} }), 400, 1002002);
});

test('an app without the scope gets an error that names the missing scope', async () => {
    const app = createApp(server, ['hire:interview:readonly']);
    const v = await refused(sdk(app.app_id, app.app_secret).hire.backgroundCheckOrder.list(), 400, 99991672);
    assert.equal(v.error.permission_violations.length, 2);
});

test('wrong credentials fail as the SDK expects: HTTP 200 and a code', async () => {
    const app = createApp(server, ['hire:interview']); // of its own: the SDK keeps tokens by app id
    const wrong = sdk(app.app_id, 'wrong');
    const e = await wrong.hire.backgroundCheckOrder.list().then(() => assert.fail('was not refused'), (x) => x);
    assert.match(e.message, /10014/);
    assert.match(e.message, /app secret invalid/);
});

test('request(): a call by hand with the SDK\'s own token', async () => {
    const r = await client.request({ method: 'GET', url: '/open-apis/hire/v1/background_check_orders', params: { page_size: 2 } });
    assert.equal(r.code, 0);
    assert.equal(r.data.items.length, 2);
});

test('ends cleanly, and its log has no secret', async () => {
    proxy.closeAllConnections();
    proxy.close();
    await server.stop();
});

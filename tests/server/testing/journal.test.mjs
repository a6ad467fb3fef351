// SPDX-License-Identifier: Apache-2.0
//
// The journal: what it holds of calls and events, finding, waiting, expecting, and that no secret is in it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { Client, checkEnvelope, paths, send, sleep } from '../../lib/client.mjs';
import { CREATED, advance, arrange, loopback, makeVendor } from '../../lib/events.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { createApp, demoDir, root, startServer } from '../../lib/server.mjs';

const server = await startServer({ dir: demoDir(), args: ['--test', ...loopback] });
const receivers = [];
test.after(async () => {
    await Promise.all(receivers.map((r) => r.close()));
    await server.stop();
});

const admin = new Client(server);
const journal = (query) => admin.ok('GET', '/test/journal', { query, token: null });
const expect = (body) => admin.ok('POST', '/test/journal/expect', { body, token: null });
const refused = async (method, at, o) => (await admin.fails(400, 1002002, method, at, { ...o, token: null })).msg;
const appSecrets = [];
function caller() {
    const app = createApp(server, ['all']);
    appSecrets.push(app.app_secret);
    return new Client(server, app);
}
const LIST = 'background_check_order.list';
const listening = async (o) => {
    const r = await new Receiver(o).listen();
    receivers.push(r);
    return r;
};

test('a call with its answer, and the token that it was made with', async () => {
    const mine = caller();
    const r = await mine.call('GET', paths.orders, { query: { page_size: 1 } });
    const { items, last, dropped } = await journal({ app_id: mine.app.app_id });
    assert.deepEqual(items.map((e) => e.operation), ['tenant_access_token.internal', LIST]);
    assert.deepEqual(items[0].body, { app_id: mine.app.app_id, app_secret: '***' });
    assert.equal(items[0].answer.tenant_access_token, '***');
    assert.equal(items[0].answer.expire, 7200);
    const e = items[1];
    assert.deepEqual([e.kind, e.method, e.path, e.query, e.status, e.code, e.tenant_key],
        ['call', 'GET', paths.orders, 'page_size=1', 200, 0, server.demo.tenant_key]);
    assert.deepEqual(e.answer.data.items[0].order_id, r.data.items[0].order_id);
    assert.equal(e.log_id, r.headers['x-tt-logid']);
    assert.ok(e.number === last && dropped === 0 && Math.abs(e.time_ms - Date.now()) < 60_000);
});

test('calls are found by operation, code, status, field, and a part of them', async () => {
    const mine = caller();
    const app_id = mine.app.app_id;
    await mine.call('GET', paths.orders, { query: { page_size: 1 } });
    await mine.call('GET', paths.orders, { query: { page_size: 'x' } });
    await mine.call('POST', paths.progress, { body: { background_check_id: '1', stage_id: 's', stage_name: 'b', stage_en_name: 'a', stage_time: '1' } });
    await mine.call('GET', '/open-apis/hire/v1/nothing');
    const n = async (query) => (await journal({ app_id, ...query })).items.length;
    assert.equal(await n({ operation: LIST }), 2);
    assert.equal(await n({ operation: LIST, code: 99992402 }), 1);
    assert.equal(await n({ status: 400 }), 2);
    assert.equal(await n({ field: 'body.background_check_id', value: '1' }), 1);
    assert.equal(await n({ field: 'body.background_check_id' }), 1);
    assert.equal(await n({ field: 'body.background_check_id', value: '2' }), 0);
    assert.equal(await n({ field: 'answer.error.field_violations.0.field', value: 'page_size' }), 1);
    assert.equal(await n({ match: JSON.stringify({ body: { stage_id: 's' }, method: 'POST' }) }), 1);
    assert.equal(await n({ match: JSON.stringify({ body: { stage_id: 's' }, method: 'GET' }) }), 0);
    assert.equal(await n({ kind: 'event' }), 0);
    assert.equal(await n({ limit: 2 }), 2);
    const whole = await journal({ app_id });
    assert.equal(await n({ after: whole.items[1].number }), whole.items.length - 2);
    const unknown = (await journal({ status: 404, after: whole.items[0].number })).items;
    assert.ok(unknown.some((e) => e.path === '/open-apis/hire/v1/nothing' && e.operation === undefined && e.code === 99991201));
    for (const [query, why] of [[{ match: '{' }, /match is not JSON/], [{ match: '[]' }, /not an object/], [{ match: '{"opperation":1}' }, /"opperation", which no entry has/],
        [{ value: 'x' }, /value is with field/], [{ count: 200 }, /count is above limit/], [{ operation: LIST, event_type: CREATED }, /not both/], [{ tenant_key: 'nobody' }, /no tenant/],
        [{ operation: 'interview.lst' }, /"interview.lst" is no operation/], [{ operation: 'test.clock.get' }, /no operation of the open API/],
        [{ event_type: 'hire.nothing_v1' }, /no type of events/], [{ match: '{"operation":"interview.lst"}' }, /"interview.lst" is no operation/]])
        assert.match(await refused('GET', '/test/journal', { query }), why);
});

test('attempts to deliver events, with what the receiver said', async () => {
    const receiver = await listening({ encryptKey: 'an-encrypt-key', answer: (b, n) => (n === 1 ? { status: 500, text: 'out of order' } : {}) });
    const vendor = await makeVendor(server, { url: receiver.url, encryptKey: 'an-encrypt-key', token: 'a-verification-token' });
    const order = await arrange(server, vendor);
    const { items: [first] } = await journal({ app_id: vendor.app_id, event_type: CREATED, timeout_ms: 20_000 });
    await advance(server, 20_000);
    const { items: [, second] } = await journal({ app_id: vendor.app_id, event_type: CREATED });
    assert.deepEqual([first.attempt, first.taken, first.status, first.answer_text, first.way], [1, false, 500, 'out of order', 'request_url']);
    assert.match(first.error, /500/);
    assert.deepEqual([second.attempt, second.taken, second.status, second.answer, second.error], [2, true, 200, {}, undefined]);
    assert.equal(first.event_id, second.event_id);
    assert.equal(second.body.header.token, '***');
    assert.equal(second.body.event.bpm_id ?? second.body.event.order_id ?? second.body.event.background_check_id, order);
    assert.equal(second.tenant_key, server.demo.tenant_key);
});

test('waiting: the answer comes when the entry does, or at the end of the time', async () => {
    const mine = caller();
    await mine.token();
    const { last } = await journal({ app_id: mine.app.app_id });
    const begun = Date.now();
    const waiting = journal({ app_id: mine.app.app_id, operation: LIST, after: last, count: 2, timeout_ms: 30_000 });
    await mine.call('GET', paths.orders);
    await sleep(300);
    await mine.call('GET', paths.orders);
    assert.equal((await waiting).items.length, 2);
    assert.ok(Date.now() - begun >= 300 && Date.now() - begun < 25_000);
    const late = Date.now();
    assert.deepEqual((await journal({ app_id: mine.app.app_id, code: 1002858, timeout_ms: 400 })).items, []);
    assert.ok(Date.now() - late >= 395);
});

test('expect: in order, with others between; null is absent; else a diff that can be read', async () => {
    const mine = caller();
    const app_id = mine.app.app_id;
    await mine.call('GET', paths.orders, { query: { page_size: 1 } });
    await mine.call('POST', paths.progress, { body: { background_check_id: '17', stage_id: 's', stage_name: 'b', stage_en_name: 'a', stage_time: '1' } });
    await mine.call('GET', paths.interviews, { query: { application_id: '1' } });
    const met = await expect({ app_id, expected: [{ operation: LIST, code: 0 }, { operation: 'interview.list', body: null }] });
    assert.deepEqual([met.met, met.numbers.length, met.diff], [true, 2, undefined]);
    assert.equal((await expect({ app_id, expected: [{ operation: LIST, answer: { data: { items: [] } } }] })).met, false);
    const failed = await expect({ app_id, expected: [{ operation: LIST }, { operation: 'eco_background_check.update_progress', code: 0, body: { background_check_id: '18' } }, { kind: 'event' }] });
    assert.equal(failed.met, false);
    assert.equal(failed.numbers.length, 1);
    const lines = failed.diff.split('\n');
    assert.match(lines[0], /^1\. #\d+ {2}\{"operation":"background_check_order\.list"\}$/);
    assert.match(lines[1], /^2\. MISSING/);
    assert.match(failed.diff, /the closest is #\d+ call eco_background_check\.update_progress/);
    assert.match(failed.diff, / code: expected 0, has \d+/);
    assert.match(failed.diff, / body\.background_check_id: expected "18", has "17"/);
    assert.match(failed.diff, /2 entries came since:/);
    assert.match(failed.diff, /3\. not looked for/);
    assert.equal((await expect({ app_id, expected: [{ operation: 'interview.list' }, { operation: LIST }] })).met, false, 'the order counts');
    assert.match(await refused('POST', '/test/journal/expect', { body: { expected: [{ operatoin: 'x' }] } }), /expected\[0\] has the member "operatoin"/);
    assert.match(await refused('POST', '/test/journal/expect', { body: { expected: [{ operation: 'interview.lst' }] } }), /"interview.lst" is no operation/);
    await admin.fails(400, 99992402, 'POST', '/test/journal/expect', { body: { expected: [] }, token: null });
    const soon = expect({ app_id, expected: [{ operation: LIST }, { operation: LIST, query: 'page_size=2' }], timeout_ms: 20_000 });
    await sleep(100);
    await mine.call('GET', paths.orders, { query: { page_size: 2 } });
    assert.equal((await soon).met, true);
});

test('what a rule did is in the journal', async () => {
    const mine = caller();
    const { fault } = await admin.ok('POST', '/test/faults', { body: { operation: LIST, app_id: mine.app.app_id, reset: true }, token: null });
    const token = await mine.token();
    await assert.rejects(send(server.baseUrl, 'GET', paths.orders, { headers: { Authorization: `Bearer ${token}` } }), /ECONNRESET|socket hang up/);
    const { items: [e] } = await journal({ app_id: mine.app.app_id, operation: LIST });
    assert.deepEqual([e.fault, e.reset, e.status], [fault.id, true, undefined]);
});

test('the official SDK repeats a call after a 429 only if its user says so; the journal tells', async () => {
    const app = createApp(server, ['all']);
    await admin.ok('POST', '/test/faults', { body: { operation: LIST, app_id: app.app_id, code: 99991400, reset_s: 1 }, token: null });
    const logger = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
    const sdk = new lark.Client({ appId: app.app_id, appSecret: app.app_secret, domain: server.baseUrl, logger });
    const list = () => sdk.request({ method: 'GET', url: paths.orders, params: { page_size: 1 } });
    const error = await list().then(() => null, (e) => e);
    assert.equal(error.response.status, 429);
    assert.equal(error.response.headers['x-ogw-ratelimit-reset'], '1');
    assert.equal((await list()).code, 0);
    const { items } = await journal({ app_id: app.app_id });
    assert.deepEqual(items.map((e) => [e.operation, e.status]), [['tenant_access_token.internal', 200], [LIST, 429], [LIST, 200]]);
});

test('no secret is in the journal, in whatever form it was sent', async () => {
    const mine = caller();
    const token = await mine.token(), { app_id, app_secret } = mine.app;
    const post = (target, body, headers = {}) => send(server.baseUrl, 'POST', target, { body, headers });
    const at = paths.tenantToken;
    await post(at, JSON.stringify({ app_id, app_secret }));
    await post(at, `{"app_id":"${app_id}","app\\u005fsecret":"${app_secret}"}`);
    await post(at, `{"app_id":"${app_id}","app_secret":"${app_secret}`);
    await post(at, `app_id=${app_id}&app_secret=${app_secret}`);
    await post(`${at}?app_id=${app_id}&app%5fsecret=${app_secret}`, '{}');
    await post(at, JSON.stringify({ app_id, app_secret: [app_secret] }));
    await post(at, JSON.stringify({ body: JSON.stringify({ app_secret }) }));
    await post(at, `{app_secret: '${app_secret}'}`);
    await post(`${paths.orders}/${token}?q=${token}`, '', { Authorization: `Bearer ${token}` });
    await post(paths.progress, JSON.stringify({ background_check_id: `the token is ${token}`, stage_id: { Authorization: `Bearer ${token}` } }), { Authorization: `bearer  ${token}` });
    await send(server.baseUrl, 'GET', `${paths.orders}?page_size=${token}`, { headers: { Authorization: `Bearer ${token}` } });
    await post(paths.progress, JSON.stringify({ background_check_id: 'x'.repeat(65_400) + token }), { Authorization: `Bearer ${token}` });
    const text = (await send(server.baseUrl, 'GET', '/test/journal?limit=1000')).text;
    assert.ok(JSON.parse(text).data.items.length > 12);
    const ofDemo = Object.entries(server.demo).filter(([name, v]) => /secret|password/.test(name) && typeof v === 'string').map(([, v]) => v);
    assert.ok(ofDemo.length >= 2);
    for (const secret of [...ofDemo, ...appSecrets, token, app_secret, 'an-encrypt-key', 'a-verification-token']) assert.ok(!text.includes(secret), `the journal holds ${secret}`);
    for (let n = 12; n < token.length; n++) assert.ok(!text.includes(token.slice(0, n)), `the journal holds the beginning of a token: ${token.slice(0, n)}`);
});

test('a secret that looks like a part of the answer does not break the journal', async () => {
    const mine = caller();
    const app_id = mine.app.app_id;
    for (const app_secret of ['","msg":"', '"code":10014', 10014])
        await send(server.baseUrl, 'POST', paths.tenantToken, { body: JSON.stringify({ app_id, app_secret, token: 7200000 }) });
    const { items } = await journal({ app_id, operation: 'tenant_access_token.internal' });
    assert.ok(items.length >= 2);
    assert.ok(items.every((e) => e.answer?.code === e.code || /\*\*\*/.test(e.answer_text)), JSON.stringify(items));
});

test('the console and the test mode itself are not in it', async () => {
    const { last } = await journal({});
    await send(server.baseUrl, 'POST', '/console/api/session', { body: '{}' });
    await journal({});
    assert.deepEqual((await journal({ after: last })).items.filter((e) => /console|test/.test(e.path)), []);
});

test('a large body is cut, and says so', async () => {
    const mine = caller();
    const body = { background_check_id: 'y'.repeat(200_000), stage_id: 's' };
    await mine.call('POST', paths.progress, { body });
    const { items: [e] } = await journal({ app_id: mine.app.app_id, operation: 'eco_background_check.update_progress' });
    assert.equal(e.body, undefined);
    assert.equal(e.body_bytes, JSON.stringify(body).length);
    assert.ok(e.body_text.length > 60_000 && e.body_text.length <= 65_536);
});

test('emptying it: of one app, or of a tenant', async () => {
    const mine = caller(), other = caller();
    await mine.call('GET', paths.orders);
    await other.call('GET', paths.orders);
    const query = { app_id: mine.app.app_id };
    assert.deepEqual(await admin.ok('DELETE', '/test/journal', { query, token: null }), { removed: 2 });
    assert.deepEqual((await journal(query)).items, []);
    assert.equal((await journal({ app_id: other.app.app_id })).items.length, 2);
    const tenant = { tenant_key: server.demo.tenant_key };
    assert.ok((await journal(tenant)).items.some((e) => e.operation === 'tenant_access_token.internal'));
    await admin.ok('DELETE', '/test/journal', { query: tenant, token: null });
    assert.deepEqual((await journal(tenant)).items, []);
});

test('a server that ends does not wait for those who wait', async () => {
    const brief = await startServer({ dir: demoDir(), args: ['--test'] });
    const waiting = send(brief.baseUrl, 'GET', '/test/journal?timeout_ms=60000&app_id=none').catch((e) => e);
    await sleep(200);
    const begun = Date.now();
    await brief.stop();
    assert.ok(Date.now() - begun < 15_000);
    await waiting;
});

test('the examples of docs/TESTING.md are accepted', async () => {
    const page = fs.readFileSync(path.join(root, 'docs/TESTING.md'), 'utf8').split('## The journal')[1].split('\n## ')[0];
    const gets = [...page.matchAll(/^GET (\/test\/journal\S*)$/gm)].map((m) => m[1]);
    const posts = [...page.matchAll(/```http\nPOST (\/test\/journal\/expect)\n(.*?)```/gs)];
    assert.ok(gets.length >= 3 && posts.length >= 1);
    for (const target of gets) {
        const r = await send(server.baseUrl, 'GET', target.replace('timeout_ms=5000', 'timeout_ms=5'));
        assert.equal(checkEnvelope(server, 'GET', target, r).code, 0, target);
    }
    for (const [, target, body] of posts) assert.equal(typeof (await admin.ok('POST', target, { body, token: null })).met, 'boolean');
});

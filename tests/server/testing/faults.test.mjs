// SPDX-License-Identifier: Apache-2.0
//
// Rules that disturb calls: which calls, what they do to them, and which rules are refused.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { keptFiles } from '../../lib/data.mjs';
import { createApp, demoDir, root, startServer } from '../../lib/server.mjs';

const server = await startServer({ dir: demoDir(), args: ['--test'] });
test.after(() => server.stop());

const admin = new Client(server);
const rule = async (body) => (await admin.ok('POST', '/test/faults', { body, token: null })).fault;
const refused = async (body) => (await admin.fails(400, 1002002, 'POST', '/test/faults', { body, token: null })).msg;
const fired = async (id) => (await admin.ok('GET', '/test/faults', { token: null })).items.find((f) => f.id === id);

// A client of an app of its own, so that the rules of one test do not touch another.
const caller = () => new Client(server, createApp(server, ['all']));
const list = (client, o) => client.call('GET', paths.orders, { query: { page_size: 1 }, ...o });
const LIST = 'background_check_order.list';

// One call on a connection of its own, which may end in any way: {status, headers, text, error}.
async function raw(client, method, path, body) {
    const token = await client.token();
    const url = new URL(path, server.baseUrl);
    return new Promise((resolve) => {
        const req = http.request(url, { method, agent: false, headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) } }, (res) => {
            let text = '';
            const end = (error) => resolve({ status: res.statusCode, headers: res.headers, text, error });
            res.setEncoding('utf8').on('data', (d) => (text += d)).on('end', () => end()).on('error', end);
        });
        req.on('error', (error) => resolve({ error }));
        req.end(body && JSON.stringify(body));
    });
}

test('a rule answers a documented code, to the nth call of its app only, and counts', async () => {
    const mine = caller(), other = caller();
    const r = await rule({ operation: LIST, app_id: mine.app.app_id, nth: 2, times: 2, code: 1002002 });
    assert.match(r.id, /^fault-\d+$/);
    assert.match(r.does, /answers with code 1002002 before the call takes effect, from match 2 on, 2 times/);
    const codes = [];
    for (let i = 0; i < 4; i++) {
        const a = await list(mine);
        codes.push(a.code);
        assert.equal(a.headers['x-hired-fault'], a.code === 0 ? undefined : r.id);
        assert.equal(a.status, a.code === 0 ? 200 : 400);
        assert.equal((await list(other)).code, 0);
    }
    assert.deepEqual(codes, [0, 1002002, 1002002, 0]);
    assert.deepEqual(((f) => [f.matched, f.fired])(await fired(r.id)), [4, 2]);
});

test('429 comes with its headers; 500 and 503 as the server answers them; 502 as a proxy does', async () => {
    const mine = caller();
    const of = (body) => rule({ operation: LIST, app_id: mine.app.app_id, ...body });
    await of({ code: 99991400, limit: 50, reset_s: 7 });
    await of({ status: 500 });
    await of({ status: 503 });
    await of({ status: 502 });
    const limited = await list(mine);
    assert.deepEqual([limited.status, limited.code], [429, 99991400]);
    assert.equal(limited.headers['x-ogw-ratelimit-limit'], '50');
    assert.equal(limited.headers['x-ogw-ratelimit-reset'], '7');
    const broken = await list(mine);
    assert.deepEqual([broken.status, broken.code, broken.headers['retry-after']], [500, 1002001, undefined]);
    const busy = await list(mine);
    assert.deepEqual([busy.status, busy.code, busy.headers['retry-after']], [503, 1002001, '1']);
    const proxied = await raw(mine, 'GET', paths.orders);
    assert.equal(proxied.status, 502);
    assert.match(proxied.headers['content-type'], /text\/html/);
    assert.match(proxied.text, /502 Bad Gateway/);
    assert.equal((await list(mine)).code, 0);
});

test('every documented code of an operation can be answered, with its documented status', async () => {
    const mine = caller();
    const message = await refused({ operation: 'eco_background_check.update_progress', code: 4242 });
    assert.match(message, /does not document code 4242; its codes are /);
    const codes = message.split('its codes are ')[1].split(', ').map(Number);
    assert.ok(codes.length >= 15 && codes.every(Number.isInteger), message);
    for (const code of codes) await rule({ operation: 'eco_background_check.update_progress', app_id: mine.app.app_id, code });
    const answer = () => mine.call('POST', paths.progress, { body: { background_check_id: '1', stage_id: 's', stage_en_name: 'a', stage_name: 'b', stage_time: '1' } });
    for (const code of codes) assert.equal((await answer()).code, code); // the client compares each with api/
    await admin.ok('DELETE', '/test/faults', { query: { app_id: mine.app.app_id }, token: null });
});

test('rules of undocumented codes and rules that say nothing or two things are refused', async () => {
    for (const [body, why] of [
        [{ operation: LIST, code: 10014 }, /does not document code 10014/],
        [{ operation: 'tenant_access_token.internal', code: 99991663 }, /does not document/],
        [{ operation: 'tenant_access_token.internal', code: 10014, tenant_key: 'x' }, /app_id and no tenant_key/],
        [{ operation: 'background_check_order.lst', code: 1002002 }, /no operation of the open API/],
        [{ operation: 'console.order.list', code: 1002002 }, /no operation of the open API/],
        [{ operation: 'test.clock.get', code: 1002002 }, /no operation of the open API/],
        [{ operation: 'offer.list', code: 1002002 }, /does not support/],
        [{ operation: LIST }, /has one of code/],
        [{ operation: LIST, cut: true, reset: true }, /has one of code/],
        [{ operation: LIST, twice: true }, /rules with an event/],
        [{ operation: LIST, event: 'app_ticket', code: 1002002 }, /either operation or event/],
        [{ code: 1002002 }, /either operation or event/],
        [{ operation: LIST, delay_ms: 1, when: 'after' }, /when is for/],
        [{ operation: LIST, code: 1002002, limit: 1 }, /limit and reset_s/],
        [{ operation: LIST, code: 1002002, share: 0 }, /share is above 0/],
        [{ operation: LIST, code: 1002002, share: 0.5, nth: 1 }, /exclude each other/],
        [{ operation: LIST, code: 1002002, seed: 1 }, /seed is for/],
        [{ operation: LIST, code: 1002002, tenant_key: 'nobody' }, /no tenant with the tenant_key/],
        [{ event: 'app_ticket', code: 1002002 }, /rules with an operation/],
        [{ event: 'app_ticket' }, /has one of twice/],
        [{ event: 'hire.nothing_v1', twice: true }, /no type of events/],
    ]) assert.match(await refused(body), why, JSON.stringify(body));
    await admin.fails(400, 1002002, 'DELETE', '/test/faults/fault-99999', { token: null });
});

test('before and after: whether a write has taken effect when its answer is lost', async () => {
    const mine = caller(), bystander = new Client(server);
    const name = 'external_application.create', address = '/open-apis/hire/v1/external_applications';
    const talent_id = '7612101107694875541';
    const count = async (title) => (await bystander.walk('GET', address, { query: { talent_id, page_size: 20 } })).filter((a) => a.job_title === title).length;
    const cases = [
        ['before-code', { status: 500 }, 0], ['after-code', { status: 500, when: 'after' }, 1],
        ['before-reset', { reset: true }, 0], ['after-reset', { reset: true, when: 'after' }, 1],
        ['cut', { cut: true }, 1],
    ];
    for (const [title, what, written] of cases) {
        const r = await rule({ operation: name, app_id: mine.app.app_id, ...what });
        const a = await raw(mine, 'POST', address, { external_id: title, talent_id, job_title: title });
        if (what.reset) assert.equal(a.error?.code, 'ECONNRESET', `${title}: ${JSON.stringify(a)}`);
        if (what.status) assert.deepEqual([a.status, JSON.parse(a.text).code], [500, 1002001]);
        if (what.cut) {
            assert.equal(a.status, 200);
            assert.equal(a.error?.code, 'ECONNRESET'); // node's word for a body that ends too early
            assert.equal(a.text.length, Math.floor(Number(a.headers['content-length']) / 2));
        }
        if (!what.reset) assert.equal(a.headers['x-hired-fault'], r.id);
        assert.equal((await fired(r.id)).fired, 1);
        assert.equal(await count(title), written, title);
    }
});

test('an answer that is slow', async () => {
    const mine = caller();
    await mine.token();
    const r = await rule({ operation: LIST, app_id: mine.app.app_id, delay_ms: 400 });
    const begun = Date.now();
    const a = await list(mine);
    assert.ok(Date.now() - begun >= 395, `${Date.now() - begun} ms`);
    assert.deepEqual([a.code, a.headers['x-hired-fault']], [0, r.id]);
    await rule({ operation: LIST, app_id: mine.app.app_id, delay_ms: 100, code: 99991663 });
    assert.equal((await list(mine)).code, 99991663);
});

test('an ended token is refused until the client gets a new one', async () => {
    const mine = caller();
    const old = await mine.token();
    await rule({ operation: LIST, app_id: mine.app.app_id, ends_token: true });
    assert.equal((await list(mine)).code, 99991663);
    const second = await list(mine);
    assert.deepEqual([second.code, second.headers['x-hired-fault']], [99991663, undefined]);
    mine.cachedToken = undefined;
    assert.notEqual(await mine.token(), old);
    assert.equal((await list(mine)).code, 0);
});

test('with threads that read for the loops, a rule holds too while somebody\'s access changes', async () => {
    const pooled = await startServer({ dir: demoDir(), args: ['--test'], env: { HIRED_TEST_READERS: '1' } });
    const mine = new Client(pooled);
    const test = (url, body = {}) => mine.ok('POST', url, { body, token: null });
    try {
        for (const [what, code] of [[{ code: 1002002 }, 1002002], [{ ends_token: true }, 99991663]]) {
            assert.equal((await list(mine)).code, 0); // the token is in the reader's cache
            const { fault } = await test('/test/faults', { operation: LIST, ...what });
            await test('/test/tenants'); // new apps: the cache is not valid any more
            const a = await list(mine);
            assert.deepEqual([a.code, a.headers['x-hired-fault']], [code, fault.id]);
        }
    } finally {
        await pooled.stop();
    }
});

test('a share of the calls is the same ones in every run with the same seed', async () => {
    const run = async (seed) => {
        const mine = caller();
        await rule({ operation: LIST, app_id: mine.app.app_id, share: 0.3, seed, code: 1002002 });
        const codes = [];
        for (let i = 0; i < 60; i++) codes.push((await list(mine)).code === 0 ? 0 : 1);
        return codes.join('');
    };
    const first = await run(7);
    assert.equal(await run(7), first);
    assert.notEqual(await run(8), first);
    const n = first.split('1').length - 1;
    assert.ok(n > 5 && n < 35, first);
});

test('uploads: refused before or after the file is kept, reset, with an ended token', async () => {
    const mine = caller();
    const token = await mine.token();
    const B = 'xxBOUNDARYxx';
    const form = `--${B}\r\nContent-Disposition: form-data; name="content"; filename="a.pdf"\r\n\r\n%PDF-1.4 ${'x'.repeat(30_000)}\r\n--${B}--\r\n`;
    const upload = () => send(server.baseUrl, 'POST', '/open-apis/hire/v1/attachments', { body: form,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': `multipart/form-data; boundary=${B}` } });
    const files = () => keptFiles(server.dir).length;
    const before = files();
    const of = (what) => rule({ operation: 'attachment.create', app_id: mine.app.app_id, ...what });
    for (const [what, kept] of [[{ code: 1002002 }, 0], [{ status: 503, when: 'after' }, 1], [{ reset: true }, 0], [{ reset: true, when: 'after' }, 1], [{ ends_token: true }, 0]]) {
        const r = await of(what), n = files();
        const a = await upload().catch((error) => ({ error }));
        if (what.reset) assert.equal(a.error?.code, 'ECONNRESET');
        else assert.deepEqual([a.headers['x-hired-fault'], JSON.parse(a.text).code], [r.id, what.ends_token ? 99991663 : what.code ?? 1002001]);
        assert.equal(files() - n, kept, JSON.stringify(what));
    }
    assert.equal(files(), before + 2);
    assert.equal(JSON.parse((await upload()).text).code, 99991663);
});

test('a server that ends does not wait for a slow answer', async () => {
    const brief = await startServer({ dir: demoDir(), args: ['--test', '--drain', '1s'] });
    const mine = new Client(brief);
    await mine.token();
    await send(brief.baseUrl, 'POST', '/test/faults', { body: JSON.stringify({ operation: LIST, delay_ms: 60_000 }) });
    const answer = send(brief.baseUrl, 'GET', paths.orders, { headers: { Authorization: `Bearer ${mine.cachedToken}` } });
    await eventually(async () => JSON.parse((await send(brief.baseUrl, 'GET', '/test/faults')).text).data.items[0].fired, (n) => n === 1);
    const begun = Date.now();
    await brief.stop();
    assert.ok(Date.now() - begun < 20_000);
    assert.equal((await answer).headers['x-hired-fault'], 'fault-1');
});

test('the endpoints of tokens: by the app in the body', async () => {
    const mine = caller(), other = caller();
    await rule({ operation: 'tenant_access_token.internal', app_id: mine.app.app_id, code: 10014 });
    const ask = (c) => admin.call('POST', paths.tenantToken, { token: null, body: c.app });
    assert.equal((await ask(other)).code, 0);
    const a = await ask(mine);
    assert.deepEqual([a.status, a.code], [200, 10014]);
    assert.equal((await ask(mine)).code, 0);
});

test('rules are removed one by one, by app, or all; their number has a bound', async () => {
    await admin.ok('DELETE', '/test/faults', { token: null });
    const mine = caller();
    const one = await rule({ operation: LIST, app_id: mine.app.app_id, code: 1002002 });
    await rule({ operation: LIST, tenant_key: server.demo.tenant_key, nth: 1000, code: 1002002 });
    assert.equal((await admin.ok('GET', '/test/faults', { query: { app_id: mine.app.app_id }, token: null })).items.length, 1);
    assert.equal((await admin.ok('DELETE', `/test/faults/${one.id}`, { token: null })).fault.id, one.id);
    assert.equal((await list(mine)).code, 0);
    assert.deepEqual(await admin.ok('DELETE', '/test/faults', { query: { tenant_key: server.demo.tenant_key }, token: null }), { removed: 1 });
    const body = JSON.stringify({ operation: LIST, nth: 1000000, code: 1002002 });
    for (let i = 0; i < 1000; i += 50)
        await Promise.all(Array.from({ length: 50 }, () => send(server.baseUrl, 'POST', '/test/faults', { body })));
    assert.match(await refused(JSON.parse(body)), /1000 rules already/);
    assert.deepEqual(await admin.ok('DELETE', '/test/faults', { token: null }), { removed: 1000 });
    assert.deepEqual((await admin.ok('GET', '/test/faults', { token: null })).items, []);
});

test('the examples of docs/TESTING.md are accepted', async () => {
    const page = fs.readFileSync(path.join(root, 'docs/TESTING.md'), 'utf8').split('## Faults')[1].split('\n## ')[0];
    const examples = [...page.matchAll(/```http\nPOST \/test\/faults\n(.*?)```/gs)].flatMap((m) => m[1].trim().split('\n'));
    assert.ok(examples.length >= 5);
    for (const example of examples) {
        const fault = await rule(JSON.parse(example));
        await admin.ok('DELETE', `/test/faults/${fault.id}`, { token: null });
    }
});

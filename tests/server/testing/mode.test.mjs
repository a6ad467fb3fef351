// SPDX-License-Identifier: Apache-2.0
//
// The test mode: where it exists, who may use it, and the clock.
import assert from 'node:assert/strict';
import test from 'node:test';

import { checkEnvelope, eventually, send } from '../../lib/client.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const token = 'a-token-for-these-tests';
const server = await startServer({ dir: demoDir(), args: ['--test', '--test-token', token] });
test.after(() => server.stop());
server.secrets.add(token);

const clock = (body, headers = {}, at = server) => send(at.baseUrl, 'POST', '/test/clock', { body: JSON.stringify(body), headers });
const now = async () => checkEnvelope(server, 'GET', '/test/clock', await send(server.baseUrl, 'GET', '/test/clock')).data;

test('without --test the operations do not exist', async () => {
    const plain = await startServer({ dir: demoDir(), args: ['--test-token', token] });
    for (const headers of [{}, { Authorization: `Bearer ${token}` }]) {
        const r = await clock({ advance_ms: 1 }, headers, plain);
        assert.equal(r.status, 404);
        assert.equal(JSON.parse(r.text).code, 99991201);
    }
    assert.deepEqual(JSON.parse((await send(plain.baseUrl, 'GET', '/readyz')).text), { status: 'ready' });
    await plain.stop();
});

test('the server says that it is in the test mode', async () => {
    assert.deepEqual(JSON.parse((await send(server.baseUrl, 'GET', '/readyz')).text), { status: 'ready', test: true });
    assert.match(server.stdout, /TEST MODE: whoever may call http:.*\/test\//);
    assert.doesNotMatch(server.stdout, new RegExp(token));
});

test('web pages are refused without the token, because a page of any site can reach this machine', async () => {
    for (const headers of [{ Origin: 'https://elsewhere.example' }, { Origin: server.baseUrl }, { 'Sec-Fetch-Site': 'cross-site' },
        { Host: 'evil.example' }, { Host: '127.0.0.1.evil.example:8080' }, { Referer: 'https://elsewhere.example/' },
        { 'X-Forwarded-For': '203.0.113.9' }, { Forwarded: 'for=203.0.113.9' }, { Via: '1.1 proxy' },
        { Origin: 'null', Authorization: 'Bearer wrong-token-of-these-tests' }]) {
        const r = await clock({ advance_ms: 1 }, headers);
        assert.equal(r.status, 403, JSON.stringify(headers));
        const answer = JSON.parse(r.text);
        assert.equal(answer.code, 4032);
        assert.match(answer.error.message, /test_token/);
        assert.equal((await clock({ advance_ms: 1 }, { ...headers, Authorization: `Bearer ${token}` })).status, 200);
    }
});

test('a body that is not described is refused, and nothing moves', async () => {
    const before = await now();
    for (const body of ['{"advance_ms":"1"}', '{"advance_ms":1.5}', 'x', '{"advance_ms":31536000000001}', '{"set_ms":-1}',
        '{"advance_ms":5000000,"set_ms":1}'])
        assert.equal((await send(server.baseUrl, 'POST', '/test/clock', { body })).status, 400, body);
    assert.ok((await now()).now_ms - before.now_ms < 60_000);
});

test('a member or parameter that an operation does not have is refused with those that it has', async () => {
    const violations = async (method, at, body) => {
        const r = await send(server.baseUrl, method, at, { body });
        return [r.status, JSON.parse(r.text).error.field_violations.map((v) => `${v.field}: ${v.description}`)];
    };
    const moves = 'advance_ms, set_ms, frozen, at_once, tenant_key';
    assert.deepEqual(await violations('POST', '/test/clock', '{"advanced_ms":1,"frozen":true}'), [400, [`advanced_ms: there is no advanced_ms; accepted: ${moves}`]]);
    assert.deepEqual(await violations('GET', '/test/clock?a=1'), [400, ['a: there is no a; accepted: none']]);
    assert.match((await violations('GET', '/test/journal?operaton=interview.list'))[1][0], /^operaton: there is no operaton; accepted: .*operation, /);
    assert.equal((await now()).frozen, false);
    const schema = await send(server.baseUrl, 'POST', '/test/seed', { body: '{"$schema":"x","tenants":[]}' });
    assert.equal(schema.status, 200, schema.text);
});

test('the clock advances, goes back, stands still and goes on', async () => {
    const start = (await now()).now_ms;
    assert.ok((await (await clock({ advance_ms: 3_600_000 })).text, (await now()).now_ms) >= start + 3_600_000);
    await clock({ frozen: true, set_ms: 1_800_000_000_000 });
    for (let i = 0; i < 3; i++) assert.deepEqual(await now(), { now_ms: 1_800_000_000_000, frozen: true });
    await clock({ advance_ms: 500 });
    assert.deepEqual(await now(), { now_ms: 1_800_000_000_500, frozen: true });
    await clock({ frozen: false });
    await eventually(now, (c) => c.now_ms > 1_800_000_000_500 && !c.frozen, { what: 'the clock to go on' });
    await clock({ set_ms: start });
    const back = await now();
    assert.ok(back.now_ms >= start && back.now_ms < start + 60_000);
});

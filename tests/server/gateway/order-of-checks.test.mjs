// SPDX-License-Identifier: Apache-2.0
//
// The gateway's checks: each one's answer, and that an earlier one answers before a later one gets its say.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, eventually, paths } from '../../lib/client.mjs';
import { createApp, hiredOk, startServer } from '../../lib/server.mjs';

const server = await startServer();
const client = new Client(server);
const token = await client.token();
const missing = 'Missing access token for authorization. Please make a request with token attached.';
const invalid = 'Invalid access token for authorization. Please make a request with token attached.';

// One request for each row; all but the first two are wrong in every later way as well.
const broken = '{"stage_id": 5';
const rows = [
    ['no such path', 404, 99991201, 'resource not find', 'PUT', '/open-apis/hire/v1/no_such_thing', { token: null, body: broken }],
    ['no such path, though its beginning exists', 404, 99991201, 'resource not find', 'GET', `${paths.orders}/7/8/9`, { token: null }],
    ['the path has no such method', 405, 99991301, "request method doesn't match", 'DELETE', paths.orders, { token: null }],
    ['no token', 400, 99991661, missing, 'POST', paths.progress, { token: null, body: broken }],
    ['another kind of authorization', 400, 99991661, missing, 'POST', paths.progress, { token: null, headers: { Authorization: 'Basic dDp0' }, body: broken }],
    ['a token of no kind', 400, 99991671, 'Invalid token: must start with t-/u-', 'POST', paths.progress, { token: 'abc', body: broken }],
    ['an app_access_token', 400, 99991671, 'Invalid token: must start with t-/u-', 'POST', paths.progress, { token: 'a-0123456789', body: broken }],
    ['a user_access_token', 400, 99991668, invalid, 'POST', paths.progress, { token: 'u-0123456789', body: broken }],
    ['an unknown tenant_access_token', 400, 99991663, invalid, 'POST', paths.progress, { token: 't-0123456789', body: broken }],
    ['a body that is no JSON', 400, 9499, 'Bad Request', 'POST', paths.progress, { body: broken }],
    ['a field is missing', 400, 99992402, 'field validation failed', 'POST', paths.progress, { body: { stage_id: '1' } }],
];
for (const [name, status, code, msg, method, path, o] of rows) {
    test(`${name}: ${code}`, async () => {
        const r = await client.fails(status, code, method, path, o);
        assert.equal(r.msg, msg);
        assert.equal(r.error.log_id, r.headers['x-tt-logid']);
        assert.equal(r.body.data, undefined, 'a failure has no data');
    });
}

test('405 lists the allowed methods', async () => {
    const r = await client.call('DELETE', paths.orders, { token: null });
    assert.match(r.headers.allow, /\bGET\b/);
    const s = await client.call('GET', paths.progress, { token: null });
    assert.match(s.headers.allow, /\bPOST\b/);
});

test('a domain rule: 1002002, what is wrong and what is accepted', async () => {
    const r = await client.fails(400, 1002002, 'GET', paths.orders, {
        query: { update_start_time: '1700000000001', update_end_time: '1700000000000' },
    });
    assert.match(r.msg, /^Parameter error: .*update_start_time.*update_end_time/);
});

test('the log id is the local time and twenty hex digits, and new each time', async () => {
    const r = await client.call('GET', paths.orders);
    const s = await client.call('GET', paths.orders);
    assert.notEqual(r.headers['x-tt-logid'], s.headers['x-tt-logid']);
    const now = new Date();
    const stamp = (d) => [d.getFullYear(), d.getMonth() + 1, d.getDate(), d.getHours(), d.getMinutes(), d.getSeconds()]
        .map((n) => String(n).padStart(2, '0')).join('');
    const told = s.headers['x-tt-logid'].slice(0, 14);
    assert.ok(told >= stamp(new Date(now - 120_000)) && told <= stamp(new Date(+now + 1000)), `${told} is not about now`);
    assert.notEqual(r.headers['x-request-id'], s.headers['x-request-id']);
});

test('an altered access token is rejected', async () => {
    for (let i = 2; i < token.length; i++) {
        const c = token[i] === 'A' ? 'B' : 'A';
        await client.fails(400, 99991663, 'GET', paths.orders, { token: token.slice(0, i) + c + token.slice(i + 1) });
    }
    for (const t of [`${token}A`, token.slice(0, -1), 't-', `t-${'A'.repeat(5000)}`]) {
        await client.fails(400, 99991663, 'GET', paths.orders, { token: t });
    }
    await client.ok('GET', paths.orders);
});

test('missing scopes are reported before the body is validated', async () => {
    const app = createApp(server, ['hire:background_check_order:readonly']);
    const r = await new Client(server, app).fails(400, 99991672, 'POST', paths.progress, { body: broken });
    assert.equal(r.msg, 'Access denied. One of the following scopes is required: [hire:background_check_order].');
    assert.deepEqual(r.error.permission_violations, [{ type: 'action_scope_required', subject: 'hire:background_check_order' }]);
});

test('a caller outside the app\'s addresses: 99991401, before its scopes are looked at', async () => {
    const app = createApp(server, []);
    const c = new Client(server, app);
    await c.token();
    const allow = (...list) => hiredOk(['app', 'addresses', app.app_id, '--data', server.dir, ...list.flatMap((a) => ['--allow', a])]);
    const call = () => c.call('GET', paths.orders);
    assert.equal((await call()).code, 99991672);
    allow('10.1.0.0/16', '192.0.2.7');
    const r = await eventually(call, (a) => a.code !== 99991672, { what: 'the refusal' });
    assert.deepEqual([r.status, r.code, r.msg], [400, 99991401, 'ip 127.0.0.1 is denied by app setting']);
    allow('10.1.0.0/16', '127.0.0.0/8');
    await eventually(call, (a) => a.code === 99991672, { what: 'being let in again' });
    allow('10.1.0.0/16');
    await eventually(call, (a) => a.code === 99991401, { what: 'the refusal' });
    allow('any');
    await eventually(call, (a) => a.code === 99991672, { what: 'being let in again' });
});

test('unknown parameters and members are ignored', async () => {
    await client.ok('GET', paths.orders, { query: { operator_role: '1', colour: 'blue' } });
    const order = (await client.orders({ page_size: 100 })).items.find((o) => o.order_status === 2);
    await client.ok('POST', paths.progress, {
        query: { colour: 'blue' },
        body: {
            background_check_id: order.order_id, stage_id: 'unknown members', stage_name: '阶段', operator_role: 1,
            stage_time: String(Date.now() + 86_400_000), more: { deep: [1, 2, { x: null }] },
        },
    });
});

test('a request body of a GET is ignored, as the Node SDK sends one', async () => {
    await client.ok('GET', paths.orders, { body: '{}' });
    await client.ok('GET', paths.orders, { body: 'not json' });
});

test('ends cleanly, and its log has no secret', () => server.stop());

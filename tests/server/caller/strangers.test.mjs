// SPDX-License-Identifier: Apache-2.0
//
// What callers without a good secret or password can cause: no job for the writer, no wait for others, and after some
// attempts a plain refusal that says how long to wait.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { createApp, startServer } from '../../lib/server.mjs';
import { paths as vendorPaths } from '../../lib/vendor.mjs';

const server = await startServer({ args: ['--trusted-proxies', '127.0.0.1'] });
after(() => server.stop());
// Where a call comes from, as the trusted proxy (this process) says it.
let places = 0;
const newPlace = () => ({ 'X-Forwarded-For': `198.51.100.${++places}` });
const client = new Client(server);
await client.token();
const { app_id, app_secret } = server.demo;

const ask = (headers, path, body) => client.call('POST', path, { token: null, body, headers });
const metrics = async () => Object.fromEntries((await send(server.baseUrl, 'GET', '/metrics')).text.split('\n').filter((l) => l && !l.startsWith('#')).map((l) => l.split(' ')));
const jobs = async () => Number((await metrics()).hired_writes_total);

test('a flood of wrong secrets queues no job for the writer thread', async () => {
    const place = newPlace();
    const before = await jobs();
    const body = (i) => ({ app_id: i % 3 ? app_id : `cli_${String(i).padStart(16, '0')}`, app_secret: `wrong${i}`, app_ticket: 'x' });
    const endpoints = [paths.tenantToken, paths.appToken, vendorPaths.storeAppToken, vendorPaths.resend];
    const answers = await Promise.all(Array.from({ length: 400 }, (_, i) => ask(place, endpoints[i % 4], body(i))));
    const storeTokens = await Promise.all(Array.from({ length: 100 }, () => ask(place, vendorPaths.storeTenantToken, { app_access_token: 'a-x', tenant_key: server.demo.tenant_key })));
    assert.ok(storeTokens.every((a) => a.code === 10013));
    const codes = new Set(answers.map((a) => `${a.status} ${a.code}`));
    assert.deepEqual([...codes].sort(), ['200 10014', '429 99991400']);
    const endpoint = await Promise.all(Array.from({ length: 50 }, (_, i) => send(server.baseUrl, 'POST', '/callback/ws/endpoint', { headers: place, body: JSON.stringify({ AppID: app_id, AppSecret: `wrong${i}` }) })));
    assert.ok(endpoint.every((a) => JSON.parse(a.text).code === 1), 'this address has used up its attempts for the app above');
    assert.equal(await jobs(), before);
});

test('a token that is valid for at least half an hour is returned without a write', async () => {
    const first = await ask({}, paths.tenantToken, { app_id, app_secret });
    const before = await jobs();
    const again = await Promise.all(Array.from({ length: 20 }, (_, i) => ask({}, i % 2 ? paths.tenantToken : paths.appToken, { app_id, app_secret })));
    assert.ok(again.every((a) => a.body.tenant_access_token === first.body.tenant_access_token));
    assert.equal(await jobs(), before);
    const fresh = createApp(server, []);
    const written = await jobs();
    const made = await Promise.all(Array.from({ length: 8 }, () => ask({}, paths.tenantToken, fresh)));
    assert.equal(new Set(made.map((a) => a.body.tenant_access_token)).size, 1, 'those who ask at once get one token');
    assert.ok(await jobs() > written);
});

test('after several wrong secrets an address has to wait; the right secret is accepted from other addresses', async () => {
    const app = createApp(server, []);
    const [place, other] = [newPlace(), newPlace()];
    const wrong = { app_id: app.app_id, app_secret: 'wrong' };
    for (let i = 0; i < 20; i++) assert.equal((await ask(place, paths.tenantToken, wrong)).code, 10014, `attempt ${i}`);
    for (const body of [wrong, { ...wrong, app_secret: app.app_secret }]) {
        const r = await ask(place, paths.tenantToken, body);
        assert.deepEqual([r.status, r.code, r.msg], [429, 99991400, 'request trigger frequency limit']);
        const reset = Number(r.headers['x-ogw-ratelimit-reset']);
        assert.ok(reset >= 1 && reset <= 60, `reset ${reset}`);
        assert.equal(r.headers['x-ogw-ratelimit-limit'], '20');
    }
    const busy = JSON.parse((await send(server.baseUrl, 'POST', '/callback/ws/endpoint', { headers: place, body: JSON.stringify({ AppID: app.app_id, AppSecret: app.app_secret }) })).text);
    assert.equal(busy.code, 1);
    assert.equal((await ask(other, paths.tenantToken, app)).code, 0);
    assert.equal((await ask(place, paths.tenantToken, { app_id, app_secret })).code, 0, 'another app from the same address');
});

test('while many addresses guess an app\'s secret, an address that has not failed is accepted', async () => {
    const app = createApp(server, []);
    for (let d = 0; d < 11; d++) {
        const place = newPlace();
        for (let i = 0; i < 19; i++) {
            if ((await ask(place, paths.tenantToken, { app_id: app.app_id, app_secret: 'wrong' })).code === 99991400) break;
        }
    }
    const fresh = newPlace();
    assert.equal((await ask(fresh, paths.tenantToken, app)).code, 0);
    assert.equal((await ask(fresh, paths.tenantToken, { app_id: app.app_id, app_secret: 'wrong' })).code, 10014);
    assert.equal((await ask(fresh, paths.tenantToken, { app_id: app.app_id, app_secret: 'wrong' })).code, 99991400, 'guessing goes on more slowly');
});

test('a wrong password queues no job for the writer thread, and one address cannot fill the sign-in queue', async () => {
    const [place, other] = [newPlace(), newPlace()];
    const account = server.demo.console.accounts[0];
    const before = await jobs();
    const signIn = (headers, user, password) => new Person(server, user, password).call('POST', 'session/sign_in', { headers, body: { user, password } });
    const flood = Promise.all(Array.from({ length: 40 }, (_, i) => signIn(place, `nobody${i}`, 'wrong password')));
    assert.equal((await signIn(other, account.user, account.password)).code, 0);
    const answers = await flood;
    const statuses = new Map();
    for (const a of answers) statuses.set(a.status, (statuses.get(a.status) ?? 0) + 1);
    assert.ok(statuses.get(503) >= 20, `${[...statuses]}`);
    assert.ok(answers.filter((a) => a.status === 503).every((a) => a.headers['retry-after']));
    assert.ok(await jobs() - before <= 1, 'only the one who has signed in writes');
});

// SPDX-License-Identifier: Apache-2.0
//
// Hostile requests to the console's API: large bodies without a session, bodies that never end, and invalid field values. The
// server does not buffer large bodies of unknown clients, slow clients do not block others, and nothing causes a 5xx error.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { namesOfThisMachine, root, startServer } from '../../lib/server.mjs';

const MB = 1 << 20;
let server, admin, headers;
before(async () => {
    server = await startServer({ args: ['--fetch-allow', 'loopback'] });
    admin = await Person.of(server, 'admin');
    headers = { 'Content-Type': 'application/json', Origin: server.baseUrl, Cookie: admin.cookie, 'X-Csrf-Token': admin.csrf };
});
after(() => server.stop());

// ---- bodies of clients that are not signed in ----

const sockets = new Set();
after(() => {
    for (const s of sockets) s.destroy();
});

// Sends the head of a request and the given part of its body. answer: a promise of the complete response.
function begin(method, target, more = {}, body = '') {
    const lines = Object.entries({ Host: new URL(server.baseUrl).host, ...more }).map(([k, v]) => `${k}: ${v}\r\n`);
    const socket = net.connect(server.port, '127.0.0.1');
    sockets.add(socket);
    let text = '';
    const answer = new Promise((resolve, reject) => {
        socket.on('error', reject);
        socket.on('close', () => reject(new Error(`closed after: ${text}`)));
        socket.on('data', (d) => {
            text += d.toString('utf8');
            const end = text.indexOf('\r\n\r\n'), length = Number(/^content-length: (\d+)/im.exec(text)?.[1]);
            if (end > 0 && Buffer.byteLength(text.slice(end + 4)) >= length) resolve({ status: Number(text.slice(9, 12)), text: text.slice(end + 4) });
        });
    });
    answer.catch(() => {}); // no unhandled rejection; a test that awaits it still gets the error
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
    socket.write(body);
    return { socket, answer };
}

test('a large body is rejected if the client is not authenticated or not permitted', async () => {
    const large = { 'Content-Length': MB - 1 };
    const refused = async (status, words, method, target, more) => {
        const r = await begin(method, target, more).answer;
        assert.equal(r.status, status, target);
        assert.match(r.text, words, target);
    };
    for (const target of ['/console/api/session/sign_in', paths.tenantToken, '/callback/ws/endpoint', '/no/such/path']) {
        await refused(413, /body is too long/, 'POST', target, large);
        if (target === '/no/such/path') continue;
        const { answer } = begin('POST', target, { 'Transfer-Encoding': 'chunked' }, `5000\r\n${' '.repeat(0x5000)}\r\n`);
        assert.equal((await answer).status, 413, target);
    }
    await refused(404, /99991201/, 'POST', '/no/such/path', { 'Transfer-Encoding': 'chunked' }); // answered after the head, without waiting for the body
    await refused(413, /body is too long/, 'GET', '/console/api/session', large);
    await refused(413, /body is too long/, 'GET', '/healthz', large);
    await refused(401, /4010/, 'POST', '/console/api/settings', large);
    await refused(401, /4010/, 'POST', '/console/api/settings', { 'Transfer-Encoding': 'chunked' });
    await refused(401, /4010/, 'POST', '/console/api/settings', { ...large, Cookie: `hired_session=${'a'.repeat(64)}` });
    await refused(403, /4030/, 'POST', '/console/api/settings', { ...large, Cookie: headers.Cookie });
    await refused(400, /99991661/, 'POST', paths.progress, large);
    await refused(400, /9999166[38]/, 'POST', paths.progress, { ...large, Authorization: `Bearer t-${'0'.repeat(32)}` });
    const approver = await Person.of(server, 'approver');
    await refused(403, /4031/, 'POST', '/console/api/settings', { ...headers, ...large, Cookie: approver.cookie, 'X-Csrf-Token': approver.csrf });
});

test('a small body is accepted without a session, and a large body with one', async () => {
    const account = server.demo.console.accounts[0];
    const body = JSON.stringify({ user: account.user, password: account.password }).padEnd(16 * 1024);
    const r = await send(server.baseUrl, 'POST', '/console/api/session/sign_in', { headers: { Origin: server.baseUrl }, body });
    assert.equal(r.status, 200, r.text);
    server.secrets.add(/_session=([0-9a-f]+)/.exec(r.headers['set-cookie'][0])[1]);
    server.secrets.add(JSON.parse(r.text).data.csrf_token);
    const large = '{}'.padEnd(MB);
    for (const [more, sent] of [[{ 'Content-Length': MB }, large], [{ 'Transfer-Encoding': 'chunked' }, `100000\r\n${large}\r\n0\r\n\r\n`]]) {
        const change = await begin('POST', '/console/api/settings', { ...headers, ...more }, sent).answer;
        assert.equal(change.status, 200, change.text);
    }
    const order = (await new Client(server).orders({ page_size: 100 })).items.find((o) => o.order_status === 2);
    await new Client(server).progress({ background_check_id: order.order_id, stage_id: 'l', stage_name: 'large', stage_time: String(Date.now() + 86_400_000), ignored: 'x'.repeat(100_000) });
});

// ---- slow clients ----

test('update_time is set when the body is complete, not when the request starts, so a poller does not miss the change', async () => {
    const client = new Client(server);
    const [slow, other] = (await client.orders({ page_size: 100 })).items.filter((o) => o.order_status === 2).map((o) => o.order_id);
    const stage = (id, more) => ({ background_check_id: id, stage_id: 'slow', stage_name: 'slow', stage_time: String(Date.now() + 86_400_001), ...more });
    const body = JSON.stringify(stage(slow, { ignored: 'x'.repeat(100_000) }));
    const { socket, answer } = begin('POST', paths.progress, {
        Authorization: `Bearer ${await client.token()}`, 'Content-Type': 'application/json', 'Content-Length': body.length, Expect: '100-continue',
    });
    await new Promise((resolve) => socket.once('data', resolve)); // 100 Continue: the server has processed the head
    await client.progress(stage(other));
    socket.write(body);
    const { text } = await answer;
    assert.match(text, /"code":0/);
    const all = (await client.orders({ page_size: 100 })).items;
    const changed = (id) => Number(all.find((o) => o.order_id === id).update_time);
    assert.ok(changed(slow) >= changed(other), `${changed(slow)} is before ${changed(other)}`);
});

test('slow bodies and uploads do not block the requests of other clients', async () => {
    const upload = { ...headers, 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': 50 * MB };
    const start = '--b\r\nContent-Disposition: form-data; name="content"; filename="slow.bin"\r\n\r\n';
    const slow = [
        ...Array.from({ length: 40 }, () => begin('POST', '/console/api/settings', { ...headers, 'Content-Length': 1000 }, '{"auto')),
        ...Array.from({ length: 40 }, () => begin('POST', '/console/api/settings', { ...headers, 'Content-Length': MB }, ' '.repeat(100_000))),
        ...Array.from({ length: 40 }, () => begin('POST', '/console/api/attachments?usage=file', upload, `${start}${'x'.repeat(100_000)}`)),
    ];
    const drafts = () => fs.readdirSync(server.dir, { recursive: true }).filter((f) => /draft|tmp/.test(String(f))).length;
    await eventually(async () => drafts(), (n) => n >= 40, { what: 'forty uploads on their way' });

    // While they hang, other requests succeed: a write, an upload (with fsync), a sign-in, the challenge of a request URL.
    await admin.post('settings', {});
    const done = await send(server.baseUrl, 'POST', '/console/api/attachments?usage=file', {
        headers: { ...headers, 'Content-Type': upload['Content-Type'] }, body: `${start}content\r\n--b--\r\n`,
    });
    assert.equal(done.status, 200, done.text);
    await Person.of(server, 'recruiter');
    const receiver = await new Receiver().listen();
    receiver.onChallenge = (b, res) => res.end(JSON.stringify({ challenge: b.challenge }));
    const { app } = await admin.post('apps', { name: 'asked' });
    await admin.post(`apps/${app.app_id}/challenge`, { request_url: receiver.url });
    await receiver.close();

    for (const s of slow) s.socket.destroy();
    await eventually(async () => drafts(), (n) => n === 0, { what: 'the drafts that nobody finishes are gone' });
});

// ---- addresses of this machine and of private networks ----

test('a request URL that resolves to this machine or a private address is rejected, and no challenge is sent', async () => {
    const strict = await startServer();
    const person = await Person.of(strict, 'admin');
    const { app } = await person.post('apps', { name: 'inside' });
    const receiver = await new Receiver().listen();
    const { port } = new URL(receiver.url);
    for (const host of [...await namesOfThisMachine(), 'localhost', 'x.localhost', '127.0.0.1', '127.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '0', '[::]', '10.0.0.1']) {
        const r = await person.fails(400, 1002002, 'POST', `apps/${app.app_id}/challenge`, { body: { request_url: `http://${host}:${port}/` } });
        assert.match(r.msg, /not a public one/, host);
    }
    assert.equal(receiver.challenges, 0);
    await receiver.close();
    await strict.stop();
});

// ---- invalid field values ----

const hostile = {
    'a text of 100 KB': JSON.stringify('x'.repeat(100_000)),
    'characters of four bytes': JSON.stringify('\u{1F600}'.repeat(30_000)),
    'a list of 50,000': JSON.stringify(Array(50_000).fill('a')),
    'an object of 10,000': JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1]))),
    'lists 50,000 deep': '['.repeat(50_000) + ']'.repeat(50_000),
    'half a surrogate': '"\\ud800"',
    'a number past 2^63': '1e400',
};

const good = (f) => {
    if (f.list) return [good({ ...f, list: false })];
    if (f.type === 'object') return Object.fromEntries((f.fields ?? []).map((x) => [x.name, good(x)]));
    return f.type === 'bool' ? true : f.type === 'string' ? f.enum?.[0] ?? '1' : 1;
};

const described = fs.readdirSync(path.join(root, 'api', 'console')).map((f) => JSON.parse(fs.readFileSync(path.join(root, 'api', 'console', f))));
for (const op of described.filter((o) => o.method !== 'GET' && o.body_kind === 'json' && o.body)) {
    test(`an oversized or invalid value of any field is rejected with 4xx: ${op.name}`, async () => {
        const target = op.path.replace(/:\w+/g, '1');
        for (const f of op.body) {
            for (const [what, value] of Object.entries(hostile)) {
                const members = op.body.map((x) => `${JSON.stringify(x.name)}:${x === f ? value : JSON.stringify(good(x))}`);
                const r = await send(server.baseUrl, op.method, target, { headers, body: `{${members.join()}}` });
                const { code } = r.text.startsWith('{') ? JSON.parse(r.text) : { code: r.status };
                assert.ok(code !== 0 && r.status >= 400 && r.status < 500, `${f.name}: ${what} -> ${r.status} ${r.text.slice(0, 300)}`);
            }
        }
    });
}

test('the server has logged no error', () => {
    assert.deepEqual(server.log.filter((l) => l.level === 'error'), []);
});

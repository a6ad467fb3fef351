// SPDX-License-Identifier: Apache-2.0
// weight: 20
//
// SIGTERM while all kinds of operations are waiting: links to reports that do not arrive, uploads, streams, long connections,
// sign-ins, challenges of request URLs, writes. With any drain time the server ends cleanly, and no acknowledged write is lost.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { importItems, keptFiles, makeOrder, range, sql } from '../../lib/data.mjs';
import { hex16 } from '../../lib/store.mjs';
import { demoDir, slow, startServer } from '../../lib/server.mjs';

const require = createRequire(import.meta.url);
const WebSocket = createRequire(require.resolve('@larksuiteoapi/node-sdk'))('ws');

// Takes every request and never answers.
const asked = [];
const hung = http.createServer((req) => asked.push(req.url));
await new Promise((resolve) => hung.listen(0, '127.0.0.1', resolve));
hung.unref();
after(() => hung.closeAllConnections());
const site = `http://127.0.0.1:${hung.address().port}`;

// What became of something that waited: an answer, or a connection that was closed.
const outcome = (promise) => promise.then((r) => r.status, () => 'dropped');

const part = (bytes) => `--b\r\nContent-Disposition: form-data; name="content"; filename="a.txt"\r\n\r\n${bytes}\r\n--b--\r\n`;
const uploadPath = '/open-apis/hire/v1/attachments';

// An upload of which only the beginning comes.
function halfUpload(server, token) {
    const socket = net.connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST ${uploadPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=b\r\n`
        + `Content-Length: 1000000\r\n\r\n${part('x'.repeat(5000)).slice(0, 4000)}`);
    return new Promise((resolve) => socket.on('close', () => resolve('dropped')).resume());
}

async function everythingWaits(server, admin, client, order) {
    const token = await client.token();
    const waiting = {};
    const bearer = { Authorization: `Bearer ${token}` };

    // A report that its vendor's site does not hand out, and a link to it that waits.
    await client.progress({ background_check_id: order, stage_id: 'r', stage_name: '报告', stage_time: String(Date.now()),
        report_file_list: [{ report_name: 'r.pdf', report_url: `${site}/report.pdf` }] });
    const link = (await client.order(order)).feedback_info_list[0].attachment_url.slice(server.baseUrl.length);
    await eventually(() => asked, (urls) => urls.includes('/report.pdf'));
    waiting.links = Promise.all(Array.from({ length: 3 }, () => outcome(send(server.baseUrl, 'GET', link))));
    const gone = http.get(server.baseUrl + link, { agent: false }).on('error', () => {}); // one that nobody waits for any more
    await new Promise((resolve) => gone.on('socket', (s) => s.on('connect', () => setTimeout(resolve, 50))));
    gone.destroy();

    waiting.stream = new Promise((resolve) => http.get(`${server.baseUrl}/console/api/events/stream`, { agent: false, headers: { Cookie: admin.cookie } },
        (res) => res.on('close', () => resolve('dropped')).on('error', () => {}).resume()));

    const app = server.demo;
    const endpoint = JSON.parse((await send(server.baseUrl, 'POST', '/callback/ws/endpoint', { body: JSON.stringify({ AppID: app.app_id, AppSecret: app.app_secret }) })).text);
    const ws = new WebSocket(endpoint.data.URL);
    ws.on('error', () => {});
    await new Promise((resolve) => ws.on('open', resolve));
    waiting.longConnection = new Promise((resolve) => ws.on('close', () => resolve('dropped')));

    waiting.halfUpload = halfUpload(server, token);
    waiting.uploads = Promise.all(Array.from({ length: 6 }, () => outcome(send(server.baseUrl, 'POST', uploadPath,
        { headers: { ...bearer, 'Content-Type': 'multipart/form-data; boundary=b' }, body: part('y'.repeat(200_000)) }))));
    // Right passwords would end other sessions' attempts; wrong ones are compared as long.
    waiting.passwords = Promise.all(Array.from({ length: 8 }, (_, i) => outcome(send(server.baseUrl, 'POST', '/console/api/session/sign_in',
        { headers: { 'Content-Type': 'application/json', Origin: server.baseUrl }, body: JSON.stringify({ user: `nobody${i}`, password: 'a long enough one' }) }))));
    waiting.errands = Promise.all(Array.from({ length: 6 }, () => outcome(admin.call('POST', `apps/${app.app_id}`,
        { body: { request_url: `${site}/challenge` } }))));
    await eventually(() => asked, (urls) => urls.includes('/challenge'));
    return waiting;
}

// Writes without end; resolves to the stages that were acknowledged once nobody answers any more.
async function writeOn(client, orders) {
    const acknowledged = [];
    await Promise.all(orders.map(async (id, n) => {
        for (let i = 0; ; i++) {
            const stage = `w${n}-${i}`;
            try {
                const r = await client.call('POST', paths.progress, { body: { background_check_id: id, stage_id: stage, stage_name: stage, stage_time: String(Date.now()) } });
                if (r.code === 0) acknowledged.push([id, stage]);
            } catch {
                return;
            }
        }
    }));
    return acknowledged;
}

for (const drain of ['0s', '1s', '10s'])
    test(`SIGTERM with all kinds of waits and a drain of ${drain}`, async () => {
        asked.length = 0;
        const dir = demoDir();
        const orders = range(5, (i) => makeOrder(i + 40));
        importItems(dir, orders);
        const args = ['--threads', '2'];
        const config = `[server]\ndrain = ${drain}\n[fetch]\nallow = loopback\n`;
        const server = await startServer({ dir, args, config });
        const client = new Client(server), admin = await Person.of(server, 'admin');
        const waiting = await everythingWaits(server, admin, client, orders[4].order_id);
        const writing = writeOn(client, orders.slice(0, 4).map((o) => o.order_id));
        await eventually(async () => sql(dir, "SELECT count(*) AS n FROM background_check_order WHERE doc LIKE '%w0-3%'")[0].n, (n) => n > 0, { what: 'some writes' });

        const before = Date.now();
        await server.stop();
        const took = Date.now() - before;
        // An errand that has begun takes up to two seconds, which nobody can shorten; the upload that hangs takes the whole time.
        assert.ok(took < (parseInt(drain) * 1000 + 4000) * slow, `ended after ${took} ms`);
        assert.deepEqual(server.log.filter((l) => l.level === 'error'), []);

        const became = Object.fromEntries(await Promise.all(Object.entries(waiting).map(async ([name, p]) => [name, await p])));
        const some = (name, ...allowed) => [became[name]].flat().forEach((x) => assert.ok(allowed.includes(x), `${name}: ${JSON.stringify(became[name])}`));
        some('links', 503);
        some('stream', 'dropped');
        some('longConnection', 'dropped');
        some('halfUpload', 'dropped');
        some('uploads', 200, 'dropped');
        some('passwords', 401, 429, 'dropped');
        some('errands', 400, 'dropped');

        // Everything acknowledged is there, and so is the file of each row.
        const acknowledged = await writing;
        const again = await startServer({ dir, args });
        for (const { order_id } of orders.slice(0, 4)) {
            const { process_info_list } = await new Client(again).order(order_id);
            for (const [id, stage] of acknowledged)
                if (id === order_id) assert.ok(process_info_list.some((p) => p.process === stage), `${stage} is lost`);
        }
        assert.ok(acknowledged.length > 0);
        const rows = sql(dir, `SELECT ${hex16('id')} AS name FROM attachment`).map((r) => r.name);
        assert.ok(rows.length >= [became.uploads].flat().filter((s) => s === 200).length);
        const files = new Set(keptFiles(dir));
        for (const name of rows) assert.ok(files.has(name), name);
        await again.stop();
    });

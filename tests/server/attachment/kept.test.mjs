// SPDX-License-Identifier: Apache-2.0
//
// Kept files in PostgreSQL: uploads and downloads of any size with constant memory, what a slow client, an abort, a kill and a
// database that goes away leave behind, links, reports, erasure, and "hired check".
// store: sqlite: it is about PostgreSQL
// once
// weight: 20
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { importItems } from '../../lib/data.mjs';
import { advance, makeVendor, runOk, testClock } from '../../lib/events.mjs';
import { makePerson, upload } from '../../lib/person.mjs';
import { startPostgres } from '../../lib/postgres.mjs';
import { demoDir, hired, hiredOk, slow, startServer, tempDir } from '../../lib/server.mjs';

const MB = 1 << 20;
const P = '/open-apis/hire/v1/attachments';
const B = 'xxBOUNDARYxx';
const multipart = `multipart/form-data; boundary=${B}`;
const beginning = `--${B}\r\nContent-Disposition: form-data; name="content"; filename="big.bin"\r\n\r\n`;

const pg = await startPostgres(), url = pg.url(), dir = demoDir();
hiredOk(['migrate', '--from', dir, '--to', url, '--json']);
for (const name of fs.readdirSync(dir)) if (name !== 'demo.json') fs.rmSync(path.join(dir, name), { recursive: true });
process.env.HIRED_STORE = url; // for commands
const person = makePerson(0);
importItems(dir, person.records);
const start = (more = []) => startServer({ dir, args: ['--store', url, '--rate-limits', 'off', '--fetch-allow', 'loopback', ...testClock, ...more] });
let server = await start();
let client = new Client(server);
after(async () => {
    await server.stop();
    await pg.stop();
});

const count = (table) => Number(pg.sql(`SELECT COUNT(*) FROM ${table}`));
const chunks = () => count('kept_chunk');
const sha = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const get = (link, headers = {}, method = 'GET') => send(server.baseUrl, method, new URL(link).pathname, { headers });
const linkOf = async (id) => (await client.ok('GET', `${P}/${id}`, { query: { type: 3 } })).attachment.url;

// Content that is made as it is sent: "bytes" of it, whose SHA-256 is given with the answer.
function stream(bytes) {
    return new Promise((resolve, reject) => {
        client.token().then((token) => {
            const digest = crypto.createHash('sha256');
            const req = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path: P,
                headers: { 'Content-Type': multipart, Authorization: `Bearer ${token}`, 'Transfer-Encoding': 'chunked' } }, (res) => {
                let text = '';
                res.on('data', (d) => (text += d));
                res.on('end', () => resolve({ status: res.statusCode, body: JSON.parse(text), sha256: digest.digest('hex') }));
            });
            req.on('error', reject);
            req.write(beginning);
            let sent = 0;
            const more = () => {
                while (sent < bytes) {
                    const block = Buffer.alloc(Math.min(bytes - sent, 300_000), sent % 251);
                    sent += block.length;
                    digest.update(block);
                    if (!req.write(block)) return void req.once('drain', more);
                }
                req.end(`\r\n--${B}--\r\n`);
            };
            more();
        }, reject);
    });
}

// Begins a download and reads its head only; "read" goes on.
async function begin(link) {
    const socket = net.connect(server.port, '127.0.0.1'), got = [];
    let length = 0, ended = false;
    socket.on('error', () => {}).on('close', () => (ended = true));
    socket.write(`GET ${new URL(link).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    const first = socket.read(1000) ?? socket.read();
    const head = first.toString('latin1').split('\r\n\r\n')[0];
    length = Number(/content-length: (\d+)/i.exec(head)[1]);
    got.push(first.subarray(head.length + 4));
    return { socket, length, status: Number(head.split(' ')[1]),
        async rest() {
            socket.on('data', (d) => got.push(d));
            socket.resume();
            await eventually(() => ended || got.reduce((n, d) => n + d.length, 0) === length, (done) => done, { what: 'the end' });
            socket.destroy();
            return Buffer.concat(got);
        } };
}

test('what is uploaded at one node is sent by another at once, and what one removes the other does not send', async () => {
    const second = await startServer({ dir: tempDir(), args: ['--store', url, '--fetch-allow', 'loopback'] });
    const content = crypto.randomBytes(2 * MB + 5), id = await upload(server, client, 'two.bin', content);
    const there = async () => send(second.baseUrl, 'GET', new URL(await linkOf(id)).pathname);
    assert.deepEqual((await there()).bytes, content);
    const download = await begin(await linkOf(id)); // all of it is in the sockets' buffers
    pg.sql(`WITH f AS (DELETE FROM kept_file WHERE id = ${id} RETURNING content) DELETE FROM kept_chunk c USING f WHERE c.content = f.content`);
    assert.equal((await there()).status, 404);
    download.socket.destroy();
    pg.sql(`DELETE FROM attachment WHERE id = ${id}`);
    await second.stop();
});

let big;
test('40 MB are stored and sent with constant memory, also while another transaction writes', { timeout: 120_000 * slow }, async () => {
    const rss = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]);
    await upload(server, client, 'warm.bin', Buffer.alloc(3 * MB)); // connections and buffers
    const before = rss();
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, rss())), 10);
    big = await stream(40 * MB + 17);
    assert.equal(big.body.code, 0, JSON.stringify(big));
    assert.equal(pg.sql(`SELECT size || ' ' || sha256 FROM attachment WHERE id = ${big.body.data.id}`), `${40 * MB + 17} ${big.sha256}`);
    const { bytes, headers } = await get(big.body.data.url);
    clearInterval(timer);
    assert.equal(headers['content-length'], String(40 * MB + 17));
    assert.equal(sha(bytes), big.sha256);
    assert.ok(most - before < 16_384 * slow, `memory grew by ${most - before} KiB`);
    assert.ok(!fs.existsSync(path.join(dir, 'files')));

    const range = await get(big.body.data.url, { Range: `bytes=${MB - 5}-${2 * MB + 4}` }); // over three chunks
    assert.equal(range.status, 206);
    assert.equal(range.headers['content-range'], `bytes ${MB - 5}-${2 * MB + 4}/${40 * MB + 17}`);
    assert.deepEqual(range.bytes, bytes.subarray(MB - 5, 2 * MB + 5));
    assert.deepEqual((await get(big.body.data.url, { Range: 'bytes=-3' })).bytes, bytes.subarray(-3));
    assert.equal((await get(big.body.data.url, { Range: `bytes=${50 * MB}-` })).status, 416);
    const etag = headers.etag;
    assert.equal((await get(big.body.data.url, { Range: 'bytes=1-2', 'If-Range': etag })).status, 206);
    assert.equal((await get(big.body.data.url, { Range: 'bytes=1-2', 'If-Range': '"other"' })).status, 200);
    const only = await get(big.body.data.url, {}, 'HEAD');
    assert.deepEqual([only.status, only.headers['content-length'], only.bytes.length], [200, String(40 * MB + 17), 0]);
});

test('a client that does not read holds neither a connection nor a transaction; a file that goes ends its download', async () => {
    const downloads = await Promise.all(Array.from({ length: 12 }, () => begin(big.body.data.url)));
    for (const d of downloads) assert.deepEqual([d.status, d.length], [200, 40 * MB + 17]);
    await eventually(() => pg.sql("SELECT COUNT(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() AND query LIKE '%kept_%'"), (n) => n === '0');
    const small = await upload(server, client, 'small.txt', 'small'); // others are served meanwhile
    assert.equal((await get(await linkOf(small))).text, 'small');
    assert.equal(sha(await downloads[0].rest()), big.sha256);

    const { bytes: whole } = await get(big.body.data.url);
    pg.sql(`WITH f AS (DELETE FROM kept_file WHERE id = ${big.body.data.id} RETURNING content) DELETE FROM kept_chunk c USING f WHERE c.content = f.content`);
    const part = await downloads[1].rest();
    assert.ok(part.length < downloads[1].length, 'a removed file was sent whole');
    assert.deepEqual(part, whole.subarray(0, part.length));
    await server.logged((l) => l.msg === 'a file could not be sent' && l.why === 'it was removed meanwhile');
    for (const d of downloads) d.socket.destroy();
    assert.equal((await get(big.body.data.url)).status, 404);
    pg.sql(`DELETE FROM attachment WHERE id = ${big.body.data.id}`);
});

// Begins an upload and waits until a chunk of it is in the database.
async function beginUpload() {
    const before = chunks(), socket = net.connect(server.port, '127.0.0.1').on('error', () => {});
    socket.write(`POST ${P} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await client.token()}\r\nContent-Type: ${multipart}\r\nContent-Length: 9000000\r\n\r\n`);
    socket.write(beginning);
    socket.write(Buffer.alloc(3 * MB, 'x'));
    await eventually(chunks, (n) => n >= before + 2, { what: 'two chunks' });
    return { socket, before };
}

test('an upload that is broken off leaves nothing', async () => {
    const { socket, before } = await beginUpload();
    socket.destroy();
    await eventually(chunks, (n) => n === before, { what: 'the chunks to go' });
});

test('what a killed server leaves is not touched by another start, and removed when it is a day old', async () => {
    const { socket, before } = await beginUpload();
    await server.kill();
    socket.destroy();
    server = await start();
    const left = chunks();
    assert.ok(left > before, 'the upload left nothing');
    pg.sql('INSERT INTO kept_file (tenant, id, content, size, kept_s) SELECT tenant, 77, 4711, 1, kept_s FROM kept_file LIMIT 1');
    await eventually(async () => {
        await advance(server, 86_460_000); // to the next sweep, and past its second look
        return [chunks(), count('kept_file WHERE id = 77')];
    }, ([c, f]) => c === before && f === 0, { what: 'the removal', everyMs: 1000 });
    await server.logged((l) => l.level === 'warn' && /^removed unfinished file \d+ in the database: it was left unfinished$/.test(l.msg));
    await server.logged((l) => l.level === 'warn' && l.msg.startsWith('removed kept file 77 in the database: no record names it'));
    client = new Client(server); // its token was for a shorter time
});

test('a database that goes away ends downloads and uploads loudly, and both work again when it is back', async () => {
    const id = (await stream(30 * MB)).body.data.id, link = await linkOf(id);
    const download = await begin(link), before = chunks();
    const { socket } = await beginUpload();
    let answer = '';
    socket.on('data', (d) => (answer += d));
    await pg.stop('SIGQUIT');
    const part = await download.rest();
    assert.ok(part.length < download.length);
    await server.logged((l) => l.msg === 'a file could not be sent' && l.why === 'the database does not answer');
    socket.write(Buffer.alloc(4 * MB));
    await eventually(() => answer, (text) => text.includes('\r\n\r\n'));
    assert.match(answer, /^HTTP\/1\.1 503 /);
    assert.match(answer, /the database's server cannot be reached/);
    socket.destroy();
    assert.equal((await get(link)).status, 503);
    await pg.start();
    await eventually(() => get(link), (a) => a.status === 200);
    await eventually(() => send(server.baseUrl, 'GET', '/readyz'), (a) => a.status === 200);
    const next = await eventually(() => stream(2 * MB).catch(() => null), (a) => a?.body.code === 0);
    assert.equal(sha((await get(next.body.data.url)).bytes), next.sha256);
    pg.sql('DELETE FROM kept_chunk WHERE content NOT IN (SELECT content FROM kept_file)');
    assert.ok(chunks() <= before + 2);
});

test('a database that hangs costs bounded time and holds up no loop', { skip: !process.env.HIRED_TEST_LONG && 'it takes ten seconds: ./test --long' }, async () => {
    const link = (await stream(20 * MB)).body.data.url, download = await begin(link);
    const { socket } = await beginUpload();
    let answer = '';
    socket.on('data', (d) => (answer += d));
    const pids = pg.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND query LIKE '%kept_%' AND pid <> pg_backend_pid()").split('\n').map(Number);
    assert.ok(pids.length > 0);
    for (const pid of pids) process.kill(pid, 'SIGSTOP'); // the sessions for kept files, which are used again
    const begun = Date.now();
    let part;
    try {
        socket.write(Buffer.alloc(4 * MB));
        part = download.rest();
        await eventually(() => answer, (text) => text.includes('\r\n\r\n'));
        assert.match(answer, /^HTTP\/1\.1 503 /);
        await part; // cut off, or by another connection
        assert.ok(Date.now() - begun < 25_000 * slow, `it took ${Date.now() - begun} ms`);
        assert.equal((await send(server.baseUrl, 'GET', '/healthz')).status, 200);
    } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
        socket.destroy();
    }
    const { bytes } = await eventually(() => get(link), (a) => a.status === 200 && a.bytes.length === 20 * MB, { everyMs: 300 });
    assert.deepEqual(await part, bytes.subarray(0, (await part).length));
    pg.sql('DELETE FROM kept_chunk WHERE content NOT IN (SELECT content FROM kept_file)');
});

test('a full disk of the database is said so', async () => {
    pg.sql("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$");
    pg.sql('CREATE TRIGGER full_disk BEFORE INSERT ON kept_chunk FOR EACH ROW EXECUTE FUNCTION full_disk()');
    const r = await stream(10);
    assert.equal(r.status, 503);
    assert.match(r.body.error.message, /the database's disk has no room for further files/);
    pg.sql('DROP TRIGGER full_disk ON kept_chunk');
    assert.equal((await stream(10)).body.code, 0);
});

test('a report is fetched into the database; erasure removes it and what was uploaded', async () => {
    const report = Buffer.concat([Buffer.from('%PDF-1.4\n'), crypto.randomBytes(3 * MB)]);
    const site = http.createServer((req, res) => {
        res.writeHead(200, { 'Content-Type': 'application/pdf' });
        res.end(report);
    });
    await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
    const vendor = await makeVendor(server, { scopes: ['hire:background_check_order', 'hire:background_check_order:readonly'] });
    const { order_id: order } = await runOk(server, 'order', 'arrange', '--application', person.application, '--account', vendor.account_id, '--package', '基础版');
    await new Client(server, vendor).ok('POST', paths.progress, { body: { background_check_id: order, stage_id: 's', stage_name: 's', stage_time: '1710000000001',
        report_file_list: [{ report_name: 'a.pdf', report_url: `http://127.0.0.1:${site.address().port}/a.pdf` }] } });
    const { feedback_info_list: [{ attachment_url: link }] } = await client.order(order);
    assert.deepEqual((await get(link)).bytes, report);
    assert.equal(pg.sql(`SELECT sha256 FROM report_file WHERE order_id = ${order}`), sha(report));
    site.close();
    const resume = await upload(server, client, 'resume.pdf', Buffer.alloc(2 * MB + 1, 'r'));
    importItems(dir, [{ ...person.records[0], resume_attachment_id_list: [resume] }]);
    const files = count('kept_file'), before = chunks();
    hiredOk(['erase', person.talent, '--reason', 'asked for it', '--data', dir]);
    await eventually(() => [count('kept_file'), chunks()], ([f, c]) => f === files - 2 && c === before - 7, { what: 'the files to go' });
    assert.equal((await get(link)).status, 404);
});

test('"hired check" reads every file in the database', () => {
    const check = () => hired(['check', '--data', dir]);
    assert.equal(check().status, 0, check().stderr);
    const [id, content] = pg.sql('SELECT id, content FROM kept_file WHERE size > 1000000 LIMIT 1').split('|');
    pg.sql(`UPDATE kept_chunk SET bytes = set_byte(bytes, 1000, (get_byte(bytes, 1000) + 1) % 256) WHERE content = ${content} AND n = 0`);
    assert.match(check().stderr, new RegExp(`kept file ${id} in the database: the file of attachment ${id} differs from what was stored`));
    pg.sql(`DELETE FROM kept_chunk WHERE content = ${content} AND n = 1`);
    assert.match(check().stderr, new RegExp(`kept file ${id} in the database: the file of attachment ${id} is incomplete`));
    pg.sql(`DELETE FROM kept_file WHERE id = ${id}`);
    assert.match(check().stderr, new RegExp(`kept file ${id} in the database: the file of attachment ${id} is missing`));
});


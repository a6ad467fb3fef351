// SPDX-License-Identifier: Apache-2.0
//
// Attachments: uploads of every shape, refusals that leave nothing behind, what downloads look like, and links that end.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, send } from '../../lib/client.mjs';
import { coverage } from '../../lib/coverage.mjs';
import { importItems, keptFiles, sql } from '../../lib/data.mjs';
import { createApp, demoDir, root, slow, startServer } from '../../lib/server.mjs';
import { sqliteOnly } from '../../lib/store.mjs';

const dir = demoDir();
// A sanitizer keeps freed memory for a while; here it may keep little, so that what is measured is the server's own.
const env = { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=8` };
const server = await startServer({ dir, args: ['--rate-limits', 'off', '--test'], env });
const client = new Client(server);
const P = '/open-apis/hire/v1/attachments';
const B = 'xxBOUNDARYxx';
const type = { 'Content-Type': `multipart/form-data; boundary=${B}` };
const part = (disposition, content, headers = '') =>
    Buffer.concat([Buffer.from(`--${B}\r\nContent-Disposition: form-data; ${disposition}\r\n${headers}\r\n`), Buffer.from(content), Buffer.from('\r\n')]);
const body = (...parts) => Buffer.concat([...parts, Buffer.from(`--${B}--\r\n`)]);
const file = (name, content, headers) => part(`name="content"; filename="${name}"`, content, headers);

async function post(payload, headers = type, token) {
    const bearer = token ?? (await client.token());
    const answer = await send(server.baseUrl, 'POST', P, { headers: { Authorization: `Bearer ${bearer}`, ...headers }, body: payload });
    const { 'content-type': contentType } = answer.headers;
    assert.equal(contentType, 'application/json; charset=utf-8');
    const parsed = JSON.parse(answer.text);
    assert.match(answer.headers['x-tt-logid'], /^\d{14}[0-9A-F]{20}$/);
    assert.deepEqual(coverage.saw('POST', P, answer.status, parsed), []);
    return { status: answer.status, ...parsed };
}
async function upload(name, content) {
    const r = await post(body(file(name, content)));
    assert.equal(r.code, 0, JSON.stringify(r));
    return r.data;
}
async function refused(status, code, payload, headers) {
    const before = kept();
    const r = await post(payload, headers);
    assert.deepEqual([r.status, r.code], [status, code], JSON.stringify(r));
    assert.deepEqual(kept(), before, 'something was left behind');
    return r;
}
const kept = () => keptFiles(dir);
const get = (url, headers = {}, method = 'GET') => send(server.baseUrl, method, new URL(url).pathname, { headers });
const info = (id, query = { type: 3 }) => client.ok('GET', `${P}/${id}`, { query }).then((d) => d.attachment);

test('an upload gets the platform\'s response, and the download has the same bytes', async () => {
    const content = crypto.randomBytes(100_000);
    const r = await post(body(file('简历 v2.pdf', content)));
    assert.deepEqual([r.status, r.code, r.message, r.msg], [200, 0, 'OK', undefined]);
    assert.deepEqual(Object.keys(r.data).sort(), ['id', 'name', 'url']);
    assert.equal(r.data.name, '简历 v2.pdf');
    const d = await get(r.data.url);
    assert.equal(d.status, 200);
    assert.deepEqual(d.bytes, content);
    assert.equal(d.headers['content-type'], 'application/pdf');
    assert.equal(d.headers['content-disposition'], `inline; filename="__ v2.pdf"; filename*=UTF-8''%E7%AE%80%E5%8E%86%20v2.pdf`);
    assert.equal(d.headers['x-content-type-options'], 'nosniff');
    // No script: and no sandbox, in which some browsers show no PDF.
    assert.match(d.headers['content-security-policy'], /^default-src 'none';(?!.*(script-src|sandbox))/);
    assert.match((await get((await upload('x.html', '<script>1</script>')).url)).headers['content-security-policy'], /^default-src 'none';.* sandbox$/);
    const [row] = sql(dir, 'SELECT size, sha256, usage FROM attachment WHERE id = ?', r.data.id);
    assert.deepEqual([row.size, row.sha256, row.usage], [content.length, crypto.createHash('sha256').update(content).digest('hex'), 3]);
    const about = await info(r.data.id);
    assert.deepEqual([about.id, about.name, about.mime], [r.data.id, '简历 v2.pdf', 'application/pdf']);
    assert.ok(Math.abs(about.create_time - Date.now()) < 60_000);
    assert.deepEqual((await get(about.url)).bytes, content);
});

test('content may have any bytes, also bytes that look like a boundary', async () => {
    for (const content of [`\r\n--${B.slice(0, -1)}\r\n--`, `--${B}`, '\r\n', '\r', '\0', `\r\n-\r\n--\r\n--x`]) {
        const { url } = await upload('x.bin', content);
        assert.equal((await get(url)).bytes.toString('latin1'), content);
    }
});

test('names: RFC 5987, quotes, folders, none at all', async () => {
    const name = async (disposition) => (await post(body(part(disposition, 'x')))).data.name;
    assert.equal(await name(`name="content"; filename="a.pdf"; filename*=UTF-8''%E7%AE%80%E5%8E%86.pdf`), '简历.pdf');
    assert.equal(await name('name="content"; filename="a\\"b.pdf"'), 'a"b.pdf');
    assert.equal(await name('name="content"; filename="../../etc/passwd"'), 'passwd');
    assert.equal(await name('name="content"; filename="C:\\\\dir\\\\x.doc"'), 'x.doc');
    assert.equal(await name('name="content"; filename="C:\\dir\\y.doc"'), 'y.doc');
    assert.equal(await name('name=content; filename=plain.txt'), 'plain.txt');
    assert.equal(await name('name="content"'), 'file');
    assert.equal(await name('name="content"; filename=".."'), 'file');
    assert.equal(await name(`name="content"; filename*=UTF-8''a%0D%0Ab%7f.pdf`), 'ab.pdf');
    // Marks that change the direction of text would show "gpj.exe" as "exe.jpg"; what joins characters stays.
    assert.equal(await name(`name="content"; filename="a\u202Egpj\u202C\u2066b\u2069\u200F\u061C\u2028\u0085.exe"`), 'agpjb.exe');
    assert.equal(await name(`name="content"; filename="\u{1F468}\u200D\u{1F469}é\u00A0x.pdf"`), '\u{1F468}\u200D\u{1F469}é\u00A0x.pdf');
    assert.equal(Buffer.byteLength(await name(`name="content"; filename="${'长'.repeat(200)}"`)), 255);
});

test('a name that is too long is shortened before its extension', async () => {
    const { name, url } = await upload(`${'长'.repeat(200)}.pdf`, '%PDF-1.7');
    assert.equal(name, `${'长'.repeat(83)}.pdf`);
    assert.equal((await get(url)).headers['content-type'], 'application/pdf');
});

test('bodies as clients write them: browsers, Node, Python, curl, Go, Java', async () => {
    const file2 = (disposition) => part(`name="content"; ${disposition}`, 'x', 'Content-Type: application/pdf\r\n');
    const rows = {
        'the HTML standard: Chromium, undici, axios, OkHttp, requests, curl': [body(file2('filename="a%22b%0D%0Ac.pdf"')), 'a"bc.pdf'],
        'httpx, older requests': [body(file2('filename="a%22b\\\\c.pdf"')), 'c.pdf'],
        'Go, older curl': [body(file2('filename="a\\"b.pdf"')), 'a"b.pdf'],
        'form-data before 4.0.6': [body(file2('filename="a"b.pdf"')), 'a"b.pdf'],
        'a browser on a name that ends with a backslash': [body(file2('filename="a.pdf\\"')), 'file'],
        '.NET': [body(part(`name=content; filename="=?utf-8?B?5Y6G?="; filename*=utf-8''%E5%8E%86.pdf`, 'x')), '历.pdf'],
        'a filename* that cannot be read': [body(file2(`filename="a.pdf"; filename*=UTF-8''%E5%8`)), 'a.pdf'],
        'a line end before all': [Buffer.concat([Buffer.from('\r\n'), body(file2('filename="a.pdf"'))]), 'a.pdf'],
        'line ends after all': [Buffer.concat([body(file2('filename="a.pdf"')), Buffer.from('\r\n\r\n')]), 'a.pdf'],
        'no line end after all': [body(file2('filename="a.pdf"')).subarray(0, -2), 'a.pdf'],
    };
    for (const [who, [payload, name]] of Object.entries(rows)) {
        const r = await post(payload);
        assert.deepEqual([r.code, r.data?.name], [0, name], `${who}: ${JSON.stringify(r)}`);
        assert.equal((await get(r.data.url)).text, 'x', who);
    }
});

test("Node's own fetch and FormData", async () => {
    const form = new FormData();
    form.append('content', new Blob(['%PDF-1.7']), '简 "历"\r\n.pdf'); // Node 18 has no global File
    const r = await fetch(server.baseUrl + P, { method: 'POST', body: form, headers: { Authorization: `Bearer ${await client.token()}` } });
    const { data } = await r.json();
    assert.equal(data.name, '简 "历".pdf');
    assert.equal((await get(data.url)).headers['content-disposition'], `inline; filename="_ ___.pdf"; filename*=UTF-8''%E7%AE%80%20%22%E5%8E%86%22.pdf`);
});

test('fields that are not documented are ignored', async () => {
    const r = await post(body(part('name="file_name"', 'other.pdf'), file('a.txt', 'x'), part('name="more"; filename="b"', 'y')));
    assert.equal(r.data.name, 'a.txt');
});

test('content that a browser could execute is served with a harmless type', async () => {
    for (const [name, mime, shown] of [['a.html', 'application/octet-stream', false], ['a.htm', 'application/octet-stream', false],
        ['a.svg', 'application/octet-stream', false], ['a.xml', 'application/octet-stream', false], ['a.js', 'application/octet-stream', false],
        ['a', 'application/octet-stream', false], ['.pdf', 'application/octet-stream', false], ['a.PDF', 'application/pdf', true],
        ['a.png', 'image/png', true], ['a.txt', 'text/plain; charset=utf-8', false], ['a.zip', 'application/zip', false],
        ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', false]]) {
        const r = await post(body(file(name, '<script>alert(1)</script>', 'Content-Type: text/html\r\n')));
        const d = await get(r.data.url);
        assert.equal(d.headers['content-type'], mime, name);
        assert.match(d.headers['content-disposition'], shown ? /^inline;/ : /^attachment;/, name);
        assert.equal((await info(r.data.id)).mime, mime);
    }
});

test('parts of a file', async () => {
    const content = crypto.randomBytes(1000);
    const { url } = await upload('a.mp4', content);
    const whole = await get(url);
    assert.equal(whole.headers['accept-ranges'], 'bytes');
    for (const [range, from, to] of [['bytes=0-0', 0, 0], ['bytes=10-19', 10, 19], ['bytes=990-', 990, 999], ['bytes=-5', 995, 999],
        ['bytes=0-5000', 0, 999], ['bytes=-5000', 0, 999], ['Bytes=1-2', 1, 2]]) {
        const d = await get(url, { Range: range });
        assert.equal(d.status, 206, range);
        assert.equal(d.headers['content-range'], `bytes ${from}-${to}/1000`);
        assert.deepEqual(d.bytes, content.subarray(from, to + 1));
    }
    for (const range of ['bytes=1000-', 'bytes=1000-2000', 'bytes=-0']) {
        const d = await get(url, { Range: range });
        assert.deepEqual([d.status, d.headers['content-range']], [416, 'bytes */1000'], range);
    }
    for (const range of ['bytes=5-2', 'bytes=a-b', 'bytes=1-2,4-5', 'pages=1-2', 'bytes=', 'bytes=-', 'bytes=99999999999999999999-']) {
        const d = await get(url, { Range: range });
        assert.deepEqual([d.status, d.bytes.length], [200, 1000], range);
    }
    assert.equal((await get(url, { Range: 'bytes=0-1', 'If-Range': whole.headers.etag })).status, 206);
    assert.equal((await get(url, { Range: 'bytes=0-1', 'If-Range': '"else"' })).status, 200);
    const head = await get(url, {}, 'HEAD');
    assert.deepEqual([head.status, head.headers['content-length'], head.bytes.length], [200, '1000', 0]);
});

test('a rejected upload leaves no file', async () => {
    await refused(400, 99992402, body());
    await refused(400, 99992402, body(part('name="file"; filename="a"', 'x')));
    assert.match((await refused(400, 1002002, body(file('a', '')))).msg, /empty/);
    assert.match((await refused(400, 1002002, body(file('a', 'x'), file('b', 'y')))).msg, /twice/);
    assert.match((await refused(400, 1002002, file('a', 'x'))).msg, /ends before/);
    assert.match((await refused(400, 1002002, Buffer.concat([body(file('a', 'x')), Buffer.from('more')]))).msg, /follows/);
    assert.match((await refused(400, 1002002, '')).msg, /ends before/);
    for (const t of ['application/json', 'multipart/form-data', 'multipart/form-data; boundary=', 'text/plain']) {
        await refused(400, 1002002, body(file('a', 'x')), { 'Content-Type': t });
    }
    await refused(400, 1002002, body(part('name="content"; filename="a"', 'x', 'Content-Transfer-Encoding: base64\r\n')));
    await refused(400, 1002002, body(Buffer.concat([Buffer.from(`--${B}\r\nA: ${'x'.repeat(9000)}\r\n\r\n\r\n`)])));
    await refused(400, 1002002, body(...Array.from({ length: 17 }, (_, i) => part(`name="p${i}"`, 'x')), file('a', 'x')));
});

test('token and scope are checked before the body is read', async () => {
    const app = createApp(server, ['hire:attachment:readonly']);
    const poor = new Client(server, app);
    const early = (headers) => new Promise((resolve, reject) => {
        const req = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path: P,
            headers: { ...type, 'Content-Length': 200_000_000, ...headers } }, (res) => {
            let text = '';
            res.on('data', (d) => (text += d));
            res.on('end', () => { req.destroy(); resolve({ status: res.statusCode, body: JSON.parse(text) }); });
        });
        req.on('error', reject);
        req.write(`--${B}\r\n`);
    });
    const before = kept();
    const none = await early({});
    assert.deepEqual([none.status, none.body.code], [400, 99991661]);
    const scope = await early({ Authorization: `Bearer ${await poor.token()}` });
    assert.deepEqual([scope.status, scope.body.code], [400, 99991672]);
    const big = await early({ Authorization: `Bearer ${await client.token()}`, 'Content-Length': 300 * 1024 * 1024 + 70_000 });
    assert.deepEqual([big.status, big.body.code], [400, 1002002]);
    assert.match(big.body.msg, /314572800/);
    assert.deepEqual(kept(), before);
});

test('an interrupted upload leaves no file', sqliteOnly, async () => {
    const before = kept();
    const socket = net.connect(server.port, '127.0.0.1');
    socket.write(`POST ${P} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await client.token()}\r\nContent-Type: ${type['Content-Type']}\r\nContent-Length: 5000000\r\n\r\n`);
    socket.write(file('a.pdf', 'x'.repeat(100_000)).subarray(0, 90_000));
    await eventually(() => kept().filter((f) => f.endsWith('.draft')), (d) => d.length === 1, { what: 'a draft' });
    socket.destroy();
    await eventually(kept, (k) => k.length === before.length, { what: 'the draft to go' });
    assert.deepEqual(kept(), before);
});

// Sends content of that many bytes in chunks; resolves to the answer.
function stream(bytes) {
    return new Promise((resolve, reject) => {
        client.token().then((token) => {
            const req = http.request({ host: '127.0.0.1', port: server.port, method: 'POST', path: P,
                headers: { ...type, Authorization: `Bearer ${token}`, 'Transfer-Encoding': 'chunked' } }, (res) => {
                let text = '';
                res.on('data', (d) => (text += d));
                res.on('end', () => resolve({ status: res.statusCode, body: JSON.parse(text) }));
            });
            req.on('error', reject);
            req.write(`--${B}\r\nContent-Disposition: form-data; name="content"; filename="big.bin"\r\n\r\n`);
            const block = Buffer.alloc(1 << 20, 7);
            let left = bytes;
            const more = () => {
                while (left > 0) {
                    const n = Math.min(left, block.length);
                    left -= n;
                    if (!req.write(n === block.length ? block : block.subarray(0, n))) return void req.once('drain', more);
                }
                req.end(`\r\n--${B}--\r\n`);
            };
            more();
        }, reject);
    });
}

test('300 MB are accepted with constant memory; one byte more is rejected', { timeout: 300_000 * slow }, async () => {
    const rss = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]);
    const before = rss();
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, rss())), 20);
    const r = await stream(300 * 1024 * 1024);
    clearInterval(timer);
    assert.equal(r.body.code, 0, JSON.stringify(r));
    assert.ok(most - before < 16_384 * slow, `memory grew by ${most - before} KiB`);
    const head = await get(r.body.data.url, {}, 'HEAD');
    assert.equal(head.headers['content-length'], String(300 * 1024 * 1024));
    const end = await get(r.body.data.url, { Range: 'bytes=-3' });
    assert.deepEqual([...end.bytes], [7, 7, 7]);
    const files = kept().length;
    const over = await stream(300 * 1024 * 1024 + 1);
    assert.deepEqual([over.status, over.body.code], [400, 1002002]);
    await eventually(() => kept().length, (n) => n === files, { what: 'nothing to be left' });
});

test('attachments of the demo have their files; uploaded ones are of type 3 alone, and have no preview', async () => {
    const [first] = JSON.parse(fs.readFileSync(path.join(root, 'demo', 'attachments.json'), 'utf8')).data.items;
    const a = await info(first.id, {});
    assert.deepEqual({ ...a, url: first.url }, first);
    assert.ok((await get(a.url)).bytes.toString('latin1').startsWith('%PDF-'));
    const { url } = await client.ok('GET', `${P}/${first.id}/preview`);
    assert.ok((await get(url)).bytes.toString('latin1').startsWith('%PDF-'));
    for (const t of [2, 3]) await client.fails(400, 1002002, 'GET', `${P}/${first.id}`, { query: { type: t } });
    const mine = await upload('x.pdf', 'x');
    for (const query of [{}, { type: 1 }, { type: 2 }]) await client.fails(400, 1002002, 'GET', `${P}/${mine.id}`, { query });
    await client.fails(400, 99992402, 'GET', `${P}/${mine.id}`, { query: { type: 4 } });
    await client.fails(400, 1002002, 'GET', `${P}/${mine.id}/preview`);
    for (const id of ['1', 'x']) {
        await client.fails(400, 1002002, 'GET', `${P}/${id}`);
        await client.fails(400, 1002002, 'GET', `${P}/${id}/preview`);
    }
});

test('an imported attachment is returned with its imported link', async () => {
    const item = { id: '7998000000000000001', url: 'https://files.example.com/x', name: 'x.pdf', mime: 'application/pdf', create_time: 1772429139413 };
    importItems(dir, [item]);
    for (const t of [1, 2, 3]) assert.deepEqual(await info(item.id, { type: t }), item);
});

test('a check lists an uploaded file with its name and size', async () => {
    const a = await client.ok('POST', '/open-apis/hire/v1/external_applications', { body: { talent_id: '7612101107694875541' } });
    const mine = await upload('report.pdf', 'x'.repeat(1234));
    const { external_background_check: c } = await client.ok('POST', '/open-apis/hire/v1/external_background_checks',
        { body: { external_application_id: a.external_application.id, attachment_id_list: [mine.id] } });
    assert.deepEqual(c.attachment_list, [{ id: mine.id, name: 'report.pdf', size: 1234 }]);
});

test('an altered link is rejected', async () => {
    const { url } = await upload('x.pdf', 'x');
    const bad = url.slice(0, -1) + (url.endsWith('0') ? '1' : '0');
    assert.equal((await get(bad)).status, 404);
    assert.equal((await get(url.slice(0, -1))).status, 404);
});

test('drafts that a crash left are deleted at the next start', async () => {
    const own = demoDir();
    const draft = path.join(own, 'files', '0a', '000000000000000a.draft');
    fs.mkdirSync(path.dirname(draft), { recursive: true });
    fs.writeFileSync(draft, 'half');
    fs.writeFileSync(path.join(own, 'files', '0a', 'kept'), 'whole');
    const s = await startServer({ dir: own });
    assert.ok(!fs.existsSync(draft));
    assert.ok(fs.existsSync(path.join(own, 'files', '0a', 'kept')));
    await s.stop();
});

test('a server that is killed in the middle of an upload leaves no file after the next start', async () => {
    const own = demoDir();
    const first = await startServer({ dir: own });
    const token = await new Client(first).token();
    const drafts = () => fs.readdirSync(path.join(own, 'files')).flatMap((d) => fs.readdirSync(path.join(own, 'files', d))).filter((f) => f.endsWith('.draft'));
    const socket = net.connect(first.port, '127.0.0.1').on('error', () => {});
    socket.write(`POST ${P} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${type['Content-Type']}\r\nContent-Length: 5000000\r\n\r\n`);
    socket.write(file('a.pdf', 'x'.repeat(100_000)));
    await eventually(drafts, (d) => d.length === 1, { what: 'a draft' });
    await first.kill();
    socket.destroy();
    assert.equal(drafts().length, 1);
    const second = await startServer({ dir: own });
    assert.deepEqual(drafts(), []);
    assert.deepEqual(sql(own, 'SELECT COUNT(*) AS n FROM attachment WHERE usage = 3 AND size = 100000'), [{ n: 0 }]);
    await second.stop();
});

test('a link expires after half an hour', async () => {
    const { url } = await upload('x.pdf', 'x');
    const advance = (ms) => send(server.baseUrl, 'POST', '/test/clock', { body: JSON.stringify({ advance_ms: ms }), headers: { 'Content-Type': 'application/json' } });
    assert.equal((await advance(29 * 60_000)).status, 200);
    assert.equal((await get(url)).status, 200);
    await advance(60_000);
    assert.equal((await get(url)).status, 410);
});

test('ends cleanly', () => server.stop());

// SPDX-License-Identifier: Apache-2.0
//
// hired serve --upstream: what is passed on, what happens when a side is slow or breaks, and what is recorded.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import zlib from 'node:zlib';

import { Client, eventually, paths } from '../../lib/client.mjs';
import { fakeUpstream, readRecord, startRelay } from '../../lib/relay.mjs';
import { hired, startServer, tempDir } from '../../lib/server.mjs';

// One request on a connection of its own, as raw as node allows it.
function call(relay, method, target, { headers = {}, body, pieces } = {}) {
    return new Promise((resolve, reject) => {
        const req = http.request({ host: '127.0.0.1', port: relay.port, path: target, method, headers, agent: false }, (res) => {
            const parts = [];
            const end = (broken) => resolve({ status: res.statusCode, headers: res.headers, raw: res.rawHeaders, bytes: Buffer.concat(parts), broken });
            res.on('data', (d) => parts.push(d)).on('end', () => end(!res.complete)).on('error', () => end(true));
        });
        req.on('error', reject);
        for (const piece of pieces ?? []) req.write(piece);
        req.end(body);
    });
}

test('method, path, query, headers and bodies are passed on byte for byte', async () => {
    const seen = [];
    const all = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) & 255));
    const packed = zlib.gzipSync('{"code":0}');
    const up = await fakeUpstream((req, res) => {
        const parts = [];
        req.on('data', (d) => parts.push(d)).on('end', () => {
            seen.push({ method: req.method, url: req.url, raw: req.rawHeaders, body: Buffer.concat(parts) });
            if (req.url.startsWith('/none')) return res.writeHead(204, { 'X-Tt-Logid': 'none' }).end();
            if (req.url.startsWith('/old')) return res.writeHead(304, { ETag: '"a"' }).end();
            if (req.url.startsWith('/packed')) return res.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' }).end(packed);
            if (req.url.startsWith('/endless')) {
                res.writeHead(429, { 'Content-Type': 'text/x' });
                for (let i = 0; i < 20; i++) res.write(all);
                return res.end();
            }
            res.writeHead(418, [['X-Tt-Logid', 'L1'], ['x-ogw-ratelimit-limit', '100'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'],
                ['Content-Length', String(all.length)], ['Connection', 'X-Own'], ['X-Own', 'hop']].flat());
            return res.end(req.method === 'HEAD' ? undefined : all);
        });
    });
    const relay = await startRelay(up.url);
    const target = '/open-apis/a%2Fb/../c;d=1//e?x=%E4%BD%A0&y=a+b&&z';
    const r = await call(relay, 'PATCH', target, {
        headers: { Authorization: 'Bearer t-secret', 'X-Two': ['1', '2'], 'Accept-Encoding': 'gzip', Connection: 'close, X-Hop', 'X-Hop': '1', 'Content-Type': 'a/b', 'Content-Length': all.length }, body: all,
    });
    assert.equal(r.status, 418);
    assert.ok(r.bytes.equals(all));
    assert.deepEqual(r.headers['set-cookie'], ['a=1', 'b=2']);
    assert.deepEqual([r.headers['x-tt-logid'], r.headers['x-ogw-ratelimit-limit'], r.headers['x-own']], ['L1', '100', undefined]);
    const [got] = seen;
    assert.deepEqual([got.method, got.url], ['PATCH', target]);
    assert.ok(got.body.equals(all));
    const lines = got.raw.flatMap((v, i, raw) => (i % 2 ? [] : [`${v}: ${raw[i + 1]}`]));
    assert.deepEqual(lines.filter((l) => !/^(Via|Host|Content-Length|Connection): /.test(l)).sort(),
        ['Accept-Encoding: gzip', 'Authorization: Bearer t-secret', 'Content-Type: a/b', 'X-Two: 1', 'X-Two: 2']);
    assert.ok(lines.includes(`Host: ${new URL(up.url).host}`) && lines.includes(`Content-Length: ${all.length}`));
    assert.match(lines.find((l) => l.startsWith('Via: ')), /^Via: 1\.1 hired-[0-9a-f]{8}$/);

    assert.ok((await call(relay, 'POST', '/chunks', { pieces: [all, all, 'end'] })).bytes.equals(all));
    assert.ok(seen.at(-1).body.equals(Buffer.concat([all, all, Buffer.from('end')])));
    const head = await call(relay, 'HEAD', '/head');
    assert.deepEqual([head.status, head.headers['content-length'], head.bytes.length], [418, String(all.length), 0]);
    assert.deepEqual(await call(relay, 'GET', '/none').then((a) => [a.status, a.headers['x-tt-logid']]), [204, 'none']);
    assert.deepEqual(await call(relay, 'GET', '/old').then((a) => [a.status, a.headers.etag]), [304, '"a"']);
    assert.ok((await call(relay, 'GET', '/packed')).bytes.equals(packed));
    const long = await call(relay, 'GET', '/endless'); // of unknown length, with another status than 200
    assert.deepEqual([long.status, long.headers['content-type'], long.bytes.length], [429, 'text/x', 20 * all.length]);
    await call(relay, 'POST', '/empty', { headers: { 'Content-Length': 0 } });
    assert.deepEqual([seen.at(-1).method, seen.at(-1).raw.includes('Transfer-Encoding')], ['POST', false]);
    await relay.stop();
    await up.stop();
});

test('an upstream that fails, hangs or breaks off, and slow clients, hold no other call', async () => {
    const open = [];
    const up = await fakeUpstream((req, res) => {
        if (req.url === '/hang') return open.push(res);
        if (req.url === '/half') {
            res.writeHead(200, { 'Content-Length': 1000 });
            return res.write('x'.repeat(400), () => res.destroy());
        }
        if (req.url === '/reset') return req.socket.resetAndDestroy();
        if (req.url === '/large') return res.writeHead(200, { 'Content-Length': 40_000_000 }).end(Buffer.alloc(40_000_000));
        if (req.url === '/early') return res.writeHead(413, { 'Content-Length': 2, Connection: 'close' }).end('no');
        return res.end('quick');
    });
    const relay = await startRelay(up.url, ['--upstream-timeout', '1s']);
    const port = relay.port;
    const slow = net.connect(port, '127.0.0.1'); // reads nothing of 40 MB
    slow.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    slow.pause();
    const sender = net.connect(port, '127.0.0.1'); // announces a body and sends a part of it
    sender.write('POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc');
    const hung = call(relay, 'GET', '/hang');
    const begun = Date.now();
    assert.equal((await call(relay, 'GET', '/quick')).bytes.toString(), 'quick');
    assert.ok(Date.now() - begun < 900, 'a call waited for others');
    const late = await hung;
    assert.deepEqual([late.status, JSON.parse(late.bytes).code], [504, 504]);
    assert.match(JSON.parse(late.bytes).msg, /has sent nothing for 1 s/);
    const broken = await call(relay, 'GET', '/half').catch(() => ({ broken: true }));
    assert.equal(broken.broken, true, 'half an answer looks whole');
    const reset = await call(relay, 'GET', '/reset');
    assert.equal(reset.status, 502);
    assert.equal(reset.headers['x-hired-upstream'], 'no answer');
    // It answers before the body is there.
    const early = await call(relay, 'POST', '/early', { headers: { 'Content-Length': 3_000_000 }, body: Buffer.alloc(3_000_000) }).catch((e) => ({ status: e.code }));
    assert.ok([413, 502, 'ECONNRESET', 'EPIPE'].includes(early.status), String(early.status));
    assert.equal((await call(relay, 'GET', '/quick')).bytes.toString(), 'quick');
    slow.destroy();
    sender.destroy();
    await up.stop();
    const gone = await call(relay, 'GET', '/quick');
    assert.equal(gone.status, 502);
    assert.match(JSON.parse(gone.bytes).msg, /127\.0\.0\.1.*(refused|connect)/i);
    await relay.stop();
});

test('a server that would pass calls on to itself says so; options that do not fit are refused', async () => {
    let relay = null; // between the relay and itself is a server that passes on too
    const up = await fakeUpstream((req, res) => {
        http.get({ host: '127.0.0.1', port: relay.port, path: req.url, headers: req.headers, agent: false }, (a) => {
            res.writeHead(a.statusCode, a.headers);
            a.pipe(res);
        });
    });
    relay = await startRelay(up.url);
    const round = await call(relay, 'GET', '/a');
    assert.equal(round.status, 508);
    assert.match(JSON.parse(round.bytes).msg, /leads back to this server/);
    await relay.stop();
    await up.stop();
    for (const [args, said] of [
        [['--upstream', 'open.feishu.cn'], /begins with http:\/\/ or https:\/\//],
        [['--upstream', 'https://u:p@x'], /without user, query and fragment/],
        [['--upstream', 'https://x/'], /does not end with a slash/],
        [['--record', 'r'], /name it with --upstream URL/],
        [['--upstream', 'http://x', '--test', 'on'], /serves no records of its own; leave out --test/],
        [['--upstream', 'http://x', '--record-mask', 'on'], /--record-mask is for --record/],
    ]) {
        const r = hired(['serve', ...args], { env: { HIRED_STORE: '' } });
        assert.deepEqual([r.status, r.stdout], [2, '']);
        assert.match(r.stderr, said);
    }
});

test('exchanges are recorded without secrets, in files of its own, through a kill; values only if asked', async () => {
    const server = await startServer();
    const dir = path.join(tempDir(), 'rec'), masked = path.join(tempDir(), 'masked');
    let relay = await startRelay(server.baseUrl, ['--record', dir]);
    assert.match(relay.stdout, /THE RECORDS CONTAIN PERSONAL DATA/);
    const client = new Client({ ...server, demo: server.demo, baseUrl: relay.baseUrl, secrets: server.secrets });
    await client.ok('GET', paths.orders, { query: { page_size: 5 } });
    await eventually(() => readRecord(dir), (lines) => lines.length >= 2);
    relay.child.kill('SIGKILL');
    await relay.end();
    const first = fs.readdirSync(dir);
    fs.appendFileSync(path.join(dir, first[0]), '{"hired_record":1,"method":"GE'); // what a crash leaves
    relay = await startRelay(server.baseUrl, ['--record', dir]);
    const again = new Client({ ...server, demo: server.demo, baseUrl: relay.baseUrl, secrets: server.secrets });
    const token = await again.token();
    await again.ok('GET', paths.orders, { query: { page_size: 1 } });
    await relay.stop();
    assert.match(relay.stdout, /\d+ calls were recorded/);
    assert.deepEqual(fs.readdirSync(dir).sort(), ['exchanges-000001.jsonl', 'exchanges-000002.jsonl']);
    assert.equal(fs.statSync(dir).mode & 0o777, 0o700);
    for (const f of fs.readdirSync(dir)) assert.equal(fs.statSync(path.join(dir, f)).mode & 0o777, 0o600);
    const text = fs.readdirSync(dir).map((f) => fs.readFileSync(path.join(dir, f), 'utf8')).join('');
    for (const secret of [server.demo.app_secret, token]) assert.ok(!text.includes(secret), 'a secret was recorded');
    assert.ok(text.includes('王梓涵')); // the announced personal data
    const drift = hired(['drift', dir, '--json']);
    assert.equal(drift.status, 0, drift.stdout);
    assert.equal(JSON.parse(drift.stdout).torn_lines, 1);

    relay = await startRelay(server.baseUrl, ['--record', masked, '--record-mask', 'on']);
    assert.doesNotMatch(relay.stdout, /PERSONAL/);
    const third = new Client({ ...server, demo: server.demo, baseUrl: relay.baseUrl, secrets: server.secrets });
    const orders = await third.ok('GET', paths.orders, { query: { page_size: 100 } });
    await relay.stop();
    const kept = fs.readFileSync(path.join(masked, 'exchanges-000001.jsonl'), 'utf8');
    const values = new Set();
    const collect = (v) => (typeof v === 'string' ? values.add(v) : v && typeof v === 'object' && Object.values(v).forEach(collect));
    collect(orders.items);
    const long = [...values].filter((v) => (v.length >= 4 && !/^[a-z]+$/.test(v)) || /[^\x00-\x7f]/.test(v)); // not: documented values
    assert.ok(long.length > 100);
    assert.deepEqual(long.filter((v) => kept.includes(JSON.stringify(v).slice(1, -1))), []);
    const line = readRecord(masked).find((e) => e.path.endsWith('background_check_orders'));
    const item = JSON.parse(line.answer.text).data.items[0];
    assert.deepEqual([item.order_status, item.package, typeof item.order_id], [orders.items[0].order_status, 'masked', 'string']);
    await server.stop();
});

test('a full directory stops the recording, not the calls, and the log says so', async () => {
    const up = await fakeUpstream((req, res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ code: 0, x: 'y'.repeat(300_000) })));
    const dir = path.join(tempDir(), 'rec');
    const relay = await startRelay(up.url, ['--record', dir, '--record-max', '1M']);
    for (let i = 0; i < 6; i++) assert.equal((await call(relay, 'GET', '/a')).status, 200);
    const line = await relay.logged((l) => /EXCHANGES ARE NOT RECORDED/.test(l.msg));
    assert.match(line.msg, /the size of \[server\] record_max/);
    const bytes = fs.readdirSync(dir).reduce((n, f) => n + fs.statSync(path.join(dir, f)).size, 0);
    assert.ok(bytes <= 1 << 20 && bytes > 700_000, String(bytes));
    await relay.stop();
    assert.match(relay.stdout, /others were not/);
    const full = hired(['serve', '--upstream', up.url, '--record', dir, '--record-max', '1M', '--store-free-min', '1000000G'], { env: { HIRED_STORE: '' } });
    assert.equal(full.status, 1);
    assert.match(full.stderr, /cannot record to .*free/);
    await up.stop();
});

test('records whose directory is removed are reported as lost; a file that was moved away is followed by another', async () => {
    const up = await fakeUpstream((req, res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"code":0}'));
    const dir = path.join(tempDir(), 'rec'), relay = await startRelay(up.url, ['--record', dir]);
    const recorded = () => readRecord(dir).map((e) => e.path).join();
    assert.equal((await call(relay, 'GET', '/one')).status, 200);
    await eventually(recorded, (all) => all === '/one');
    for (const f of fs.readdirSync(dir)) fs.rmSync(path.join(dir, f));
    assert.equal((await call(relay, 'GET', '/two')).status, 200);
    await eventually(recorded, (all) => all === '/two');
    fs.rmSync(dir, { recursive: true });
    assert.equal((await call(relay, 'GET', '/three')).status, 200);
    const line = await relay.logged((l) => /EXCHANGES ARE NOT RECORDED/.test(l.msg));
    assert.match(line.msg, /the directory was removed/);
    await relay.stop();
    await up.stop();
});

test('heads that another program could read otherwise, and interim answers without end, are a fault of the upstream', async () => {
    const heads = { '/cr': 'X-A: a\rX-B: b\r\n', '/blank': 'X A: a\r\n', '/none': ': a\r\n', '/ctl': 'X-A: a\u0001\r\n', '/good': 'X-A: a\tb\r\n' };
    const up = net.createServer((s) => {
        s.on('error', () => {});
        s.on('data', (d) => {
            const target = String(d).split(' ')[1];
            if (heads[target]) return s.write(`HTTP/1.1 200 OK\r\n${heads[target]}Content-Length: 2\r\n\r\nok`);
            if (target === '/readyz') return s.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
            const timer = setInterval(() => s.write('HTTP/1.1 100 Continue\r\n\r\n'), 20);
            return s.on('close', () => clearInterval(timer));
        });
    });
    await new Promise((resolve) => up.listen(0, '127.0.0.1', resolve));
    const relay = await startRelay(`http://127.0.0.1:${up.address().port}`, ['--upstream-timeout', '1s']);
    for (const target of ['/cr', '/blank', '/none', '/ctl']) {
        const r = await call(relay, 'GET', target);
        assert.equal(r.status, 502, target);
        assert.match(String(r.bytes), /malformed header line/);
    }
    assert.equal((await call(relay, 'GET', '/good')).status, 200);
    assert.equal((await call(relay, 'GET', '/interim')).status, 504);
    await relay.stop();
    await new Promise((resolve) => up.close(resolve));
});

test('with masked values neither names of members and parameters nor unknown paths hold what a person entered', async () => {
    const own = 'Leatherhead', up = await fakeUpstream((req, res) => res.writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ code: 0, data: { 'Leatherhead Zhang': { 13900000001: 'Leatherhead' }, '13900000002': 1, items: [{ 'zhang@leatherhead.example': 1 }] }, 'of Leatherhead': 2 })));
    const dir = path.join(tempDir(), 'rec'), relay = await startRelay(up.url, ['--record', dir, '--record-mask', 'on']);
    const body = JSON.stringify({ 'Leatherhead-1': { 13900000001: 1 } });
    for (const target of [`/open-apis/mail/v1/users/zhang%40${own}.example/inbox`, '/open-apis/mail/v1/users/13900000001', `/open-apis/hire/v1/applications?${own}.Zhang&${own}%20b=1`])
        assert.equal((await call(relay, 'POST', target, { body, headers: { 'Content-Type': 'application/json' } })).status, 200);
    await relay.stop();
    const text = fs.readdirSync(dir).map((f) => fs.readFileSync(path.join(dir, f), 'utf8')).join('');
    assert.doesNotMatch(text, /leatherhead|1390000000/i);
    const [mail] = readRecord(dir);
    assert.equal(mail.path, '/open-apis/mail/v1/users/masked/inbox');
    assert.deepEqual(JSON.parse(mail.answer.text), { code: 0, data: { masked: { masked: 'masked' }, items: [{ masked: 0 }] }, masked: 0 });
    await up.stop();
});

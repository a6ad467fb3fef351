// SPDX-License-Identifier: Apache-2.0
//
// HTTP as bytes on a socket: what two parsers could read differently is refused with its status and a closed connection,
// and what is allowed works in every form. The rules stand in docs/HTTP.md.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';

import { eventually } from '../../lib/client.mjs';
import { slow, startServer } from '../../lib/server.mjs';

const server = await startServer({ args: ['--log-level', 'debug'] });
const { app_id, app_secret } = server.demo;
const tokenPath = '/open-apis/auth/v3/tenant_access_token/internal';
const credentials = JSON.stringify({ app_id, app_secret });

// The whole answers at the beginning of the text, taken apart by their Content-Length: [{status, headers, body}], and the rest.
function wholeAnswers(text, { head = false } = {}) {
    const all = [];
    for (;;) {
        const end = text.indexOf('\r\n\r\n');
        if (!text.startsWith('HTTP/1.1 ') || end < 0) return { all, rest: text };
        const [line, ...lines] = text.slice(0, end).split('\r\n');
        const headers = Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]));
        const status = Number(line.split(' ')[1]);
        const length = head || status < 200 ? 0 : Number(headers['content-length']);
        assert.ok(Number.isInteger(length), `no Content-Length in ${JSON.stringify(line)}`);
        if (text.length < end + 4 + length) return { all, rest: text };
        all.push({ status, headers, body: text.slice(end + 4, end + 4 + length) });
        text = text.slice(end + 4 + length);
    }
}

// Every answer in the text; there must be nothing else.
function answers(text, o) {
    const { all, rest } = wholeAnswers(text, o);
    assert.equal(rest, '', 'not a whole answer');
    return all;
}

// Sends the chunks, each on its own where everyMs is set, and reads until the server closes or, where until is set, until so
// many answers have come. after: what is sent then, one after the other, each for one more answer: who gets it knows that
// nothing else came before and that the connection is open. Resolves to {text, closed}.
function talk(chunks, { until = Infinity, after = [], everyMs = 0, head = false } = {}) {
    return new Promise((resolve) => {
        const socket = net.connect({ port: server.port, host: '127.0.0.1', noDelay: true });
        let text = '', sent = 0;
        let timer;
        const finish = (closed) => {
            clearInterval(timer);
            socket.destroy();
            resolve({ text, closed });
        };
        socket.setTimeout(30_000 * slow, () => finish(false));
        socket.on('data', (d) => {
            text += d.toString('latin1');
            if (wholeAnswers(text, { head }).all.length < until + sent) return;
            if (sent < after.length) socket.write(after[sent++]);
            else finish(false);
        });
        socket.on('end', () => finish(true));
        socket.on('error', (e) => {
            text += `[${e.code}]`;
            finish(true);
        });
        const queue = [...chunks].map((c) => (typeof c === 'string' ? Buffer.from(c, 'latin1') : c));
        if (everyMs) timer = setInterval(() => (queue.length > 0 ? socket.write(queue.shift()) : clearInterval(timer)), everyMs);
        else for (const c of queue) socket.write(c);
    });
}

const get = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (headers, body = '') => `POST ${tokenPath} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
const withHeader = (line) => `GET /healthz HTTP/1.1\r\nHost: x\r\n${line}\r\n\r\n`;
const withTarget = (target) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;

// name -> [status, bytes]. Behind each of them stands a second request, which must not be answered.
const refused = {
    'Content-Length and Transfer-Encoding': [400, post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    'Transfer-Encoding and Content-Length': [400, post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n')],
    'two differing Content-Length': [400, post('Content-Length: 2\r\nContent-Length: 40\r\n', '{}')],
    'the same Content-Length twice': [400, post('Content-Length: 2\r\nContent-Length: 2\r\n', '{}')],
    'Content-Length: +2': [400, post('Content-Length: +2\r\n', '{}')],
    'Content-Length: -1': [400, post('Content-Length: -1\r\n', '{}')],
    'Content-Length: 2, 2': [400, post('Content-Length: 2, 2\r\n', '{}')],
    'Content-Length: 2 2': [400, post('Content-Length: 2 2\r\n', '{}')],
    'Content-Length: 0x2': [400, post('Content-Length: 0x2\r\n', '{}')],
    'Content-Length: 2.0': [400, post('Content-Length: 2.0\r\n', '{}')],
    'an empty Content-Length': [400, post('Content-Length:\r\n', '{}')],
    'Content-Length: 2^63': [400, post('Content-Length: 9223372036854775808\r\n')],
    'Content-Length: 2^64 + 2': [400, post('Content-Length: 18446744073709551618\r\n', '{}')],
    'Content-Length: 2^63 - 1': [413, post('Content-Length: 9223372036854775807\r\n')],
    'Transfer-Encoding: gzip, chunked': [501, post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
    'Transfer-Encoding: identity': [501, post('Transfer-Encoding: identity\r\n')],
    'Transfer-Encoding: xchunked': [501, post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
    'Transfer-Encoding: chunked;q=1': [501, post('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n')],
    'an empty Transfer-Encoding': [501, post('Transfer-Encoding:\r\n', '0\r\n\r\n')],
    'two Transfer-Encoding': [501, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    'Transfer-Encoding with a vertical tab': [400, post('Transfer-Encoding:\x0bchunked\r\n', '0\r\n\r\n')],
    'Transfer-Encoding in HTTP/1.0': [400, `POST ${tokenPath} HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    'a chunk size that is none': [400, post('Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n')],
    'a chunk size of 2^64 + 2': [400, post('Transfer-Encoding: chunked\r\n', '10000000000000002\r\n{}\r\n0\r\n\r\n')],
    'a chunk size with 0x': [400, post('Transfer-Encoding: chunked\r\n', '0x2\r\n{}\r\n0\r\n\r\n')],
    'a chunk size with a sign': [400, post('Transfer-Encoding: chunked\r\n', '-2\r\n{}\r\n0\r\n\r\n')],
    'a chunk size with blanks': [400, post('Transfer-Encoding: chunked\r\n', '2 \r\n{}\r\n0\r\n\r\n')],
    'a chunk longer than its size': [400, post('Transfer-Encoding: chunked\r\n', '1\r\n{}\r\n0\r\n\r\n')],
    'a chunk size ended by a bare LF': [400, post('Transfer-Encoding: chunked\r\n', '2\n{}\r\n0\r\n\r\n')],
    'chunk data ended by a bare LF': [400, post('Transfer-Encoding: chunked\r\n', '2\r\n{}\n0\r\n\r\n')],
    'a control byte in a chunk extension': [400, post('Transfer-Encoding: chunked\r\n', '2;a\x01\r\n{}\r\n0\r\n\r\n')],
    'endless chunk extensions': [400, post('Transfer-Encoding: chunked\r\n', `2;${'x'.repeat(10000)}\r\n{}\r\n0\r\n\r\n`)],
    'endless trailers': [400, post('Transfer-Encoding: chunked\r\n', `2\r\n{}\r\n0\r\n${'T: v\r\n'.repeat(3000)}\r\n`)],
    'a folded trailer': [400, post('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\nT: v\r\n w\r\n\r\n')],
    'a chunk past the size of a body': [413, post('Transfer-Encoding: chunked\r\n', 'fffffff\r\n' + ' '.repeat(2 << 20))],

    'line feeds alone': [400, 'GET /healthz HTTP/1.1\nHost: x\n\n'],
    'a line feed alone after the request line': [400, 'GET /healthz HTTP/1.1\nHost: x\r\n\r\n'],
    'a line feed alone after a header': [400, 'GET /healthz HTTP/1.1\r\nHost: x\n\r\n'],
    'a line feed alone at the end': [400, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\n'],
    'a carriage return alone': [400, 'GET /healthz HTTP/1.1\rHost: x\r\n\r\n'],
    'a carriage return in a value': [400, withHeader('A: b\rc')],
    'NUL in a value': [400, withHeader('A: b\0c')],
    'NUL in a name': [400, withHeader('A\0: b')],
    'NUL in the target': [400, withTarget('/healthz\0')],
    'an escape sequence in a value': [400, withHeader('A: \x1b[2J')],
    'DEL in a value': [400, withHeader('A: \x7f')],
    'a blank before the colon': [400, withHeader('A : b')],
    'a tab before the colon': [400, withHeader('A\t: b')],
    'a blank before Host': [400, 'GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n'],
    'a folded header': [400, withHeader('A: b\r\n c')],
    'a header folded by a tab': [400, withHeader('A: b\r\n\tc')],
    'a header without a name': [400, withHeader(': b')],
    'a header without a colon': [400, withHeader('A')],
    'a bracket in a name': [400, withHeader('A[]: b')],
    'a byte past ASCII in a name': [400, withHeader('A\xe9: b')],

    'no Host': [400, 'GET /healthz HTTP/1.1\r\n\r\n'],
    'two Hosts': [400, withHeader('Host: x')],
    'an empty Host': [400, 'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n'],
    'Host with a path': [400, 'GET /healthz HTTP/1.1\r\nHost: x/y\r\n\r\n'],
    'Host with a user': [400, 'GET /healthz HTTP/1.1\r\nHost: u@x\r\n\r\n'],
    'Host with two names': [400, 'GET /healthz HTTP/1.1\r\nHost: x, y\r\n\r\n'],
    'Host with a port that is none': [400, 'GET /healthz HTTP/1.1\r\nHost: x:y\r\n\r\n'],
    'a target of another host': [400, withTarget('http://y/healthz')],

    'an at sign in the method': [400, 'G@T /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    'a byte past ASCII in the method': [400, 'G\xc9T /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    'a blank before the method': [400, ' GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    'two blanks before the target': [400, 'GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    'two blanks before the version': [400, 'GET /healthz  HTTP/1.1\r\nHost: x\r\n\r\n'],
    'a tab instead of a blank': [400, 'GET\t/healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    'a blank after the version': [400, 'GET /healthz HTTP/1.1 \r\nHost: x\r\n\r\n'],
    'a blank in the target': [400, withTarget('/health z')],
    'a byte past ASCII in the target': [400, withTarget('/health\xe9')],
    'a fragment in the target': [400, withTarget('/healthz#top')],
    'a target that is no path': [400, withTarget('healthz')],
    'a target of another scheme': [400, withTarget('ftp://x/healthz')],
    'a star as target': [400, withTarget('*')],
    'CONNECT': [400, 'CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    'no version': [400, 'GET /healthz\r\n\r\n'],
    'a version in small letters': [400, 'GET /healthz http/1.1\r\nHost: x\r\n\r\n'],
    'HTTP/1.10': [400, 'GET /healthz HTTP/1.10\r\nHost: x\r\n\r\n'],
    'HTTP/1.9': [505, 'GET /healthz HTTP/1.9\r\nHost: x\r\n\r\n'],
    'HTTP/0.9 with a version': [505, 'GET /healthz HTTP/0.9\r\nHost: x\r\n\r\n'],
    'HTTP/3.0': [505, 'GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n'],
    'the preface of HTTP/2': [505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    'empty lines before the request': [400, `\r\n\r\n${get}`],
    'TLS': [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],

    'an unknown Expect': [417, post('Content-Length: 2\r\nExpect: a-pony\r\n', '{}')],
    'a head too long': [431, withHeader(`A: ${'a'.repeat(100_000)}`)],
    'a target too long': [431, withTarget(`/${'a'.repeat(100_000)}`)],
    'too many headers': [431, withHeader('A: b\r\n'.repeat(2000) + 'A: b')],
};
for (const [name, [status, bytes]] of Object.entries(refused)) {
    test(`${status}, and closed: ${name}`, async () => {
        const { text, closed } = await talk([bytes, smuggled]);
        const all = answers(text);
        assert.deepEqual(all.map((a) => a.status), [status]);
        assert.equal(all[0].headers.connection, 'close');
        assert.ok(closed, 'the connection stays open');
    });
}

test('the log has the reason of each refusal, at level debug', async () => {
    const expected = Object.values(refused).length;
    const why = await eventually(() => server.log.filter((l) => l.level === 'debug' && l.why), (l) => l.length >= expected, { what: 'a line for each' });
    for (const status of [400, 413, 417, 431, 501, 505]) {
        assert.equal(why.filter((l) => l.status === String(status)).length,
            Object.values(refused).filter(([s]) => s === status).length, `refusals with ${status} in the log`);
    }
});

test('a refusal does not depend on how the bytes are split into packets', async () => {
    const bytes = refused['Content-Length and Transfer-Encoding'][1];
    const cuts = [1, 5, 20, bytes.indexOf('\r\n') + 1, bytes.indexOf('Content-Length'), bytes.indexOf('chunked') + 3, bytes.length - 6];
    await Promise.all(cuts.map(async (cut) => {
        const { text, closed } = await talk([bytes.slice(0, cut), bytes.slice(cut)], { everyMs: 20 });
        assert.deepEqual(answers(text).map((a) => a.status), [400], `cut at ${cut}`);
        assert.ok(closed);
    }));
});

test('requests before a malformed request are answered first', async () => {
    const { text, closed } = await talk([`${get}BROKEN\r\n\r\n`]);
    assert.deepEqual(answers(text).map((a) => a.status), [200, 400]);
    assert.ok(closed);
});

// name -> [statuses, bytes, closed afterwards]. The connection goes on unless said otherwise.
const served = {
    'a plain request': [[200], get, false],
    'one empty line before it': [[200], `\r\n${get}`, false],
    'many in one packet, in order': [Array(50).fill(200), get.repeat(50), false],
    'Connection: close': [[200], withHeader('Connection: close'), true],
    'Connection with several options': [[200], withHeader('Connection: foo, Close , bar'), true],
    'HTTP/1.0': [[200], 'GET /healthz HTTP/1.0\r\n\r\n', true],
    'HTTP/1.0 with keep-alive': [[200], 'GET /healthz HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n', false],
    'an absolute target': [[200], withTarget('http://X/healthz'), false],
    'names in any case': [[200], 'GET /healthz HTTP/1.1\r\nhOsT:x\r\n\r\n', false],
    'Host with a port, Host in brackets': [[200, 200], 'GET /healthz HTTP/1.1\r\nHost: x:80\r\n\r\nGET /healthz HTTP/1.1\r\nHost: [::1]:80\r\n\r\n', false],
    'values with tabs and bytes past ASCII': [[200], withHeader('A: \t b\tc\xe9 \t'), false],
    'an empty value': [[200], withHeader('A:'), false],
    'a body that nobody asked for': [[200, 200], `GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello${get}`, false],
};
for (const [name, [statuses, bytes, closes]] of Object.entries(served)) {
    test(`served: ${name}`, async () => {
        const { text, closed } = await talk([bytes], closes ? {} : { until: statuses.length, after: [get] });
        const all = answers(text);
        assert.deepEqual(all.map((a) => a.status), closes ? statuses : [...statuses, 200]);
        assert.equal(closed, closes);
        if (closes) assert.equal(all.at(-1).headers.connection, 'close');
        for (const a of all) assert.match(a.headers.date, /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
    });
}

const hasToken = (a) => {
    assert.equal(a.status, 200);
    assert.equal(JSON.parse(a.body).code, 0, a.body);
};
const chunked = (text, size) => {
    let all = '';
    for (let i = 0; i < text.length; i += size) {
        const piece = text.slice(i, i + size);
        all += `${piece.length.toString(16)};x="y"\r\n${piece}\r\n`;
    }
    return `${all}000\r\nTrailer: value\r\n\r\n`;
};

test('bodies with every framing, pipelined on one connection', async () => {
    const length = post(`Content-Length: ${credentials.length}\r\n`, credentials);
    const inChunks = (size) => post('Transfer-Encoding: chunked\r\n', chunked(credentials, size));
    const { text, closed } = await talk([length + inChunks(1) + inChunks(7) + length + inChunks(1000) + get], { until: 6 });
    const all = answers(text);
    assert.equal(all.length, 6);
    all.slice(0, 5).forEach(hasToken);
    assert.equal(closed, false);
});

test('a request may arrive byte by byte', async () => {
    const { text } = await talk(post(`Content-Length: ${credentials.length}\r\n`, credentials), { everyMs: 1, until: 1 });
    const inChunks = await talk(post('Transfer-Encoding: chunked\r\n', chunked(credentials, 10)), { everyMs: 1, until: 1 });
    answers(text).forEach(hasToken);
    answers(inChunks.text).forEach(hasToken);
    assert.equal(answers(text).length + answers(inChunks.text).length, 2);
});

test('Expect: 100-continue is answered before the body, unless the body is there or not wanted', async () => {
    const head = post(`Content-Length: ${credentials.length}\r\nExpect: 100-Continue\r\n`);
    const waited = await talk([head], { until: 1 });
    assert.equal(waited.text, 'HTTP/1.1 100 Continue\r\n\r\n');
    const polite = await talk([head], { until: 1, after: [credentials] });
    assert.deepEqual(answers(polite.text).map((a) => a.status), [100, 200]);
    const hasty = await talk([head + credentials], { until: 1, after: [get] });
    assert.deepEqual(answers(hasty.text).map((a) => a.status), [200, 200]);
    const tooLong = await talk([post('Content-Length: 99999999\r\nExpect: 100-continue\r\n')]);
    assert.deepEqual(answers(tooLong.text).map((a) => a.status), [413]);
    assert.ok(tooLong.closed);
});

// What promises a body that has no meaning there, and does not send it. Each is answered by its head and then closed: the
// bytes that are missing would have to be taken off the next request.
const bodiless = [['GET', '/healthz', 200], ['HEAD', '/healthz', 200], ['GET', '/open-apis/hire/v1/interviews', 400], ['GET', '/nothing', 404],
    ['GET', '/', 200], ['GET', '/files/x', 404], ['DELETE', '/open-apis/hire/v1/external_applications/1', 400], ['POST', '/nothing', 404],
    ['POST', '/open-apis/hire/v1/applications/1/recover', 400], ['POST', '/healthz', 405], ['POST', '/open-apis/hire/v1/offers', 501],
    ['PUT', '/open-apis/hire/v1/interviews', 405], ['OPTIONS', '*', 204], ['PROPFIND', '/open-apis/hire/v1/interviews', 405]];
const shared = [...bodiless.map((row) => [...row, 'Content-Length: 2\r\n']), ...bodiless.map((row) => [...row, 'Transfer-Encoding: chunked\r\n']),
    ...bodiless.map((row) => [...row, 'Content-Length: 2\r\nExpect: 100-continue\r\n'])];
test('a request whose body is not needed is answered after its head', async () => {
    const start = Date.now();
    await Promise.all(shared.map(async ([method, target, status, headers]) => {
        const head = method === 'HEAD' || method === 'OPTIONS';
        const { text, closed } = await talk([`${method} ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`], { head });
        const all = answers(text, { head });
        assert.deepEqual([all.map((a) => a.status), all[0].headers.connection, closed], [[status], 'close', true], `${method} ${target} ${headers}`);
    }));
    assert.ok(Date.now() - start < 10_000 * slow, 'it was waited for a body');
});

test('a body that is not needed and has arrived is discarded, and the connection stays open', async () => {
    for (const [method, target, status] of bodiless) {
        const head = method === 'HEAD' || method === 'OPTIONS';
        const request = (headers, body) => `${method} ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n${body}`;
        for (const bytes of [request('Content-Length: 2\r\n', '{}'), request('Transfer-Encoding: chunked\r\n', chunked('{}{}', 3))]) {
            const { text } = await talk([bytes + bytes], { until: 2, after: [request('', '')], head });
            assert.deepEqual(answers(text, { head }).map((a) => a.status), [status, status, status], `${method} ${target}`);
        }
    }
});

test('a body that arrives later is never parsed as a request', async () => {
    for (const [headers, body] of [[`Content-Length: ${smuggled.length}\r\n`, smuggled], ['Transfer-Encoding: chunked\r\n', chunked(smuggled, 5)]]) {
        const first = `GET /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
        await Promise.all([[first + body], [first, body], [first, body + smuggled], [first + body.slice(0, 7), body.slice(7) + smuggled]].map(async (pieces) => {
            const { text } = await talk(pieces, { everyMs: 20, ...(pieces.length === 1 ? { until: 1 } : {}) });
            assert.deepEqual(answers(text).map((a) => a.status), [200]);
        }));
    }
    const { text } = await talk([`GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: ${17 * 1024}\r\n\r\n`]);
    assert.deepEqual(answers(text).map((a) => a.status), [413]);
});

test('HEAD is answered as GET, without the body', async () => {
    const [byGet] = answers((await talk([get], { until: 1 })).text);
    const byHead = 'HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    const { text } = await talk([byHead], { until: 1, after: [byHead], head: true });
    const all = answers(text, { head: true });
    assert.deepEqual(all.map((a) => a.status), [200, 200]);
    for (const a of all) assert.equal(a.headers['content-length'], byGet.headers['content-length']);
});

for (const version of ['HTTP/1.1', 'HTTP/1.0']) {
    test(`OPTIONS lists the methods of a path, in ${version}`, async () => {
        const orders = '/open-apis/hire/v1/background_check_orders';
        const expected = {
            '*': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS', '/healthz': 'GET, HEAD, OPTIONS', '/metrics': 'GET, HEAD, OPTIONS',
            '/openapi.json': 'GET, HEAD, OPTIONS', '/': 'GET, HEAD, OPTIONS', '/files/x': 'GET, HEAD, OPTIONS', [tokenPath]: 'POST, OPTIONS',
            [orders]: 'GET, HEAD, OPTIONS', [`/${orders}`]: 'GET, HEAD, OPTIONS', '/open-apis/hire/v1/talents/1': 'GET, HEAD, OPTIONS',
            '/callback/ws/endpoint': 'POST, OPTIONS', '/ws/v2': 'GET, OPTIONS', '/console/api/events/stream': 'GET, OPTIONS',
        };
        for (const [target, allow] of Object.entries(expected)) {
            const { text } = await talk([`OPTIONS ${target} ${version}\r\nHost: x\r\nConnection: close\r\n\r\n`], { head: true });
            const [a] = answers(text, { head: true });
            assert.deepEqual([a.status, a.headers.allow, a.headers['content-length']], [204, allow, undefined], target);
        }
        const { text } = await talk([`OPTIONS /nothing ${version}\r\nHost: x\r\nConnection: close\r\n\r\n`]);
        assert.deepEqual([answers(text)[0].status, answers(text)[0].headers.allow], [404, undefined]);
    });
}

test('a path outside the API rejects an unsupported method and lists the allowed methods', async () => {
    for (const [method, target, allow] of [['POST', '/healthz', 'GET, HEAD, OPTIONS'], ['DELETE', '/files/x', 'GET, HEAD, OPTIONS'],
        ['GET', '/callback/ws/endpoint', 'POST, OPTIONS'], ['PUT', '/ws/v2', 'GET, OPTIONS']]) {
        const [a] = answers((await talk([`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`])).text);
        assert.deepEqual([a.status, a.headers.allow], [405, allow], `${method} ${target}`);
    }
});

test('a domain that ends with a slash works for the platform\'s clients, and no other path becomes reachable', async () => {
    const ask = async (method, target, body = '') => answers((await talk([`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`])).text)[0];
    for (const before of ['/', '//', '///', 'http://x/']) {
        assert.match((await ask('POST', before + tokenPath, credentials)).body, /"code":0,/);
        assert.match((await ask('GET', `${before}/open-apis/hire/v1/interviews`)).body, /"code":99991661,/);
        assert.match((await ask('POST', `${before}/callback/ws/endpoint`, JSON.stringify({ AppID: app_id, AppSecret: app_secret }))).body, /"URL":/);
    }
    for (const target of ['//healthz', '//metrics', '//openapi.json', '//files/x', '//console/api/session', '/open-apis//hire/v1/interviews',
        '/x//open-apis/hire/v1/interviews', '//open-apisx/hire/v1/interviews', '/.//open-apis/hire/v1/interviews'])
        assert.equal((await ask('GET', target)).status, 404, target);
});

test('a client that shuts down its sending side after the request still gets the response', async () => {
    const text = await new Promise((resolve, reject) => {
        const socket = net.connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
        let all = '';
        socket.on('data', (d) => (all += d)).on('end', () => resolve(all)).on('error', reject);
        socket.end(post(`Content-Length: ${credentials.length}\r\n`, credentials) + get);
    });
    assert.equal(answers(text).length, 2);
});

test('a connection reset at any point does not affect other connections', async () => {
    const pieces = ['', 'GET', 'GET /healthz HTTP/1.1\r\nHost: x\r\n', get, post('Content-Length: 100\r\n', '{'), post('Transfer-Encoding: chunked\r\n', '5\r\nab')];
    await Promise.all(Array.from({ length: 60 }, (_, i) => new Promise((resolve) => {
        const socket = net.connect(server.port, '127.0.0.1', () => {
            socket.write(pieces[i % pieces.length]);
            setTimeout(() => socket.resetAndDestroy?.() ?? socket.destroy(), i % 7);
        });
        socket.on('error', () => {}).on('close', resolve);
    })));
    assert.deepEqual(answers((await talk([get], { until: 1 })).text).map((a) => a.status), [200]);
});

test('ends cleanly, and its log has no secret', () => server.stop());

// SPDX-License-Identifier: Apache-2.0
//
// Bodies that are no JSON, or JSON that two parsers would read differently; bodies and heads far too large; requests that
// drip. Each is refused, the server lives on, and others are served meanwhile.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';

import { assertSame, Client, paths, send } from '../../lib/client.mjs';
import { slow, startServer } from '../../lib/server.mjs';

const server = await startServer({ config: '[http]\nhead_timeout = 1s\nbody_timeout = 1s\n' });
const client = new Client(server);
const order = (await client.orders({ page_size: 100 })).items.find((o) => o.order_status === 2);
const body = (name, more = '') => `{"background_check_id":"${order.order_id}","stage_id":"h","stage_name":${name},"stage_time":"${Date.now() + 86_400_000}"${more}}`;

const hostile = {
    'nothing': '',
    'blanks': '   \n',
    'a number': '1',
    'a text': '"x"',
    'a list': '[]',
    'null': 'null',
    'true': 'true',
    'a member twice': body('"a"', ',"stage_name":"b"'),
    'a member twice, one escaped': body('"a"', ',"stage\\u005fname":"b"'),
    'a member twice, deep inside': body('"a"', ',"report_file_list":[{"report_name":"a","report_name":"b","report_url":"https://x.example/a"}]'),
    'bad UTF-8': Buffer.concat([Buffer.from('{"stage_name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    'overlong UTF-8': Buffer.concat([Buffer.from('{"stage_name":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    'a surrogate in UTF-8': Buffer.concat([Buffer.from('{"stage_name":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    'a code point past the last': Buffer.concat([Buffer.from('{"stage_name":"'), Buffer.from([0xf4, 0x90, 0x80, 0x80]), Buffer.from('"}')]),
    'a lone high surrogate': body('"\\ud800"'),
    'a lone low surrogate': body('"\\udc00"'),
    'two high surrogates': body('"\\ud800\\ud800"'),
    'a number that is none: 1e400': body('"a"', ',"x":1e400'),
    'a number that is none: NaN': body('"a"', ',"x":NaN'),
    'a number that is none: Infinity': body('"a"', ',"x":-Infinity'),
    'a number that is none: 01': body('"a"', ',"x":01'),
    'a number that is none: .5': body('"a"', ',"x":.5'),
    'a number that is none: 1.': body('"a"', ',"x":1.'),
    'a number that is none: +1': body('"a"', ',"x":+1'),
    'a number that is none: 0x10': body('"a"', ',"x":0x10'),
    'a number past 2^63': body('"a"', ',"x":9223372036854775808'),
    'text after the end': `${body('"a"')} x`,
    'a second value after the end': `${body('"a"')}{}`,
    'NUL after the end': `${body('"a"')}\0`,
    'a control byte in a text': body('"a\u0001"'),
    'a line end in a text': body('"a\nb"'),
    'a comment': `/* x */${body('"a"')}`,
    'a comma too many': body('"a"', ','),
    'single quotes': "{'a':1}",
    'a name without quotes': '{a:1}',
    'an escape that is none': body('"\\x41"'),
    'half an escape': body('"\\u00'),
    'a text without an end': '{"stage_name":"',
    'two byte order marks': `\ufeff\ufeff${body('"a"')}`,
    'UTF-16': Buffer.from(body('"a"'), 'utf16le'),
    'lists 100,000 deep': '['.repeat(100_000),
    'lists 100,000 deep, closed, within an object': `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'objects 100,000 deep': '{"x":'.repeat(100_000),
};
for (const [name, text] of Object.entries(hostile)) {
    test(`refused as 9499: ${name}`, async () => {
        for (const path of [paths.progress, paths.result]) await client.fails(400, 9499, 'POST', path, { body: text });
        assertSame(await client.order(order.order_id), order);
    });
}

test('the token endpoints reject the same bodies with a response that SDKs understand', async () => {
    for (const path of [paths.tenantToken, paths.appToken])
        for (const text of [hostile['a list'], hostile['bad UTF-8'], '{', '['.repeat(10_000)]) await client.fails(400, 9499, 'POST', path, { token: null, body: text });
});

test('an escaped NUL in a string is rejected, and the message names the member', async () => {
    const r = await client.fails(400, 9499, 'POST', paths.progress, { body: body('"before\\u0000after"') });
    assert.match(r.error.message, /^line 1, column \d+: the character \\u0000 is not accepted$/);
    assertSame(await client.order(order.order_id), order);
});

test('many members and long strings within the size limit are accepted', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`m${i}`, i]));
    await client.fails(400, 1002862, 'POST', paths.progress, {
        body: { background_check_id: '1', stage_id: '1', stage_name: 'x'.repeat(200_000), stage_time: '1', many },
    });
});

// What the server has computed so far: unlike the time that passes, it does not hang on what else the machine does.
function cpuMs() {
    const stat = fs.readFileSync(`/proc/${server.child.pid}/stat`, 'utf8');
    const [utime, stime] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
    return (utime + stime) * 10; // in ticks of 10 ms
}

test('member names whose hashes collide do not slow the server down', async () => {
    // Without a random seed these would be slow in several JSON libraries; here the time must stay small.
    const names = [];
    for (let i = 0; i < 30_000; i++) names.push(`"${i.toString(2).replaceAll('0', 'Aa').replaceAll('1', 'BB')}":1`);
    const before = cpuMs();
    await client.call('POST', paths.progress, { body: `{${names.join()}}` });
    assert.ok(cpuMs() - before < 3000 * slow);
});

// One raw request; resolves to the answer's text when the server closes or falls silent.
function raw(chunks, { everyMs = 0, silentMs = 30_000 * slow } = {}) {
    return new Promise((resolve) => {
        const socket = net.connect(server.port, '127.0.0.1');
        let text = '';
        const done = () => {
            clearInterval(timer);
            socket.destroy();
            resolve(text);
        };
        let timer;
        socket.setTimeout(silentMs, done);
        socket.on('data', (d) => (text += d.toString('latin1')));
        socket.on('close', done);
        socket.on('error', done);
        const queue = chunks[Symbol.iterator]();
        const more = () => {
            const { value, done: end } = queue.next();
            if (end) clearInterval(timer);
            else if (!socket.destroyed) socket.write(value);
        };
        if (everyMs) timer = setInterval(more, everyMs);
        else for (const c of chunks) socket.write(c);
    });
}
const status = (text) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

test('a body of 10 MB is refused with 413 and the connection closed', async () => {
    const token = await client.token();
    const head = `POST ${paths.progress} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
    const r = await raw([`${head}Content-Length: ${10 << 20}\r\n\r\n`, Buffer.alloc(10 << 20, 'x')]);
    assert.equal(status(r), 413, r.slice(0, 200));
    assert.match(r, /^Connection: close\r$/mi);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const c = await raw([`${head}Transfer-Encoding: chunked\r\n\r\n`, ...Array(160).fill(chunk)]);
    assert.equal(status(c), 413, c.slice(0, 200));
});

test('a head of 1 MB is refused with 431, in one line or in many', async () => {
    for (const head of [`X-Long: ${'x'.repeat(1 << 20)}\r\n`, 'X-Many: x\r\n'.repeat(100_000)]) {
        const r = await raw([`GET ${paths.orders} HTTP/1.1\r\nHost: x\r\n${head}\r\n`]);
        assert.equal(status(r), 431, r.slice(0, 200));
    }
    const r = await raw([`GET /${'x'.repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`]);
    assert.equal(status(r), 431, r.slice(0, 200));
});

test('a head or body that arrives too slowly is ended with 408', async () => {
    const dripping = `GET ${paths.orders} HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(1000)}`;
    const bodyDrip = function* drip() {
        yield `POST ${paths.tenantToken} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n`;
    };
    const [h, b] = await Promise.all([raw([...dripping].slice(0, 500), { everyMs: 50 }), raw([...bodyDrip()])]);
    assert.equal(status(h), 408, h.slice(0, 200));
    assert.equal(status(b), 408, b.slice(0, 200));
});

test('while a hundred connections send slowly, other requests are served at once', async () => {
    let over = false;
    const sockets = new Set();
    // One that is ended is followed by another, so that there are always so many; not when the server takes no more.
    const drip = () => {
        if (over) return;
        const s = net.connect(server.port, '127.0.0.1', () => s.write('GET / HTTP/1.1\r\nHost: x\r\nX-'));
        sockets.add(s);
        s.on('error', (e) => (over ||= e.code === 'ECONNREFUSED')).on('data', () => {}).on('close', () => {
            sockets.delete(s);
            drip();
        });
    };
    const waits = [];
    try {
        for (let i = 0; i < 100; i++) drip();
        for (let i = 0; i < 21; i++) {
            const start = performance.now();
            await client.ok('GET', paths.orders, { query: { page_size: 1 } });
            waits.push(performance.now() - start);
        }
    } finally {
        over = true;
        for (const s of sockets) s.destroy();
    }
    // Half of them: a machine that is busy with other things may hold up some.
    const median = waits.sort((a, b) => a - b)[10];
    assert.ok(median < 500 * slow, `half of the calls waited for ${median} ms`);
});

test('invalid request targets get an error in the API\'s format', async () => {
    for (const [target, expected, code] of [['/open-apis/', 404, 99991201], ['/open-apis/hire/v1/background_check_orders/', 200, 0],
        ['/open-apis/hire/v1/%62ackground_check_orders', 404, 99991201], ['/open-apis/../open-apis/hire/v1/background_check_orders', 404, 99991201],
        ['//open-apis/hire/v1/background_check_orders', 200, 0], ['/open-apis/hire/v1/background_check_orders%00', 404, 99991201],
        [`/open-apis/${'a/'.repeat(3000)}`, 404, 99991201]]) {
        const r = await send(server.baseUrl, 'GET', target, { headers: { Authorization: `Bearer ${await client.token()}` } });
        assert.deepEqual([r.status, JSON.parse(r.text).code], [expected, code], target.slice(0, 100));
    }
});

test('after all invalid requests the server answers as before', async () => {
    assert.equal((await client.orders({ page_size: 100 })).items.length, 12);
});

test('ends cleanly, and its log has no secret', () => server.stop());

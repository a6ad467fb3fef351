// SPDX-License-Identifier: Apache-2.0
//
// Where and how the server listens: IPv4, IPv6, every address, one thread or many.
import assert from 'node:assert/strict';
import os from 'node:os';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { demoDir, hired, hiredOk, readDemo, startServer } from '../../lib/server.mjs';

async function serves(o) {
    const server = await startServer(o);
    const client = new Client(server);
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.orders({ page_size: 100 })));
    for (const a of answers) assert.equal(a.items.length, 12);
    return server;
}

for (const threads of [1, 2, 5]) {
    test(`--threads ${threads}`, async () => {
        await (await serves({ args: ['--threads', String(threads)] })).stop();
    });
}

test('[::1], where there is IPv6', { skip: !Object.values(os.networkInterfaces()).flat().some((i) => i.address === '::1') }, async () => {
    const server = await serves({ listen: '[::1]:0' });
    assert.match(server.baseUrl, /^http:\/\/\[::1\]:\d+$/);
    await server.stop();
});

test('localhost, by its name', async () => {
    await (await serves({ listen: 'localhost:0' })).stop();
});

test('a server that listens on every address prints addresses that accept requests', async () => {
    const server = await startServer({ listen: '0.0.0.0:0' });
    assert.match(server.baseUrl, /:\d+$/);
    server.baseUrl = `http://127.0.0.1:${server.port}`;
    assert.equal((await new Client(server).orders({ page_size: 100 })).items.length, 12);
    await server.stop();
});

test('with base_url, no header of a request changes a link', async () => {
    const server = await startServer({ args: ['--base-url', 'https://hire.example.com'] });
    const client = new Client(server);
    for (const headers of [{ Host: 'evil.example.com' }, { 'X-Forwarded-Host': 'evil.example.com', 'X-Forwarded-Proto': 'http', Forwarded: 'host=evil.example.com' }]) {
        const { data } = await client.call('GET', paths.orders, { query: { page_size: 100 }, headers });
        const links = data.items.flatMap((o) => o.feedback_info_list ?? []).map((f) => f.attachment_url).filter(Boolean);
        assert.ok(links.length > 0);
        for (const l of links) assert.ok(l.startsWith('https://hire.example.com/'), l);
    }
    await server.stop();
});

test('links in responses have the address to which the request was sent', async () => {
    const server = await startServer({ listen: '0.0.0.0:0' });
    for (const host of ['127.0.0.1', 'localhost']) {
        server.baseUrl = `http://${host}:${server.port}`;
        const { items } = await new Client(server).orders({ page_size: 100 });
        const links = items.flatMap((o) => o.feedback_info_list ?? []).map((f) => f.attachment_url).filter(Boolean);
        assert.ok(links.length > 0);
        for (const l of links) assert.ok(l.startsWith(`${server.baseUrl}/`), l);
    }
    await server.stop();
});

test('app addresses --allow rejects an invalid address', () => {
    const dir = demoDir(), app = readDemo(dir).vendor_app_id;
    for (const bad of ['foo', '127.0.0.1/33', '127.1', '256.1.1.1', '1.2.3.4 foo', '10.0.0.0/8,::1/129']) {
        const r = hired(['app', 'addresses', app, '--allow', bad, '--data', dir]);
        assert.equal(r.status, 2, bad);
        assert.match(r.stderr, /--allow takes addresses and networks such as/, bad);
    }
    assert.equal(hiredOk(['app', 'addresses', app, '--data', dir]).addresses, undefined, 'any address, as before');
});

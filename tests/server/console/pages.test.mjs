// SPDX-License-Identifier: Apache-2.0
//
// The console's pages: headers, caching, compression, and what a browser gets at any address. The binary under test must
// have been built with the console.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';

import { send } from '../../lib/client.mjs';
import { startServer } from '../../lib/server.mjs';

let server, page;
const get = (path, headers = {}) => send(server.baseUrl, 'GET', path, { headers });
before(async () => {
    server = await startServer();
    page = await get('/');
    assert.doesNotMatch(page.text, /built without the web console/);
});
after(() => server.stop());

test('the start page has a strict Content-Security-Policy and is revalidated on each use', () => {
    assert.equal(page.status, 200);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(page.headers['cache-control'], 'no-cache');
    const policy = Object.fromEntries(page.headers['content-security-policy'].split('; ').map((p) => {
        const [name, ...sources] = p.split(' ');
        return [name, sources.join(' ')];
    }));
    assert.equal(policy['default-src'], "'self'");
    assert.equal(policy['script-src'], "'self'");
    assert.equal(policy['frame-ancestors'], "'none'");
    assert.equal(policy['base-uri'], "'none'");
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.equal(page.headers['referrer-policy'], 'no-referrer');
    assert.doesNotMatch(page.text, /<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=/i, 'no script within the page');
});

test('a page that the browser has cached gets 304', async () => {
    const again = await get('/', { 'If-None-Match': page.headers.etag });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    assert.equal((await get('/', { 'If-None-Match': '"other"' })).status, 200);
});

test('a browser gets the console at each of its addresses, and an API client gets 404', async () => {
    const html = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    assert.equal((await get('/orders/12', html)).text, page.text);
    for (const [path, headers] of [['/orders/12', {}], ['/open-apis/none', html], ['/console/api/none', html], ['/none.js', html]]) {
        const r = await get(path, headers);
        assert.equal(r.status, 404, path);
        assert.equal(JSON.parse(r.text).code, 99991201);
    }
});

test('HEAD returns the headers of GET without a body', async () => {
    const head = await send(server.baseUrl, 'HEAD', '/');
    assert.equal(head.status, 200);
    assert.equal(Number(head.headers['content-length']), page.bytes.length);
    assert.equal(head.text, '');
});

test('scripts and styles with a hash in the name are cached for a year, and are sent compressed', async () => {
    const parts = [...page.text.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]);
    assert.ok(parts.some((p) => p.startsWith('/app-')), 'the page has parts with a hash in their name');
    for (const part of parts) {
        const plain = await get(part);
        assert.equal(plain.status, 200, part);
        // A name with a hash always has the same content; other files are revalidated by their ETag.
        const hashed = /-[A-Z0-9]{8}\.(js|css)$/.test(part);
        assert.equal(plain.headers['cache-control'], hashed ? 'public, max-age=31536000, immutable' : 'no-cache', part);
        assert.match(plain.headers.etag, /^"[0-9a-f]{16}"$/);
        assert.equal(plain.headers['content-encoding'], undefined);
        const gzip = await get(part, { 'Accept-Encoding': 'gzip, deflate' });
        assert.equal(gzip.headers['content-encoding'], 'gzip');
        assert.equal(gzip.headers.vary, 'Accept-Encoding');
        assert.deepEqual(zlib.gunzipSync(gzip.bytes), plain.bytes);
        assert.equal((await get(part, { 'Accept-Encoding': 'gzip;q=0' })).headers['content-encoding'], undefined);
        const br = await get(part, { 'Accept-Encoding': 'gzip, br' });
        assert.equal(br.headers['content-encoding'], 'br');
        assert.deepEqual(zlib.brotliDecompressSync(br.bytes), plain.bytes);
    }
});

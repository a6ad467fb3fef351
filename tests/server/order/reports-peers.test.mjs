// SPDX-License-Identifier: Apache-2.0
// weight: 25
//
// Real responses of vendors' servers when a report is fetched: error pages with bodies, Retry-After, bytes before %PDF-,
// unrequested encodings, raw UTF-8 in links; and which report is fetched first if many are waiting.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import zlib from 'node:zlib';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { importItems, makeOrder, range, sql } from '../../lib/data.mjs';
import { arrange, makeVendor } from '../../lib/events.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(20_000, 'x\n'), Buffer.from('\n%%EOF\n')]);
const bomb = zlib.gzipSync(Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(20_000_000)]));
const asked = [];
const held = [];
const answers = {
    '/502': [502, { 'Content-Type': 'text/html' }, '<html><h1>Bad Gateway</h1></html>'],
    '/429': [429, { 'Content-Type': 'application/json', 'Retry-After': '100' }, '{"error":"slow down"}'],
    '/202': [202, { 'Retry-After': '90' }, 'not yet'],
    '/425': [425, {}, 'too early'],
    '/408': [408, {}, 'x'],
    '/503': [503, { 'Retry-After': '999999999' }, '%PDF-1.4 not a report all the same'],
    '/404': [404, { 'Content-Type': 'text/html' }, '<html>'],
    '/403': [403, {}, '%PDF-1.4'],
    '/login': [200, { 'Content-Type': 'text/html; charset=utf-8' }, '<html>please sign in</html>'],
    '/bom': [200, {}, Buffer.concat([Buffer.from('efbbbf', 'hex'), pdf])],
    '/line': [200, {}, Buffer.concat([Buffer.from('\r\n'), pdf])],
    '/1024': [200, {}, Buffer.concat([Buffer.alloc(1024, 'j'), pdf])],
    '/1025': [200, {}, Buffer.concat([Buffer.alloc(1025, 'j'), pdf])],
    '/gzip': [200, { 'Content-Encoding': 'gzip' }, zlib.gzipSync(pdf)],
    '/br': [200, { 'Content-Encoding': 'br' }, zlib.brotliCompressSync(pdf)],
    '/bomb': [200, { 'Content-Encoding': 'gzip' }, bomb],
};
const site = http.createServer((req, res) => {
    asked.push({ url: req.url, encoding: req.headers['accept-encoding'] });
    if (req.url.startsWith('/slow/')) return held.push(res);
    if (req.url === '/date') return res.writeHead(503, { 'Retry-After': new Date(Date.now() + 200_000).toUTCString() }).end('<html>');
    if (decodeURIComponent(req.url) === '/报告/王 五.pdf?名=é') return res.writeHead(200).end(pdf);
    const a = answers[req.url] ?? [200, {}, pdf];
    res.writeHead(a[0], a[1]).end(a[2]);
});
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
site.unref();
const base = `http://127.0.0.1:${site.address().port}`;

const dir = demoDir();
const own = range(40, (i) => makeOrder(i + 2000));
importItems(dir, own);
const server = await startServer({ dir, config: '[fetch]\nallow = loopback\nmax_size = 1M\n' });
const client = new Client(server);
let next = 0, stage = 1;

async function sendReports(c, id, urls, name = 'r.pdf') {
    await c.progress({
        background_check_id: id, stage_id: `s${stage}`, stage_name: '报告', stage_time: String(1710000000000 + stage++),
        report_file_list: urls.map((report_url) => ({ report_name: name, report_url })),
    });
}
async function sendReport(url, name) {
    const id = own[next++].order_id;
    await sendReports(client, id, [url.startsWith('/') ? base + url : url], name);
    return id;
}
const rows = (id) => sql(dir, 'SELECT * FROM report_file WHERE order_id = ? ORDER BY id', id);
const tried = (id) => eventually(() => rows(id)[0], (r) => r.attempts > 0, { what: 'an attempt' });
const download = async (id) => {
    const { attachment_url } = (await client.order(id)).feedback_info_list[0];
    return send(server.baseUrl, 'GET', attachment_url.slice(server.baseUrl.length));
};

for (const [path, least, most] of [['/502', 15, 16], ['/429', 100, 101], ['/202', 90, 91], ['/425', 15, 16], ['/408', 15, 16], ['/503', 86400, 86401], ['/date', 180, 201]]) {
    test(`${path}: judged by its status, and tried again when it may be`, async () => {
        const begun = Date.now();
        const row = await tried(await sendReport(path));
        assert.equal(row.state, 0);
        const after = (row.next_ms - begun) / 1000;
        assert.ok(after >= least && after <= most + (Date.now() - begun) / 1000, `again after ${after} s`);
        assert.match(row.error, new RegExp(`status ${path === '/date' ? 503 : path.slice(1)}`));
    });
}

for (const path of ['/404', '/403']) {
    test(`${path}: final, and its status is named`, async () => {
        const row = await tried(await sendReport(path));
        assert.equal(row.state, 2);
        assert.match(row.error, new RegExp(`status ${path.slice(1)}`));
    });
}

test('200 with a page: final; the status and the type are named', async () => {
    const row = await tried(await sendReport('/login'));
    assert.equal(row.state, 2);
    assert.equal(row.error, "the vendor's server answered with status 200, but what it sent (text/html) is not a PDF");
});

for (const path of ['/bom', '/line', '/1024']) {
    test(`${path} before %PDF-: a PDF, kept as it came, served as one`, async () => {
        const id = await sendReport(path);
        await eventually(() => rows(id)[0], (r) => r.state === 1, { what: 'the kept file' });
        const r = await download(id);
        assert.ok(r.bytes.equals(answers[path][2]));
        assert.match(r.headers['content-type'], /^application\/pdf/);
        assert.equal(r.headers['x-content-type-options'], 'nosniff');
    });
}

test('a file with 1025 bytes before %PDF- is not a PDF', async () => {
    assert.equal((await tried(await sendReport('/1025'))).state, 2);
});

test('unrequested content encodings are decoded, up to the size limit of stored files', async () => {
    for (const path of ['/gzip', '/br']) {
        const id = await sendReport(path);
        await eventually(() => rows(id)[0], (r) => r.state === 1, { what: `${path} to be kept` });
        assert.ok((await download(id)).bytes.equals(pdf), path);
        assert.equal(asked.find((a) => a.url === path).encoding, 'identity');
    }
    const row = await tried(await sendReport('/bomb'));
    assert.equal(row.state, 2);
    assert.match(row.error, /larger than this server keeps/);
    assert.ok(bomb.length < 100_000);
});

test('raw UTF-8 in a link is escaped', async () => {
    const id = await sendReport('/报告/王%20五.pdf?名=é');
    await eventually(() => rows(id)[0], (r) => r.state === 1, { what: 'the kept file' });
    assert.ok(asked.some((a) => a.url === '/%E6%8A%A5%E5%91%8A/%E7%8E%8B%20%E4%BA%94.pdf?%E5%90%8D=%C3%A9'));
});

test('the downloaded file has the name of the report', async () => {
    for (const [name, ascii, full] of [
        ['王五 背调报告', '__ ____.pdf', '%E7%8E%8B%E4%BA%94%20%E8%83%8C%E8%B0%83%E6%8A%A5%E5%91%8A.pdf'],
        ['Final "50%" a/b.PDF', 'Final _50__ a_b.PDF', 'Final%20%2250%25%22%20a_b.PDF'],
    ]) {
        const id = await sendReport(`/named-${next}`, name);
        await eventually(() => rows(id)[0], (r) => r.state === 1, { what: 'the kept file' });
        const r = await download(id);
        assert.equal(r.headers['content-disposition'], `inline; filename="${ascii}"; filename*=UTF-8''${full}`);
        assert.match(r.headers['content-type'], /^application\/pdf/);
    }
});

// A vendor, its client, and an order of its own.
async function vendorWithOrder() {
    const vendor = await makeVendor(server, { scopes: ['hire:background_check_order:readonly', 'hire:background_check_order'] });
    return { vendor, c: new Client(server, vendor), order: await arrange(server, vendor) };
}
const slow = range(100, (i) => `${base}/slow/${i}`);
const slowAsked = () => asked.filter((a) => a.url.startsWith('/slow/')).length;
let a, b;

test('100 links of one vendor to a site that does not answer do not delay the report of another vendor', async () => {
    [a, b] = [await vendorWithOrder(), await vendorWithOrder()];
    for (let i = 0; i < 100; i += 20) await sendReports(a.c, a.order, slow.slice(i, i + 20));
    await eventually(async () => slowAsked(), (n) => n === 2, { what: "the first of the slow vendor's" });
    await sendReports(b.c, b.order, [`${base}/of-b-1`, `${base}/of-b-2`, `${base}/of-b-3`]);
    await eventually(() => rows(b.order), (r) => r.every((x) => x.state === 1), { what: "the other vendor's reports" });
    assert.equal(slowAsked(), 2, 'a quarter of 8 places, and no turn more');
});

test('a report that a user opens is fetched before the other waiting reports of the same vendor', async () => {
    const more = await arrange(server, a.vendor);
    await sendReports(a.c, more, [`${base}/wanted`]);
    const listed = (await a.c.order(more)) ?? (await client.order(more));
    const r = await send(server.baseUrl, 'GET', listed.feedback_info_list[0].attachment_url.slice(server.baseUrl.length));
    assert.equal(r.status, 200);
    assert.ok(r.bytes.equals(pdf));
    assert.ok(asked.some((x) => x.url === '/wanted'));
    assert.ok(slowAsked() < 6, `${slowAsked()} of the 100 before it were asked for`);
});

test('a fetch from a very slow site is aborted long before the time limit of a fetch', async () => {
    const row = await eventually(() => rows(a.order), (all) => all.some((x) => x.attempts > 0), { what: 'a slow one to be given up' });
    assert.match(row.find((x) => x.attempts > 0).error, /too slow/i);
});

test('at most 1000 reports of one vendor wait; other vendors are not affected', async () => {
    const orders = [a.order];
    for (let i = 0; i < 4; i++) orders.push(await arrange(server, a.vendor));
    let refused;
    for (let i = 0; i < 60 && !refused; i++) {
        const r = await a.c.call('POST', paths.progress, {
            body: {
                background_check_id: orders[1 + (i % 4)], stage_id: `m${i}`, stage_name: '报告', stage_time: String(1720000000000 + i),
                report_file_list: slow.slice(0, 20).map((report_url) => ({ report_name: 'r', report_url: `${report_url}/${i}` })),
            },
        });
        if (r.code !== 0) refused = r;
        // An order has at most 200 reports.
        if (i === 35) orders.splice(1, 4, ...(await Promise.all(range(4, () => arrange(server, a.vendor)))));
    }
    assert.deepEqual([refused.status, refused.code], [400, 1002002]);
    assert.match(refused.msg, /report_file_list: \d+ reports of this vendor are still to be fetched, and at most 1000 may be/);
    const waiting = sql(dir, 'SELECT owner, COUNT(*) AS n FROM report_file WHERE state = 0 GROUP BY owner ORDER BY n DESC')[0].n;
    assert.ok(waiting > 900 && waiting <= 1000, `${waiting} wait`);
    await sendReports(b.c, b.order, [`${base}/of-b-4`]);
    await eventually(() => rows(b.order), (r) => r.length === 4 && r.every((x) => x.state === 1), { what: "the other vendor's report" });
});

test('ends cleanly', async () => {
    await server.stop();
    held.forEach((res) => res.destroy());
    site.closeAllConnections();
    site.close();
});

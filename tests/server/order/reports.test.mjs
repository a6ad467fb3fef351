// SPDX-License-Identifier: Apache-2.0
// weight: 15
//
// Report files: a PDF is fetched once from the vendor's URL, stored, and served by a signed link of this server. A file that is
// not a PDF, is too large, or is on a private address is rejected.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { importItems, makeOrder, range, sql } from '../../lib/data.mjs';
import { demoDir, namesOfThisMachine, startServer } from '../../lib/server.mjs';

const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1'), Buffer.alloc(50_000, 'x\n'), Buffer.from('\n%%EOF\n')]);
const big = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(3_000_000, 'y')]);
const asked = {};
const vendorSite = http.createServer((req, res) => {
    asked[req.url] = (asked[req.url] ?? 0) + 1;
    if (req.url === '/good.pdf') res.writeHead(200, { 'Content-Type': 'application/pdf' }).end(pdf);
    else if (req.url === '/private.pdf') res.writeHead(200, { 'Content-Type': 'application/pdf' }).end(pdf);
    else if (req.url === '/page.html') res.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>not a PDF</html>');
    else if (req.url === '/liar.pdf') res.writeHead(200, { 'Content-Type': 'application/pdf' }).end('<html>not a PDF</html>');
    else if (req.url === '/big.pdf') res.writeHead(200, { 'Content-Type': 'application/pdf' }).end(big);
    else if (req.url === '/endless.pdf') {
        res.writeHead(200, { 'Content-Type': 'application/pdf' });
        res.write('%PDF-1.4\n');
        const timer = setInterval(() => res.write(Buffer.alloc(200_000, 'z')), 10);
        res.on('close', () => clearInterval(timer));
    } else if (req.url === '/slow.pdf') setTimeout(() => res.writeHead(200, { 'Content-Type': 'application/pdf' }).end(pdf), 1000);
    else if (req.url === '/moved.pdf') res.writeHead(302, { Location: '/good.pdf' }).end();
    else if (req.url.startsWith('/to?')) res.writeHead(302, { Location: decodeURIComponent(req.url.slice(4)) }).end();
    else res.writeHead(404).end();
});
await new Promise((resolve) => vendorSite.listen(0, '127.0.0.1', resolve));
vendorSite.unref();
const site = `http://127.0.0.1:${vendorSite.address().port}`;

const fetching = '[fetch]\nallow = loopback\nmax_size = 1M\n';
const dir = demoDir();
const own = range(20, (i) => makeOrder(i + 900));
importItems(dir, own);
let server = await startServer({ dir, config: fetching });
const client = new Client(server);
let next = 0;

// Sends one report for a new order; resolves to the order's id.
async function sendReport(url, more = {}) {
    const id = own[next++].order_id;
    await client.progress({
        background_check_id: id, stage_id: '1', stage_name: '报告', stage_time: '1710000000001',
        report_file_list: [{ report_name: 'r.pdf', report_url: url, ...more }],
    });
    return id;
}
const report = async (id) => (await client.order(id)).feedback_info_list[0];
const fileRow = (id) => sql(dir, 'SELECT * FROM report_file WHERE order_id = ?', id)[0];
async function kept(id) {
    await eventually(() => fileRow(id), (row) => row.state === 1, { what: 'the kept file' });
    return report(id);
}

test('a report of type 1, or of none, is fetched, kept and handed out', async () => {
    for (const more of [{}, { report_url_type: 1 }]) {
        const id = await sendReport(`${site}/good.pdf`, more);
        const f = await kept(id);
        assert.equal(f.report_preview_url, undefined);
        const r = await send(server.baseUrl, 'GET', f.attachment_url.slice(server.baseUrl.length));
        assert.equal(r.status, 200);
        assert.match(r.headers['content-type'], /^application\/pdf/);
        assert.ok(r.bytes.equals(pdf), 'the same bytes');
        assert.equal(r.headers['x-content-type-options'], 'nosniff');
    }
});

test('a report is fetched once; the stored copy is served after the vendor removed it and after a restart', async () => {
    asked['/good.pdf'] = 0;
    const id = await sendReport(`${site}/good.pdf`);
    await kept(id);
    assert.equal(asked['/good.pdf'], 1);
    await server.stop();
    server = await startServer({ dir, config: fetching });
    client.server = server;
    const f = await kept(id);
    const r = await send(server.baseUrl, 'GET', f.attachment_url.slice(server.baseUrl.length));
    assert.ok(r.bytes.equals(pdf));
    assert.equal(asked['/good.pdf'], 1);
});

test('a link requested before the file has arrived waits for it; a client that disconnects meanwhile does no harm', async () => {
    const id = await sendReport(`${site}/slow.pdf`);
    const { attachment_url } = await report(id);
    const target = attachment_url.slice(server.baseUrl.length);
    const impatient = http.get(`${attachment_url}`, { agent: false });
    impatient.on('error', () => {});
    setTimeout(() => impatient.destroy(), 200);
    const r = await send(server.baseUrl, 'GET', target);
    assert.equal(r.status, 200);
    assert.ok(r.bytes.equals(pdf));
});

test('an altered link is refused', async () => {
    const id = await sendReport(`${site}/good.pdf`);
    const target = (await kept(id)).attachment_url.slice(server.baseUrl.length);
    assert.equal((await send(server.baseUrl, 'GET', target)).status, 200);
    let refused = 0;
    const from = target.lastIndexOf('/') + 1;
    for (let i = from; i < target.length; i++) {
        if (!/[A-Za-z0-9_-]/.test(target[i])) continue;
        const altered = target.slice(0, i) + (target[i] === '1' ? '2' : '1') + target.slice(i + 1);
        const r = await send(server.baseUrl, 'GET', altered);
        assert.ok(r.status >= 400 && r.status < 500, `${r.status} for ${altered}`);
        assert.ok(!r.bytes.includes('%PDF'));
        refused++;
    }
    assert.ok(refused > 20, `only ${refused} characters were tried`);
    for (const cut of [target.slice(0, -1), target.slice(0, from), `${target}1`]) {
        assert.ok((await send(server.baseUrl, 'GET', cut)).status >= 400);
    }
});

test('a download supports ranges and HEAD', async () => {
    const target = (await kept(await sendReport(`${site}/good.pdf`))).attachment_url.slice(server.baseUrl.length);
    const head = await send(server.baseUrl, 'HEAD', target);
    assert.equal(head.status, 200);
    assert.equal(Number(head.headers['content-length']), pdf.length);
    const part = await send(server.baseUrl, 'GET', target, { headers: { Range: 'bytes=10-19' } });
    assert.equal(part.status, 206);
    assert.ok(part.bytes.equals(pdf.subarray(10, 20)));
});

for (const [name, path] of [['a page that is no PDF', '/page.html'], ['a page that lies about it', '/liar.pdf'],
    ['a file over the set size', '/big.pdf'], ['a file without an end', '/endless.pdf'], ['a page that is not there', '/nothing.pdf']]) {
    test(`not kept: ${name}; its link says so`, async () => {
        const id = await sendReport(`${site}${path}`);
        const row = await eventually(() => fileRow(id), (r) => r.attempts > 0, { what: 'a try' });
        assert.notEqual(row.state, 1);
        assert.notEqual(row.error, '');
        await eventually(async () => {
            const { attachment_url } = await report(id);
            return send(server.baseUrl, 'GET', attachment_url.slice(server.baseUrl.length));
        }, (r) => r.status === 404 && /could not be fetched/.test(JSON.parse(r.text).msg), { what: 'the refusal' });
    });
}

test('a redirection is followed', async () => {
    const f = await kept(await sendReport(`${site}/moved.pdf`));
    assert.ok((await send(server.baseUrl, 'GET', f.attachment_url.slice(server.baseUrl.length))).bytes.equals(pdf));
});

const leadsNowhere = {
    'an address of a local network': ['http://10.0.0.1/x.pdf', /not a public one/],
    'a metadata service': ['http://169.254.169.254/latest/meta-data/', /not a public one/],
    'a metadata service, wrapped': ['http://[::ffff:169.254.169.254]/', /not a public one/],
    'the address that means every one': [`http://0.0.0.0:${vendorSite.address().port}/good.pdf`, /not a public one/],
    'a file': ['file:///etc/passwd', /not one of http or https|Protocol "file"/],
    'another protocol': [`gopher://127.0.0.1:${vendorSite.address().port}/_GET`, /not one of http or https|Protocol "gopher"/],
};
for (const [what, [to, why]] of Object.entries(leadsNowhere)) {
    test(`a redirection is not followed to ${what}`, async () => {
        const id = await sendReport(`${site}/to?${encodeURIComponent(to)}`);
        const row = await eventually(() => fileRow(id), (r) => r.attempts > 0, { what: 'a try' });
        assert.equal(row.state, 2, 'given up at once');
        assert.match(row.error, why);
    });
}

test('a preview link is handed out as it is and never fetched', async () => {
    const id = await sendReport(`${site}/preview`, { report_url_type: 2 });
    const marker = await sendReport(`${site}/good.pdf`);
    await kept(marker); // all that was to be fetched before has been
    const f = await report(id);
    assert.equal(f.report_preview_url, `${site}/preview`);
    assert.equal(f.attachment_url, undefined);
    assert.equal(asked['/preview'], undefined);
});

test('private addresses are refused unless the configuration allows them', async () => {
    const strict = await startServer({ dir: (() => {
        const d = demoDir();
        importItems(d, own);
        return d;
    })() });
    const c = new Client(strict);
    let stage = 1;
    for (const host of [...await namesOfThisMachine(), '127.0.0.1', 'localhost', '10.0.0.1', '192.168.1.1', '172.16.0.1', '169.254.169.254', '[::1]', '0.0.0.0',
        '[::ffff:127.0.0.1]', '[fd00::1]', '[fe80::1]', '127.1', '2130706433', '0x7f000001', '100.64.0.1']) {
        const id = own[stage].order_id;
        const r = await c.call('POST', paths.progress, {
            body: {
                background_check_id: id, stage_id: `s${stage++}`, stage_name: '报告', stage_time: '1710000000001',
                report_file_list: [{ report_name: 'r.pdf', report_url: `http://${host}:${vendorSite.address().port}/private.pdf` }],
            },
        });
        if (r.code === 0) { // a name: only its look-up tells
            const row = await eventually(() => sql(strict.dir, 'SELECT * FROM report_file WHERE order_id = ?', id)[0],
                (x) => x.attempts > 0, { what: `a try for ${host}` });
            assert.notEqual(row.state, 1, host);
        } else {
            assert.deepEqual([r.status, r.code], [400, 1002002], host);
            assert.match(r.msg, /report_url/);
        }
    }
    assert.equal(asked['/private.pdf'], undefined, 'nothing on a private address was asked');
    await strict.stop();
});

test('ends cleanly, and its log has no secret', async () => {
    await server.stop();
    vendorSite.closeAllConnections();
    vendorSite.close();
});

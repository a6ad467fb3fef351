// SPDX-License-Identifier: Apache-2.0
//
// A disk that becomes full: the server stops storing uploads and reports early, so that the database can still write, and
// stores them again when there is enough free space.
// store: sqlite: the disk is that of the data directory
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { checkEnvelope, Client, eventually, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { sql } from '../../lib/data.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

// The required free space: more than any disk has, so the disk always counts as full; and 0, so it never does.
const config = (free) => `[store]\nfree_min = ${free}\n[fetch]\nallow = loopback\n`;
const FULL = config('1048576G');
const ROOM = config('0');

const pdf = '%PDF-1.4\n%made up\n%%EOF\n';
const body = `--b\r\nContent-Disposition: form-data; name="content"; filename="a.pdf"\r\n\r\n${pdf}\r\n--b--\r\n`;

const site = http.createServer((req, res) => res.writeHead(200, { 'Content-Type': 'application/pdf' }).end(pdf));
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
site.unref();

const dir = demoDir();
let server = await startServer({ dir, config: FULL });
const admin = await Person.of(server, 'admin');
const order = (await new Client(server).orders({ page_size: 100 })).items.find((o) => o.order_status === 2).order_id;

async function upload(target, headers) {
    const r = await send(server.baseUrl, 'POST', target, { headers: { 'Content-Type': 'multipart/form-data; boundary=b', ...headers }, body });
    return { ...r, ...checkEnvelope(server, 'POST', target, r) };
}
const uploads = async () => [
    await upload('/open-apis/hire/v1/attachments', { Authorization: `Bearer ${await new Client(server).token()}` }),
    await upload('/console/api/attachments?usage=file', { Origin: server.baseUrl, Cookie: admin.cookie, 'X-Csrf-Token': admin.csrf }),
];
const files = () => fs.readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile() && path.basename(e.parentPath ?? e.path).length === 2).map((e) => e.name);
const reportRow = () => sql(dir, "SELECT * FROM report_file WHERE source_url LIKE '%/waits.pdf'")[0];

test('if the disk is full, uploads are rejected with the reason', async () => {
    const before = files();
    for (const r of await uploads()) {
        assert.deepEqual([r.status, r.headers['retry-after']], [503, '1'], r.text);
        assert.match(r.error.message, /no room for further files/);
    }
    assert.deepEqual(files(), before);
    assert.equal((await server.logged((l) => /no room for files/.test(l.msg))).level, 'warn');
});

test('if the disk is full, other writes succeed, and a report waits without using up an attempt', async () => {
    await admin.post('settings', {});
    await new Client(server).progress({
        background_check_id: order, stage_id: 'd', stage_name: 'disk', stage_time: String(Date.now() + 86_400_000),
        report_file_list: [{ report_name: 'r.pdf', report_url: `http://127.0.0.1:${site.address().port}/waits.pdf` }],
    });
    await server.logged((l) => /cannot keep report .*No space left/.test(l.msg));
    assert.deepEqual([reportRow().state, reportRow().attempts], [0, 0]);
});

test('SIGHUP: when there is free space again, uploads are accepted', async () => {
    fs.writeFileSync(path.join(dir, 'test.ini'), ROOM);
    server.child.kill('SIGHUP');
    await server.logged((l) => l.msg === 'configuration reread');
    for (const r of await uploads()) assert.equal(r.code, 0, r.text);
});

test('after a restart with free space the waiting report is fetched', async () => {
    await server.stop();
    server = await startServer({ dir, config: ROOM });
    await eventually(reportRow, (row) => row.state === 1, { what: 'the report that waited' });
    await server.stop();
    site.closeAllConnections();
});

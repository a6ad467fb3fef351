// SPDX-License-Identifier: Apache-2.0
//
// Where the console returns only the latest of many records, its response says that there are more.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';

import { eventually } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { importItems, makeOrder, meddle, range, sql } from '../../lib/data.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const dir = demoDir();
const tenant = sql(dir, "SELECT CAST(tenant AS TEXT) AS tenant FROM console_account LIMIT 1")[0].tenant;
const applications = sql(dir, 'SELECT CAST(id AS TEXT) AS id FROM application ORDER BY id LIMIT 2').map((r) => r.id);
importItems(dir, range(105, (i) => makeOrder(i, { application_id: applications[0] })));
const server = await startServer({ dir });
after(() => server.stop());
const admin = await Person.of(server, 'admin');

test("an application with more than 100 orders returns the latest 100 and says that there are more", async () => {
    const [many, few] = await Promise.all(applications.map((id) => admin.get(`applications/${id}`)));
    assert.deepEqual([many.orders.length, many.orders_more], [100, true]);
    assert.ok((few.orders ?? []).length < 100);
    assert.equal(few.orders_more, undefined);
    const all = await admin.walk('orders', { application_id: applications[0], page_size: 50 });
    assert.ok(all.length >= 105);
    assert.deepEqual(all.slice(0, 100).map((o) => o.id), many.orders.map((o) => o.id));
});

test('a list of choices for forms has at most 500 entries, and the response names the lists that were cut', async () => {
    assert.equal((await admin.get('references')).cut, undefined);
    meddle(dir, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 501)
        INSERT INTO reference_name (tenant, kind, id, name, search) SELECT ${tenant}, 'job', 900000 + i, 'job ' || i, 'job ' || i FROM n;`);
    const offers = await admin.get('references');
    assert.deepEqual([offers.jobs.length, offers.cut], [500, ['jobs']]);
});

test('the stream reports a changed interview even if a thousand other changes happened in the same millisecond', async () => {
    const told = [];
    const req = http.get(`${server.baseUrl}/console/api/events/stream`, { agent: false, headers: { Cookie: admin.cookie } }, (res) => {
        res.setEncoding('utf8').on('data', (text) => told.push(...text.split('\n').filter((l) => l.startsWith('data: ')).map((l) => JSON.parse(l.slice(6)))));
    });
    await new Promise((resolve) => req.on('response', resolve));
    const interview = '7200000000000009999';
    const last = BigInt(sql(dir, 'SELECT CAST(max(id) AS TEXT) AS id FROM console_audit')[0].id ?? 0);
    const at = Date.now() + 1;
    meddle(dir, `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        INSERT INTO console_audit (tenant, id, at_ms, actor_kind, actor, action, subject, detail, address, log_id)
        SELECT ${tenant}, ${last + (1n << 22n)} + i, ${at}, 1, 0, CASE i WHEN 0 THEN 'interview.reschedule' ELSE 'settings.update' END,
            CASE i WHEN 0 THEN '${interview}' ELSE '' END, '', '', '' FROM n;`);
    await eventually(() => told, (all) => all.some((e) => e.kind === 'interview' && e.id === interview), { what: 'the interview' });
    assert.equal(told.filter((e) => e.kind === 'interview').length, 1);
    req.on('error', () => {});
    req.destroy();
});

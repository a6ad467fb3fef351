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

test('a list of applications that finds few of many has short pages, whose tokens lead to all; a search for a rare name has not', async () => {
    const before = await admin.walk('applications', { page_size: 100 });
    const text = (query) => JSON.stringify(query);
    async function pagesOf(query) {
        const pages = [];
        for (let page_token, more = true; more;) {
            const page = await admin.get('applications', { page_size: 50, ...query, page_token });
            pages.push(page.items.map((a) => a.id));
            ({ page_token, has_more: more } = page);
            assert.ok(pages.length < 50, text(query));
        }
        return pages;
    }
    const job = before[0].job_id, later = Date.now() + 1000;
    meddle(dir, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)
        INSERT INTO application (tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc)
        SELECT ${tenant}, i, 7 + i % 3000, 5 + i % 2, 'new', 1, ${later} + i, '{}' FROM n;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
        INSERT INTO reference_name (tenant, kind, id, name, search) SELECT ${tenant}, 'talent', 6 + i, 'Zed ' || i, 'zed ' || i FROM n;
        INSERT INTO reference_name (tenant, kind, id, name, search) VALUES (${tenant}, 'job', 5, 'Zookeeper', 'zookeeper')`);
    for (const [query, f] of [
        [{ status: 2 }, (a) => a.active_status === 2],
        [{ stage_id: before[0].stage.id }, (a) => a.stage.id === before[0].stage.id],
        [{ job_id: job }, (a) => a.job_id === job],
        [{ status: 2, query: 'zed' }, () => false],
    ]) {
        const pages = await pagesOf(query);
        assert.deepEqual(pages.flat(), before.filter(f).map((a) => a.id), text(query));
        assert.ok(pages.length > 2 && pages[0].length === 0, text(query));
    }
    const name = before[5].talent_name;
    assert.deepEqual((await pagesOf({ query: name })).flat(), before.filter((a) => a.talent_name.includes(name)).map((a) => a.id));
    assert.deepEqual(await pagesOf({ query: 'zed 2999' }), [Array.from({ length: 15 }, (_, k) => String(2998 + (14 - k) * 3000))]);
    assert.deepEqual(await pagesOf({ query: 'nobody of that name' }), [[]]);
    // So many that they are walked, by person and by job.
    assert.deepEqual((await admin.get('applications', { query: 'ZED', page_size: 3 })).items.map((a) => a.id), ['45000', '44999', '44998']);
    assert.deepEqual((await admin.get('applications', { query: 'zoo', page_size: 3 })).items.map((a) => a.id), ['45000', '44998', '44996']);
    meddle(dir, `DELETE FROM application WHERE id <= 45000; DELETE FROM reference_name WHERE id <= 3006`);
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

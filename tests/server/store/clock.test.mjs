// SPDX-License-Identifier: Apache-2.0
//
// The server refuses to start if the system clock is wrong, until the operator confirms the clock. No waiting event is lost.
// store: sqlite: it sets SQLite's clock note back
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { meddle, sql } from '../../lib/data.mjs';
import { binary, demoDir, startServer } from '../../lib/server.mjs';

const DAY = 86_400_000;
const noted = (dir) => Number(sql(dir, "SELECT value FROM meta WHERE key = 'clock_ms'")[0].value);
const note = (dir, ms) => meddle(dir, `INSERT OR REPLACE INTO meta (key, value) VALUES ('clock_ms', '${ms}');`);
// A start that is expected to be refused.
const refused = (dir, ...more) => spawnSync(binary, ['serve', '--data', dir, '--listen', '127.0.0.1:0', ...more], { encoding: 'utf8', timeout: 60_000 });

test('if the clock is far from the last recorded time, the server does not start and names --accept-clock', async () => {
    const dir = demoDir();
    const server = await startServer({ dir });
    await server.stop();
    const last = noted(dir);
    assert.ok(Math.abs(Date.now() - last) < 120_000, 'the server has noted the time');

    for (const [ms, words] of [[Date.now() + 2 * 3_600_000, /is 119 minutes before|is 2 hours before/], [Date.now() - 40 * DAY, /is 40 days after/]]) {
        note(dir, ms);
        const r = refused(dir);
        assert.equal(r.status, 1);
        assert.match(r.stderr, words);
        assert.match(r.stderr, /start once with --accept-clock on/);
        assert.equal(noted(dir), ms, 'a refused start notes nothing');
    }
    const accepted = await startServer({ dir, args: ['--accept-clock', 'on'] });
    await accepted.stop();
    assert.ok(Math.abs(Date.now() - noted(dir)) < 120_000);
    const again = await startServer({ dir });
    await again.stop();
});

test('the server starts after a month without use, and with a clock that was set back by seconds', async () => {
    const dir = demoDir();
    for (const ms of [Date.now() - 31 * DAY, Date.now() + 20_000]) {
        note(dir, ms);
        const server = await startServer({ dir });
        await server.stop();
    }
});

test('if no time is recorded, the clock is compared with the newest timestamp in the database', async () => {
    const dir = demoDir();
    meddle(dir, `DELETE FROM meta WHERE key = 'clock_ms'; UPDATE tenant_stamp SET last_ms = ${Date.now() + 3 * DAY};`);
    const r = refused(dir);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /when this data directory was last in use/);
});

test('events that a wrong clock scheduled far ahead are rescheduled by their retry interval', async () => {
    const dir = demoDir();
    const far = Date.now() + 30 * DAY;
    meddle(dir, `
        INSERT INTO event (tenant, id, event_id, type, account_id, subject_id, created_ms, doc)
            SELECT id, 1, 'e1', 'hire.talent.deleted_v1', 0, 1, 1, '{}' FROM tenant LIMIT 1;
        INSERT INTO event_delivery (tenant, event, app, state, attempts, next_ms)
            SELECT tenant, 1, 900 + x.n, 0, x.n, ${far} FROM event JOIN (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) x WHERE event.id = 1;
        INSERT INTO event_delivery (tenant, event, app, state, attempts, next_ms) SELECT tenant, 1, 990, 2, 4, ${far} FROM event WHERE id = 1;`);
    const before = Date.now();
    const server = await startServer({ dir });
    await server.logged((l) => /the clock was ahead/.test(l.msg));
    const after = Date.now();
    const due = sql(dir, 'SELECT app, next_ms FROM event_delivery WHERE event = 1 AND state = 0 ORDER BY app');
    await server.stop();
    const rungs = [0, 15_000, 300_000, 3_600_000, 21_600_000];
    for (const { app, next_ms } of due) {
        const rung = rungs[app - 900];
        assert.ok(next_ms >= before + rung && next_ms <= after + rung, `${app}: ${next_ms - before} of ${rung}`);
    }
    assert.equal(sql(dir, 'SELECT next_ms FROM event_delivery WHERE app = 990')[0].next_ms, far, 'what is given up stays');
});

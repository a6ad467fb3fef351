// SPDX-License-Identifier: Apache-2.0
//
// A server verifies its database in the background ([store] scrub): damage is in the log, in /metrics and in /readyz; undamaged records
// are served on; the rate holds.
// store: sqlite: it is about checksums of SQLite's pages
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { meddle, sql } from '../../lib/data.mjs';
import { demoDir, hiredOk, startServer, tempDir } from '../../lib/server.mjs';

const metric = async (s, name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(`${s.baseUrl}/metrics`)).text())[1]);
const ready = async (s) => (await fetch(`${s.baseUrl}/readyz`)).json();
async function until(what, ms = 20_000) {
    for (const end = Date.now() + ms; ;) {
        const got = await what();
        if (got) return got;
        assert.ok(Date.now() < end, 'it did not come');
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
const passes = (s) => metric(s, 'hired_scrub_passes_total');

test('a pass over a whole database finds nothing', async () => {
    const s = await startServer({ config: '[store]\nscrub = 1G\n' });
    await until(async () => await passes(s) > 0);
    assert.equal(await metric(s, 'hired_scrub_findings'), 0);
    assert.ok(await metric(s, 'hired_scrub_last_timestamp_seconds') > Date.now() / 1000 - 60);
    assert.deepEqual(await ready(s), { status: 'ready' });
    assert.match(s.stderr, /"msg":"the database was verified","pages":"\d+","documents":"\d+","findings":"0"/);
    await s.stop();
});

test('a damaged page and a damaged document: log, metric, /readyz, and the server serves on', async () => {
    const dir = demoDir();
    hiredOk(['tenant', 'set', '--data', dir, '--approve-report', 'off']); // at its end all of the log is in the file
    const [{ root }] = sql(dir, "SELECT rootpage AS root FROM sqlite_schema WHERE name = 'order_history'"), page = sql(dir, 'PRAGMA page_size')[0].page_size;
    const file = path.join(dir, 'hired.db'), bytes = fs.readFileSync(file);
    bytes[root * page - 100] ^= 1;
    fs.writeFileSync(file, bytes);
    const s = await startServer({ dir, config: '[store]\nscrub = 1G\n' });
    await until(async () => await metric(s, 'hired_scrub_findings') > 0);
    assert.match(s.stderr, new RegExp(`the database is damaged: page ${root} of \\d+ \\(order_history\\): differs from its checksum`));
    assert.deepEqual(await ready(s), { status: 'ready', damaged: 1 });
    await s.stop();

    const other = demoDir(), [{ id }] = sql(other, 'SELECT CAST(MIN(id) AS TEXT) AS id FROM interview');
    meddle(other, `UPDATE interview SET doc = substr(doc, 1, length(doc) / 2) WHERE id = ${id}`);
    const t = await startServer({ dir: other, config: '[store]\nscrub = 1G\n' });
    await until(async () => await passes(t) > 0);
    assert.equal(await metric(t, 'hired_scrub_findings'), 1);
    assert.match(t.stderr, new RegExp(`the database is damaged: interview ${id} cannot be read: its record is damaged`));
    await t.stop();
});

test('the rate holds, can be changed while the server runs, and 0 ends it', async () => {
    const dir = demoDir(), s = await startServer({ dir, config: '[store]\nscrub = 300k\n' });
    await until(async () => await metric(s, 'hired_scrub_bytes_total') > 0);
    const from = await metric(s, 'hired_scrub_bytes_total'), begun = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const read = await metric(s, 'hired_scrub_bytes_total') - from, seconds = (Date.now() - begun) / 1000;
    assert.ok(read <= 300 * 1024 * seconds + 2 * 256 * 1024, `${read} bytes in ${seconds} s`);
    assert.equal(await passes(s), 0);
    await s.stop();

    const file = path.join(tempDir(), 'hired.ini'), rate = (text) => fs.writeFileSync(file, `[store]\nscrub = ${text}\n`);
    rate('0');
    const off = await startServer({ dir, args: ['--config', file] });
    await new Promise((resolve) => setTimeout(resolve, 2500)); // a pass begins a second after the start
    assert.equal(await metric(off, 'hired_scrub_bytes_total'), 0);
    rate('300k');
    off.child.kill('SIGHUP');
    await until(async () => await metric(off, 'hired_scrub_bytes_total') > 0);
    rate('0'); // ends the pass
    off.child.kill('SIGHUP');
    rate('1G');
    off.child.kill('SIGHUP');
    await until(async () => await passes(off) > 0);
    await off.stop();
});

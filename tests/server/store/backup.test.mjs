// SPDX-License-Identifier: Apache-2.0
//
// hired backup: a copy made during writes is complete and valid, and a server can use it directly. Incomplete or unsafe
// backups are rejected.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { importItems, makeOrder, range, sql } from '../../lib/data.mjs';
import { binary, demoDir, hired, hiredOk, startServer, tempDir } from '../../lib/server.mjs';

const kept = (dir) => fs.readdirSync(path.join(dir, 'files'), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile()).map((e) => e.name).sort();
const dir = demoDir();
importItems(dir, range(500, makeOrder));

// Runs the backup asynchronously, so that this process can write at the same time.
const backup = (to) => new Promise((resolve) => {
    const child = spawn(binary, ['backup', to, '--data', dir], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const s of [child.stdout, child.stderr]) s.on('data', (d) => { said += d; });
    child.on('close', (status) => resolve({ status, said }));
});

test('a backup made during writes is valid, can be served, and contains every write acknowledged before it started', async () => {
    const server = await startServer({ dir });
    const client = new Client(server);
    const token = await client.token();
    const told = [];
    let over = false, clock = 1_710_000_000_000;
    const writers = range(4, async (w) => {
        for (let i = 0; !over; i++) {
            const name = `w${w} ${i}`;
            const r = await client.call('POST', paths.progress, { token, body: {
                background_check_id: makeOrder(w * 100 + (i % 100)).order_id, stage_id: name, stage_name: name, stage_time: String(++clock),
            } });
            assert.equal(r.code, 0, r.text);
            told.push(name);
        }
    });
    const copies = [];
    for (let i = 0; i < 3; i++) {
        const before = [...told];
        const to = path.join(tempDir(), 'copy');
        const r = await backup(to);
        assert.equal(r.status, 0, r.said);
        copies.push({ to, before });
    }
    over = true;
    await Promise.all(writers);
    assert.ok(copies[2].before.length > 0, 'the writers wrote meanwhile');
    for (const { to, before } of copies) {
        assert.deepEqual(fs.readdirSync(path.dirname(to)), ['copy'], 'nothing stays beside it');
        assert.match(hiredOk(['check', '--data', to]), /all is well/);
        assert.deepEqual(kept(to), kept(dir));
        assert.equal(fs.statSync(to).mode & 0o777, 0o700);
        assert.equal(fs.statSync(path.join(to, 'hired.db')).mode & 0o777, 0o600);
        const stages = new Set(sql(to, 'SELECT stage_id FROM order_stage').map((s) => s.stage_id));
        for (const name of before) assert.ok(stages.has(name), `${name} was acknowledged and is missing`);
    }
    await server.stop();

    const restored = await startServer({ dir: copies[2].to });
    const reader = new Client(restored, { app_id: server.demo.app_id, app_secret: server.demo.app_secret });
    assert.ok((await reader.walk('GET', paths.orders, { query: { page_size: 100 } })).length >= 500);
    await restored.stop();
});

test('a backup fails if its directory, or the partial directory of an interrupted backup, exists already', () => {
    const there = tempDir();
    const to = path.join(tempDir(), 'copy');
    fs.mkdirSync(`${to}.partial`);
    for (const [name, why] of [[there, /exists already; a backup needs a new directory/], [`${to}/`, /partial exists already: .* remove it/]]) {
        const r = hired(['backup', name, '--data', dir]);
        assert.equal(r.status, 1);
        assert.match(r.stderr, why);
    }
    assert.deepEqual(fs.readdirSync(there), []);
    for (const [args, why] of [[[], /needs the directory to make/], [['a', 'b'], /no further word, such as "b"/]]) {
        const r = hired(['backup', ...args, '--data', dir]);
        assert.equal(r.status, 2);
        assert.match(r.stderr, why);
    }
});

test('a backup fails if a stored file is missing or changed, names the file, and leaves nothing behind', () => {
    for (const [spoil, why] of [[(f) => fs.appendFileSync(f, 'x'), /differs from the file that was stored/], [(f) => fs.rmSync(f), /is missing/]]) {
        const spoilt = demoDir();
        const name = kept(spoilt)[0];
        spoil(path.join(spoilt, 'files', name.slice(-2), name));
        const to = path.join(tempDir(), 'copy');
        const r = hired(['backup', to, '--data', spoilt]);
        assert.equal(r.status, 1);
        assert.match(r.stderr, why);
        assert.match(r.stderr, new RegExp(name));
        assert.deepEqual(fs.readdirSync(path.dirname(to)), []);
    }
});

test('--json says what was copied', () => {
    const to = path.join(tempDir(), 'a "quoted" copy');
    const said = hiredOk(['backup', to, '--json', '--data', dir]);
    assert.equal(said.directory, to);
    assert.equal(said.files, kept(dir).length);
    assert.ok(said.bytes > fs.statSync(path.join(to, 'hired.db')).size);
});

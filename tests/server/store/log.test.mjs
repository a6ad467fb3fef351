// SPDX-License-Identifier: Apache-2.0
//
// The write-ahead log has an end: a clean stop leaves none, so that hired.db alone has every write that was answered.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { importItems, makeOrder, range, sql } from '../../lib/data.mjs';
import { demoDir, startServer, tempDir } from '../../lib/server.mjs';

const N = 20;
let clock = 1_710_000_000_000;

// A directory with the N orders of importItems.
function withOrders() {
    const dir = demoDir();
    importItems(dir, range(N, makeOrder));
    return dir;
}

// Writes until over() says so, at least once; the ids of the stages that were answered.
async function load(server, over) {
    const client = new Client(server), token = await client.token(), told = [];
    await Promise.all(range(4, async () => {
        do {
            const id = `l${++clock}`;
            const r = await client.call('POST', paths.progress, { token, body: {
                background_check_id: makeOrder(clock % N).order_id, stage_id: id, stage_name: id, stage_time: String(clock) } }).catch(() => null);
            if (r?.code === 0) told.push(id);
        } while (!over());
    }));
    return told;
}

// The stages of told that hired.db has when it is copied without its log.
function inDatabaseAlone(dir, told) {
    const copy = tempDir();
    fs.copyFileSync(path.join(dir, 'hired.db'), path.join(copy, 'hired.db'));
    const have = new Set(sql(copy, 'SELECT stage_id FROM order_stage').map((r) => r.stage_id));
    return told.filter((id) => have.has(id));
}

for (const [what, config] of [['', undefined], [', also with an archive', (dir) => `[store]\narchive = ${dir}/archive\n`]]) {
    test(`a clean stop during writes leaves no log, and hired.db alone has every write that was answered${what}`, async () => {
        const dir = withOrders();
        const server = await startServer({ dir, config: config?.(tempDir()) });
        let stopped = false;
        setTimeout(() => {
            server.child.kill('SIGTERM');
            stopped = true;
        }, 500);
        const told = await load(server, () => stopped);
        await server.stop();
        assert.equal(fs.existsSync(path.join(dir, 'hired.db-wal')), false);
        assert.ok(told.length > 10, `${told.length} writes`);
        assert.deepEqual(inDatabaseAlone(dir, told), told);
    });
}

test('a reader beside the server that has the database open does not keep the log; one that holds an old state does, and the log of messages says so', async () => {
    for (const [holds, left] of [['', false], ['db.execute("BEGIN"); db.execute("SELECT COUNT(*) FROM meta").fetchall()', true]]) {
        const dir = withOrders();
        const server = await startServer({ dir });
        const reader = spawn('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("SELECT COUNT(*) FROM meta").fetchall()
${holds}
print("reads", flush=True)
sys.stdin.read()`, path.join(dir, 'hired.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
        try {
            await new Promise((resolve, reject) => {
                reader.stdout.once('data', resolve);
                reader.once('exit', () => reject(new Error('the reader ended')));
            });
            const told = await load(server, () => true);
            await server.stop();
            const log = fs.statSync(path.join(dir, 'hired.db-wal')).size;
            const warned = server.log.some((l) => l.level === 'warn' && /hired\.db-wal stays, because another process reads/.test(l.msg));
            assert.deepEqual([log > 0, warned], [left, left]);
            if (!left) assert.deepEqual(inDatabaseAlone(dir, told), told);
        } finally {
            reader.kill('SIGKILL');
        }
    }
});

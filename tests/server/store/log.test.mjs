// SPDX-License-Identifier: Apache-2.0
//
// The write-ahead log has an end: a clean stop leaves none, so that hired.db alone has every write that was answered.
// store: sqlite: it is about SQLite's log
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { importItems, makeOrder, range, sql, stageIds } from '../../lib/data.mjs';
import { demoDir, hired, slow, startServer, tempDir } from '../../lib/server.mjs';

const N = 20;
let clock = 1_710_000_000_000;

function withOrders(orders = N) {
    const dir = demoDir();
    importItems(dir, range(orders, makeOrder));
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
    const have = new Set(sql(copy, 'SELECT stage_ids FROM background_check_order').flatMap((o) => stageIds(o.stage_ids)));
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

const MB = 1 << 20;
const metric = async (server, name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await send(server.baseUrl, 'GET', '/metrics')).text)?.[1]);

// A process that reads the database at one moment until it is killed.
async function holdOldState(dir) {
    const reader = spawn('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN"); db.execute("SELECT COUNT(*) FROM meta").fetchall()
print("reads", flush=True)
sys.stdin.read()`, path.join(dir, 'hired.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
        reader.stdout.once('data', resolve);
        reader.once('exit', () => reject(new Error('the reader ended')));
    });
    return reader;
}

test('at [store] log_max writes are refused with the reason, /readyz says it, and both end with the reader', async () => {
    const max = 4 * MB;
    const dir = withOrders();
    const server = await startServer({ dir, config: `[store]\nlog_max = ${max}\n` });
    const client = new Client(server), token = await client.token();
    const write = (i = 0) => client.call('POST', paths.progress, { token, body: {
        background_check_id: makeOrder(i).order_id, stage_id: `l${++clock}`, stage_name: 'l', stage_time: String(clock) } });
    const reader = await holdOldState(dir);
    try {
        let refused;
        for (const end = Date.now() + 60_000 * slow; !refused && Date.now() < end;) {
            const all = await Promise.all(range(N, write));
            refused = all.find((r) => r.code !== 0);
        }
        assert.ok(refused, 'no write was refused');
        assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '1'], refused.text);
        assert.match(refused.error.message, /log has its largest size and cannot be emptied while a reader holds an old state/);
        assert.ok(fs.statSync(path.join(dir, 'hired.db-wal')).size < 2 * max);
        assert.ok(await metric(server, 'hired_log_bytes') >= max);
        assert.equal(await metric(server, 'hired_log_max_bytes'), max);
        assert.equal(await metric(server, 'hired_writes_failing'), 1);
        const unready = await send(server.baseUrl, 'GET', '/readyz');
        assert.equal(unready.status, 503);
        assert.match(JSON.parse(unready.text).reason, /cannot be emptied while a reader/);
        await server.logged((l) => l.level === 'error' && /nothing is written any more: .* \(\[store\] log_max\)/.test(l.msg));
        // Reading goes on.
        assert.equal((await client.orders({ page_size: 5 })).items.length, 5);
    } finally {
        reader.kill('SIGKILL');
    }
    await eventually(() => send(server.baseUrl, 'GET', '/readyz'), (r) => r.status === 200, { what: 'writes succeed again' });
    assert.equal((await write()).code, 0);
    await server.logged((l) => /was emptied: writes are taken again/.test(l.msg));
    assert.ok(await metric(server, 'hired_log_bytes') < max);
    await server.stop();
    assert.equal(fs.existsSync(path.join(dir, 'hired.db-wal')), false);
});

test('hired export ends with an error when it holds an old state for longer than [store] read_max', () => {
    const dir = withOrders();
    const out = tempDir();
    const r = hired(['export', '--data', dir, '--dir', path.join(out, 'a'), '--store-read-max', '1ms']);
    assert.equal(r.status, 1, r.stdout);
    assert.match(r.stderr, /longer than one read may \(\[store\] read_max, --store-read-max\)/);
    assert.equal(hired(['export', '--data', dir, '--dir', path.join(out, 'b'), '--store-read-max', '0']).status, 0);
});

test('hired backup ends, before writes are refused, when the log has grown to three quarters of [store] log_max', async () => {
    const dir = withOrders(9000);
    const server = await startServer({ dir, config: `[store]\nlog_max = ${64 * MB}\n` });
    const reader = await holdOldState(dir); // so that the log is long already
    let over = false;
    const told = load(server, () => over);
    try {
        await eventually(() => fs.statSync(path.join(dir, 'hired.db-wal')).size, (size) => size > 3.5 * MB, { what: 'a long log', timeoutMs: 60_000 * slow });
        const to = path.join(tempDir(), 'copy');
        const r = hired(['backup', to, '--data', dir, '--rate', '3', '--store-log-max', '4M']);
        assert.equal(r.status, 1, r.stdout);
        assert.match(r.stderr, /has grown to three quarters of its largest size \(\[store\] log_max, --store-log-max\)/);
        assert.equal(fs.existsSync(to), false);
    } finally {
        over = true;
        reader.kill('SIGKILL');
    }
    assert.ok((await told).length > 0);
    await server.stop();
});

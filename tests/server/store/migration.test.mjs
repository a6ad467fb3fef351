// SPDX-License-Identifier: Apache-2.0
//
// A data directory of an older hired is migrated when a server first starts on it, and by no other command.
// store: sqlite: the schema steps of PostgreSQL have unit tests (src/store/postgresql)
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client, eventually, paths } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { importItems, makeOlder, makeOrder, meddle, range, sql, sqlAll, stageIds } from '../../lib/data.mjs';
import { binary, demoDir, hired, hiredOk, slow, startServer, tempDir } from '../../lib/server.mjs';

const schemaOf = (dir) => Number(sql(dir, "SELECT value FROM meta WHERE key = 'schema'")[0].value);
const interviewers = (dir) => sql(dir, 'SELECT CAST(users_id AS TEXT) AS who, begin_time, CAST(interview_id AS TEXT) AS id FROM interview_interviewer ORDER BY tenant, users_id, begin_time, interview_id');
const counts = (dir) => sql(dir, 'SELECT status, phase, orders FROM background_check_order_count WHERE orders <> 0 ORDER BY tenant, status, phase');

test('a database of schema 008 gets its interviews by interviewer, and its numbers of orders, from their records', async () => {
    const dir = demoDir();
    const wanted = interviewers(dir), numbers = counts(dir), newest = schemaOf(dir);
    assert.ok(numbers.length > 5);
    assert.ok(wanted.length >= 40, 'the demo has interviews, and each has somebody who holds it');
    makeOlder(dir, 8);

    const early = hired(['check', '--data', dir]);
    assert.equal(early.status, 1);
    assert.match(early.stderr, new RegExp(`has schema 8, this hired needs ${newest}. Start .hired serve. once`));
    const server = await startServer({ dir });
    assert.deepEqual([schemaOf(dir), interviewers(dir), counts(dir)], [newest, wanted, numbers]);
    const check = hired(['check', '--data', dir]);
    assert.equal(check.status, 0, check.stderr);
    const interviewer = await Person.of(server, 'interviewer');
    const [me] = sql(dir, "SELECT CAST(users_id AS TEXT) AS id FROM console_account WHERE login = ?", interviewer.user);
    assert.deepEqual((await interviewer.walk('interviews')).map((i) => i.id), wanted.filter((w) => w.who === me.id).map((w) => w.id));
    await server.stop();
});

test('names that an older hired stored with ASCII-only case folding are found in any case after the first start', async () => {
    const dir = demoDir();
    const keys = () => sql(dir, 'SELECT CAST(id AS TEXT) AS id, search FROM reference_name ORDER BY tenant, kind, id');
    const rule = () => sql(dir, "SELECT value FROM meta WHERE key = 'name_fold'")[0]?.value;
    const wanted = keys(), [first] = sql(dir, "SELECT CAST(MIN(talent_id) AS TEXT) AS id FROM application");
    assert.ok(rule());
    meddle(dir, `DELETE FROM meta WHERE key = 'name_fold'; UPDATE reference_name SET search = name;
        UPDATE reference_name SET name = 'ÉMILIE 王', search = 'ÉmILIE 王' WHERE kind = 'talent' AND id = ${first.id}`);
    const server = await startServer({ dir });
    assert.ok(rule());
    assert.deepEqual(keys(), wanted.map((k) => (k.id === first.id ? { ...k, search: 'émilie 王' } : k)));
    const recruiter = await Person.of(server, 'recruiter');
    const found = await recruiter.walk('applications', { query: 'e\u0301milie' });
    assert.ok(found.length > 0 && found.every((a) => a.talent_name === 'ÉMILIE 王'));
    await server.stop();
});

test('a database is copied before a migration; the copy goes after a week, and as soon as somebody is erased', async () => {
    const dir = demoDir(), newest = schemaOf(dir);
    const [person] = sql(dir, 'SELECT CAST(MIN(talent_id) AS TEXT) AS id FROM application');
    makeOlder(dir, 10);
    const orders = sql(dir, 'SELECT count(*) AS n FROM background_check_order');
    const copies = () => fs.readdirSync(dir).filter((f) => f.startsWith('hired.db.before-'));
    fs.writeFileSync(path.join(dir, 'hired.db.before-003'), '');
    let server = await startServer({ dir });
    assert.equal(schemaOf(dir), newest);
    await eventually(copies, (names) => names.length === 1, { what: 'only the newest copy stays' });
    const [name] = copies(), copy = path.join(dir, name);
    assert.equal(fs.statSync(copy).mode & 0o777, 0o600);
    const old = tempDir();
    fs.cpSync(copy, path.join(old, 'hired.db'));
    assert.equal(schemaOf(old), 10);
    assert.deepEqual(sql(old, 'SELECT count(*) AS n FROM background_check_order'), orders);
    await server.stop();

    // The same steps again, from a copy of the copy: it serves as an older hired would.
    const again = await startServer({ dir: old });
    assert.equal(schemaOf(old), newest);
    const week = Date.now() / 1000 - 7 * 86400 - 60;
    for (const f of fs.readdirSync(old).filter((f) => f.startsWith('hired.db.before-'))) fs.utimesSync(path.join(old, f), week, week);
    await eventually(() => fs.readdirSync(old).filter((f) => f.startsWith('hired.db.before-')), (names) => names.length === 0, { what: 'the copy is old', timeoutMs: 30_000 });
    await again.stop();

    server = await startServer({ dir });
    assert.deepEqual(copies(), [name]);
    const admin = await Person.of(server, 'admin');
    await admin.post('erasure', { talent_id: person.id, reason: 'a test' });
    await eventually(copies, (names) => names.length === 0, { what: 'the copy is gone', timeoutMs: 30_000 });
    await server.stop();
});

test('without room for the copy nothing is migrated', (t) => {
    const small = tempDir();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small]).status !== 0) return void t.skip('needs the right to mount');
    try {
        const dir = demoDir();
        makeOlder(dir, 10);
        fs.cpSync(dir, path.join(small, 'data'), { recursive: true });
        const at = path.join(small, 'data');
        spawnSync('dd', ['if=/dev/zero', `of=${small}/ballast`, 'bs=64k']);
        spawnSync('truncate', ['-s', '-512K', `${small}/ballast`]);
        const r = hired(['serve', '--data', at, '--listen', '127.0.0.1:0'], { env: { HIRED_STORE_FREE_MIN: '0' } });
        assert.equal(r.status, 1);
        assert.match(r.stderr, /is copied before that. The disk has 0 MB left; the copy and the change need \d+ MB. Nothing was changed/);
        assert.equal(schemaOf(at), 10);
        assert.deepEqual(fs.readdirSync(at).filter((f) => f.includes('before')), []);
    } finally {
        spawnSync('umount', ['-l', small]);
    }
});

// ---- schema 017: the database is rewritten into a new file ----

// All that a change of the layout must keep: each order with its record, its ids of stages and its whole history.
function ordersOf(dir) {
    const [orders, history] = sqlAll(dir, [
        ["SELECT CAST(tenant AS TEXT) AS tenant, CAST(id AS TEXT) AS id, update_time, status, phase, last_stage_time, stage_ids, doc, history_ms, version FROM background_check_order ORDER BY tenant, id", []],
        ['SELECT CAST(order_id AS TEXT) AS id, seq, at_ms, before_ms, action, from_status, to_status, why FROM order_history ORDER BY tenant, order_id, seq', []],
    ]);
    return { orders: orders.map((o) => ({ ...o, stage_ids: stageIds(o.stage_ids).sort() })), history };
}

async function addStages(dir, ids) {
    const server = await startServer({ dir });
    const client = new Client(server);
    for (const [i, id] of ids.entries())
        for (let k = 0; k < 2; k++) {
            const stage_id = k ? `阶段 ${i}:2:x` : `s${i}`;
            const r = await client.call('POST', paths.progress, { body: { background_check_id: id, stage_id, stage_name: `stage ${k}`, stage_time: String(1_750_000_000_000 + k) } });
            assert.equal(r.code, 0, r.text);
        }
    await server.stop();
}

test('from every older schema: orders, ids of stages and histories are as before, and the file as it was stays beside', async () => {
    const dir = demoDir();
    importItems(dir, range(30, makeOrder));
    await addStages(dir, range(3, makeOrder).map((o) => o.order_id));
    const wanted = ordersOf(dir);
    assert.ok(wanted.orders.length > 35 && wanted.history.length > wanted.orders.length);
    for (let version = 1; version <= 16; version++) {
        const older = path.join(tempDir(), 'older');
        fs.cpSync(dir, older, { recursive: true });
        makeOlder(older, version);
        const was = fs.readFileSync(path.join(older, 'hired.db'));
        const server = await startServer({ dir: older });
        assert.deepEqual(ordersOf(older), wanted, `from schema ${version}`);
        assert.ok(sql(older, 'PRAGMA page_size')[0].page_size === 4096);
        assert.ok(!fs.existsSync(path.join(older, 'hired.db.next')));
        const copies = fs.readdirSync(older).filter((f) => f.startsWith('hired.db.before-'));
        assert.deepEqual(copies, [`hired.db.before-${String(version + 1).padStart(3, '0')}`]);
        if (version === 16) { // earlier ones are first brought to 016 in place
            assert.ok(fs.readFileSync(path.join(older, 'hired.db.before-017')).equals(was), 'the file as it was');
            const client = new Client(server);
            const again = { background_check_id: makeOrder(0).order_id, stage_name: 'x', stage_time: '1750000000002' };
            assert.match((await client.call('POST', paths.progress, { body: { ...again, stage_id: '阶段 0:2:x' } })).text, /is used already/);
            assert.equal((await client.call('POST', paths.progress, { body: { ...again, stage_id: '阶段 0' } })).code, 0);
        }
        await server.stop();
        if (version >= 5) hiredOk(['check', '--data', older]); // earlier ones had no table of names
    }
});

test('a first attempt that fails after the steps in place leaves the copy from before them', async () => {
    const dir = demoDir();
    makeOlder(dir, 12);
    fs.mkdirSync(path.join(dir, 'hired.db.next'));
    const failed = hired(['serve', '--data', dir, '--listen', '127.0.0.1:0']);
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /hired\.db\.next/);
    assert.equal(schemaOf(dir), 16);
    fs.rmdirSync(path.join(dir, 'hired.db.next'));
    const server = await startServer({ dir });
    assert.deepEqual(fs.readdirSync(dir).filter((f) => f.startsWith('hired.db.before-')), ['hired.db.before-013']);
    assert.deepEqual(sql(dir, "SELECT * FROM meta WHERE key = 'copied_before'"), []);
    await server.stop();
});

test('a rewriting that is killed again and again goes on where it was, loses nothing, and begins anew if the older file changed', async () => {
    const dir = demoDir();
    hiredOk(['demo', '--data', dir, '--orders', String(60_000 / slow)]);
    const wanted = ordersOf(dir);
    makeOlder(dir, 16);
    const file = path.join(dir, 'hired.db'), next = `${file}.next`;
    const old = fs.statSync(file).ino;
    let went = 0, log = '';
    for (let round = 0; fs.statSync(file).ino === old; round++) {
        assert.ok(round < 200, 'it comes to its end');
        const child = spawn(binary, ['serve', '--data', dir, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
        const ended = new Promise((resolve) => child.on('close', resolve));
        const begun = new Promise((resolve) => child.stderr.on('data', (d) => {
            log += d;
            if (/"rewriting"|was rewritten/.test(d)) resolve();
        }));
        await Promise.race([ended, begun]);
        await sleep(Math.random() * round * 20 * slow);
        child.kill('SIGKILL');
        await ended;
        if (fs.existsSync(next)) went++;
    }
    assert.ok(went > 0, 'a kill met the rewriting');
    assert.match(log, /where it was interrupted/);
    const server = await startServer({ dir });
    assert.deepEqual(ordersOf(dir), wanted);
    await server.stop();
    hiredOk(['check', '--data', dir]);
});

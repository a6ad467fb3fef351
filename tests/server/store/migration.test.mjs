// SPDX-License-Identifier: Apache-2.0
//
// A data directory of an older hired is migrated when a server first starts on it, and by no other command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { eventually } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { makeOlder, meddle, sql } from '../../lib/data.mjs';
import { demoDir, hired, startServer, tempDir } from '../../lib/server.mjs';

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

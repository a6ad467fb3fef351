// SPDX-License-Identifier: Apache-2.0
//
// hired migrate: a database goes to PostgreSQL and back without a difference, also after being killed at any moment; nothing
// else works in it meanwhile, and what is not whole cannot be served.
// once
// weight: 60
// store: sqlite: it is about both engines already
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { importItems, makeInterview, makeOlder, makeOrder, meddle, range, sql } from '../../lib/data.mjs';
import { startPostgres } from '../../lib/postgres.mjs';
import { binary, demoDir, hired, hiredOk, slow, startServer, tempDir } from '../../lib/server.mjs';

const pg = await startPostgres();
after(() => pg.stop());

let made = 0;
const newDatabase = () => {
    const name = `d${++made}`;
    return { name, url: pg.createDatabase(name) };
};
const rowsOf = (name, query) => JSON.parse(pg.sql(`SELECT COALESCE(json_agg(r), '[]') FROM (${query}) r`, name));
const noted = (name) => rowsOf(name, "SELECT to_regclass('meta') IS NOT NULL AS made")[0].made
    ? rowsOf(name, "SELECT value FROM meta WHERE key = 'transfer'") : [];
const newDir = () => path.join(tempDir(), 'data');
const args = (from, to, more = []) => ['migrate', '--json', '--from', from, '--to', to, ...more];
const migrate = (from, to, ...more) => hired(args(from, to, more));
function migrateOk(from, to, ...more) {
    const r = migrate(from, to, ...more);
    assert.equal(r.status, 0, r.stderr);
    return { ...JSON.parse(r.stdout), stderr: r.stderr };
}
function refused(from, to, pattern, ...more) {
    const r = migrate(from, to, ...more);
    assert.equal(r.status, 1, `${r.stdout}${r.stderr}`);
    assert.match(r.stderr, pattern);
    assert.equal(r.stdout, '');
}

// Everything that hired export writes, by file.
function exported(dir, ...more) {
    const to = path.join(tempDir(), 'out');
    hiredOk(['export', '--dir', to, '--data', dir, ...more]);
    const files = fs.readdirSync(to, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
        .map((e) => path.join(e.parentPath ?? e.path, e.name)).sort();
    assert.ok(files.length > 3);
    return Object.fromEntries(files.map((f) => [path.relative(to, f), fs.readFileSync(f, 'latin1')]));
}
const isWell = (dir) => assert.match(hiredOk(['check', '--data', dir]), /all is well/);

// With the demo: several portions of some tables, and texts of every kind.
const dir = demoDir();
importItems(dir, range(3000, makeOrder));
importItems(dir, range(2000, makeInterview));
const before = exported(dir);

test('a database goes to PostgreSQL and back, with its files, and is the same', async () => {
    const { name, url } = newDatabase(), back = newDir();
    const there = migrateOk(dir, url);
    assert.ok(there.rows > 10_000 && there.tables.length > 30);
    const kept = sql(dir, 'SELECT (SELECT count(*) FROM attachment) + (SELECT count(*) FROM report_file WHERE state = 1) AS n')[0].n;
    assert.ok(kept > 1);
    assert.equal(there.files, kept);
    assert.equal(Number(pg.sql('SELECT COUNT(*) FROM kept_file', name)), kept);
    for (const { table, rows } of there.tables)
        if (table !== 'meta') {
            assert.equal(Number(pg.sql(`SELECT COUNT(*) FROM ${table}`, name)), rows, table);
            assert.equal(sql(dir, `SELECT count(*) AS n FROM ${table}`)[0].n, rows, table);
        }
    assert.deepEqual(exported(dir, '--store', url), before);
    const returned = migrateOk(url, back);
    assert.deepEqual(returned.tables, there.tables);
    assert.deepEqual([returned.files, returned.file_bytes], [kept, there.file_bytes]);
    assert.deepEqual(exported(back), before);
    isWell(back);
    assert.equal((fs.statSync(path.join(back, 'hired.db')).mode & 0o777).toString(8), '600');
    await (await startServer({ dir: back })).stop();

    const r = hired(['migrate', '--from', url, '--to', newDir()]);
    assert.equal(r.status, 0, r.stderr);
    assert.match(r.stdout, new RegExp(`^${kept} kept files with ${there.file_bytes} bytes were migrated, and have the digests of their records\\.$`, 'm'));
    for (const { table, rows, sha256 } of there.tables) assert.match(r.stdout, new RegExp(`^${table} +${rows} rows  ${sha256}$`, 'm'));
    assert.match(r.stdout, new RegExp(`^${there.rows} rows were migrated, and are the same on both sides\\.$`, 'm'));
});

const fileOf = (at, id) => path.join(at, 'files', id.slice(14, 16), id);

test('a kept file that is missing or damaged is named, and the others come along; one that the copy spoiled is copied again', () => {
    const source = demoDir(), { name, url } = newDatabase();
    const [gone, spoilt] = sql(source, "SELECT printf('%016x', id) AS hex, CAST(id AS TEXT) AS id FROM attachment ORDER BY attachment.id LIMIT 2");
    const all = sql(source, 'SELECT (SELECT count(*) FROM attachment) + (SELECT count(*) FROM report_file WHERE state = 1) AS n')[0].n;
    fs.rmSync(fileOf(source, gone.hex));
    fs.appendFileSync(fileOf(source, spoilt.hex), 'more');
    const r = migrate(source, url);
    assert.equal(r.status, 1);
    assert.match(r.stderr, new RegExp(`the kept file ${gone.id} \\(attachment ${gone.id}\\) is missing; it was left out`));
    assert.match(r.stderr, new RegExp(`the kept file ${spoilt.id} \\(attachment ${spoilt.id}\\) differs from what was stored; it was left out`));
    assert.match(r.stderr, /2 kept files are missing, as the lines above say/);
    assert.equal(Number(pg.sql('SELECT COUNT(*) FROM kept_file', name)), all - 2);
    assert.match(hired(['check', '--store', url]).stderr, new RegExp(`kept file ${gone.id} in the database: the file of attachment ${gone.id} is missing`));

    const whole = demoDir(), third = newDatabase(), [one] = sql(whole, 'SELECT CAST(id AS TEXT) AS id FROM attachment LIMIT 1');
    migrateOk(whole, third.url);
    pg.sql(`INSERT INTO meta (key, value) VALUES ('transfer', '')`, third.name); // as if the last migration had not ended
    pg.sql(`UPDATE kept_chunk SET bytes = set_byte(bytes, 0, 7) WHERE content = (SELECT content FROM kept_file WHERE id = ${one.id})`, third.name);
    migrateOk(whole, third.url);
    assert.equal(hired(['check', '--store', third.url, '--data', newDir()]).status, 0);
});

const KILLS = 5;

// Runs it and kills it some time after it has begun to copy, KILLS times, then lets it end. unfinished(): whether the target is refused.
async function killedUntilItEnds(from, to, wholeMs, unfinished) {
    const said = [];
    let kills = 0, refusals = 0;
    for (;;) {
        const child = spawn(binary, args(from, to), { stdio: ['ignore', 'ignore', 'pipe'] });
        const closed = once(child, 'close');
        let stderr = '', ended = false;
        closed.then(() => (ended = true));
        child.stderr.setEncoding('utf8').on('data', (d) => (stderr += d));
        if (kills < KILLS) {
            while (!ended && !unfinished()) await sleep(5);
            await sleep(kills * wholeMs * 0.12);
            child.kill('SIGKILL');
        }
        const [status, signal] = await closed;
        said.push(stderr);
        if (signal !== 'SIGKILL') {
            // Otherwise the run before was killed after it had released the whole copy.
            if (status === 1 && kills > 0 && !unfinished()) assert.match(stderr, /data of its own|There is data/);
            else assert.equal(status, 0, stderr);
            return { said, kills, refusals };
        }
        kills++;
        refusals += unfinished();
    }
}
const wentOn = (said) => said.filter((s) => /An interrupted migration of this source goes on/.test(s)).length;
const beganAgain = (said) => said.filter((s) => /all rows are copied again/.test(s)).length;

test('killed at any moment, it goes on, and what is not whole is not served', { timeout: 300_000 * slow }, async () => {
    const { name, url } = newDatabase(), back = newDir();
    const isRefused = (...where) => {
        const r = hired(['tenant', 'list', ...where]);
        return r.status === 1 && /unfinished copy of another one.*Run the same `hired migrate` again/.test(r.stderr) ? 1 : 0;
    };
    const note = () => {
        const n = noted(name).length, refusal = isRefused('--store', url, '--data', dir);
        if (noted(name).length === n) assert.equal(refusal, n); // a migration that runs may have begun or ended in between
        return n;
    };
    const measured = newDatabase(), begun = Date.now();
    const whole = migrateOk(dir, measured.url), thereMs = Date.now() - begun;
    const there = await killedUntilItEnds(dir, url, thereMs, note);
    assert.ok(there.kills >= 1 && wentOn(there.said) >= 1 && there.refusals >= 1, JSON.stringify(there.said));
    assert.equal(beganAgain(there.said), 0);
    assert.equal(note(), 0);

    const unfinished = () => isRefused('--data', back);
    const second = Date.now();
    assert.deepEqual(migrateOk(url, newDir()).tables, whole.tables);
    const returned = await killedUntilItEnds(url, back, Date.now() - second, unfinished);
    assert.ok(returned.kills >= 1 && wentOn(returned.said) >= 1 && returned.refusals >= 1, JSON.stringify(returned.said));
    assert.equal(unfinished(), 0);
    assert.deepEqual(exported(back), before);
});

// Leaves an unfinished copy in the database: the source has a text that PostgreSQL does not take, in a late table.
function interrupted(source, url) {
    meddle(source, "UPDATE vendor_account SET name = name || char(0) WHERE id = (SELECT MIN(id) FROM vendor_account)");
    refused(source, url, /PostgreSQL cannot store a row of the table vendor_account \(tenant=\d+, id=\d+\): its column name has a text with a NUL/);
    meddle(source, "UPDATE vendor_account SET name = substr(name, 1, length(name))");
}

test('a source that has changed since is copied from the beginning', () => {
    const source = demoDir(), { name, url } = newDatabase(), back = newDir();
    interrupted(source, url);
    const there = migrateOk(source, url);
    assert.match(there.stderr, /The source has changed since the interrupted migration, so all rows are copied again/);
    migrateOk(url, back);
    assert.deepEqual(exported(back), exported(source));

    // The other way round.
    const again = newDir();
    migrateOk(url, again);
    meddle(again, "INSERT INTO meta (key, value) VALUES ('transfer', 'another state')");
    pg.sql("UPDATE interview SET doc = doc || ' '", name);
    assert.match(migrateOk(url, again).stderr, /has changed since/);
    assert.deepEqual(sql(again, 'SELECT doc FROM interview ORDER BY tenant, id'), rowsOf(name, 'SELECT doc FROM interview ORDER BY tenant, id'));
});

test('a change that the state of the source does not show is found by comparing, and all is copied again', () => {
    const source = demoDir(), { name, url } = newDatabase();
    interrupted(source, url);
    pg.sql(`CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
        CREATE TRIGGER stop BEFORE INSERT ON vendor_account FOR EACH ROW EXECUTE FUNCTION stop()`, name);
    refused(source, url, new RegExp(`the database ${name} of .*: not now \\(vendor_account\\)`));
    pg.sql('DROP TRIGGER stop ON vendor_account; UPDATE interview SET doc = upper(doc)', name);
    assert.match(migrateOk(source, url).stderr, /of this source goes on\.[^]*The source has changed since/);
    assert.deepEqual(exported(source, '--store', url), exported(source));
});

test('a difference names the table and the key, and such a copy is never used', () => {
    const source = demoDir(), { name, url } = newDatabase();
    interrupted(source, url);
    pg.sql(`CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.doc := NEW.doc || ' '; RETURN NEW; END $$;
        CREATE TRIGGER spoil BEFORE INSERT ON interview FOR EACH ROW EXECUTE FUNCTION spoil()`, name);
    const [{ tenant, id }] = sql(source, 'SELECT CAST(tenant AS TEXT) AS tenant, CAST(id AS TEXT) AS id FROM interview ORDER BY interview.tenant, interview.id LIMIT 1');
    const differs = new RegExp(`differ: the first difference is in the table interview, in the row with tenant=${tenant}, id=${id}, which has other values in the copy`);
    refused(source, url, differs);
    assert.deepEqual(noted(name), [{ value: '' }]);
    assert.match(hired(['serve', '--store', url, '--data', newDir(), '--listen', '127.0.0.1:0']).stderr, /unfinished copy of another one/);
    pg.sql(`CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = ${id} THEN RETURN NULL; END IF; RETURN NEW; END $$`, name);
    refused(source, url, /which is missing in the copy/);
    pg.sql('DROP TRIGGER spoil ON interview', name);
    assert.match(migrateOk(source, url).stderr, /The last migration found a difference, so all rows are copied again/);
});

test('a value that PostgreSQL cannot store names its table, key and column', () => {
    const at = 'WHERE id = (SELECT MIN(id) FROM';
    for (const [change, pattern] of [
        [`UPDATE interview SET doc = CAST(x'7bff7d' AS TEXT) ${at} interview)`, /table interview \(tenant=\d+, id=\d+\): its column doc has a text that is not UTF-8/],
        [`UPDATE tenant SET approve_report = 5000000000`, /table tenant \(id=\d+\): its column approve_report has a number that is too large/],
    ]) {
        const source = demoDir();
        meddle(source, change);
        refused(source, newDatabase().url, pattern);
    }
});

test('nothing else may use either side', async () => {
    const { name, url } = newDatabase(), source = demoDir();
    const server = await startServer({ dir: source });
    refused(source, url, /hired serve .*Stop it first/);
    await server.stop();
    migrateOk(source, url);

    const target = demoDir(), other = await startServer({ dir: target });
    refused(url, target, /hired serve .*Stop it first/);
    await other.stop();
    refused(url, target, /hired\.db is a database with data of its own; a migration needs a directory without one/);
    refused(source, url, new RegExp(`There is data in the database ${name} of .* already; a migration needs a new one`));

    const there = await startServer({ dir: source, args: ['--store', url] });
    refused(url, newDir(), /A server of hired uses the database/);
    await there.stop();

    // The locks of a server that hangs, and of a transaction that writes.
    for (const [number, pattern] of [[3, /A server of hired uses the database/], [1, /A command of hired writes in the database/]]) {
        const psql = spawn('psql', ['-X', '-q', '-A', '-t', '-d', url], { stdio: ['pipe', 'pipe', 'inherit'] });
        psql.stdin.write(`SELECT 'held', pg_advisory_lock(1214870117, ${number});\n`);
        await once(psql.stdout, 'data');
        const to = newDir();
        refused(url, to, pattern);
        assert.ok(!fs.existsSync(path.join(to, 'hired.db')));
        psql.stdin.end();
        await once(psql, 'close');
    }
});

test('a side that cannot be used is a sentence', () => {
    const nowhere = newDir(), { name, url } = newDatabase(), source = demoDir();
    refused(nowhere, url, new RegExp(`there is no database in ${nowhere}`));
    assert.ok(!fs.existsSync(nowhere));
    refused(url, newDir(), new RegExp(`There is no database of hired yet: ${name} is empty`));
    refused(source, pg.url('missing'), /has no database missing: make it with CREATE DATABASE missing/);
    refused(source, 'postgresql://postgres@127.0.0.1:1/x?connect_timeout=3', /Cannot reach the database server 127\.0\.0\.1:1/);
    pg.createDatabase('other');
    pg.sql('CREATE TABLE somebody (id INTEGER)', 'other');
    refused(source, pg.url('other'), /The database other has tables, and is not one of hired/);
    makeOlder(source, 17);
    refused(source, url, /has schema 17, this hired needs \d+\. Start `hired serve` once: it brings the database up to date/);
    const file = path.join(tempDir(), 'file');
    fs.writeFileSync(file, '');
    assert.equal(migrate(url, path.join(file, 'x')).status, 1);

    for (const [from, to, pattern] of [[source, nowhere, /hired backup copies a directory/], [url, url, /pg_dump/]]) {
        const r = migrate(from, to);
        assert.equal(r.status, 2);
        assert.match(r.stderr, pattern);
    }
    assert.equal(hired(['migrate', '--from', source]).status, 2);
});

test('a database that fills up says so, and goes on when there is room', (t) => {
    if (process.getuid() !== 0) return void t.skip('needs root');
    const { url } = newDatabase(), small = path.join(tempDir(), 'small');
    migrateOk(dir, url);
    fs.mkdirSync(small);
    const mount = (...more) => spawnSync('mount', ['-t', 'tmpfs', ...more, 'tmpfs', small]).status === 0;
    if (!mount('-o', 'size=3m')) return void t.skip('cannot mount');
    try {
        refused(url, path.join(small, 'data'), /hired\.db: .*(full|No space).*When there is room, run the command again: it goes on/);
        assert.ok(mount('-o', 'remount,size=100m'));
        assert.match(migrateOk(url, path.join(small, 'data')).stderr, /goes on/);
        assert.deepEqual(exported(path.join(small, 'data')), before);
    } finally {
        spawnSync('umount', [small]);
    }
});

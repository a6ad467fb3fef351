// SPDX-License-Identifier: Apache-2.0
// weight: 12
//
// hired check finds damage of a data directory: flipped bits, exchanged pages, a damaged log, halved documents, emptied tables, lost rows
// of files. Each finding names what is damaged, and no check takes long.
// store: sqlite: it damages SQLite's files
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { meddle, sql } from '../../lib/data.mjs';
import { hired, hiredOk, slow, startServer, tempDir } from '../../lib/server.mjs';

let whole, page;
before(() => {
    whole = tempDir();
    hiredOk(['demo', '--data', whole, '--days', '5']);
    page = sql(whole, 'PRAGMA page_size')[0].page_size;
});

function copy() {
    const dir = tempDir();
    fs.cpSync(whole, dir, { recursive: true });
    return dir;
}
const check = (dir) => hired(['check', '--data', dir]);
const numbers = (seed) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32; // the same ones in each run

test('a whole directory has no findings', () => {
    assert.match(hiredOk(['check', '--data', copy()]), /all is well/);
});

test('one flipped bit at each of 40 places', () => {
    const dir = copy(), file = path.join(dir, 'hired.db'), next = numbers(12);
    const size = fs.statSync(file).size, fd = fs.openSync(file, 'r+'), byte = Buffer.alloc(1);
    const flip = (at, bit) => {
        fs.readSync(fd, byte, 0, 1, at);
        byte[0] ^= 1 << bit;
        fs.writeSync(fd, byte, 0, 1, at);
    };
    for (let i = 0; i < 40; i++) {
        const at = Math.floor(next() * size), bit = Math.floor(next() * 8);
        flip(at, bit);
        const r = check(dir);
        flip(at, bit);
        assert.equal(r.status, 1, `bit ${bit} of byte ${at}`);
        assert.match(r.stderr, new RegExp(`page ${Math.floor(at / page) + 1} of \\d+ \\([^)]+\\): differs from its checksum`));
    }
    fs.closeSync(fd);
    assert.equal(check(dir).status, 0);
});

test('50 pages replaced by others of the same database: named, and the check ends', () => {
    for (const seed of [1, 2, 3]) {
        const dir = copy(), file = path.join(dir, 'hired.db'), next = numbers(seed);
        const bytes = fs.readFileSync(file), pages = bytes.length / page, from = Buffer.from(bytes), replaced = new Set();
        while (replaced.size < 50) {
            const to = 1 + Math.floor(next() * (pages - 1)), source = 1 + Math.floor(next() * (pages - 1));
            if (to === source || from.subarray(to * page, (to + 1) * page).equals(from.subarray(source * page, (source + 1) * page))) continue;
            from.copy(bytes, to * page, source * page, (source + 1) * page);
            replaced.add(to + 1);
        }
        fs.writeFileSync(file, bytes);
        const begun = Date.now(), r = check(dir);
        assert.equal(r.status, 1);
        assert.ok(Date.now() - begun < 25_000 * slow, `took ${Date.now() - begun} ms`);
        const named = new Set();
        for (const [, a, b] of r.stderr.matchAll(/pages? (\d+)(?: to (\d+))? of /g)) {
            for (let n = Number(a); n <= Number(b ?? a); n++) named.add(n);
        }
        assert.deepEqual([...named].sort((x, y) => x - y), [...replaced].sort((x, y) => x - y));
    }
});

test('a frame in the middle of the log', async () => {
    const dir = copy();
    for (let i = 1; i <= 4; i++) meddle(dir, `UPDATE tenant SET name = 'name ${i}'`); // four transactions stay in the log
    assert.equal(check(dir).status, 0);
    const log = path.join(dir, 'hired.db-wal'), bytes = fs.readFileSync(log);
    bytes[32 + 24 + 100] ^= 4;
    fs.writeFileSync(log, bytes);
    const r = check(dir);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /the log \(hired\.db-wal\) is damaged in frame 1: the committed changes in its \d+ frames behind that cannot be read/);
    const crashed = tempDir();
    fs.cpSync(dir, crashed, { recursive: true });
    const s = await startServer({ dir: crashed });
    assert.match(s.stderr, /hired\.db-wal is damaged in frame 1: the changes in its \d+ frames behind that were committed, and are lost/);
    await s.stop();
    // The last transaction cut off is what a crash leaves.
    bytes[32 + 24 + 100] ^= 4;
    fs.writeFileSync(log, bytes.subarray(0, bytes.length - 1000));
    assert.equal(check(dir).status, 0);
});

// Half of the first document of each table that has any.
const documents = [
    ['background_check_order', 'order'], ['interview', 'interview'], ['external_background_check', 'external background check'],
    ['external_application', 'external application'], ['application', 'application'], ['event', 'event'], ['vendor_field', 'form of vendor'],
    ['users', 'user'], ["reference WHERE kind = 'talent'", 'talent'], ["reference WHERE kind = 'job'", 'job'], ["reference WHERE kind = 'job_process'", 'job process'],
];
test('halved documents, each named', () => {
    for (const [from, name] of documents) {
        const dir = copy(), [table, where] = from.split(' WHERE ');
        const column = table === 'vendor_field' ? 'owner' : table === 'reference' ? 'seq' : 'id';
        const [{ id }] = sql(dir, `SELECT CAST(${column} AS TEXT) AS id FROM ${from} ORDER BY ${column} LIMIT 1`);
        meddle(dir, `UPDATE ${table} SET doc = substr(doc, 1, length(doc) / 2) WHERE ${column} = ${id}${where ? ` AND ${where}` : ''}`);
        const r = check(dir);
        assert.equal(r.status, 1, from);
        assert.match(r.stderr, new RegExp(`\\b${name} ${id} cannot be read: its record is damaged`), from);
    }
});

test('a document that is another\'s, and one that names a user and a file that do not exist', () => {
    const dir = copy();
    const [a, b] = sql(dir, 'SELECT CAST(id AS TEXT) AS id FROM application ORDER BY id LIMIT 2').map((row) => row.id);
    meddle(dir, `UPDATE application SET doc = (SELECT doc FROM application WHERE id = ${b}) WHERE id = ${a}`);
    assert.match(check(dir).stderr, new RegExp(`application ${a}: its record is that of another`));
    const other = copy();
    meddle(other, 'DELETE FROM users WHERE id = (SELECT users_id FROM interview_interviewer LIMIT 1); DELETE FROM report_file');
    const { stderr } = check(other);
    assert.match(stderr, /interview \d+: its record names the user \d+, which is unknown/);
    assert.match(stderr, /order \d+: its record names the kept file \d+, which is unknown/);
});

// Tables whose rows nothing else refers to or counts are not among them (docs/DECISIONS.md).
const told = ['tenant', 'app', 'app_install', 'users', 'vendor_account', 'background_check_order', 'order_history', 'report_file', 'interview',
    'interview_begin', 'reference', 'event', 'event_delivery', 'reference_name', 'interview_interviewer', 'background_check_order_count',
    'background_check_order_open', 'background_check_order_done', 'tenant_stamp', 'access_change'];
test('emptied tables', () => {
    for (const table of told) {
        const dir = copy();
        assert.ok(sql(dir, `SELECT COUNT(*) AS n FROM ${table}`)[0].n > 0, table);
        meddle(dir, `DELETE FROM ${table}`);
        const r = check(dir);
        assert.equal(r.status, 1, `an empty ${table} is found`);
        assert.doesNotMatch(r.stdout, /all is well/);
    }
});

test('files whose rows were lost are not called removable', () => {
    const dir = copy();
    const old = (d) => {
        for (const f of fs.readdirSync(path.join(d, 'files'), { recursive: true })) fs.utimesSync(path.join(d, 'files', f), 1e9, 1e9);
    };
    old(dir);
    assert.equal(check(dir).status, 0);
    meddle(dir, 'DELETE FROM report_file; DELETE FROM attachment');
    const r = check(dir);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /belongs to no record\. Keep it: its record may be among what was lost/);
    assert.doesNotMatch(r.stderr, /a server removes it|may be removed/);
});

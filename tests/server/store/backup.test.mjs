// SPDX-License-Identifier: Apache-2.0
//
// hired backup: a copy made during writes is complete and valid, and a server can use it directly. Incomplete or unsafe
// backups are rejected.
// store: sqlite: PostgreSQL has its own backups
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, paths } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { importItems, makeOrder, range, sql, stageIds } from '../../lib/data.mjs';
import { importPeople, leftovers, makePerson, upload } from '../../lib/person.mjs';
import { binary, demoDir, hired, hiredOk, startServer, tempDir } from '../../lib/server.mjs';

const kept = (dir) => fs.readdirSync(path.join(dir, 'files'), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile()).map((e) => e.name).sort();
const dir = demoDir();
importItems(dir, range(500, makeOrder));

// Runs the backup asynchronously, so that this process can write at the same time.
const backup = (to, { from = dir, args = [] } = {}) => new Promise((resolve) => {
    const child = spawn(binary, ['backup', to, '--data', from, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
        const stages = new Set(sql(to, 'SELECT stage_ids FROM background_check_order').flatMap((o) => stageIds(o.stage_ids)));
        for (const name of before) assert.ok(stages.has(name), `${name} was acknowledged and is missing`);
    }
    await server.stop();

    const restored = await startServer({ dir: copies[2].to });
    const reader = new Client(restored, { app_id: server.demo.app_id, app_secret: server.demo.app_secret });
    assert.ok((await reader.walk('GET', paths.orders, { query: { page_size: 100 } })).length >= 500);
    await restored.stop();
});

test('a slow backup is not begun again by writes: its time is that of its rate, and the copy is of one moment', async () => {
    const own = demoDir();
    importItems(own, range(16_000, makeOrder));
    const server = await startServer({ dir: own });
    const client = new Client(server);
    const token = await client.token();
    let over = false, clock = 1_710_000_000_000, last = 0;
    const writer = (async () => {
        for (let i = 0; !over; i++) {
            const r = await client.call('POST', paths.progress, { token, body: {
                background_check_id: makeOrder(i % 16_000).order_id, stage_id: String(i), stage_name: 's', stage_time: String(++clock) } });
            assert.equal(r.code, 0, r.text);
            last = i;
        }
    })();
    await eventually(() => last, (n) => n > 0, { what: 'a write' });
    const bytes = fs.statSync(path.join(own, 'hired.db')).size;
    assert.ok(bytes > 10e6, `${bytes} bytes are too few for this test`);
    const to = path.join(tempDir(), 'copy'), begun = last, since = Date.now();
    const r = await backup(to, { from: own, args: ['--rate', '4', '--json'] });
    const took = Date.now() - since, ended = last;
    assert.equal(r.status, 0, r.said);
    over = true;
    await writer;
    assert.ok(took > 1000 * bytes / 4e6 - 1500, `${took} ms for ${bytes} bytes: not paced`);
    assert.ok(took < 3 * 1000 * bytes / 4e6 + 10_000, `${took} ms for ${bytes} bytes: begun again`);
    assert.ok(ended > begun + 100, 'many writes were made meanwhile');
    // Of one moment: the first n of the writes, and n is of the time when the copy began.
    const stages = sql(to, 'SELECT stage_ids FROM background_check_order').flatMap((o) => stageIds(o.stage_ids)).map(Number).sort((a, b) => a - b);
    const mine = stages.filter((n) => n <= ended);
    assert.deepEqual(mine, range(mine.length, (i) => i));
    assert.ok(mine.length > begun && mine.length < begun + 0.8 * (ended - begun), `${mine.length} of the writes ${begun} to ${ended}`);
    await server.stop();
});

test('people erased during a backup leave no incomplete copy, and their files go when it has ended', async () => {
    const own = demoDir();
    const people = range(24, makePerson);
    importPeople(own, people);
    const server = await startServer({ dir: own });
    const client = new Client(server);
    for (const p of people) p.resume = await upload(server, client, `${p.tag}.pdf`, `%PDF-1.4 ${p.tag}`);
    importItems(own, people.map((p) => ({ ...p.records[1], talent_attachment_resume_id: p.resume })));
    const admin = await Person.of(server, 'admin');
    let over = false;
    const eraser = (async () => {
        for (const p of people) {
            await admin.post('erasure', { talent_id: p.talent, reason: 'a test' });
            await new Promise((resolve) => setTimeout(resolve, 60));
        }
        over = true;
    })();
    const copies = [];
    while (!over || copies.length < 3) {
        const to = path.join(tempDir(), 'copy');
        // Slow, so that erasures fall between the copy of the database and that of the files; some copy every file.
        const r = await backup(to, { from: own, args: ['--rate', '3', ...(copies.length % 2 ? ['--no-links'] : [])] });
        assert.equal(r.status, 0, r.said);
        copies.push(to);
    }
    await eraser;
    for (const to of copies) {
        assert.match(hiredOk(['check', '--data', to]), /all is well/);
        const named = sql(to, 'SELECT id FROM attachment UNION ALL SELECT id FROM report_file WHERE state = 1').length;
        assert.equal(kept(to).length, named, 'no file of a person who was erased before');
    }
    const secrets = people.flatMap((p) => p.secrets);
    assert.notDeepEqual(leftovers(copies[0], secrets), [], 'a copy keeps what was erased after it');
    await eventually(() => leftovers(own, secrets), (found) => found.length === 0, { what: 'nothing of the erased is left' });
    await server.stop();
});

test('a damaged database is not copied', () => {
    for (const page of [1, 12]) {
        const spoilt = demoDir();
        const file = path.join(spoilt, 'hired.db');
        const fd = fs.openSync(file, 'r+');
        const size = fs.readFileSync(file).readUInt16BE(16);
        fs.writeSync(fd, Buffer.alloc(64, 0xa5), 0, 64, (page - 1) * (size === 1 ? 65536 : size) + (page === 1 ? 100 : 0));
        fs.closeSync(fd);
        const to = path.join(tempDir(), 'copy');
        const r = hired(['backup', to, '--data', spoilt]);
        assert.equal(r.status, 1, r.stdout);
        assert.match(r.stderr, /damaged/);
        assert.deepEqual(fs.readdirSync(path.dirname(to)), []);
    }
});

test('a flipped bit in a page is not copied under a new checksum', () => {
    const spoilt = demoDir(), file = path.join(spoilt, 'hired.db');
    const bytes = fs.readFileSync(file), at = bytes.indexOf('candidate', bytes.length >> 1);
    assert.ok(at > 0);
    bytes[at] ^= 1;
    fs.writeFileSync(file, bytes);
    const to = path.join(tempDir(), 'copy');
    const r = hired(['backup', to, '--data', spoilt]);
    assert.equal(r.status, 1, r.stdout);
    assert.match(r.stderr, /^page \d+ .*\n.*the database is damaged, so it was not copied/);
    // As a copy it is refused too.
    const also = hired(['restore', spoilt, '--data', path.join(tempDir(), 'data')]);
    assert.equal(also.status, 1);
    assert.match(also.stderr, /is damaged; nothing was restored/);
});

test('files are links on the same file system, of the previous copy if the directory cannot be linked, or copies', () => {
    const inode = (d, name) => fs.statSync(path.join(d, 'files', name.slice(-2), name)).ino;
    const names = kept(dir);
    const to = (name, ...args) => {
        const copy = path.join(tempDir(), name);
        return { copy, said: hiredOk(['backup', copy, '--json', '--data', dir, ...args]) };
    };
    const linked = to('linked');
    assert.equal(linked.said.linked, names.length);
    for (const name of names) assert.equal(inode(linked.copy, name), inode(dir, name));
    const copied = to('copied', '--no-links', '--verify');
    assert.equal(copied.said.copied, names.length);
    for (const name of names) assert.notEqual(inode(copied.copy, name), inode(dir, name));
    // As on a disk of its own: the directory's files are of another file system.
    const shm = fs.mkdtempSync('/dev/shm/hired-test-');
    try {
        const first = path.join(shm, 'first'), second = path.join(shm, 'second');
        assert.equal(hiredOk(['backup', first, '--json', '--data', dir]).copied, names.length);
        const said = hiredOk(['backup', second, '--json', '--data', dir, '--previous', first]);
        assert.equal(said.linked, names.length);
        for (const name of names) assert.equal(inode(second, name), inode(first, name));
        assert.match(hiredOk(['check', '--data', second]), /all is well/);
    } finally {
        fs.rmSync(shm, { recursive: true });
    }
});

test('--verify does not keep a copy with a fault that only hired check finds', () => {
    const spoilt = demoDir();
    const name = kept(spoilt)[0], file = path.join(spoilt, 'files', name.slice(-2), name);
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    fs.writeFileSync(file, bytes);
    const to = path.join(tempDir(), 'copy');
    const r = hired(['backup', to, '--verify', '--data', spoilt]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, new RegExp(`${name}[^]*has the errors above`));
    assert.deepEqual(fs.readdirSync(path.dirname(to)), []);
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

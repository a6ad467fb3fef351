// SPDX-License-Identifier: Apache-2.0
// weight: 3
//
// [store] archive: every second of a loaded server can be brought back, over a kill and a clean stop; an archive that fails does
// not stop the server, and begins anew.
// store: sqlite: it is about the continuous copy of SQLite's log
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { importItems, makeOrder, range, sql, stageIds } from '../../lib/data.mjs';
import { importPeople, leftovers, makePerson, upload } from '../../lib/person.mjs';
import { demoDir, hired, hiredOk, slow, startServer, tempDir } from '../../lib/server.mjs';

const N = 200;
const long = Boolean(process.env.HIRED_TEST_LONG);
const dir = demoDir();
const archive = path.join(tempDir(), 'archive');
const config = `[store]\narchive = ${archive}\n`;
importItems(dir, range(N, makeOrder));
const people = range(6, makePerson);
importPeople(dir, people);

const shms = [];
after(() => shms.forEach((d) => fs.rmSync(d, { recursive: true, force: true })));
const metric = async (server, name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await send(server.baseUrl, 'GET', '/metrics')).text)?.[1]);
const lines = () => fs.readdirSync(archive).filter((f) => f.startsWith('line-'));
const based = (server) => eventually(() => metric(server, 'hired_archive_base_ms'), (ms) => ms > 0, { what: 'a base', timeoutMs: 60_000 * slow });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let clock = 1_710_000_000_000, stage = 0;
const told = []; // {id, sent, acked}: writes that were answered
// Writes with some clients until over() says so; a request that a kill cut off counts as neither made nor not made.
async function load(server, over) {
    const client = new Client(server);
    const token = await client.token();
    await Promise.all(range(4, async () => {
        while (!over()) {
            const id = `s${++stage}`, sent = Date.now();
            let r;
            try {
                r = await client.call('POST', paths.progress, { token, body: {
                    background_check_id: makeOrder(stage % N).order_id, stage_id: id, stage_name: id, stage_time: String(++clock) } });
            } catch {
                return;
            }
            assert.equal(r.code, 0, r.text);
            told.push({ id, sent, acked: Date.now() });
        }
    }));
}

const restoreTo = (ms, ...more) => {
    const to = path.join(tempDir(), 'data');
    const r = hired(['restore', '--at', String(ms), '--from', archive, '--data', to, ...more]);
    assert.equal(r.status, 0, r.stderr);
    return to;
};
const stages = (d) => new Set(sql(d, 'SELECT stage_ids FROM background_check_order').flatMap((o) => stageIds(o.stage_ids)).filter((s) => s.startsWith('s')));
function compare(ms) {
    const to = restoreTo(ms), has = stages(to);
    const missing = told.filter((w) => w.acked < ms && !has.has(w.id));
    const early = told.filter((w) => w.sent > ms + 1000 && has.has(w.id));
    assert.deepEqual(missing.slice(0, 3), [], `${missing.length} of the writes answered before ${ms} are missing`);
    assert.deepEqual(early.slice(0, 3), [], `${early.length} writes begun after ${ms} + 1 s are there`);
    fs.rmSync(path.dirname(to), { recursive: true });
    return has.size;
}

let begun, erasedAt, ended;
test('every second under load is brought back as it was answered, over a kill and a clean stop', async () => {
    let server = await startServer({ dir, config });
    await based(server);
    begun = Date.now();
    const seconds = long ? 40 : 4;
    for (const how of ['kill', 'stop', null]) {
        let over = false;
        const working = load(server, () => over);
        await sleep(seconds * 1000);
        if (how === 'kill') {
            await server.kill();
            over = true;
            await working;
        } else {
            over = true;
            await working;
        }
        if (how === 'stop') await server.stop();
        if (how) server = await startServer({ dir, config });
    }
    assert.equal(lines().length, 1, 'nothing was interrupted');
    assert.equal(await metric(server, 'hired_archive_interruptions_total'), 0);
    // Files and erasure, for the next test.
    const client = new Client(server);
    for (const p of people) p.resume = await upload(server, client, `${p.tag}.pdf`, `%PDF-1.4 ${p.tag}`);
    importItems(dir, people.map((p) => ({ ...p.records[1], talent_attachment_resume_id: p.resume })));
    await sleep(1500);
    erasedAt = Date.now();
    await sleep(1500);
    const admin = await Person.of(server, 'admin');
    for (const p of people) await admin.post('erasure', { talent_id: p.talent, reason: 'a test' });
    await eventually(() => sql(dir, 'SELECT count(*) AS n FROM file_removal')[0].n, (n) => n === 0, { what: 'files are gone' });
    await sleep(1200);
    ended = Date.now();
    assert.ok(await metric(server, 'hired_archive_behind_ms') < 1000);
    await server.stop();
    assert.ok(told.length > 100, `${told.length} writes`);
    const sizes = range(long ? 50 : 6, () => begun + Math.floor(Math.random() * (told.at(-1).acked - begun))).sort().map(compare);
    assert.deepEqual([...sizes].sort((a, b) => a - b), sizes, 'a later time has more');
    assert.ok(compare(ended) >= told.length);
});

test('kept files are in the archive, also those that were erased later', async () => {
    const before = restoreTo(erasedAt), later = restoreTo(ended);
    for (const d of [before, later]) assert.match(hiredOk(['check', '--data', d]), /all is well/);
    for (const p of people) {
        assert.equal(sql(before, 'SELECT count(*) AS n FROM attachment WHERE id = ?', p.resume)[0].n, 1);
        assert.equal(sql(later, 'SELECT count(*) AS n FROM attachment WHERE id = ?', p.resume)[0].n, 0);
    }
    assert.deepEqual(leftovers(later, people.flatMap((p) => p.secrets)), []);
    // A start moves the files to the day's folder, from which they are restored too.
    const server = await startServer({ dir, config });
    await eventually(() => fs.existsSync(path.join(archive, 'gone')), Boolean, { what: 'the erased files are set apart' });
    await server.stop();
    assert.match(hiredOk(['check', '--data', restoreTo(erasedAt)]), /all is well/);
});

test('a time before the first base, an incomplete question and a damaged archive are refused', () => {
    const to = path.join(tempDir(), 'data');
    for (const [args, why, status = 1] of [
        [['--at', '2001-02-03T04:05:06Z', '--from', archive], /does not go back to 2001-02-03T04:05:06Z; its oldest base is of 20/],
        [['--at', 'yesterday', '--from', archive], /--at takes a time such as/, 2],
        [['--at', '2001-02-03 04:05:06'], /--at and --from belong together/, 2],
        [['--at', '2001-02-03 04:05:06', '--from', path.join(archive, 'none')], /cannot read the archive/],
    ]) {
        const r = hired(['restore', '--data', to, ...args]);
        assert.equal(r.status, status, r.stderr);
        assert.match(r.stderr, why);
    }
    const spoilt = path.join(tempDir(), 'archive');
    fs.cpSync(archive, spoilt, { recursive: true });
    const line = path.join(spoilt, fs.readdirSync(spoilt).find((f) => f.startsWith('line-')));
    const log = path.join(line, fs.readdirSync(line).find((f) => f.endsWith('.wal')));
    const bytes = fs.readFileSync(log);
    bytes[bytes.length >> 1] ^= 0x10;
    fs.writeFileSync(log, bytes);
    const r = hired(['restore', '--at', String(ended), '--from', spoilt, '--data', to]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /is damaged; nothing was restored/);
});

test('changes that an archive did not see begin a new line, and both are restored', async () => {
    importItems(dir, [makeOrder(N)]);
    const server = await startServer({ dir, config });
    assert.equal(lines().length, 2);
    await based(server);
    const now = Date.now();
    await server.stop();
    const count = (d) => sql(d, 'SELECT count(*) AS n FROM background_check_order WHERE id = ?', makeOrder(N).order_id)[0].n;
    assert.equal(count(restoreTo(now)), 1);
    assert.equal(count(restoreTo(ended)), 0);
});

test('what is older than archive_days goes, and what the oldest time of them needs stays', async () => {
    const own = demoDir(), place = path.join(tempDir(), 'archive');
    const settings = `[store]\narchive = ${place}\narchive_days = 2\n`;
    let server = await startServer({ dir: own, config: settings });
    await based(server);
    await server.stop();
    const day = 86_400_000, now = Date.now();
    const line = fs.readdirSync(place).filter((f) => f.startsWith('line-'))[0];
    const write = (name, text = '') => {
        fs.mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
        fs.writeFileSync(path.join(place, name), text);
    };
    // Of the present line: bases of 5, 3 and 1 days ago. The one of 3 days ago is needed to restore to 2 days ago.
    for (const days of [5, 3, 1]) write(`${line}/base-${now - days * day}-0-0.db`);
    // Older lines: one that ended 3 days ago, one that ended yesterday.
    for (const days of [3, 1]) {
        write(`line-${now - 9 * day + days}/base-${now - 8 * day}-1-0.db`);
        write(`line-${now - 9 * day + days}/log-00000001.wal`);
        write(`line-${now - 9 * day + days}/log-00000001.idx`, `${now - days * day} ${now - days * day} 0 100\n`);
    }
    const named = (days) => new Date(now - days * day).toISOString().slice(0, 10).replaceAll('-', '');
    for (const days of [5, 1]) write(`gone/${named(days)}/files/00/0000000000000000`);
    server = await startServer({ dir: own, config: settings });
    await eventually(() => fs.readdirSync(path.join(place, 'gone')), (names) => names.length === 1, { what: 'old files go' });
    assert.deepEqual(fs.readdirSync(path.join(place, 'gone')), [named(1)]);
    const bases = fs.readdirSync(path.join(place, line)).filter((f) => f.startsWith('base-')).map((f) => Math.round((now - Number(f.split('-')[1])) / day));
    assert.deepEqual(bases.filter((d) => d > 0).sort(), [1, 3]);
    assert.deepEqual(fs.readdirSync(place).filter((f) => f.startsWith('line-')).sort(), [line, `line-${now - 9 * day + 1}`].sort());
    await server.stop();
});

test('a full archive does not stop the server, says so, and begins anew when there is room', async (t) => {
    const small = tempDir();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]).status !== 0) return void t.skip('needs the right to mount');
    try {
        const own = demoDir();
        importItems(own, range(N, makeOrder));
        const server = await startServer({ dir: own, config: `[store]\narchive = ${small}/a\nfree_min = 0\n` });
        await based(server);
        spawnSync('dd', ['if=/dev/zero', `of=${small}/ballast`, 'bs=64k']);
        let over = false;
        const working = load(server, () => over);
        await server.logged((l) => /the archive is interrupted/.test(l.msg) && /No space left/.test(l.why));
        assert.equal(await metric(server, 'hired_archive_running'), 0);
        const before = told.length;
        await eventually(() => told.length, (n) => n > before + 50, { what: 'writes go on' });
        fs.rmSync(`${small}/ballast`);
        await server.logged((l) => /the archive begins anew/.test(l.msg));
        over = true;
        await working;
        await eventually(() => metric(server, 'hired_archive_running'), (n) => n === 1, { what: 'the archive runs' });
        const old = await metric(server, 'hired_archive_base_ms');
        await eventually(() => metric(server, 'hired_archive_base_ms'), (ms) => ms > old || fs.readdirSync(`${small}/a`).filter((f) => f.startsWith('line-')).length === 2,
            { what: 'a new base' });
        await server.stop();
    } finally {
        spawnSync('umount', ['-l', small]);
    }
});

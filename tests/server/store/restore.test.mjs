// SPDX-License-Identifier: Apache-2.0
//
// hired restore: a checked copy takes the place of a data directory, whole, also after being killed at any point; it never
// replaces data that it was not told to, and nothing else works in the directory meanwhile.
// store: sqlite: PostgreSQL has its own backups
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { importItems, makeOlder, makeOrder, meddle, range, sql } from '../../lib/data.mjs';
import { upload } from '../../lib/person.mjs';
import { binary, demoDir, hired, hiredOk, startServer, tempDir } from '../../lib/server.mjs';

const dir = demoDir();
importItems(dir, range(300, makeOrder));
const copy = path.join(tempDir(), 'copy');
hiredOk(['backup', copy, '--data', dir]);

const orders = (d) => sql(d, 'SELECT count(*) AS n FROM background_check_order')[0].n;
const tree = (d) => fs.readdirSync(d, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
    .map((e) => path.relative(d, path.join(e.parentPath ?? e.path, e.name))).sort();
const restore = (from, to, ...more) => hired(['restore', from, '--data', to, ...more]);
const isWell = (d) => assert.match(hiredOk(['check', '--data', d]), /all is well/);

test('a copy is restored into a new directory and can be served', async () => {
    const to = path.join(tempDir(), 'data');
    const r = restore(copy, to);
    assert.equal(r.status, 0, r.stderr);
    assert.deepEqual(tree(to).filter((f) => f !== 'hired.lock'), tree(copy).filter((f) => !/-(wal|shm)$/.test(f)));
    isWell(to);
    assert.equal(orders(to), orders(dir));
    const server = await startServer({ dir: to });
    assert.equal((await new Client(server, { app_id: JSON.parse(fs.readFileSync(path.join(dir, 'demo.json'))).app_id,
        app_secret: JSON.parse(fs.readFileSync(path.join(dir, 'demo.json'))).app_secret }).walk('GET', paths.orders, { query: { page_size: 100 } })).length, orders(dir));
    await server.stop();
    // It is a copy of its own.
    for (const name of tree(to).filter((f) => f.startsWith('files')))
        assert.notEqual(fs.statSync(path.join(to, name)).ino, fs.statSync(path.join(copy, name)).ino);
});

test('what root restores belongs to the owner of the directory', (t) => {
    if (process.getuid() !== 0) return void t.skip('needs root');
    for (const replace of [false, true]) {
        const to = replace ? demoDir() : path.join(tempDir(), 'data');
        if (!replace) fs.mkdirSync(to, { mode: 0o700 });
        fs.chownSync(to, 61234, 61235);
        const r = restore(copy, to, ...(replace ? ['--replace'] : []));
        assert.equal(r.status, 0, r.stderr);
        const restored = ['hired.db', 'files', ...tree(to).filter((f) => f.startsWith('files/')), ...fs.readdirSync(to).filter((f) => f.startsWith('before-restore'))];
        assert.ok(restored.length > 5);
        for (const name of restored) {
            const { uid, gid } = fs.statSync(path.join(to, name));
            assert.deepEqual({ name, uid, gid }, { name, uid: 61234, gid: 61235 });
        }
    }
});

test('data is replaced only with --replace, which keeps it', async () => {
    const to = demoDir();
    const server = await startServer({ dir: to });
    const client = new Client(server);
    await upload(server, client, 'mine.pdf', '%PDF-1.4 mine');
    const running = restore(copy, to, '--replace');
    assert.equal(running.status, 1);
    assert.match(running.stderr, /is in use by hired serve .* Stop it first/);
    assert.equal((await client.walk('GET', paths.orders, { query: { page_size: 100 } })).length, orders(to));
    await server.stop();
    const before = tree(to);
    const refused = restore(copy, to);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /has data already; --replace keeps it/);
    assert.deepEqual(tree(to), before);
    const old = orders(to);
    const { old_data: aside } = hiredOk(['restore', copy, '--data', to, '--replace', '--json']);
    assert.match(aside, /^before-restore-\d{8}-\d{6}$/);
    assert.equal(orders(to), orders(dir));
    assert.equal(orders(path.join(to, aside)), old);
    isWell(to);
    isWell(path.join(to, aside));
    assert.ok(tree(to).includes('demo.json'));
});

test('a damaged, incomplete or living copy is refused, and the directory stays as it is', async () => {
    const fresh = () => {
        const mine = path.join(tempDir(), 'copy');
        fs.cpSync(copy, mine, { recursive: true });
        return mine;
    };
    const to = demoDir(), before = tree(to);
    const refuses = (from, why) => {
        const r = restore(from, to, '--replace');
        assert.equal(r.status, 1);
        assert.match(r.stderr, why);
        isWell(to);
    };
    const pages = fresh();
    fs.writeSync(fs.openSync(path.join(pages, 'hired.db'), 'r+'), Buffer.alloc(64, 0xa5), 0, 64, 11 * 16384);
    refuses(pages, /is damaged; nothing was restored/);
    const rows = fresh();
    meddle(rows, 'UPDATE background_check_order_count SET orders = orders + 1');
    refuses(rows, /is damaged; nothing was restored/);
    const file = fresh(), name = tree(file).find((f) => f.startsWith('files'));
    fs.appendFileSync(path.join(file, name), 'x');
    refuses(file, /differs from the file that was stored; nothing was restored/);
    fs.rmSync(path.join(file, name));
    refuses(file, /is missing; nothing was restored/);
    const accepted = path.join(tempDir(), 'data');
    assert.ok(hiredOk(['restore', file, '--data', accepted, '--accept-findings', '--json']).findings === 1);
    assert.equal(orders(accepted), orders(dir));
    refuses(path.join(tempDir(), 'nothing'), /cannot read the copy's hired.db: No such file/);
    const server = await startServer();
    refuses(server.dir, /is no copy that stands still/);
    await server.stop();
    const data = (names) => names.filter((f) => !/^hired\.(lock|db-wal|db-shm)$/.test(f));
    assert.deepEqual(data(tree(to)), data(before));
});

test('a copy of an older schema, and one whose server was killed, are restored whole', async () => {
    const older = path.join(tempDir(), 'older');
    fs.cpSync(copy, older, { recursive: true });
    makeOlder(older, 10);
    const to = path.join(tempDir(), 'data');
    assert.equal(restore(older, to).status, 0);
    isWell(to);
    const server = await startServer({ dir: demoDir() });
    const client = new Client(server);
    const id = await upload(server, client, 'late.pdf', '%PDF-1.4 late');
    await server.kill();
    assert.ok(fs.statSync(path.join(server.dir, 'hired.db-wal')).size > 0);
    const also = path.join(tempDir(), 'data');
    const r = restore(server.dir, also);
    assert.equal(r.status, 0, r.stderr);
    assert.equal(sql(also, 'SELECT count(*) AS n FROM attachment WHERE id = ?', id)[0].n, 1);
    isWell(also);
});

test('a second restore within a second keeps its old data in another folder', () => {
    const to = demoDir();
    for (let i = 0; i < 60; i++) {
        const at = new Date(Date.now() + i * 1000).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
        fs.mkdirSync(path.join(to, `before-restore-${at}`, 'files', 'older'), { recursive: true });
    }
    const { old_data: aside } = hiredOk(['restore', copy, '--data', to, '--replace', '--json']);
    assert.match(aside, /^before-restore-\d{8}-\d{6}-2$/);
    isWell(to);
    isWell(path.join(to, aside));
});

test('a restore that was killed while it removed its own folder is complete', () => {
    const to = path.join(tempDir(), 'data');
    assert.equal(restore(copy, to).status, 0);
    fs.mkdirSync(path.join(to, 'restore.finished'));
    fs.writeFileSync(path.join(to, 'restore.finished', 'source'), copy);
    isWell(to);
    assert.match(restore(copy, to).stderr, /has data already; --replace keeps it/);
    assert.ok(!fs.existsSync(path.join(to, 'restore.finished')));
});

// The kills are spread over the time that a restore takes.
for (const replace of [false, true]) {
    test(`a restore that is killed at any point is finished by the same command${replace ? ', with the old data kept' : ''}`, async () => {
        const points = process.env.HIRED_TEST_LONG ? 60 : 8;
        let kills = 0, took = 0;
        for (let i = 0; i <= points; i++) {
            const to = replace ? demoDir() : path.join(tempDir(), 'data');
            const old = replace ? orders(to) : 0;
            const args = ['restore', copy, '--data', to, ...(replace ? ['--replace'] : [])];
            const begun = Date.now();
            const child = spawn(binary, args, { stdio: 'ignore' });
            const timer = i > 0 && setTimeout(() => child.kill('SIGKILL'), took * i / points);
            const [status] = await new Promise((resolve) => child.on('close', (...how) => resolve(how)));
            clearTimeout(timer);
            // The first one is not killed. On a machine that has become less busy, the later ones take less time than it.
            if (status === 0) took = i === 0 ? Date.now() - begun : Math.min(took, Date.now() - begun);
            kills += status !== 0;
            if (fs.existsSync(path.join(to, 'restore.partial'))) {
                const r = hired(['serve', '--data', to, '--listen', '127.0.0.1:0']);
                assert.equal(r.status, 1);
                assert.match(r.stderr, /A restore into .* was interrupted/);
            }
            // Killed between its last step and its end, it has nothing left to do, and the same command refuses to replace what is there.
            const late = !replace && status !== 0 && fs.existsSync(path.join(to, 'hired.db')) && !fs.existsSync(path.join(to, 'restore.partial'));
            const done = status === 0 || late ? { status: 0 } : hired(args); // with --replace a finished restore is made once more
            assert.equal(done.status, 0, done.stderr);
            if (late || i % 4 === 0) isWell(to);
            assert.equal(orders(to), orders(dir));
            assert.deepEqual(tree(to).filter((f) => f.startsWith('files')), tree(copy).filter((f) => f.startsWith('files')));
            assert.ok(!fs.existsSync(path.join(to, 'restore.partial')));
            const aside = fs.readdirSync(to).filter((f) => f.startsWith('before-restore-'));
            assert.ok(!replace || aside.length >= 1);
            if (replace && aside.length === 1) assert.equal(orders(path.join(to, aside[0])), old);
        }
        assert.ok(kills > 0, 'no restore was killed');
    });
}

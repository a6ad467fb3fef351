// SPDX-License-Identifier: Apache-2.0
// weight: 10
//
// Commands that write while a server uses the directory: they write through the server without blocking it, and the open
// transaction of a command that was killed or stopped is rolled back.
// store: sqlite: with PostgreSQL no command needs the server beside it
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, paths, sleep } from '../../lib/client.mjs';
import { importItems, makeOrder, range } from '../../lib/data.mjs';
import { binary, demoDir, hired, hiredOk, slow, startServer, tempDir } from '../../lib/server.mjs';

const answerOf = (items) => JSON.stringify({ code: 0, msg: 'success', data: { items, has_more: false } });

function ordersFile(n, from = 10_000) {
    const file = path.join(tempDir(), 'orders.json');
    fs.writeFileSync(file, answerOf(range(n, (i) => makeOrder(from + i))));
    return file;
}

// Starts a command: {child, done: {status, stderr}}.
function start(args) {
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (d) => (stderr += d));
    child.stdout.resume();
    const done = new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, stderr })));
    return { child, done };
}

// Whether the process has the file open for writing. Mappings, and descriptors opened for reading only, do not count.
function opensToWrite(pid, file) {
    for (const fd of fs.readdirSync(`/proc/${pid}/fd`)) {
        try {
            if (fs.readlinkSync(`/proc/${pid}/fd/${fd}`) !== file) continue;
            const flags = parseInt(/^flags:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))[1], 8);
            if (flags & 3) return true;
        } catch {
            // The descriptor was closed in the meantime.
        }
    }
    return false;
}

// One write through the API: a vendor reports a stage of an order.
let stage = 0;
async function write(client, order) {
    const body = { background_check_id: order, stage_id: `s${++stage}`, stage_name: 'step', stage_time: String(Date.now()) };
    const r = await client.call('POST', paths.progress, { body });
    assert.equal(r.code, 0, JSON.stringify(r));
}

const there = async (client, { order_id }) => (await client.ok('POST', '/open-apis/hire/v1/background_check_orders/batch_query',
    { body: { background_check_order_id_list: [order_id] } })).items.length === 1;

async function served() {
    const dir = demoDir();
    importItems(dir, range(3, makeOrder));
    const server = await startServer({ dir });
    return { server, dir, client: new Client(server), order: makeOrder(1).order_id };
}

const importing = (dir, file) => ['import', file, '--user-id-type', 'user_id', '--data', dir];

test('an import writes through the server, not to the database file, and API calls are answered meanwhile', async () => {
    const { server, dir, client, order } = await served();
    assert.equal(fs.statSync(path.join(dir, 'hired.sock')).mode & 0o777, 0o600);
    const { child, done } = start(importing(dir, ordersFile(4000)));
    const file = fs.realpathSync(path.join(dir, 'hired.db'));
    let ended = false, looks = 0, worst = 0;
    const result = done.then((r) => {
        ended = true;
        return r;
    });
    while (!ended) {
        try {
            assert.equal(opensToWrite(child.pid, file), false);
            looks++;
        } catch (e) {
            if (e.code !== 'ENOENT' && e.code !== 'EACCES') throw e;
        }
        const begun = Date.now();
        await write(client, order);
        worst = Math.max(worst, Date.now() - begun);
    }
    const r = await result;
    assert.equal(r.status, 0, r.stderr);
    assert.ok(looks > 0);
    assert.ok(worst < 5000 * slow, `a call took ${worst} ms`);
    await client.order(makeOrder(10_000 + 3999).order_id);
    assert.match(hiredOk(['check', '--data', dir]), /all is well/);
    await server.stop();
    assert.ok(!fs.existsSync(path.join(dir, 'hired.sock')), 'the socket goes with the server');
});

test('if an import is killed, its open transaction is rolled back and other writes do not wait', async () => {
    const { server, dir, client, order } = await served();
    const { child, done } = start(importing(dir, ordersFile(20_000)));
    await eventually(() => there(client, makeOrder(10_000)), Boolean, { what: 'the first records', everyMs: 1 });
    child.kill('SIGKILL');
    const begun = Date.now();
    await write(client, order);
    assert.ok(Date.now() - begun < 3000 * slow, 'the writer was free at once');
    assert.equal((await done).signal, 'SIGKILL', 'it had not ended before');
    assert.ok(!await there(client, makeOrder(10_000 + 19_999)), 'nor had its last record come');
    assert.match(hiredOk(['check', '--data', dir]), /all is well/);
    await server.stop();
});

test('the transaction of a command that is stopped is rolled back after some seconds, and the command reports it', async () => {
    const { server, dir, client, order } = await served();
    const { child, done } = start(importing(dir, ordersFile(20_000)));
    await eventually(() => there(client, makeOrder(10_000)), Boolean, { what: 'the first records', everyMs: 1 });
    // The command is stopped repeatedly until it is stopped inside a transaction, which is the case if a write has to wait.
    for (let tries = 0; ; tries++) {
        assert.ok(tries < 500, 'it was never stopped within a transaction');
        child.kill('SIGSTOP');
        const begun = Date.now(), written = write(client, order);
        const held = await Promise.race([written.then(() => false), sleep(1000 * slow).then(() => true)]);
        await written;
        if (held) {
            assert.ok(Date.now() - begun < 12_000 * slow, `${Date.now() - begun} ms`);
            break;
        }
        child.kill('SIGCONT');
        await sleep(tries % 7);
    }
    await server.logged((l) => l.msg === "a command's transaction was undone");
    child.kill('SIGCONT');
    const r = await done;
    assert.equal(r.status, 1, r.stderr);
    assert.match(r.stderr, /the server undid the transaction: it took too long/);
    assert.match(hiredOk(['check', '--data', dir]), /all is well/);
    await server.stop();
});

test('many commands at once succeed while a server runs or starts; while it stops, each reports its true result', async () => {
    const { server, dir } = await served();
    const make = (i) => start(['app', 'create', '--data', dir, '--name', `n${i}`, '--scope', 'all']).done;
    const all = range(24, make);
    for (const r of await Promise.all(all)) assert.equal(r.status, 0, r.stderr);
    const during = range(6, (i) => make(100 + i));
    const stopped = server.stop();
    const became = await Promise.all(during);
    for (const r of became.filter((x) => x.status !== 0)) assert.match(r.stderr, /stopping|ended/);
    await stopped;
    const before = range(4, (i) => make(200 + i));
    const next = await startServer({ dir });
    for (const r of await Promise.all(before)) assert.equal(r.status, 0, r.stderr);
    const names = hiredOk(['app', 'list', '--data', dir]).map((a) => a.name);
    for (const n of [...range(24, (i) => `n${i}`), ...range(4, (i) => `n${200 + i}`)]) assert.ok(names.includes(n), n);
    // While the server stops, some commands succeed and some fail: an app exists exactly if its command reported success.
    for (const [i, r] of became.entries()) assert.equal(names.includes(`n${100 + i}`), r.status === 0, `n${100 + i}: ${r.stderr}`);
    await next.stop();
});

test('invalid bytes on the command socket close the connection, and the server continues', async () => {
    const { server, dir, client, order } = await served();
    const socket = path.join(dir, 'hired.sock');
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', Buffer.from([0, 0, 0, 0]), Buffer.from([255, 255, 255, 255, 1]), Buffer.from([1, 0, 0, 0, 2])]) {
        await new Promise((resolve, reject) => {
            const s = net.connect(socket, () => s.write(bytes));
            s.on('error', resolve).on('close', resolve).resume();
            setTimeout(() => reject(new Error('it was not sent away')), 20_000).unref();
        });
    }
    await write(client, order);
    hiredOk(['tenant', 'create', '--name', 'After', '--data', dir]);
    await server.stop();
});

test('commands reach the server if the directory\'s path is too long for a Unix socket address', async () => {
    const dir = path.join(tempDir(), 'd'.repeat(120), 'e'.repeat(120));
    fs.mkdirSync(path.dirname(dir), { recursive: true });
    fs.cpSync(demoDir(), dir, { recursive: true });
    const server = await startServer({ dir });
    hiredOk(['tenant', 'create', '--name', 'Deep', '--data', dir]);
    assert.equal(hired(['demo', '--data', dir]).status, 1, 'a demo is made where nobody works');
    await server.stop();
});

// SPDX-License-Identifier: Apache-2.0
//
// Only one process uses a data directory at a time. A second process reports which process that is, and changes nothing.
// store: sqlite: it is about who owns the data directory
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import dns from 'node:dns/promises';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { Client, paths, send } from '../../lib/client.mjs';
import { binary, demoDir, hired, hiredOk, startServer, tempDir } from '../../lib/server.mjs';

// Starts a server that must fail to start, and returns its error message.
async function refusal(o) {
    let failed;
    await assert.rejects(startServer(o), (e) => Boolean(failed = e));
    assert.match(failed.message, /status 1\b/);
    return failed.message;
}

const draftsOf = (dir) => fs.readdirSync(path.join(dir, 'files'), { recursive: true }).filter((n) => n.endsWith('.draft'));

test('a second server on the same directory exits, names the first server, and leaves its files', async () => {
    const server = await startServer();
    const folder = path.join(server.dir, 'files', '7f');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, '000000000000007f.draft'), 'an upload under way');
    for (const listen of ['127.0.0.1:0', `127.0.0.1:${server.port}`]) {
        const said = await refusal({ dir: server.dir, listen });
        assert.ok(said.includes(`in use by hired serve (process ${server.child.pid}, since `), said);
        assert.ok(said.includes(server.baseUrl), said);
        assert.match(said, /--data/);
    }
    assert.equal(draftsOf(server.dir).length, 1, 'a draft of the first server is still there');
    await new Client(server).ok('GET', paths.orders);
    await server.stop();
    const next = await startServer({ dir: server.dir });
    assert.equal(draftsOf(server.dir).length, 0, 'the next one that holds the directory removes what was left behind');
    await next.stop();
});

test('after a server was killed, another server can use the directory', async () => {
    const server = await startServer();
    await server.kill();
    const next = await startServer({ dir: server.dir });
    await next.stop();
});

test('if the port is in use, the server exits with a helpful message and changes nothing in the directory', async () => {
    const server = await startServer();
    const dir = demoDir();
    const folder = path.join(dir, 'files', '7f');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, '000000000000007f.draft'), 'x');
    const before = fs.statSync(path.join(dir, 'hired.db')).mtimeMs;
    const said = await refusal({ dir, listen: `127.0.0.1:${server.port}` });
    assert.match(said, /perhaps another hired/);
    assert.match(said, /--listen/);
    assert.equal(draftsOf(dir).length, 1);
    assert.equal(fs.statSync(path.join(dir, 'hired.db')).mtimeMs, before);
    const fresh = path.join(tempDir(), 'none yet');
    await refusal({ dir: fresh, listen: `127.0.0.1:${server.port}` });
    assert.ok(!fs.existsSync(path.join(fresh, 'hired.db')), 'no database was made');
    await server.stop();
});

test('a server that starts while another one is stopping waits until that one has ended', async () => {
    const server = await startServer({ args: ['--drain', '2s'] });
    const token = await new Client(server).token();
    // A request whose body does not arrive keeps the first server running until its drain time is over.
    const socket = net.connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST ${paths.progress} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`
        + 'Content-Length: 20\r\nExpect: 100-continue\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    server.child.kill('SIGTERM');
    await server.logged((l) => l.msg === 'stopping');
    const next = await startServer({ dir: server.dir, config: '[log]\nlevel = info\n' });
    assert.ok(server.ended, 'the first one had ended');
    assert.ok(next.log.some((l) => /in use by hired serve .* Waiting for it to end/.test(l.msg)), next.stderr);
    socket.destroy();
    await next.stop();
});

test('the server listens on every address of the host name, and the printed URL works', async () => {
    const v6 = await new Promise((resolve) => {
        const probe = net.createServer().on('error', () => resolve(false)).listen(0, '::1', () => probe.close(() => resolve(true)));
    });
    const localhost = (await dns.lookup('localhost', { all: true })).map((a) => a.address);
    const all = v6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
    const cases = [['localhost:0', all.filter((a) => localhost.includes(a))], ['*:0', all], ['0.0.0.0:0', ['127.0.0.1']], ...(v6 ? [['[::]:0', all]] : [])];
    for (const [listen, opened] of cases) {
        const server = await startServer({ listen });
        assert.doesNotMatch(server.baseUrl, /\*|0\.0\.0\.0|\[::\]/);
        assert.equal((await send(server.baseUrl, 'GET', '/healthz')).status, 200);
        assert.ok(opened.length > 0);
        for (const host of opened) {
            assert.equal((await send(`http://${host.includes(':') ? `[${host}]` : host}:${server.port}`, 'GET', '/healthz')).status, 200, `${listen}: ${host}`);
        }
        await server.stop();
    }
});

test('if the directory is not writable, the server exits with a message that says so', async (t) => {
    // Root can write everywhere, so as root the test starts the server as another user, from a copy of the binary that this user
    // can read. For any other user, the changed file modes are enough.
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hired-unwritable-'));
    t.after(() => fs.rmSync(dir, { recursive: true }));
    fs.cpSync(demoDir(), dir, { recursive: true });
    const copy = path.join(dir, 'hired');
    fs.copyFileSync(binary, copy);
    for (const name of fs.readdirSync(dir)) fs.chmodSync(path.join(dir, name), /^(files|hired)$/.test(name) ? 0o555 : 0o444);
    fs.chmodSync(dir, 0o555);
    const as = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
    const child = spawn(copy, ['serve', '--data', dir, '--listen', '127.0.0.1:0'], { ...as, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
    let said = '';
    child.stdout.on('data', (d) => (said += d));
    child.stderr.on('data', (d) => (said += d));
    const status = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
    fs.chmodSync(dir, 0o755);
    fs.chmodSync(path.join(dir, 'files'), 0o755);
    assert.equal(status, 1, said);
    assert.match(said, /Cannot write in .*Permission denied/);
    assert.match(said, /--data/);
});

test('commands that run at the same time wait for each other, and all succeed', async () => {
    const dir = demoDir();
    const all = await Promise.all(Array.from({ length: 6 }, (_, i) => new Promise((resolve) => {
        const child = spawn(binary, ['app', 'create', '--data', dir, '--name', `n${i}`, '--scope', 'all'], { stdio: 'ignore' });
        child.on('close', resolve);
    })));
    assert.deepEqual(all, [0, 0, 0, 0, 0, 0]);
    const names = hiredOk(['app', 'list', '--data', dir]).map((a) => a.name);
    for (let i = 0; i < 6; i++) assert.ok(names.includes(`n${i}`));
    assert.equal(hired(['app', 'list', '--data', dir]).status, 0);
});

// SPDX-License-Identifier: Apache-2.0
//
// The server never ends without a word: too little memory for threads or a password is an error message or a refused request, and a
// database that another program truncates ends it with a line in the log.
// store: sqlite: it limits the memory and files of one process
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { binary, demoDir, hired, slow, startServer } from '../../lib/server.mjs';

const MB = 1 << 20;
const sanitized = slow > 1 && 'a sanitizer needs more address space than there is memory';

// Starts a server with so little address space, and ends it if it serves: {said, signal}.
async function startWithin(bytes) {
    const child = spawn('prlimit', [`--as=${bytes}`, binary, 'serve', '--data', demoDir(), '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', said = '';
    child.stdout.setEncoding('utf8').on('data', (d) => {
        out += d;
        if (/ listens on \S+\n/.test(out)) child.kill('SIGTERM');
    });
    child.stderr.setEncoding('utf8').on('data', (d) => (said += d));
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    const [status, signal] = await new Promise((resolve) => child.on('close', (...how) => resolve(how)));
    clearTimeout(timer);
    return { status, signal, said, served: / listens on /.test(out) };
}

test('a start without enough address space for its threads ends with a message', { skip: sanitized }, async () => {
    const seen = [];
    for (const mb of [24, 48, 96, 128, 192, 256, 384, 768, 16384]) {
        const r = await startWithin(mb * MB);
        seen.push(r);
        if (r.served) continue;
        const last = r.said.trimEnd().split('\n').at(-1);
        assert.match(last, /^hired(:| serve:) |^\{.*"level":"error"|error while loading shared libraries/, `${mb} MB: ${r.signal ?? r.status} ${r.said}`);
    }
    assert.ok(seen.some((r) => r.status === 1 && /hired serve: cannot start/.test(r.said)), seen.map((r) => r.said).join('\n'));
    assert.equal(seen.at(-1).served, true, seen.at(-1).said);
});

test('without memory to check a password, signing in is answered 503, and works when there is memory again', { skip: sanitized }, async () => {
    const dir = demoDir();
    const made = hired(['user', 'create', 'full.cost', '--data', dir, '--role', 'admin', '--password-file', '-'], { input: 'correct horse battery\n' });
    assert.equal(made.status, 0, made.stderr);
    const server = await startServer({ dir });
    const person = new Person(server, 'full.cost', 'correct horse battery');
    const limit = (to) => assert.equal(spawnSync('prlimit', ['--pid', String(server.child.pid), `--as=${to}:`]).status, 0);
    const size = 1024 * Number(/^VmSize:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]);
    limit(size + 8 * MB);
    const r = await person.call('POST', 'session/sign_in', { body: { user: person.user, password: person.password } });
    assert.deepEqual([r.status, r.headers['retry-after']], [503, '1'], r.text);
    assert.match(r.error.message, /too little memory/);
    await server.logged((l) => l.level === 'error' && /password cannot be hashed: there is not enough memory/.test(l.msg));
    limit('unlimited');
    await person.signIn();
    await server.stop();
});

test('under a limit of file sizes a command fails with a message instead of being ended', () => {
    const dir = demoDir();
    const r = spawnSync('prlimit', ['--fsize=2048', binary, 'export', '--data', dir, '--dir', path.join(dir, 'out')], { encoding: 'utf8' });
    assert.deepEqual([r.status, r.signal], [1, null], r.stderr);
    assert.match(r.stderr, /^hired export: .*File too large/);
});

test('a database that is truncated while it is mapped ends the server with a line that says so', async () => {
    const server = await startServer();
    const client = new Client(server), token = await client.token();
    server.signalled = true; // its end is expected
    fs.truncateSync(path.join(server.dir, 'hired.db'), 4096);
    for (let i = 0; i < 50 && !server.ended; i++) {
        await send(server.baseUrl, 'GET', `/open-apis/hire/v1/background_check_orders?page_size=${i % 20 + 1}`, { headers: { Authorization: `Bearer ${token}` } }).catch(() => null);
        await send(server.baseUrl, 'GET', '/open-apis/hire/v1/interviews?page_size=100', { headers: { Authorization: `Bearer ${token}` } }).catch(() => null);
    }
    // Whether a mapping or a smaller file is read depends on the moment. A smaller file is damage, and the server goes on.
    if (!server.ended) {
        const unready = await send(server.baseUrl, 'GET', '/readyz');
        assert.equal(unready.status, 503, unready.text + server.stderr.slice(-1500));
        server.child.kill('SIGBUS');
    }
    assert.equal((await server.end()).signal, 'SIGBUS');
    assert.ok(server.log.some((l) => l.level === 'error' && /the process ends \(SIGBUS\): a file .* hired\.db, was truncated/.test(l.msg)), server.stderr);
});

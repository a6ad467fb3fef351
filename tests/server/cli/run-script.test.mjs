// SPDX-License-Identifier: Apache-2.0
// once
//
// ./run for a new user: the server works as the output says, and the printed curl command works when pasted.
// store: sqlite: ./run serves a directory
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, send } from '../../lib/client.mjs';
import { readDemo, root, tempDir } from '../../lib/server.mjs';

// A copy of the build directory, beside it because its paths are relative. ./run builds there: should a source have changed since
// this run of the tests began, the binary that other tests use is not replaced meanwhile. Unit tests are left out; ./run builds none.
const build = `build-run-${process.pid}`;
function copyBuild() {
    execFileSync('sh', ['-c', 'mkdir "$1" && tar -C build --format=posix --exclude="./src/test_*" -cf - . | tar -C "$1" -xf -', 'sh', build], { cwd: root });
}

test('./run makes the demo, prints how to call it, and serves', { timeout: 180_000 }, async (t) => {
    const dir = path.join(tempDir(), 'a folder with blanks');
    // As Ctrl-C during an earlier ./run leaves it.
    fs.mkdirSync(path.join(dir, 'demo.partial', 'files'), { recursive: true });
    t.after(() => fs.rmSync(path.join(root, build), { recursive: true, force: true }));
    copyBuild();
    const used = fs.statSync(path.join(root, 'build', 'hired'));
    const child = spawn(path.join(root, 'run'), ['--data', dir, '--listen', '127.0.0.1:0', '--threads', '1'],
        { env: { ...process.env, HIRED_BUILD: build }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (d) => (output += d));
    child.stderr.on('data', (d) => (output += d));
    const closed = new Promise((resolve) => child.on('close', resolve));
    try {
        await eventually(async () => output, (o) => /^\s*curl .*/m.test(o), { withinMs: 170_000, everyMs: 100, what: 'the curl line' });
        assert.equal(fs.readlinkSync(`/proc/${child.pid}/exe`), path.join(fs.realpathSync(root), build, 'hired'));
        assert.match(output, /was begun and not finished/);
        const demo = readDemo(dir);
        for (const value of [demo.base_url, demo.app_id, demo.app_secret]) assert.ok(output.includes(value), value);
        await eventually(() => send(demo.base_url, 'GET', '/readyz').catch(() => ({})), (r) => r.status === 200);
        const line = output.split('\n').find((l) => /^\s*(curl|\w+=\$\(curl)/.test(l)).trim();
        const answer = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] }));
        assert.equal(answer.code, 0);
        assert.ok(answer.data.items.length > 0, 'one pasted line: token first, then a call');
        const server = { baseUrl: demo.base_url, demo, secrets: new Set() };
        // The demo's twelve of a date long past, and those of the last days.
        assert.ok((await new Client(server).orders({ page_size: 100 })).items.length > 12);
    } finally {
        child.kill('SIGTERM');
    }
    assert.equal(await closed, 0, output);
    const now = fs.statSync(path.join(root, 'build', 'hired'));
    assert.deepEqual([now.ino, now.mtimeMs], [used.ino, used.mtimeMs], 'the binary of the other tests is as it was');
});

test('./run --help, and a value that is missing', () => {
    assert.match(execFileSync(path.join(root, 'run'), ['--help'], { encoding: 'utf8' }), /usage: \.\/run/);
    assert.throws(() => execFileSync(path.join(root, 'run'), ['--data'], { stdio: 'pipe' }), (e) => e.status === 2);
});

// SPDX-License-Identifier: Apache-2.0
// weight: 15
//
// Mistakes of new users: they interrupt the first start, lose demo.json, or start hired twice.
// store: sqlite: hired demo makes a directory
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { binary, demoDir, hired, hiredOk, readDemo, startServer, tempDir } from '../../lib/server.mjs';

// Runs hired demo and kills it as soon as the directory holds what is awaited.
async function cutShort(dir, signal, holds) {
    // A large demo, so that it is not finished before the signal comes.
    const child = spawn(binary, ['demo', '--orders', '20000', '--data', dir], { stdio: 'ignore' });
    const closed = new Promise((resolve) => child.on('close', (status, by) => resolve(by ?? status)));
    while (child.exitCode === null && child.signalCode === null && !holds()) await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill(signal);
    return closed;
}

// Without the files that SQLite creates for every reader.
const partsOf = (dir) => fs.readdirSync(dir).filter((n) => !/-(wal|shm)$/.test(n)).sort();

test('after an interrupted hired demo, the next one says so and creates the complete demo', async () => {
    for (const [signal, part] of [['SIGINT', 'hired.db'], ['SIGKILL', 'files'], ['SIGKILL', 'hired.db-wal']]) {
        const dir = path.join(tempDir(), 'data');
        const how = await cutShort(dir, signal, () => fs.existsSync(path.join(dir, 'demo.partial', part)));
        assert.notEqual(how, 0, `it was finished before the ${signal}`);
        assert.ok(!fs.existsSync(path.join(dir, 'hired.db')), 'nothing that could be served');
        const again = hiredOk(['demo', '--data', dir]);
        assert.match(again, /was begun and not finished/);
        assert.deepEqual(partsOf(dir), ['demo.json', 'files', 'hired.db', 'hired.lock']);
        const server = await startServer({ dir });
        assert.ok((await new Client(server).orders({ page_size: 100 })).items.length > 12);
        await server.stop();
        assert.match(hiredOk(['check', '--data', dir]), /all is well/);
    }
});

test('a server on an unfinished demo or an empty directory explains how to create a tenant', async () => {
    const dir = path.join(tempDir(), 'data');
    fs.mkdirSync(path.join(dir, 'demo.partial'), { recursive: true });
    let server = await startServer({ dir });
    assert.match(server.stdout, /A demo was begun here and not finished.*There is no tenant yet/);
    assert.match(server.stdout, /hired demo --data/);
    // While the server runs, hired demo fails and changes nothing.
    const r = hired(['demo', '--data', dir]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /in use by hired serve \(process \d+/);
    await server.stop();
    // hired demo replaces the empty database that the server left.
    hiredOk(['demo', '--days', '0', '--data', dir]);
    server = await startServer({ dir });
    assert.match(server.stdout, /^\s*curl /m);
    await new Client(server).ok('GET', paths.orders);
    await server.stop();
    server = await startServer({ dir: path.join(tempDir(), 'empty') });
    assert.match(server.stdout, /The directory is empty. There is no tenant yet/);
    await server.stop();
});

test('if moving a finished demo into its directory was interrupted, the next hired demo completes it', () => {
    const whole = demoDir();
    for (const moved of [[], ['files'], ['files', 'demo.json'], ['files', 'demo.json', 'hired.db']]) {
        const dir = path.join(tempDir(), 'data');
        fs.mkdirSync(path.join(dir, 'demo.whole'), { recursive: true, mode: 0o700 });
        for (const name of fs.readdirSync(whole)) fs.cpSync(path.join(whole, name), path.join(dir, moved.includes(name) ? '.' : 'demo.whole', name), { recursive: true });
        assert.match(hiredOk(['demo', '--data', dir]), /already/);
        assert.deepEqual(partsOf(dir), ['demo.json', 'files', 'hired.db', 'hired.lock']);
        assert.match(hiredOk(['check', '--data', dir]), /all is well/);
    }
});

test('if demo.json is missing, the server says so, and hired demo creates new credentials for the same records', async () => {
    const dir = demoDir();
    const before = readDemo(dir);
    fs.rmSync(path.join(dir, 'demo.json'));
    let server = await startServer({ dir });
    assert.match(server.stdout, /demo\.json with its credentials is gone/);
    await server.stop();
    assert.match(hiredOk(['demo', '--data', dir]), /demo\.json was gone/);
    const after = readDemo(dir);
    assert.equal(after.app_id, before.app_id);
    assert.notEqual(after.app_secret, before.app_secret);
    server = await startServer({ dir });
    await new Client(server).ok('GET', paths.orders);
    await server.stop();
});

test('hired demo in a directory with other data says what it found and changes nothing', () => {
    const dir = tempDir();
    hiredOk(['tenant', 'create', '--name', 'Ours', '--data', dir]);
    const before = fs.readFileSync(path.join(dir, 'hired.db'));
    const r = hired(['demo', '--data', dir]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /holds other tenants' records/);
    assert.equal(hired(['demo', '--unless-used', '--data', dir]).status, 0, 'as ./run asks');
    assert.deepEqual(fs.readFileSync(path.join(dir, 'hired.db')), before);
    const strange = tempDir();
    fs.mkdirSync(path.join(strange, 'files'));
    fs.writeFileSync(path.join(strange, 'files', 'mine.txt'), 'not hired\'s');
    assert.match(hired(['demo', '--data', strange]).stderr, /beside the files in/);
    assert.equal(fs.readFileSync(path.join(strange, 'files', 'mine.txt'), 'utf8'), 'not hired\'s');
});

test('a command on an app needs --tenant only if several tenants have installed the app', () => {
    const dir = demoDir();
    const demo = readDemo(dir);
    const other = hiredOk(['tenant', 'create', '--name', 'Other', '--data', dir]);
    const app = hiredOk(['app', 'create', '--data', dir, '--tenant', other.tenant_key, '--name', 'theirs', '--scope', 'all']);
    for (const id of [demo.app_id, app.app_id]) assert.equal(hiredOk(['event', 'url', '--app', id, '--data', dir]).app_id, id);
    for (const words of [['event', 'subscribe'], ['export', '--dir', path.join(tempDir(), 'x')], ['vendor', 'fields']]) {
        const r = hired([...words, '--app', app.app_id, '--data', dir]);
        assert.equal(r.status, 0, `${words[0]} ${words[1]}: ${r.stderr}`);
    }
    const store = hiredOk(['app', 'create', '--data', dir, '--tenant', other.tenant_key, '--name', 'shop', '--type', 'store', '--scope', 'all']);
    hiredOk(['app', 'install', store.app_id, '--data', dir, '--tenant', demo.tenant_key]);
    const r = hired(['event', 'url', '--app', store.app_id, '--data', dir]);
    assert.match(r.stderr, /installed in several tenants; --tenant KEY says which/);
    assert.equal(hiredOk(['event', 'url', '--app', store.app_id, '--tenant', demo.tenant_key, '--data', dir]).app_id, store.app_id);
    assert.match(hired(['event', 'url', '--app', 'cli_0000000000000000', '--data', dir]).stderr, /several tenants/);
});

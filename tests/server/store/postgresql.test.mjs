// SPDX-License-Identifier: Apache-2.0
//
// hired on PostgreSQL: records go in and come out as with SQLite, commands write beside the server, and what was acknowledged
// survives the end of a server and of the database's. nodes.test.mjs has several servers.
// once
// weight: 40
// store: sqlite: it is about PostgreSQL already
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client, eventually, send } from '../../lib/client.mjs';
import { startPostgres } from '../../lib/postgres.mjs';
import { demoDir, hired, hiredOk, slow, startServer, tempDir } from '../../lib/server.mjs';

const APPLICATIONS = '/open-apis/hire/v1/external_applications';
const postgres = await startPostgres();
const url = postgres.url();
const env = { HIRED_STORE: url };
const serve = (dir, more = []) => startServer({ dir, args: ['--store', url, ...more] });

// The demo's records as files, and an empty tenant in the database that takes them in.
const demo = demoDir();
const exported = tempDir();
hiredOk(['export', '--data', demo, '--dir', exported]);
const files = fs.readdirSync(exported).map((f) => path.join(exported, f));
const first = tempDir();
const tenant = hiredOk(['tenant', 'create', '--data', first, '--name', 'Acme'], { env });
const app = hiredOk(['app', 'create', '--data', first, '--name', 'test', '--scope', 'all'], { env });

const clientOf = (server) => new Client(server, app);

test('what is imported is answered and exported as from SQLite', async () => {
    const server = await serve(first);
    const through = hiredOk(['import', '--data', first, '--json', ...files], { env }); // through the server
    assert.ok(through);
    const back = tempDir();
    hiredOk(['export', '--data', first, '--dir', back], { env });
    for (const file of files) assert.equal(fs.readFileSync(path.join(back, path.basename(file)), 'utf8'), fs.readFileSync(file, 'utf8'), file);
    const client = clientOf(server);
    const orders = JSON.parse(fs.readFileSync(path.join(exported, 'orders.json'), 'utf8')).data.items;
    const listed = await client.walk('GET', '/open-apis/hire/v1/background_check_orders', { query: { page_size: 7 } });
    assert.deepEqual(listed.map((o) => o.order_id).sort(), orders.map((o) => o.order_id).sort());
    assert.equal(hired(['check', '--data', first], { env }).status, 0);
    await server.stop();
    assert.deepEqual(hiredOk(['tenant', 'list', '--data', first], { env }).map((t) => t.tenant_key), [tenant.tenant_key]); // without it
});

// Writes one record after the other until a server does not answer. Returns the ids of those that were acknowledged.
async function write(client, talent, ids) {
    for (;;) {
        try {
            const { external_application: made } = await client.ok('POST', APPLICATIONS, { body: { talent_id: talent, stage: 'x' } });
            ids.push(made.id);
        } catch {
            return;
        }
    }
}

test('a server that is killed: another one of the same database has all that was acknowledged', async () => {
    const server = await serve(first);
    const client = clientOf(server);
    const [application] = await client.walk('GET', '/open-apis/hire/v1/applications', { query: { page_size: 1 } });
    const { application: { talent_id: talent } } = await client.ok('GET', `/open-apis/hire/v1/applications/${application}`);
    const second = await serve(tempDir());
    const ids = [];
    const writers = Array.from({ length: 4 }, () => write(client, talent, ids));
    await eventually(() => ids.length, (n) => n > 60);
    await server.kill();
    await Promise.all(writers);
    const listed = new Set((await clientOf(second).walk('GET', APPLICATIONS, { query: { talent_id: talent } })).map((a) => a.id));
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(ids.filter((id) => !listed.has(id)), []);
    await second.stop();
});

const isWorker = async (server) => JSON.parse((await send(server.baseUrl, 'GET', '/readyz')).text).worker;

test('a worker whose session is cut while it hangs finds another worker when it goes on, and serves on', async () => {
    const server = await serve(first);
    await eventually(() => isWorker(server), (yes) => yes);
    const second = await serve(tempDir());
    const pid = postgres.sql("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 1214870117 AND objid = 4");
    server.child.kill('SIGSTOP');
    postgres.sql(`SELECT pg_terminate_backend(${pid})`);
    await eventually(() => isWorker(second), (yes) => yes);
    server.child.kill('SIGCONT');
    await server.logged((line) => /is not the worker any more/.test(line.msg));
    await clientOf(server).walk('GET', '/open-apis/hire/v1/applications', { query: { page_size: 20 } });
    assert.deepEqual([await isWorker(server), await isWorker(second)], [false, true]);
    await server.stop();
    await second.stop();
});

// A way to the database on which the ends can be lost: the servers' connections break, and the database is not told.
async function startPassage() {
    const dir = tempDir(), name = '.s.PGSQL.5432', near = new Set(), far = new Set();
    const passage = net.createServer((socket) => {
        const on = net.connect(path.join(postgres.dir, name));
        near.add(socket.on('error', () => {}));
        far.add(on.on('error', () => socket.destroy()));
        socket.pipe(on, { end: false });
        on.pipe(socket);
        socket.on('end', () => on.end());
    });
    await new Promise((resolve) => passage.listen(path.join(dir, name), resolve));
    return {
        url: `postgresql://postgres@/hired?host=${encodeURIComponent(dir)}`,
        lose() {
            for (const socket of near) socket.destroy();
            near.clear();
        },
        stop() {
            passage.close();
            for (const socket of [...near, ...far]) socket.destroy();
        },
    };
}

test('a server whose connections are lost without the database noticing stays the worker', async () => {
    const passage = await startPassage();
    const server = await startServer({ dir: tempDir(), args: ['--store', passage.url] });
    await eventually(() => isWorker(server), (yes) => yes);
    const holder = () => postgres.sql("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 1214870117 AND objid = 4 AND granted");
    const before = holder();
    passage.lose();
    assert.equal(holder(), before); // its old session
    await eventually(holder, (pid) => pid !== '' && pid !== before);
    await eventually(() => send(server.baseUrl, 'GET', '/readyz'), (a) => a.status === 200);
    await clientOf(server).walk('GET', '/open-apis/hire/v1/applications', { query: { page_size: 20 } });
    await server.stop();
    passage.stop();
});

test('a database that crashes and comes back: requests fail in between, /readyz says so, and nothing acknowledged is lost', async () => {
    const server = await serve(first);
    const client = clientOf(server);
    const [{ talent_id: talent }] = JSON.parse(fs.readFileSync(path.join(exported, 'applications.json'), 'utf8')).data.items;
    const ids = [];
    const writers = Array.from({ length: 4 }, () => write(client, talent, ids));
    await eventually(() => ids.length, (n) => n > 40);
    await postgres.stop('SIGQUIT');
    await Promise.all(writers);
    const away = await eventually(() => send(server.baseUrl, 'GET', '/readyz'), (a) => a.status === 503);
    assert.match(JSON.parse(away.text).reason, /the database('s server)? cannot be (read|reached)|the connection to the database broke/);
    assert.equal((await send(server.baseUrl, 'GET', '/healthz')).status, 200);
    await postgres.start();
    await eventually(() => send(server.baseUrl, 'GET', '/readyz'), (a) => a.status === 200);
    const listed = await eventually(() => client.walk('GET', APPLICATIONS, { query: { talent_id: talent } }).catch(() => null), (a) => a);
    const there = new Set(listed.map((a) => a.id));
    assert.deepEqual(ids.filter((id) => !there.has(id)), []);
    const { external_application: made } = await client.ok('POST', APPLICATIONS, { body: { talent_id: talent } });
    assert.ok(made.id);
    await server.stop();
});

// Stops or continues the database's processes.
function signalDatabase(signal) {
    const pid = postgres.child.pid;
    for (const p of [pid, ...execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).trim().split(/\s+/)]) process.kill(Number(p), signal);
}

test('a database that hangs does not keep a server that is told to stop', async () => {
    const server = await serve(first, ['--drain', '500ms']);
    const client = clientOf(server);
    const [{ talent_id: talent }] = JSON.parse(fs.readFileSync(path.join(exported, 'applications.json'), 'utf8')).data.items;
    await client.ok('POST', APPLICATIONS, { body: { talent_id: talent } });
    signalDatabase('SIGSTOP');
    try {
        const waiting = [client.ok('POST', APPLICATIONS, { body: { talent_id: talent } }), client.ok('GET', APPLICATIONS, { query: { talent_id: talent } })]
            .map((p) => p.then(() => 'answered', () => 'failed'));
        await sleep(300); // they have reached the database
        const begin = Date.now();
        await server.stop();
        assert.ok(Date.now() - begin < 500 + 6000 * slow, `${Date.now() - begin} ms`);
        assert.deepEqual(await Promise.all(waiting), ['failed', 'failed']);
    } finally {
        signalDatabase('SIGCONT');
    }
});

test('what is wrong with an address, and what does not work with PostgreSQL, is said in a sentence without the password', () => {
    const says = (args, store, pattern) => {
        const r = hired([...args, '--data', tempDir()], { env: { HIRED_STORE: store } });
        assert.equal(r.status, 1, r.stdout);
        assert.match(r.stderr, pattern);
        assert.ok(!r.stderr.includes('geheim'), r.stderr);
    };
    const nobody = 'postgresql://hr:geheim@127.0.0.1:1/hired';
    says(['serve', '--listen', '127.0.0.1:0'], nobody, /Cannot reach the database server 127\.0\.0\.1:1/);
    says(['tenant', 'list'], nobody, /Cannot reach the database server 127\.0\.0\.1:1/);
    says(['serve', '--listen', '127.0.0.1:0'], 'postgresql://hr:geheim@x@y/hired', /cannot be read: write postgresql:\/\//);
    says(['serve', '--listen', '127.0.0.1:0'], postgres.url('missing'), /has no database missing: make it with CREATE DATABASE/);
    says(['backup', path.join(tempDir(), 'x')], url, /pg_basebackup or pgBackRest/);
    says(['demo'], url, /hired migrate --from DIR --to URL/);
    says(['restore', tempDir()], url, /docs\/SCALE\.md/);
    says(['serve', '--store-archive', tempDir()], url, /PostgreSQL archives its own log/);
});

test.after(() => postgres.stop());

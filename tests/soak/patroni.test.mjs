// SPDX-License-Identifier: Apache-2.0
// once
// weight: 100
//
// The example of three machines in etc/cluster, started as it is written: etcd, Patroni, PostgreSQL, hired and HAProxy of
// Debian's packages. The machines are addresses of this one, 127.0.0.11 to 13. Under load the machine of a node, the leader of
// the database and one etcd are killed in turn. Nothing acknowledged is lost.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, paths, send, sleep } from '../lib/client.mjs';
import { importItems, makeOrder, range } from '../lib/data.mjs';
import { asUser, openToUser } from '../lib/postgres.mjs';
import { binary, demoDir, hiredOk, root, tempDir } from '../lib/server.mjs';

const machines = ['a', 'b', 'c'].map((name, i) => ({ name, address: `127.0.0.${11 + i}`, dir: tempDir() }));
const here = (text, m) => text.replaceAll('10.0.0.', '127.0.0.').replaceAll('/var/lib/postgresql', m.dir).replaceAll('/var/run/postgresql', m.dir)
    .replaceAll('/var/lib/etcd', m.dir);
const example = (name, m) => here(fs.readFileSync(path.join(root, 'etc/cluster', name), 'utf8'), m);
const ofMachine = (text, m) => text.replace(/^name: a$/m, `name: ${m.name}`).replace(/((?:listen|connect_address)(?::| =) )127\.0\.0\.11/g, `$1${m.address}`);

const children = new Set();
process.on('exit', () => children.forEach((c) => c.kill('SIGKILL')));
function start(m, what, command, args, { env = {}, user = {} } = {}) {
    const log = fs.openSync(path.join(m.dir, `${what}.log`), 'a');
    const child = spawn(command, args, { cwd: m.dir, env: { ...process.env, ...env }, stdio: ['ignore', log, log], ...user });
    fs.closeSync(log);
    children.add(child);
    child.gone = new Promise((resolve) => {
        child.on('exit', resolve);
    });
    m[what] = child;
}
async function kill(m, what) {
    m[what].kill('SIGKILL');
    await m[what].gone;
}

// The command of README.md, for this machine.
function etcdArgs(m) {
    const text = /etcd --name a [^]*?\n\n|etcd --name a [^]*?```/.exec(fs.readFileSync(path.join(root, 'etc/cluster/README.md'), 'utf8'))[0];
    const words = here(text.replace(/```/g, ''), m).replace(/\\\n/g, ' ').trim().split(/\s+/).slice(1);
    return words.map((w, i) => (words[i - 1] === '--initial-cluster' ? w : w.replace('127.0.0.11', m.address))).map((w, i) => (words[i - 1] === '--name' ? m.name : w));
}
function startEtcd(m) {
    start(m, 'etcd', 'etcd', etcdArgs(m));
}
function startPatroni(m) {
    const file = path.join(m.dir, 'patroni.yml');
    fs.writeFileSync(file, ofMachine(example('patroni.yml', m), m));
    start(m, 'patroni', 'patroni', [file], { user: asUser });
}
function startNode(m) {
    const file = path.join(m.dir, 'hired.ini');
    fs.writeFileSync(file, ofMachine(example('hired.ini', m), m).replace('hire.example.com:8080', `127.0.0.11:8080`));
    start(m, 'hired', binary, ['serve', '--config', file, '--data', path.join(m.dir, 'hired'), '--rate-limits', 'off'],
        { env: { PGPASSWORD: 'replace-this-4', HIRED_STORE_FREE_MIN: '0' } });
}
const leader = async () => {
    for (const m of machines) {
        const r = await send(`http://${m.address}:8008`, 'GET', '/leader').catch(() => null);
        if (r?.status === 200) return m;
    }
    return null;
};
const replicas = async () => (await Promise.all(machines.map((m) => send(`http://${m.address}:8008`, 'GET', '/sync').catch(() => null)))).filter((r) => r?.status === 200).length;
const psql = (m, text) => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-h', m.dir, '-U', 'postgres', '-c', text], { encoding: 'utf8' });
const long = { withinMs: 180_000 };
const front = { baseUrl: 'http://127.0.0.11:8080', secrets: new Set() };
const ready = () => eventually(() => send(front.baseUrl, 'GET', '/readyz').catch(() => ({})), (r) => r.status === 200, { ...long, what: 'HAProxy to have a node' });

let app, demo;
test('the example starts as it is written', async () => {
    for (const m of machines) {
        openToUser(m.dir);
        startEtcd(m);
    }
    await eventually(() => send('http://127.0.0.11:2379', 'GET', '/health').catch(() => ({})), (r) => r.status === 200, { ...long, what: 'etcd' });
    for (const m of machines) startPatroni(m);
    const first = await eventually(leader, (m) => m, { ...long, what: 'a leader' });
    await eventually(replicas, (n) => n > 0, { ...long, what: 'a synchronous standby' });
    psql(first, "CREATE ROLE hired LOGIN PASSWORD 'replace-this-4'");
    psql(first, "CREATE DATABASE hired TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' OWNER hired");
    demo = demoDir();
    importItems(demo, range(200, makeOrder));
    app = JSON.parse(fs.readFileSync(path.join(demo, 'demo.json')));
    hiredOk(['migrate', '--from', demo, '--to', `postgresql://hired:replace-this-4@${machines.map((m) => m.address).join(',')}/hired?target_session_attrs=read-write`]);
    for (const m of machines) startNode(m);
    const cfg = path.join(machines[0].dir, 'haproxy.cfg');
    fs.writeFileSync(cfg, example('haproxy.cfg', machines[0]).replace('bind :8080', 'bind 127.0.0.11:8080'));
    start(machines[0], 'haproxy', 'haproxy', ['-db', '-f', cfg]);
    await ready();
    const client = new Client(front, app);
    assert.ok((await client.walk('GET', paths.orders, { query: { page_size: 100 } })).length >= 200);
});

test('a node, the leader of the database and one etcd are killed under load: nothing acknowledged is lost', async () => {
    const client = new Client(front, app), told = new Map();
    let n = 0, stop = false;
    const writers = range(8, async (w) => {
        for (let i = 0; !stop; i++) {
            const id = makeOrder(w * 25 + (i % 25)).order_id, stage = `w${w} ${i}`;
            try {
                const r = await client.call('POST', paths.progress, { body: { background_check_id: id, stage_id: stage, stage_name: stage, stage_time: String(1_710_000_000_000 + i) } });
                if (r.code === 0) told.set(stage, id), n++;
                else if (r.status === 400 && /stages|at most/.test(r.text)) return; // an order takes a bounded number of stages
            } catch (e) {
                if (e.code === 'ERR_ASSERTION' && !/X-Tt-Logid/.test(e.message)) throw e; // HAProxy's own answers have no log id
                await sleep(100);
            }
        }
    });
    const more = async (k) => {
        const before = n;
        await eventually(() => n, (x) => x > before + k, { ...long, what: `${k} more writes` });
    };
    await more(50);
    await kill(machines[1], 'hired');
    await more(50);
    startNode(machines[1]);
    await more(50);
    const old = await leader();
    await kill(old, 'patroni');
    execFileSync('pkill', ['-9', '-f', `postgres .*${old.dir}`]);
    await eventually(leader, (m) => m && m !== old, { ...long, what: 'another leader' });
    await more(50);
    startPatroni(old);
    await eventually(replicas, (k) => k > 0, { ...long, what: 'a synchronous standby' });
    await kill(machines[2], 'etcd');
    await more(50);
    stop = true;
    await Promise.all(writers);
    await ready();
    const orders = new Map((await client.walk('GET', paths.orders, { query: { page_size: 100 } })).map((o) => [o.order_id, new Set((o.process_info_list ?? []).map((p) => p.process))]));
    assert.deepEqual([...told].filter(([stage, id]) => !orders.get(id).has(stage)), []);
});

// What the programs said last, for whoever reads a failed run.
function tails() {
    for (const m of machines) for (const what of ['etcd', 'patroni', 'hired', 'haproxy']) {
        const log = path.join(m.dir, `${what}.log`);
        if (fs.existsSync(log)) process.stderr.write(`---- ${what} of ${m.name}:\n${fs.readFileSync(log, 'utf8').slice(-1500)}\n`);
    }
}

test.after(async () => {
    if (process.exitCode) tails();
    for (const m of machines) for (const what of ['haproxy', 'hired', 'patroni', 'etcd']) {
        if (!m[what] || m[what].exitCode !== null || m[what].signalCode !== null) continue;
        m[what].kill(what === 'hired' || what === 'patroni' ? 'SIGTERM' : 'SIGKILL');
        await Promise.race([m[what].gone, sleep(20_000)]);
    }
});

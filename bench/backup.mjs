// SPDX-License-Identifier: Apache-2.0
//
// Measures a backup of a large database beside a steady load of writes, with and without an archive, and a restore.
//
//     node bench/backup.mjs [--orders N] [--rate W] [--hired FILE]
//
// The database (hired demo --orders N) is made once and kept in $BENCH_DIR, /var/tmp by default. W writes a second are sent at fixed
// times, so a write that waits for the one before counts with the time that it waited.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({ options: { orders: { type: 'string', default: '700000' }, rate: { type: 'string', default: '600' },
    hired: { type: 'string', default: path.join(top, 'build', 'hired') } } });
const base = process.env.BENCH_DIR ?? '/var/tmp';
const work = fs.mkdtempSync(path.join(base, 'hired-bench-backup-'));
const template = path.join(base, `hired-bench-backup-of-${values.orders}`), data = path.join(work, 'data'), archive = path.join(work, 'archive');
const SECONDS = 20, CONNECTIONS = 32;
process.on('exit', () => fs.rmSync(work, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));

function run(...args) {
    const begun = Date.now(), r = spawnSync(values.hired, args, { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(`hired ${args.join(' ')}: ${r.stderr}`);
    return { ms: Date.now() - begun, out: r.stdout };
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function call(server, method, target, body, token) {
    return new Promise((resolve, reject) => {
        const text = body ? JSON.stringify(body) : '';
        const req = http.request(server.url + target, { method, agent: server.agent, headers: { 'Content-Type': 'application/json; charset=utf-8',
            'Content-Length': Buffer.byteLength(text), ...(token ? { Authorization: `Bearer ${token}` } : {}) } }, (res) => {
            const parts = [];
            res.on('data', (d) => parts.push(d)).on('end', () => {
                const answer = Buffer.concat(parts).toString();
                resolve(target === '/metrics' ? answer : JSON.parse(answer));
            });
        });
        req.on('error', reject).end(text);
    });
}

async function serve(...more) {
    const child = spawn(values.hired, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--rate-limits', 'off', ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
    const server = { child, agent: new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS }) };
    let text = '';
    child.stdout.on('data', (d) => (text += d));
    while (!(server.url = / listens on (\S+)\n/.exec(text)?.[1])) await sleep(20);
    const demo = JSON.parse(fs.readFileSync(path.join(data, 'demo.json')));
    const auth = await call(server, 'POST', '/open-apis/auth/v3/tenant_access_token/internal', { app_id: demo.vendor_app_id, app_secret: demo.vendor_app_secret });
    server.token = auth.tenant_access_token;
    server.stop = async () => {
        const ended = new Promise((resolve) => child.on('close', resolve));
        child.kill('SIGTERM');
        await ended;
        server.agent.destroy();
    };
    return server;
}

async function openOrders(server) {
    const ids = [];
    for (let page; ids.length < 5000;) {
        const { data: d } = await call(server, 'POST', `/open-apis/hire/v1/background_check_orders/batch_query?page_size=100${page ? `&page_token=${page}` : ''}`,
            { order_status: '2' }, server.token);
        ids.push(...d.items.map((o) => o.order_id));
        if (!d.has_more) break;
        page = d.page_token;
    }
    if (ids.length === 0) throw new Error('no open orders');
    return ids;
}

let stage = 0;
// Sends writes at the rate until work ends. Returns what they took, in order.
async function load(server, ids, work_) {
    const rate = Number(values.rate), begun = performance.now(), took = [], running = new Set();
    let over = false, failed = 0, log = 0;
    const ended = work_.finally(() => (over = true));
    for (let i = 0; !over; i++) {
        const due = begun + i * 1000 / rate;
        if (due > performance.now()) await sleep(due - performance.now());
        if (i % rate === 0) log = Math.max(log, fs.statSync(path.join(data, 'hired.db-wal')).size);
        const n = ++stage;
        const one = call(server, 'POST', '/open-apis/hire/v1/eco_background_checks/update_progress', { background_check_id: ids[n % ids.length],
            stage_id: `b${n}`, stage_name: '工作履历核实中', stage_time: String(Date.now() + 1e10 + n) }, server.token)
            .then((a) => {
                if (a.code === 0) took.push(performance.now() - due);
                else if (++failed === 1) console.error(a);
            }).finally(() => running.delete(one));
        running.add(one);
    }
    await Promise.all(running);
    const result = await ended, seconds = (performance.now() - begun) / 1000;
    took.sort((a, b) => a - b);
    const at = (p) => took[Math.floor(took.length * p)].toFixed(1);
    return { result, failed, log, text: `${seconds.toFixed(1)} s, ${(took.length / seconds).toFixed(0)} writes/s${failed ? `, ${failed} FAILED` : ''}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.99999)} ms, log up to ${(log / 1e6).toFixed(0)} MB` };
}

const backup = (to, ...more) => new Promise((resolve, reject) => {
    const begun = Date.now(), child = spawn(values.hired, ['backup', to, '--json', '--data', data, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (d) => (text += d));
    child.on('close', (status) => (status === 0 ? resolve({ ms: Date.now() - begun, ...JSON.parse(text) }) : reject(new Error(`backup ended with ${status}`))));
});

if (!fs.existsSync(path.join(template, 'demo.json'))) run('demo', '--orders', values.orders, '--data', template);
fs.cpSync(template, data, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
console.log(`database: ${(fs.statSync(path.join(data, 'hired.db')).size / 1e6).toFixed(0)} MB; ${values.rate} writes a second`);
let server = await serve();
const ids = await openOrders(server);
await load(server, ids, sleep(3000));
console.log(`alone:            ${(await load(server, ids, sleep(SECONDS * 1000))).text}`);
const copy = path.join(work, 'copy');
const b = await load(server, ids, backup(copy));
console.log(`beside a backup:  ${b.text}\n                  backup ${(b.result.ms / 1000).toFixed(1)} s, the snapshot was held ${(b.result.snapshot_ms / 1000).toFixed(1)} s`);
console.log(`alone again:      ${(await load(server, ids, sleep(SECONDS * 1000))).text}`);
await server.stop();

server = await serve('--store-archive', archive);
while (!/hired_archive_base_ms [1-9]/.test(await call(server, 'GET', '/metrics'))) await sleep(200);
const before = await call(server, 'GET', '/metrics');
const a = await load(server, ids, sleep(SECONDS * 1000));
const bytes = (text) => Number(/hired_archive_bytes_total (\d+)/.exec(text)[1]);
await sleep(1500);
const after = await call(server, 'GET', '/metrics'), wanted = Date.now();
console.log(`with an archive:  ${a.text}\n                  ${((bytes(after) - bytes(before)) / SECONDS / 1e6).toFixed(1)} MB of archive a second, ${/hired_archive_interruptions_total (\d+)/.exec(after)[1]} interruptions`);
await server.stop();
console.log(`restore of the backup:  ${(run('restore', copy, '--data', path.join(work, 'restored')).ms / 1000).toFixed(1)} s`);
console.log(`restore by time:        ${(run('restore', '--at', String(wanted), '--from', archive, '--data', path.join(work, 'restored-at')).ms / 1000).toFixed(1)} s`);

// SPDX-License-Identifier: Apache-2.0
//
// Starts the real binary for a test, with a free port and its own data folder copied from a template, and reads its log. stop()
// requires a clean end: exit status 0, no sanitizer report, no secret and no personal data in the log.
import { spawn, spawnSync } from 'node:child_process';
import dns from 'node:dns/promises';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { atExit, binary, fixtures, root, runDir, slow, tempDir } from './folders.mjs';
import { copyTemplate, madeOnce, moveTemplate, moveToPostgres, onPostgres, storeEnvOf } from './store.mjs';

export { binary, fixtures, root, runDir, slow, tempDir };

// A server that ends although no test told it to fails its file. Requests to it fail at once, because its connections are closed.
// What a test left open meanwhile (timers, receivers, sockets that connect again) would keep this process alive for minutes, so it
// exits after this time.
const LEFT_AFTER_CRASH_MS = 15_000;

const running = new Set();
atExit(() => {
    for (const child of running) child.kill('SIGKILL');
});

// Names that lead to this machine without looking like it: only their look-up tells.
export async function namesOfThisMachine() {
    const inside = (name) => dns.lookup(name).then(({ address }) => /^(127\.|::1$)/.test(address), () => false);
    const names = [os.hostname(), 'localhost.localdomain', 'ip6-loopback'].filter((n) => /^[a-z0-9.-]+$/i.test(n));
    const found = await Promise.all(names.map(inside));
    return names.filter((_, i) => found[i]);
}

function run(args, { input, env = {} } = {}) {
    const r = spawnSync(binary, args, { input, encoding: 'utf8', env: { ...process.env, ...env }, timeout: 120_000 });
    if (r.error) throw r.error;
    if (isSanitizerReport(r.stderr)) throw new Error(`hired ${args.join(' ')}:\n${r.stderr}`);
    // The tests' PostgreSQL is quick and not durable, of which hired warns.
    const stderr = onPostgres ? r.stderr.replace(/^.*"the database server has fsync = off.*\n/m, '') : r.stderr;
    return { status: r.status, stdout: r.stdout, stderr };
}

// Runs the binary to its end. Returns {status, stdout, stderr}; a sanitizer's report fails the test at once.
export function hired(args, { input, env = {} } = {}) {
    if (!onPostgres || args[0] !== 'demo') return run(args, { input, env: { ...storeEnvOf(args), ...env } });
    const r = run(args, { input, env }), dir = args[args.indexOf('--data') + 1]; // it makes a directory only
    if (r.status === 0 && fs.existsSync(path.join(dir, 'hired.db'))) moveToPostgres(dir, hiredOk);
    return r;
}

// The same for a command that has to succeed; its output, as JSON where it is JSON.
export function hiredOk(args, o) {
    const r = hired(args, o);
    if (r.status !== 0) throw new Error(`hired ${args.join(' ')} ended with ${r.status}:\n${r.stderr}${r.stdout}`);
    try {
        return JSON.parse(r.stdout);
    } catch {
        return r.stdout;
    }
}

const isSanitizerReport = (text) => /(Address|Leak|Thread|Memory|UndefinedBehavior)Sanitizer|runtime error:/.test(text);

// Hashes the passwords of the demo's accounts anew at the least cost: hired reads the cost from the hash. Each of the hundreds of
// sign-ins in these tests would take half a second of a processor. Accounts that a test makes have the full cost. The change stays in the
// log, from where hired writes it with the checksums of pages.
function cheapPasswords(dir) {
    const program = `
import hashlib, json, os, sqlite3, sys
db = sqlite3.connect(sys.argv[1] + '/hired.db')
db.execute('PRAGMA wal_autocheckpoint = 0')
accounts = json.load(open(sys.argv[1] + '/demo.json'))['console']['accounts']
for account in accounts:
    salt = os.urandom(16)
    key = hashlib.scrypt(account['password'].encode(), salt=salt, n=2, r=1, p=1, dklen=32)
    db.execute('UPDATE console_account SET password = ? WHERE login = ?', ('scrypt$1$1$1$%s$%s' % (salt.hex(), key.hex()), account['user']))
assert db.total_changes == len(accounts)
db.commit()
os._exit(0)`;
    const r = spawnSync('python3', ['-c', program, dir], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(r.stderr);
}

// A copy of the demo tenant, which is made once a run.
export function demoDir() {
    const template = madeOnce(onPostgres ? 'demo-template-postgresql' : 'demo-template', (making) => {
        run(['demo', '--days', '0', '--data', making]); // the records that do not move with the day
        cheapPasswords(making);
        if (onPostgres) moveTemplate(making, hiredOk);
    });
    const dir = tempDir();
    fs.cpSync(template, dir, { recursive: true });
    if (onPostgres) copyTemplate(dir);
    return dir;
}

export const readDemo = (dir) => JSON.parse(fs.readFileSync(path.join(dir, 'demo.json'), 'utf8'));

function get(url) {
    return new Promise((resolve, reject) => {
        http.get(url, { agent: false, timeout: 5000 }, (res) => {
            let text = '';
            res.on('data', (d) => (text += d));
            res.on('end', () => resolve({ status: res.statusCode, text }));
        }).on('error', reject).on('timeout', function () {
            this.destroy(new Error(`no answer from ${url}`));
        });
    });
}

export class Server {
    constructor(dir, child) {
        this.dir = dir;
        this.child = child;
        this.stdout = '';
        this.stderr = '';
        this.secrets = new Set(); // texts that must not be in the log
        this.signalled = false; // whether a test has sent it a signal: its end is expected from then on
        const kill = child.kill;
        child.kill = (signal) => {
            this.signalled ||= signal !== 'SIGHUP' && signal !== 'SIGSTOP' && signal !== 'SIGCONT';
            return kill.call(child, signal);
        };
        this.exited = new Promise((resolve) => {
            child.on('close', (status, signal) => {
                running.delete(child);
                this.ended = signal ?? `status ${status}`;
                this.onOutput?.();
                this.onLog?.();
                if (this.baseUrl && !this.signalled) this.#crashed();
                resolve({ status, signal });
            });
        });
        child.stdout.setEncoding('utf8').on('data', (d) => {
            this.stdout += d;
            this.onOutput?.();
        });
        child.stderr.setEncoding('utf8').on('data', (d) => {
            this.stderr += d;
            this.onLog?.();
        });
    }

    #crashed() {
        process.exitCode = 1;
        process.stderr.write(`hired (process ${this.child.pid}) ended with ${this.ended} and no test had told it to:\n${this.stderr.slice(-20_000)}\n`);
        setTimeout(() => {
            process.stderr.write(`this file still had something open ${LEFT_AFTER_CRASH_MS / 1000} s after its server had ended: it exits\n`);
            process.exit(1);
        }, LEFT_AFTER_CRASH_MS).unref();
    }

    get demo() {
        return readDemo(this.dir);
    }

    // Each line of the log as JSON; a line that is none is a fault of its own. Of a running server what has come in whole.
    get log() {
        return this.stderr.split('\n').slice(0, this.ended ? undefined : -1).filter(Boolean).map((line) => JSON.parse(line));
    }

    // Waits until the log has a line that test(line) accepts.
    async logged(test, timeoutMs = 30_000 * slow) {
        const find = () => this.stderr.split('\n').slice(0, -1).map((l) => {
            try {
                return JSON.parse(l);
            } catch {
                return { msg: l };
            }
        }).find(test);
        for (const end = Date.now() + timeoutMs; ;) {
            const line = find();
            if (line) return line;
            if (this.ended) throw new Error(`hired ended with ${this.ended} and its log has no such line:\n${this.stderr}`);
            if (Date.now() > end) throw new Error(`the log has no such line after ${timeoutMs} ms:\n${this.stderr}`);
            await new Promise((resolve) => {
                this.onLog = resolve;
                setTimeout(resolve, 100);
            });
        }
    }

    // Waits until the output has what the pattern says.
    async printed(pattern, timeoutMs = 30_000 * slow) {
        for (const end = Date.now() + timeoutMs; ;) {
            const found = pattern.exec(this.stdout);
            if (found) return found;
            if (this.ended) throw new Error(`hired ended with ${this.ended}:\n${this.stderr}${this.stdout}`);
            if (Date.now() > end) throw new Error(`no ${pattern} after ${timeoutMs} ms in:\n${this.stdout}`);
            await new Promise((resolve) => {
                this.onOutput = resolve;
                setTimeout(resolve, 100);
            });
        }
    }

    kill() {
        this.child.kill('SIGKILL');
        return this.end();
    }

    // Waits for the process. The timer keeps this process alive meanwhile, because the child's handles do not (see startServer).
    async end(timeoutMs = 30_000 * slow) {
        const timer = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
        const how = await this.exited;
        clearTimeout(timer);
        return how;
    }

    // SIGTERM, and all that a clean end means.
    async stop() {
        if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
        const { status, signal } = await this.end();
        this.checkLog();
        if (status !== 0) {
            throw new Error(`hired ended with ${signal ?? `status ${status}`} after SIGTERM; its log:\n${this.stderr.slice(-6000)}`);
        }
    }

    checkLog() {
        if (isSanitizerReport(this.stderr)) throw new Error(`a sanitizer reported:\n${this.stderr.slice(-20_000)}`);
        for (const secret of this.secrets) {
            const at = this.stderr.indexOf(secret);
            if (at >= 0) {
                const line = this.stderr.slice(this.stderr.lastIndexOf('\n', at) + 1).split('\n')[0];
                throw new Error(`the log holds ${JSON.stringify(secret)}, a secret or somebody's data: ${line}`);
            }
        }
        void this.log; // every line is JSON
    }
}

// Starts a server.
//   dir    its data folder; a fresh copy of the demo tenant if absent
//   args   further arguments of "hired serve"
//   config text of a configuration file
//   limits true: with the documented rate limits; otherwise they are off
export async function startServer({ dir = demoDir(), args = [], config, env = {}, limits = false, listen = '127.0.0.1:0' } = {}) {
    const all = ['serve', '--data', dir, '--listen', listen];
    if (!limits) all.push('--rate-limits', 'off');
    if (config !== undefined) {
        const file = path.join(dir, 'test.ini');
        fs.writeFileSync(file, config);
        all.push('--config', file);
    }
    // A test machine's disk may be nearly full; whoever tests that says so in its configuration.
    const room = /free_min/.test(config ?? '') ? {} : { HIRED_STORE_FREE_MIN: '0' };
    const child = spawn(binary, [...all, ...args], { env: { ...process.env, ...storeEnvOf([...all, ...args]), ...room, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    // A server that a failed test leaves behind must not keep the test's process from ending.
    for (const handle of [child, child.stdout, child.stderr]) handle.unref();
    const server = new Server(dir, child);
    await ready(server);
    for (const [name, value] of Object.entries(fs.existsSync(path.join(dir, 'demo.json')) ? server.demo : {})) {
        if (/secret|password/.test(name)) server.secrets.add(value);
        for (const account of value.accounts ?? []) server.secrets.add(account.password);
    }
    return server;
}

// A port for a server or receiver that goes away and comes back. It is none of those that the system gives out (from 32768 on),
// of which somebody else might get it meanwhile, and no other test process running now has the same.
let keptPorts = 0;
export const portToKeep = () => 10_000 + ((process.pid * 8 + keptPorts++) % 22_000);

// The address stands in the first line of its output. Then /readyz decides.
async function ready(server) {
    [, server.baseUrl] = await server.printed(/ listens on (\S+)\n/);
    server.port = Number(new URL(server.baseUrl).port);
    for (const end = Date.now() + 30_000 * slow; ;) {
        const answer = await get(`${server.baseUrl}/readyz`).catch(() => null);
        if (answer?.status === 200) return;
        if (Date.now() > end) throw new Error(`not ready: ${JSON.stringify(answer)}\n${server.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

// An app made by the command line, with just these scopes: {app_id, app_secret}.
export function createApp(server, scopes, { name = 'test app', type = 'custom', more = [] } = {}) {
    const app = hiredOk(['app', 'create', '--data', server.dir, '--tenant', server.demo.tenant_key, '--name', name,
        '--type', type, ...scopes.flatMap((s) => ['--scope', s]), ...more]);
    server.secrets.add(app.app_secret);
    return app;
}


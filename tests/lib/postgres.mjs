// SPDX-License-Identifier: Apache-2.0
//
<<<<<<< HEAD
// A PostgreSQL server of a test's own: a cluster in the run's folder that listens on a socket there, and is gone when the
// test's process ends.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { slow, tempDir } from './server.mjs';

const versions = '/usr/lib/postgresql';
const newest = () => fs.readdirSync(versions).map(Number).filter((v) => v >= 15).sort((a, b) => b - a)[0];
const program = (name) => path.join(versions, String(newest()), 'bin', name);

// PostgreSQL refuses to run as root.
const asUser = process.getuid() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) } : {};

export class Postgres {
    constructor(dir) {
        this.dir = dir;
    }

    // The address of a database.
    url(database = 'hired') {
        return `postgresql://postgres@/${database}?host=${encodeURIComponent(this.dir)}`;
    }

    async start() {
        this.child = spawn(program('postgres'), ['-D', path.join(this.dir, 'data'), '-c', 'listen_addresses=', '-c', `unix_socket_directories=${this.dir}`],
            { cwd: this.dir, stdio: 'ignore', ...asUser });
        this.gone = new Promise((resolve) => {
            this.child.on('exit', resolve);
        });
        for (const end = Date.now() + 30_000 * slow; ; await sleep(50)) {
            try {
                return this.sql('SELECT 1', 'postgres');
            } catch (e) {
                if (Date.now() > end || this.child.exitCode !== null) throw e;
            }
        }
    }

    // signal: SIGINT ends sessions and stops; SIGQUIT stops as a crash would.
    async stop(signal = 'SIGINT') {
        this.child.kill(signal);
        await this.gone;
    }

    // Runs one statement; the rows as psql prints them.
    sql(text, database = 'hired') {
        return execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', this.url(database), '-c', text],
            { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    }

    createDatabase(name = 'hired') {
        this.sql(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`, 'postgres');
        return this.url(name);
    }
}

// Makes a cluster and starts it, with an empty database "hired".
export async function startPostgres() {
    const dir = tempDir();
    if (asUser.uid !== undefined) {
        fs.chownSync(dir, asUser.uid, asUser.gid);
        for (let up = path.dirname(dir); up !== path.dirname(up); up = path.dirname(up)) {
            const mode = fs.statSync(up).mode & 0o777;
            if ((mode & 0o001) === 0) fs.chmodSync(up, mode | 0o011); // the other user must get through
        }
    }
    execFileSync(program('initdb'), ['-D', 'data', '-E', 'UTF8', '--locale=C', '-A', 'trust', '-N', '-U', 'postgres'],
        { cwd: dir, stdio: 'ignore', ...asUser });
    const postgres = new Postgres(dir);
    process.on('exit', () => postgres.child?.kill('SIGQUIT'));
    await postgres.start();
    postgres.createDatabase();
    return postgres;
}
=======
// A server of PostgreSQL of the test's own: in a new folder, reached by a socket there. It ends with the test's process.
//
//     const pg = await startPostgres();
//     const url = pg.database('orders');      // a new, empty database as hired needs it; postgresql://...
//     pg.sql('orders', 'SELECT 1 AS one');    // [{ one: 1 }]
//     await pg.stop();
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { slow, tempDir } from './server.mjs';

const PROGRAMS = '/usr/lib/postgresql';
const START_MS = 30_000 * slow;

const running = new Set();
process.on('exit', () => {
    for (const pg of running) pg.child.kill('SIGQUIT');
});

// The folder of the newest version's programs.
function programs() {
    const versions = fs.existsSync(PROGRAMS) ? fs.readdirSync(PROGRAMS).filter((v) => fs.existsSync(`${PROGRAMS}/${v}/bin/initdb`)) : [];
    if (versions.length === 0) throw new Error(`PostgreSQL is missing (no ${PROGRAMS}/*/bin/initdb): run scripts/setup test`);
    return `${PROGRAMS}/${versions.sort((a, b) => b - a)[0]}/bin`;
}

// PostgreSQL does not run as root.
function userOfServer() {
    if (process.getuid() !== 0) return {};
    const line = ['postgres', 'nobody'].map((name) => fs.readFileSync('/etc/passwd', 'utf8').split('\n').find((l) => l.startsWith(`${name}:`))).find(Boolean);
    const [, , uid, gid] = line.split(':');
    return { uid: Number(uid), gid: Number(gid) };
}

function make(bin, dir, user) {
    const r = spawnSync(`${bin}/initdb`, ['-D', `${dir}/data`, '-E', 'UTF8', '--locale=C', '-A', 'trust', '-N', '-U', 'postgres'],
        { ...user, cwd: dir, encoding: 'utf8', env: { ...process.env, TMPDIR: dir } });
    if (r.status !== 0) throw new Error(`initdb ended with ${r.status}:\n${r.stderr}`);
}

// Starts a server. settings: of postgresql.conf, such as { max_connections: 50 }; port: it listens on 127.0.0.1 too.
export async function startPostgres({ settings = {}, port } = {}) {
    const bin = programs(), user = userOfServer(), parent = tempDir();
    const dir = path.join(parent, 'pg'); // short, since the name of a socket may have 107 bytes
    fs.mkdirSync(dir, { mode: 0o700 });
    for (let above = parent; above !== '/'; above = path.dirname(above)) fs.chmodSync(above, fs.statSync(above).mode | 0o011);
    if (user.uid !== undefined) fs.chownSync(dir, user.uid, user.gid);
    make(bin, dir, user);
    const all = {
        listen_addresses: port ? '127.0.0.1' : '', port: port ?? 5432, unix_socket_directories: dir, fsync: 'off', max_connections: 50,
        shared_buffers: '32MB', ...settings,
    };
    const args = Object.entries(all).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
    const log = fs.openSync(`${dir}/log`, 'a', 0o600);
    const child = spawn(`${bin}/postgres`, ['-D', `${dir}/data`, ...args], { ...user, cwd: dir, stdio: ['ignore', log, log] });
    fs.closeSync(log);
    child.unref();
    const pg = new Postgres(bin, dir, child, all.port);
    running.add(pg);
    await pg.ready();
    return pg;
}

class Postgres {
    constructor(bin, dir, child, port) {
        Object.assign(this, { bin, dir, child, port });
        this.exited = new Promise((resolve) => {
            child.on('exit', () => {
                running.delete(this);
                this.ended = true;
                resolve();
            });
        });
        this.url = this.urlOf('postgres');
    }

    urlOf(database) {
        return `postgresql://postgres@/${database}?host=${this.dir}&port=${this.port}`;
    }

    // Makes an empty database. Returns its URL.
    database(name) {
        this.sql('postgres', `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
        return this.urlOf(name);
    }

    // Runs SQL as the administrator, each call on a connection of its own. Returns the rows of a SELECT.
    sql(database, text) {
        const wrapped = /^\s*SELECT\b/i.test(text) ? `SELECT json_agg(t) FROM (SELECT * FROM (${text}) r) t` : text;
        const r = spawnSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', this.urlOf(database), '-f', '-'],
            { input: wrapped, encoding: 'utf8', maxBuffer: 1 << 28 });
        if (r.status !== 0) throw new Error(`psql: ${r.stderr}`);
        return wrapped === text ? [] : JSON.parse(r.stdout.trim() || '[]') ?? [];
    }

    async ready() {
        for (const end = Date.now() + START_MS; ;) {
            if (spawnSync(`${this.bin}/pg_isready`, ['-q', '-d', this.url]).status === 0) return;
            if (this.ended || Date.now() > end) throw new Error(`PostgreSQL does not start:\n${fs.readFileSync(`${this.dir}/log`, 'utf8')}`);
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    // how: SIGINT ends sessions and writes everything, SIGQUIT is a crash.
    async stop(how = 'SIGINT') {
        const alive = setInterval(() => {}, 1000); // the child's handle does not keep this process running
        this.child.kill(how);
        await this.exited;
        clearInterval(alive);
    }
}
>>>>>>> 8821aeb (migrate: a database moves between a data directory and PostgreSQL, compared row by row)

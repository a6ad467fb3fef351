// SPDX-License-Identifier: Apache-2.0
//
// A PostgreSQL server of a test's own: its data are in the run's folder, it listens on a socket there, and it is gone when
// the test's process ends.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { atExit, slow, tempDir } from './folders.mjs';

const versions = '/usr/lib/postgresql';
const newest = () => fs.readdirSync(versions).map(Number).filter((v) => v >= 15).sort((a, b) => b - a)[0];
const program = (name) => path.join(versions, String(newest()), 'bin', name);

// PostgreSQL refuses to run as root.
export const asUser = process.getuid() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) } : {};

export class Postgres {
    // port: where it listens on 127.0.0.1 besides; null: nowhere.
    constructor(dir, settings = [], port = null) {
        this.dir = dir;
        this.port = port;
        this.settings = [...(port ? ['listen_addresses=127.0.0.1', `port=${port}`] : ['listen_addresses=']),
            `unix_socket_directories=${dir}`, ...settings];
    }

    // The address of a database, by the socket.
    url(database = 'hired') {
        return `postgresql://postgres@/${database}?host=${encodeURIComponent(this.dir)}${this.port ? `&port=${this.port}` : ''}`;
    }

    async start() {
        this.child = spawn(program('postgres'), ['-D', path.join(this.dir, 'data'), ...this.settings.flatMap((s) => ['-c', s])],
            { cwd: this.dir, stdio: 'ignore', ...asUser });
        this.child.unref(); // a test that fails must not wait for it
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
        this.child.ref();
        this.child.kill(signal);
        await this.gone;
    }

    // Runs statements, each in a transaction of its own; the rows as psql prints them.
    run(database, ...texts) {
        return execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', this.url(database), ...texts.flatMap((t) => ['-c', t])],
            { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 }).trim();
    }

    sql(text, database = 'hired') {
        return this.run(database, text);
    }

    // All rows, as text.
    dump(database) {
        return execFileSync(program('pg_dump'), ['-a', '-d', this.url(database)], { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
    }

    createDatabase(name = 'hired', template = 'template0') {
        this.sql(`CREATE DATABASE ${name} TEMPLATE ${template}${template === 'template0' ? " ENCODING 'UTF8' LOCALE 'C'" : ''}`, 'postgres');
        return this.url(name);
    }
}

// Without syncs: it is as safe from everything except a crash of the machine. For many servers of hired at a time.
const quick = ['fsync=off', 'full_page_writes=off', 'autovacuum=off', 'max_connections=400'];

// PgBouncer in front of a server, in a folder of its own. mode: its pool_mode.
export async function startPooler(postgres, mode) {
    const dir = tempDir();
    openToUser(dir);
    fs.writeFileSync(path.join(dir, 'users'), '"postgres" ""\n');
    fs.writeFileSync(path.join(dir, 'pgbouncer.ini'), [
        '[databases]', `* = host=${postgres.dir}`, '[pgbouncer]', `pool_mode = ${mode}`, 'auth_type = trust', `auth_file = ${dir}/users`,
        'listen_addr =', `unix_socket_dir = ${dir}`, 'listen_port = 6432', 'default_pool_size = 40', `logfile = ${dir}/log`, ''].join('\n'));
    fs.chmodSync(dir, 0o755);
    const child = spawn('/usr/sbin/pgbouncer', [path.join(dir, 'pgbouncer.ini')], { cwd: dir, stdio: 'ignore', ...asUser });
    const gone = new Promise((resolve) => {
        child.on('exit', resolve);
        child.on('error', resolve);
    });
    process.on('exit', () => child.kill('SIGKILL'));
    for (const end = Date.now() + 10_000 * slow; !fs.existsSync(path.join(dir, '.s.PGSQL.6432')); await sleep(20)) {
        if (Date.now() > end || child.exitCode !== null) throw new Error('pgbouncer does not start: scripts/setup test installs it');
    }
    return {
        url: (database = 'hired') => `postgresql://postgres@/${database}?host=${encodeURIComponent(dir)}&port=6432`,
        stop: async () => {
            child.kill('SIGTERM');
            await gone;
        },
    };
}

// Gives the folder to the user that runs PostgreSQL.
export function openToUser(dir) {
    if (asUser.uid === undefined) return;
    fs.chownSync(dir, asUser.uid, asUser.gid);
    for (let up = path.dirname(dir); up !== path.dirname(up); up = path.dirname(up)) {
        const mode = fs.statSync(up).mode & 0o777;
        if ((mode & 0o001) === 0) fs.chmodSync(up, mode | 0o011); // the other user must get through
    }
}

// Runs a program of PostgreSQL that makes the data of a server, in a folder of its own. Returns the folder.
export function makeData(name, args) {
    const dir = tempDir();
    openToUser(dir);
    execFileSync(program(name), ['-D', 'data', ...args], { cwd: dir, stdio: 'ignore', ...asUser });
    return dir;
}

export const initialize = () => makeData('initdb', ['-E', 'UTF8', '--locale=C', '-A', 'trust', '-N', '-U', 'postgres']);

// Starts a server on such data; it ends with this process.
export async function startOn(dir, settings, port) {
    const postgres = new Postgres(dir, settings, port);
    atExit(() => postgres.child?.kill('SIGQUIT'));
    await postgres.start();
    return postgres;
}

// Makes a server and starts it, with an empty database "hired".
export async function startPostgres({ durable = true } = {}) {
    const postgres = await startOn(initialize(), durable ? [] : quick);
    postgres.createDatabase();
    return postgres;
}

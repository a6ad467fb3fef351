// SPDX-License-Identifier: Apache-2.0
//
// Two servers of PostgreSQL: a primary, and a standby that must confirm every commit. And a way to them on which the network
// can fail.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { asUser, openToUser, program } from './postgres.mjs';
import { atExit, slow, tempDir } from './folders.mjs';

const freePort = () => new Promise((resolve) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = s.address();
        s.close(() => resolve(port));
    });
});

// One server of the cluster: its data in dir, reached by TCP.
class Member {
    constructor(dir, port) {
        this.dir = dir;
        this.port = port;
    }

    async start(...settings) {
        this.child = spawn(program('postgres'), ['-D', 'data', ...[`port=${this.port}`, 'listen_addresses=127.0.0.1',
            `unix_socket_directories=${this.dir}`, ...settings].flatMap((s) => ['-c', s])], { cwd: this.dir, stdio: 'ignore', ...asUser });
        this.gone = new Promise((resolve) => {
            this.child.on('exit', resolve);
        });
        await this.answers();
    }

    async answers() {
        for (const end = Date.now() + 30_000 * slow; ; await sleep(50)) {
            try {
                return this.sql('SELECT 1', 'postgres');
            } catch (e) {
                if (Date.now() > end || this.child.exitCode !== null) throw e;
            }
        }
    }

    sql(text, database = 'hired') {
        return execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-d', database,
            '-c', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    }

    // SIGINT ends sessions and stops; SIGQUIT stops as a crash would.
    async stop(signal = 'SIGINT') {
        this.child.kill(signal);
        await this.gone;
    }
}

export class Cluster {
    get url() {
        return this.urlBy(this.primary.port, this.standby.port);
    }

    // The address for a node that reaches the two by these ports.
    urlBy(...ports) {
        return `postgresql://postgres@${ports.map((p) => `127.0.0.1:${p}`).join(',')}/hired?target_session_attrs=read-write`;
    }

    // The primary's machine is lost: the standby takes its place, and confirms commits alone.
    async failover() {
        await this.primary.stop('SIGQUIT');
        this.standby.sql('SELECT pg_promote()', 'postgres');
    }

    async stop() {
        for (const member of [this.primary, this.standby]) if (member.child.exitCode === null && member.child.signalCode === null) await member.stop('SIGQUIT');
    }
}

// Makes the two, with an empty database "hired".
export async function startCluster() {
    const c = new Cluster(), dir = tempDir();
    openToUser(dir);
    execFileSync(program('initdb'), ['-D', 'data', '-E', 'UTF8', '--locale=C', '-A', 'trust', '-N', '-U', 'postgres'], { cwd: dir, stdio: 'ignore', ...asUser });
    fs.appendFileSync(path.join(dir, 'data', 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n');
    c.primary = new Member(dir, await freePort());
    atExit(() => [c.primary, c.standby].forEach((m) => m?.child?.kill('SIGQUIT')));
    await c.primary.start('synchronous_standby_names=*', 'synchronous_commit=local');
    c.primary.sql("CREATE DATABASE hired TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", 'postgres');
    const other = tempDir();
    openToUser(other);
    execFileSync(program('pg_basebackup'), ['-D', 'data', '-R', '-X', 'stream', '-c', 'fast', '-h', '127.0.0.1', '-p', String(c.primary.port), '-U', 'postgres'],
        { cwd: other, stdio: 'ignore', ...asUser });
    c.standby = new Member(other, await freePort());
    await c.standby.start('hot_standby=on');
    for (const end = Date.now() + 30_000 * slow; c.primary.sql('SELECT sync_state FROM pg_stat_replication', 'postgres') !== 'sync'; await sleep(50))
        if (Date.now() > end) throw new Error('the standby does not replicate');
    c.primary.sql("ALTER DATABASE hired SET synchronous_commit = 'on'", 'postgres'); // waits for the standby
    return c;
}

// A way to a port on which the network can fail: cut() resets all connections and refuses new ones, swallow() loses all
// packets without a word, heal() ends both.
export async function startPassage(to) {
    const pairs = new Set();
    let state = 'open';
    const passage = net.createServer((near) => {
        near.on('error', () => {});
        if (state === 'cut') return near.resetAndDestroy();
        if (state === 'swallowed') return near.pause();
        const far = net.connect(to, '127.0.0.1');
        const pair = { near, far };
        pairs.add(pair);
        for (const [one, other] of [[near, far], [far, near]]) {
            one.on('error', () => {}).on('close', () => {
                if (!pair.swallowed) other.destroy();
                pairs.delete(pair);
            });
            one.pipe(other);
        }
    });
    await new Promise((resolve) => passage.listen(0, '127.0.0.1', resolve));
    return {
        port: passage.address().port,
        cut() {
            state = 'cut';
            for (const { near, far } of pairs) [near, far].forEach((s) => s.resetAndDestroy());
        },
        swallow() {
            state = 'swallowed';
            for (const pair of pairs) {
                pair.swallowed = true;
                pair.near.unpipe(pair.far).pause();
                pair.far.unpipe(pair.near).pause();
            }
        },
        // Connections that lost packets stay so: their ends have to notice.
        heal() {
            state = 'open';
        },
        stop() {
            passage.close();
            for (const { near, far } of pairs) [near, far].forEach((s) => s.destroy());
        },
    };
}

// SPDX-License-Identifier: Apache-2.0
//
// Two servers of PostgreSQL: a primary, and a standby that must confirm every commit. And a way to them on which the network
// can fail.
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { slow } from './folders.mjs';
import { initialize, makeData, startOn } from './postgres.mjs';

const freePort = () => new Promise((resolve) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = s.address();
        s.close(() => resolve(port));
    });
});

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
    const c = new Cluster();
    c.primary = await startOn(initialize(), ['synchronous_standby_names=*', 'synchronous_commit=local'], await freePort());
    c.primary.createDatabase();
    const copy = makeData('pg_basebackup', ['-R', '-X', 'stream', '-c', 'fast', '-h', '127.0.0.1', '-p', String(c.primary.port), '-U', 'postgres']);
    c.standby = await startOn(copy, ['hot_standby=on'], await freePort());
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

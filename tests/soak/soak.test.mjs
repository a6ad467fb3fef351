// SPDX-License-Identifier: Apache-2.0
// weight: 900
//
// For ./test --long: a quarter of an hour of readers and writers on one server. No answer may be wrong, memory and open files must
// stay level, and the store must be sound at the end.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

import { Client, paths, sleep } from '../lib/client.mjs';
import { importItems, makeInterview, makeOrder, range } from '../lib/data.mjs';
import { demoDir, hired, startServer } from '../lib/server.mjs';

const minutes = Number(process.env.HIRED_SOAK_MINUTES ?? 14);

test(`${minutes} minutes of reading and writing`, { timeout: (minutes + 10) * 60_000 }, async () => {
    const dir = demoDir();
    const n = 5000;
    importItems(dir, range(n, makeOrder));
    importItems(dir, range(n, makeInterview));
    const server = await startServer({ dir });
    const client = new Client(server);
    await client.token();
    const end = Date.now() + minutes * 60_000;
    // Its own memory without what it maps. The connections' page caches fill as the database grows: 64 MB for the
    // writer, 16 MB for each of some readers (src/store/sqlite/open.c).
    const usage = () => ({
        memory: Number(/^RssAnon:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]),
        files: fs.readdirSync(`/proc/${server.child.pid}/fd`).length,
    });
    let clock = 1_710_000_000_000, reads = 0, writes = 0;
    const writer = async (w) => {
        for (let i = 0; Date.now() < end; i++) {
            // Each order takes a bounded number of stages; a writer has its own orders.
            const id = makeOrder((w * 1000 + (i % 1000)) % n).order_id;
            const r = await client.call('POST', paths.progress, {
                body: { background_check_id: id, stage_id: `${w} ${i}`, stage_name: '长跑', stage_time: String(++clock) },
            });
            assert.ok(r.code === 0 || (r.code === 1002002 && i >= 300_000), r.text);
            writes++;
            await sleep(5);
        }
    };
    const reader = async () => {
        while (Date.now() < end) {
            await client.orders({ page_size: 50, application_id: '8003' });
            await client.interviews({ start_time: '1', page_size: 20 });
            await client.call('GET', paths.orders, { query: { page_token: 'broken' } });
            reads += 3;
            await sleep(2);
        }
    };
    const work = Promise.all([...range(4, writer), ...range(4, reader)]);
    await sleep(Math.min(120_000, minutes * 12_000));
    const early = usage();
    await work;
    const late = usage();
    assert.ok(reads > 1000 && writes > 1000, `${reads} reads, ${writes} writes`);
    assert.ok(late.files <= early.files + 8, `open files: ${early.files}, then ${late.files}`);
    assert.ok(late.memory <= early.memory * 1.5 + 150_000, `memory: ${early.memory} kB, then ${late.memory} kB`);
    await server.stop();
    assert.equal(hired(['check', '--data', dir]).status, 0);
});

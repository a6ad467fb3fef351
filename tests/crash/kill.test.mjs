// SPDX-License-Identifier: Apache-2.0
// weight: 8
//
// kill -9 in the middle of writes, again and again on the same store: after each restart every acknowledged write is
// there, whole, and what was not acknowledged is either wholly there or not at all.
// store: both
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, eventually, paths, sleep } from '../lib/client.mjs';
import { importItems, makeOrder, range, sql } from '../lib/data.mjs';
import { demoDir, hired, slow, startServer } from '../lib/server.mjs';

const dir = demoDir();
const writersAtOnce = 16;
const perWriter = 16; // an order takes a bounded number of stages and reports
const N = writersAtOnce * perWriter;
const ids = range(N, (i) => makeOrder(i).order_id);
importItems(dir, range(N, makeOrder));
const acknowledged = new Map(ids.map((id) => [id, []])); // order -> stage names, in the order of their times
const sent = new Map(ids.map((id) => [id, new Set()]));
const rounds = slow > 1 ? 4 : process.env.HIRED_TEST_LONG ? 40 : 8;
let clock = 1_710_000_000_000;
let told = 0; // acknowledged so far

for (let round = 0; round < rounds; round++) {
    test(`round ${round + 1}: killed and restarted, every acknowledged write is kept`, async () => {
        const server = await startServer({ dir });
        const client = new Client(server);
        const token = await client.token();
        let dead = false;
        const writers = range(writersAtOnce, async (w) => {
            for (let i = 0; !dead; i++) {
                const id = ids[w * perWriter + (i % perWriter)];
                const name = `r${round} w${w} ${i}`;
                sent.get(id).add(name);
                const body = {
                    background_check_id: id, stage_id: name, stage_name: name, stage_time: String(++clock), result: name,
                    report_file_list: [{ report_name: name, report_url: 'https://vendor.example/x', report_url_type: 2 }],
                };
                try {
                    const r = await client.call('POST', paths.progress, { body, token });
                    assert.equal(r.code, 0, r.text);
                    acknowledged.get(id).push(name);
                    told++;
                } catch (e) {
                    if (dead && (e.code || /hang up/.test(e.message))) return; // the connection went with the server
                    throw e;
                }
            }
        });
        const before = told;
        await eventually(() => told - before, (n) => n > writersAtOnce, { what: 'writes' });
        await sleep(Math.random() * 400 * slow);
        dead = true;
        await server.kill();
        server.checkLog();
        await Promise.all(writers);

        const again = await startServer({ dir });
        const reader = new Client(again);
        const orders = new Map((await reader.walk('GET', paths.orders, { query: { page_size: 100 } })).map((o) => [o.order_id, o]));
        const history = new Map(ids.map((id) => [id, 0]));
        for (const row of sql(dir, 'SELECT CAST(order_id AS TEXT) AS id, count(*) AS n FROM order_history WHERE action = 6 GROUP BY order_id')) {
            history.set(row.id, row.n);
        }
        let total = 0;
        for (const id of ids) {
            const stages = orders.get(id).process_info_list.map((p) => p.process).filter((p) => p.startsWith('r'));
            const reports = (orders.get(id).feedback_info_list ?? []).map((f) => f.report_name);
            for (const name of acknowledged.get(id)) assert.ok(stages.includes(name), `${id}: ${name} was acknowledged and is lost`);
            for (const name of stages) assert.ok(sent.get(id).has(name));
            assert.deepEqual(reports, stages, 'a stage and its report come together');
            assert.equal(new Set(stages).size, stages.length);
            assert.equal(history.get(id), stages.length, 'a stage and its history come together');
            total += acknowledged.get(id).length;
        }
        assert.ok(total > round * writersAtOnce, `only ${total} writes were acknowledged`);
        await again.stop();
        const check = hired(['check', '--data', dir]);
        assert.equal(check.status, 0, check.stdout + check.stderr);
    });
}

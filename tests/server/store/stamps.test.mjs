// SPDX-License-Identifier: Apache-2.0
// weight: 10
//
// Update times and ids: a poller that asks for all changes since the latest time it saw misses no change, and no id is used
// twice. This holds with slow bodies, many writers, a clock that is set back, a killed server and an import.
// store: both
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import { Client, paths, send, sleep } from '../../lib/client.mjs';
import { coverage } from '../../lib/coverage.mjs';
import { importItems, makeOrder, range, sql } from '../../lib/data.mjs';
import { advance, testClock } from '../../lib/events.mjs';
import { demoDir, slow, startServer } from '../../lib/server.mjs';

const WRITERS = 8;
const args = [...testClock, '--rate-limits', 'off'];

// Sends the head and half of a body of 40 KB, and the rest after a while.
function slowly(server, token, body, afterMs) {
    const text = JSON.stringify({ ...body, ignored: 'x'.repeat(40_000) });
    return new Promise((resolve, reject) => {
        const r = http.request(server.baseUrl + paths.progress, {
            method: 'POST', agent: false, timeout: 60_000,
            headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) },
        }, (res) => {
            let got = '';
            res.on('data', (d) => (got += d)).on('end', () => resolve(JSON.parse(got)));
        });
        r.on('error', reject);
        r.write(text.slice(0, 20_000));
        setTimeout(() => r.end(text.slice(20_000)), afterMs);
    });
}

// Asks for what changed since the latest that it saw, and knows nothing else.
class Poller {
    latest = 1;
    stages = new Map(); // order -> how many stages it was seen with
    rounds = 0;
    over = false;

    async begin(client) {
        this.over = false;
        this.done = (async () => {
            while (!this.over) {
                await this.round(client);
                await sleep(2);
            }
        })();
        this.done.catch(() => {});
    }

    async round(client) {
        let page_token;
        do {
            const page = await client.orders({ page_size: 100, update_start_time: String(this.from ?? this.latest), ...(page_token && { page_token }) });
            for (const o of page.items ?? []) {
                this.stages.set(o.order_id, (o.process_info_list ?? []).length);
                this.latest = Math.max(this.latest, Number(o.update_time));
            }
            this.from ??= this.latest;
            page_token = page.has_more ? page.page_token : undefined;
        } while (page_token);
        this.from = this.latest + 1; // the strictest way to ask: not even the latest again
        this.rounds++;
    }

    // Two whole rounds after a write was acknowledged must have shown it.
    async hasSeen(order, stages) {
        const until = this.rounds + 3;
        while (this.rounds < until && this.stages.get(order) !== stages) await Promise.race([sleep(2), this.done]);
        assert.equal(this.stages.get(order), stages, `order ${order} was changed behind the poller, which was at ${this.latest}`);
    }

    async end() {
        this.over = true;
        await this.done;
    }
}

const dir = demoDir();
const ours = range(WRITERS, (i) => makeOrder(i + 1));
importItems(dir, ours);
const poller = new Poller();
const counts = new Map(ours.map((o) => [o.order_id, (o.process_info_list ?? []).length]));
let stage = 0;

// Each writer changes an order of its own, every second time slowly, and looks whether the poller was told.
async function writeAll(server, rounds, meanwhile) {
    const client = new Client(server);
    const token = await client.token();
    await poller.begin(client);
    const writers = ours.map(async ({ order_id }, w) => {
        for (let i = 0; i < rounds; i++) {
            const n = ++stage;
            const body = { background_check_id: order_id, stage_id: `n${n}`, stage_name: `阶段 ${n}`, stage_time: String(Date.now() - 1_000_000 + n) };
            const r = (w + i) % 2 ? await slowly(server, token, body, 20 + 10 * w) : await client.call('POST', paths.progress, { token, body });
            assert.equal(r.code, 0, JSON.stringify(r));
            counts.set(order_id, counts.get(order_id) + 1);
            await poller.hasSeen(order_id, counts.get(order_id));
        }
    });
    await meanwhile?.();
    await Promise.all(writers);
    await poller.end();
}

test('a poller sees every change with slow bodies, eight writers and a clock that is set back', async () => {
    const server = await startServer({ dir, args });
    await writeAll(server, 6, async () => {
        for (let i = 0; i < 3; i++) {
            await sleep(100);
            await advance(server, -5_000);
        }
    });
    await advance(server, 40_000); // 25 s ahead of the machine's clock in the end
    await writeAll(server, 3);
    await server.kill();
});

test('a poller sees every change after the server is killed and restarted with the clock 25 s back', async () => {
    const server = await startServer({ dir, args });
    await writeAll(server, 5);
    await server.stop();
});

test('a poller sees every change after the import of an order whose update time is ahead of the clock', async () => {
    const ahead = String(Date.now() + 3_600_000);
    importItems(dir, [makeOrder(500, { update_time: ahead })]);
    const server = await startServer({ dir, args });
    await writeAll(server, 3);
    assert.ok(poller.latest > Number(ahead));
    const times = sql(dir, 'SELECT tenant, id, update_time FROM background_check_order ORDER BY update_time');
    const newest = times.at(-1).update_time;
    assert.equal(sql(dir, 'SELECT MAX(last_ms) AS ms FROM tenant_stamp')[0].ms, newest);
    // What a change makes due is due now, not an hour later.
    assert.deepEqual(sql(dir, `SELECT next_ms FROM event_delivery WHERE state = 0 AND next_ms > ${Date.now() + 60_000}`), []);
    await server.stop();
});

test('an order whose update time is days ahead of the clock is not imported', () => {
    assert.throws(() => importItems(dir, [makeOrder(501, { update_time: String(Date.now() + 3 * 86_400_000) })]), /update_time is \d{13}, more than a day ahead/);
    assert.deepEqual(sql(dir, "SELECT COUNT(*) AS n FROM background_check_order WHERE update_time > ?", Date.now() + 2 * 86_400_000), [{ n: 0 }]);
});

// ---- ids ----

test('uploads while the clock goes back over a kill: no id comes twice, every file that was acknowledged is what was sent', async () => {
    const P = '/open-apis/hire/v1/attachments';
    const sent = new Map();
    async function uploads(server, n) {
        const client = new Client(server), token = await client.token();
        await Promise.all(range(4, async (w) => {
            for (let i = 0; i < n; i++) {
                const content = `content ${sent.size} ${w} ${i} ${Math.random()}`;
                const answer = await send(server.baseUrl, 'POST', P, {
                    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'multipart/form-data; boundary=b' },
                    body: `--b\r\nContent-Disposition: form-data; name="content"; filename="a.txt"\r\n\r\n${content}\r\n--b--\r\n`,
                });
                const r = JSON.parse(answer.text);
                assert.deepEqual(coverage.saw('POST', P, answer.status, r), []);
                assert.equal(r.code, 0, answer.text);
                assert.ok(!sent.has(r.data.id), `id ${r.data.id} came twice`);
                sent.set(r.data.id, content);
            }
        }));
    }
    let server = await startServer({ dir, args });
    await advance(server, 25_000);
    await uploads(server, 40 / slow);
    await server.kill(); // the next one's clock is 25 s back
    for (let i = 0; i < 2; i++) {
        server = await startServer({ dir, args });
        await uploads(server, 40 / slow);
        await advance(server, -10_000);
        await uploads(server, 10);
        if (i === 0) await server.kill();
    }
    const client = new Client(server);
    for (const [id, content] of sent) {
        const { attachment } = await client.ok('GET', `${P}/${id}`, { query: { type: 3 } });
        const got = await send(server.baseUrl, 'GET', attachment.url.slice(server.baseUrl.length));
        assert.equal(got.text, content, `the file of ${id}`);
    }
    assert.equal(sql(dir, 'SELECT COUNT(*) AS n FROM attachment WHERE name = ?', 'a.txt')[0].n, sent.size);
    await server.stop();
});

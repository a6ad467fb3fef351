// SPDX-License-Identifier: Apache-2.0
// weight: 13
//
// A busy server answers 503 with Retry-After and a message, never 500: if another process locks the database, or if the writer's
// queue is full. Tested for each kind of write. (A full disk: disk.test.mjs, and the unit test "busy".)
// store: sqlite: it locks SQLite's file; src/store/postgresql has unit tests of its lock
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { checkEnvelope, Client, paths, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { sql } from '../../lib/data.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const dir = demoDir();
const server = await startServer({ dir, config: '[store]\nwrite_queue = 1\nwrite_group = 1\n[fetch]\nallow = loopback\n' });
after(() => server.stop());
const client = new Client(server), admin = await Person.of(server, 'admin');
const token = await client.token();
const order = (await client.orders({ page_size: 100 })).items.find((o) => o.order_status === 2).order_id;
const receiver = await new Receiver().listen();
after(() => receiver.close());

// Another process that is writing, until it is told to end.
async function holdDatabase() {
    const child = spawn('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
db.execute('BEGIN IMMEDIATE')
print('held', flush=True)
sys.stdin.read()`, path.join(dir, 'hired.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('exit', () => reject(new Error('the database could not be held')));
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    return () => {
        child.stdin.end();
        return ended;
    };
}

async function api(method, target, { headers = {}, body } = {}) {
    const r = await send(server.baseUrl, method, target, { headers, body });
    return { ...r, ...checkEnvelope(server, method, target, r) };
}
const stage = (n) => ({ background_check_id: order, stage_id: `busy ${n}`, stage_name: '忙', stage_time: String(Date.now() + n) });
const progress = (n) => client.call('POST', paths.progress, { body: stage(n) });
const upload = `--b\r\nContent-Disposition: form-data; name="content"; filename="a.txt"\r\n\r\ntext\r\n--b--\r\n`;
const multipart = { 'Content-Type': 'multipart/form-data; boundary=b' };
const account = server.demo.console.accounts[0];

// One of each kind of write, by the way that it takes.
const kinds = {
    'a JSON body': () => progress(1),
    'a token': () => api('POST', paths.tenantToken, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(Client.vendor(server).app) }), // which has none yet
    'an upload': () => api('POST', '/open-apis/hire/v1/attachments', { headers: { ...multipart, Authorization: `Bearer ${token}` }, body: upload }),
    "the console's upload": () => api('POST', '/console/api/attachments?usage=file',
        { headers: { ...multipart, Origin: server.baseUrl, Cookie: admin.cookie, 'X-Csrf-Token': admin.csrf }, body: upload }),
    'a password': () => admin.call('POST', 'session/sign_in', { body: { user: account.user, password: account.password } }),
    'a change in the console': () => admin.call('POST', 'settings', { body: {} }),
    'an errand': () => admin.call('POST', `apps/${server.demo.app_id}`, { body: { request_url: receiver.url } }),
    'an erasure': () => admin.call('POST', 'erasure', { body: { talent_id: '1', reason: 'x' } }),
};
const files = () => fs.readdirSync(path.join(dir, 'files'), { recursive: true }).filter((f) => f.includes('/')).sort();

test('each kind of write gets 503 if the writer\'s queue is full or another process locks the database', async () => {
    for (const kind of ['an upload', "the console's upload"]) assert.equal((await kinds[kind]()).code, 0);
    const before = [files(), sql(dir, 'SELECT count(*) AS n FROM attachment')];
    const release = await holdDatabase();
    try {
        // The first is in the writer's hands, the second is all that may wait.
        const first = progress(100), answered = [];
        void first.then(() => answered.push('first'));
        let second;
        for (let n = 101; ; n++) {
            const one = progress(n);
            const turned = await Promise.race([one, new Promise((resolve) => setTimeout(resolve, 300))]);
            if (turned && second) break;
            if (!turned) second = one; // else the writer has not taken the first yet
        }
        for (const [kind, write] of Object.entries(kinds)) {
            const r = await write();
            const what = `${kind}: ${r.text}`;
            assert.deepEqual([r.status, r.code, r.headers['retry-after']], [503, 1002001, '1'], what);
            assert.match(r.error?.message ?? r.msg, /too many writes/, what);
            assert.deepEqual(answered, [], 'turned away at once, not after the wait');
        }
        // The writer waits for ten seconds, then gives the first one up.
        const r = await first;
        assert.deepEqual([r.status, r.code, r.headers['retry-after']], [503, 1002001, '1'], r.text);
        await release();
        assert.equal((await second).code, 0);
    } finally {
        await release();
    }
    assert.deepEqual([files(), sql(dir, 'SELECT count(*) AS n FROM attachment')], before, 'an upload that was turned away leaves nothing');
    assert.equal((await progress(200)).code, 0, 'and it goes on');
});

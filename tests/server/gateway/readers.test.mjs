// SPDX-License-Identifier: Apache-2.0
// weight: 25
//
// With threads that read the database for the loops, as for a database on another machine: the tests of what reads, in each of
// its ways, once more.
// store: sqlite: with PostgreSQL threads read in every test
// sanitized
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { send } from '../../lib/client.mjs';
import { startServer } from '../../lib/server.mjs';

process.env.HIRED_TEST_READERS = '4';
const again = [
    './order-of-checks.test.mjs', // admission, with and without the head
    './repeated.test.mjs', // the cache of answers, and that a client sees its own writes
    '../attachment/attachments.test.mjs', // uploads, and links
    '../caller/callers-again.test.mjs', // access that ends while a request waits
    '../caller/strangers.test.mjs',
    '../console/stream.test.mjs',
    '../http/drain.test.mjs',
];
for (const name of again) await import(name);

test('the pool of readers does the reading', async () => {
    const server = await startServer();
    const metric = async (name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await send(server.baseUrl, 'GET', '/metrics')).text)?.[1]);
    assert.equal(await metric('hired_reader_threads'), 4);
    const before = await metric('hired_reads_total');
    assert.equal((await send(server.baseUrl, 'POST', '/open-apis/auth/v3/tenant_access_token/internal', { body: '{"app_id":"cli_a","app_secret":"b"}', headers: { 'Content-Type': 'application/json' } })).status, 200);
    assert.ok((await metric('hired_reads_total')) > before);
});

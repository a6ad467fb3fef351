// SPDX-License-Identifier: Apache-2.0
//
// PgBouncer between hired and PostgreSQL: a pooler that keeps sessions together works, and one that does not is refused.
// once
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { startPooler, startPostgres } from '../../lib/postgres.mjs';
import { hired, hiredOk, startServer, tempDir } from '../../lib/server.mjs';

const postgres = await startPostgres();
after(() => postgres.stop());

test('behind a pooler in session mode commands and a server work', async (t) => {
    const pooler = await startPooler(postgres, 'session');
    t.after(() => pooler.stop());
    const env = { HIRED_STORE: pooler.url() };
    const dir = tempDir();
    hiredOk(['tenant', 'create', '--data', dir, '--name', 'Acme'], { env });
    const app = hiredOk(['app', 'create', '--data', dir, '--name', 'test', '--scope', 'all'], { env });
    const server = await startServer({ dir, args: ['--store', pooler.url()] });
    const client = new Client(server, app);
    const body = { external_id: 'a', job_title: 'Engineer', stage: 'Onsite' };
    await client.call('POST', '/open-apis/hire/v1/external_applications', { body });
    assert.deepEqual(await client.walk('GET', '/open-apis/hire/v1/background_check_orders', { query: { page_size: 10 } }), []);
    assert.deepEqual(hiredOk(['tenant', 'list', '--data', dir], { env }).map((t) => t.name), ['Acme']); // beside the server
    await server.stop();
});

for (const mode of ['transaction', 'statement']) {
    test(`a pooler in ${mode} mode is refused with a sentence`, async (t) => {
        const pooler = await startPooler(postgres, mode);
        t.after(() => pooler.stop());
        for (const command of [['tenant', 'list'], ['serve', '--listen', '127.0.0.1:0']]) {
            const done = hired([...command, '--data', tempDir()], { env: { HIRED_STORE: pooler.url() } });
            assert.equal(done.status, 1, command.join(' '));
            assert.match(done.stderr, /pool_mode = session/);
        }
    });
}

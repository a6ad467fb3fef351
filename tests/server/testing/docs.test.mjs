// SPDX-License-Identifier: Apache-2.0
//
// The examples of docs/TESTING.md do what they say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { root, startServer, tempDir } from '../../lib/server.mjs';
import { Toolbox } from '../../lib/toolbox.mjs';

const server = await startServer({ dir: tempDir(), args: ['--test'] });
test.after(() => server.stop());
const blocks = (language) => [...fs.readFileSync(path.join(root, 'docs/TESTING.md'), 'utf8').matchAll(new RegExp('^```' + language + '\\n([^]*?)^```$', 'gm'))].map((m) => m[1]);

test('the seed', async () => {
    const seeds = blocks('json').map((b) => JSON.parse(b)).filter((b) => b.tenants);
    assert.equal(seeds.length, 1);
    const [{ tenants }] = seeds;
    const made = await new Toolbox(server).seed({ tenants });
    assert.deepEqual([made.stood, made.differences], [0, []]);
    const order = (await new Toolbox(server).client(made.tenants[0], 'hr').orders({ page_size: 10 })).items[0];
    assert.deepEqual([order.order_status, order.conclusion, order.end_time], [3, 'green', '1790086400000']);
});

test('the program', async () => {
    const programs = blocks('js').filter((b) => b.includes('/test/tenants'));
    assert.equal(programs.length, 1);
    const address = 'http://127.0.0.1:8080';
    assert.ok(programs[0].includes(address));
    const file = path.join(tempDir(), 'example.mjs');
    fs.writeFileSync(file, programs[0].replace(address, server.baseUrl));
    const r = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 60_000 });
    assert.equal(r.status, 0, r.stderr);
    assert.deepEqual((await new Toolbox(server).ok('GET', '/test/tenants')).items.map((t) => t.tenant_key), ['acme']);
});

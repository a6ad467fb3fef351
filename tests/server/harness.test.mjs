// SPDX-License-Identifier: Apache-2.0
// weight: 18
// once
// store: sqlite: it is about the helpers
//
// The test helpers themselves: when a server crashes, its test file fails and ends soon, whatever the file has left open.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root, slow, tempDir } from '../lib/server.mjs';

test('a file whose server crashes fails within seconds, although it goes on connecting', async () => {
    const file = path.join(tempDir(), 'crash.test.mjs');
    fs.writeFileSync(file, `
import net from 'node:net';
import { test } from 'node:test';
import { send } from ${JSON.stringify(path.join(root, 'tests/lib/client.mjs'))};
import { startServer } from ${JSON.stringify(path.join(root, 'tests/lib/server.mjs'))};
const server = await startServer();
const again = () => net.connect(server.port, '127.0.0.1').on('error', () => {}).on('close', () => setTimeout(again, 10));
test('the crash', async () => {
    again();
    process.kill(server.child.pid, 'SIGABRT');
    await server.end();
    await server.logged((l) => l.msg === 'a line that never comes');
});
test('a later request', () => send(server.baseUrl, 'GET', '/healthz'));
`);
    // NODE_TEST_CONTEXT would make the child report to this process's runner instead of to its output.
    const child = spawn(process.execPath, ['--test-reporter=spec', file], { env: { ...process.env, NODE_TEST_CONTEXT: undefined }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (d) => (said += d));
    child.stderr.on('data', (d) => (said += d));
    const begun = Date.now();
    const status = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(status, 1, said);
    assert.ok(Date.now() - begun < 60_000 * slow, said);
    assert.match(said, /ended with SIGABRT and no test had told it to/);
    assert.match(said, /✖ the crash/);
    assert.match(said, /✖ a later request/);
    assert.match(said, /this file still had something open/);
});

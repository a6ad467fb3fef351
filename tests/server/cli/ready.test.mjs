// SPDX-License-Identifier: Apache-2.0
//
// hired ready: the health check of a container, which has no curl.
// once
// store: sqlite: it asks a server by the note in its data directory
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../../lib/client.mjs';
import { hired, startServer, tempDir } from '../../lib/server.mjs';

test('the exit status says whether the server is ready, and the message why it is not', async () => {
    const server = await startServer({ args: ['--drain', '0'] });
    const ready = (...more) => hired(['ready', '--data', server.dir, ...more]);
    await eventually(() => ready().status, (s) => s === 0);
    assert.deepEqual(ready(), { status: 0, stdout: '', stderr: '' });
    assert.equal(JSON.parse(ready('--json').stdout).status, 'ready');

    server.child.kill('SIGSTOP');
    const hung = ready();
    server.child.kill('SIGCONT');
    assert.equal(hung.status, 1);
    assert.match(hung.stderr, /^hired ready: the server does not answer: GET \/readyz: .*timed out after 3\d\d\d milliseconds/);

    await server.stop();
    assert.deepEqual(ready(), { status: 1, stdout: '', stderr: `hired ready: no server answers for the data directory ${server.dir}\n` });
    const nothing = tempDir();
    assert.equal(hired(['ready', '--data', nothing]).status, 1);
    assert.equal(hired(['ready', 'x']).status, 2);
});

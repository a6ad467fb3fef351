// SPDX-License-Identifier: Apache-2.0
// once
// store: sqlite: no server runs
//
// The types of the Node package (clients/node/index.d.ts), by the TypeScript compiler: a program that uses the package as its README does is
// right, and one with mistakes is wrong at each of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root, tempDir } from '../lib/folders.mjs';

const dir = tempDir();
fs.mkdirSync(path.join(dir, 'node_modules'));
fs.symlinkSync(path.join(root, 'clients/node'), path.join(dir, 'node_modules/hired-testing'));
fs.writeFileSync(path.join(dir, 'package.json'), '{"type": "module"}');

const IMPORT = "import { Hired, HiredError, Webhook, type Tenant } from 'hired-testing';\n";
const RIGHT = `
const hired = await Hired.start({ args: ['--rate-limits', 'off'] });
const webhook = await Webhook.listen({ answers: [500] });
const tenant: Tenant = await hired.tenant({ requestUrls: { vendor: webhook.url } });
const order: string = await tenant.arrange();
const { steps }: { steps: number } = await hired.clock.advance({ minutes: 1, seconds: 20 });
await tenant.faults.add({ operation: 'background_check_order.list', code: 1002002 });
try {
    await tenant.call('hr', 'GET', '/open-apis/hire/v1/background_check_orders', { query: { page_size: 10 } });
} catch (e) {
    if (e instanceof HiredError) console.log(e.status + (e.code ?? 0), order, steps);
}
const robot = await tenant.robot('vendor', { scenario: 'prompt' });
const running: number = (await robot.state()).orders_running;
const [entry] = await tenant.journal.wait({ kind: 'event' }, { count: 1, timeoutMs: 1000 });
const fresh = await tenant.snapshot();
await fresh.restore();
console.log(running, entry, tenant.app('hr').app_id.length);
await webhook.close();
await hired.stop();
`;
// A mistake on each line from the second on.
const WRONG = `const hired = await Hired.start({ port: 1 });
await hired.clock.advance({ weeks: 1 });
new Webhook();
const order: number = await (await hired.tenant()).arrange();
hired.clock.jump(1);
await (await hired.tenant()).robot('umpire');
`;

test('a program that uses the package has the types that it expects, and mistakes are found', () => {
    fs.writeFileSync(path.join(dir, 'right.ts'), IMPORT + RIGHT);
    fs.writeFileSync(path.join(dir, 'wrong.ts'), IMPORT + WRONG);
    // Without skipLibCheck, so index.d.ts itself is checked too.
    const { stdout } = spawnSync(path.join(root, 'console/node_modules/.bin/tsc'), ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext',
        '--lib', 'es2022,dom', 'right.ts', 'wrong.ts'], { cwd: dir, encoding: 'utf8' });
    const found = stdout.split('\n').filter((l) => /error TS/.test(l)).map((l) => l.replace(/,\d+\): error .*/, ')'));
    assert.deepEqual(found, [2, 3, 4, 5, 6, 7].map((n) => `wrong.ts(${n})`), stdout);
});

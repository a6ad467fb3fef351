// SPDX-License-Identifier: Apache-2.0
//
// The examples of docs/TESTING.md do what they say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, root, startServer, tempDir } from '../../lib/server.mjs';
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

// As they are written: the packages are found by their names, and start a server of their own.
const packages = () => {
    const dir = tempDir();
    fs.mkdirSync(path.join(dir, 'node_modules'));
    fs.symlinkSync(path.join(root, 'clients/node'), path.join(dir, 'node_modules/hired-testing'));
    const env = { ...process.env, HIRED_BIN: binary, PYTHONPATH: path.join(root, 'clients/python'), PYTHONDONTWRITEBYTECODE: '1' };
    return (program, args, input) => spawnSync(program, args, { cwd: dir, env, input, encoding: 'utf8', timeout: 120_000 });
};

test('the first example in Node', () => {
    const [first] = blocks('js');
    assert.ok(first.includes("from 'hired-testing'") && first.includes('clock.advance') && first.trim().split('\n').length <= 10);
    assert.ok(fs.readFileSync(path.join(root, 'README.md'), 'utf8').includes('```js\n' + first + '```'), 'README.md shows the same example');
    const r = packages()(process.execPath, ['--input-type=module'], first);
    assert.equal(r.status, 0, r.stderr);
});

test('robots as commands, with the seed', () => {
    const [script] = blocks('sh').filter((b) => b.includes('hired robot customer'));
    assert.ok(script.includes('http://127.0.0.1:8080'));
    const r = spawnSync('sh', ['-c', script.replaceAll('http://127.0.0.1:8080', server.baseUrl)], { encoding: 'utf8', timeout: 60_000, env: { ...process.env, PATH: `${path.dirname(binary)}:${process.env.PATH}` } });
    assert.match(r.stdout, /order \d+: completed, Green/, r.stderr);
});

test('the example with a robot', () => {
    const found = blocks('js').filter((b) => b.includes("tenant.robot('vendor')"));
    assert.equal(found.length, 1);
    const r = packages()(process.execPath, ['--input-type=module'], found[0]);
    assert.equal(r.status, 0, r.stderr);
});

test('the file of scenarios, and the lists of names and of scenarios', () => {
    const text = fs.readFileSync(path.join(root, 'docs/TESTING.md'), 'utf8');
    const [file] = blocks('json').filter((b) => b.includes('"otherwise"'));
    const name = path.join(tempDir(), 'scenarios.json');
    fs.writeFileSync(name, file);
    const run = (...args) => spawnSync(binary, ['robot', ...args], { encoding: 'utf8', timeout: 60_000, env: { ...process.env, HIRED_APP_SECRET: 'x' } });
    const r = run('vendor', '--server', 'http://127.0.0.1:1', '--app', 'cli_x', '--scenarios', name, '--pace', '1');
    assert.match(r.stderr, /does not receive|Failed to connect|connect/i); // it has read the file
    assert.doesNotMatch(r.stderr, /scenarios\.json/);
    for (const rule of JSON.parse(run('scenarios', 'vendor').stdout).rules) assert.ok(text.includes(`| \`${rule.name}\` |`), rule.name);
    for (const s of JSON.parse(run('scenarios', 'customer').stdout).scenarios) assert.ok(text.includes(`\`${s.name}\``), s.name);
});

test('the first example in Python', () => {
    const [first, ...more] = blocks('python');
    assert.deepEqual(more, []);
    assert.ok(first.includes('clock.advance') && first.trim().split('\n').length <= 10);
    const r = packages()('python3', ['-'], first);
    assert.equal(r.status, 0, r.stderr);
});

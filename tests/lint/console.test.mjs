// SPDX-License-Identifier: Apache-2.0
// weight: 40
//
// Rules that hold for the console's sources: one form (prettier), types that fit (tsc), files short enough to read.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const tests = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const root = path.dirname(tests);
const bin = (of, name) => path.join(of, 'node_modules', '.bin', name);

function run(file, args, cwd) {
    const r = spawnSync(file, args, { cwd, encoding: 'utf8' });
    return { status: r.status, said: `${r.error ?? ''}${r.stdout}${r.stderr}` };
}

test("the console's sources have prettier's form (npx prettier --write ../console/src in tests/)", () => {
    const r = run(bin(tests, 'prettier'), ['--check', 'src', 'build.mjs'], path.join(root, 'console'));
    assert.equal(r.status, 0, r.said);
});

test("the console's sources pass the type check", () => {
    const r = run(bin(path.join(root, 'console'), 'tsc'), ['--noEmit'], path.join(root, 'console'));
    assert.equal(r.status, 0, r.said);
});

test('the pages have a text for each refusal code of the server, and for no other code', () => {
    const read = (...at) => fs.readFileSync(path.join(root, ...at), 'utf8');
    const given = [...read('src', 'base', 'reason.h').matchAll(/\bX\([A-Z_]+, "(\w+)"\)/g)].map((m) => m[1]);
    const said = [...read('console', 'src', 'reasons.ts').split('const words')[1].split('\n};')[0].matchAll(/^    (\w+): /gm)].map((m) => m[1]);
    assert.ok(given.length > 30);
    assert.deepEqual(said.sort(), given.sort());
});

test('its files stay short enough to read: 430 lines', () => {
    const src = path.join(root, 'console', 'src');
    const files = fs.readdirSync(src, { recursive: true, withFileTypes: true }).filter((e) => e.isFile() && e.name !== 'wire.ts');
    assert.ok(files.length > 20);
    const long = files.map((e) => [e.name, fs.readFileSync(path.join(e.parentPath ?? e.path, e.name), 'utf8').split('\n').length - 1])
        .filter(([, n]) => n > 430);
    assert.deepEqual(long, []);
});

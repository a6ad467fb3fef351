// SPDX-License-Identifier: Apache-2.0
// weight: 18
//
// The fuzz targets: each is complete and known to the build (which replays its seeds as a unit test), and fuzz/run can
// build and start each of them where clang is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const fuzz = (...rest) => path.join(root, 'fuzz', ...rest);
const targets = fs.readdirSync(fuzz()).filter((f) => f.endsWith('.c') && f !== 'replay.c').map((f) => f.slice(0, -2)).sort();
const clang = spawnSync('clang', ['--version']).status === 0;

test('every fuzz target has its sources, a dictionary and seeds, and the build replays them', () => {
    assert.ok(targets.length >= 3);
    const built = JSON.parse(execFileSync('meson', ['introspect', '--tests', path.join(root, 'build')], { encoding: 'utf8' }))
        .map((t) => t.name).filter((n) => n.startsWith('fuzz_')).sort();
    assert.deepEqual(built, targets.map((t) => `fuzz_${t}`));
    for (const t of targets) {
        for (const f of fs.readFileSync(fuzz(`${t}.sources`), 'utf8').trim().split('\n')) {
            assert.ok(fs.existsSync(path.join(root, f)), `fuzz/${t}.sources names ${f}`);
            assert.doesNotMatch(f, /_test\.c$/, `fuzz/${t}.sources`);
        }
        assert.ok(fs.existsSync(fuzz(`${t}.dict`)), `fuzz/${t}.dict`);
        assert.ok(fs.readdirSync(fuzz('seeds', t)).length > 0, `fuzz/seeds/${t}`);
    }
});

test('fuzz/run names its targets', () => {
    for (const args of [[], ['nothing']]) {
        const r = spawnSync(fuzz('run'), args, { encoding: 'utf8' });
        assert.equal(r.status, 2);
        for (const t of targets) assert.match(r.stderr, new RegExp(`\\b${t}\\b`));
    }
});

for (const t of targets) {
    test(`fuzz/run builds ${t} and replays its seeds`, { skip: clang ? false : 'clang is not installed' }, () => {
        const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hired-fuzz-'));
        try {
            const r = spawnSync(fuzz('run'), [t, '0'], { encoding: 'utf8', env: { ...process.env, FUZZ_DIR: dir } });
            assert.equal(r.status, 0, r.stdout + r.stderr);
            assert.match(r.stderr, new RegExp(`Done ${fs.readdirSync(fuzz('seeds', t)).length + 1} runs|#\\d+\\s+DONE`));
        } finally {
            fs.rmSync(dir, { recursive: true, force: true });
        }
    });
}

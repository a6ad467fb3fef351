// SPDX-License-Identifier: Apache-2.0
// once
//
// The Python package for tests (clients/python): with unittest, and with its fixtures of pytest.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, root, tempDir } from '../lib/folders.mjs';

const env = { ...process.env, HIRED_BIN: binary, PYTHONPATH: path.join(root, 'clients/python'), PYTHONDONTWRITEBYTECODE: '1' };
const python = (args, cwd, program = 'python3') => spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 300_000 });
// Debian's Python has Debian's pytest; another python3 may come first in PATH and not have it.
const withPytest = ['python3', '/usr/bin/python3'].find((program) => python(['-c', 'import pytest'], root, program).status === 0);

test('unittest', () => {
    const r = python(['-W', 'error::ResourceWarning', '-m', 'unittest', '-v', 'python_client'], path.join(root, 'tests/clients'));
    assert.equal(r.status, 0, r.stderr);
    assert.match(r.stderr, /^Ran 9 tests/m);
});

test('the fixtures of pytest', () => {
    assert.ok(withPytest, 'pytest is missing; scripts/setup test installs it');
    const dir = tempDir();
    fs.writeFileSync(path.join(dir, 'test_it.py'), 'def test_it(hired, hired_tenant):\n    assert hired_tenant.arrange()\n');
    const r = python(['-m', 'pytest', '-p', 'hired_testing.pytest_plugin', '-q', 'test_it.py'], dir, withPytest);
    assert.equal(r.status, 0, r.stdout + r.stderr);
    assert.match(r.stdout, /1 passed/);
});

test('both packages end the server in the same way', () => {
    const read = (f) => fs.readFileSync(path.join(root, f), 'utf8');
    assert.equal(read('clients/node/guard.sh'), read('clients/python/hired_testing/guard.sh'));
});

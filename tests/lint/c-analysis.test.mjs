// SPDX-License-Identifier: Apache-2.0
//
// C code under clang-format, clang-tidy and cppcheck: none of them reports anything. The exceptions, with reasons, are in
// .clang-tidy and in cppcheck.suppressions. clang-tidy reads unit tests, and cppcheck
// runs, with --long only, since they take minutes. The results are kept in build/lint by the content of the files, so that a
// second run checks only what has changed.
// once
// weight: 60
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const cores = Math.min(os.availableParallelism?.() ?? os.cpus().length, 4);
const kept = path.join(root, 'build/lint');
const long = !!process.env.HIRED_TEST_LONG;

function walk(dir) {
    return fs.readdirSync(path.join(root, dir), { withFileTypes: true }).flatMap((e) => {
        const name = path.join(dir, e.name);
        return e.isDirectory() ? walk(name) : /\.[ch]$/.test(e.name) ? [name] : [];
    });
}
const files = ['src', 'fuzz', 'bench'].flatMap(walk);
const sources = files.filter((f) => f.endsWith('.c'));
const headers = files.filter((f) => f.endsWith('.h'));
const read = (f) => fs.readFileSync(path.join(root, f));

// Runs a tool; resolves with its exit status and all that it said.
function run(command, args) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
        let out = '';
        child.stdout.on('data', (d) => { out += d; });
        child.stderr.on('data', (d) => { out += d; });
        child.on('error', reject);
        child.on('close', (status) => resolve({ status, out }));
    });
}

async function parallel(jobs) {
    const queue = [...jobs], results = [];
    await Promise.all(Array.from({ length: cores }, async () => {
        for (let job; (job = queue.shift());) results.push(await job());
    }));
    return results;
}

// What all files' results depend on: the headers, the rules and the tool.
function common(tool, rules) {
    const hash = createHash('sha256').update(execFileSync(tool, ['--version']));
    for (const f of [...headers, rules]) hash.update(f).update(read(f));
    return hash.digest('hex');
}

test('C files are formatted by .clang-format', async () => {
    assert.ok(files.length > 300, `${files.length} files`);
    const { status, out } = await run('clang-format', ['--dry-run', '-Werror', ...files]);
    assert.equal(status, 0, out);
});

test('clang-tidy reports nothing', async () => {
    const before = common('clang-tidy', '.clang-tidy');
    const dir = path.join(kept, 'clang-tidy');
    fs.mkdirSync(dir, { recursive: true });
    const stamp = (f) => path.join(dir, createHash('sha256').update(before).update(f).update(read(f)).digest('hex'));
    const due = sources.filter((f) => (long || !f.endsWith('_test.c')) && !fs.existsSync(stamp(f)));
    const groups = [];
    for (let i = 0; i < due.length; i += 12) groups.push(due.slice(i, i + 12));
    const results = await parallel(groups.map((group) => async () => {
        const r = await run('clang-tidy', ['--quiet', '-p', 'build', ...group]);
        if (r.status === 0) for (const f of group) fs.writeFileSync(stamp(f), '');
        return r;
    }));
    const current = new Set(sources.map((f) => path.basename(stamp(f))));
    for (const name of fs.readdirSync(dir)) if (!current.has(name)) fs.rmSync(path.join(dir, name));
    assert.equal(results.filter((r) => r.status !== 0).map((r) => r.out).join(''), '');
});

test('cppcheck reports nothing', { skip: long ? false : 'runs with --long' }, async () => {
    const dir = path.join(kept, 'cppcheck'); // its own cache, by content
    fs.mkdirSync(dir, { recursive: true });
    const { status, out } = await run('cppcheck', ['-j', String(cores), '--enable=warning,performance,portability', '--quiet', '--std=c11',
        '--max-configs=1', '--inline-suppr', '--error-exitcode=1', `--cppcheck-build-dir=${dir}`,
        '--suppressions-list=tests/lint/cppcheck.suppressions', '-Isrc', '-Ibuild/api', '-D_GNU_SOURCE', '-DINVARIANT_ABORTS=0',
        // Macros of libraries whose headers it does not read.
        '-Djson_array_foreach(a,i,v)=while(v=json_array_get(a,i++))', '-Djson_object_foreach(o,k,v)=while(v=json_object_get(o,k))',
        '--template={file}:{line}: {severity}: {message} [{id}]', 'src', 'fuzz', 'bench']);
    assert.equal(status, 0, out);
});

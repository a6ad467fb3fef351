// SPDX-License-Identifier: Apache-2.0
// weight: 30
// once
// store: sqlite: it follows pages that use a directory
//
// Runs the guides as a reader would: every "sh" block of docs/guide-*.md in its order, in one Bash in an empty folder. A
// "text" block behind one is what it prints ("..." stands for anything within a line). Ports are replaced by others.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { binary, portToKeep, root, slow, tempDir } from '../lib/server.mjs';

const guides = fs.readdirSync(path.join(root, 'docs')).filter((f) => /^guide-.*\.md$/.test(f));

// The blocks of a guide: {line, text, expected}.
function blocksOf(markdown) {
    const blocks = [];
    for (const m of markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
        const line = markdown.slice(0, m.index).split('\n').length;
        if (m[1] === 'sh') blocks.push({ line, text: m[2] });
        else if (m[1] === 'text') blocks.at(-1).expected = m[2];
    }
    return blocks;
}

// Runs a script to its end in a process group of its own: {status, stdout, stderr}.
function bash(script, cwd) {
    return new Promise((resolve) => {
        const child = spawn('bash', ['-c', script], {
            cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: `${path.dirname(binary)}:${process.env.PATH}` },
        });
        let stdout = '', stderr = '';
        child.stdout.setEncoding('utf8').on('data', (d) => (stdout += d));
        child.stderr.setEncoding('utf8').on('data', (d) => (stderr += d));
        const end = () => {
            try {
                process.kill(-child.pid, 'SIGKILL'); // whatever a block left running
            } catch {
                // It has ended already.
            }
        };
        const timer = setTimeout(end, 90_000 * slow);
        child.on('exit', (status) => {
            clearTimeout(timer);
            end();
            child.on('close', () => resolve({ status, stdout, stderr }));
        });
    });
}

const pattern = (expected) => new RegExp(`^${expected.trimEnd().split('...').map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);

test('there is a guide, and each block has a fence that ends', () => {
    assert.ok(guides.length > 0);
    for (const guide of guides) {
        const fences = fs.readFileSync(path.join(root, 'docs', guide), 'utf8').match(/^```/gm);
        assert.equal(fences.length % 2, 0, guide);
    }
});

for (const guide of guides) {
    test(`docs/${guide}: every command runs and prints what the guide says, also the second time in the same folder`, async () => {
        const dir = tempDir();
        for (const time of ['first', 'second']) await follow(guide, dir, time);
    });
}

async function follow(guide, dir, time) {
    const blocks = blocksOf(fs.readFileSync(path.join(root, 'docs', guide), 'utf8'));
    assert.ok(blocks.length > 2 && blocks.some((b) => b.expected));
    const ports = { 8080: portToKeep(), 8081: portToKeep() };
    const mark = '\u0001block ';
    const script = blocks.map((b) => `printf '${mark}${b.line}\\n'\n${b.text.replace(/\b808[01]\b/g, (p) => ports[p])}`).join('');
    const r = await bash(`set -eu\n${script}`, dir);
    const printed = new Map(r.stdout.split(mark).slice(1).map((s) => [Number(s.split('\n')[0]), s.slice(s.indexOf('\n') + 1)]));
    const last = [...printed.keys()].at(-1);
    assert.equal(r.status, 0, `the ${time} time: the block at line ${last} failed:\n${printed.get(last)}\n${r.stderr}`);
    for (const b of blocks) {
        assert.ok(printed.has(b.line), `the block at line ${b.line} was not run`);
        if (b.expected === undefined) assert.equal(printed.get(b.line).trim(), '', `the block at line ${b.line} prints what the guide does not show`);
        else assert.match(printed.get(b.line).trimEnd(), pattern(b.expected), `the ${time} time: the block at line ${b.line}`);
    }
}

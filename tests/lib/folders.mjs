// SPDX-License-Identifier: Apache-2.0
//
// Where the tests find the repository, the binary and the run's folder, and folders of their own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = path.resolve(process.env.HIRED_BIN ?? path.join(root, 'build', 'hired'));
export const fixtures = path.join(root, 'tests', 'fixtures');

// Times under a sanitizer are several times longer.
export const slow = /asan|tsan/.test(binary) ? 4 : 1;

const ownRunDir = process.env.HIRED_TEST_RUN ? null : fs.mkdtempSync(path.join(os.tmpdir(), 'hired-test-'));
export const runDir = process.env.HIRED_TEST_RUN ?? ownRunDir;

const tempDirs = new Set(), beforeRemoval = [];
process.on('exit', () => {
    for (const end of beforeRemoval) end();
    for (const dir of tempDirs) fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    if (ownRunDir) fs.rmSync(ownRunDir, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

// Is called when this process ends, before the folders are removed.
export const atExit = (end) => void beforeRemoval.push(end);

// A folder that is gone when this process ends.
export function tempDir() {
    const dir = fs.mkdtempSync(path.join(runDir, 't-'));
    tempDirs.add(dir);
    return dir;
}

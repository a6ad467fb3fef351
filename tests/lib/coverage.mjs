// SPDX-License-Identifier: Apache-2.0
//
// Collects the API coverage of all test processes of one run: each process writes its Coverage (contract.mjs) into the
// run's folder when it ends, and the runner reads all of them.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Coverage, operations } from './contract.mjs';

export const coverage = new Coverage();

if (process.env.HIRED_TEST_RUN) {
    process.on('exit', () => {
        fs.writeFileSync(path.join(process.env.HIRED_TEST_RUN, `coverage-${process.pid}.json`), JSON.stringify({
            file: path.basename(process.argv[1]), succeeded: [...coverage.succeeded],
            codes: [...coverage.codes].map(([name, codes]) => [name, [...codes]]), violations: coverage.violations,
        }));
    });
}

// The store knows nothing of the API: numbers there are those of databases.
function codesInSources() {
    const src = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'src');
    const text = fs.readdirSync(src, { recursive: true }).filter((f) => /\.[ch]$/.test(f) && !f.endsWith('_test.c') && !f.startsWith('store/'))
        .map((f) => fs.readFileSync(path.join(src, f), 'utf8')).join('\n');
    return new Set(text.match(/\b\d{5,8}\b/g));
}

// For the runner. Every supported operation must have succeeded, each documented error code that the server knows must
// have been seen, and no answer may have broken its description. Returns how many operations were called, and a line for each
// thing that does not hold.
export function coverageProblems(runDir) {
    const all = new Coverage();
    for (const name of fs.readdirSync(runDir).filter((f) => /^coverage-\d+\.json$/.test(f))) {
        const part = JSON.parse(fs.readFileSync(path.join(runDir, name), 'utf8'));
        for (const [operation, n] of part.succeeded) all.succeeded.set(operation, (all.succeeded.get(operation) ?? 0) + n);
        for (const [operation, codes] of part.codes) {
            all.codes.set(operation, new Set([...(all.codes.get(operation) ?? []), ...codes]));
        }
        all.violations.push(...part.violations.map((v) => `${part.file}: ${v}`));
    }
    const missing = all.missing().map((name) => `${name} was never called successfully`);
    // Of the documented codes those that the sources name must have been seen, of whichever operation; 1002001, a fault
    // inside, cannot be brought about from outside.
    const named = codesInSources();
    const seen = new Set(['1002001', ...[...all.codes.values()].flatMap((codes) => [...codes].map(String))]);
    const unseen = all.unseenErrors().filter((e) => named.has(e.split(': ')[1]) && !seen.has(e.split(': ')[1]))
        .map((e) => `this error was never seen: ${e}`);
    return {
        held: operations({ supported: true }).length - missing.length,
        problems: [...missing, ...unseen, ...all.violations],
    };
}

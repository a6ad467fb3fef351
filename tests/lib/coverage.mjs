// SPDX-License-Identifier: Apache-2.0
//
// What all test processes of one run saw of the API, together: each writes its Coverage (contract.mjs) into the run's
// folder when it ends; the runner reads them all.
import fs from 'node:fs';
import path from 'node:path';

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

// For the runner. Every supported operation must have succeeded and shown each of its own error codes, and no answer may
// have broken its description. Returns how many of these things hold, and a line for each that does not.
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
    // A fault inside cannot be brought about from outside.
    const unseen = all.unseenErrors().filter((e) => !e.endsWith(': 1002001')).map((e) => `this error was never seen: ${e}`);
    return {
        held: operations({ supported: true }).length - missing.length,
        problems: [...missing, ...unseen, ...all.violations],
    };
}

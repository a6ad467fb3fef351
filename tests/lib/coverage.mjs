// SPDX-License-Identifier: Apache-2.0
//
// Which operations a run called and which answers broke their description. Each test process adds its lines to a file of
// its own in the run's folder when it ends; the runner reads them all together.
import fs from 'node:fs';
import path from 'node:path';

const seen = new Map();
const problems = [];

// One answer: the operation's name (undefined: no operation), whether it was a success, what was wrong with it.
export function recordAnswer(operation, success, violations) {
    if (operation && success) seen.set(operation, (seen.get(operation) ?? 0) + 1);
    problems.push(...violations);
}

if (process.env.HIRED_TEST_RUN) {
    process.on('exit', () => {
        fs.writeFileSync(path.join(process.env.HIRED_TEST_RUN, `coverage-${process.pid}.json`),
            JSON.stringify({ file: path.basename(process.argv[1]), seen: [...seen], problems }));
    });
}

// For the runner: every supported operation of apiDir must have succeeded once, and no answer may have broken its
// description. Returns the number of operations that are fine, and a line for each problem.
export function coverageProblems(runDir, apiDir) {
    const called = new Set();
    const lines = [];
    for (const name of fs.readdirSync(runDir).filter((f) => /^coverage-\d+\.json$/.test(f))) {
        const part = JSON.parse(fs.readFileSync(path.join(runDir, name), 'utf8'));
        for (const [operation] of part.seen) called.add(operation);
        for (const line of part.problems) lines.push(`${part.file}: ${line}`);
    }
    let checked = 0;
    for (const name of fs.readdirSync(apiDir).filter((f) => f.endsWith('.json'))) {
        const operation = JSON.parse(fs.readFileSync(path.join(apiDir, name), 'utf8'));
        if (!operation.supported) continue;
        if (called.has(operation.name)) checked++;
        else lines.push(`${operation.name} (${operation.method} ${operation.path}) was never called successfully`);
    }
    return { checked, problems: lines };
}

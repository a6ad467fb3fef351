// SPDX-License-Identifier: Apache-2.0
// The demo tenant's files: each is identical to the output of its generator, and matches its description in api/.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { checkAnswer } from './contract.mjs';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const read = (name) => JSON.parse(fs.readFileSync(path.join(ROOT, 'demo', `${name}.json`), 'utf8'));

function findings(method, place, answer) {
    return checkAnswer(method, `/open-apis/${place}`, 200, answer).filter((text) => !text.endsWith('described as not supported'));
}

const PAGES = {
    users: ['GET', 'contact/v3/users/batch'],
    orders: ['GET', 'hire/v1/background_check_orders'],
    interviews: ['GET', 'hire/v1/interviews'],
    external_applications: ['GET', 'hire/v1/external_applications'],
    external_background_checks: ['POST', 'hire/v1/external_background_checks/batch_query'],
    jobs: ['GET', 'hire/v1/jobs'],
    job_processes: ['GET', 'hire/v1/job_processes'],
    resume_sources: ['GET', 'hire/v1/resume_sources'],
    termination_reasons: ['GET', 'hire/v1/termination_reasons'],
    interview_feedback_forms: ['GET', 'hire/v1/interview_feedback_forms'],
    interview_round_types: ['GET', 'hire/v1/interview_round_types'],
    locations: ['GET', 'hire/v1/locations'],
    job_levels: ['GET', 'contact/v3/job_levels'],
    rooms: ['GET', 'vc/v1/rooms'],
};
const SINGLE = { applications: 'application', talents: 'talent', attachments: 'attachment' }; // lists of what one call answers

test('demo/*.json are identical to the output of tools/make_demo.py', () => {
    const run = spawnSync('python3', ['-B', 'tools/make_demo.py', '--check'], { cwd: ROOT, encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
});

test('every page fits its description', () => {
    for (const [name, [method, place]] of Object.entries(PAGES)) {
        const answer = read(name);
        assert.ok((answer.data.items ?? answer.data.rooms).length > 0, name);
        assert.deepEqual(findings(method, place, answer), [], name);
    }
});

test('every application, talent and attachment fits its description', () => {
    for (const [name, member] of Object.entries(SINGLE)) {
        const { items } = read(name).data;
        assert.ok(items.length > 0, name);
        for (const item of items) {
            const found = findings('GET', `hire/v1/${name}/1`, { code: 0, msg: 'success', data: { [member]: item } });
            assert.deepEqual(found.filter((text) => !/: msg: /.test(text)), [], name);
        }
    }
});

test('no file is left without a description', () => {
    const known = [...Object.keys(PAGES), ...Object.keys(SINGLE)].map((name) => `${name}.json`).sort();
    assert.deepEqual(fs.readdirSync(path.join(ROOT, 'demo')).filter((name) => name.endsWith('.json')).sort(), known);
});

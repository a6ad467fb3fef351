// SPDX-License-Identifier: Apache-2.0
//
// Records for tests, in the form in which the platform answers them, and their way into a store through "hired import".
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

import { fixtures, hired, hiredOk, readDemo, tempDir } from './server.mjs';

export const example = (name) => JSON.parse(fs.readFileSync(path.join(fixtures, `${name}.example.json`), 'utf8'));

export const T0 = 1700000000000; // when the made-up records begin

// Order number i of application 8000 + i % 5; each a second later than the one before. over: members that differ.
export function makeOrder(i, over = {}) {
    return {
        order_id: String(7_100_000_000_000_000_000n + BigInt(i)),
        application_id: String(8000 + (i % 5)),
        order_status: 2,
        account_third_type: 127,
        package: '基础版',
        process_info_list: [{ process: '已安排', update_time: String(T0), en_process: 'arranged' }],
        candidate_info: { name: `候选人${i}号`, mobile: `+86138${String(i).padStart(8, '0')}`, email: `candidate${i}@example.com` },
        begin_time: String(T0),
        update_time: String(T0 + i * 1000),
        geo: 'cn',
        ...over,
    };
}

export function makeInterview(i, over = {}) {
    return {
        id: String(7_200_000_000_000_000_000n + BigInt(i)),
        begin_time: T0 + i * 60_000,
        end_time: T0 + i * 60_000 + 1_800_000,
        round: 1,
        interview_record_list: [],
        stage_id: '7300000000000000001',
        application_id: String(8000 + (i % 5)),
        biz_create_time: T0,
        biz_modify_time: T0 + i,
        interview_round_summary: 2,
        interview_type: 1,
        ...over,
    };
}

export function makeExternalCheck(i, over = {}) {
    return {
        id: String(7_400_000_000_000_000_000n + BigInt(i)),
        external_application_id: String(7_500_000_000_000_000_000n + BigInt(i % 5)),
        date: T0 + i,
        name: `外部背调 ${i}`,
        result: 'pass',
        attachment_list: [{ id: String(7_600_000_000_000_000_000n + BigInt(i)), name: 'report.pdf', size: 100 + i }],
        ...over,
    };
}

export const range = (n, make) => Array.from({ length: n }, (_, i) => make(i));

// What a saved page of a list looks like.
export const answerOf = (items) => ({ code: 0, msg: 'success', data: { has_more: false, items } });

export function saveAnswer(answer, name = 'answer.json') {
    const file = path.join(tempDir(), name);
    fs.writeFileSync(file, typeof answer === 'string' || Buffer.isBuffer(answer) ? answer : JSON.stringify(answer, null, 2));
    return file;
}

const importArgs = (dir, files, { app, userIdType } = {}) => ['import', '--data', dir,
    ...(fs.existsSync(path.join(dir, 'demo.json')) || app ? ['--app', app ?? readDemo(dir).app_id] : []),
    ...(userIdType ? ['--user-id-type', userIdType] : []), ...files];

export const importFiles = (dir, files, o) => hiredOk(importArgs(dir, files, o));
export const tryImport = (dir, files, o) => hired(importArgs(dir, files, o));
export const importItems = (dir, items, o) => importFiles(dir, [saveAnswer(answerOf(items))], o);

// Rows of the store itself, for what no operation shows (history, files): read-only, through Python's sqlite3.
export const sql = (dir, query, ...parameters) => sqlAll(dir, [[query, parameters]])[0];

// Several [query, parameters] at once, all of one moment.
export function sqlAll(dir, queries) {
    const program = `
import json, sqlite3, sys
db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=20)
db.row_factory = sqlite3.Row
db.execute('BEGIN')
print(json.dumps([[dict(r) for r in db.execute(q, p)] for q, p in json.load(sys.stdin)]))`;
    const r = spawnSync('python3', ['-c', program, path.join(dir, 'hired.db')],
        { input: JSON.stringify(queries), encoding: 'utf8', maxBuffer: 1 << 30 });
    if (r.status !== 0) throw new Error(r.stderr);
    return JSON.parse(r.stdout);
}

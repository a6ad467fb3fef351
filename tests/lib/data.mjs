// SPDX-License-Identifier: Apache-2.0
//
// Records for tests, in the form in which the platform answers them, and their way into a store through "hired import".
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

import { fixtures, hired, hiredOk, readDemo, root, tempDir } from './server.mjs';
import { hex16, meddle, onPostgres, sql, sqlAll } from './store.mjs';

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

export { meddle, sql, sqlAll };

// The kept files of a data directory, and drafts: "00000000000000ab" and "00000000000000ab.draft", sorted. On PostgreSQL a draft is
// named by its content.
export function keptFiles(dir) {
    if (onPostgres)
        return sql(dir, `SELECT ${hex16('id')} AS name FROM kept_file UNION ALL SELECT ${hex16('c.content')} || '.draft' FROM kept_chunk c
            WHERE c.n = 0 AND NOT EXISTS (SELECT 1 FROM kept_file f WHERE f.content = c.content)`).map((r) => r.name).sort();
    const at = path.join(dir, 'files');
    return fs.existsSync(at) ? fs.readdirSync(at).flatMap((d) => fs.readdirSync(path.join(at, d))).sort() : [];
}

// The ids in the column stage_ids, each of which is written behind its length in characters.
export function stageIds(text) {
    const ids = [], chars = [...text];
    for (let at = 0; at < chars.length;) {
        const colon = chars.indexOf(':', at), end = colon + 1 + Number(chars.slice(at, colon).join(''));
        ids.push(chars.slice(colon + 1, end).join(''));
        at = end;
    }
    return ids;
}

// Puts a database of schema `version` in the place of dir's, with the rows that it has room for.
export function makeOlder(dir, version) {
    const program = `
import glob, os, sqlite3, sys
root, dir, version = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.dont_write_bytecode = True
sys.path.insert(0, root + '/tools')
import sqlgen
new, old = dir + '/older.db', dir + '/hired.db'
db = sqlite3.connect(new, isolation_level=None)
for step in sqlgen.read_schema(sorted(glob.glob(root + '/src/store/schema/*.sql'))[:version + 1]):
    for statement in sqlgen.sqlite_schema(step):
        db.execute(statement)
db.execute('ATTACH ? AS was', (old,))
db.execute('PRAGMA application_id = %d' % db.execute('PRAGMA was.application_id').fetchone()[0])
db.execute('BEGIN')
known = {name for (name,) in db.execute('SELECT name FROM was.sqlite_schema')}
for (table,) in db.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall():
    if table not in known: continue
    columns = ', '.join(c[1] for c in db.execute('PRAGMA main.table_info(%s)' % table))
    db.execute('INSERT OR REPLACE INTO main.%s (%s) SELECT %s FROM was.%s' % (table, columns, columns, table))
if 'order_stage' not in known and version < 17:
    for tenant, order, time, ids in db.execute('SELECT tenant, id, last_stage_time, stage_ids FROM was.background_check_order').fetchall():
        while ids:
            n, ids = ids.split(':', 1)
            db.execute('INSERT INTO order_stage VALUES (?, ?, ?, ?)', (tenant, order, ids[:int(n)], time))
            ids = ids[int(n):]
db.execute("DELETE FROM meta WHERE key IN ('ids_until', 'clock')")
db.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(version),))
db.execute('COMMIT')
db.close()
for end in ('', '-wal', '-shm'):
    if os.path.exists(old + end): os.remove(old + end)
os.rename(new, old)
os.chmod(old, 0o600)`;
    const r = spawnSync('python3', ['-c', program, root, dir, String(version)], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(r.stderr);
}

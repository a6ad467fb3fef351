// SPDX-License-Identifier: Apache-2.0
//
// A data directory of an older hired is migrated when a server first starts on it, and by no other command.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Person } from '../../lib/console.mjs';
import { makeOlder, meddle, sql } from '../../lib/data.mjs';
import { demoDir, hired, startServer } from '../../lib/server.mjs';

const schemaOf = (dir) => Number(sql(dir, "SELECT value FROM meta WHERE key = 'schema'")[0].value);
const interviewers = (dir) => sql(dir, 'SELECT CAST(users_id AS TEXT) AS who, begin_time, CAST(interview_id AS TEXT) AS id FROM interview_interviewer ORDER BY tenant, users_id, begin_time, interview_id');
const counts = (dir) => sql(dir, 'SELECT status, phase, orders FROM background_check_order_count WHERE orders <> 0 ORDER BY tenant, status, phase');

test('a database of schema 008 gets its interviews by interviewer, and its numbers of orders, from their records', async () => {
    const dir = demoDir();
    const wanted = interviewers(dir), numbers = counts(dir), newest = schemaOf(dir);
    assert.ok(numbers.length > 5);
    assert.ok(wanted.length >= 40, 'the demo has interviews, and each has somebody who holds it');
    makeOlder(dir, 8);

    const early = hired(['check', '--data', dir]);
    assert.equal(early.status, 1);
    assert.match(early.stderr, new RegExp(`has schema 8, this hired needs ${newest}. Start .hired serve. once`));
    const server = await startServer({ dir });
    assert.deepEqual([schemaOf(dir), interviewers(dir), counts(dir)], [newest, wanted, numbers]);
    const check = hired(['check', '--data', dir]);
    assert.equal(check.status, 0, check.stderr);
    const interviewer = await Person.of(server, 'interviewer');
    const [me] = sql(dir, "SELECT CAST(users_id AS TEXT) AS id FROM console_account WHERE login = ?", interviewer.user);
    assert.deepEqual((await interviewer.walk('interviews')).map((i) => i.id), wanted.filter((w) => w.who === me.id).map((w) => w.id));
    await server.stop();
});

test('names that an older hired stored with ASCII-only case folding are found in any case after the first start', async () => {
    const dir = demoDir();
    const keys = () => sql(dir, 'SELECT CAST(id AS TEXT) AS id, search FROM reference_name ORDER BY tenant, kind, id');
    const rule = () => sql(dir, "SELECT value FROM meta WHERE key = 'name_fold'")[0]?.value;
    const wanted = keys(), [first] = sql(dir, "SELECT CAST(MIN(talent_id) AS TEXT) AS id FROM application");
    assert.ok(rule());
    meddle(dir, `DELETE FROM meta WHERE key = 'name_fold'; UPDATE reference_name SET search = name;
        UPDATE reference_name SET name = 'ÉMILIE 王', search = 'ÉmILIE 王' WHERE kind = 'talent' AND id = ${first.id}`);
    const server = await startServer({ dir });
    assert.ok(rule());
    assert.deepEqual(keys(), wanted.map((k) => (k.id === first.id ? { ...k, search: 'émilie 王' } : k)));
    const recruiter = await Person.of(server, 'recruiter');
    const found = await recruiter.walk('applications', { query: 'e\u0301milie' });
    assert.ok(found.length > 0 && found.every((a) => a.talent_name === 'ÉMILIE 王'));
    await server.stop();
});

// SPDX-License-Identifier: Apache-2.0
// weight: 5
//
// kill -9 in the middle of erasing people: after each restart a person is wholly erased or wholly there, whoever was told
// that it is done is erased, and of those not a byte stays in any file, the log and the kept files included.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, eventually } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { importItems, range, sql } from '../lib/data.mjs';
import { importPeople, leftovers, makePerson, upload } from '../lib/person.mjs';
import { demoDir, hired, slow, startServer } from '../lib/server.mjs';

const dir = demoDir();
const perRound = 12;
const rounds = slow > 1 ? 3 : process.env.HIRED_TEST_LONG ? 40 : 8;
const people = range(perRound * rounds, makePerson);
importPeople(dir, people);

// Each has a resume, so that files are to go too.
{
    const server = await startServer({ dir });
    const client = new Client(server);
    for (const p of people) p.resume = await upload(server, client, `${p.tag}.pdf`, `%PDF-1.4 ${p.tag}`);
    await server.stop();
    importItems(dir, people.map((p) => ({ ...p.records[1], talent_attachment_resume_id: p.resume })));
}

// How many rounds the kill has cut in two: some of its people were erased and others not.
let cut = 0;
for (let round = 0; round < rounds; round++) {
    test(`round ${round + 1}: killed while it erases`, async () => {
        // In every other round each erasure is a commit of its own, so that the kill comes between them.
        const server = await startServer({ dir, config: `[store]\nwrite_group = ${round % 2 ? 1 : 64}\n` });
        const admin = await Person.of(server, 'admin');
        const mine = people.slice(round * perRound, (round + 1) * perRound);
        const done = new Set();
        let dead = false;
        // The kill comes at another moment in each round: before the first commit, among them, while files go.
        const work = mine.map(async (p) => {
            try {
                await admin.post('erasure', { talent_id: p.talent, reason: 'a test' });
                done.add(p);
                if (done.size === 1 + round) killNow();
            } catch (e) {
                if (dead && (e.code || /hang up/.test(e.message))) return;
                throw e;
            }
        });
        let killNow = () => {};
        const killed = new Promise((resolve) => {
            killNow = resolve;
            setTimeout(resolve, (2 + 7 * round) * slow);
        });
        await killed;
        dead = true;
        await server.kill();
        server.checkLog();
        await Promise.all(work);

        const again = await startServer({ dir });
        const names = new Map(sql(dir, "SELECT CAST(id AS TEXT) AS id, name FROM reference_name WHERE kind = 'talent'").map((r) => [r.id, r.name]));
        const erased = people.slice(0, (round + 1) * perRound).filter((p) => names.get(p.talent) !== p.name);
        for (const p of done) assert.ok(erased.includes(p), `${p.name}: the answer said that it is done`);
        await eventually(() => leftovers(dir, erased.flatMap((p) => p.secrets)), (found) => found.length === 0,
            { what: 'nothing of the erased is left' });
        await eventually(() => sql(dir, 'SELECT count(*) AS n FROM file_removal')[0].n, (n) => n === 0, { what: 'files are gone' });
        const audited = new Set(sql(dir, "SELECT subject FROM console_audit WHERE action = 'erasure.create'").map((r) => r.subject));
        const whole = mine.filter((p) => !erased.includes(p));
        cut += whole.length > 0 && whole.length < mine.length;
        for (const p of erased) assert.ok(audited.has(p.talent), 'the log has who did it');
        for (const p of whole) {
            assert.ok(!audited.has(p.talent));
            const [row] = sql(dir, `SELECT (SELECT doc FROM background_check_order WHERE id = ?) AS o, (SELECT doc FROM interview WHERE id = ?) AS i,
                (SELECT doc FROM application WHERE id = ?) AS a, (SELECT count(*) FROM attachment WHERE id = ?) AS files`, p.order, p.interview, p.application, p.resume);
            assert.ok(row.o.includes(p.name) && row.i.includes(p.tag) && row.a.includes(p.tag) && row.files === 1, `${p.name} is half erased`);
        }
        await again.stop();
        const check = hired(['check', '--data', dir]);
        assert.equal(check.status, 0, check.stdout + check.stderr);
    });
}

test('at least one kill happened between two erasures', () => assert.ok(cut > 0, `${cut} of ${rounds} rounds`));

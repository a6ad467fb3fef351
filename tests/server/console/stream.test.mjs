// SPDX-License-Identifier: Apache-2.0
//
// The console's stream of changes: a change made elsewhere is reported at once, to the users who may see it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { Client, eventually, send } from '../../lib/client.mjs';
import { coverage } from '../../lib/coverage.mjs';
import { Person } from '../../lib/console.mjs';
import { hiredOk, startServer } from '../../lib/server.mjs';

const PATH = '/console/api/events/stream';
let server, recruiter;
before(async () => {
    server = await startServer();
    recruiter = await Person.of(server, 'recruiter');
});
after(() => server.stop());

// An open stream: {headers, events, ended}.
function open(person, base = person.server.baseUrl) {
    return new Promise((resolve, reject) => {
        const req = http.get(base + PATH, { agent: false, headers: { Cookie: person.cookie } }, (res) => {
            const stream = { headers: res.headers, status: res.statusCode, events: [], ended: false, close: () => req.destroy() };
            let rest = '';
            res.setEncoding('utf8').on('data', (text) => {
                rest += text;
                for (let at; (at = rest.indexOf('\n\n')) >= 0; rest = rest.slice(at + 2)) {
                    const line = rest.slice(0, at);
                    if (!line.startsWith('data: ')) continue;
                    const data = JSON.parse(line.slice(6));
                    assert.deepEqual(coverage.saw('GET', PATH, 200, { code: 0, msg: 'ok', data }), []);
                    stream.events.push(data);
                }
            });
            res.on('end', () => (stream.ended = true)).on('error', () => (stream.ended = true));
            resolve(stream);
        });
        req.on('error', reject);
    });
}

const arrange = async () => {
    const application_id = (await recruiter.get('applications', { status: 1 })).items[0].id;
    const account_id = (await recruiter.get('vendors')).items.find((v) => v.app).id;
    return (await recruiter.post('orders/arrange', { application_id, account_id, package_name: 'Standard', again: true })).order_id;
};
const tells = (stream, kind, id) => eventually(() => stream.events, (events) => events.some((e) => e.kind === kind && e.id === id), { what: `${kind} ${id}` });

test('a page gets one message for each change by the vendor', async () => {
    const stream = await open(recruiter);
    assert.deepEqual([stream.status, stream.headers['content-type'], stream.headers['cache-control']], [200, 'text/event-stream; charset=utf-8', 'no-store']);
    const id = await arrange();
    await tells(stream, 'order', id);
    const vendor = Client.vendor(server);
    await vendor.progress({ background_check_id: id, stage_id: 's1', stage_name: '进行中', stage_en_name: 'under way', stage_time: String(Date.now()) });
    const ofIt = () => stream.events.filter((e) => e.kind === 'order' && e.id === id).length;
    await eventually(ofIt, (n) => n >= 2, { what: 'the stage' });
    await tells(stream, 'order', await arrange()); // all earlier messages have arrived by now
    assert.equal(ofIt(), 2);
    stream.close();
});

test('a page gets a message for a change by the command line, which is another process', async () => {
    const stream = await open(recruiter);
    const id = await arrange();
    await tells(stream, 'order', id);
    const ofIt = () => stream.events.filter((e) => e.kind === 'order' && e.id === id).length;
    const n = ofIt();
    hiredOk(['order', 'terminate', id, '--reason', 'over', '--data', server.dir]);
    await eventually(ofIt, (now) => now > n);
    stream.close();
});

test('all of 20 open pages get the same message', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(recruiter)));
    const id = await arrange();
    for (const s of streams) await tells(s, 'order', id);
    for (const s of streams) s.close();
});

test('a stream without a session is rejected with 401', async () => {
    const nobody = new Person(server, 'x', 'y');
    await nobody.fails(401, 4010, 'GET', 'events/stream');
});

test('a user gets only messages permitted by the role: interviewers get no ids, approvers no deliveries', async () => {
    const [admin, approver, interviewer] = await Promise.all(['admin', 'approver', 'interviewer'].map((role) => Person.of(server, role)));
    const [all, approves, holds] = [await open(admin), await open(approver), await open(interviewer)];
    const id = await arrange();
    await tells(all, 'order', id);
    await tells(approves, 'order', id);
    const { application_id } = (await recruiter.get(`orders/${id}`)).order;
    const from = Date.now() + 86_400_000;
    const offers = await recruiter.get('references');
    const { interview_id } = await recruiter.post('interviews', { application_id, plan: { begin_time: String(from), end_time: String(from + 3_600_000),
        interview_type: 1, interviewers: [offers.users[0].id] } });
    await tells(all, 'interview', interview_id);
    await eventually(() => holds.events, (e) => e.length > 0);
    assert.deepEqual(holds.events, [{ kind: 'interview' }]);
    assert.ok(approves.events.every((e) => e.kind !== 'delivery' || !e.id), JSON.stringify(approves.events));
    for (const s of [all, approves, holds]) s.close();
});

test('a stream is closed as soon as its session ends, and a changed role applies to it at once', async () => {
    const made = (name, role) => hiredOk(['user', 'create', name, '--role', role, '--data', server.dir]);
    const listener = async (name, role = 'recruiter') => {
        const person = new Person(server, name, made(name, role).password);
        await person.signIn();
        return [person, await open(person)];
    };
    const ends = (stream, why) => eventually(() => stream.ended, Boolean, { what: why });
    const [leaver, left] = await listener('leaver');
    await leaver.post('session/sign_out');
    await ends(left, 'signed out');
    const [, gone] = await listener('gone.one');
    hiredOk(['user', 'disable', 'gone.one', '--data', server.dir]);
    await ends(gone, 'disabled');
    const [changer, stays] = await listener('pw.changer');
    const other = new Person(server, changer.user, changer.password);
    await other.signIn();
    const elsewhere = await open(other);
    await changer.post('session/change_password', { password: changer.password, new_password: 'quite another one' });
    await ends(elsewhere, 'another password');
    assert.equal(stays.ended, false);
    hiredOk(['user', 'roles', 'pw.changer', '--role', 'interviewer', '--data', server.dir]);
    const witness = await open(recruiter);
    const before = stays.events.length;
    const id = await arrange();
    await tells(witness, 'order', id);
    assert.deepEqual(stays.events.slice(before), []);
    for (const s of [stays, witness]) s.close();
});

test('the number of streams of one account is limited, and HEAD opens no stream', async () => {
    const approver = await Person.of(server, 'approver');
    const streams = [];
    for (let i = 0; i < 40 * 8 && streams.at(-1)?.status !== 503; i++) streams.push(await open(approver));
    assert.equal(streams.at(-1).status, 503, `${streams.length} streams were opened`);
    const other = await open(recruiter);
    assert.equal(other.status, 200);
    for (const s of [...streams, other]) s.close();
    const head = await send(server.baseUrl, 'HEAD', PATH, { headers: { Cookie: recruiter.cookie }, timeoutMs: 5000 });
    assert.deepEqual([head.status, head.headers.allow], [405, 'GET, OPTIONS']);
});

test('a server that stops does not wait for open streams', async () => {
    const other = await startServer({ config: '[server]\ndrain = 600s\n' });
    const stream = await open(await Person.of(other, 'recruiter'));
    await other.stop(); // which would not wait for that long
    await eventually(() => stream.ended, Boolean);
});

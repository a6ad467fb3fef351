// SPDX-License-Identifier: Apache-2.0
//
// The console's stream of changes: what happens elsewhere is told within a moment, to those who may know it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { Client, eventually } from '../lib/client.mjs';
import { coverage } from '../lib/coverage.mjs';
import { Person } from '../lib/console.mjs';
import { hiredOk, startServer } from '../lib/server.mjs';

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
    return (await recruiter.post('orders/arrange', { application_id, account_id, package_name: 'Standard' })).order_id;
};
const tells = (stream, kind, id) => eventually(() => stream.events, (events) => events.some((e) => e.kind === kind && e.id === id), { what: `${kind} ${id}` });

test('a page hears of what the vendor does, once for each change', async () => {
    const stream = await open(recruiter);
    assert.deepEqual([stream.status, stream.headers['content-type'], stream.headers['cache-control']], [200, 'text/event-stream; charset=utf-8', 'no-store']);
    const id = await arrange();
    await tells(stream, 'order', id);
    const before = stream.events.length;
    const vendor = Client.vendor(server);
    await vendor.progress({ background_check_id: id, stage_id: 's1', stage_name: '进行中', stage_en_name: 'under way', stage_time: String(Date.now()) });
    await eventually(() => stream.events, (e) => e.length > before);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal(stream.events.filter((e) => e.kind === 'order').length, 2);
    stream.close();
});

test('a page hears of what the command line does, in another process', async () => {
    const stream = await open(recruiter);
    const id = await arrange();
    await tells(stream, 'order', id);
    const n = stream.events.length;
    hiredOk(['order', 'terminate', id, '--reason', 'over', '--data', server.dir]);
    await eventually(() => stream.events, (e) => e.length > n);
    stream.close();
});

test('many pages hear the same', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(recruiter)));
    const id = await arrange();
    for (const s of streams) await tells(s, 'order', id);
    for (const s of streams) s.close();
});

test('nobody listens without a session', async () => {
    const nobody = new Person(server, 'x', 'y');
    await nobody.fails(401, 4010, 'GET', 'events/stream');
});

test('a server that ends does not wait for its pages', async () => {
    const other = await startServer();
    const stream = await open(await Person.of(other, 'recruiter'));
    const begun = Date.now();
    await other.stop();
    assert.ok(Date.now() - begun < 5000, `${Date.now() - begun} ms`);
    await eventually(() => stream, (s) => s.ended);
});

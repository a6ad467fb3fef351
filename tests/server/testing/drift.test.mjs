// SPDX-License-Identifier: Apache-2.0
//
// hired drift: a record of hired itself has none; each planted difference is found, and nothing else; odd files end in a report.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { readRecord, startRelay } from '../../lib/relay.mjs';
import { hired, root, startServer, tempDir } from '../../lib/server.mjs';

const server = await startServer({ args: ['--test'] });
const dir = path.join(tempDir(), 'rec');
const relay = await startRelay(server.baseUrl, ['--record', dir]);
const client = new Client({ demo: server.demo, baseUrl: relay.baseUrl, secrets: server.secrets });

// Calls of every kind: lists, single records, refusals by the operation, by the gateway and by a limit.
const described = (kind) => fs.readdirSync(path.join(root, 'api', kind)).map((f) => JSON.parse(fs.readFileSync(path.join(root, 'api', kind, f), 'utf8')));
const lists = described('operations').filter((o) => o.supported && o.access === 'tenant' && o.method === 'GET' && !/:/.test(o.path));
for (const list of lists) {
    const paged = (list.query ?? []).some((f) => (f.name ?? f) === 'page_size');
    await client.call('GET', list.path, { query: paged ? { page_size: 50 } : {} });
}
const orders = (await client.ok('GET', paths.orders, { query: { page_size: 100, user_id_type: 'union_id' } })).items;
await client.ok('POST', '/open-apis/hire/v1/background_check_orders/batch_query', { body: { background_check_order_id_list: orders.slice(0, 2).map((o) => o.order_id) } }).catch(() => {});
await client.call('GET', paths.orders, { query: { page_size: 0 } });
await client.call('GET', paths.orders, { token: 't-none' });
await client.call('GET', '/open-apis/hire/v1/offers', { query: { page_size: 1 } });
const rule = await fetch(`${server.baseUrl}/test/faults`, { method: 'POST', body: JSON.stringify({ operation: 'background_check_order.list', times: 1, code: 99991400 }) });
assert.equal(rule.status, 200);
const limited = await fetch(`${relay.baseUrl}${paths.orders}`, { headers: { Authorization: `Bearer ${await client.token()}` } });
assert.equal(limited.status, 429);
await relay.stop();
test.after(() => server.stop());

const clean = readRecord(dir);
const drift = (target, ...args) => {
    const r = hired(['drift', target, '--json', ...args]);
    return { status: r.status, stderr: r.stderr, ...(r.stdout ? JSON.parse(r.stdout) : {}) };
};
const findings = (r) => r.subjects.flatMap((s) => s.findings.map((f) => [s.operation ?? s.event, f.kind, f.path, f.what]));

// The findings in a record with one more line: an exchange that change() has altered.
function planted(name, change, ...args) {
    const line = structuredClone(clean.find((e) => e.path === paths.orders && e.status === 200 && JSON.parse(e.answer.text).data.items.length > 3));
    const answer = JSON.parse(line.answer.text);
    const changed = change(answer, line);
    line.answer.text ??= JSON.stringify(changed ?? answer);
    if (changed !== null) line.answer.text = JSON.stringify(changed ?? answer);
    const at = path.join(tempDir(), name);
    fs.mkdirSync(at);
    fs.writeFileSync(path.join(at, 'exchanges-000001.jsonl'), [...clean, line].map((e) => JSON.stringify(e)).join('\n') + '\n');
    const r = drift(at, ...args);
    return { ...r, found: findings(r) };
}

test('hired has no drift from its own descriptions', () => {
    assert.ok(clean.length >= 20, `${clean.length} calls`);
    const r = drift(dir);
    assert.deepEqual(findings(r), []);
    assert.deepEqual([r.status, r.drift, r.compared >= clean.length], [0, 0, true]);
    const seen = r.subjects.find((s) => s.operation === 'background_check_order.list');
    assert.ok(seen.successful >= 2 && seen.calls >= seen.successful + 3);
    assert.ok(seen.unseen.some((u) => u.kind === 'value' && /^data\.items\[\]\.geo = (us|jp)$/.test(u.what)));
    const text = hired(['drift', dir]);
    assert.equal(text.status, 0);
    assert.match(text.stdout, /background_check_order\.list: \d+ calls, \d+ successful\n/);
    assert.match(text.stdout, /compared, no drift\n$/);
    assert.match(text.stdout, /offer\.list: 1 call; this version of hired has no description of its fields/);
});

const LIST = 'background_check_order.list';
for (const [name, change, expected] of [
    ['field', (a) => { a.data.items.find((o) => o.process_info_list?.length).process_info_list[0].colour = 'blue'; }, ['field', 'data.items[].process_info_list[].colour', 'is not described']],
    ['envelope', (a) => { a.trace = 1; }, ['field', 'trace', 'is not described']],
    ['type', (a) => { a.data.items[1].order_status = '3'; }, ['type', 'data.items[].order_status', 'is a text and described as an integer']],
    ['list', (a) => { a.data.items[1].process_info_list = {}; }, ['type', 'data.items[].process_info_list', 'is an object and described as a list']],
    ['value', (a) => { a.data.items[0].order_status = 99; }, ['value', 'data.items[].order_status', 'has a value that is not described']],
    ['code', (a, l) => { l.status = 400; return { code: 1234567, msg: 'x' }; }, ['code', 'code', '1234567 (HTTP 400) is not described']],
    ['status', (a, l) => { l.status = 404; return { code: 99991663, msg: 'x' }; }, ['code', 'code', '99991663 came with HTTP 404 and is described with another status']],
    ['success', (a, l) => { l.status = 201; }, ['code', 'code', '0 came with HTTP 201 and is described with HTTP 200']],
    ['form', (a, l) => { l.answer.text = '<html>'; l.status = 403; return null; }, ['form', '', 'is no JSON object (HTTP 403)']],
    ['query', (a, l) => { l.query = 'page_size=5&colour=%41'; }, ['parameter', 'query.colour', 'is not described']],
    ['query value', (a, l) => { l.query = 'user_id_type=employee'; }, ['parameter', 'query.user_id_type', 'has a value that is not described']],
]) {
    test(`a planted difference is found, and only it: ${name}`, () => {
        const r = planted(name.replace(' ', '-'), change);
        assert.deepEqual(r.found, [[LIST, ...expected]]);
        assert.equal(r.status, 1);
        const finding = r.subjects.flatMap((s) => s.findings)[0];
        assert.equal(finding.line, clean.length + 1);
        assert.match(finding.file, /exchanges-000001\.jsonl$/);
    });
}

test('a path, a body and an event that are not described', () => {
    assert.deepEqual(planted('path', (a, l) => { l.path = '/open-apis/hire/v9/wishes/7350000000000000001'; }).found.map((f) => f.slice(1)),
        [['operation', 'GET /open-apis/hire/v9/wishes/:id', 'is not described']]);
    assert.deepEqual(planted('method', (a, l) => { l.method = 'DELETE'; }).found.map((f) => f.slice(1)),
        [['operation', `DELETE ${paths.orders}`, 'this method of the path is not described']]);
    assert.deepEqual(planted('body', (a, l) => {
        l.method = 'POST';
        l.path = '/open-apis/hire/v1/external_applications';
        l.query = '';
        l.request = { bytes: 10, text: JSON.stringify({ external_application: { talent_id: '1' }, talent_id: '1' }) };
        l.status = 400;
        return { code: 99992402, msg: 'field validation failed' };
    }).found, [['external_application.create', 'parameter', 'body.external_application', 'is not described']]);
});

test('values are shown only if asked; an index leads to the place', () => {
    const change = (a) => { a.data.items[3].order_status = 77; };
    assert.ok(!JSON.stringify(planted('hidden', change).found).includes('77'));
    const r = planted('shown', change, '--values');
    assert.deepEqual(r.found, [[LIST, 'value', 'data.items[].order_status', 'has the value "77", which is not described']]);
    assert.equal(r.subjects.flatMap((s) => s.findings)[0].at, 'data.items[3].order_status');
});

test('events and answers that were saved with curl', () => {
    const at = tempDir();
    const file = (name, text) => {
        fs.writeFileSync(path.join(at, name), text);
        return path.join(at, name);
    };
    const events = described('events').filter((e) => e.supported);
    const r = drift(file('events.jsonl', events.map((e) => JSON.stringify(e.example)).join('\n')));
    assert.deepEqual([r.status, findings(r)], [0, []]);
    assert.ok(r.compared >= 3);
    const one = structuredClone(events[0].example);
    one.event.colour = 1;
    assert.deepEqual(findings(drift(file('one.json', JSON.stringify(one, null, 2)))), [[one.header.event_type, 'field', 'event.colour', 'is not described']]);
    one.header.event_type = 'hire.wish.granted_v1';
    assert.deepEqual(findings(drift(file('two.json', JSON.stringify(one)))).map((f) => f[1]), ['operation']);

    const body = clean.find((e) => e.path === paths.orders && e.status === 200).answer.text;
    assert.equal(drift(file('plain.json', body), '--operation', LIST).status, 0);
    assert.equal(drift(file('head.txt', `HTTP/1.1 200 OK\r\nX: y\r\n\r\n${body}`), '--operation', LIST).status, 0);
    const wrong = drift(file('wrong.txt', `HTTP/1.1 401 No\r\n\r\n{"code":99991663,"msg":""}`), '--operation', LIST);
    assert.deepEqual(findings(wrong), [[LIST, 'code', 'code', '99991663 came with HTTP 401 and is described with another status']]);
    const unknown = hired(['drift', path.join(at, 'plain.json')]);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stdout, /name its operation with --operation/);
    const typo = hired(['drift', '--operation', 'interview.lst', path.join(at, 'plain.json')]);
    assert.deepEqual([typo.status, /did you mean interview\.list/.test(typo.stderr)], [2, true]);
});

// A generator of numbers that repeats.
function numbers(seed) {
    let x = seed;
    return (n) => {
        x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
        return (x >> 8) % n;
    };
}

test('odd files end in a report, never in a crash', () => {
    const at = tempDir();
    const next = numbers(14);
    const lines = clean.map((e) => JSON.stringify(e));
    const noise = [];
    for (let i = 0; i < 1500; i++) {
        const bytes = Buffer.from(lines[next(lines.length)].slice(0, 6000));
        for (let k = 0; k <= next(4); k++) bytes[next(bytes.length)] = [0, 34, 91, 93, 123, 125, 44, 58, 255, 92, 49][next(11)];
        noise.push(next(5) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
    }
    const record = (answer) => JSON.stringify({ hired_record: 1, method: 'GET', path: paths.orders, status: 200, answer: { bytes: 1, text: answer } });
    const odd = {
        'a-noise.jsonl': Buffer.concat(noise.flatMap((b) => [b, Buffer.from('\n')])),
        'b-nul.jsonl': Buffer.alloc(5000),
        'c-deep.jsonl': `${'['.repeat(200_000)}\n${'{"a":'.repeat(200_000)}\n${record('['.repeat(100_000))}\n${record(`{"code":0,"data":{"items":${'['.repeat(60)}${']'.repeat(60)}}}`)}\n`,
        'd-empty.jsonl': '',
        'e-blank.jsonl': '\n\n \r\n',
        'f-types.jsonl': ['1', '"x"', '[]', '{}', '{"hired_record":"1"}', '{"hired_record":1}', '{"hired_record":1,"method":1,"path":[],"query":{},"status":"x","answer":7,"request":null}',
            '{"hired_record":1,"method":"GET","path":"","status":200}', '{"hired_record":1,"method":"GET","path":"x"}', record('{"code":0,"data":[]}'), record('{"code":9e99,"data":{}}'), record('{"code":0,"data":{"items":[null,1,"x",{"order_id":null}]}}'), record('{"code":99999999999999}'), record('null')].join('\n'),
        'g-huge.jsonl': Buffer.concat([Buffer.from('{"hired_record":1,"x":"'), Buffer.alloc(70 << 20, 97), Buffer.from('"}\n')]),
        'h-names.jsonl': record(JSON.stringify({ code: 0, data: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${i}\u001b[31m${'n'.repeat(400)}`, i])) })) + '\n',
        'i-binary.jsonl': Buffer.from(Array.from({ length: 60_000 }, () => next(256))),
        'j-torn.jsonl': `${lines[0]}\n${lines[1].slice(0, 100)}`,
    };
    for (const [name, text] of Object.entries(odd)) fs.writeFileSync(path.join(at, name), text);
    for (const name of Object.keys(odd)) {
        const r = hired(['drift', path.join(at, name)]);
        assert.ok([0, 1, 2].includes(r.status), `${name}: ${r.status} ${r.stderr}`);
        assert.doesNotMatch(r.stdout, /\u001b/);
    }
    const torn = drift(path.join(at, 'j-torn.jsonl'));
    assert.deepEqual([torn.status, torn.compared, torn.torn_lines, torn.unreadable_lines], [0, 1, 1, 0]);
    const names = drift(path.join(at, 'h-names.jsonl'));
    assert.deepEqual([names.status, names.subjects[0].findings.length, names.subjects[0].further_findings], [1, 300, 4700]);
    const all = drift(at);
    assert.equal(all.status, 1);
    assert.ok(all.unreadable_lines > 100);
    for (const bad of ['/dev/null', '/nowhere', path.join(at, 'd-empty.jsonl')]) assert.equal(hired(['drift', bad]).status, 2);
});

// SPDX-License-Identifier: Apache-2.0
// weight: 40
//
// hired import and export: the platform's examples are exported unchanged, importing twice changes nothing, a broken file is
// reported with its line and nothing is imported, and exporting, importing and exporting again gives the same files.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { Client, paths } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { answerOf, example, importFiles, importItems, makeExternalCheck, makeInterview, makeOrder, range, saveAnswer, sqlAll, tryImport } from '../../lib/data.mjs';
import { binary, demoDir, fixtures, hired, hiredOk, readDemo, slow, startServer, tempDir } from '../../lib/server.mjs';
import { copyOf, storeEnv } from '../../lib/store.mjs';

const fixture = (name) => path.join(fixtures, `${name}.example.json`);
const names = ['orders', 'external-checks', 'interviews'];

// Every table's rows, to see that nothing changed.
const tables = ['background_check_order', 'background_check_order_count', 'order_history', 'report_file', 'interview', 'interview_begin',
    'interview_interviewer', 'external_background_check', 'users', 'user_alias', 'vendor_account'];
const dump = (dir) => sqlAll(dir, tables.map((t) => [`SELECT * FROM ${t} ORDER BY 1, 2, 3`, []]));

const dir = demoDir();
for (const name of names) importFiles(dir, [fixture(name)], { userIdType: 'open_id' });
const server = await startServer({ dir });
const client = new Client(server);

test('the example of the orders list comes back field for field', async () => {
    const [expected] = example('orders').data.items;
    const [got] = (await client.orders({ application_id: expected.application_id })).items;
    // The link is signed anew by whoever answers.
    assert.equal(typeof got.feedback_info_list[0].attachment_url, 'string');
    got.feedback_info_list[0].attachment_url = expected.feedback_info_list[0].attachment_url;
    assert.deepEqual(got, expected);
});

test('the example of the external checks comes back field for field', async () => {
    const [expected] = example('external-checks').data.items;
    for (const [query, body] of [[{ external_application_id: expected.external_application_id }, {}],
        [{}, { external_background_check_id_list: [expected.id] }]]) {
        assert.deepEqual((await client.externalChecks(query, body)).items, [expected]);
    }
});

test('the example of the interviews comes back field for field, but for the computed summary', async () => {
    const [expected] = example('interviews').data.items;
    const [got] = (await client.interviews({ interview_id: expected.id })).items;
    assert.equal(got.interview_round_summary, 4, 'one record, passed: all passed');
    assert.deepEqual(got, { ...expected, interview_round_summary: 4 });
});

test('members stand in the order in which the platform writes them', async () => {
    const [expected] = example('orders').data.items;
    const [got] = (await client.orders({ application_id: expected.application_id })).items;
    assert.deepEqual(Object.keys(got), Object.keys(expected));
});

test('importing twice changes nothing', () => {
    const d = demoDir();
    const files = [...names.map(fixture), saveAnswer(answerOf(range(50, makeOrder))), saveAnswer(answerOf(range(50, makeInterview))),
        saveAnswer(answerOf(range(50, makeExternalCheck)))];
    importFiles(d, files);
    const before = dump(d);
    importFiles(d, files);
    assert.deepEqual(dump(d), before);
});

test('importing a changed record updates it', async () => {
    const d = demoDir();
    importItems(d, [makeOrder(1), makeOrder(2)]);
    importItems(d, [makeOrder(1, { order_status: 3, update_time: '1790000000000', end_time: '1790000000000', conclusion: '绿灯' })]);
    const s = await startServer({ dir: d });
    const o = await new Client(s).order(makeOrder(1).order_id);
    assert.equal(o.order_status, 3);
    assert.equal(o.conclusion, '绿灯');
    assert.deepEqual(await new Client(s).order(makeOrder(2).order_id), makeOrder(2));
    await s.stop();
});

// A file with one fault: what the message has to name.
const good = makeOrder(70);
const broken = [
    ['no JSON at all', 'hello', /1/, []],
    ['cut in the middle', JSON.stringify(answerOf([good]), null, 2).slice(0, -40), /line \d+/, []],
    ['a wrong type', answerOf([good, { ...makeOrder(71), order_status: '2' }]), /order_status/, []],
    ['an unknown status', answerOf([good, { ...makeOrder(71), order_status: 7 }]), /order_status/, []],
    ['an id that is no number', answerOf([good, { ...makeOrder(71), order_id: 'seven' }]), /order_id/, []],
    ['no id', answerOf([good, { ...makeOrder(71), order_id: undefined }]), /data\.items\[1\]/, []],
    ['a broken time', answerOf([good, { ...makeOrder(71), update_time: 'yesterday' }]), /update_time/, []],
    ['a wrong type deep inside', answerOf([good, { ...makeOrder(71), process_info_list: [{ process: '1', update_time: '1' }, { process: 5 }] }]), /process_info_list\[1\]\.process/, []],
    ['a failure saved instead of an answer', { code: 99991663, msg: 'Invalid access token for authorization.' }, /99991663/, []],
    ['a member twice', JSON.stringify(answerOf([good])).replace('"order_status"', '"order_id":"1","order_status"'), /order_id|duplicate/, []],
];
for (const [name, content, named] of broken) {
    test(`a broken file imports nothing and says where: ${name}`, () => {
        const d = demoDir();
        const before = dump(d);
        const fine = saveAnswer(answerOf([makeOrder(60)]), 'fine.json');
        const file = saveAnswer(content, 'broken.json');
        const r = tryImport(d, [fine, file]);
        assert.equal(r.status, 1, r.stderr);
        assert.match(r.stderr, /broken\.json/);
        assert.match(r.stderr, named);
        if (typeof content === 'string') assert.match(r.stderr, /broken\.json:\d+/, 'the line');
        assert.deepEqual(dump(d), before);
    });
}

test('the reported line is the line of the fault', () => {
    const text = JSON.stringify(answerOf([good, { ...makeOrder(71), geo: 'moon' }]), null, 2);
    const line = text.split('\n').findIndex((l) => l.includes('moon')) + 1;
    const r = tryImport(demoDir(), [saveAnswer(text, 'broken.json')]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, new RegExp(`broken\\.json:${line}\\b`), r.stderr);
    assert.match(r.stderr, /geo/);
    assert.match(r.stderr, /cn/, 'what is accepted');
});

test('importing a missing file or a folder fails and names it', () => {
    for (const file of ['/nonexistent/x.json', tempDir()]) {
        const r = tryImport(demoDir(), [file]);
        assert.notEqual(r.status, 0);
        assert.match(r.stderr, new RegExp(file.replaceAll('/', '\\/')));
    }
});

test('users as the contact API answers them; their three ids are the same people', async () => {
    const d = demoDir();
    const user = {
        user_id: 'zhangsan1', open_id: `ou_${'7'.repeat(32)}`, union_id: `on_${'8'.repeat(32)}`, name: '张三', en_name: 'San Zhang',
        email: 'zhangsan@example.com', mobile: '+8613800000000',
    };
    importFiles(d, [saveAnswer({ code: 0, msg: 'success', data: { user } })]);
    importItems(d, [makeOrder(80, { creator_info: { user_id: user.open_id } })], { userIdType: 'open_id' });
    const s = await startServer({ dir: d });
    const c = new Client(s);
    for (const type of ['open_id', 'union_id', 'user_id']) {
        const o = (await c.orders({ user_id_type: type, page_size: 100 })).items.find((x) => x.order_id === makeOrder(80).order_id);
        assert.equal(o.creator_info.user_id, user[type], type);
    }
    await s.stop();
});

test('export, import into an empty store, export again: identical', async () => {
    const d = demoDir();
    importFiles(d, names.map(fixture));
    const out = (from) => {
        const to = tempDir();
        hiredOk(['export', '--data', from, '--app', readDemo(d).app_id, '--out', to]);
        return Object.fromEntries(fs.readdirSync(to, { recursive: true }).sort()
            .filter((f) => fs.statSync(path.join(to, f)).isFile())
            .map((f) => [f, fs.readFileSync(path.join(to, f), 'utf8')]));
    };
    const first = out(d);
    assert.ok(Object.keys(first).length >= 3, Object.keys(first).join());
    for (const text of Object.values(first)) assert.equal(JSON.parse(text).code, 0);
    const empty = tempDir();
    const files = Object.entries(first).map(([name, text]) => saveAnswer(text, name));
    importFiles(empty, files, { app: readDemo(d).app_id });
    assert.deepEqual(out(empty), first);
});

// What the platform adds to its answers tomorrow, at every depth, in every kind.
const added = { since: '2027-01-01', score: 1.5, big: 9007199254740993n, tags: ['红', { deep: [true, null, ''] }], 'odd "name"': {} };
const withAdded = (record) => ({ ...record, added_later: added });
const nested = withAdded(makeOrder(200, {
    application_id: '7700000000000000001',
    process_info_list: [withAdded({ process: '一', update_time: '1600000000000' }), withAdded({ process: '二', update_time: '1600000000001' })],
    candidate_info: withAdded({ name: '候选人' }), provider_info: withAdded({ provider_id: 'p-later', provider_name: withAdded({ zh_cn: '某', en_us: 'Some' }) }),
}));
const text = (value) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `BIG${v}` : v)).replaceAll(/"BIG(\d+)"/g, '$1');
const parsed = (json) => JSON.parse(json.replaceAll('9007199254740993', '"9007199254740993"'));
const extended = {
    orders: [nested, withAdded(makeOrder(201))],
    interviews: [withAdded(makeInterview(200, { application_id: '7700000000000000001', interview_record_list: [withAdded({ id: '7200000000000000991', user_id: 'zhao', conclusion: 1, interviewer: withAdded({ id: 'zhao', name: { zh_cn: '赵' } }) })] }))],
    external_background_checks: [withAdded(makeExternalCheck(200, { attachment_list: [withAdded({ id: '7600000000000000991', name: 'a.pdf' })] }))],
    applications: [withAdded({ id: '7700000000000000001', job_id: '7700000000000000002', talent_id: '7700000000000000003', active_status: 1 })],
    external_applications: [withAdded({ id: '7500000000000000200', job_recruitment_type: 1, talent_id: '7700000000000000003' })],
    rooms: [withAdded({ room_id: 'omm_later', name: 'later', capacity: 3 })],
    termination_reasons: [withAdded({ id: '7700000000000000005', name: { zh_cn: '别', en_us: 'other' }, termination_type: 1 })],
};
const exported = (from, kind) => {
    const to = tempDir();
    hiredOk(['export', '--data', from, '--dir', to]);
    const { items, rooms } = parsed(fs.readFileSync(path.join(to, `${kind}.json`), 'utf8')).data;
    return items ?? rooms;
};
const sortMembers = (v) => (Array.isArray(v) ? v.map(sortMembers) : v && typeof v === 'object' ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sortMembers(v[k])])) : v);

test('members unknown to the API are stored and exported, not returned by the API, and reported once', async () => {
    const d = demoDir();
    const files = Object.entries(extended).map(([kind, items]) => saveAnswer(text(kind === 'rooms' ? { code: 0, data: { has_more: false, rooms: items } } : answerOf(items)), `${kind}.json`));
    const args = ['import', '--data', d, '--user-id-type', 'user_id', ...files];
    const first = hired(args);
    assert.equal(first.status, 0, first.stderr);
    const warnings = first.stderr.split('\n').filter((l) => /warning/.test(l));
    assert.equal(new Set(warnings).size, warnings.length);
    const about = (member, kind) => warnings.filter((l) => l.includes(`the member ${member} of ${kind} `));
    for (const kind of Object.keys(extended)) assert.equal(about('added_later', kind).length, 1, `${kind}: ${first.stderr}`);
    assert.match(about('added_later', 'orders')[0], /met 2 times/);
    assert.match(about('process_info_list[].added_later', 'orders')[0], /met 2 times/);
    assert.equal(about('provider_info.provider_name.added_later', 'orders').length, 1);
    assert.doesNotMatch(first.stderr, /2027-01-01/, 'no value is told');
    const again = hiredOk([...args, '--json']);
    assert.equal(again.orders.unchanged, 2);
    assert.deepEqual(again.undescribed.find((u) => u.records === 'orders' && u.member === 'added_later'), { records: 'orders', member: 'added_later', times: 2 });

    const s = await startServer({ dir: d });
    const c = new Client(s);
    for (const found of [await c.order(nested.order_id), ...(await c.interviews({ interview_id: extended.interviews[0].id })).items,
        ...(await c.externalChecks({}, { external_background_check_id_list: [extended.external_background_checks[0].id] })).items])
        assert.doesNotMatch(JSON.stringify(found), /added_later|2027-01-01/);
    const recruiter = await Person.of(s, 'recruiter');
    assert.doesNotMatch(JSON.stringify(await recruiter.get(`orders/${nested.order_id}`)), /added_later/);
    await s.stop();
    // A change keeps what it does not know.
    hiredOk(['order', 'terminate', nested.order_id, '--data', d, '--reason', 'later']);
    for (const [kind, items] of Object.entries(extended)) {
        const rows = exported(d, kind);
        for (const item of items) {
            const id = (r) => r.order_id ?? r.room_id ?? r.id;
            const got = rows.find((r) => id(r) === id(item)), want = parsed(text(item));
            assert.deepEqual(sortMembers(got.added_later), sortMembers(parsed(text(added))), kind);
            if (item !== nested && kind !== 'interviews') assert.deepEqual(sortMembers(got), sortMembers({ ...want, added_later: got.added_later }), kind);
        }
    }
    const changed = exported(d, 'orders').find((o) => o.order_id === nested.order_id);
    assert.notEqual(changed.order_status, nested.order_status);
    assert.deepEqual(changed.process_info_list.map((p) => p.added_later?.since), ['2027-01-01', '2027-01-01']);
    assert.equal(changed.candidate_info.added_later.since, '2027-01-01');
    assert.equal(changed.provider_info.provider_name.added_later.since, '2027-01-01');
    assert.equal(hired(['check', '--data', d]).status, 0);
    // What hired does not know may be about the person.
    hiredOk(['erase', '7700000000000000003', '--reason', 'a ticket', '--data', d]);
    for (const [kind, item] of [['orders', nested], ['interviews', extended.interviews[0]], ['applications', extended.applications[0]], ['external_applications', extended.external_applications[0]]]) {
        const left = exported(d, kind).find((r) => (r.order_id ?? r.id) === (item.order_id ?? item.id));
        assert.ok(left, kind);
        assert.doesNotMatch(JSON.stringify(left), /added_later/, kind);
    }
});

test('import works while the server runs, and what it brought is there at once', async () => {
    importItems(dir, [makeOrder(90)]);
    const o = await client.order(makeOrder(90).order_id);
    assert.deepEqual(o, makeOrder(90));
});

// What people save instead of a plain answer: taken if it holds one, else called by its name.
const page = (items, more = {}) => JSON.stringify({ code: 0, msg: 'success', data: { has_more: false, ...more, items } });
const head = 'HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\nHTTP/2 200 \r\nContent-Type: application/json; charset=utf-8\r\nX-Tt-Logid: 1\r\n\r\n';
const three = [300, 301, 302].map((i) => makeOrder(i));
const utf16 = (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const taken = [
    ['gzip', gzipSync(page(three))],
    ['gzip of two members', Buffer.concat([gzipSync(page(three).slice(0, 70)), gzipSync(page(three).slice(70))])],
    ['curl -i', head + page(three)],
    ['curl -i of a gzipped answer', Buffer.concat([Buffer.from(head), gzipSync(page(three))])],
    ['curl -i of several', three.map((o) => head + page([o])).join('\n')],
    ['answers one after the other', page(three.slice(0, 1)) + page(three.slice(1))],
    ['an answer a line', three.map((o) => page([o])).join('\n')],
    ['a record a line (NDJSON)', three.map((o) => JSON.stringify(o)).join('\n') + '\n'],
    ['records as jq prints them', three.map((o) => JSON.stringify(o, null, 2)).join('\n')],
    ['a byte order mark', `\ufeff${page(three)}`],
];
for (const [name, content] of taken) {
    test(`import accepts: ${name}`, () => {
        for (const stdin of [false, true]) {
            const d = demoDir();
            const args = ['import', '--json', '--user-id-type', 'user_id', '--data', d];
            const r = stdin ? hired([...args, '-'], { input: content }) : hired([...args, saveAnswer(content)]);
            assert.equal(r.status, 0, r.stderr);
            assert.equal(JSON.parse(r.stdout).orders.new, 3);
            assert.doesNotMatch(r.stderr, /warning/);
        }
    });
}

const html = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>';
const refused = [
    ['HTML', html, /odd\.json: is an HTML or XML page, not an answer/],
    ['HTML with its headers', `HTTP/1.1 502 Bad Gateway\r\nServer: x\r\n\r\n${html}`, /is an HTML or XML page with the HTTP status 502/],
    ['headers alone', 'HTTP/2 204 \r\nDate: x\r\n\r\n', /HTTP headers that no body follows/],
    ['UTF-16 with its mark', utf16(page(three)), /is UTF-16 text.*UTF-8 is expected/],
    ['UTF-16 without', Buffer.from(page(three), 'utf16le'), /is UTF-16 text/],
    ['nothing', '', /odd\.json: is empty/],
    ['blanks', ' \n\n', /odd\.json: is empty/],
    ['a byte order mark alone', '\ufeff', /odd\.json: is empty/],
    ['cut off', page(three).slice(0, -30), /the text ends too early \(the file is cut off\)/],
    ['gzip, cut off', gzipSync(page(three)).subarray(0, -20), /is compressed by gzip, and damaged or cut off/],
    ['gzip of HTML', gzipSync(html), /is an HTML or XML page/],
    ['a ZIP archive', Buffer.from('PK\x03\x04xxxx'), /is a ZIP archive/],
    ['an error behind a good answer', `${page(three)}\n{"code":99991663,"msg":"token expired"}`, /code: the answer is an error: 99991663 token expired/],
    ['words behind a good answer', `${page(three)}\nfine`, /odd\.json:2:\d: not JSON at line 2, column \d: something follows/],
    ['a broken record a line', `${JSON.stringify(three[0])}\n{"order_id": }\n`, /odd\.json:2:1\d: /],
];
for (const [name, content, sentence] of refused) {
    test(`import rejects a file with a message that says what it is: ${name}`, () => {
        const d = demoDir(), before = dump(d);
        const r = hired(['import', '--user-id-type', 'user_id', '--data', d, saveAnswer(content, 'odd.json')]);
        assert.equal(r.status, 1, r.stderr);
        assert.match(r.stderr, sentence);
        assert.match(r.stderr, /nothing was imported: 1 thing is wrong/);
        assert.deepEqual(dump(d), before);
    });
}

test('import warns about missing pages, once for each kind of record', () => {
    const d = demoDir(), more = { has_more: true, page_token: 'abc' };
    const run = (...pages) => hired(['import', '--user-id-type', 'user_id', '--data', d, ...pages.map((p, i) => saveAnswer(p, `page-${i}.json`))]);
    const said = (r) => r.stderr.split('\n').filter((l) => /has_more: true/.test(l));
    const lone = run(page([three[0]], more), page([three[1]], more), page([makeInterview(300)]));
    assert.equal(lone.status, 0, lone.stderr);
    assert.deepEqual(said(lone).length, 1);
    assert.match(said(lone)[0], /page-1\.json says has_more: true.*orders are missing/);
    const whole = run(page([three[0]], more), page([three[1]]), page([makeInterview(300)]));
    assert.deepEqual(said(whole), []);
});

// A long import goes in by pieces, so that a running server's writes get their turn. What a kill leaves behind is whole
// records; the next import says how many; running it again brings the rest.
const longImport = (d, count, ...options) => ['import', '--data', d, '--app', readDemo(d).app_id, ...options, saveAnswer(answerOf(range(count, (i) => makeOrder(i + 1000))), 'long.json')];
const countOrders = (d) => sqlAll(d, [['SELECT COUNT(*) AS n FROM background_check_order', []]])[0][0].n;
const note = (d) => sqlAll(d, [["SELECT value FROM meta WHERE key = 'import'", []]])[0][0]?.value ?? '';

test('a long import that is killed at any moment is finished by running it again', async () => {
    const d = demoDir(), total = 6000, args = longImport(d, total, '--json');
    const before = countOrders(d);
    // Runs it; whenKilled(kill) decides when it is killed. Resolves to its exit status (null: killed) and what it said.
    const run = async (whenKilled) => {
        const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...storeEnv(d) } });
        let said = '';
        child.stderr.setEncoding('utf8').on('data', (s) => (said += s));
        const closed = new Promise((resolve) => child.on('close', resolve));
        await whenKilled(() => child.kill('SIGKILL'), closed);
        return { status: await closed, said };
    };
    // What is noted is there: the note is in the transaction of the records.
    const noted = () => {
        const [, taken, of] = /^(\d+) (\d+) \d+ .*long\.json$/.exec(note(d));
        const rows = countOrders(d) - before;
        assert.ok(Number(taken) > 0 && rows >= Number(taken) && Number(of) === total, `${rows} rows, noted ${note(d)}`);
        const check = hired(['check', '--data', d]);
        assert.equal(check.status, 0);
        assert.match(check.stderr, new RegExp(`^hired check: an earlier import .* ${taken} of ${total} records`));
        return taken;
    };
    // The first kill comes when the first records are kept and others are not, so that there is something to go on from.
    const first = await run(async (kill) => {
        while (countOrders(d) === before) await new Promise((resolve) => setTimeout(resolve, 1));
        kill();
    });
    assert.deepEqual([first.status, countOrders(d) - before < total], [null, true]);
    // On a copy, the next run goes on to its end and reports the interruption.
    const taken = noted(), copy = copyOf(d);
    const rest = hired(args.map((arg) => (arg === d ? copy : arg)));
    assert.equal(rest.status, 0, rest.stderr);
    assert.match(rest.stderr, new RegExp(`earlier import \\(.*long\\.json, begun .* was interrupted after ${taken} of ${total} records; those are stored`));
    assert.deepEqual([countOrders(copy) - before, note(copy)], [total, '']);
    // In the directory itself, kills follow at later and later moments. The last one may come between the last commit and the exit.
    for (let delay = 30, status = null; status === null && note(d) !== ''; delay *= 1.4) {
        assert.ok(delay < 60_000, 'it never came to its end');
        noted();
        const ran = await run(async (kill, closed) => {
            const timer = setTimeout(kill, delay);
            await closed;
            clearTimeout(timer);
        });
        status = ran.status;
        assert.ok(status === null || status === 0, ran.said);
    }
    assert.equal(countOrders(d) - before, total);
    assert.equal(note(d), '');
    assert.equal(hired(['check', '--data', d]).status, 0);
    const again = hired(args);
    assert.equal(again.status, 0, again.stderr);
    assert.equal(again.stderr, '');
    assert.equal(JSON.parse(again.stdout).orders.unchanged, total);
});

test('an import of up to 5,000 records that is killed at any moment has stored all of them or none', async () => {
    const d = demoDir(), total = 4000, args = longImport(d, total, '--json'), before = countOrders(d), seen = new Set();
    const run = (delay) => new Promise((resolve) => {
        const child = spawn(binary, args, { stdio: 'ignore', env: { ...process.env, ...storeEnv(d) } });
        const timer = setTimeout(() => child.kill('SIGKILL'), delay);
        child.on('close', (status) => {
            clearTimeout(timer);
            resolve(status);
        });
    });
    for (let delay = 20, status = null; status === null; delay *= 1.35) {
        assert.ok(delay < 120_000, 'it never came to its end');
        status = await run(delay);
        const rows = countOrders(d) - before;
        assert.ok(rows === 0 || rows === total, `${rows} of ${total} after ${delay} ms`);
        assert.equal(note(d), '');
        seen.add(rows);
        if (rows === total) break; // killed behind its commit, or ended
    }
    assert.deepEqual([...seen], [0, total]);
    assert.equal(hired(['check', '--data', d]).status, 0);
    assert.equal(hiredOk(args).orders.unchanged, total);
});

test('input without an end, and a record without an end, are refused with a reason', () => {
    const d = demoDir(), refused = (args, o) => {
        const begun = Date.now(), r = hired(['import', '--data', d, '--user-id-type', 'user_id', ...args], o);
        assert.equal(r.status, 1, r.stderr);
        assert.ok(Date.now() - begun < 20_000 * slow);
        return r.stderr;
    };
    assert.match(refused(['/dev/zero']), /\/dev\/zero: begins with zero bytes; it is no answer of the API/);
    const big = saveAnswer(answerOf([makeOrder(1), makeOrder(2, { padding: 'x'.repeat(33 << 20) })]), 'big.json');
    assert.match(refused([big]), /big\.json:\d+:\d+: data\.items\[1\]: is one record of more than 32 MB/);
    fs.rmSync(big);
    assert.equal(hired(['check', '--data', d]).status, 0);
});

test('an import that is interrupted reports what it has imported', async () => {
    const d = demoDir(), total = 20_000, args = longImport(d, total, '--json'), before = countOrders(d);
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...storeEnv(d) } });
    let said = '', out = '';
    child.stderr.setEncoding('utf8').on('data', (s) => (said += s));
    child.stdout.setEncoding('utf8').on('data', (s) => (out += s));
    const ended = new Promise((resolve) => child.on('close', resolve));
    while (countOrders(d) === before) await new Promise((resolve) => setTimeout(resolve, 5)); // until some are kept
    child.kill('SIGTERM');
    assert.equal(await ended, 1, said);
    const kept = countOrders(d) - before;
    assert.ok(kept > 0 && kept < total, `${kept}`);
    assert.match(said, new RegExp(`it was stopped after ${kept} of ${total} records; those are stored, and importing the same files again adds the rest`));
    assert.deepEqual(JSON.parse(out), { imported: false, taken: kept, records: total });
    const { orders } = hiredOk(args);
    assert.deepEqual([orders.new, orders.unchanged], [total - kept, kept]);
});

test('an import takes no more memory for many records than for few', async () => {
    const d = demoDir(), peak = async (files) => {
        // A sanitizer keeps freed memory for a while; here it may keep little, so that the peak is the program's own.
        const env = { ...process.env, ...storeEnv(d), ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=8` };
        const child = spawn(binary, ['import', '--data', d, '--user-id-type', 'user_id', ...files], { stdio: 'ignore', env });
        let most = 0;
        const timer = setInterval(() => {
            try {
                most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]));
            } catch { /* it has ended */ }
        }, 10);
        assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
        clearInterval(timer);
        return most;
    };
    const big = saveAnswer(page([{ ...three[0], conclusion: '绿'.repeat(40) }]).replace('"items":[', () => `"items":[${`${JSON.stringify(makeOrder(301, { padding: 'x'.repeat(60_000) }))},`.repeat(2000)}`), 'big.json');
    assert.ok(fs.statSync(big).size > 100e6);
    const small = await peak([saveAnswer(page(three))]), large = await peak([big]);
    fs.rmSync(big);
    assert.ok(large - small < 60_000 * slow, `${small} kB for three orders, ${large} kB for 120 MB of them`);
});

test('an export from a directory without data fails with a message', () => {
    const r = hired(['export', '--data', tempDir(), '--out', tempDir()]);
    assert.notEqual(r.status, 0);
    assert.notEqual(r.stderr, '');
});

test('ends cleanly, and its log has no secret', () => server.stop());

// SPDX-License-Identifier: Apache-2.0
// once
//
// hired mirror: what arrives, what a kill, faults and limits of the source do to it, what a second run brings, and that a masked
// mirror holds no value of a person.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';

import { Client, send } from '../../lib/client.mjs';
import { fakeUpstream } from '../../lib/relay.mjs';
import { binary, hired, hiredOk, root, startServer, tempDir } from '../../lib/server.mjs';
import { storeEnvOf } from '../../lib/store.mjs';

const LOOPBACK = ['--fetch-allow', 'loopback'];
const source = await startServer({ args: ['--test', ...LOOPBACK] });
const client = new Client(source);
const SECRET = { HIRED_APP_SECRET: source.demo.app_secret };
const argsOf = (data, more = []) => ['mirror', '--from', source.baseUrl, '--app-id', source.demo.app_id, '--data', data, '--work', `${data}.work`, ...more];
const run = (data, more) => hired(argsOf(data, more), { env: SECRET });
const ok = (r) => {
    assert.equal(r.status, 0, r.stderr + r.stdout);
    return r;
};
const fault = (body) => client.ok('POST', '/test/faults', { body, token: null });
test.after(() => source.stop());

// Starts a mirror, and kills it after so many milliseconds. Resolves to whether it was still running.
function runAndKill(data, afterMs, more = []) {
    const args = argsOf(data, more);
    const child = spawn(binary, args, { env: { ...process.env, ...storeEnvOf(args), ...SECRET }, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    return new Promise((resolve) => child.on('close', (status, signal) => {
        clearTimeout(timer);
        resolve(signal === 'SIGKILL');
    }));
}

const described = fs.readdirSync(path.join(root, 'api', 'operations')).map((f) => JSON.parse(fs.readFileSync(path.join(root, 'api', 'operations', f), 'utf8')));
const lists = described.filter((o) => o.supported && o.access === 'tenant' && o.method === 'GET' && /\.list$/.test(o.name) && o.name !== 'external_application.list');

async function whole(of, op) {
    const query = { page_size: (op.query ?? []).some((f) => (f.name ?? f) === 'page_size') ? 50 : undefined };
    if (op.name === 'interview.list') query.start_time = 1;
    if (op.name === 'location.list') query.usage = 'position_location';
    const items = [];
    for (let token; ;) {
        const data = await of.ok('GET', op.path, { query: { ...query, page_token: token } });
        items.push(...(data.items ?? data.rooms ?? []));
        if (!data.has_more) return items;
        token = data.page_token ?? data.next_page_token;
    }
}

// Everything that a tenant's lists and single records have, with the content of each file instead of its link.
async function everything(of) {
    const all = {};
    for (const op of lists) all[op.name] = await whole(of, op);
    all.applications = [];
    for (const id of all['application.list']) all.applications.push((await of.ok('GET', `/open-apis/hire/v1/applications/${id}`)).application);
    const talents = [...new Set(all.applications.map((a) => a.talent_id))];
    all.externals = [];
    all.checks = [];
    for (const id of talents) {
        for (const e of (await of.ok('GET', '/open-apis/hire/v1/external_applications', { query: { talent_id: id, page_size: 20 } })).items) {
            all.externals.push(e);
            const checks = await of.ok('POST', '/open-apis/hire/v1/external_background_checks/batch_query', { query: { external_application_id: e.id }, body: {} });
            all.checks.push(...checks.items);
        }
    }
    const users = new Set(JSON.stringify(all).match(/ou_[0-9a-f]+/g));
    all.users = [];
    for (const id of [...users].sort()) all.users.push((await of.ok('GET', `/open-apis/contact/v3/users/${id}`)).user);
    const files = {};
    for (const o of all['background_check_order.list']) {
        for (const f of o.feedback_info_list ?? []) {
            if (!f.attachment_url?.startsWith('http://127')) continue;
            files[f.id] = (await send(of.server.baseUrl, 'GET', new URL(f.attachment_url).pathname)).bytes.toString('latin1');
            f.attachment_url = 'a file';
        }
    }
    for (const id of new Set(all.checks.flatMap((c) => c.attachment_list.map((a) => a.id)))) {
        const a = (await of.ok('GET', `/open-apis/hire/v1/attachments/${id}`, { query: { type: 3 } })).attachment;
        files[id] = { name: a.name, content: a.url.startsWith('http://127') ? (await send(of.server.baseUrl, 'GET', new URL(a.url).pathname)).bytes.toString('latin1') : a.url };
    }
    return { ...all, files };
}

// Starts a server on a mirror and resolves to what fn(client of its app) does.
async function served(data, fn) {
    const { app_id } = source.demo;
    const { app_secret } = hiredOk(['app', 'rotate', app_id, '--data', data, '--json']);
    hiredOk(['app', 'scopes', app_id, '--scope', 'all', '--data', data]);
    const server = await startServer({ dir: data, args: LOOPBACK });
    try {
        return await fn(new Client(server, { app_id, app_secret }));
    } finally {
        await server.stop();
    }
}

const original = await everything(client);
const mine = path.join(tempDir(), 'mirror');

test('killed again and again, a mirror ends whole: every list, record and file is as in the source', async () => {
    for (const ms of [60, 400, 1200, 2400]) await runAndKill(mine, ms);
    const torn = path.join(`${mine}.work`, 'run', 'applications.jsonl');
    if (fs.existsSync(torn)) fs.appendFileSync(torn, '{"code":0,"data":{"appl'); // what a kill within a write leaves
    const r = ok(run(mine));
    assert.match(r.stderr, /NOT MIRRORED: talents: the source does not have the operation/);
    assert.match(r.stderr, /NOT IN A MIRROR/);
    assert.deepEqual(fs.readdirSync(`${mine}.work`).sort(), ['lock', 'mirror.json']); // the answers are removed
    const copy = await served(mine, everything);
    for (const name of Object.keys(original)) assert.deepEqual(copy[name], original[name], name);
    assert.ok(Object.keys(original.files).length > 10);
    assert.ok(original['background_check_order.list'].length > 5 && original['interview.list'].length > 5 && original.users.length > 5);
    assert.match(hired(['check', '--data', mine]).stdout, /all is well/);
});

test('a second run brings what is new and what has changed, and counts it; the source may fail in any way meanwhile', async () => {
    const again = ok(run(mine));
    assert.match(again.stdout, /^0 new, 0 changed, \d+ unchanged/);
    const open = original.applications.find((a) => a.active_status === 1);
    await client.ok('POST', `/open-apis/hire/v1/applications/${open.id}/terminate`, { body: { termination_type: 1, termination_reason_list: [original['termination_reason.list'][0].id] } });
    const made = await client.ok('POST', '/open-apis/hire/v1/external_applications', { body: { talent_id: open.talent_id, job_title: 'Tester' } });
    assert.ok(made);
    const of = (operation, more) => fault({ operation, app_id: source.demo.app_id, times: 1, ...more });
    await of('background_check_order.list', { code: 99991400, reset_s: 1 });
    await of('application.get', { nth: 2, status: 503 });
    await of('application.get', { nth: 4, status: 502 });
    await of('application.get', { nth: 6, cut: true });
    await of('application.get', { nth: 8, reset: true });
    await of('interview.list', { delay_ms: 700 });
    await of('external_application.list', { nth: 3, ends_token: true });
    const r = ok(run(mine));
    assert.match(r.stdout, /^1 new, 1 changed, \d+ unchanged/);
    assert.match(r.stderr, / [2-9] of them again after a fault/);
    const left = (await client.ok('GET', '/test/faults', { token: null })).items.filter((f) => f.fired === 0);
    assert.deepEqual(left, [], 'a fault was not met');
    client.cachedToken = undefined; // the fault has ended it, as it was the same one
    const now = await everything(client), copy = await served(mine, everything);
    assert.deepEqual(copy.applications, now.applications);
    assert.deepEqual(copy.externals, now.externals);
});

test('a page token that has expired begins the list anew', () => {
    const data = path.join(tempDir(), 'expired'), steps = path.join(`${data}.work`, 'run');
    fs.mkdirSync(steps, { recursive: true });
    fs.writeFileSync(path.join(`${data}.work`, 'mirror.json'), JSON.stringify({ from: source.baseUrl, app_id: source.demo.app_id, masked: false }));
    const page = { code: 0, data: { items: [], has_more: true, page_token: 'of-yesterday' } };
    for (const name of ['orders', 'application_ids', 'rooms']) fs.writeFileSync(path.join(steps, `${name}.jsonl`), `${JSON.stringify(page)}\n`);
    const r = ok(run(data));
    for (const name of ['orders', 'application_ids', 'rooms']) assert.match(r.stderr, new RegExp(`${name}: the token of the next page has expired`));
    assert.match(r.stdout, new RegExp(`, ${original['background_check_order.list'].length} orders`));
});

test('what is wrong is said: secret, work directory, a second mirror at once, scopes', async () => {
    const data = path.join(tempDir(), 'wrong');
    const without = hired(argsOf(data), { env: { HIRED_APP_SECRET: '' } });
    assert.deepEqual([without.status, /HIRED_APP_SECRET/.test(without.stderr)], [2, true]);
    const wrong = hired(argsOf(data), { env: { HIRED_APP_SECRET: 'x'.repeat(32) } });
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /10014|secret/);
    const other = hired(argsOf(data, ['--mask']), { env: SECRET });
    assert.match(other.stderr, /is the work directory of a mirror that is not masked/);
    const first = runAndKill(data, 1500);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.match(run(data).stderr, /another hired mirror works in/);
    await first;
    const few = hiredOk(['app', 'create', '--data', source.dir, '--tenant', source.demo.tenant_key, '--name', 'few', '--scope', 'hire:background_check_order:readonly']);
    source.secrets.add(few.app_secret);
    const place = path.join(tempDir(), 'few');
    const r = hired(['mirror', '--from', source.baseUrl, '--app-id', few.app_id, '--data', place, '--work', `${place}.work`], { env: { HIRED_APP_SECRET: few.app_secret } });
    ok(r);
    assert.match(r.stderr, /NOT MIRRORED: interviews: the app lacks the scope/);
    assert.match(r.stdout, new RegExp(`${original['background_check_order.list'].length} orders`));
});

// ---- masked ----

// Every text of the source that belongs to people, with mobiles also without what is not a digit.
function personal() {
    const found = new Set();
    const add = (v) => {
        if (typeof v !== 'string') return;
        if (v.length >= 4 || /[\u3400-\u9fff]{2}/.test(v)) found.add(v);
        const digits = v.replace(/\D/g, '');
        if (/^[+\d][\d -]+$/.test(v) && digits.length >= 9 && !/^1\d{12}$/.test(v)) found.add(digits.slice(-11));
    };
    const ofPerson = (o) => o && ['name', 'mobile', 'email', 'first_name', 'last_name', 'en_name', 'employee_no', 'user_id', 'job_title'].forEach((k) => add(o[k]));
    for (const o of original['background_check_order.list']) {
        ofPerson(o.candidate_info);
        ofPerson(o.contactor_info);
        [o.remark, o.conclusion].forEach(add);
        o.feedback_info_list?.forEach((f) => [f.report_name, f.result, f.report_preview_url].forEach(add));
        for (const d of o.custom_data_list ?? []) if (!/^(true|false|\d{19}|[a-z_]+)$/.test(d.value) && !JSON.stringify(o.custom_field_list).includes(d.value)) add(d.value);
    }
    for (const i of original['interview.list']) {
        [i.remark, i.contact_mobile].forEach(add);
        for (const u of [i.creator, i.contact_user, ...(i.interview_record_list ?? []).map((r) => r.interviewer)]) [u?.name?.zh_cn, u?.name?.en_us].forEach(add);
        i.interview_record_list?.forEach((r) => add(r.content));
    }
    original.users.forEach(ofPerson);
    for (const c of original.checks) {
        add(c.result);
        c.attachment_list.forEach((a) => add(a.name));
    }
    original.applications.forEach((a) => add(a.termination_reason_note));
    for (const id of found) if (/^ou_/.test(id)) found.delete(id);
    return [...found];
}

function filesBelow(dir) {
    return fs.readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).map((e) => path.join(e.parentPath ?? e.path, e.name));
}

function search(values, dirs) {
    const hits = [];
    for (const file of dirs.filter((d) => fs.existsSync(d)).flatMap(filesBelow)) {
        const bytes = fs.readFileSync(file);
        for (const v of values) if (bytes.includes(Buffer.from(v)) || bytes.includes(Buffer.from(JSON.stringify(v).slice(1, -1)))) hits.push(`${v} in ${path.basename(file)}`);
    }
    return hits;
}

let byFirstKey; // names of the orders' contacts

test('a masked mirror holds no value of a person, at no time; inventions are consistent and have their forms', async () => {
    const data = path.join(tempDir(), 'masked'), values = personal();
    assert.ok(values.length > 100, `${values.length} values`);
    for (const ms of [400, 2500]) {
        await runAndKill(data, ms, ['--mask']);
        assert.deepEqual(search(values, [data, `${data}.work`]), []);
    }
    ok(run(data, ['--mask']));
    assert.deepEqual(search(values, [data, `${data}.work`]), []);
    const dump = path.join(tempDir(), 'dump');
    hiredOk(['export', '--data', data, '--dir', dump]);
    assert.deepEqual(search(values, [dump]), []);
    assert.ok(search(['example.com'], [dump]).length > 0); // the search would find what is there

    const copy = await served(data, everything);
    const people = (all) => Object.fromEntries(all.users.map((u) => [u.open_id, u]));
    const before = people(original), after = people(copy);
    assert.deepEqual(Object.keys(after), Object.keys(before));
    for (const i of copy['interview.list']) if (i.creator) assert.equal(i.creator.name.zh_cn, after[i.creator.id].name);
    for (const [id, u] of Object.entries(after)) {
        assert.notEqual(u.name, before[id].name);
        assert.match(u.email, /^p[0-9a-f]{10}@example\.com$/);
        assert.match(u.mobile, /^\+86 ?1[3-9]\d{9}$|^\+\d[\d -]{6,}$/);
    }
    // Who is one person in the source is one here, and two are two.
    const pairs = (all) => all['background_check_order.list'].map((o) => o.candidate_info.name);
    const shape = (list) => list.map((v) => list.indexOf(v));
    assert.deepEqual(shape(pairs(copy)), shape(pairs(original)));
    assert.deepEqual(shape(copy['background_check_order.list'].map((o) => o.candidate_info.mobile)), shape(original['background_check_order.list'].map((o) => o.candidate_info.mobile)));
    for (const name of ['order_id', 'order_status', 'package', 'begin_time', 'provider_info', 'custom_field_list']) {
        assert.deepEqual(copy['background_check_order.list'].map((o) => o[name]), original['background_check_order.list'].map((o) => o[name]), name);
    }
    assert.deepEqual(Object.keys(copy.files), Object.keys(original.files));
    for (const f of Object.values(copy.files)) assert.match(f.content ?? f, /^%PDF-1\.\d[^]*%%EOF\s*$/);

    // Continued later, nobody has become somebody else.
    assert.match(ok(run(data, ['--mask'])).stdout, /^0 new, 0 changed, \d+ unchanged/);
    byFirstKey = copy['background_check_order.list'].map((o) => o.contactor_info?.name);

    const beside = await startServer({ dir: data, args: LOOPBACK });
    const refused = run(data, ['--mask']);
    assert.deepEqual([refused.status, /stop the server/.test(refused.stderr)], [1, true]);
    await beside.stop();
});

// Not hired(): the source answers in this process.
const mirrorOf = (url, data, more = []) => new Promise((resolve) => {
    const args = ['mirror', '--from', url, '--app-id', source.demo.app_id, '--data', data, '--work', `${data}.work`, ...more];
    const child = spawn(binary, args, { env: { ...process.env, ...storeEnvOf(args), ...SECRET }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const out of [child.stdout, child.stderr]) out.on('data', (d) => (said += d));
    child.on('close', (status) => resolve({ status, said }));
});

// A source that has what another hired has not: it answers talents and jobs itself, and passes all else on.
function richSource() {
    const demo = (name) => JSON.parse(fs.readFileSync(path.join(root, 'demo', `${name}.json`), 'utf8')).data.items;
    const talents = new Map(demo('talents').map((t) => [t.id, {
        ...t, basic_info: { ...t.basic_info, identification: { identification_type: 1, identification_number: '11010519491231002X' }, birthday: 653529600000, home_address: '北京市朝阳区望京街 9 号' },
        self_evaluation: 'Grew up in Leatherhead', resume_attachment_id_list: [], links: ['https://people.example.org/leatherhead'],
    }]));
    return fakeUpstream((req, res) => {
        const { pathname } = new URL(req.url, source.baseUrl), answer = (data) => res.end(JSON.stringify({ code: 0, msg: 'success', data }));
        const id = /^\/open-apis\/hire\/v1\/talents\/(\d+)$/.exec(pathname)?.[1];
        if (pathname === '/open-apis/hire/v1/jobs') return answer({ items: demo('jobs'), has_more: false });
        if (id) return talents.has(id) ? answer({ talent: talents.get(id) }) : res.writeHead(400).end('{"code":1002102,"msg":"no"}');
        const on = http.request(source.baseUrl + req.url, { method: req.method, headers: req.headers, agent: false }, (a) => {
            res.writeHead(a.statusCode, a.headers);
            a.pipe(res);
        });
        return req.pipe(on);
    });
}

test('talents and jobs come where the source has the operations; masked, nothing of the talents is left', async () => {
    const rich = await richSource();
    const mirror = (data, more = []) => mirrorOf(rich.url, data, [...LOOPBACK, ...more]);
    const dump = (data) => {
        const dir = path.join(tempDir(), 'dump');
        hiredOk(['export', '--data', data, '--dir', dir]);
        return Object.fromEntries(['talents', 'jobs', 'orders', 'applications'].map((n) => [n, JSON.parse(fs.readFileSync(path.join(dir, `${n}.json`), 'utf8')).data.items]));
    };
    const plain = path.join(tempDir(), 'plain'), masked = path.join(tempDir(), 'masked');
    const [one, two] = [await mirror(plain), await mirror(masked, ['--mask'])];
    assert.deepEqual([one.status, two.status], [0, 0], one.said + two.said);
    assert.doesNotMatch(one.said, /NOT MIRRORED/);
    const before = dump(plain), after = dump(masked);
    assert.ok(before.talents.length > 5 && before.jobs.length > 5);
    assert.deepEqual(after.jobs.map((j) => [j.id, j.title]), before.jobs.map((j) => [j.id, j.title]));
    assert.notDeepEqual(after.orders.map((o) => o.contactor_info?.name).sort(), byFirstKey.sort()); // another mirror has another key
    const values = before.talents.flatMap((t) => [t.basic_info.name, t.basic_info.mobile, t.basic_info.email, t.basic_info.identification.identification_number,
        t.basic_info.home_address, t.self_evaluation, t.links[0], String(t.basic_info.birthday)]).filter((v) => v && v.length > 2);
    assert.ok(values.length > 30);
    assert.deepEqual(search(values, [masked, `${masked}.work`]), []);
    for (const t of after.talents) {
        const number = t.basic_info.identification.identification_number;
        const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        assert.equal(number.length, 18);
        assert.equal(number[17], '10X98765432'[weights.reduce((n, w, i) => n + w * Number(number[i]), 0) % 11]);
    }
    // A person of an order is the person of its application.
    const talentOf = (all, order) => all.talents.find((t) => t.id === all.applications.find((a) => a.id === order.application_id)?.talent_id);
    const same = before.orders.filter((o) => o.candidate_info && talentOf(before, o)?.basic_info.name === o.candidate_info.name).map((o) => o.order_id);
    assert.ok(same.length > 3);
    for (const o of after.orders.filter((x) => same.includes(x.order_id))) assert.equal(talentOf(after, o).basic_info.name, o.candidate_info.name);
    await rich.stop();
});

// A source that lies: it has one application, whose resume is the attachment with that id and that link, and answers other calls as the function says.
function lyingSource({ resume = '7300000000000000009', link, answer = () => undefined, token = 't-lying', expire = 7200 }) {
    return fakeUpstream((req, res) => {
        const { pathname } = new URL(req.url, source.baseUrl), data = (value) => res.end(JSON.stringify({ code: 0, msg: 'success', data: value }));
        if (pathname.endsWith('/tenant_access_token/internal')) return res.end(`{"code":0,"tenant_access_token":${JSON.stringify(token)},"expire":${expire}}`);
        const own = answer(req, pathname);
        if (own !== undefined) return res.end(JSON.stringify(own));
        if (pathname === '/open-apis/hire/v1/applications') return data({ items: ['7200000000000000001'] });
        if (pathname === '/open-apis/hire/v1/applications/7200000000000000001')
            return data({ application: { id: '7200000000000000001', talent_id: '7220000000000000001', job_id: '7210000000000000001', active_status: 1, talent_attachment_resume_id: resume } });
        if (pathname.startsWith('/open-apis/hire/v1/attachments/')) return data({ attachment: { name: 'cv.pdf', url: link ?? `http://${req.headers.host}/cv` } });
        return pathname === '/cv' ? res.end('written by the source') : data({ items: [], has_more: false });
    });
}

test('an attachment whose id is a path is written nowhere', async () => {
    for (const more of [[], ['--mask']]) {
        const dir = tempDir(), lying = await lyingSource({ resume: '../../../of-the-source' });
        const { status, said } = await mirrorOf(lying.url, path.join(dir, 'data'), more);
        await lying.stop();
        assert.equal(status, 0, said);
        assert.deepEqual(fs.readdirSync(dir).sort(), ['data', 'data.work']);
        assert.match(said, /NOT MIRRORED: attachments: 1 whose content could not be fetched/);
    }
});

test('a link that only begins like the source is fetched from no private address', async () => {
    let asked = 0;
    const inner = await fakeUpstream((req, res) => {
        asked++;
        res.end('of the inner network');
    });
    const lying = await lyingSource({ answer: (req, at) => (at.startsWith('/open-apis/hire/v1/attachments/')
        ? { code: 0, data: { attachment: { name: 'cv.pdf', url: `http://${req.headers.host}@${inner.url.slice(7)}/` } } } : undefined) });
    const { status, said } = await mirrorOf(lying.url, path.join(tempDir(), 'inner'), ['--fetch-allow', 'none']);
    await Promise.all([lying.stop(), inner.stop()]);
    assert.equal(status, 0, said);
    assert.equal(asked, 0);
    assert.match(said, /1 whose content could not be fetched/);
});

test('a list whose page tokens lead around in a circle ends the run', async () => {
    for (const n of [1, 3]) {
        let page = 0;
        const lying = await lyingSource({ answer: (req, at) => (at.endsWith('/rooms') ? { code: 0, data: { has_more: true, page_token: `p${page++ % n}`, rooms: [] } } : undefined) });
        const { status, said } = await mirrorOf(lying.url, path.join(tempDir(), 'circle'));
        await lying.stop();
        assert.equal(status, 1);
        assert.match(said, /rooms: the source gave a page_token that it had given before/);
        assert.equal(page, n + 1);
    }
});

test('texts of the source cannot act on a terminal or make lines; masked, they are not shown', async () => {
    const msg = '\u001b]0;x\u0007Zhang Leatherhead\u0085\nNOT MIRRORED: forged';
    for (const more of [[], ['--mask']]) {
        const data = path.join(tempDir(), 'texts'), lying = await lyingSource({ answer: (req, at) => (at.endsWith('/rooms') ? { code: 1002002, msg } : undefined) });
        const { status, said } = await mirrorOf(lying.url, data, more);
        await lying.stop();
        assert.equal(status, 0, said);
        assert.match(said, more.length ? /rooms: the source answered 1002002: its msg is not shown/ : /rooms: the source answered 1002002: \?\]0;x\?Zhang Leatherhead\?\?\?NOT MIRRORED: forged/);
        assert.equal(/Leatherhead/.test(said), more.length === 0);
        assert.doesNotMatch(said, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|^NOT MIRRORED: forged/m);
    }
});

test('a token with a line in it is not sent back, and an expiry beyond all bounds is a day', async () => {
    const bad = await lyingSource({ token: 't-a\r\nX-Evil: 1' });
    const refused = await mirrorOf(bad.url, path.join(tempDir(), 'line'));
    await bad.stop();
    assert.equal(refused.status, 1);
    assert.match(refused.said, /the answer has no tenant_access_token/);
    const long = await lyingSource({ expire: '9223372036854775807' });
    assert.equal((await mirrorOf(long.url, path.join(tempDir(), 'expiry'))).status, 0);
    await long.stop();
});

test('in a masked mirror nothing is kept of answers that have another form', async () => {
    const name = 'Leatherhead Zhang', kept = path.join(tempDir(), 'forms');
    const forms = [{ code: 0, data: [name] }, { code: 0, data: { items: [[{ remark: name }], name], note: name }, debug: name }];
    for (const form of forms) {
        const lying = await lyingSource({ answer: (req, at) => (at.endsWith('/interviews') ? form : undefined) });
        const { status } = await mirrorOf(lying.url, kept, ['--mask']);
        await lying.stop();
        assert.equal(status, 1); // the import refuses it, so the work directory stays
        assert.deepEqual(search([name], [`${kept}.work`]), []);
        assert.ok(fs.existsSync(path.join(`${kept}.work`, 'run', 'interviews.jsonl')));
        fs.rmSync(`${kept}.work`, { recursive: true });
    }
});

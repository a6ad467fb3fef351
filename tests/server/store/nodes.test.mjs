// SPDX-License-Identifier: Apache-2.0
//
// Several servers (nodes) of one PostgreSQL database: any request to any node, what changes at one counts at all, each event leaves
// once for each attempt, a dead node's work is taken over, and limits hold over all.
// once
// weight: 40
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, test } from 'node:test';

import { Client, eventually, paths, send, sleep } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { loopback, makeVendor, run, runOk } from '../../lib/events.mjs';
import { addressOf, answer, endpoint, eventsOf, headersOf, joined, open, ping } from '../../lib/longlink.mjs';
import { startPostgres } from '../../lib/postgres.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { demoDir, hiredOk, root, startServer, tempDir } from '../../lib/server.mjs';

process.env.HIRED_TEST_READERS ??= '4'; // several nodes of one database, which lets 100 connections in
const long = Boolean(process.env.HIRED_TEST_LONG);
const postgres = await startPostgres();
const demo = demoDir();
hiredOk(['migrate', '--from', demo, '--to', postgres.url()]);

// A node has a directory of its own, for its socket. Commands reach the database through it.
process.env.HIRED_STORE = postgres.url();
async function startNode(o = {}) {
    const dir = tempDir();
    fs.copyFileSync(path.join(demo, 'demo.json'), path.join(dir, 'demo.json'));
    return startServer({ dir, args: loopback, ...o });
}
const startNodes = (n, o) => Promise.all(Array.from({ length: n }, () => startNode(o)));
const stopAll = (nodes) => Promise.all(nodes.filter((n) => !n.ended).map((n) => n.stop()));
const readyz = async (node) => JSON.parse((await send(node.baseUrl, 'GET', '/readyz')).text);
const workerOf = (nodes) => eventually(async () => {
    for (const n of nodes.filter((x) => !x.ended)) if ((await readyz(n)).worker) return n;
    return null;
}, (n) => n, { what: 'a worker' });

const receivers = [];
async function receiver(o) {
    const r = await new Receiver(o).listen();
    receivers.push(r);
    return r;
}

// Orders a check at a node, as a recruiter: the vendor's app gets an event.
const APPLICATION = JSON.parse(fs.readFileSync(path.join(root, 'demo/applications.json'))).data.items[0].id;
const people = new Map();
async function arrangeAt(node, vendor) {
    if (!people.has(node)) people.set(node, Person.of(node, 'recruiter'));
    const person = await people.get(node);
    for (;;) {
        const r = await person.call('POST', 'orders/arrange',
            { body: { application_id: APPLICATION, account_id: vendor.account_id, package_name: '基础版', again: true } });
        if (r.code === 0) return r.data.order_id;
        assert.equal(r.status, 503, r.text); // nothing was written, because another node hangs: try again
        await sleep(200);
    }
}

const idOf = (e) => e.body.header.event_id;
// Each event that was made for the app was delivered, and no attempt was recorded twice.
function assertDelivered(vendor, n) {
    const of = `FROM event_delivery d JOIN app a ON a.id = d.app WHERE a.app_id = '${vendor.app_id}'`;
    assert.equal(postgres.sql(`SELECT count(*) ${of} AND d.state = 1`), String(n));
    assert.equal(postgres.sql(`SELECT count(*) ${of} AND d.attempts <> (SELECT count(*) FROM event_attempt t
        WHERE t.tenant = d.tenant AND t.event = d.event AND t.app = d.app)`), '0');
}

test('two nodes that start at the same moment on an empty database both serve; ids of records made at both never clash', async () => {
    const store = postgres.createDatabase('empty');
    const env = { HIRED_STORE: store };
    const nodes = await Promise.all([0, 1].map(() => startServer({ dir: tempDir(), env })));
    const views = await Promise.all(nodes.map((n) => eventually(() => readyz(n), (v) => v.nodes === 2)));
    assert.deepEqual(views.map((v) => v.node).sort(), [0, 1]);
    await workerOf(nodes);
    assert.equal((await Promise.all(nodes.map(readyz))).filter((v) => v.worker).length, 1);
    const metrics = (await send(nodes[1].baseUrl, 'GET', '/metrics')).text;
    assert.match(metrics, /^hired_nodes 2$/m);

    hiredOk(['tenant', 'create', '--data', nodes[0].dir, '--name', 'Acme'], { env });
    const app = hiredOk(['app', 'create', '--data', nodes[1].dir, '--name', 'test', '--scope', 'all'], { env });
    const elsewhere = tempDir(); // a command beside them, on a machine without a server
    const clients = nodes.map((n) => new Client(n, app));
    hiredOk(['import', '--data', elsewhere, '--json', '--app', app.app_id, ...['users', 'talents'].map((n) => path.join(root, 'demo', `${n}.json`))], { env });
    const talent = JSON.parse(fs.readFileSync(path.join(root, 'demo/talents.json'))).data.items[0].id;
    const made = (await Promise.all(Array.from({ length: 80 }, (_, i) =>
        clients[i % 2].ok('POST', '/open-apis/hire/v1/external_applications', { body: { talent_id: talent } })))).map((d) => d.external_application.id);
    assert.equal(new Set(made).size, made.length);
    const numbers = new Set(made.map((id) => Number((BigInt(id) >> 12n) & 1023n)));
    assert.deepEqual([...numbers].sort(), [0, 1]);
    for (const c of clients) {
        const listed = await c.walk('GET', '/open-apis/hire/v1/external_applications', { query: { talent_id: talent, page_size: 20 } });
        assert.deepEqual(listed.map((a) => a.id).sort(), made.sort());
    }
    await stopAll(nodes);
});

const nodes = await startNodes(3);
const [a, b, c] = nodes;
await eventually(() => Promise.all(nodes.map(readyz)), (all) => all.every((v) => v.nodes === 3), { what: 'three nodes' });
await workerOf(nodes);

test('a token that is revoked, an app that is disabled, a scope and a role that are taken at one node count at the others within a second', async () => {
    const app = await runOk(a, 'app', 'create', '--name', 'x', '--scope', 'all');
    for (const n of nodes) n.secrets.add(app.app_secret);
    const clients = nodes.map((n) => new Client(n, app));
    const token = await clients[0].token();
    for (const one of clients) one.cachedToken = token; // a token of one node at all
    await Promise.all(clients.map((one) => one.ok('GET', paths.orders, { query: { page_size: 1 } })));
    // What each call finds, from the moment at which the change was told to be made.
    const soon = async (change, status, code) => {
        await change();
        const end = Date.now() + 1000;
        const found = await Promise.all(clients.map((one) => eventually(
            () => one.call('GET', paths.orders, { query: { page_size: 1 } }).then((r) => ({ ...r, at: Date.now() })),
            (r) => r.status === status && r.code === code, { what: `${status} ${code}` })));
        assert.ok(found.every((r) => r.at <= end + 500), 'too late');
    };
    await soon(() => runOk(b, 'app', 'disable', app.app_id), 400, 99991662);
    await soon(() => runOk(c, 'app', 'enable', app.app_id), 200, 0);
    await soon(() => runOk(a, 'app', 'scopes', app.app_id, '--scope', 'hire:interview:readonly'), 400, 99991672);
    await soon(() => runOk(a, 'app', 'scopes', app.app_id, '--scope', 'all'), 200, 0);
    await soon(() => runOk(b, 'app', 'rotate', app.app_id), 400, 99991663);

    const admin = await Person.of(a, 'admin'), there = Object.assign(new Person(c), admin, { server: c });
    assert.equal((await there.call('GET', 'audit')).code, 0); // a session of one node at another
    const { node, nodes: all } = await there.ok('GET', 'requests');
    assert.deepEqual([node, all], [(await readyz(c)).node, 3]);
    await admin.ok('POST', 'session/sign_out');
    assert.equal((await there.call('GET', 'audit')).status, 401);
});

test('a stream of the console at one node tells what is changed at another', async () => {
    const admin = await Person.of(b, 'admin'), told = [];
    const req = http.get(`${b.baseUrl}/console/api/events/stream`, { agent: false, headers: { Cookie: admin.cookie } }, (res) => {
        res.setEncoding('utf8').on('data', (text) => told.push(...text.split('\n').filter((l) => l.startsWith('data: ')).map((l) => JSON.parse(l.slice(6)))));
    }).on('error', () => {});
    await new Promise((resolve) => req.on('response', resolve));
    const vendor = await makeVendor(a);
    const before = Date.now();
    const order = await arrangeAt(a, vendor);
    await eventually(() => told, (all) => all.some((e) => e.kind === 'order' && e.id === order), { what: 'the order' });
    assert.ok(Date.now() - before < 2000);
    req.destroy();
});

test('webhooks of changes at three nodes: each event is posted once, and recorded once', async () => {
    const r = await receiver(), vendor = await makeVendor(a, { url: r.url });
    const orders = await Promise.all(Array.from({ length: 45 }, (_, i) => arrangeAt(nodes[i % 3], vendor)));
    await eventually(() => r.events.length, (n) => n >= 45);
    await sleep(1000); // what is sent twice comes late
    assert.equal(new Set(r.events.map(idOf)).size, 45);
    assert.equal(r.events.length, 45);
    assert.deepEqual(r.events.map((e) => e.body.event.background_check_id).sort(), orders.sort());
    assertDelivered(vendor, 45);
});

// Answers each event that arrives, and remembers it.
function taking(session, got) {
    session.ws.on('message', () => {
        for (const f of eventsOf(session).filter((e) => !e.taken)) {
            f.taken = true;
            got.push(headersOf(f).message_id);
            answer(session, f);
        }
    });
    ping(session);
    return session;
}

test('a long connection gets the events of changes at other nodes; with connections at two nodes each event arrives once', async () => {
    const vendor = await makeVendor(a), atB = [], atC = [];
    const first = taking(await open(await addressOf(b, vendor)), atB);
    await joined(b, 1);
    await arrangeAt(a, vendor);
    await eventually(() => atB.length, (n) => n === 1);
    const second = taking(await open(await addressOf(c, vendor)), atC);
    await joined(c, 1);
    await Promise.all(Array.from({ length: 24 }, (_, i) => arrangeAt(nodes[i % 3], vendor)));
    await eventually(() => atB.length + atC.length, (n) => n >= 25);
    await sleep(500);
    assert.equal(new Set([...atB, ...atC]).size, 25);
    assert.equal(atB.length + atC.length, 25);
    // The last connection of the node that has the app goes: the other node takes it.
    first.ws.close();
    await first.closed;
    await arrangeAt(a, vendor);
    await eventually(() => atC.length + atB.length, (n) => n === 26);
    second.ws.close();
    await second.closed;
    // No connection is left anywhere: the worker posts to the request URL.
    const r = await receiver();
    await run(a, 'event', 'url', '--app', vendor.app_id, '--url', r.url, ...loopback);
    await arrangeAt(b, vendor);
    await eventually(() => r.events.length, (n) => n === 1);
    // A connection comes back at one that is not the worker.
    const worker = await workerOf(nodes), other = nodes.find((n) => n !== worker), back = [];
    const third = taking(await open(await addressOf(other, vendor)), back);
    await joined(other, 1);
    await sleep(1500); // until then the worker may still post
    await arrangeAt(a, vendor);
    await eventually(() => back.length, (n) => n === 1);
    third.ws.close();
    await third.closed;
    await eventually(() => postgres.sql(`SELECT count(*) FROM event_delivery d JOIN app a ON a.id = d.app WHERE a.app_id = '${vendor.app_id}' AND state = 1`), (n) => n === '28');
    assertDelivered(vendor, 28);
    assert.equal(r.events.length, 1);
});

test('an app has at most 50 long connections at all nodes together', async () => {
    const vendor = await makeVendor(a);
    const addresses = await Promise.all(Array.from({ length: 60 }, (_, i) => addressOf(nodes[i % 3], vendor)));
    const all = await Promise.all(addresses.map((x) => open(x)));
    for (const s of all) {
        s.open = true;
        void s.closed.then((why) => Object.assign(s, { open: false, why }));
        ping(s);
    }
    await sleep(2500);
    const left = all.filter((s) => s.open), gone = all.filter((s) => !s.open);
    assert.ok(left.length <= 50 && left.length >= 30, `${left.length} of 60 are open`);
    assert.ok(gone.every((s) => s.why.code === 1008 && /too many connections/.test(s.why.reason)));
    // One after the other up to the limit: the next is refused at whichever node.
    while (all.filter((s) => s.open).length < 50) {
        const s = await open(await addressOf(b, vendor));
        ping(s);
        all.push(Object.assign(s, { open: true }));
    }
    await eventually(() => Promise.all(nodes.map((n) => endpoint(n, { AppID: vendor.app_id, AppSecret: vendor.app_secret }))),
        (answers) => answers.every((x) => x.code === 1000040350));
    for (const s of all) s.ws.terminate();
    await eventually(async () => (await endpoint(c, { AppID: vendor.app_id, AppSecret: vendor.app_secret })).code, (code) => code === 0);
});

test('the worker is killed under load: another one goes on, and each event arrives', async () => {
    const own = await startNodes(1);
    nodes.push(...own);
    const r = await receiver(), vendor = await makeVendor(a, { url: r.url });
    const worker = await workerOf(nodes), others = nodes.filter((n) => n !== worker && !n.ended);
    let asked = 0, made = 0;
    const loads = others.map(async (n) => {
        while (asked < 120) {
            asked++;
            await arrangeAt(n, vendor);
            made++;
        }
    });
    await eventually(() => r.events.length, (n) => n > 20);
    const before = Date.now();
    worker.signalled = true;
    await worker.kill();
    await workerOf(nodes);
    assert.ok(Date.now() - before < 10_000);
    await Promise.all(loads);
    await eventually(() => new Set(r.events.map(idOf)).size, (n) => n === made);
    await eventually(() => postgres.sql(`SELECT count(*) FROM event_delivery d JOIN app a ON a.id = d.app WHERE a.app_id = '${vendor.app_id}' AND state = 1`), (n) => n === String(made));
    assertDelivered(vendor, made);
    nodes.splice(nodes.indexOf(worker), 1);
});

test('a node with a long connection is killed: a connection of the app at another node gets its events', async () => {
    const own = await startNode();
    nodes.push(own);
    const vendor = await makeVendor(own), atFirst = [], atSecond = [];
    const other = nodes[0];
    taking(await open(await addressOf(own, vendor)), atFirst);
    await joined(own, 1);
    const second = taking(await open(await addressOf(other, vendor)), atSecond);
    await joined(other, 1);
    await arrangeAt(other, vendor);
    await eventually(() => atFirst.length + atSecond.length, (n) => n === 1);
    own.signalled = true;
    await own.kill();
    nodes.splice(nodes.indexOf(own), 1);
    // The first event comes again if the node was killed before it had recorded the answer.
    await Promise.all(Array.from({ length: 5 }, () => arrangeAt(other, vendor)));
    await eventually(() => atSecond.filter((id, i) => !atFirst.includes(id) && atSecond.indexOf(id) === i).length, (n) => n === 5 + (atFirst.length ? 0 : 1));
    second.ws.close();
});

test('the worker hangs under load: another one goes on after its lease has ended, and nothing is recorded twice when it comes back', { skip: !long }, async () => {
    nodes.push(await startNode());
    const r = await receiver(), vendor = await makeVendor(nodes[0], { url: r.url });
    const worker = await workerOf(nodes), others = nodes.filter((n) => n !== worker && !n.ended);
    let asked = 0, made = 0;
    const loads = others.map(async (n) => {
        while (asked < 100) {
            asked++;
            await arrangeAt(n, vendor);
            made++;
        }
    });
    await eventually(() => r.events.length, (n) => n > 10);
    const before = Date.now();
    worker.child.kill('SIGSTOP');
    const beside = await runOk(worker, 'app', 'create', '--name', 'beside', '--scope', 'all'); // in the directory of the one that hangs
    assert.ok(beside.app_id);
    const next = await eventually(async () => {
        for (const n of others) if ((await readyz(n)).worker) return n;
        return null;
    }, (n) => n, { withinMs: 60_000, what: 'another worker' });
    const took = Date.now() - before;
    assert.ok(took > 10_000 && took < 35_000, `it took ${took} ms`);
    await Promise.all(loads);
    worker.child.kill('SIGCONT');
    await eventually(() => readyz(worker), (v) => v.status === 'ready' && !v.worker);
    assert.equal((await readyz(next)).worker, true);
    await arrangeAt(worker, vendor); // it serves on
    await eventually(() => new Set(r.events.map(idOf)).size, (n) => n === made + 1);
    await eventually(() => postgres.sql(`SELECT count(*) FROM event_delivery d JOIN app a ON a.id = d.app WHERE a.app_id = '${vendor.app_id}' AND state = 1`), (n) => n === String(made + 1));
    assertDelivered(vendor, made + 1);
});

// Nodes are killed and stopped in turn, and new ones are started, while orders are made and changed through all and read at all.
test('nodes come and go for a minute: nothing acknowledged is lost, no event is lost, and who polls by update_time sees every last change', { skip: !long }, async (t) => {
    nodes.push(await startNode());
    const r = await receiver(), vendor = await makeVendor(nodes[0], { url: r.url });
    const own = new Client(nodes[0], JSON.parse(fs.readFileSync(path.join(demo, 'demo.json'))));
    const any = (usable = nodes) => usable[Math.floor(Math.random() * usable.length)];
    const made = new Set(), seen = new Map(), hung = new Set();
    let end = false, faults = 0;
    const usable = () => nodes.filter((n) => !n.ended && !hung.has(n));
    const writer = async () => {
        while (!end) {
            try {
                made.add(await Promise.race([arrangeAt(any(usable()), vendor), sleep(15_000).then(() => Promise.reject(new Error('late')))]));
            } catch {
                faults++; // the node was killed, or it was in doubt: an answer 500
                await sleep(50);
            }
        }
    };
    const token = await own.token();
    const page = async (query) => {
        for (;;) {
            const c = new Client(any(usable()), own.app);
            c.cachedToken = token;
            try {
                return await c.ok('GET', paths.orders, { query });
            } catch {
                await sleep(50);
            }
        }
    };
    let latest = Date.now() - 1000;
    const poll = async () => {
        let after;
        do {
            const d = await page({ page_size: 100, update_start_time: String(latest), page_token: after });
            for (const o of d.items ?? []) seen.set(o.order_id, o.update_time);
            after = d.has_more ? d.page_token : undefined;
        } while (after);
        for (const at of seen.values()) latest = Math.max(latest, Number(at));
    };
    const poller = async () => {
        while (!end) await poll();
    };
    const work = [...Array.from({ length: 6 }, writer), poller()];
    for (let round = 0; round < 5; round++) {
        await sleep(5000);
        const victim = round % 2 === 0 ? await workerOf(usable()) : any(usable());
        if (round % 2 === 0) {
            victim.signalled = true;
            await victim.kill();
            nodes.splice(nodes.indexOf(victim), 1);
            nodes.push(await startNode());
            continue;
        }
        hung.add(victim);
        victim.child.kill('SIGSTOP');
        await sleep(round === 1 ? 5000 : 26_000);
        victim.child.kill('SIGCONT');
        await eventually(() => readyz(victim), (v) => v.status === 'ready');
        hung.delete(victim);
    }
    end = true;
    await Promise.all(work);
    await workerOf(nodes);
    const of = `FROM event_delivery d JOIN app a ON a.id = d.app WHERE a.app_id = '${vendor.app_id}'`;
    await eventually(() => postgres.sql(`SELECT count(*) ${of} AND d.state = 0`), (n) => n === '0', { withinMs: 60_000 });
    await poll(); // a delivery changes its order, too
    const orders = new Map(postgres.sql(`SELECT o.id, o.update_time FROM background_check_order o
        JOIN vendor_account v ON v.tenant = o.tenant AND v.id = o.account_id WHERE v.id = ${vendor.account_id}`).split('\n').map((l) => l.split('|')));
    assert.ok(made.size > 200, `${made.size} orders, ${faults} faults`);
    assert.deepEqual([...made].filter((id) => !orders.has(id)), []);
    assert.deepEqual([...orders].filter(([id, at]) => seen.get(id) !== at), []);
    const told = new Set(r.events.map((e) => e.body.event.background_check_id));
    assert.deepEqual([...orders.keys()].filter((id) => !told.has(id)), []);
    assertDelivered(vendor, orders.size);
    t.diagnostic(`${orders.size} orders, ${faults} faults, ${r.events.length - told.size} events were sent twice`);
});

test('commands work beside the nodes, from a machine without one', () => {
    const dir = tempDir();
    assert.ok(hiredOk(['app', 'create', '--data', dir, '--name', 'beside', '--scope', 'all']).app_id);
    assert.ok(hiredOk(['tenant', 'list', '--data', dir]).length > 0);
});

test('limits hold over all nodes, and grow again when a node has ended', async () => {
    await stopAll(nodes);
    const limited = await startNodes(3, { limits: true });
    const app = await runOk(limited[0], 'app', 'create', '--name', 'limited', '--scope', 'all');
    for (const n of limited) n.secrets.add(app.app_secret);
    const clients = limited.map((n) => new Client(n, app));
    await Promise.all(clients.map((x) => x.token()));
    await eventually(() => Promise.all(limited.map(readyz)), (all) => all.every((v) => v.nodes === 3));
    const passed = async (of, n, call) => {
        const all = await Promise.all(Array.from({ length: n }, (_, i) => call(of[i % of.length])));
        return all.filter((x) => x.code !== 99991400).length;
    };
    const drop = (x) => x.call('DELETE', '/open-apis/hire/v1/external_applications/7000000000000000999'); // 20 a minute
    assert.equal(await passed(clients, 90, drop), 20);
    const query = (x) => x.call('POST', '/open-apis/hire/v1/locations/query', { body: { code_list: [], location_type: 1 } }); // 5 a second
    assert.ok(await passed(clients, 60, query) <= 5);

    // Wrong secrets: 20 a minute of one app from one address.
    const guess = async (n) => (await endpoint(n, { AppID: app.app_id, AppSecret: 'wrong' })).code;
    const codes = await Promise.all(Array.from({ length: 60 }, (_, i) => guess(limited[i % 3])));
    assert.equal(codes.filter((code) => code === 514).length, 20);

    await limited[2].stop();
    await eventually(() => Promise.all(limited.slice(0, 2).map(readyz)), (all) => all.every((v) => v.nodes === 2));
    await sleep(1100); // windows of a second have ended
    const both = await passed(clients.slice(0, 2), 40, query);
    assert.ok(both >= 4 && both <= 10, `${both}`);
    await stopAll(limited);
});

after(async () => {
    await stopAll(nodes);
    for (const r of receivers) await r.close();
    await postgres.stop();
});

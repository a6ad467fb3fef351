// SPDX-License-Identifier: Apache-2.0
//
// The server from the operator's view: health, metrics, OpenAPI description, signals, and operations that the platform
// documents but hired does not support.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { operations } from '../../lib/contract.mjs';
import { makeOrder, importItems, range } from '../../lib/data.mjs';
import { demoDir, root, startServer } from '../../lib/server.mjs';
import { onPostgres } from '../../lib/store.mjs';

const server = await startServer({ config: '[log]\nlevel = info\n' });
const client = new Client(server);
const get = (target, o) => send(server.baseUrl, 'GET', target, o);

test('/healthz and /readyz say 200 to anybody', async () => {
    for (const target of ['/healthz', '/readyz']) assert.equal((await get(target)).status, 200);
});

test('/metrics is in the Prometheus text format and counts requests', async () => {
    const value = async (pattern) => {
        const text = (await get('/metrics')).text;
        return text.split('\n').filter((l) => pattern.test(l)).reduce((sum, l) => sum + Number(l.split(' ').pop()), 0);
    };
    const r = await get('/metrics');
    assert.match(r.headers['content-type'], /^text\/plain; version=0\.0\.4/);
    for (const line of r.text.trimEnd().split('\n')) {
        assert.match(line, /^(# (HELP|TYPE) [a-zA-Z_:][\w:]* .+|[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="([^"\\\n]|\\.)*",?)*\})? [-+0-9.eEInfNa]+)$/, line);
    }
    const typed = [...r.text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((m) => m[1]);
    assert.equal(new Set(typed).size, typed.length, 'one TYPE for each name');
    const good = /^hired_requests_total\{.*background_check_order\.list.*code="0"/;
    const bad = /^hired_requests_total\{.*background_check_order\.list.*code="1002002"/;
    const [g, b] = [await value(good), await value(bad)];
    for (let i = 0; i < 7; i++) await client.ok('GET', paths.orders);
    for (let i = 0; i < 3; i++) await client.fails(400, 1002002, 'GET', paths.orders, { query: { page_token: 'x' } });
    assert.equal(await value(good) - g, 7);
    assert.equal(await value(bad) - b, 3);
    assert.ok(r.text.includes('_bucket{'), 'latencies are a histogram');
    for (const secret of server.secrets) assert.ok(!r.text.includes(secret));
});

test('/openapi.json describes every operation', async () => {
    const r = await get('/openapi.json');
    assert.equal(r.status, 200);
    assert.match(r.headers['content-type'], /^application\/json/);
    const api = JSON.parse(r.text);
    assert.match(api.openapi, /^3\./);
    for (const o of operations({ supported: true })) {
        const p = o.path.replace(/:(\w+)/g, '{$1}');
        const described = api.paths[p]?.[o.method.toLowerCase()];
        if (o.access === 'console' || o.access === 'test') {
            assert.equal(described, undefined, `${p} is not part of the open API`);
            continue;
        }
        assert.ok(described, `${o.method} ${p}`);
        const names = (described.parameters ?? []).map((x) => x.name ?? x.$ref.split('/').pop());
        for (const q of o.query ?? []) assert.ok(names.includes(typeof q === 'string' ? q : q.name), `${o.name}: ${JSON.stringify(q)}`);
    }
});

// The typed errors of the platform's SDKs show code and msg alone.
test('each operation that docs/API.md lists as not supported is answered with 501 and a sentence in msg', async () => {
    const rows = fs.readFileSync(path.join(root, 'docs', 'API.md'), 'utf8').split('\n')
        .map((l) => /^\| `([\w.]+)` \| .* \| `([A-Z]+) (\/\S+)` \| no \|/.exec(l)).filter(Boolean);
    assert.ok(rows.length > 100, `${rows.length} rows`);
    assert.deepEqual(rows.map((row) => row[1]).sort(), operations({ supported: false }).map((o) => o.name).sort());
    for (const [, name, method, pattern] of rows) {
        const target = pattern.replace(/:\w+/g, '6985833807195212076');
        for (const token of [undefined, null]) { // signed in or not
            const r = await client.call(method, target, { token, ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }) });
            assert.deepEqual([r.status, r.code], [501, 99991201], name);
            assert.equal(r.msg, `${name} is an operation of the platform that this version of hired does not support; docs/API.md lists what it does`);
        }
    }
});

test('demo.json is readable by its owner only and contains the address of the server', () => {
    const file = path.join(server.dir, 'demo.json');
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const demo = JSON.parse(fs.readFileSync(file, 'utf8'));
    assert.equal(demo.base_url, server.baseUrl);
    assert.match(demo.app_id, /^cli_[0-9a-f]{16}$/);
    assert.match(demo.vendor_app_id, /^cli_[0-9a-f]{16}$/);
    assert.equal(fs.statSync(server.dir).mode & 0o077, 0, 'the data folder is closed to others');
    if (!onPostgres) assert.equal(fs.statSync(path.join(server.dir, 'hired.db')).mode & 0o077, 0);
});

test('SIGHUP rereads the configuration', async () => {
    const quiet = server.log.length;
    await client.ok('GET', paths.orders);
    const file = path.join(server.dir, 'test.ini');
    fs.writeFileSync(file, '[log]\nlevel = info\naccess = on\n');
    server.child.kill('SIGHUP');
    await eventually(async () => {
        await client.ok('GET', paths.orders);
        return server.log.slice(quiet).some((l) => JSON.stringify(l).includes('background_check_order.list')
            || JSON.stringify(l).includes(paths.orders));
    }, Boolean, { what: 'a line for a request' });
    // A broken file changes nothing and says why.
    fs.writeFileSync(file, '[log]\nlevel = shout\n');
    server.child.kill('SIGHUP');
    await server.logged((l) => l.msg === 'configuration not applied' && JSON.stringify(l).includes('shout'));
    await client.ok('GET', paths.orders);
});

test('log lines are JSON with time, level and msg; a request\'s line has its log id', async () => {
    const r = await client.call('GET', paths.orders);
    const line = await server.logged((l) => JSON.stringify(l).includes(r.headers['x-tt-logid']));
    for (const l of server.log) for (const key of ['time', 'level', 'msg']) assert.equal(typeof l[key], 'string', JSON.stringify(l));
    assert.ok(line);
});

// Whether nobody takes a connection at the port.
const refused = (port) => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(false);
    });
    socket.on('error', () => resolve(true));
});

test('SIGTERM: open requests are answered, new connections are not accepted, then the server exits', async () => {
    const dir = demoDir();
    importItems(dir, range(100, makeOrder));
    const s = await startServer({ dir });
    const c = new Client(s);
    const token = await c.token();
    // A request whose body is on its way when the signal comes: the server has asked for it, and sees no more of it until it
    // takes no new connections.
    const body = JSON.stringify({ background_check_id: makeOrder(1).order_id, stage_id: 'last', stage_name: '最后', stage_time: String(Date.now() + 86_400_000) });
    const answer = new Promise((resolve, reject) => {
        const req = http.request({
            host: '127.0.0.1', port: s.port, method: 'POST', path: paths.progress, agent: false,
            headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), Expect: '100-continue' },
        }, (res) => {
            let text = '';
            res.on('data', (d) => (text += d));
            res.on('end', () => resolve({ status: res.statusCode, text, headers: res.headers }));
        });
        req.on('error', reject);
        req.on('continue', async () => {
            req.write(body.slice(0, 20));
            s.child.kill('SIGTERM');
            await eventually(() => refused(s.port), Boolean, { what: 'new connections to be refused' }).catch(reject);
            req.end(body.slice(20));
        });
        req.flushHeaders();
    });
    const r = await answer;
    assert.equal(r.status, 200, r.text);
    assert.equal(JSON.parse(r.text).code, 0);
    await assert.rejects(send(s.baseUrl, 'GET', '/healthz'));
    await s.stop();
    const again = await startServer({ dir });
    const o = await new Client(again).order(makeOrder(1).order_id);
    assert.equal(o.process_info_list[0].process, '最后');
    await again.stop();
});

test('SIGTERM under load: every response is complete, and the exit is clean', async () => {
    const s = await startServer();
    const c = new Client(s);
    await c.token();
    let answered = 0, refused = 0;
    const callers = Array.from({ length: 8 }, async () => {
        for (;;) {
            try {
                await c.ok('GET', paths.orders, { query: { page_size: 5 } });
                answered++;
            } catch (e) {
                // A connection that was refused, or closed before an answer began. "aborted" is an answer that broke off.
                if (e.message === 'aborted' || !/ECONNREFUSED|ECONNRESET|socket hang up|EPIPE/.test(`${e.code} ${e.message}`)) throw e;
                refused++;
                return;
            }
        }
    });
    await eventually(async () => answered, (n) => n > 50);
    assert.equal(refused, 0, 'all callers are at work when the signal comes');
    await s.stop();
    await Promise.all(callers);
    assert.equal(refused, 8);
});

test('SIGINT ends the server cleanly too', async () => {
    const s = await startServer();
    s.child.kill('SIGINT');
    await s.stop();
});

test('a port in use or an impossible directory: an error message and exit status 1', async () => {
    for (const [o, named] of [[{ listen: `127.0.0.1:${server.port}`, dir: demoDir() }, String(server.port)],
        [{ dir: path.join(server.dir, 'demo.json', 'z') }, 'z'], [{ listen: 'nowhere.invalid:1', dir: demoDir() }, 'nowhere']]) {
        await assert.rejects(startServer(o), (e) => {
            assert.match(e.message, /status 1\b/);
            assert.ok(e.message.includes(named), e.message);
            return true;
        });
    }
});

test('ends cleanly, and its log has no secret', () => server.stop());

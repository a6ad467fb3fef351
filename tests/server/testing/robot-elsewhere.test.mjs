// SPDX-License-Identifier: Apache-2.0
// weight: 15
// once
//
// hired robot against servers that people use: without the test mode, behind TLS, and with a restart on the way.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';

import { Client, eventually } from '../../lib/client.mjs';
import { arrange, makeVendor } from '../../lib/events.mjs';
import { binary, demoDir, portToKeep, startServer, tempDir } from '../../lib/server.mjs';

const running = new Set();
test.after(() => {
    for (const robot of running) robot.kill('SIGKILL');
});

// A vendor's robot; what it says.
async function robot(vendor, url, ...args) {
    const child = spawn(binary, ['robot', 'vendor', '--server', url, '--app', vendor.app_id, ...args], { env: { ...process.env, HIRED_APP_SECRET: vendor.app_secret }, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const r = { text: '', errors: '', exited: new Promise((resolve) => child.on('close', (code) => { running.delete(child); resolve(code); })) };
    child.stdout.on('data', (d) => { r.text += d; });
    child.stderr.on('data', (d) => { r.errors += d; });
    r.says = (pattern, count = 1) => eventually(async () => r.text.match(new RegExp(pattern, 'g')) ?? [], (m) => m.length >= count, { what: `${pattern} in ${r.text}${r.errors}` });
    r.end = async () => {
        child.kill('SIGTERM');
        assert.equal(await r.exited, 0, r.errors);
    };
    await r.says('acts by');
    return r;
}
const orderOf = async (server, id) => (await new Client(server).ok('POST', '/open-apis/hire/v1/background_check_orders/batch_query', { body: { background_check_order_id_list: [id] } })).items[0];

test('in real time at a pace, with limits; a server that fetches nothing from its own address gets preview pages', async () => {
    const server = await startServer({ dir: demoDir(), limits: true });
    const vendor = await makeVendor(server, { scopes: ['hire:background_check_order', 'hire:background_check_order:readonly', 'hire:attachment'] }), r = await robot(vendor, server.baseUrl, '--pace', '86400', '--scenario', 'green');
    assert.match(r.text, /acts by the machine's clock/);
    const id = await arrange(server, vendor);
    await r.says('sends a preview page instead|sent the result');
    await r.says('sent the result');
    const o = await orderOf(server, id);
    assert.deepEqual([o.order_status, o.conclusion, o.feedback_info_list.length], [3, 'Green', 2]);
    for (const report of o.feedback_info_list) assert.match(report.report_preview_url, /^https:\/\/vendor\.example\/reports\//);
    await r.end();
    await server.stop();
});

// TLS in front of a port that is known before the server starts.
async function tlsDoor() {
    const dir = tempDir(), [key, cert] = ['key.pem', 'cert.pem'].map((f) => path.join(dir, f));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
    const inner = portToKeep(), sockets = new Set();
    const door = tls.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, (socket) => { // bytes both ways
        const on = net.connect(inner, '127.0.0.1');
        sockets.add(socket).add(on);
        for (const [a, b] of [[socket, on], [on, socket]]) a.on('error', () => b.destroy()).on('close', () => b.destroy()).pipe(b);
    });
    door.on('tlsClientError', () => {});
    await new Promise((resolve) => door.listen(0, '127.0.0.1', resolve));
    return { cert, inner, url: `https://127.0.0.1:${door.address().port}`, close: () => { sockets.forEach((s) => s.destroy()); door.close(); } };
}

test('over TLS: calls and the long connection; without the certificate it says why not', async () => {
    const front = await tlsDoor();
    const server = await startServer({ dir: demoDir(), listen: `127.0.0.1:${front.inner}`, args: ['--base-url', front.url] });
    const vendor = await makeVendor(server, { scopes: ['hire:background_check_order', 'hire:background_check_order:readonly', 'hire:attachment'] }), r = await robot(vendor, front.url, '--ca', front.cert, '--scenario', 'fast');
    const id = await arrange(server, vendor);
    await r.says('sent the result');
    assert.equal((await orderOf(server, id)).order_status, 3);
    await r.end();
    const args = ['robot', 'vendor', '--server', front.url, '--app', vendor.app_id];
    const refused = promisify(execFile)(binary, args, { env: { ...process.env, HIRED_APP_SECRET: vendor.app_secret } });
    await assert.rejects(refused, (e) => e.code === 1 && /certificate/i.test(e.stderr));
    front.close();
    await server.stop();
});

test('a restart of the server on the way', async () => {
    const dir = demoDir(), listen = `127.0.0.1:${portToKeep()}`;
    let server = await startServer({ dir, listen });
    const vendor = await makeVendor(server, { scopes: ['hire:background_check_order', 'hire:background_check_order:readonly', 'hire:attachment'] }), r = await robot(vendor, server.baseUrl, '--pace', '1200', '--scenario', 'red');
    const id = await arrange(server, vendor);
    await r.says('sent progress');
    await server.stop();
    await r.says('was lost');
    server = await startServer({ dir, listen });
    await r.says('receives events', 2);
    const second = await arrange(server, vendor);
    await r.says('follows the scenario', 2);
    await r.says('sent progress', 2);
    assert.deepEqual([(await orderOf(server, id)).process_info_list.length, (await orderOf(server, second)).process_info_list.length], [1, 1]);
    await r.end();
    await server.stop();
});

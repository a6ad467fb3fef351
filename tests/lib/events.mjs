// SPDX-License-Identifier: Apache-2.0
//
// What the tests of events share: an app with its own vendor account, orders arranged from the command line, the server's
// clock, the log of attempts. Commands run beside this process, not instead of it: a receiver in it goes on answering.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { send } from './client.mjs';
import { binary, root, tempDir } from './server.mjs';
import { storeEnv } from './store.mjs';

export const CREATED = 'hire.eco_background_check.created_v1';
export const CANCELED = 'hire.eco_background_check.canceled_v1';
export const loopback = ['--fetch-allow', 'loopback'];
export const testClock = ['--test'];
const application = JSON.parse(fs.readFileSync(path.join(root, 'demo/applications.json'))).data.items[0].id;

// Moves the clock; what falls due has happened then. more: {at_once: true}: it happens afterwards.
export async function advance(server, ms, more) {
    const r = await send(server.baseUrl, 'POST', '/test/clock', { body: JSON.stringify({ advance_ms: ms, ...more }) });
    if (r.status !== 200) throw new Error(`/test/clock: ${r.status} ${r.text}`);
    return JSON.parse(r.text).data.now_ms;
}

// Runs a command on the server's data: {status, stdout, stderr}.
export function run(server, ...args) {
    return new Promise((resolve) => {
        const child = spawn(binary, [...args.slice(0, 2), '--data', server.dir, ...args.slice(2)],
            { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...storeEnv(server.dir) } });
        let stdout = '', stderr = '';
        child.stdout.setEncoding('utf8').on('data', (d) => (stdout += d));
        child.stderr.setEncoding('utf8').on('data', (d) => (stderr += d));
        child.on('close', (status) => resolve({ status, stdout, stderr }));
    });
}

export async function runOk(server, ...args) {
    const r = await run(server, ...args);
    if (r.status !== 0) throw new Error(`hired ${args.join(' ')} ended with ${r.status}:\n${r.stderr}`);
    return JSON.parse(r.stdout);
}

// An app, subscribed to everything, with an account that is bound to it. url: a receiver's.
export async function makeVendor(server, { url, encryptKey, token, type = 'custom', scopes = ['hire:background_check_order:readonly'] } = {}) {
    const app = await runOk(server, 'app', 'create', '--name', 'vendor', '--type', type, ...scopes.flatMap((s) => ['--scope', s]));
    server.secrets.add(app.app_secret);
    const account = await runOk(server, 'vendor', 'create', '--name', 'Our account', '--provider', `p${app.app_id}`, '--app', app.app_id);
    await runOk(server, 'event', 'subscribe', '--app', app.app_id, 'all');
    const vendor = { ...app, account_id: account.account_id };
    if (url) await setUrl(server, vendor, url, { encryptKey, token });
    return vendor;
}

export function trySetUrl(server, app, url, { encryptKey, token } = {}) {
    return run(server, 'event', 'url', '--app', app.app_id, '--url', url, ...(encryptKey === undefined ? [] : ['--encrypt-key', encryptKey]),
        ...(token ? ['--verification-token', token] : []), ...loopback);
}

export async function setUrl(server, app, url, o = {}) {
    if (o.encryptKey) server.secrets.add(o.encryptKey);
    // A receiver has a second to answer, which on a busy machine may pass for other reasons: then it is asked again, as
    // an operator would.
    for (let round = 0; ; round++) {
        const r = await trySetUrl(server, app, url, o);
        if (r.status === 0) return JSON.parse(r.stdout);
        if (round === 5 || !/within a second/.test(r.stderr)) throw new Error(r.stderr);
    }
}

// Arranges a check; its order_id. fields: further members of the order.
export async function arrange(server, vendor, fields) {
    const more = [];
    if (fields) {
        const file = path.join(tempDir(), 'fields.json');
        fs.writeFileSync(file, JSON.stringify(fields));
        more.push('--fields', file);
    }
    const order = await runOk(server, 'order', 'arrange', '--application', application, '--account', vendor.account_id, '--package', '基础版', ...more);
    return order.order_id;
}

export const terminate = (server, order, reason) => runOk(server, 'order', 'terminate', order, '--reason', reason);
export const show = (server, eventId) => runOk(server, 'event', 'show', eventId);
export const list = (server, ...more) => runOk(server, 'event', 'list', ...more);

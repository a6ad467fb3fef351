// SPDX-License-Identifier: Apache-2.0
//
// The official Node SDK's EventDispatcher behind its own HTTP adapter: it answers the challenge, checks every signature,
// decrypts, and gets typed events; with and without an Encrypt Key.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { eventually, sleep } from '../lib/client.mjs';
import { CANCELED, CREATED, arrange, loopback, makeVendor, terminate } from '../lib/events.mjs';
import { demoDir, startServer } from '../lib/server.mjs';

const server = await startServer({ dir: demoDir(), args: loopback });
const warnings = [];
const logger = { error: (...m) => warnings.push(m), warn: (...m) => warnings.push(m), info() {}, debug() {}, trace() {} };

async function sdkReceiver(options) {
    const seen = [];
    const cache = new Map();
    const dispatcher = new lark.EventDispatcher({
        ...options, logger,
        cache: { async set(k, v, e, o) { cache.set(`${o?.namespace}/${String(k?.description ?? k)}`, v); return true; }, async get() { return undefined; } },
    }).register({
        [CREATED]: async (data) => void seen.push([CREATED, data]),
        [CANCELED]: async (data) => void seen.push([CANCELED, data]),
    });
    const listener = http.createServer(lark.adaptDefault('/webhook/event', dispatcher, { autoChallenge: true }));
    await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return { seen, cache, url: `http://127.0.0.1:${listener.address().port}/webhook/event`, close: () => { listener.closeAllConnections?.(); listener.close(); } };
}

for (const options of [{ encryptKey: 'sdk key', verificationToken: 'tok' }, { verificationToken: 'tok' }]) {
    test(`EventDispatcher ${options.encryptKey ? 'with' : 'without'} an Encrypt Key verifies and gets every event`, async () => {
        const r = await sdkReceiver(options);
        const vendor = await makeVendor(server, { url: r.url, encryptKey: options.encryptKey, token: 'tok', type: 'store' });
        const order = await arrange(server, vendor, {
            candidate_info: { name: '王二', mobile: '12000000109', email: 'er.wang@example.com' }, remark: '"/\\\u2028 <&> 😀 \u0007',
        });
        await eventually(async () => r.seen, (s) => s.length >= 1);
        await terminate(server, order, '算了');
        await eventually(async () => r.seen, (s) => s.length >= 2);
        assert.deepEqual(r.seen.map(([type]) => type), [CREATED, CANCELED]);
        const data = r.seen[0][1];
        assert.equal(data.background_check_id, order);
        assert.equal(data.app_id, vendor.app_id);
        assert.equal(data.tenant_key, server.demo.tenant_key);
        assert.equal(data.comment, '"/\\\u2028 <&> 😀 \u0007');
        assert.deepEqual(data.candidate_info, { name: '王二', mobile: { code: '86', number: '12000000109' }, email: 'er.wang@example.com' });
        assert.equal(r.seen[1][1].termination_reason, '算了');
        /* The store app's ticket went into the SDK's cache by itself. */
        await eventually(async () => [...r.cache], (c) => c.some(([k]) => k.startsWith(vendor.app_id)), { what: 'an app_ticket' });
        assert.deepEqual(warnings, []);
        r.close();
        await sleep(50);
    });
}

test('the server ends cleanly', () => server.stop());

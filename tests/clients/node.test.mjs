// SPDX-License-Identifier: Apache-2.0
// once
//
// The Node package for tests (clients/node) against the real server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';

import { binary, root } from '../lib/folders.mjs';

process.env.HIRED_BIN = binary;
const entry = pathToFileURL(path.join(root, 'clients/node/index.js')).href;
const { Hired, HiredError, Webhook } = await import(entry);

const hired = await Hired.start();
test.after(() => hired.stop());

const CREATED = 'hire.eco_background_check.created_v1';
const orders = async (tenant) => (await tenant.call('hr', 'GET', '/open-apis/hire/v1/background_check_orders', { query: { page_size: 10 } })).items ?? [];

test('tenants are apart, and a snapshot brings a tenant back', async () => {
    const [a, b] = [await hired.tenant(), await hired.tenant()];
    const fresh = await a.snapshot('fresh');
    const order = await a.arrange();
    assert.deepEqual((await orders(a)).map((o) => o.order_id), [order]);
    assert.deepEqual(await orders(b), []);
    await fresh.restore();
    assert.deepEqual(await orders(a), []);
    await a.remove();
    await assert.rejects(orders(a), HiredError);
    assert.throws(() => b.app('nobody'), /has no app "nobody"; it has hr, vendor/);
});

test('a webhook that fails, the journal, and the clock', async () => {
    const webhook = await Webhook.listen({ answers: [500] });
    const tenant = await hired.tenant({ requestUrls: { vendor: webhook.url } });
    const order = await tenant.arrange();
    await webhook.wait(1);
    await hired.clock.advance({ seconds: 20 });
    assert.deepEqual(webhook.events.map((e) => [e.header.event_type, e.event.background_check_id]), [[CREATED, order], [CREATED, order]]);
    const attempts = await tenant.journal.wait({ event_type: CREATED }, { count: 2 });
    assert.deepEqual(attempts.map((a) => a.taken ?? false), [false, true]);
    await tenant.journal.expect([{ event_type: CREATED, status: 500 }, { event_type: CREATED, taken: true }]);
    await assert.rejects(tenant.journal.expect([{ event_type: CREATED, status: 418 }], { timeoutMs: 10 }), /MISSING/);
    await assert.rejects(tenant.journal.wait({ event_type: 'app_ticket' }, { timeoutMs: 10 }), /0 of 1 entries/);
    await assert.rejects(webhook.wait(3, 10), /2 of 3 events/);
    await hired.clock.freeze();
    await hired.clock.set(new Date('2030-01-01T00:00:00Z'));
    assert.equal(await hired.clock.now(), Date.parse('2030-01-01T00:00:00Z'));
    await hired.clock.unfreeze();
    await assert.rejects(hired.clock.advance({ weeks: 1 }), /weeks is no unit/);
    await webhook.close();
});

test('robots: a vendor that answers, and a customer', async () => {
    const tenant = await hired.tenant();
    const vendor = await tenant.robot('vendor');
    const order = await tenant.arrange({ candidate: { name: 'Robot Red' } });
    await hired.clock.advance({ days: 1, minutes: 5 }); // further than tokens and sessions last
    assert.deepEqual((await orders(tenant)).map((o) => [o.order_id, o.order_status, o.conclusion]), [[order, 3, 'Red']]);
    await tenant.arrange({ candidate: { name: 'Robot Silent' } });
    const customer = await tenant.robot('customer', { scenario: 'terminate_at_once', name: 'Robot Late' });
    await hired.clock.advance(1000);
    assert.deepEqual([(await customer.state()).ended, (await vendor.state()).orders_over], [true, 2]);
    assert.equal((await orders(tenant)).find((o) => o.order_id === customer.orderId).order_status, 4);
    assert.equal((await vendor.stop()).failed, false);
    await assert.rejects(vendor.state(), /has ended/);
});

test('faults and seeds', async () => {
    const tenant = await hired.tenant();
    await tenant.faults.add({ operation: 'background_check_order.list', status: 503 });
    await assert.rejects(orders(tenant), (e) => e instanceof HiredError && e.status === 503);
    assert.deepEqual(await orders(tenant), []);
    assert.equal((await tenant.faults.clear()).removed, 1);
    await hired.seed({ tenants: [{ tenant_key: 'acme', name: 'Acme' }] });
    assert.deepEqual((await hired.dump('acme')).tenants.map((t) => t.name), ['Acme']);
});

test('mistakes in calls are named', async () => {
    const { moved } = hired.clock;
    for (const time of ['2030-01-01', undefined, NaN]) await assert.rejects(hired.clock.set(time), /a Date, or to a number/);
    for (const span of ['2h', undefined, NaN, { hours: 'two' }]) await assert.rejects(hired.clock.advance(span), /a number of milliseconds, or a sum/);
    await assert.rejects(hired.clock.advance({ hour: 1 }), /hour is no unit of time; there are ms, /);
    await assert.rejects(hired.clock.advance({ days: 10_000 }), /advance_ms: the max value is 315360000000/);
    assert.equal(hired.clock.moved, moved);
    const tenant = await hired.tenant();
    await assert.rejects(tenant.robot('vender'), /kind: options: \[vendor,customer\]/);
    await assert.rejects(tenant.journal.list({ operaton: 'interview.list' }), /there is no operaton; accepted: /);
});

test('errors of the start say what to do', async () => {
    await assert.rejects(Hired.start({ bin: '/nowhere/hired' }), /\/nowhere\/hired is not a program/);
    await assert.rejects(Hired.start({ args: ['--no-such-option'] }), /no-such-option/);
});

test('index.d.ts declares what there is', async () => {
    const types = fs.readFileSync(path.join(root, 'clients/node/index.d.ts'), 'utf8');
    const tenant = await hired.tenant(), webhook = await Webhook.listen(), robot = await tenant.robot();
    const found = { Hired: hired, Webhook: webhook, Tenant: tenant, Robot: robot, Clock: hired.clock, Faults: hired.faults, Journal: hired.journal };
    for (const [name, object] of Object.entries(found)) {
        const [, body] = new RegExp(`^export (?:class|interface) ${name} \\{\n([\\s\\S]*?)^\\}`, 'm').exec(types);
        const declared = [...body.matchAll(/^ {4}(?:readonly )?(\w+)(?=[(:])/gm)].map((m) => m[1]).filter((m) => m !== 'constructor');
        assert.ok(declared.length >= 3, name);
        assert.deepEqual(declared.filter((m) => !(m in object)), [], `${name}: declared, and not there`);
        const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter((m) => m !== 'constructor');
        assert.deepEqual(methods.filter((m) => !declared.includes(m)), [], `${name}: there, and not declared`);
    }
    await robot.stop();
    await webhook.close();
    await tenant.remove();
});

async function gone(what, test) {
    for (const end = Date.now() + 20_000; test();) {
        assert.ok(Date.now() < end, `${what} is still there`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

for (const [how, last] of [['SIGKILL', "process.kill(process.pid, 'SIGKILL')"], ['an exception', "throw new Error('on purpose')"], ['its end', '']]) {
    test(`the server and its directory are gone after ${how} of the test process`, async () => {
        const program = `import { Hired } from '${entry}'; const h = await Hired.start();
            process.stdout.write(JSON.stringify({ url: h.url, dir: h.dir, pid: h.pid }) + '\\n', () => { ${last} });`;
        const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
        let text = '';
        child.stdout.on('data', (d) => (text += d));
        await once(child, 'close');
        const { url, dir, pid } = JSON.parse(text);
        await gone(dir, () => fs.existsSync(dir));
        await gone(`process group ${pid}`, () => {
            try {
                return process.kill(-pid, 0);
            } catch {
                return false;
            }
        });
        await assert.rejects(fetch(`${url}/readyz`));
    });
}

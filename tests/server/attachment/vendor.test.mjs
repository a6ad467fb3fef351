// SPDX-License-Identifier: Apache-2.0
//
// Which attachments a vendor's app reaches: those that it uploaded, and those that its orders name; others are as if they
// did not exist. The tenant's own app reaches all.
// store: both
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { makeOlder, sql } from '../../lib/data.mjs';
import { createApp, startServer } from '../../lib/server.mjs';
import { sqliteOnly } from '../../lib/store.mjs';
import { addAccount, arrangeArgs, cliOk, demoRecords, orderField, paths, pkg } from '../../lib/vendor.mjs';

let server = await startServer();
after(() => server.stop());
const P = '/open-apis/hire/v1/attachments';
const scopes = ['hire:background_check_order', 'hire:attachment', 'hire:attachment:readonly'];
const makeVendor = (type = 'custom') => {
    const app = createApp(server, scopes, { type });
    return Object.assign(new Client(server, app), { account: addAccount(server, app) });
};
const customer = new Client(server), vendor = makeVendor(), other = makeVendor();

async function upload(who) {
    const form = new FormData();
    form.append('content', new Blob(['%PDF-1.4 made up']), 'consent.pdf');
    const r = await fetch(`${server.baseUrl}${P}`, { method: 'POST', headers: { Authorization: `Bearer ${await who.token()}` }, body: form });
    const { code, data } = await r.json();
    assert.equal(code, 0);
    return data.id;
}
const reach = async (who, id, type = 3) => (await who.call('GET', `${P}/${id}`, { query: { type } })).code === 0;
const reachAll = async (id, type) => [await reach(customer, id, type), await reach(vendor, id, type), await reach(other, id, type)];
await vendor.ok('POST', paths.orderFields, { body: { account_id: vendor.account, custom_field_list: [orderField('file', 'consent'), orderField('resume', 'cv'), orderField('text', 'note')] } });
await vendor.ok('POST', paths.packages, { body: { account_id: vendor.account, package_list: [pkg('gold')] } });
const arrange = (...fields) => cliOk(server, ...arrangeArgs(vendor.account, '--package', 'gold', ...fields.flatMap((f) => ['--field', f])));

test('what nobody has given a vendor is none to it, in the same words as what does not exist', async () => {
    const id = await upload(customer);
    assert.deepEqual(await reachAll(id), [true, false, false]);
    const words = async (of) => (await vendor.fails(400, 1002002, 'GET', `${P}/${of}`, { query: { type: 3 } })).msg.replace(of, 'ID');
    assert.equal(await words(id), await words('1234567890123456789'));
    await vendor.fails(400, 1002002, 'GET', `${P}/${demoRecords('attachments')[0].id}/preview`);
});

test('what it uploaded itself', async () => {
    assert.deepEqual(await reachAll(await upload(vendor)), [true, true, false]);
});

const named = await upload(customer), noted = await upload(customer);
const resume = demoRecords('attachments')[0].id;
test('what a file or resume field of its orders names, and nothing that a text does', async () => {
    assert.deepEqual(await reachAll(named), [true, false, false]);
    arrange(`consent=${named}`, `cv=${resume}`, `note=${noted}`);
    assert.deepEqual(await reachAll(named), [true, true, false]);
    assert.deepEqual(await reachAll(noted), [true, false, false]);
    assert.deepEqual(await reachAll(resume, 1), [true, true, false]);
    assert.ok((await vendor.ok('GET', `${P}/${resume}/preview`)).url);
});

test('what its orders named before schema 011 is found in their records', sqliteOnly, async () => {
    await server.stop();
    makeOlder(server.dir, 10);
    server = await startServer({ dir: server.dir });
    for (const who of [customer, vendor, other]) who.server = server;
    assert.deepEqual([await reachAll(named), await reachAll(resume, 1)], [[true, true, false], [true, true, false]]);
    const rows = sql(server.dir, 'SELECT attachment_id AS id FROM background_check_order_attachment').map((r) => r.id);
    assert.ok(rows.includes(named) && rows.includes(resume));
});

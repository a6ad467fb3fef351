// SPDX-License-Identifier: Apache-2.0
//
// User ids that exist but are not valid for the calling app: ids of another app or of another tenant.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { answerOf, saveAnswer } from '../../lib/data.mjs';
import { runOk } from '../../lib/events.mjs';
import { hiredOk, startServer } from '../../lib/server.mjs';
import { demoRecords } from '../../lib/vendor.mjs';

const server = await startServer();
after(() => server.stop());
const cli = (...args) => runOk(server, ...args);
async function makeApp(...more) {
    const app = await cli('app', 'create', '--name', 'x', '--scope', 'all', ...more);
    server.secrets.add(app.app_secret);
    return app;
}
const here = new Client(server), neighbour = new Client(server, await makeApp('--tenant', server.demo.tenant_key));
const { tenant_key: there } = await cli('tenant', 'create', '--name', 'elsewhere');
const foreignApp = await makeApp('--tenant', there), foreign = new Client(server, foreignApp);
const [example] = demoRecords('users');
const users = saveAnswer(answerOf([{ ...example, user_id: 'elsewhere1', email: 'e1@example.org', mobile: '+8613900000001' }]));
hiredOk(['import', '--data', server.dir, '--tenant', there, '--app', foreignApp.app_id, '--user-id-type', 'user_id', users]);

const path = (id) => `/open-apis/contact/v3/users/${id}`;
const ids = async (c, user_id) => (await c.ok('GET', path(user_id), { query: { user_id_type: 'user_id' } })).user;
const mine = await ids(here, example.user_id), neighbours = await ids(neighbour, example.user_id), theirs = await ids(foreign, 'elsewhere1');
const refused = async (c, type, id, code, msg) => {
    const r = await c.fails(400, code, 'GET', path(id), { query: { user_id_type: type } });
    assert.equal(r.msg, msg);
    return r;
};

test('an open_id of another app is rejected with 99992361, in the same tenant or another', async () => {
    for (const id of [neighbours.open_id, theirs.open_id]) {
        const r = await refused(here, 'open_id', id, 99992361, 'open_id cross app');
        assert.match(r.error.message, new RegExp(`${id}.*another app`));
    }
    assert.equal((await here.ok('GET', path(mine.open_id))).user.user_id, example.user_id);
});

test('a user_id or union_id of another tenant is rejected with its own code', async () => {
    await refused(here, 'user_id', 'elsewhere1', 99992364, 'user id cross tenant');
    await refused(foreign, 'user_id', example.user_id, 99992364, 'user id cross tenant');
    await refused(here, 'union_id', theirs.union_id, 99992381, 'union_id cross tenant');
});

test('unknown ids are reported as not existing, also together with ids of another tenant', async () => {
    await refused(here, 'open_id', 'ou_00000000000000000000000000000000', 99992351, 'these ids not existed: [ou_00000000000000000000000000000000]');
    await refused(here, 'user_id', 'nobody', 99992360, 'these ids not existed: [nobody]');
    await refused(here, 'union_id', 'on_nobody', 99992364, 'these ids not existed: [on_nobody]');
    const batch = (q) => here.call('GET', `/open-apis/contact/v3/users/batch?${q}`);
    const mixed = await batch('user_id_type=user_id&user_ids=elsewhere1&user_ids=nobody');
    assert.deepEqual([mixed.code, mixed.msg], [99992360, 'these ids not existed: [elsewhere1, nobody]']);
    const both = await batch(`user_id_type=open_id&user_ids=${neighbours.open_id}&user_ids=${theirs.open_id}`);
    assert.equal(both.code, 99992361);
});

test('a foreign id in a request body gets the same code', async () => {
    const body = { talent_id: '7612524932627127164', job_id: '7601710721983758217', user_id: neighbours.open_id };
    await here.fails(400, 99992361, 'POST', '/open-apis/hire/v1/applications', { body });
});

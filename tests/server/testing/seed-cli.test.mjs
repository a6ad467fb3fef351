// SPDX-License-Identifier: Apache-2.0
//
// Seeds from the command line: hired seed, and hired serve --test --seed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Client } from '../../lib/client.mjs';
import { hired, hiredOk, startServer, tempDir } from '../../lib/server.mjs';
import { Toolbox } from '../../lib/toolbox.mjs';

const order = { order_id: '7300000000000000001', application_id: '7200000000000000001', account_id: '7100000000000000001', package: 'Standard', order_status: 4,
    cancelled: true, reason: '联系不上', begin_time: '1790000000000', end_time: '1790003600000' };
const parts = (id) => ({
    name: 'Acme',
    apps: [{ name: 'checks', ...id, app_secret: 'the-secret-of-the-vendor', scopes: ['all'] }],
    users: [{ user_id: 'ada', name: 'Ada', login: 'ada', password: 'the password of ada', roles: ['recruiter'] }],
    jobs: [{ id: '7210000000000000001', title: 'Engineer' }],
    talents: [{ id: '7220000000000000001', basic_info: { name: '陈晨', email: 'chen@example.com' } }],
    applications: [{ id: '7200000000000000001', talent_id: '7220000000000000001', job_id: '7210000000000000001' }],
    vendors: [{ account_id: '7100000000000000001', name: 'Checks', provider_id: 'checks', app: 'checks', packages: [{ id: 'std', name: 'Standard', description: 'all' }] }],
    orders: [order],
});
const seed = { tenants: [{ tenant_key: 'acme', ...parts({ app_id: 'cli_00000000000000a1' }) }], templates: [{ name: 'copy', tenant: parts({}) }] };
const write = (content) => {
    const file = path.join(tempDir(), 'seed.json');
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return file;
};
const vendor = (server) => new Client(server, { app_id: 'cli_00000000000000a1', app_secret: 'the-secret-of-the-vendor' });
const statuses = async (client) => (await client.orders({ page_size: 10 })).items.map((o) => [o.order_id, o.order_status, o.end_time]);
const wanted = [[order.order_id, 4, order.end_time]];

test('a server starts with a seed, and again with the same', async () => {
    const dir = tempDir();
    const args = ['--test', '--seed', write(seed)];
    for (const says of [/seed\.json: \d+ records made, 0 were there already/, /seed\.json: 0 records made, \d+ were there already/]) {
        const server = await startServer({ dir, args });
        assert.match(server.stdout, says);
        assert.doesNotMatch(server.stdout, /differs/);
        assert.deepEqual(await statuses(vendor(server)), wanted);
        const copy = await new Toolbox(server).tenant({ template: 'copy' });
        assert.deepEqual(await statuses(new Toolbox(server).client(copy, 'checks')), wanted);
        await server.stop();
    }
    const other = { tenants: [{ ...seed.tenants[0], users: [{ user_id: 'ada', name: 'Other' }] }] };
    const server = await startServer({ dir, args: ['--test', '--seed', write(other)] });
    assert.match(server.stdout, /differs: tenants\[0\]\.users\[0\]\.name is "Ada", not "Other"/);
    await server.stop();
});

test('a server with a wrong seed, or without the test mode, does not start', () => {
    const file = write(seed);
    const plain = hired(['serve', '--data', tempDir(), '--listen', '127.0.0.1:0', '--seed', file]);
    assert.equal(plain.status, 1);
    assert.match(plain.stderr, /--seed is for the test mode: add --test/);
    const wrong = structuredClone(seed);
    wrong.tenants[0].orders[0].package = 'none';
    const r = hired(['serve', '--test', '--data', tempDir(), '--listen', '127.0.0.1:0', '--seed', write(wrong)]);
    assert.equal(r.status, 1);
    assert.match(r.stderr, /seed\.json:\d+:\d+: tenants\[0\]\.orders\[0\]: .*no package/);
    assert.match(r.stderr, /nothing is served/);
    assert.match(hired(['serve', '--test', '--data', tempDir(), '--listen', '127.0.0.1:0', '--seed', '/nowhere/x']).stderr, /cannot read \/nowhere\/x/);
});

test('hired seed makes, compares, describes, without a server and beside one', async () => {
    const dir = tempDir();
    const file = write(seed);
    assert.match(hiredOk(['seed', file, '--data', dir]), /\d+ records made, 0 were there already/);
    const dump = hiredOk(['seed', '--dump', '--data', dir]);
    assert.doesNotMatch(JSON.stringify(dump.tenants), /the-secret|the password/);
    assert.deepEqual(dump.tenants[0].orders, [{ ...order, candidate_info: { name: '陈晨', email: 'chen@example.com' }, update_time: order.end_time }]);
    const again = hiredOk(['seed', write(dump), '--json', '--data', dir]);
    assert.deepEqual([again.made, again.differences], [0, []]);

    const server = await startServer({ dir, args: ['--test'] });
    assert.deepEqual(await statuses(vendor(server)), wanted);
    assert.match(hiredOk(['seed', file, '--data', dir]), /0 records made/);
    const more = structuredClone(seed);
    more.tenants[0].tenant_key = 'more';
    more.tenants[0].apps[0].app_id = 'cli_00000000000000a2';
    more.tenants[0].users[0].login = 'ada-2';
    more.templates[0].name = 'copy-2';
    const made = hiredOk(['seed', write(more), '--json', '--data', dir]);
    assert.deepEqual([made.stood, made.tenants[0].apps[0].app_secret], [0, 'the-secret-of-the-vendor']);
    server.secrets.add(made.tenants[0].apps[0].tenant_access_token);
    assert.deepEqual(await statuses(new Client(server, { app_id: 'cli_00000000000000a2', app_secret: 'the-secret-of-the-vendor' })), wanted);
    assert.equal((await new Toolbox(server).tenant({ template: 'copy-2' })).order_ids.length, 1);
    assert.deepEqual(hiredOk(['seed', '--dump', '--tenant', 'more', '--data', dir]).tenants.map((t) => t.tenant_key), ['more']);
    assert.match(hired(['seed', '--dump', '--tenant', 'x', '--data', dir]).stderr, /there is no tenant "x"/);
    await server.stop();
    hiredOk(['check', '--data', dir]);
});

test('mistakes are named with their place in the file', () => {
    const dir = tempDir();
    const told = (content, pattern) => {
        const r = hired(['seed', write(content), '--data', dir]);
        assert.equal(r.status, 1, r.stdout);
        assert.match(r.stderr, pattern);
        assert.match(r.stderr, /nothing was made/);
    };
    told('{"tenants":[', /seed\.json: not JSON at line 1|line 1/);
    told('{\n "tenants": [\n  {"tenant_key": "a", "apps": [{"name": "x", "scopse": []}]}\n ]\n}', /seed\.json:3:\d+: tenants\[0\]\.apps\[0\]\.scopse: is not a member of a seed/);
    told('{"tenant": []}', /tenant: is not a member of a seed: it has tenants, templates and \$schema/);
    told('{"tenants":[{"name":"x"}]}', /tenants\[0\]\.tenant_key: is required/);
    assert.ok(!fs.existsSync(path.join(dir, 'hired.db')));
    const schema = hiredOk(['seed', '--schema']);
    assert.ok(schema.definitions.seed_order.properties.order_status.enum.includes(8));
    assert.equal(hired(['seed', '--data', dir]).status, 2);
    assert.match(hired(['seed', '--dump', '--data', dir]).stderr, /there is no database/i);
});

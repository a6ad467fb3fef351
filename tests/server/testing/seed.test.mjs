// SPDX-License-Identifier: Apache-2.0
//
// Seeds: a start that is chosen, not generated.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Client, send } from '../../lib/client.mjs';
import { demoDir, hiredOk, startServer, tempDir } from '../../lib/server.mjs';
import { Toolbox } from '../../lib/toolbox.mjs';

const server = await startServer({ dir: tempDir(), args: ['--test'] });
test.after(() => server.stop());
const toolbox = new Toolbox(server);

const T0 = 1_790_000_000_000;
const account = '7100000000000000001';
const application = '7200000000000000001';
const hour = 3_600_000;
const ms = (hours) => String(T0 + hours * hour);
const stage = (n, hours) => ({ process: `阶段${n}`, en_process: `stage ${n}`, update_time: ms(hours) });
const report = (more) => ({ report_name: '报告', report_preview_url: 'https://vendor.example/report', ...more });
const order = (n, more) => ({ order_id: `730000000000000000${n}`, application_id: application, account_id: account, package: 'Standard', begin_time: ms(n), ...more });

// An order in each state.
const orders = [
    order(1, { order_status: 8 }),
    order(2, { order_status: 2, update_time: ms(2) }),
    order(3, { order_status: 2, process_info_list: [stage(2, 6), stage(1, 5)], feedback_info_list: [report({ report_type: 1, create_time: ms(7), result: '履历核实中' })] }),
    order(4, { order_status: 3, conclusion: '绿灯', end_time: ms(30), update_time: ms(30), process_info_list: [stage(1, 5)],
        feedback_info_list: [report({ report_type: 2, create_time: ms(30), result: '绿灯' })] }),
    order(5, { order_status: 4, reason: '候选人放弃', end_time: ms(9), process_info_list: [stage(1, 6)] }),
    order(6, { order_status: 4, cancelled: true, reason: '联系不上', end_time: ms(10) }),
    order(7, { order_status: 5, begin_time: ms(7) }),
    order(8, { order_status: 9, reason: '预算不足', update_time: ms(11) }),
    order(9, { order_status: 6, update_time: ms(12), feedback_info_list: [report({ create_time: ms(11.5), result: '黄灯' })] }),
];
const tenant = {
    tenant_key: 'acme', name: 'Acme',
    apps: [
        { name: 'hr', app_id: 'cli_00000000000000a1', app_secret: 'the-secret-of-the-hr-app', scopes: ['all'], events: ['hire.application.stage_changed_v1'],
            request_url: 'https://hr.example/events', encrypt_key: 'a key', verification_token: 'a token' },
        { name: 'checks', app_id: 'cli_00000000000000a2', app_secret: 'the-secret-of-the-vendor', scopes: ['all'], events: ['all'] },
    ],
    users: [
        { user_id: 'ada', name: '艾达', en_name: 'Ada', email: 'ada@acme.example', mobile: '+8613800000001', union_id: 'on_of_ada',
            open_ids: [{ app: 'hr', open_id: 'ou_of_ada_in_hr' }], login: 'ada', password: 'the password of ada', roles: ['recruiter', 'approver'] },
        { user_id: 'bob', name: '鲍勃' },
    ],
    jobs: [{ id: '7210000000000000001', title: '工程师', code: 'E1', create_user_id: 'ada' }],
    talents: [{ id: '7220000000000000001', is_onboarded: false, basic_info: { name: '陈晨', mobile: '13900000001', mobile_code: '86', email: 'chen@example.com' } }],
    applications: [{ id: application, talent_id: '7220000000000000001', job_id: '7210000000000000001', active_status: 1, creator_id: 'bob', create_time: ms(0), modify_time: ms(0) }],
    vendors: [{ account_id: account, name: 'Checks', provider_id: 'checks', provider_name: { zh_cn: '背调', en_us: 'Checks' }, app: 'checks',
        order_fields: [{ type: 'multiselect', key: 'parts', name: { zh_cn: '部分', en_us: 'Parts' }, is_required: false,
            options: [{ key: 'a', name: { zh_cn: '甲', en_us: 'A' } }, { key: 'b', name: { zh_cn: '乙', en_us: 'B' } }] }],
        packages: [{ id: 'std', name: 'Standard', description: 'all' }], additional_items: [{ id: 'extra', name: 'Extra', description: 'more' }] }],
    orders: [...orders,
        { ...order(0, { order_id: '7300000000000000010', begin_time: ms(1) }), package: 'std', ext_item_info_list: [{ id: 'extra' }], creator_info: { user_id: 'ada' },
            custom_data_list: [{ key: 'parts', value: '["a","b"]' }], remark: '加急' },
        { order_id: '7300000000000000011', application_id: application, name: '自查', order_status: 3, conclusion: '绿灯', update_time: ms(4),
            feedback_info_list: [report({ report_preview_url: undefined, attachment_url: 'https://vendor.example/own.pdf', result: '绿灯' })] }],
    interviews: [{ id: '7400000000000000001', application_id: application, begin_time: T0, end_time: T0 + hour, round: 1,
        interview_record_list: [{ id: '7410000000000000001', user_id: 'ada', commit_status: 2 }] }],
};
const copy = (change) => {
    const t = structuredClone(tenant);
    change(t);
    return { tenants: [t] };
};

test('a seed is made as it says, with ids and secrets of its own choosing', async () => {
    const made = await toolbox.seed({ tenants: [tenant] });
    assert.deepEqual([made.differences, made.stood], [[], 0]);
    assert.equal(made.tenants[0].tenant_key, 'acme');
    const hr = new Client(server, { app_id: 'cli_00000000000000a1', app_secret: 'the-secret-of-the-hr-app' });
    assert.equal(await hr.token(), made.tenants[0].apps[0].tenant_access_token);
    const user = await hr.ok('GET', '/open-apis/contact/v3/users/ou_of_ada_in_hr');
    assert.deepEqual([user.user.user_id, user.user.union_id, user.user.name], ['ada', 'on_of_ada', '艾达']);
    await toolbox.person(made.tenants[0], 'ada');
    const all = new Map((await hr.walk('GET', '/open-apis/hire/v1/background_check_orders', { query: { page_size: 100, user_id_type: 'user_id' } })).map((o) => [o.order_id, o]));
    assert.equal(all.size, tenant.orders.length);
    for (const o of orders) {
        const is = all.get(o.order_id);
        assert.equal(is.order_status, o.order_status, o.order_id);
        assert.equal(is.begin_time, o.begin_time);
        if (o.end_time) assert.equal(is.end_time, o.end_time);
        assert.deepEqual(is.process_info_list ?? [], o.process_info_list ?? []);
        assert.deepEqual((is.feedback_info_list ?? []).map((f) => [f.create_time, f.result, f.report_type]),
            (o.feedback_info_list ?? []).map((f) => [f.create_time, f.result, f.report_type ?? 2]));
    }
    const full = all.get('7300000000000000010');
    assert.deepEqual([full.package, full.ext_item_info_list, full.custom_data_list, full.creator_info, full.candidate_info.name],
        ['Standard', [{ id: 'extra', name: 'Extra' }], [{ key: 'parts', value: '["a","b"]' }], { user_id: 'ada' }, '陈晨']);
    assert.equal(all.get('7300000000000000011').name, '自查');
    // The vendor's app goes on from there, within the rules: a stage must be later than the seed's last one.
    const vendor = new Client(server, { app_id: 'cli_00000000000000a2', app_secret: 'the-secret-of-the-vendor' });
    const progress = (hours) => ({ body: { background_check_id: orders[2].order_id, stage_id: `at ${hours}`, stage_name: '三', stage_time: ms(hours) } });
    await vendor.fails(400, 1002002, 'POST', '/open-apis/hire/v1/eco_background_checks/update_progress', progress(6));
    await vendor.ok('POST', '/open-apis/hire/v1/eco_background_checks/update_progress', progress(8));
    // No event was sent for what the seed made.
    const person = await toolbox.person(made.tenants[0], 'ada');
    assert.deepEqual((await person.call('GET', 'events')).data?.items ?? [], []);
    hiredOk(['check', '--data', server.dir]);
});

test('applied again, what stands is left, and what differs is named', async () => {
    const again = await toolbox.seed({ tenants: [tenant] });
    assert.equal(again.made, 0);
    // The vendor has pushed a stage since.
    assert.deepEqual(again.differences.map((d) => d.path), ['tenants[0].orders[2].process_info_list']);
    const other = await toolbox.seed(copy((t) => {
        t.name = 'Other';
        t.users[1].name = 'Bob';
        t.apps[0].app_secret = 'another-secret';
        t.apps[1].scopes = ['hire:job:readonly'];
        t.vendors[0].packages[0].name = 'Standard 2';
        t.orders.splice(2, 1);
        t.orders[3].order_status = 3;
        t.users.push({ user_id: 'new' });
    }));
    assert.equal(other.made, 1);
    assert.deepEqual(other.differences.map((d) => d.path).sort(), ['tenants[0].apps[0].app_secret', 'tenants[0].name', 'tenants[0].orders[3].order_status',
        'tenants[0].users[1].name', 'tenants[0].vendors[0].packages']);
    const name = other.differences.find((d) => d.path === 'tenants[0].users[1].name');
    assert.deepEqual([name.seed, name.stands], ['"Bob"', '"鲍勃"']);
});

test('a wrong seed is refused with the place and what is accepted, and nothing is made', async () => {
    const before = await toolbox.ok('GET', '/test/seed');
    const wrong = async (pattern, change) => {
        await toolbox.refused(pattern, 'POST', '/test/seed', copy((t) => {
            t.tenant_key = 'wrong';
            t.apps.forEach((a, i) => (a.app_id = `cli_00000000000000b${i}`));
            t.users[0].login = 'ada2';
            change(t);
        }));
    };
    await wrong(/tenants\[0\]\.apps\[1\]\.app_id: must be cli_ and 16 hex digits/, (t) => (t.apps[1].app_id = 'cli_x'));
    await wrong(/apps\[0\]\.scopes\[0\]: "hire:jbo" is not a scope/, (t) => (t.apps[0].scopes = ['hire:jbo']));
    await wrong(/apps\[0\]\.events\[0\]: hired sends no event "x"/, (t) => (t.apps[0].events = ['x']));
    await wrong(/apps\[0\]\.secret: is not a member of a seed/, (t) => (t.apps[0].secret = 'x'));
    await wrong(/users\[1\]: needs user_id|users\[1\]\.user_id/, (t) => delete t.users[1].user_id);
    await wrong(/users\[1\]\.user_id: "ada" stands twice/, (t) => (t.users[1].user_id = 'ada'));
    await wrong(/users\[0\]\.roles\[0\]: must be admin, recruiter/, (t) => (t.users[0].roles = ['boss']));
    await wrong(/users\[0\]\.open_ids\[0\]: the tenant has no app "x"/, (t) => (t.users[0].open_ids[0].app = 'x'));
    await wrong(/the login ada is taken/, (t) => (t.users[0].login = 'ada'));
    await wrong(/another app has the app_id cli_00000000000000a1/, (t) => (t.apps[0].app_id = 'cli_00000000000000a1'));
    await wrong(/vendors\[0\]: the tenant has no app "nobody"/, (t) => (t.vendors[0].app = 'nobody'));
    // Orders that cannot come about.
    await wrong(/orders\[3\]: .*earlier than the step before it/, (t) => (t.orders[3].end_time = t.orders[3].feedback_info_list[0].create_time = ms(1)));
    await wrong(/orders\[0\]\.order_status: is 3 in the seed, but 2 comes of it/, (t) => (t.orders[0].order_status = 3));
    await wrong(/orders\[4\]: order_status 4 needs a reason/, (t) => delete t.orders[4].reason);
    await wrong(/orders\[1\]: .*package/, (t) => (t.orders[1].package = 'none'));
    await wrong(/orders\[1\]: there is no application/, (t) => (t.orders[1].application_id = '1'));
    await wrong(/orders\[9\]: .*"c"/, (t) => (t.orders[9].custom_data_list[0].value = '["c"]'));
    await wrong(/orders\[2\]: .*interim report/, (t) => (t.orders[2].process_info_list = []));
    await wrong(/order_status: .*|the order_status/, (t) => (t.orders[0].order_status = 7));
    assert.deepEqual(await toolbox.ok('GET', '/test/seed'), before);
});

test('what is there can be written as a seed, and made elsewhere', async (t) => {
    const demo = await startServer({ dir: demoDir(), args: ['--test'] });
    t.after(() => demo.stop());
    const dump = await new Toolbox(demo).ok('GET', '/test/seed');
    assert.ok(dump.tenants[0].orders.length >= 10 && dump.tenants[0].interviews.length >= 10);
    assert.doesNotMatch(JSON.stringify(dump), /secret/);
    const same = await new Toolbox(demo).seed({ tenants: dump.tenants });
    assert.deepEqual([same.made, same.differences], [0, []]);
    const made = await toolbox.seed({ tenants: dump.tenants });
    assert.deepEqual([made.stood, made.differences], [0, []]);
    const key = dump.tenants[0].tenant_key;
    assert.deepEqual((await toolbox.ok('GET', `/test/seed?tenant_key=${key}`)).tenants, dump.tenants);
    await toolbox.refused(/no tenant "nobody"/, 'GET', '/test/seed?tenant_key=nobody');
    // The demo's data read alike through the API.
    const [there, here] = [new Client(demo), new Client(server, made.tenants[0].apps.find((a) => a.app_id === demo.demo.app_id))];
    const list = (c) => c.walk('GET', '/open-apis/hire/v1/interviews', { query: { page_size: 100, user_id_type: 'user_id', start_time: 1, end_time: 4_000_000_000_000 } });
    const ids = async (c) => (await list(c)).map((i) => i.id).sort();
    assert.deepEqual(await ids(here), await ids(there));
    hiredOk(['check', '--data', server.dir]);
});

test('templates of a seed make tenants, and are tried out before they are kept', async () => {
    const template = structuredClone(tenant);
    delete template.tenant_key;
    template.apps.forEach((a) => delete a.app_id);
    const count = (await toolbox.ok('GET', '/test/tenants')).items.length;
    await toolbox.refused(/templates\[0\]\.tenant\.apps\[0\]\.app_id: a template's apps have none/, 'POST', '/test/seed',
        { templates: [{ name: 'acme', tenant: { ...template, apps: tenant.apps } }] });
    await toolbox.refused(/templates\[0\]\.tenant\.orders\[0\]\.order_status: is 3/, 'POST', '/test/seed',
        { templates: [{ name: 'acme', tenant: { ...template, orders: [{ ...orders[0], order_status: 3 }] } }] });
    await toolbox.refused(/no template "acme"/, 'POST', '/test/tenants', { template: 'acme' });
    await toolbox.seed({ templates: [{ name: 'acme', tenant: template }] });
    assert.equal((await toolbox.ok('GET', '/test/tenants')).items.length, count);

    const [a, b] = [await toolbox.tenant({ template: 'acme' }), await toolbox.tenant({ template: 'acme' })];
    assert.notEqual(a.tenant_key, b.tenant_key);
    // Ids and secrets are those of the template in each tenant; but app_ids, keys and logins are each tenant's own.
    assert.deepEqual(a.order_ids, tenant.orders.map((o) => o.order_id));
    assert.deepEqual([a.apps[0].app_secret, b.apps[0].app_secret], ['the-secret-of-the-hr-app', 'the-secret-of-the-hr-app']);
    assert.deepEqual(a.users[0].ids[0], { app: 'hr', app_id: a.apps[0].app_id, open_id: 'ou_of_ada_in_hr', union_id: 'on_of_ada' });
    const status = async (t) => (await toolbox.client(t, 'hr').orders({ page_size: 100 })).items.map((o) => o.order_status).sort();
    assert.deepEqual(await status(a), await status(b));
    // A template that is replaced is used at once.
    await toolbox.seed({ templates: [{ name: 'acme', tenant: { ...template, name: 'Acme 2', orders: [] } }] });
    const c = await toolbox.tenant({ template: 'acme' });
    assert.deepEqual([c.name, c.order_ids], ['Acme 2', []]);
    assert.deepEqual((await toolbox.ok('GET', '/test/seed')).templates.map((t) => [t.name, t.tenant.name]), [['acme', 'Acme 2']]);
});

test('the schema describes every member that a description has', async () => {
    const schema = await send(server.baseUrl, 'GET', '/test/seed/schema').then((r) => JSON.parse(r.text));
    await toolbox.call('GET', '/test/seed/schema');
    const check = (value, of, place) => {
        if (of.$ref) return check(value, schema.definitions[of.$ref.replace('#/definitions/', '')], place);
        const type = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
        assert.equal(of.type === 'number' && type === 'integer' ? 'number' : type, of.type, place);
        if (of.enum) assert.ok(of.enum.includes(value), `${place}: ${value} is none of ${of.enum}`);
        if (type === 'array') value.forEach((v, i) => check(v, of.items, `${place}[${i}]`));
        if (type !== 'object') return undefined;
        for (const name of of.required ?? []) assert.ok(name in value, `${place}: needs ${name}`);
        for (const [name, v] of Object.entries(value)) {
            if (of.properties?.[name]) check(v, of.properties[name], `${place}.${name}`);
            else assert.notEqual(of.additionalProperties, false, `${place}: has no ${name}`);
        }
        return undefined;
    };
    check(await toolbox.ok('GET', '/test/seed'), schema, '');
    check(JSON.parse(JSON.stringify({ tenants: [tenant] })), schema, '');
    assert.throws(() => check({ tenants: [{ tenant_key: 'x', app: [] }] }, schema, ''), /has no app/);
});

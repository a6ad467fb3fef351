// SPDX-License-Identifier: Apache-2.0
//
// Data that vendors push: fields of accounts and orders, packages and add-on items; who may change them, and how the input of
// customers and recruiters is validated against them.
// store: both
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { createApp, startServer } from '../../lib/server.mjs';
import { accountField, addAccount, arrangeArgs, cli, cliOk, demoRecords, name, nineTypes, orderField, paths, pkg } from '../../lib/vendor.mjs';

const server = await startServer();
after(() => server.stop());
const scopes = ['hire:background_check_order', 'hire:background_check_order:readonly'];
const customer = new Client(server); // the tenant's own app, bound to no account
const makeVendor = (type = 'custom') => {
    const app = createApp(server, scopes, { name: 'vendor', type });
    return Object.assign(new Client(server, app), { account: addAccount(server, app) });
};
const vendor = makeVendor();
const other = makeVendor();
const empty = { code: 0, msg: 'success', data: {} };
const post = (path, body, who = vendor) => who.ok('POST', path, { body });
const patch = (path, body, who = vendor) => who.ok('PATCH', path, { body });
const refused = async (code, method, path, body, words, who = vendor) => {
    const r = await who.fails(400, code, method, path, { body });
    if (words) assert.match(r.msg, words);
    return r;
};
const shown = (account) => cliOk(server, 'vendor', 'show', account);
const keys = (list) => list.map((f) => f.key);

/* ---- the fields of an account ---- */

const fieldsOf = (who) => cliOk(server, 'vendor', 'fields', ...(who ? ['--app', who.app.app_id] : []));

test('account fields: the last call counts, for each scope and app', async () => {
    const r = await vendor.call('POST', paths.accountFields, { body: { scope: 1, custom_field_list: [accountField('x'), accountField('y')] } });
    assert.deepEqual(r.body, { ...empty, msg: 'ok' });
    const list = [accountField('account_token', { description: name('ask us') }), accountField('note', { is_required: false })];
    await post(paths.accountFields, { scope: 1, custom_field_list: list });
    await post(paths.accountFields, { scope: 2, custom_field_list: [accountField('paper')] });
    await post(paths.accountFields, { scope: 1, custom_field_list: [accountField('theirs')] }, other);
    assert.deepEqual(fieldsOf(vendor), list);
    assert.deepEqual(keys(fieldsOf(other)), ['theirs']);
    await post(paths.accountFields, { scope: 1, custom_field_list: [...list, accountField('x')] });
    assert.deepEqual(keys(fieldsOf(vendor)), ['account_token', 'note', 'x'], 'what was left out may come back');
});

test('account fields: what is refused', async () => {
    const create = (body, words, code = 1002002) => refused(code, 'POST', paths.accountFields, body, words);
    await create({ scope: 1, custom_field_list: [accountField('a'), accountField('a')] }, /"a" is given twice/);
    await create({ scope: 1, custom_field_list: [] }, /at least one field/);
    await create({ scope: 1, custom_field_list: [accountField('a', { name: {} })] }, /custom_field_list\[0\]\.name needs zh_cn or en_us/);
    await create({ scope: 1, custom_field_list: [accountField('k'.repeat(201))] }, /custom_field_list\[0\]\.key may have at most 200/);
    const r = await create({ scope: 3, custom_field_list: [{ name: {} }] }, undefined, 99992402);
    assert.deepEqual(r.error.field_violations.map((v) => v.field).sort(), ['custom_field_list[0].is_required', 'custom_field_list[0].key', 'scope']);
    await create({}, undefined, 99992402);
    assert.deepEqual(keys(fieldsOf(vendor)), ['account_token', 'note', 'x']);
});

test('account fields: names and descriptions change, is_required does not', async () => {
    const path = `${paths.accountFields}/batch_update`;
    const body = { scope: 1, custom_field_list: [accountField('note', { name: name('Remark'), is_required: true, description: name('why') })] };
    const r = await vendor.call('PATCH', path, { body });
    assert.deepEqual(r.body, { ...empty, msg: 'ok' });
    const note = fieldsOf(vendor).find((f) => f.key === 'note');
    assert.deepEqual(note, { key: 'note', name: name('Remark'), is_required: false, description: name('why') });
    await refused(1002002, 'PATCH', path, { scope: 1, custom_field_list: [accountField('unknown')] }, /no custom field with the key "unknown"/);
    await refused(1002002, 'PATCH', path, { scope: 2, custom_field_list: [accountField('note')] }, /no custom field/);
    await refused(1002002, 'PATCH', path, { scope: 1, custom_field_list: [accountField('note'), accountField('note')] }, /given twice/);
});

test('account fields: a deleted key is gone for ever, and one field must stay', async () => {
    const path = `${paths.accountFields}/batch_delete`;
    const r = await vendor.call('POST', path, { body: { scope: 1, custom_field_key_list: ['x'] } });
    assert.deepEqual(r.body, { ...empty, msg: 'ok' });
    assert.deepEqual(keys(fieldsOf(vendor)), ['account_token', 'note']);
    await refused(1002002, 'POST', paths.accountFields, { scope: 1, custom_field_list: [accountField('x')] }, /"x" was deleted and cannot be used again/);
    await refused(1002002, 'POST', path, { scope: 1, custom_field_key_list: ['account_token', 'note'] }, /at least one custom field must stay/);
    await refused(1002002, 'POST', path, { scope: 1, custom_field_key_list: ['note', 'x'] }, /no custom field with the key "x"/);
    await refused(1002002, 'POST', path, { scope: 1 }, /at least one key/);
    assert.deepEqual(keys(fieldsOf(vendor)), ['account_token', 'note']);
});

test('an account is added with the fields filled in, and the vendor is told', async () => {
    const add = (...more) => cli(server, 'vendor', 'create', '--name', '背调账号 001', '--provider', 'p', '--app', vendor.app.app_id, ...more);
    for (const [words, ...more] of [
        [/the vendor requires the field "account_token" \(account_token\)/],
        [/the vendor's form has no field "token"/, '--field', 'account_token=1', '--field', 'token=1'],
        [/"account_token" is given twice/, '--field', 'account_token=1', '--field', 'account_token=2'],
        [/--field takes KEY=VALUE/, '--field', 'account_token'],
        [/--usage takes social or campus/, '--field', 'account_token=1', '--usage', 'both'],
    ]) {
        const r = add(...more);
        assert.notEqual(r.status, 0);
        assert.match(r.stderr, words);
        assert.equal(r.stdout, '');
    }
    const before = cliOk(server, 'vendor', 'list').length;
    const r = add('--field', 'account_token=a b=c', '--usage', 'social', '--usage', 'campus', '--json');
    assert.equal(r.status, 0, r.stderr);
    const { account_id } = JSON.parse(r.stdout);
    assert.equal(cliOk(server, 'vendor', 'list').length, before + 1);
    const told = {
        scope: 1, account_id, account_name: '背调账号 001', usage_list: [1, 2], custom_field_list: [{ key: 'account_token', value: 'a b=c' }],
    };
    assert.deepEqual(shown(account_id).filled_in, told);
    const events = cliOk(server, 'event', 'list', '--type', 'hire.eco_account.created_v1', '--limit', '1');
    assert.equal(events[0].account_id, account_id);
});

test('the tenant\'s own app defines the fields of accounts that no app is bound to', async () => {
    await post(paths.accountFields, { scope: 1, custom_field_list: [accountField('own')] }, customer);
    assert.deepEqual(keys(fieldsOf()), ['own']);
    const r = cli(server, 'vendor', 'create', '--name', 'x', '--provider', 'p');
    assert.match(r.stderr, /requires the field "own"/);
});

/* ---- the fields of orders ---- */

test('order fields: all nine types; the last call counts', async () => {
    const list = nineTypes.map((type) => orderField(type));
    const r = await vendor.call('POST', paths.orderFields, { body: { account_id: vendor.account, custom_field_list: [orderField('text', 'left out'), ...list] } });
    assert.deepEqual(r.body, empty);
    await post(paths.orderFields, { account_id: vendor.account, custom_field_list: list });
    assert.deepEqual(shown(vendor.account).custom_fields, list);
    const given = orderField('text', 'with options', { options: [{ key: 'a', name: name('a') }] });
    await post(paths.orderFields, { account_id: other.account, custom_field_list: [given] }, other);
    assert.deepEqual(shown(other.account).custom_fields, [orderField('text', 'with options')], 'options mean nothing to a text');
});

test('order fields: what is refused, by each call\'s own code', async () => {
    const create = (list, words, code = 1002855) => refused(code, 'POST', paths.orderFields, { account_id: vendor.account, custom_field_list: list }, words);
    await create([orderField('text', 'a'), orderField('number', 'a')], /"a" is given twice/);
    await create([orderField('select', 'a', { options: [] })], /needs at least one option/);
    await create([orderField('multiselect', 'a', { options: undefined })], /needs at least one option/);
    await create([orderField('select', 'a', { options: [{ key: 'o', name: name('o') }, { key: 'o', name: name('o') }] })], /the option "o" is given twice/);
    await create([orderField('text', 'a', { name: { zh_cn: '' } })], /needs zh_cn or en_us/);
    await create([], /at least one field/);
    await create([orderField('color')], undefined, 99992402);
    await create([{ ...orderField('select'), options: [{}] }], undefined, 99992402);
    assert.deepEqual(keys(shown(vendor.account).custom_fields), nineTypes);
});

test('order fields: an update names all of them and changes names only', async () => {
    const path = `${paths.orderFields}/batch_update`;
    const list = nineTypes.map((type) => orderField(type, type, { name: name(`new ${type}`), is_required: true })).reverse();
    list.find((f) => f.type === 'select').options.forEach((o) => (o.name = name(`new ${o.key}`)));
    const r = await vendor.call('PATCH', path, { body: { account_id: vendor.account, custom_field_list: list } });
    assert.deepEqual(r.body, empty);
    assert.deepEqual(shown(vendor.account).custom_fields, [...list].reverse().map((f) => ({ ...f, is_required: false })));
    const update = (change, words) => {
        const changed = structuredClone(list);
        return refused(1002001, 'PATCH', path, { account_id: vendor.account, custom_field_list: change(changed) ?? changed }, words);
    };
    await update((l) => l.slice(1), /must hold all 9 fields of the account; it holds 8/);
    await update((l) => { l[0].key = 'new'; }, /no custom field with the key "new"/);
    await update((l) => { l[0].type = 'text'; }, /the type of "resume" is resume and cannot change/);
    await update((l) => { l.find((f) => f.key === 'select').options.pop(); }, /the options of "select" cannot be added to or taken from/);
    await update((l) => { l.find((f) => f.key === 'select').options[0].key = 'z'; }, /the options of "select"/);
});

test('order fields: deleting takes all, and their keys for ever', async () => {
    const path = `${paths.orderFields}/batch_delete`;
    const r = await other.call('POST', path, { body: { account_id: other.account } });
    assert.deepEqual(r.body, empty);
    assert.deepEqual(shown(other.account).custom_fields, []);
    await refused(1002855, 'POST', paths.orderFields, { account_id: other.account, custom_field_list: [orderField('text', 'with options')] },
        /was deleted and cannot be used again/, other);
    await refused(99992402, 'POST', path, {}, undefined, other);
});

/* ---- packages ---- */

test('packages and items are added to what is there; ids are never given twice', async () => {
    const list = [pkg('pkg001', { name: '基础套餐', description: '工作履历' }), pkg('pkg002')];
    const items = [{ id: 'ext001', name: '工作履历信息验证X2', description: '详细' }, { id: 'pkg001', name: 'the same id as a package' }];
    const r = await vendor.call('POST', paths.packages, { body: { account_id: vendor.account, package_list: list, additional_item_list: items } });
    assert.deepEqual(r.body, empty);
    await post(paths.packages, { account_id: vendor.account, package_list: [pkg('pkg000')] });
    await post(paths.packages, { account_id: vendor.account, package_list: [], additional_item_list: [{ id: 'ext000', name: 'x' }] });
    assert.deepEqual(shown(vendor.account).packages, [...list, pkg('pkg000')]);
    assert.deepEqual(shown(vendor.account).additional_items, [...items, { id: 'ext000', name: 'x' }]);
    const create = (packages, extra, words, code = 1002001) =>
        refused(code, 'POST', paths.packages, { account_id: vendor.account, package_list: packages, additional_item_list: extra }, words);
    await create([pkg('new'), pkg('pkg001')], undefined, /there is a package with the id "pkg001" already/);
    await create([pkg('new')], [items[0]], /there is an add-on item with the id "ext001" already/);
    await create([pkg('new'), pkg('new')], undefined, /"new" is given twice/);
    await create([], [], /must not both be empty/);
    await create([pkg('i'.repeat(37))], undefined, undefined, 99992402);
    await create([pkg('new', { name: '字'.repeat(101) })], undefined, undefined, 99992402);
    await create([{ id: 'new' }], [{ name: 'x' }], undefined, 99992402);
    assert.equal(shown(vendor.account).packages.length, 3, 'a refusal adds nothing');
    await post(paths.packages, { account_id: vendor.account, package_list: [pkg('i'.repeat(36), { name: '字'.repeat(100) })] });
});

test('packages can be changed and deleted', async () => {
    const r = await vendor.call('PATCH', `${paths.packages}/batch_update`, {
        body: { account_id: vendor.account, package_list: [pkg('pkg001', { name: 'renamed' })], additional_item_list: [{ id: 'ext001', name: 'renamed', description: 'd' }] },
    });
    assert.deepEqual(r.body, empty);
    assert.deepEqual(shown(vendor.account).packages[0], { id: 'pkg001', name: 'renamed', description: '工作履历' });
    assert.deepEqual(shown(vendor.account).additional_items[0], { id: 'ext001', name: 'renamed', description: 'd' });
    await refused(1002001, 'PATCH', `${paths.packages}/batch_update`,
        { account_id: vendor.account, package_list: [pkg('pkg001', { name: 'lost' }), pkg('unknown')] }, /no package with the id "unknown"/);
    assert.equal(shown(vendor.account).packages[0].name, 'renamed');
    const del = `${paths.packages}/batch_delete`;
    const d = await vendor.call('POST', del, { body: { account_id: vendor.account, package_id_list: ['pkg002'], additional_item_id_list: ['ext000'] } });
    assert.deepEqual(d.body, { ...empty, msg: 'SUCCESS' });
    assert.equal(shown(vendor.account).packages.some((p) => p.id === 'pkg002'), false);
    await refused(1002859, 'POST', del, { account_id: vendor.account, package_id_list: ['pkg001', 'pkg002'] }, /no package with the id "pkg002"/);
    await refused(1002859, 'POST', del, { account_id: vendor.account, additional_item_id_list: ['ext000'] }, /no add-on item with the id "ext000"/);
    await refused(1002859, 'POST', del, { account_id: vendor.account }, /must not both be empty/);
    await post(paths.packages, { account_id: vendor.account, package_list: [pkg('pkg002')] });
});

/* ---- whose ---- */

const calls = [
    ['POST', paths.orderFields, 1002855, { custom_field_list: [orderField('text', 'whose')] }],
    ['PATCH', `${paths.orderFields}/batch_update`, 1002001, { custom_field_list: [orderField('text')] }],
    ['POST', `${paths.orderFields}/batch_delete`, 1002860, {}],
    ['POST', paths.packages, 1002001, { package_list: [pkg('whose')] }],
    ['PATCH', `${paths.packages}/batch_update`, 1002001, { package_list: [pkg('pkg001')] }],
    ['POST', `${paths.packages}/batch_delete`, 1002859, { package_id_list: ['pkg001'] }],
];

for (const [method, path, code, body] of calls) {
    test(`${method} ${path.split('/v1/')[1]}: another vendor's account gets the same error as an unknown account`, async () => {
        const answers = new Set();
        for (const account_id of [vendor.account, '4711', '9223372036854775807', 'x', '-1']) {
            const r = await refused(code, method, path, { account_id, ...body }, /there is no such account/, other);
            answers.add(r.msg);
        }
        assert.equal(answers.size, 1);
    });
}

test('the tenant\'s own app works for all accounts', async () => {
    await post(paths.packages, { account_id: other.account, package_list: [pkg('by the customer')] }, customer);
    await post(`${paths.packages}/batch_delete`, { account_id: other.account, package_id_list: ['by the customer'] }, customer);
    await refused(1002001, 'POST', paths.packages, { account_id: '4711', package_list: [pkg('x')] }, /there is no such account/, customer);
});

test('scopes: only hire:background_check_order serves, for account fields hire:exam too', async () => {
    const reader = new Client(server, createApp(server, ['hire:background_check_order:readonly']));
    const examiner = new Client(server, createApp(server, ['hire:exam']));
    for (const [method, path, , body] of calls) {
        await reader.fails(400, 99991672, method, path, { body: { account_id: vendor.account, ...body } });
        await examiner.fails(400, 99991672, method, path, { body: { account_id: vendor.account, ...body } });
    }
    await reader.fails(400, 99991672, 'POST', paths.accountFields, { body: { scope: 1, custom_field_list: [accountField('a')] } });
    await examiner.ok('POST', paths.accountFields, { body: { scope: 2, custom_field_list: [accountField('a')] } });
});

/* ---- arranging ---- */

test('an arranged check is validated against the vendor\'s forms, and the order keeps a copy of them', async () => {
    const shopper = makeVendor();
    const fields = nineTypes.map((type) => orderField(type, type, { is_required: type === 'text' }));
    await post(paths.packages, { account_id: shopper.account, package_list: [pkg('p1', { name: '基础套餐' })], additional_item_list: [pkg('i1'), pkg('i2')] }, shopper);
    await post(paths.orderFields, { account_id: shopper.account, custom_field_list: fields }, shopper);
    const arrange = (...more) => cli(server, ...arrangeArgs(shopper.account, ...more));
    const good = ['--package', 'p1', '--field', 'text=一行'];
    for (const [words, ...more] of [
        [/a check needs a package/],
        [/no package with the id "p2"/, '--package', 'p2'],
        [/no add-on item with the id "i3"/, ...good, '--item', 'i3'],
        [/add-on item "i1" is given twice/, ...good, '--item', 'i1', '--item', 'i1'],
        [/"text" \(text\) is required/, '--package', 'p1'],
        [/has no field "colour"/, ...good, '--field', 'colour=red'],
        [/"text" is given twice/, ...good, '--field', 'text=again'],
        [/"text" takes one line of text/, '--package', 'p1', '--field', 'text=a\nb'],
        [/"textarea" may have at most 200 characters; it has 201/, ...good, '--field', `textarea=${'字'.repeat(201)}`],
        [/"number" takes a number such as/, ...good, '--field', 'number=many'],
        [/"boolean" takes true or false/, ...good, '--field', 'boolean=yes'],
        [/"select" has no option "d"; its options are a, b, c/, ...good, '--field', 'select=d'],
        [/"multiselect" has no option "d"/, ...good, '--field', 'multiselect=a', '--field', 'multiselect=d'],
        [/"date" takes a date: 2026-04-21/, ...good, '--field', 'date=2026-02-30'],
        [/"file" takes the id of an attachment; there is none with "1"/, ...good, '--field', 'file=1'],
        [/there is no user with the user_id "nobody"/, ...good, '--contact', 'nobody'],
    ]) {
        const r = arrange(...more);
        assert.equal(r.status, 1, `${more} ${r.stderr}`);
        assert.match(r.stderr, words);
    }
    assert.equal(cliOk(server, 'order', 'list', '--limit', '1000').some((o) => o.package === '基础套餐'), false);

    const attachment = demoRecords('attachments')[0].id;
    const user = demoRecords('users').find((u) => u.user_id === '9f21a7d4');
    const r = arrange(...good, '--item', 'i2', '--item', 'i1', '--contact', user.user_id, '--remark', '尽快', '--json',
        ...['textarea=两\n行', 'number=-1.5', 'boolean=false', 'select=b', 'multiselect=c', 'multiselect=a', 'date=2026-04-21',
            `file=${attachment}`, `resume=${attachment}`].flatMap((v) => ['--field', v]));
    assert.equal(r.status, 0, r.stderr);
    const order = JSON.parse(r.stdout);
    assert.equal(order.package, '基础套餐');
    assert.deepEqual(order.ext_item_info_list, [{ id: 'i2', name: 'package i2' }, { id: 'i1', name: 'package i1' }]);
    assert.deepEqual(order.custom_field_list, fields);
    assert.deepEqual(Object.fromEntries(order.custom_data_list.map((v) => [v.key, v.value])), {
        text: '一行', textarea: '两\n行', number: '-1.5', boolean: 'false', select: 'b', multiselect: '["a","c"]', date: '1776729600000',
        file: attachment, resume: attachment,
    });
    const talent = demoRecords('talents').find((t) => t.id === demoRecords('applications')[0].talent_id).basic_info;
    assert.deepEqual(order.candidate_info, { name: talent.name, mobile: `+${talent.mobile_code} ${talent.mobile}`, email: talent.email });
    assert.deepEqual(order.contactor_info, { name: user.name, mobile: user.mobile, email: user.email });
    assert.equal(order.remark, '尽快');

    await post(`${paths.orderFields}/batch_delete`, { account_id: shopper.account }, shopper);
    await post(`${paths.packages}/batch_delete`, { account_id: shopper.account, package_id_list: ['p1'], additional_item_id_list: ['i1', 'i2'] }, shopper);
    const seen = (await shopper.walk('POST', paths.batchQuery, { body: {} })).find((o) => o.order_id === order.order_id);
    assert.deepEqual(seen.custom_field_list, fields, 'the order keeps its form');
    assert.equal(seen.package, '基础套餐');
});

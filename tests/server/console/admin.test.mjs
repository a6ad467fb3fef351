// SPDX-License-Identifier: Apache-2.0
//
// The console's settings: switches, vendors, apps, events, accounts, the audit log and the overview; and which of them only an
// administrator may use.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client, eventually, paths } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { createApp, hiredOk, startServer } from '../../lib/server.mjs';

let server, admin, recruiter, approver, interviewer;
before(async () => {
    server = await startServer({ args: ['--fetch-allow', 'loopback'] });
    [admin, recruiter, approver, interviewer] = await Promise.all(['admin', 'recruiter', 'approver', 'interviewer'].map((role) => Person.of(server, role)));
});
after(() => server.stop());

const lastAudit = async () => (await admin.get('audit', { page_size: 1 })).items[0];

test('an administrator changes the approval switches and the approvers; invalid changes are rejected as a whole', async () => {
    const before = await recruiter.get('settings');
    assert.deepEqual([before.approve_arrangement, before.approve_report], [false, false]);
    assert.deepEqual(before.approvers.map((a) => a.user), ['approver']);
    await admin.post('settings', { approve_report: true, approvers: [admin.id, approver.id] });
    const now = await approver.get('settings');
    assert.deepEqual([now.approve_arrangement, now.approve_report], [false, true]);
    assert.deepEqual(now.approvers.map((a) => a.user), ['admin', 'approver']);
    const entry = await lastAudit();
    assert.deepEqual([entry.action, entry.actor.id, entry.address, entry.detail], ['settings.update', admin.id, '127.0.0.1', 'arrangement off, report on, approvers']);
    await admin.fails(404, 4004, 'POST', 'settings', { body: { approvers: [approver.id, '77'] } });
    await admin.fails(400, 1002002, 'POST', 'settings', { body: { approvers: [admin.id] } }); // approver would have no role
    assert.equal((await admin.get('settings')).approvers.length, 2, 'nothing of a refused call stays');
    await recruiter.fails(403, 4031, 'POST', 'settings', { body: {} });
    await admin.post('settings', { approve_report: false });
});

test('a vendor account is created by the vendor\'s form, edited, and bound to an app or unbound', async () => {
    const vendor = Client.vendor(server);
    await vendor.ok('POST', '/open-apis/hire/v1/eco_account_custom_fields', { body: { scope: 1, custom_field_list: [
        { key: 'org', name: { zh_cn: '机构', en_us: 'Organisation' }, is_required: true, description: { zh_cn: '代码', en_us: 'code' } }] } });
    const app_id = server.demo.vendor_app_id;
    const { fields } = await admin.get('vendor_form', { app_id });
    assert.deepEqual(fields.map((f) => [f.key, f.name.en_us, f.is_required]), [['org', 'Organisation', true]]);
    const body = { name: '澄观二部', provider_id: 'clearview-2', provider_name: { zh_cn: '澄观', en_us: 'Clearview' }, app_id };
    await admin.fails(400, 1002002, 'POST', 'vendors', { body });
    const { id } = await admin.post('vendors', { ...body, values: [{ key: 'org', value: 'QZ-1' }] });
    await vendor.ok('POST', '/open-apis/hire/v1/eco_background_check_packages', { body: { account_id: id,
        package_list: [{ id: 'p1', name: 'Basic', description: 'the least' }], additional_item_list: [{ id: 'i1', name: 'Degree', description: 'one degree' }] } });
    await vendor.ok('POST', '/open-apis/hire/v1/eco_background_check_custom_fields', { body: { account_id: id, custom_field_list: [
        { type: 'text', key: 'place', name: { zh_cn: '地点', en_us: 'Place' }, is_required: true, description: { zh_cn: '哪里', en_us: 'where' } }] } });
    const find = async (who) => (await who.get('vendors')).items.find((v) => v.id === id);
    const one = await find(admin);
    assert.deepEqual([one.app.app_id, one.account_values, one.packages, one.items], [app_id, [{ key: 'org', value: 'QZ-1' }],
        [{ id: 'p1', name: 'Basic', description: 'the least' }], [{ id: 'i1', name: 'Degree', description: 'one degree' }]]);
    assert.equal(one.order_fields[0].key, 'place');
    assert.equal((await find(recruiter)).account_values, undefined, 'what was filled in is the administrator\'s');

    // A check is ordered with the form that the vendor defined.
    const application_id = (await recruiter.get('applications', { status: 1 })).items[0].id;
    const order = { application_id, account_id: id, package_id: 'p1', item_ids: ['i1'] };
    await recruiter.fails(400, 1002002, 'POST', 'orders/arrange', { body: order });
    const { order_id } = await recruiter.post('orders/arrange', { ...order, custom_values: [{ key: 'place', value: 'Shanghai' }] });
    const made = (await recruiter.get(`orders/${order_id}`)).order;
    assert.deepEqual([made.package, made.ext_item_info_list[0].name, made.custom_data_list[0].value], ['Basic', 'Degree', 'Shanghai']);

    // Edited: the vendor gets an event only if data that it can see has changed.
    const told = async (change) => (await admin.post(`vendors/${id}`, change)).told;
    assert.equal(await told({ provider_name: { zh_cn: '澄观背调', en_us: 'Clearview Ltd' } }), false);
    assert.equal(await told({ name: '澄观三部' }), true);
    assert.equal(await told({ name: '澄观三部', values: [{ key: 'org', value: 'QZ-1' }] }), false);
    assert.equal(await told({ values: [{ key: 'org', value: 'QZ-2' }] }), true);
    const edited = await find(admin);
    assert.deepEqual([edited.name, edited.provider_name.en_us, edited.account_values], ['澄观三部', 'Clearview Ltd', [{ key: 'org', value: 'QZ-2' }]]);
    await admin.fails(400, 1002002, 'POST', `vendors/${id}`, { body: { values: [] } });
    await admin.fails(400, 1002002, 'POST', `vendors/${id}`, { body: { values: [{ key: 'other', value: 'x' }] } });
    await admin.fails(400, 1002002, 'POST', 'vendors/77', { body: { name: 'x' } });
    assert.deepEqual((await find(admin)).account_values, [{ key: 'org', value: 'QZ-2' }], 'nothing of a refused call stays');

    await admin.post(`vendors/${id}`, { app_id: '' });
    assert.equal((await find(admin)).app, undefined);
    assert.equal(await told({ name: '澄观二部' }), false);
    assert.equal(await told({ app_id }), true);
    await admin.fails(404, 4004, 'POST', `vendors/${id}`, { body: { app_id: 'cli_0000000000000000' } });
    await admin.fails(404, 4004, 'POST', 'vendors', { body: { ...body, app_id: 'cli_0000000000000000' } });
    await admin.fails(404, 4004, 'GET', 'vendor_form', { query: { app_id: 'cli_0000000000000000' } });
    await admin.fails(400, 1002002, 'POST', `vendors/${id}`, { body: {} });
    await recruiter.fails(403, 4031, 'POST', 'vendors', { body });
});

test('an app is created, used, restricted and disabled, and gets a new secret', async () => {
    const all = await admin.get('scopes');
    assert.ok(all.scopes.includes('hire:application') && all.event_types.includes('hire.eco_background_check.created_v1'));
    const { app, app_secret } = await admin.post('apps', { name: 'sync', scopes: ['hire:background_check_order:readonly'] });
    assert.equal((await lastAudit()).subject, app.app_id);
    const client = new Client(server, { app_id: app.app_id, app_secret });
    await client.orders();
    const { tenant_access_token: token } = await admin.post(`apps/${app.app_id}/token`);
    const answer = await client.call('GET', paths.orders, { token });
    assert.equal(answer.code, 0);
    const change = async (body) => (await admin.post(`apps/${app.app_id}`, body)).app;
    const changed = await change({ scopes: [], ip_allow: ['10.0.0.0/8'], encrypt_key: 'k', subscriptions: ['hire.eco_background_check.created_v1'] });
    assert.deepEqual([changed.scopes, changed.ip_allow, changed.request_url, changed.encrypted, changed.verified, changed.subscriptions],
        [[], ['10.0.0.0/8'], '', true, false, ['hire.eco_background_check.created_v1']]);
    await eventually(() => client.call('GET', paths.orders, { token }), (r) => r.code === 99991401);
    await change({ ip_allow: [] });
    await eventually(() => client.call('GET', paths.orders, { token }), (r) => r.code === 99991672);
    assert.equal((await change({ disabled: true })).disabled, true);
    const refused = await eventually(() => client.call('GET', paths.orders, { token }), (r) => r.code === 99991662);
    const [{ app_id: called, code }] = (await admin.get('requests', { log_id: refused.headers['x-tt-logid'] })).items;
    assert.deepEqual([called, code], [app.app_id, 99991662], 'the log of requests says whose call it was');
    const again = await admin.post(`apps/${app.app_id}/rotate`);
    assert.notEqual(again.app_secret, app_secret);
    assert.ok((await admin.get('apps')).items.some((a) => a.app_id === app.app_id && a.disabled));
    for (const [body, reason] of [[{ scopes: ['no:such'] }], [{ ip_allow: ['x'] }, 'address_form'], [{ subscriptions: ['no.such'] }], [{ request_url: 'ftp://x' }, 'receiver_url']]) {
        assert.equal((await admin.fails(400, 1002002, 'POST', `apps/${app.app_id}`, { body })).error.reason, reason);
    }
    for (const path of ['', '/rotate', '/token', '/challenge']) await admin.fails(404, 4004, 'POST', `apps/cli_0000000000000000${path}`, { body: {} });
    await admin.fails(400, 1002002, 'POST', 'apps', { body: { name: 'x', scopes: ['no:such'] } });
});

test('a request URL is stored only after a successful challenge; otherwise the message describes the response', async () => {
    const { app } = await admin.post('apps', { name: 'receives' });
    const path = `apps/${app.app_id}`, url = async () => (await admin.get('apps')).items.find((a) => a.app_id === app.app_id).request_url;
    const receiver = await new Receiver({ encryptKey: 'k' }).listen();
    const body = { request_url: receiver.url, encrypt_key: 'k' };
    const refused = async (onChallenge, words, reason, more = {}) => {
        receiver.onChallenge = onChallenge;
        for (const at of [path, `${path}/challenge`]) {
            const r = await admin.fails(400, 1002002, 'POST', at, { body: { ...body, ...more } });
            assert.match(r.msg, words);
            assert.equal(r.error.reason, `receiver_${reason}`);
        }
        assert.equal(await url(), '');
    };
    const echo = (b, res) => res.end(JSON.stringify({ challenge: b.challenge }));
    await admin.fails(400, 1002002, 'POST', `${path}/challenge`, { body: {} });
    await refused((b, res) => res.writeHead(500).end('out of order'), /status 500; 200 is expected; what came begins: out of order/, 'status');
    await refused((b, res) => res.end('{"challenge":"another"}'), /does not echo the challenge.*begins: \{"challenge":"another"\}/, 'echo');
    // Invisible characters must be visible in the message: a second byte order mark, a zero-width space.
    await refused((b, res) => res.end(`\uFEFF\uFEFF{"challenge":"${b.challenge}"}`), /does not echo .* this is no JSON \(line 1, column 2: .*\); what came begins: \?\?\{/, 'echo');
    await refused((b, res) => res.end(`{"challenge":"\u200B${b.challenge}"}`), /does not echo .*begins: \{"challenge":"\?[0-9a-f]{32}"/, 'echo');
    await refused((b, res) => res.end(Buffer.from(`\uFEFF{"challenge":"${b.challenge}"}`, 'utf16le')), /this is no JSON \(the text is UTF-16/, 'echo');
    await refused((b, res) => res.end(JSON.stringify({ challenge: b.challenge }).padEnd(65537)), /\(status 200\) is longer than 65536 bytes; .*begins: \{"challenge"/, 'too_long');
    await refused(() => {}, /did not answer within a second/, 'silent');
    await refused(echo, /no answer came/, 'unreachable', { request_url: 'http://127.0.0.1:1/' });
    await refused(echo, /not a public one/, 'address', { request_url: 'http://10.0.0.1/' });
    await refused(echo, /not a public one/, 'address', { request_url: 'http://169.254.169.254/latest/meta-data/' });
    await refused(echo, /at most 2000 bytes/, 'url', { request_url: 'gopher://x' });
    const challenges = receiver.challenges;
    await refused((b, res) => res.writeHead(307, { Location: '/elsewhere' }).end(), /status 307; 200 is expected/, 'status');
    assert.equal(receiver.challenges, challenges + 2, 'no redirection is followed');
    receiver.onChallenge = (b, res) => res.end(`\uFEFF${JSON.stringify({ challenge: b.challenge })}`); // as .NET writes it
    await admin.post(`${path}/challenge`, body);
    receiver.onChallenge = echo;
    await admin.post(`${path}/challenge`, body);
    assert.equal(await url(), '', 'asking keeps nothing');
    const kept = await admin.post(path, body);
    assert.match(kept.verification_token, /^[0-9a-f]{32}$/, 'the one that was made up is told');
    server.secrets.add(kept.verification_token);
    assert.deepEqual([kept.app.request_url, kept.app.encrypted, kept.app.verified], [receiver.url, true, true]);
    // What is as it was is not asked again; a new key is.
    const before = receiver.challenges;
    assert.equal((await admin.post(path, { request_url: receiver.url, scopes: [] })).verification_token, undefined);
    assert.equal(receiver.challenges, before);
    await admin.post(`${path}/challenge`, {});
    await admin.post(path, { verification_token: 'mine' });
    assert.equal(receiver.challenges, before + 2);
    // One that hangs delays nobody, and too many at once are told so.
    receiver.onChallenge = () => {};
    for (let undelayed = false, round = 0; !undelayed; round++) {
        assert.ok(round < 10, 'every call waited until the receiver was given up');
        let givenUp = false;
        const asked = Array.from({ length: 6 }, async () => {
            const { msg } = await admin.call('POST', `${path}/challenge`, { body: {} });
            givenUp ||= /within a second/.test(msg);
            return msg;
        });
        await admin.get('apps');
        undelayed = !givenUp; // the second may have passed for the machine's sake
        const words = await Promise.all(asked);
        assert.ok(givenUp && words.some((w) => /other addresses are being asked/.test(w)), words.join('\n'));
    }
    await admin.post(path, { request_url: '' });
    await receiver.close();
});

test('an event page shows deliveries and attempts, and the event can be sent again', async () => {
    let status = 500, hits = 0;
    const receiver = await new Receiver({ answer: () => (hits++, { status, text: 'I say so' }) }).listen();
    const app_id = server.demo.vendor_app_id;
    await admin.post(`apps/${app_id}`, { request_url: receiver.url, subscriptions: ['hire.eco_background_check.created_v1'] });
    const application_id = (await recruiter.get('applications', { status: 1 })).items[0].id;
    const account_id = (await admin.get('vendors')).items.find((v) => v.app?.app_id === app_id).id;
    const { order_id } = await recruiter.post('orders/arrange', { application_id, account_id, package_name: 'Standard' });
    const list = (query) => admin.get('events', query);
    const [failing] = (await eventually(() => list({ app_id, state: 'waiting' }), (r) => r.items.some((d) => d.last_status === 500))).items;
    assert.deepEqual([failing.type, failing.subject_id, failing.last_status], ['hire.eco_background_check.created_v1', order_id, 500]);
    const overview = await admin.get('metrics/overview');
    assert.deepEqual(overview.failing.map((f) => [f.app_id, f.waiting, f.given_up]), [[app_id, 1, 0]]);
    status = 200;
    await admin.post(`events/${failing.event_id}/replay`, { app_id });
    await eventually(() => list({ app_id, state: 'delivered', type: failing.type }), (r) => r.items.some((d) => d.event_id === failing.event_id));
    assert.equal(hits, 2);
    const one = await admin.get(`events/${failing.event_id}`);
    assert.equal(one.event.background_check_id ?? one.subject_id, order_id);
    assert.deepEqual(one.deliveries[0].attempts.map((a) => [a.seq, a.status, a.way, a.answer]), [[2, 200, 'request_url', 'I say so'], [1, 500, 'request_url', 'I say so']]);
    assert.deepEqual((await list({ app_id: 'cli_0000000000000000' })).items, []);
    assert.equal((await admin.walk('events', { page_size: 1 })).length, (await admin.walk('events', { page_size: 100 })).length);
    await admin.fails(404, 4004, 'GET', 'events/77');
    await admin.fails(404, 4004, 'POST', 'events/77/replay', { body: {} });
    await receiver.close();
});

test('accounts are created, changed and disabled; the last administrator cannot be removed', async () => {
    const made = await admin.post('users', { user: 'New.Hand', name: '新人', roles: ['recruiter', 'interviewer'], user_id: 'c5417ed8' });
    assert.deepEqual([made.account.user, made.account.roles, made.account.user_id, made.account.last_sign_in], ['new.hand', ['recruiter', 'interviewer'], 'c5417ed8', undefined]);
    const person = new Person(server, 'new.hand', made.password);
    await person.signIn();
    server.secrets.add('a password of their own');
    const own = await admin.post('users', { user: 'own', password: 'a password of their own', name: 'Own', roles: ['approver'] });
    assert.equal(own.password, undefined);
    await new Person(server, 'own', 'a password of their own').signIn();
    const at = `users/${made.account.id}`;
    assert.deepEqual((await admin.post(at, { roles: ['approver'], en_name: 'New Hand' })).account.roles, ['approver']);
    assert.deepEqual((await person.get('session')).user.roles, ['approver']);
    // No role at all is refused, as at creation; a person who shall do nothing more is disabled instead.
    await admin.fails(400, 99992402, 'POST', at, { body: { roles: [] } });
    assert.deepEqual((await person.get('session')).user.roles, ['approver']);
    const { password } = await admin.post(at, { reset_password: true });
    await person.fails(401, 4010, 'GET', 'session');
    person.password = password;
    await person.signIn();
    assert.equal((await admin.post(at, { disabled: true })).account.disabled, true);
    await person.fails(401, 4010, 'GET', 'session');
    const { items } = await admin.get('users');
    assert.ok(items.find((a) => a.user === 'new.hand').last_sign_in);
    for (const body of [{ roles: ['recruiter'] }, { disabled: true }]) await admin.fails(400, 1002002, 'POST', `users/${admin.id}`, { body });
    await admin.get('session');
    for (const body of [{ user: 'admin', name: 'x', roles: ['admin'] }, { user: 'a b', name: 'x', roles: ['admin'] }, { user: 'xx', name: 'x', roles: ['admin'], user_id: 'none' }]) {
        await admin.fails(400, 1002002, 'POST', 'users', { body });
    }
    await admin.fails(400, 99992402, 'POST', 'users', { body: { user: 'xx', name: 'x', roles: ['boss'] } });
    await admin.fails(404, 4004, 'POST', 'users/77', { body: {} });
});

test('the audit log records user, action, time and address, newest first', async () => {
    const all = await admin.walk('audit', { page_size: 7 });
    for (let i = 1; i < all.length; i++) assert.ok(BigInt(all[i - 1].id) > BigInt(all[i].id));
    const signIns = await admin.walk('audit', { action: 'session.sign_in', account_id: recruiter.id });
    assert.equal(signIns.length, 1);
    assert.deepEqual([signIns[0].actor.name, signIns[0].address], ['陈思远', '127.0.0.1']);
    assert.ok(Math.abs(Number(signIns[0].at) - Date.now()) < 600_000);
    assert.match(signIns[0].log_id, /^\d{14}[0-9A-F]{20}$/);
    const [{ subject }] = all.filter((e) => e.action === 'order.arrange');
    assert.ok((await admin.walk('audit', { subject })).every((e) => e.subject === subject));
});

test('the numbers of the overview match the orders', async () => {
    const overview = await approver.get('metrics/overview');
    const orders = await recruiter.walk('orders', { page_size: 100 });
    for (const { status, phase, count } of overview.orders) assert.equal(count, orders.filter((o) => o.status === status && o.phase === phase).length);
    assert.equal(overview.orders.reduce((sum, o) => sum + o.count, 0), orders.length);
    assert.equal(overview.days.length, 30);
    assert.equal(overview.days[28].arranged + overview.days[29].arranged, 2); // midnight may have passed between the two orders
    assert.ok(Array.isArray(overview.times));
    assert.ok(overview.awaiting.length > 0 && overview.awaiting.every((o) => o.status === 5 && o.talent_name));
    assert.ok(overview.late.length > 0 && overview.late_count >= overview.late.length);
    for (const { order, usual_ms } of overview.late) {
        assert.ok([2, 8].includes(order.status));
        assert.ok(Date.now() - Number(order.begin_time) > Number(usual_ms));
    }
});

test('the latest API requests are listed with their errors', async () => {
    const client = new Client(server);
    const good = await client.call('GET', paths.orders);
    const bad = await client.call('GET', paths.interviews);
    const lost = await client.call('GET', paths.orders, { token: 't-0123456789abcdef0123456789abcdef' });
    const list = async (query) => (await admin.get('requests', query)).items;
    const all = await list();
    for (let i = 1; i < all.length; i++) assert.ok(BigInt(all[i - 1].at) >= BigInt(all[i].at));
    assert.ok(all.every((r) => !r.path.startsWith('/console') && r.duration_us >= 0 && r.address === '127.0.0.1'));
    const [one] = await list({ log_id: good.headers['x-tt-logid'] });
    assert.deepEqual([one.method, one.path, one.operation, one.status, one.code, one.app_id, one.msg], ['GET', paths.orders, 'background_check_order.list', 200, 0, server.demo.app_id, undefined]);
    const [refused] = await list({ app_id: server.demo.app_id, failed: 'true' });
    assert.deepEqual([refused.log_id, refused.status, refused.code, refused.msg], [bad.headers['x-tt-logid'], bad.status, bad.code, bad.msg]);
    assert.equal((await list({ log_id: lost.headers['x-tt-logid'] }))[0].code, 99991663);
    assert.ok((await list({ operation: 'background_check_order.list' })).every((r) => r.path === paths.orders));
    assert.deepEqual(await list({ operation: 'room.list' }), []);
    await recruiter.fails(403, 4031, 'GET', 'requests');
});

test('operations for administrators are rejected for all other roles', async () => {
    for (const who of [recruiter, approver, interviewer]) {
        for (const path of ['apps', 'scopes', 'events', 'events/1', 'users', 'audit', 'vendor_form?app_id=x']) await who.fails(403, 4031, 'GET', path);
        for (const path of ['apps', 'apps/x', 'apps/x/rotate', 'apps/x/token', 'events/1/replay', 'users', 'users/1', 'vendors', 'vendors/1', 'settings']) await who.fails(403, 4031, 'POST', path, { body: {} });
    }
    for (const path of ['vendors', 'settings', 'metrics/overview']) await interviewer.fails(403, 4031, 'GET', path);
});

test('administrators cannot disable themselves or drop their own role; the audit log can be filtered by time', async () => {
    const words = async (body) => (await admin.fails(400, 1002002, 'POST', `users/${admin.id}`, { body })).msg;
    assert.match(await words({ disabled: true }), /own account/);
    assert.match(await words({ roles: ['recruiter'] }), /own role of an administrator/);
    const start = Date.now();
    await admin.post('settings', { approve_report: false });
    const since = await admin.walk('audit', { since: start - 5, page_size: 10 });
    assert.deepEqual(since.map((e) => e.action), ['settings.update']);
    assert.deepEqual(await admin.walk('audit', { since: start - 5, until: start - 4 }), []);
    assert.ok((await admin.walk('audit', { until: start - 5, page_size: 100 })).every((e) => Number(e.at) < start));
    await admin.fails(400, 1002002, 'GET', 'audit', { query: { since: 'yesterday' } });
    const order = (await recruiter.get('orders')).items.find((o) => o.status === 2);
    await recruiter.post(`orders/${order.id}/terminate`, { reason: 'x' });
    assert.equal((await admin.get('audit', { action: 'order.terminate' })).items[0].application_id, order.application_id);
});

// This test must be the last one: with a second tenant, the list of requests hides calls that belong to no tenant.
test('a store app can be changed only if the console created it and no other tenant has installed it', async () => {
    const { app } = await admin.post('apps', { name: 'of a vendor', kind: 'store' });
    const at = `apps/${app.app_id}`, listed = async () => (await admin.get('apps')).items.find((a) => a.app_id === app.app_id);
    assert.deepEqual([app.kind, app.shared], ['store', false]);
    const { app: changed } = await admin.post(at, { scopes: ['hire:interview:readonly'], ip_allow: ['10.0.0.0/8'] });
    assert.deepEqual([changed.scopes, changed.ip_allow], [['hire:interview:readonly'], ['10.0.0.0/8']]);
    server.secrets.add((await admin.post(`${at}/rotate`)).app_secret);
    // While another tenant has it installed, its addresses are not shown and it cannot be changed.
    const elsewhere = hiredOk(['tenant', 'create', '--data', server.dir, '--name', 'Elsewhere']).tenant_key;
    hiredOk(['app', 'install', app.app_id, '--data', server.dir, '--tenant', elsewhere]);
    const shared = await listed();
    assert.deepEqual([shared.shared, shared.ip_allow, shared.request_url], [true, undefined, undefined]);
    for (const path of ['', '/rotate', '/token', '/challenge']) {
        const { error } = await admin.fails(400, 1002002, 'POST', `${at}${path}`, { body: path === '' ? { disabled: true } : {} });
        assert.equal(error.reason, 'app_shared');
    }
    hiredOk(['app', 'uninstall', app.app_id, '--data', server.dir, '--tenant', elsewhere]);
    assert.equal((await listed()).shared, false);
    // A store app that the command line created cannot be changed even if only this tenant has it: others may install it later.
    const theirs = createApp(server, ['hire:interview:readonly'], { name: 'of a stranger', type: 'store' });
    assert.equal((await admin.get('apps')).items.find((a) => a.app_id === theirs.app_id).shared, true);
    for (const path of ['', '/rotate']) await admin.fails(400, 1002002, 'POST', `apps/${theirs.app_id}${path}`, { body: path === '' ? { disabled: true } : {} });
    hiredOk(['app', 'uninstall', app.app_id, '--data', server.dir, '--tenant', server.demo.tenant_key]);
    assert.equal(await listed(), undefined);
    await admin.fails(404, 4004, 'POST', at, { body: { disabled: true } });
});

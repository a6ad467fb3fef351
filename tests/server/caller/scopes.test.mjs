// SPDX-License-Identifier: Apache-2.0
//
// Who may call what: any one of an operation's scopes is enough, none is refused with its names; ids of users by type,
// and the fields that are hidden without their scope.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { createApp, startServer } from '../../lib/server.mjs';

const server = await startServer();
const client = new Client(server);
const call = {
    orders: ['GET', paths.orders, {}],
    interviews: ['GET', paths.interviews, { query: { start_time: '1' } }],
    external: ['POST', paths.externalChecks, { body: {} }],
    progress: ['POST', paths.progress, { body: {} }],
    result: ['POST', paths.result, { body: {} }],
};
const operations = {
    orders: ['hire:background_check_order', 'hire:background_check_order:readonly'],
    interviews: ['hire:interview:readonly', 'hire:interview'],
    external: ['hire:external_application', 'hire:external_application:readonly'],
    progress: ['hire:background_check_order'],
    result: ['hire:background_check_order'],
};
const allScopes = [...new Set(Object.values(operations).flat())];

for (const scope of allScopes) {
    test(`an app with ${scope} alone may call exactly the operations of that scope`, async () => {
        const c = new Client(server, createApp(server, [scope]));
        for (const [name, scopes] of Object.entries(operations)) {
            const r = await c.call(...call[name]);
            if (scopes.includes(scope)) {
                assert.notEqual(r.code, 99991672, `${name} with ${scope}`);
                continue;
            }
            assert.deepEqual([r.status, r.code], [400, 99991672], `${name} with ${scope}`);
            const told = /^Access denied\. One of the following scopes is required: \[(.*)\]\.$/.exec(r.msg)?.[1].split(', ');
            assert.deepEqual([...(told ?? [])].sort(), [...scopes].sort());
            assert.deepEqual(r.error.permission_violations.map((v) => v.type), scopes.map(() => 'action_scope_required'));
            assert.deepEqual(r.error.permission_violations.map((v) => v.subject).sort(), [...scopes].sort());
        }
    });
}

const userIds = (orders) => orders.map((o) => o.creator_info?.user_id).filter((id) => id !== undefined);

test('user_id_type selects the type of every user id; open_id is the default', async () => {
    const forms = { open_id: /^ou_[0-9a-f]{32}$/, union_id: /^on_[0-9a-f]{32}$/, user_id: /^[0-9a-z]{4,16}$/ };
    const byType = {};
    for (const [type, form] of Object.entries(forms)) {
        const { items } = await client.orders({ user_id_type: type, page_size: 100 });
        byType[type] = userIds(items);
        assert.ok(byType[type].length > 0);
        for (const id of byType[type]) assert.match(id, form);
        const interviews = (await client.interviews({ user_id_type: type, start_time: '1', page_size: 100 })).items;
        let ofInterviews = 0;
        for (const i of interviews) {
            for (const id of [i.creator?.id, i.contact_user?.id, ...(i.interview_record_list ?? [])
                .flatMap((r) => [r.user_id, r.interviewer?.id])]) {
                if (id === undefined) continue;
                assert.match(id, form);
                ofInterviews++;
            }
        }
        assert.ok(ofInterviews > 0, type);
    }
    assert.deepEqual(userIds((await client.orders({ page_size: 100 })).items), byType.open_id);
    // The three kinds name the same people.
    const people = (ids) => ids.map((id) => ids.indexOf(id));
    assert.deepEqual(people(byType.open_id), people(byType.user_id));
    assert.deepEqual(people(byType.open_id), people(byType.union_id));
});

test('an open_id differs for each app; union_id and user_id are the same for all apps of the tenant', async () => {
    const other = new Client(server, createApp(server, ['hire:background_check_order', 'contact:user.employee_id:readonly']));
    for (const [type, same] of [['open_id', false], ['union_id', true], ['user_id', true]]) {
        const mine = userIds((await client.orders({ user_id_type: type, page_size: 100 })).items);
        const theirs = userIds((await other.orders({ user_id_type: type, page_size: 100 })).items);
        assert.ok(mine.length > 0);
        assert.equal(theirs.length, mine.length);
        if (same) assert.deepEqual(mine, theirs, type);
        else assert.ok(mine.every((id) => !theirs.includes(id)), type);
    }
});

test('without contact:user.employee_id:readonly, only ids of type user_id are left out', async () => {
    const app = createApp(server, ['hire:background_check_order:readonly', 'hire:interview:readonly']);
    const c = new Client(server, app);
    const without = (await c.orders({ user_id_type: 'user_id', page_size: 100 })).items;
    const all = (await client.orders({ user_id_type: 'user_id', page_size: 100 })).items;
    assert.deepEqual(userIds(without), []);
    assert.deepEqual(without.map((o) => o.order_id), all.map((o) => o.order_id));
    assert.deepEqual(without.map((o) => o.candidate_info), all.map((o) => o.candidate_info));
    assert.ok(userIds((await c.orders({ user_id_type: 'open_id', page_size: 100 })).items).length > 0);
    const records = (await c.interviews({ user_id_type: 'user_id', start_time: '1', page_size: 100 })).items;
    for (const i of records) {
        assert.equal(i.creator?.id, undefined);
        assert.equal(i.contact_user?.id, undefined);
        for (const r of i.interview_record_list ?? []) {
            assert.equal(r.user_id, undefined);
            assert.equal(r.interviewer?.id, undefined);
        }
    }
    assert.ok(records.some((i) => i.creator?.name?.zh_cn), 'names stay');
});

test('ends cleanly, and its log has no secret', () => server.stop());

// SPDX-License-Identifier: Apache-2.0
//
// Fields that are missing, of a wrong type or out of bounds: 99992402 with every violation of the request at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { startServer } from '../../lib/server.mjs';

const server = await startServer();
const client = new Client(server);

// Asks, and compares the violations as {field: description}; a description may be a pattern.
async function violations(expected, method, path, o) {
    const r = await client.fails(400, 99992402, method, path, o);
    assert.equal(r.msg, 'field validation failed');
    const told = r.error.field_violations;
    assert.deepEqual(told.map((v) => v.field).sort(), Object.keys(expected).sort(), JSON.stringify(told));
    for (const v of told) {
        const want = expected[v.field];
        if (typeof want === 'string') assert.equal(v.description, want, v.field);
        else assert.match(v.description, want, v.field);
    }
    return Object.fromEntries(told.map((v) => [v.field, v.value]));
}

test('query of the orders list: all violations at once, with the values that were sent', async () => {
    const values = await violations(
        { user_id_type: /^options: \[.*open_id.*union_id.*user_id.*\]$/, page_size: 'the max value is 100' },
        'GET', paths.orders, { query: { user_id_type: 'email', page_size: '101' } });
    assert.equal(values.user_id_type, 'email');
    assert.equal(values.page_size, '101');
});

test('a byte order mark before a body is ignored; a body in UTF-16 is rejected with a message that names UTF-16', async () => {
    const ask = (body) => client.call('POST', paths.externalChecks, { body, headers: { 'Content-Type': 'application/json' } });
    assert.equal((await ask('\uFEFF{}')).code, 0);
    const r = await ask(Buffer.from('\uFEFF{}', 'utf16le'));
    assert.deepEqual([r.status, r.error.message], [400, 'the text is UTF-16 (it begins with its byte order mark): UTF-8 is expected']);
});

for (const [path, max] of [[paths.orders, 100], [paths.interviews, 100], [paths.externalChecks, 20]]) {
    const method = path === paths.externalChecks ? 'POST' : 'GET';
    const ask = (pageSize) => ({
        query: { page_size: pageSize, ...(path === paths.interviews ? { start_time: '1' } : {}) },
        ...(method === 'POST' ? { body: {} } : {}),
    });
    test(`page_size of ${path.replace(/.*v1./, '')}: 1 to ${max}`, async () => {
        for (const good of [1, 2, max]) await client.ok(method, path, ask(good));
        await violations({ page_size: 'the min value is 1' }, method, path, ask(0));
        await violations({ page_size: 'the min value is 1' }, method, path, ask(-1));
        await violations({ page_size: `the max value is ${max}` }, method, path, ask(max + 1));
        for (const bad of ['abc', '1.5', '1e1', ' 1', '0x1', '99999999999999999999', '١']) {
            await violations({ page_size: /./ }, method, path, ask(bad));
        }
    });
}

test('query of the interviews list', async () => {
    await violations({ page_size: 'the max value is 100', user_id_type: /^options:/, job_level_id_type: /^options: \[.*job_level_id.*\]$/ },
        'GET', paths.interviews, { query: { page_size: 1000, user_id_type: 'x', job_level_id_type: 'x', start_time: '1' } });
    await client.ok('GET', paths.interviews, { query: { job_level_id_type: 'job_level_id', start_time: '1' } });
});

test('body of the external checks query: at most 20 ids, all texts', async () => {
    await violations({ external_background_check_id_list: /20/ }, 'POST', paths.externalChecks,
        { body: { external_background_check_id_list: Array(21).fill('1') } });
    await violations({ 'external_background_check_id_list[1]': /./, page_size: 'the max value is 20' }, 'POST', paths.externalChecks,
        { query: { page_size: 21 }, body: { external_background_check_id_list: ['1', 2, '3'] } });
    await violations({ external_background_check_id_list: /./ }, 'POST', paths.externalChecks,
        { body: { external_background_check_id_list: '1' } });
    await client.ok('POST', paths.externalChecks, { body: { external_background_check_id_list: Array(20).fill('1') } });
});

test('update_progress: everything required, all at once', async () => {
    await violations({
        background_check_id: 'background_check_id is required', stage_id: 'stage_id is required',
        stage_name: 'stage_name is required', stage_time: 'stage_time is required',
    }, 'POST', paths.progress, { body: {} });
});

test('update_result: everything required, all at once', async () => {
    await violations({
        background_check_id: 'background_check_id is required', result: 'result is required', result_time: 'result_time is required',
    }, 'POST', paths.result, { body: {} });
});

const report = { report_name: 'r.pdf', report_url: 'https://vendor.example/r.pdf' };
for (const [path, good] of [
    [paths.progress, { background_check_id: '1', stage_id: '1', stage_name: '1', stage_time: '1' }],
    [paths.result, { background_check_id: '1', result: '1', result_time: '1' }],
]) {
    const name = path.replace(/.*\//, '');
    test(`${name}: wrong types, each named`, async () => {
        for (const field of Object.keys(good)) {
            for (const bad of [5, true, [], {}, ['1']]) {
                await violations({ [field]: /./ }, 'POST', path, { body: { ...good, [field]: bad } });
            }
            await violations({ [field]: `${field} is required` }, 'POST', path, { body: { ...good, [field]: null } });
        }
        const all = Object.fromEntries(Object.keys(good).map((f) => [f, 1]));
        await violations(Object.fromEntries(Object.keys(good).map((f) => [f, /./])), 'POST', path, { body: all });
    });

    test(`${name}: reports are named by their place in the list`, async () => {
        await violations({
            'report_file_list[0].report_name': 'report_file_list[0].report_name is required',
            'report_file_list[0].report_url': 'report_file_list[0].report_url is required',
            'report_file_list[0].report_url_type': 'options: [1,2]',
            'report_file_list[2]': /./,
            'report_file_list[3].report_url_type': /./,
        }, 'POST', path, {
            body: { ...good, report_file_list: [{ report_url_type: 3 }, report, 'x', { ...report, report_url_type: '1' }] },
        });
        await violations({ report_file_list: /./ }, 'POST', path, { body: { ...good, report_file_list: report } });
    });

    test(`${name}: an optional member that is null counts as absent`, async () => {
        const r = await client.call('POST', path, { body: { ...good, stage_en_name: null, report_file_list: null } });
        assert.equal(r.code, 1002862, r.text); // validation passed: there is no such order
    });

    test(`${name}: of a thousand violations the response lists the first 64, so that its size is bounded`, async () => {
        const r = await client.fails(400, 99992402, 'POST', path, { body: { ...good, report_file_list: Array(500).fill({}) } });
        assert.equal(r.error.field_violations.length, 64);
        const few = await client.fails(400, 99992402, 'POST', path, { body: { ...good, report_file_list: Array(30).fill({}) } });
        assert.equal(few.error.field_violations.length, 60);
    });
}

test('a query string that is not valid text is rejected', async () => {
    for (const query of ['page_size=%zz', 'page_token=%ff%fe', 'application_id=%C0%80']) {
        const r = await client.call('GET', `${paths.orders}?${query}`);
        assert.deepEqual([r.status, r.code], [400, 99992402], query);
    }
});

test('if a parameter is repeated, its first value is used', async () => {
    for (const [first, second] of [[1, 2], [2, 1]]) assert.equal((await client.ok('GET', `${paths.orders}?page_size=${first}&page_size=${second}`)).items.length, first);
});

test('ends cleanly, and its log has no secret', () => server.stop());

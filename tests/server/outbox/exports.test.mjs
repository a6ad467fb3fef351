// SPDX-License-Identifier: Apache-2.0
// once
// store: sqlite: it is about what is exported
//
// What tools/apigen.py --exports writes, by the validators of others: the schemas of events by ajv, with every event that a server
// sends; the collection by Postman's own library, and each of its requests by the server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import Ajv from 'ajv/dist/2020.js';
import postman from 'postman-collection';

import { Client, eventually, send } from '../../lib/client.mjs';
import { arrange, loopback, makeVendor, runOk, terminate } from '../../lib/events.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { demoDir, root, startServer, tempDir } from '../../lib/server.mjs';

const dir = tempDir();
execFileSync('python3', ['-B', path.join(root, 'tools/apigen.py'), '--api', path.join(root, 'api'), '--exports', dir]);
const read = (...name) => JSON.parse(fs.readFileSync(path.join(dir, ...name), 'utf8'));
const server = await startServer({ dir: demoDir(), args: ['--rate-limits', 'off', ...loopback] });
after(() => server.stop());
const client = new Client(server);

const demo = (name) => JSON.parse(fs.readFileSync(path.join(root, 'demo', `${name}.json`), 'utf8')).data.items;
const stagesOf = (job) => demo('job_processes').find((p) => p.id === job.process_id).stage_list;

const ajv = new Ajv({ strict: true, allErrors: true, formats: { int64: true } });
const schemas = new Map(fs.readdirSync(path.join(dir, 'events')).map((f) => {
    const schema = read('events', f);
    return [schema.title, ajv.compile(schema)];
}));
const described = (type) => JSON.parse(fs.readFileSync(path.join(root, 'api/events', `${type}.json`), 'utf8'));
const problems = (type, event) => (schemas.get(type)(event) ? [] : schemas.get(type).errors.map((e) => `${type}${e.instancePath} ${e.message}`));

test('every event that a server sends is valid by its schema', async () => {
    const receiver = await new Receiver().listen();
    try {
        const vendor = await makeVendor(server, { url: receiver.url, scopes: ['all'] });
        await runOk(server, 'vendor', 'create', '--name', 'Another account', '--provider', 'p-exports', '--app', vendor.app_id);
        await terminate(server, await arrange(server, vendor), 'no longer needed');
        const [{ talent_id }] = demo('applications').filter((a) => a.active_status === 1), job = demo('jobs').find((j) => j.active_status === 1 && stagesOf(j).length > 6);
        const other = demo('talents').find((t) => !t.is_onboarded && !demo('applications').some((a) => a.talent_id === t.id));
        const { id } = await client.ok('POST', '/open-apis/hire/v1/applications', { body: { talent_id: other.id, job_id: job.id } });
        await client.ok('POST', `/open-apis/hire/v1/applications/${id}/transfer_stage`, { body: { stage_id: stagesOf(job).find((s) => s.type === 4).id } });
        await runOk(server, 'application', 'delete', id);
        await runOk(server, 'erase', talent_id, '--reason', 'a test');
        const supported = [...schemas.keys()].filter((type) => described(type).supported);
        assert.ok(supported.length >= 6, String(supported));
        await eventually(() => supported.filter((type) => !receiver.events.some((e) => e.body.header.event_type === type)), (missing) => missing.length === 0,
            { what: 'an event of each type; missing' });
        for (const { body } of receiver.events) {
            assert.deepEqual(problems(body.header.event_type, body), []);
            // The schema decides: without one of its members, or with one of another type, the event is not valid.
            const { event_id: _, ...header } = body.header;
            assert.notDeepEqual(problems(body.header.event_type, { ...body, header }), []);
            for (const name of Object.keys(body.event)) assert.notDeepEqual(problems(body.header.event_type, { ...body, event: { ...body.event, [name]: null } }), [], name);
        }
    } finally {
        await receiver.close();
    }
});

test('Postman reads the collection, and the server knows each request as it is sent', async () => {
    const collection = new postman.Collection(read('postman.json'));
    const variables = new postman.VariableScope({ values: [{ key: 'base_url', value: server.baseUrl }, { key: 'tenant_access_token', value: await client.token() }] });
    const items = [];
    collection.forEachItem((item) => items.push(item));
    assert.ok(items.length > 40);
    assert.equal(collection.variables.get('base_url'), 'http://127.0.0.1:8080');
    for (const { name, request } of items) {
        const said = `${name}: ${request.method}`;
        for (const one of request.url.variables.all()) one.set('7000000000000000001');
        const url = new URL(variables.replaceIn(request.url.toString(false)).replace(/\/:(\w+)/g, (all, key) => `/${request.url.variables.get(key)}`));
        assert.equal(url.origin, server.baseUrl, said);
        const auth = request.auth ?? collection.auth;
        const token = auth.type === 'noauth' ? undefined : variables.replaceIn(auth.parameters().get('token'));
        const form = request.body?.mode === 'formdata';
        const answer = await send(server.baseUrl, request.method, url.pathname + url.search, {
            headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(form && { 'Content-Type': 'multipart/form-data; boundary=x' }), ...request.headers.toObject() },
            body: form ? '--x--\r\n' : request.body?.raw });
        const { code, msg } = JSON.parse(answer.text);
        // Refused for what the example's ids name, but not as an unknown path or method, without a right, or for a wrong parameter. No file is sent.
        const wrong = [99991201, 99991301, 99991661, 99991663, 99991668, 99991672, ...(form ? [] : [99992402])];
        assert.ok(answer.status < 500 && !wrong.includes(code), `${said} ${url.pathname}${url.search} -> ${answer.status} ${code} ${msg}`);
    }
});

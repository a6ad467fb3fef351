// SPDX-License-Identifier: Apache-2.0
//
// An integrator's calls with the typed methods of the official Node SDK: what it looks up, what it brings in from another
// system, a file's upload, and an application's way. Each call goes through a proxy that holds it against its description.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, test } from 'node:test';

import * as lark from '@larksuiteoapi/node-sdk';

import { checkEnvelope, send } from '../lib/client.mjs';
import { root, startServer, tempDir } from '../lib/server.mjs';

const server = await startServer();
const { app_id, app_secret } = server.demo;
const demo = (name) => {
    const { data } = JSON.parse(fs.readFileSync(path.join(root, 'demo', `${name}.json`), 'utf8'));
    return data.items ?? data.rooms;
};

let uploads = [];
const proxy = http.createServer(async (req, res) => {
    const parts = [];
    for await (const p of req) parts.push(p);
    const { host: _h, connection: _c, 'content-length': _l, 'transfer-encoding': _t, ...headers } = req.headers;
    const answer = await send(server.baseUrl, req.method, req.url, { headers, body: parts.length ? Buffer.concat(parts) : undefined });
    if (/multipart/.test(headers['content-type'] ?? '')) uploads.push(Buffer.concat(parts).length);
    checkEnvelope(server, req.method, req.url, answer);
    const { 'transfer-encoding': _te, connection: _cn, ...back } = answer.headers;
    res.writeHead(answer.status, back).end(answer.bytes);
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
after(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await server.stop();
});
const quiet = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
const client = new lark.Client({ appId: app_id, appSecret: app_secret, domain: `http://127.0.0.1:${proxy.address().port}`, logger: quiet });
const { hire, contact, vc } = client;
const ok = async (promise) => {
    const r = await promise;
    assert.equal(r.code, 0, JSON.stringify(r));
    return r.data;
};

test('reference data is read with typed methods', async () => {
    assert.deepEqual((await ok(hire.jobProcess.list({ params: { page_size: 50 } }))).items, demo('job_processes'));
    assert.deepEqual((await ok(hire.terminationReason.list({ params: { page_size: 50 } }))).items, demo('termination_reasons'));
    assert.deepEqual((await ok(hire.interviewFeedbackForm.list({ params: { page_size: 50 } }))).items, demo('interview_feedback_forms'));
    const [form] = demo('interview_feedback_forms');
    assert.deepEqual((await ok(hire.interviewFeedbackForm.list({ params: { interview_feedback_form_ids: [form.id] } }))).items, [form]);
    assert.deepEqual((await ok(hire.interviewRoundType.list({ params: { process_type: 1 } }))).items, demo('interview_round_types').filter((t) => t.process_type === 1));
    assert.deepEqual((await ok(hire.resumeSource.list({ params: {} }))).items, demo('resume_sources'));
    assert.deepEqual((await ok(hire.location.list({ params: { usage: 'interview_location', page_size: 50 } }))).items, demo('locations'));
    assert.ok((await ok(hire.location.query({ params: { page_size: 50 }, data: { location_type: 3 } }))).items.length > 0);
    assert.deepEqual((await ok(contact.jobLevel.list({ params: { page_size: 50 } }))).items, demo('job_levels'));
    const rooms = (await ok(vc.room.list({ params: { page_size: 50, user_id_type: 'user_id' } }))).rooms;
    assert.deepEqual(rooms, demo('rooms'));
    assert.deepEqual((await ok(vc.room.get({ path: { room_id: rooms[0].room_id }, params: { user_id_type: 'user_id' } }))).room, rooms[0]);
});

test('users by address, by id, several at once', async () => {
    const [a, b] = demo('users');
    const { user_list } = await ok(contact.user.batchGetId({ data: { emails: [a.email], mobiles: [b.mobile] } }));
    assert.ok(user_list.every((u) => /^ou_/.test(u.user_id)));
    const { user } = await ok(contact.user.get({ path: { user_id: user_list[0].user_id } }));
    assert.equal(user.user_id, a.user_id);
    const { items } = await ok(contact.user.batch({ params: { user_ids: user_list.map((u) => u.user_id) } }));
    assert.deepEqual(items.map((u) => u.user_id), [a.user_id, b.user_id]);
});

test('a file, an external application and its check', async () => {
    const content = crypto.randomBytes(3_000_000);
    const file = path.join(tempDir(), '背调报告.pdf');
    fs.writeFileSync(file, content);
    uploads = [];
    const streamed = await hire.attachment.create({ data: { content: fs.createReadStream(file) } });
    const buffered = await hire.attachment.create({ data: { content } });
    assert.equal(uploads.length, 2);
    const id = (r) => r?.id ?? r?.data?.id; // the SDK gives the data alone here
    assert.match(id(streamed), /^\d+$/);
    assert.match(id(buffered), /^\d+$/);
    const { attachment } = await ok(hire.attachment.get({ path: { attachment_id: id(streamed) }, params: { type: 3 } }));
    assert.equal(attachment.name, '背调报告.pdf');
    const got = await send(server.baseUrl, 'GET', new URL(attachment.url).pathname);
    assert.deepEqual(got.bytes, content);
    const [resume] = demo('attachments');
    assert.match((await ok(hire.attachment.preview({ path: { attachment_id: resume.id } }))).url, /\/files\//);

    const talent_id = demo('talents')[0].id;
    const { external_application: a } = await ok(hire.externalApplication.create({ data: { talent_id, external_id: 'sdk-1', job_title: 'x' } }));
    await ok(hire.externalApplication.update({ path: { external_application_id: a.id }, data: { talent_id, stage: 'y' } }));
    assert.deepEqual((await ok(hire.externalApplication.list({ params: { talent_id } }))).items.find((x) => x.id === a.id), { id: a.id, talent_id, stage: 'y' });
    const { external_background_check: c } = await ok(hire.externalBackgroundCheck.create({ data: {
        external_application_id: a.id, external_id: 'sdk-1', name: 'check', attachment_id_list: [id(streamed)] } }));
    assert.deepEqual(c.attachment_list, [{ id: id(streamed), name: '背调报告.pdf', size: content.length }]);
    await ok(hire.externalBackgroundCheck.update({ path: { external_background_check_id: c.id }, data: { external_application_id: a.id, result: 'passed' } }));
    const { items } = await ok(hire.externalBackgroundCheck.batchQuery({ params: { external_application_id: a.id }, data: {} }));
    assert.deepEqual(items, [{ id: c.id, external_application_id: a.id, result: 'passed', attachment_list: [] }]);
    await ok(hire.externalBackgroundCheck.delete({ path: { external_background_check_id: c.id } }));
    await ok(hire.externalApplication.delete({ path: { external_application_id: a.id } }));
});

test('an application is created, moved, terminated and recovered with typed methods', async () => {
    const job = demo('jobs').find((j) => j.active_status === 1);
    const used = new Set(demo('applications').map((x) => x.talent_id));
    const talent_id = demo('talents').map((t) => t.id).find((t) => !used.has(t));
    const { id } = await ok(hire.application.create({ data: { talent_id, job_id: job.id, resume_source_id: demo('resume_sources')[0].id } }));
    const path_ = { application_id: id };
    const stages = demo('job_processes').find((p) => p.id === job.process_id).stage_list;
    await ok(hire.application.transferStage({ path: path_, data: { stage_id: stages[1].id } }));
    await ok(hire.application.terminate({ path: path_, data: { termination_type: 1, termination_reason_list: [demo('termination_reasons')[0].id] } }));
    await ok(hire.application.recover({ path: path_ }));
    const { application } = await ok(hire.application.get({ path: path_ }));
    assert.deepEqual([application.stage.id, application.active_status], [stages[1].id, 1]);
    assert.deepEqual((await ok(hire.application.list({ params: { talent_id } }))).items, [id]);
});

// SPDX-License-Identifier: Apache-2.0
//
// Files that people upload in the console: who may, what is refused, how they reach the vendor, and reports by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkEnvelope, Client, send } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { keptFiles, sql } from '../../lib/data.mjs';
import { startServer } from '../../lib/server.mjs';
import { nineTypes, orderField, paths as vendorPaths, pkg } from '../../lib/vendor.mjs';

const B = 'xxBOUNDARYxx';
const pdf = Buffer.from('%PDF-1.4\n%made up\n%%EOF\n');

let server, recruiter, approver, interviewer, vendor, account, application;
before(async () => {
    server = await startServer();
    [recruiter, approver, interviewer] = await Promise.all(['recruiter', 'approver', 'interviewer'].map((role) => Person.of(server, role)));
    vendor = Client.vendor(server);
    account = (await recruiter.walk('orders')).find((o) => o.provider_name?.en_us === 'Clearview Screening').account_id;
    application = (await recruiter.get('applications', { status: 1 })).items[0].id;
});
after(() => server.stop());

async function upload(person, usage, name, content, headers = {}) {
    const body = Buffer.concat([
        Buffer.from(`--${B}\r\nContent-Disposition: form-data; name="content"; filename="${name}"\r\n\r\n`), content, Buffer.from(`\r\n--${B}--\r\n`)]);
    const target = `/console/api/attachments${usage === null ? '' : `?usage=${usage}`}`;
    const all = { Origin: server.baseUrl, Cookie: person.cookie, 'X-Csrf-Token': person.csrf, 'Content-Type': `multipart/form-data; boundary=${B}`, ...headers };
    for (const h of Object.keys(all)) if (all[h] === null) delete all[h];
    const answer = await send(server.baseUrl, 'POST', target, { headers: all, body });
    return { status: answer.status, ...checkEnvelope(server, 'POST', target, answer) };
}
const kept = () => keptFiles(server.dir);
async function refused(status, code, ...args) {
    const before = kept();
    const r = await upload(...args);
    assert.deepEqual([r.status, r.code], [status, code], JSON.stringify(r));
    assert.deepEqual(kept(), before, 'something was left behind');
    return r;
}

test('an upload needs a session, the same origin, the token and the role; a rejected upload leaves no file', async () => {
    await refused(401, 4010, recruiter, 'file', 'a.txt', pdf, { Cookie: null });
    await refused(403, 4030, recruiter, 'file', 'a.txt', pdf, { 'X-Csrf-Token': null });
    await refused(403, 4030, recruiter, 'file', 'a.txt', pdf, { Origin: 'https://elsewhere.example' });
    await refused(403, 4031, approver, 'file', 'a.txt', pdf);
    await refused(403, 4031, interviewer, 'file', 'a.txt', pdf);
    await refused(400, 99992402, recruiter, 'picture', 'a.txt', pdf);
    await refused(400, 99992402, recruiter, null, 'a.txt', pdf);
    await refused(400, 1002002, recruiter, 'file', 'a.txt', Buffer.alloc(0));
    for (const content of ['GIF89a', '%PDF', 'x%PDF-1.4', '<script>']) {
        assert.match((await refused(400, 1002002, recruiter, 'report', 'a.pdf', Buffer.from(content))).msg, /must be a PDF/);
    }
});

test('an upload leaves an entry in the audit log, without the name of the file', async () => {
    const { data } = await upload(recruiter, 'file', '张三的证件.txt', Buffer.from('x'));
    assert.deepEqual([data.name, data.size], ['张三的证件.txt', '1']);
    const entry = sql(server.dir, 'SELECT action, subject, detail FROM console_audit WHERE subject = ?', data.id);
    assert.deepEqual(entry, [{ action: 'attachment.create', subject: data.id, detail: 'file' }]);
});

test('a file that a recruiter uploads for a form can be fetched by the vendor with the id in the order', async () => {
    await vendor.ok('POST', vendorPaths.packages, { body: { account_id: account, package_list: [pkg('gold')] } });
    await vendor.ok('POST', vendorPaths.orderFields, { body: { account_id: account, custom_field_list: nineTypes.map((type) => orderField(type)) } });
    const letter = (await upload(recruiter, 'file', 'consent.txt', Buffer.from('I agree'))).data;
    const resume = (await upload(recruiter, 'resume', '简历.pdf', pdf)).data;
    const { order_id } = await recruiter.post('orders/arrange', { application_id: application, account_id: account, package_id: 'gold',
        custom_values: [{ key: 'file', value: letter.id }, { key: 'resume', value: resume.id }] });
    const order = await vendor.order(order_id);
    assert.deepEqual(order.custom_data_list, [{ key: 'file', value: letter.id }, { key: 'resume', value: resume.id }]);
    const fetched = async (id, type) => {
        const { attachment } = await vendor.ok('GET', `/open-apis/hire/v1/attachments/${id}`, { query: { type } });
        return { name: attachment.name, bytes: (await send(server.baseUrl, 'GET', new URL(attachment.url).pathname)).bytes };
    };
    assert.deepEqual(await fetched(letter.id, 3), { name: 'consent.txt', bytes: Buffer.from('I agree') });
    assert.deepEqual(await fetched(resume.id, 1), { name: '简历.pdf', bytes: pdf });
    const preview = await new Client(server).ok('GET', `/open-apis/hire/v1/attachments/${resume.id}/preview`);
    assert.deepEqual((await send(server.baseUrl, 'GET', new URL(preview.url).pathname)).bytes, pdf);
});

test('a record by hand takes reports as files; each serves once', async () => {
    const one = (await upload(recruiter, 'report', 'one.pdf', pdf)).data, two = (await upload(recruiter, 'report', 'two.pdf', pdf)).data;
    const body = { application_id: application, name: '学历核实', result: 'Green',
        uploads: [{ report_name: 'one', attachment_id: one.id }, { report_name: 'two', attachment_id: two.id }] };
    const { order_id } = await recruiter.post('orders/record', body);
    const { order, files } = await recruiter.get(`orders/${order_id}`);
    assert.deepEqual(order.feedback_info_list.map((r) => [r.report_name, r.result, r.report_type]), [['two', 'Green', 2], ['one', 'Green', 2]]);
    assert.equal(order.conclusion, 'Green');
    assert.deepEqual(files.map((f) => [f.state, f.size]), [['kept', String(pdf.length)], ['kept', String(pdf.length)]]);
    for (const r of order.feedback_info_list) {
        const got = await send(server.baseUrl, 'GET', new URL(r.attachment_url).pathname);
        assert.deepEqual([got.status, got.headers['content-type'], got.bytes], [200, 'application/pdf', pdf]);
    }
    // The open API shows it as any other, and it is no attachment any more.
    assert.equal((await new Client(server).order(order_id)).feedback_info_list.length, 2);
    const says = async (pattern, uploads) => assert.match((await recruiter.fails(400, 1002002, 'POST', 'orders/record', { body: { ...body, uploads } })).msg, pattern);
    await says(/no uploaded report/, body.uploads);
    await says(/no uploaded report/, [{ report_name: 'x', attachment_id: '77' }]);
    const other = (await upload(recruiter, 'file', 'other.pdf', pdf)).data;
    await says(/no uploaded report/, [{ report_name: 'x', attachment_id: other.id }]);
    const third = (await upload(recruiter, 'report', 'three.pdf', pdf)).data;
    await says(/no uploaded report/, [{ report_name: 'x', attachment_id: third.id }, { report_name: 'again', attachment_id: third.id }]);
    // What was refused left the upload as it was.
    await recruiter.post('orders/record', { ...body, uploads: [{ report_name: 'three', attachment_id: third.id }] });
});

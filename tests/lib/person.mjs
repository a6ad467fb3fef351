// SPDX-License-Identifier: Apache-2.0
//
// A person with data in every place where personal data can be stored, for the tests of erasure. The values are unique, so
// that a test can search for their bytes in the data directory.
import fs from 'node:fs';
import path from 'node:path';

import { example, importItems, makeInterview, T0 } from './data.mjs';
import { send } from './client.mjs';
import { dump } from './store.mjs';
import { demoRecords } from './vendor.mjs';

const job = demoRecords('applications')[0].job_id;
const stage = demoRecords('applications')[0].stage;

// Person number i. records: what is imported of them; secrets: every text that must be gone.
export function makePerson(i) {
    const n = String(i).padStart(4, '0');
    const tag = `zzq${n}`;
    const said = (what) => `${what}-${tag}-说过`;
    const talent = String(7_300_000_000_000_000_000n + BigInt(i));
    const application = String(7_310_000_000_000_000_000n + BigInt(i));
    const p = {
        talent, application, tag, name: `欧阳${tag}`, mobile: `1391234${n}`, email: `${tag}@private.example`,
        interview: String(7_320_000_000_000_000_000n + BigInt(i)), order: String(7_330_000_000_000_000_000n + BigInt(i)),
    };
    p.records = [
        { id: talent, is_onboarded: false, basic_info: { name: p.name, mobile: p.mobile, mobile_code: '86', email: p.email,
            hometown: said('秘密路 77 号') }, resume_text: said('简历'), education_list: [{ school: said('学校') }] },
        { id: application, job_id: job, talent_id: talent, stage, active_status: 1, create_time: String(T0), modify_time: String(T0),
            termination_reason_note: said('拒绝原因'), free_text: said('备注') },
        makeInterview(0, { id: p.interview, application_id: application, remark: said('带作品'), contact_mobile: `+86${p.mobile}`,
            interview_record_list: [{ id: `7${i + 1}`, content: said('评价'), commit_status: 1, conclusion: 1,
                interview_score: { id: '1', level: 3, zh_name: said('优秀'), en_name: 'good' } }] }),
        { ...example('orders').data.items[0], order_id: p.order, application_id: application, order_status: 3, remark: said('订单备注'),
            conclusion: said('绿灯'), update_time: String(T0 + i), creator_info: undefined,
            candidate_info: { name: p.name, mobile: `+86${p.mobile}`, email: p.email, first_name: said('名'), last_name: said('姓') },
            contactor_info: { name: said('联系人'), mobile: '+8613800000000', email: 'hr@example.com' },
            feedback_info_list: [{ id: `8${i + 1}`, result: said('结果'), report_name: said('报告'), report_type: 2, create_time: String(T0),
                report_preview_url: `https://vendor.example/${tag}` }],
            process_info_list: [{ process: said('进展'), en_process: said('progress'), update_time: String(T0) }] },
    ];
    p.secrets = [p.name, p.mobile, p.email, tag];
    return p;
}

export const importPeople = (dir, people) => importItems(dir, people.flatMap((p) => p.records));

// Where the texts stand in the bytes. They are looked for together by their first bytes, of which hundreds of people share a few:
// a database of some megabytes is scanned a few times and not a thousand.
const FIRST = 4;
function textsIn(bytes, wanted) {
    const found = new Set();
    for (const [beginning, lengths] of wanted)
        for (let at = bytes.indexOf(beginning); at >= 0; at = bytes.indexOf(beginning, at + 1))
            for (const [length, texts] of lengths) {
                const text = texts.get(bytes.toString('latin1', at, at + length));
                if (text) found.add(text);
            }
    return found;
}

// The texts by their first bytes, then by their length, then by their bytes.
function sorted(secrets) {
    const all = new Map(), beginnings = new Map();
    for (const text of secrets) {
        const its = Buffer.from(text), first = its.toString('latin1', 0, FIRST);
        if (!beginnings.has(first)) beginnings.set(first, its.subarray(0, FIRST));
        const lengths = all.get(beginnings.get(first)) ?? new Map();
        all.set(beginnings.get(first), lengths.set(its.length, (lengths.get(its.length) ?? new Map()).set(its.toString('latin1'), text)));
    }
    return all;
}

// The files under the directory, and on PostgreSQL the rows, that hold one of the texts: ["hired.db: 13912340001", ...].
export function leftovers(dir, secrets) {
    const wanted = sorted(secrets);
    return [...search(dir, wanted), ...[...textsIn(dump(dir), wanted)].map((text) => `${dir}: ${text}`)];
}

function search(dir, wanted) {
    const found = [];
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
        const at = path.join(dir, entry.name);
        if (entry.isDirectory()) {
            found.push(...search(at, wanted));
            continue;
        }
        if (!entry.isFile()) continue; // the socket by which commands reach the server holds no bytes
        const bytes = readIfThere(at);
        for (const text of textsIn(bytes, wanted)) found.push(`${at}: ${text}`);
    }
    return found;
}

// The bytes of a file that the server may be removing at this moment: none when it has.
function readIfThere(at) {
    try {
        return fs.readFileSync(at);
    } catch (e) {
        if (e.code === 'ENOENT') return Buffer.alloc(0);
        throw e;
    }
}

// Uploads a file; its id.
export async function upload(server, client, name, content) {
    const boundary = 'xxPERSONxx';
    const body = Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="content"; filename="${name}"\r\n\r\n`),
        Buffer.from(content), Buffer.from(`\r\n--${boundary}--\r\n`)]);
    const answer = await send(server.baseUrl, 'POST', '/open-apis/hire/v1/attachments', { body,
        headers: { Authorization: `Bearer ${await client.token()}`, 'Content-Type': `multipart/form-data; boundary=${boundary}` } });
    return JSON.parse(answer.text).data.id;
}

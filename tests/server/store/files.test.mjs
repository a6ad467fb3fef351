// SPDX-License-Identifier: Apache-2.0
//
// Stray files, which no record refers to: the server removes them when they are a day old and two checks have found them, and
// logs it; all other files stay. The opposite case, records whose file is missing, is reported by "hired check".
// store: sqlite: the files of a directory
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { Client, eventually, send } from '../../lib/client.mjs';
import { sql } from '../../lib/data.mjs';
import { advance, testClock } from '../../lib/events.mjs';
import { demoDir, hired, startServer } from '../../lib/server.mjs';

const DAY_S = 86_400;
const dir = demoDir();

// Creates a file in the folder of kept files, with the given age.
function put(name, ageS) {
    const file = path.join(dir, 'files', name.slice(14, 16), name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'nobody names this');
    age(file, ageS);
    return file;
}
function age(file, ageS) {
    const at = Date.now() / 1000 - ageS;
    fs.utimesSync(file, at, at);
}
const stray = put('0000000000000abc', 2 * DAY_S), young = put('0000000000000def', 60);
const server = await startServer({ dir, args: testClock });
after(() => server.stop());
const draft = put('0000000000000fed.draft', 2 * DAY_S), foreign = put('0000000000000abcd', 2 * DAY_S);

async function upload() {
    const body = '--b\r\nContent-Disposition: form-data; name="content"; filename="a.txt"\r\n\r\nkept\r\n--b--\r\n';
    const r = await send(server.baseUrl, 'POST', '/open-apis/hire/v1/attachments', { body,
        headers: { 'Content-Type': 'multipart/form-data; boundary=b', Authorization: `Bearer ${await new Client(server).token()}` } });
    assert.equal(JSON.parse(r.text).code, 0, r.text);
    const { name } = sql(dir, "SELECT printf('%016x', max(id)) AS name FROM attachment")[0];
    return path.join(dir, 'files', name.slice(-2), name);
}
const kept = await upload();
age(kept, 2 * DAY_S);

// The server checks a second time one minute after the first.
const gone = (...files) => eventually(async () => {
    await advance(server, 61_000);
    return files.filter((f) => fs.existsSync(f));
}, (left) => left.length === 0, { what: 'the removal', everyMs: 500 });

test('at the start, files that no record refers to are removed if they are a day old, and the log says so', async () => {
    const before = sql(dir, "SELECT printf('%016x', id) AS name FROM attachment UNION ALL SELECT printf('%016x', id) FROM report_file WHERE state = 1").map((r) => r.name);
    await gone(stray);
    await server.logged((l) => l.level === 'warn' && l.msg.startsWith(`removed ${stray}: no record names it`));
    for (const file of [young, foreign, kept]) assert.ok(fs.existsSync(file), file);
    for (const name of before) assert.ok(fs.existsSync(path.join(dir, 'files', name.slice(-2), name)), name);
});

test('the next daily sweep removes newer stray files and unfinished drafts', async () => {
    await advance(server, (DAY_S + 60) * 1000);
    await gone(young, draft);
    await server.logged((l) => l.msg.startsWith(`removed ${draft}: it was left unfinished`));
    assert.ok(fs.existsSync(kept) && fs.existsSync(foreign));
    const metrics = (await send(server.baseUrl, 'GET', '/metrics')).text;
    assert.match(metrics, /^hired_stray_files_removed_total 3$/m);
});

test('"hired check" reports a missing file, and a file that does not belong to hired', () => {
    fs.rmSync(kept);
    const r = hired(['check', '--data', dir]);
    assert.equal(r.status, 1);
    const about = (file) => r.stderr.split('\n').filter((l) => l.startsWith(`${file}: `)).join('\n');
    assert.match(about(kept), /the file of attachment \d+ is missing/);
    assert.match(about(foreign), /is no file of hired/);
});

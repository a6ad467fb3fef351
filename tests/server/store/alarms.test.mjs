// SPDX-License-Identifier: Apache-2.0
//
// What an operator's monitoring sees while the disk fails: /readyz, answers with Retry-After, metrics, lines of the log. The disk fails by
// a limit of file sizes, which can be set and lifted while the server runs.
// store: sqlite: it limits the size of SQLite's files
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client, eventually, paths, send } from '../../lib/client.mjs';
import { importItems, makeOrder, range } from '../../lib/data.mjs';
import { demoDir, hiredOk, root, startServer, tempDir } from '../../lib/server.mjs';

const metric = async (server, name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await send(server.baseUrl, 'GET', '/metrics')).text)?.[1]);
const readyz = (server) => send(server.baseUrl, 'GET', '/readyz');

// The largest size of a file that the server may write; only a soft limit, so that it can be lifted.
function limitFiles(server, bytes) {
    const r = spawnSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:`], { encoding: 'utf8' });
    assert.equal(r.status, 0, r.stderr);
}

test('while writes fail, /readyz is 503 with the reason; it ends by itself, without a write of a client', async () => {
    const dir = demoDir();
    importItems(dir, range(1, makeOrder));
    const server = await startServer({ dir });
    const client = new Client(server), token = await client.token();
    let n = 0;
    const write = () => client.call('POST', paths.progress, { token, body: {
        background_check_id: makeOrder(0).order_id, stage_id: `a${++n}`, stage_name: 'a', stage_time: String(1_720_000_000_000 + n) } });
    assert.equal((await write()).code, 0);
    assert.deepEqual([(await readyz(server)).status, await metric(server, 'hired_writes_failing')], [200, 0]);

    limitFiles(server, 4096);
    const refused = await eventually(write, (r) => r.code !== 0, { what: 'a write fails' });
    assert.deepEqual([refused.status, refused.headers['retry-after']], [500, undefined], refused.text); // a retry does not help
    const unready = await readyz(server);
    assert.equal(unready.status, 503);
    assert.match(JSON.parse(unready.text).reason, /disk has failed/);
    assert.equal(await metric(server, 'hired_writes_failing'), 1);
    assert.ok(await metric(server, 'hired_failed_commits_total') > 0);
    await server.logged((l) => l.level === 'error' && l.msg === 'writes fail' && l.why === 'Input/output error');
    assert.equal((await client.orders({ page_size: 5 })).items.length, 5);

    limitFiles(server, 'unlimited');
    await eventually(() => readyz(server), (r) => r.status === 200, { what: 'the server is ready again' });
    await server.logged((l) => l.msg === 'writes succeed again');
    assert.equal((await write()).code, 0);
    assert.equal(await metric(server, 'hired_writes_failing'), 0);
    await server.stop();
});

test('/metrics has the log, checkpoints, free space, times of commits, the oldest event that waits, and the last backup', async () => {
    const server = await startServer();
    assert.ok(await metric(server, 'hired_disk_free_bytes') > 0);
    assert.equal(await metric(server, 'hired_backup_last_seconds'), 0);
    assert.equal(await metric(server, 'hired_checkpoints_failed_total'), 0);
    const commits = await metric(server, 'hired_commit_seconds_count');
    await new Client(server).progress({ background_check_id: (await new Client(server).orders({ page_size: 100 })).items.find((o) => o.order_status === 2).order_id,
        stage_id: 'm', stage_name: 'm', stage_time: String(Date.now()) });
    assert.ok(await metric(server, 'hired_commit_seconds_count') > commits);
    assert.ok(await metric(server, 'hired_log_bytes') > 0);
    assert.ok(await metric(server, 'hired_checkpoints_total') >= 0);
    assert.ok(await metric(server, 'hired_event_oldest_waiting_seconds') >= 0);
    assert.equal(await metric(server, 'hired_stray_files'), 0);
    const begun = Math.floor(Date.now() / 1000);
    hiredOk(['backup', path.join(tempDir(), 'copy'), '--data', server.dir]);
    await eventually(() => metric(server, 'hired_backup_last_seconds'), (s) => s >= begun, { what: 'the backup is noticed' });
    await server.stop();
});

const example = (name) => fs.readFileSync(path.join(root, 'etc', name), 'utf8');

test('etc/prometheus-rules.yml and etc/grafana-dashboard.json name only metrics that the server exports, and docs/OPERATING.md explains each alarm', async () => {
    const server = await startServer({ config: `[store]\narchive = ${path.join(tempDir(), 'archive')}\n` });
    await new Client(server).orders({ page_size: 5 });
    const exported = new Set([...(await send(server.baseUrl, 'GET', '/metrics')).text.matchAll(/^(hired_\w+)[ {]/gm)].map((m) => m[1]));
    for (const name of ['prometheus-rules.yml', 'grafana-dashboard.json']) {
        const named = new Set(example(name).match(/\bhired_\w+/g));
        assert.ok(named.size > 10, name);
        for (const metric of named) assert.ok(exported.has(metric), `${name}: the server exports no ${metric}`);
    }
    const alerts = [...example('prometheus-rules.yml').matchAll(/alert: (\w+)/g)].map((m) => m[1]);
    const explained = [...fs.readFileSync(path.join(root, 'docs', 'OPERATING.md'), 'utf8').matchAll(/^\| `(Hired\w+)` \|/gm)].map((m) => m[1]);
    assert.deepEqual(explained, alerts);
    await server.stop();
});

test('the dashboard is one that Grafana reads: panels with a place and queries', () => {
    const { panels, title } = JSON.parse(example('grafana-dashboard.json'));
    assert.equal(title, 'hired');
    for (const p of panels) assert.ok(p.gridPos.w > 0 && p.targets.length > 0 && p.targets.every((t) => t.expr), p.title);
});

const promtool = spawnSync('promtool', ['--version']).error && 'promtool is not installed (Debian package prometheus)';
test('promtool accepts etc/prometheus-rules.yml', { skip: promtool }, () => {
    const r = spawnSync('promtool', ['check', 'rules', path.join(root, 'etc', 'prometheus-rules.yml')], { encoding: 'utf8' });
    assert.equal(r.status, 0, r.stdout + r.stderr);
});
test('promtool accepts /metrics', { skip: promtool }, async () => {
    const server = await startServer();
    await new Client(server).orders({ page_size: 5 });
    const r = spawnSync('promtool', ['check', 'metrics'], { input: (await send(server.baseUrl, 'GET', '/metrics')).text, encoding: 'utf8' });
    assert.notEqual(r.status, 1, r.stdout + r.stderr); // 3: remarks on style only
    await server.stop();
});

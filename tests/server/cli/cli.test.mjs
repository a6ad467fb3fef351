// SPDX-License-Identifier: Apache-2.0
// weight: 8
//
// The command line: help that fits a screen, wrong calls that say what is accepted, the configuration's order of
// precedence, hired check.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Client } from '../../lib/client.mjs';
import { demoDir, hired, hiredOk, readDemo, root, startServer, tempDir } from '../../lib/server.mjs';
import { sqliteOnly } from '../../lib/store.mjs';

const commands = ['serve', 'app', 'tenant', 'vendor', 'order', 'event', 'import', 'export', 'demo', 'backup', 'check', 'version', 'user', 'application', 'erase'];

for (const args of [['--help'], ...commands.map((c) => [c, '--help'])]) {
    test(`hired ${args.join(' ')} fits a screen`, () => {
        const r = hired(args);
        assert.equal(r.status, 0, r.stderr);
        const lines = r.stdout.trimEnd().split('\n');
        assert.match(lines[0], /^usage: hired/);
        assert.ok(lines.length <= 24, `${lines.length} lines`);
        for (const l of lines) assert.ok(l.length <= 100, l);
    });
}

test('the help names every command', () => {
    const { stdout } = hired(['--help']);
    for (const c of commands) assert.match(stdout, new RegExp(`^ +${c} `, 'm'));
});

test('hired version', () => {
    assert.match(hiredOk(['version']), /^hired \d+\.\d+\.\d+/);
});

test('wrong calls: status 2 and what is wrong', () => {
    for (const [args, named] of [[[], /usage/], [['srve'], /serve/], [['serve', '--colour', 'blue'], /--colour/], [['app'], /create/],
        [['app', 'destroy'], /destroy/], [['serve', '--threads', 'many'], /threads/], [['serve', '--listen', 'x'], /listen/],
        [['serve', '--rate-limits', 'maybe'], /on.*off|off.*on/], [['import'], /FILE|file/], [['tenant', 'set', '--approve-report', 'perhaps'], /on|off/]]) {
        const r = hired(args);
        assert.equal(r.status, 2, `${args.join(' ')}: ${r.status} ${r.stderr}`);
        assert.match(r.stderr, named);
        assert.equal(r.stdout, '');
    }
});

test('etc/hired.ini documents every option, and is what the binary itself writes', () => {
    assert.equal(fs.readFileSync(path.join(root, 'etc', 'hired.ini'), 'utf8'), hired(['help', 'config']).stdout);
});

test('hired check: a good configuration and store, a broken configuration', () => {
    const dir = demoDir();
    const file = path.join(tempDir(), 'hired.ini');
    fs.writeFileSync(file, '[server]\nthreads = 2\n');
    const fine = hired(['check', '--config', file, '--data', dir]);
    assert.equal(fine.status, 0, fine.stderr + fine.stdout);
    fs.writeFileSync(file, '[server]\nthreads = 2\nthreds = 2\n\n[http]\nbody_max = big\n');
    const r = hired(['check', '--config', file, '--data', dir]);
    assert.notEqual(r.status, 0);
    const text = r.stderr + r.stdout;
    assert.match(text, /hired\.ini:3\b.*threds/);
    assert.match(text, /threads/, 'what may have been meant');
    assert.match(text, /hired\.ini:6\b.*body_max/, 'all faults at once');
});

test('hired check: no store, a damaged store, a store of a newer hired', sqliteOnly, () => {
    const none = hired(['check', '--data', path.join(tempDir(), 'nowhere')]);
    assert.notEqual(none.status, 0);
    assert.match(none.stderr + none.stdout, /nowhere/);

    const torn = demoDir();
    const db = path.join(torn, 'hired.db');
    const bytes = fs.readFileSync(db);
    for (let at = 3 * 16384 + 100; at < bytes.length; at += 16384) bytes.fill(0x5a, at, Math.min(at + 4000, bytes.length));
    fs.writeFileSync(db, bytes);
    const r = hired(['check', '--data', torn]);
    assert.notEqual(r.status, 0, r.stdout);
    assert.notEqual((r.stderr + r.stdout).trim(), '');

    const text = demoDir();
    fs.writeFileSync(path.join(text, 'hired.db'), 'this is a letter, not a database\n'.repeat(1000));
    const t = hired(['check', '--data', text]);
    assert.notEqual(t.status, 0);
});

test('flags come before the environment, the environment before the file', async () => {
    const base = 'https://from.file.example';
    const links = async (o) => {
        const s = await startServer({ config: `[server]\nbase_url = ${base}\n`, ...o });
        const orders = (await new Client(s).orders({ page_size: 100 })).items;
        const link = orders.flatMap((x) => x.feedback_info_list ?? []).map((f) => f.attachment_url).find(Boolean);
        await s.stop();
        return new URL(link).host;
    };
    assert.equal(await links({}), 'from.file.example');
    assert.equal(await links({ env: { HIRED_BASE_URL: 'https://from.env.example' } }), 'from.env.example');
    assert.equal(await links({ env: { HIRED_BASE_URL: 'https://from.env.example' }, args: ['--base-url', 'https://from.flag.example'] }),
        'from.flag.example');
});

test('the demo without its last days is the same each time, but for its secrets', async () => {
    const contents = [];
    for (let i = 0; i < 2; i++) {
        const dir = tempDir();
        hiredOk(['demo', '--days', '0', '--data', dir]);
        const s = await startServer({ dir });
        const c = new Client(s);
        const orders = await c.walk('GET', '/open-apis/hire/v1/background_check_orders', { query: { page_size: 100 } });
        for (const o of orders) {
            for (const f of o.feedback_info_list ?? []) delete f.attachment_url;
            if (o.creator_info) delete o.creator_info.user_id; // an open_id, sealed with this store's own key
        }
        contents.push(orders);
        await s.stop();
    }
    assert.deepEqual(contents[0], contents[1]);
});

test('a second demo in the same place changes nothing and says so', sqliteOnly, () => {
    const dir = demoDir();
    const before = fs.readFileSync(path.join(dir, 'demo.json'), 'utf8');
    const r = hired(['demo', '--data', dir]);
    assert.equal(r.status, 0, r.stderr);
    assert.match(r.stdout, /^The demo tenant is in .* already/);
    assert.equal(fs.readFileSync(path.join(dir, 'demo.json'), 'utf8'), before);
    assert.match(readDemo(dir).app_id, /^cli_/);
});

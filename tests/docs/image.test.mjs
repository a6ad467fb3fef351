// SPDX-License-Identifier: Apache-2.0
// once
// store: sqlite: it is about a data directory
//
// The container image (scripts/image): what its layers have, and that the binary runs with nothing else. With --long and umoci the image itself: the
// same bytes each time, its configuration, and its server in a chroot, as the image's user and as process 1: the line of curl works, records
// stay over a restart and an upgrade.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { eventually } from '../lib/client.mjs';
import { binary, hired, root, slow, tempDir } from '../lib/server.mjs';

function run(command, args, o = {}) {
    const r = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 * slow, ...o });
    assert.equal(r.status, 0, `${command} ${args.join(' ')}: ${r.error ?? ''}\n${r.stdout}${r.stderr}`);
    return r.stdout;
}
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const script = path.join(root, 'scripts/image');
const long = Boolean(process.env.HIRED_TEST_LONG);
const isRoot = process.getuid() === 0;
const chroot = (dir, args) => ['/usr/sbin/chroot', ['--userspec=65532:65532', dir, '/usr/bin/hired', ...args]];
const env = { HIRED_CONFIG: '/etc/hired.ini', PATH: '/usr/bin' };

test('the layers have what the binary needs, and neither a shell nor anything that gives rights', { skip: !has('dpkg-query') && 'needs Debian' }, () => {
    const dir = tempDir(), files = new Map();
    run('python3', ['-B', '-c', `import runpy, sys; m = runpy.run_path(sys.argv[1])
for name in ('base', 'hired'): m[name + '_layer'](sys.argv[2] + '/' + name + '.tar', sys.argv[3], 0)`, path.join(root, 'tools/image.py'), dir, binary]);
    const x = path.join(dir, 'x');
    fs.mkdirSync(x);
    for (const name of ['base', 'hired']) {
        const tar = path.join(dir, `${name}.tar`);
        for (const line of run('tar', ['--numeric-owner', '-tvf', tar]).trim().split('\n')) {
            const [, mode, owner, file] = /^(\S+) (\S+) +\d+ \S+ \S+ (.+?)(?: -> .*)?$/.exec(line);
            files.set(file.replace(/\/$/, ''), `${mode} ${owner}`);
        }
        run('tar', ['--numeric-owner', '-C', x, '-xf', tar]);
    }
    assert.equal(files.get('var/lib/hired'), 'drwx------ 65532/65532');
    assert.deepEqual([...files].filter(([f, m]) => f !== 'var/lib/hired' && !m.endsWith(' 0/0')), []);
    assert.deepEqual([...files].filter(([, m]) => /s/.test(m.slice(1, 10))), []);
    assert.deepEqual([...files.keys()].filter((f) => /^usr\/s?bin\//.test(f)), ['usr/bin/hired']);
    const ini = fs.readFileSync(path.join(x, 'etc/hired.ini'), 'utf8');
    for (const line of ['listen = 0.0.0.0:8080', 'data = /var/lib/hired', 'drain = 7s']) assert.ok(ini.split('\n').includes(line), line);
    assert.ok(fs.readFileSync(path.join(x, 'etc/ssl/certs/ca-certificates.crt'), 'utf8').split('BEGIN CERTIFICATE').length > 50);
    const packages = fs.readdirSync(path.join(x, 'var/lib/dpkg/status.d'));
    assert.ok(packages.includes('libc6') && packages.includes('libpq5') && packages.length > 20, String(packages));
    for (const p of [...packages, 'hired']) assert.ok(fs.statSync(path.join(x, `usr/share/doc/${p}/copyright`)).size > 100, p);
    // Its loader finds every library in it.
    if (isRoot) assert.equal(run(...chroot(x, ['version'])), hired(['version']).stdout);
});

class Container {
    constructor(dir) {
        this.dir = dir;
    }

    run = (...args) => spawnSync(...chroot(this.dir, args), { encoding: 'utf8', env });

    // As process 1.
    async serve() {
        const [command, args] = chroot(this.dir, ['serve', '--listen', '127.0.0.1:0']);
        this.child = spawn('unshare', ['--pid', '--fork', '--kill-child', command, ...args], { env: { ...env, PATH: process.env.PATH } });
        this.out = '';
        this.child.stdout.on('data', (bytes) => (this.out += bytes));
        await eventually(() => this.run('ready').status, (s) => s === 0, { what: 'the server in the image' });
        await eventually(() => this.out, (text) => text.includes('curl '));
    }

    async stop() {
        const [pid] = fs.readFileSync(`/proc/${this.child.pid}/task/${this.child.pid}/children`, 'utf8').trim().split(' ');
        assert.match(fs.readFileSync(`/proc/${pid}/status`, 'utf8'), /^Uid:\t65532\t65532\t[\s\S]*^NSpid:\t\d+\t1$/m);
        const gone = new Promise((resolve) => this.child.on('exit', (...how) => resolve(how)));
        process.kill(Number(pid), 'SIGTERM');
        assert.deepEqual(await gone, [0, null]);
    }

    // The line of curl that the server prints.
    curl() {
        const [line] = /^ {2}curl .*$/m.exec(this.out);
        return JSON.parse(run('sh', ['-c', line])).data.items.map((o) => o.order_id);
    }
}

test('the image', { skip: !long ? 'with --long only' : !has('umoci') ? 'umoci is not installed' : !isRoot && 'a chroot needs root' }, async (t) => {
    const dir = tempDir(), o = { env: { ...process.env, SOURCE_DATE_EPOCH: '1790000000' } };
    const make = (to) => run(script, ['--binary', binary, '--tag', 't', path.join(dir, to)], o).trim();
    const archive = make('a'), digest = (f) => crypto.createHash('sha256').update(fs.readFileSync(f)).digest('hex');
    assert.equal(digest(make('b')), digest(archive));
    assert.ok(fs.statSync(archive).size < 20 << 20, 'an image of more than 20 MiB');
    const layout = path.join(dir, 'layout');
    fs.mkdirSync(layout);
    run('tar', ['-C', layout, '-xf', archive]);

    const blob = (d) => JSON.parse(fs.readFileSync(path.join(layout, 'blobs/sha256', d.replace('sha256:', '')), 'utf8'));
    const manifest = blob(JSON.parse(fs.readFileSync(path.join(layout, 'index.json'), 'utf8')).manifests[0].digest);
    assert.equal(fs.readdirSync(path.join(layout, 'blobs/sha256')).length, 2 + manifest.layers.length);
    const { config } = blob(manifest.config.digest);
    assert.deepEqual([config.User, config.Entrypoint, config.Cmd, config.StopSignal, Object.keys(config.ExposedPorts), Object.keys(config.Volumes)],
        ['65532:65532', ['/usr/bin/hired'], ['serve'], 'SIGTERM', ['8080/tcp'], ['/var/lib/hired']]);
    assert.deepEqual(config.Healthcheck.Test, ['CMD', '/usr/bin/hired', 'ready']);
    assert.equal(config.Labels['org.opencontainers.image.title'], 'hired');

    const unpacked = (name) => {
        run('umoci', ['unpack', '--image', `${layout}:t`, path.join(dir, name)]);
        const container = new Container(path.join(dir, name, 'rootfs'));
        t.after(() => container.child?.kill('SIGKILL'));
        return container;
    };
    const first = unpacked('first');
    assert.equal(first.run('ready').status, 1);
    assert.equal(first.run('demo').status, 0);
    await first.serve();
    const orders = first.curl();
    assert.equal(orders.length, 3);
    assert.equal(first.run('tenant', 'create', '--name', 'Kept', '--tenant', 'kept').status, 0); // beside the server
    await first.stop();
    await first.serve();
    assert.deepEqual(first.curl(), orders);
    await first.stop();
    // An upgrade: another container with the same volume.
    const second = unpacked('second'), volume = (c) => path.join(c.dir, 'var/lib/hired');
    fs.rmdirSync(volume(second));
    fs.renameSync(volume(first), volume(second));
    await second.serve();
    assert.deepEqual(second.curl(), orders);
    assert.match(second.run('tenant', 'list').stdout, /kept/);
    await second.stop();
});

// SPDX-License-Identifier: Apache-2.0
// weight: 10
// once
// store: sqlite: it follows pages that use a directory
//
// Runs every "sh" block of docs/OPERATING.md in its order, as root would on a machine of its own: in one Bash, with the directories below a
// scratch directory, and with a systemctl that starts and stops the server in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { binary, portToKeep, root, slow, tempDir } from '../lib/server.mjs';

const text = fs.readFileSync(path.join(root, 'docs', 'OPERATING.md'), 'utf8');
const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map((m) => ({ line: text.slice(0, m.index).split('\n').length, text: m[2] }));

// The archive is switched on by an option that the page shows in an "ini" block, and restored to a moment that the page makes up: the moment
// is replaced by one at which the archive is known to have a base.
const prelude = (dir, port) => `
set -eu
export HIRED_STORE_FREE_MIN=0
systemctl() {
    case "$*" in
    'enable --now hired' | 'start hired')
        hired serve --config ${dir}/etc/hired.ini --data ${dir}/var/lib/hired --listen 127.0.0.1:${port} >>${dir}/log 2>&1 &
        echo $! >${dir}/pid
        for i in $(seq ${600 * slow}); do
            if curl -sf http://127.0.0.1:${port}/readyz >${dir}/ready; then return 0; fi
            kill -0 $(cat ${dir}/pid)
            sleep 0.05
        done
        return 1 ;;
    'stop hired')
        kill $(cat ${dir}/pid)
        wait $(cat ${dir}/pid) ;;
    *) return 1 ;;
    esac
}
mkdir -p ${dir}/var/lib ${dir}/srv/backup ${dir}/mnt/archive ${dir}/mnt/backup ${dir}/mnt/move
`;

test('the page has commands, and each of its fences ends', () => {
    assert.ok(blocks.length >= 10);
    assert.equal(text.match(/^ *```/gm).length % 2, 0);
    assert.equal(text.match(/^ *```sh$/gm).length, blocks.length);
});

test('every command of docs/OPERATING.md runs', () => {
    const dir = tempDir(), port = portToKeep();
    fs.mkdirSync(path.join(dir, 'build'));
    fs.symlinkSync(binary, path.join(dir, 'build', 'hired'));
    fs.mkdirSync(path.join(dir, 'own'));
    const inside = (s) => s.replace(/(?<![\w.])\/(usr\/local|etc\/(?=hired|systemd)|var\/lib|srv|mnt)/g, `${dir}/$1`).replace(/\b8080\b/g, port);
    let script = prelude(dir, port);
    for (const b of blocks) {
        let commands = inside(b.text);
        const at = /--at (\S+)/.exec(commands);
        if (at) { // the page's archive has to be there first
            script += `
systemctl stop hired
sed -i 's|^archive =.*|archive = ${dir}/mnt/archive/hired|' ${dir}/etc/hired.ini
systemctl start hired
for i in $(seq ${600 * slow}); do
    if curl -sf http://127.0.0.1:${port}/metrics | grep -E '^hired_archive_base_ms [1-9]' >/dev/null; then break; fi
    sleep 0.05
done
sleep 1
moment=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1
`;
            commands = commands.replace(at[1], '$moment');
        }
        script += `printf '\\001block ${b.line}\\n'\n${commands.replace(/^ {3}/gm, '')}`;
    }
    script += 'systemctl stop hired\n';
    for (const f of ['hired.ini', 'hired.service']) fs.cpSync(path.join(root, 'etc', f), path.join(dir, 'own', 'etc', f));
    fs.symlinkSync(path.join(dir, 'build'), path.join(dir, 'own', 'build'));
    const r = spawnSync('bash', ['-c', script], {
        cwd: path.join(dir, 'own'), encoding: 'utf8', timeout: 120_000 * slow,
        env: { ...process.env, PATH: `${dir}/usr/local/bin:${process.env.PATH}` },
    });
    const printed = r.stdout.split('\x01block ').slice(1);
    if (fs.existsSync(path.join(dir, 'pid'))) {
        try {
            process.kill(Number(fs.readFileSync(path.join(dir, 'pid'), 'utf8')), 'SIGKILL'); // if the script failed
        } catch {
            // It has ended already.
        }
    }
    assert.equal(r.status, 0, `the block at line ${printed.at(-1)}\n${r.stderr}\n${fs.readFileSync(path.join(dir, 'log'), 'utf8').slice(-2000)}`);
    assert.equal(printed.length, blocks.length);
    assert.match(r.stdout, /"status":"ready"/);
    assert.match(r.stdout, /^hired_backup_last_seconds [1-9]/m);
});

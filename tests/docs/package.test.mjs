// SPDX-License-Identifier: Apache-2.0
// store: sqlite: it needs no records
//
// The manual pages and completions of the package have every command, verb and flag that the binary has, and the binary knows every one
// that they have. With --long, the package itself (scripts/package), of the binary that is tested. scripts/prove-package installs it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { binary, hired, root, slow, tempDir } from '../lib/server.mjs';

function run(command, args, o = {}) {
    const r = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000 * slow, ...o });
    assert.equal(r.status, 0, `${command} ${args.join(' ')}: ${r.error ?? ''}\n${r.stdout}${r.stderr}`);
    return r.stdout;
}
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

const dir = tempDir();
run('python3', ['-B', path.join(root, 'tools/cli_pages.py'), binary, dir]);
const page = (name) => fs.readFileSync(path.join(dir, name), 'utf8');
// A line of the list may have several commands.
const commands = [...hired(['--help']).stdout.matchAll(/^ {2}([a-z]+(?:, [a-z]+)*) /gm)].flatMap((m) => m[1].split(', '));

// What bash would offer for each of the command lines, of which the last word is being typed.
function offered(lines) {
    const script = lines.map((words) => `COMP_WORDS=(${words.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _hired; echo "\${COMPREPLY[*]}"`).join('\n');
    return run('bash', ['-c', `. ${path.join(dir, 'hired.bash')}\n${script}`], { cwd: dir }).trimEnd().split('\n').map((l) => l.split(' '));
}

test('completion offers each command, and the flags of its help', () => {
    assert.ok(commands.length > 10);
    const [first] = offered([['hired', '']]);
    assert.deepEqual(first.filter((w) => /^[a-z]/.test(w) && w !== 'help'), commands);
    for (const [i, flags] of offered(commands.map((c) => ['hired', c, '--'])).entries()) {
        const listed = hired(['help', commands[i]]).stdout.split('\n').filter((l) => /^ {2}--/.test(l)).map((l) => /--[a-z-]+/.exec(l)[0]);
        assert.deepEqual(listed.filter((f) => !flags.includes(f)), [], commands[i]);
        assert.ok(flags.includes('--help'));
        for (const flag of flags) assert.ok(page('_hired').includes(flag), `${flag} is not in zsh's completion`);
    }
});

test('every flag in the tables of the sources is offered, and no other', () => {
    const all = new Set(offered(commands.map((c) => ['hired', c, '--'])).flat());
    const walk = (d) => fs.readdirSync(d, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(d, e.name)) : [path.join(d, e.name)]));
    const tables = walk(path.join(root, 'src/cli')).filter((f) => f.endsWith('.c')).map((f) => fs.readFileSync(f, 'utf8')).join('\n');
    const declared = [...tables.matchAll(/\{"(--[a-z-]+)", ARG_/g)].map((m) => m[1]);
    assert.ok(declared.length > 50);
    // Undocumented second names.
    assert.deepEqual([...new Set(declared)].filter((f) => !all.has(f) && !['--out', '--scopes'].includes(f)), []);
    const options = [...hired(['help', 'config']).stdout.matchAll(/^; (--[a-z-]+) /gm)].map((m) => m[1]);
    const [serve] = offered([['hired', 'serve', '--']]);
    assert.ok(options.length > 30);
    assert.deepEqual(options.filter((f) => !serve.includes(f)), []);
    const known = new Set([...declared, ...options, '--config', '--data', '--json', '--help']);
    assert.deepEqual([...all].filter((f) => !known.has(f)), []);
});

test('values and verbs are completed', () => {
    fs.mkdirSync(path.join(dir, 'data'));
    const got = offered([['hired', 'tenant', ''], ['hired', 'serve', '--log-access', ''], ['hired', 'serve', '--data', 'da'], ['hired', 'tenant', 'set', '--approve-report', 'of']]);
    assert.deepEqual(got, [['create', 'list', 'set'], ['on', 'off'], ['data'], ['off']]);
});

test('the manual pages explain each command and each option', () => {
    const manual = page('hired.1'), ini = page('hired.ini.5');
    for (const c of commands) assert.ok(manual.includes(`\n.SS ${c}: `), c);
    for (const m of hired(['help', 'config']).stdout.matchAll(/^(\w+) =/gm)) assert.ok(ini.includes(`\n.B ${m[1]} =`), m[1]);
});

test('the package has what it should, and lintian finds no error', { skip: !process.env.HIRED_TEST_LONG ? 'with --long only' : !has('dh') && 'debhelper is not installed' }, () => {
    const deb = run(path.join(root, 'scripts/package'), ['--binary', binary, dir]).trim();
    const release = /version: '(.+?)'/.exec(fs.readFileSync(path.join(root, 'meson.build'), 'utf8'))[1];
    assert.match(run('dpkg-deb', ['-f', deb, 'Version']).trim(), new RegExp(`^${release.replaceAll('.', '\\.')}(~\\d+\\.g[0-9a-f]+)?$`));
    const x = path.join(dir, 'x');
    run('dpkg-deb', ['-R', deb, x]);
    for (const f of ['usr/bin/hired', 'usr/share/man/man1/hired.1.gz', 'usr/share/man/man5/hired.ini.5.gz', 'usr/share/bash-completion/completions/hired', 'usr/share/zsh/vendor-completions/_hired']) {
        assert.ok(fs.existsSync(path.join(x, f)), f);
    }
    assert.equal(fs.readFileSync(path.join(x, 'DEBIAN/conffiles'), 'utf8').trim(), '/etc/hired.ini');
    assert.match(fs.readFileSync(path.join(x, 'etc/hired.ini'), 'utf8'), /^data = \/var\/lib\/hired$/m);
    const unit = fs.readFileSync(path.join(x, 'lib/systemd/system/hired.service'), 'utf8');
    assert.match(unit, /^ExecStart=\/usr\/bin\/hired serve /m);
    assert.match(unit, /^User=hired$/m);
    if (has('lintian')) run('lintian', ['--fail-on', 'error,warning', '--allow-root', deb]);
});

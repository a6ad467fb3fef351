// SPDX-License-Identifier: Apache-2.0
//
// Rules that hold for the sources: which room may use which, how long a file may be, the licence's line, and what must
// not stand in a public repository.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

// Every file of the project, git or not (a downloaded archive has none): what is built or installed is left out.
function walk(dir) {
    return fs.readdirSync(path.join(root, dir), { withFileTypes: true }).flatMap((e) => {
        const name = path.join(dir, e.name);
        if (e.isDirectory()) return /^(\.git|node_modules|data|build.*|__pycache__)$/.test(e.name) ? [] : walk(name);
        return e.isFile() ? [name] : [];
    });
}
function listed() {
    try {
        return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
            .split('\n').filter((f) => f && fs.existsSync(path.join(root, f)));
    } catch {
        return walk('.').map((f) => path.normalize(f));
    }
}
const files = listed();
const read = (f) => fs.readFileSync(path.join(root, f), 'utf8');
const cFiles = files.filter((f) => /^src\/.*\.[ch]$/.test(f));

// docs/ARCHITECTURE.md names the permissions, and the tests below read them from there, so that the page and the rules cannot differ.
const architecture = read('docs/ARCHITECTURE.md');

// The rows of the first table below a heading, as lists of cells.
function tableBelow(heading) {
    const at = architecture.indexOf(`\n## ${heading}\n`);
    assert.ok(at > 0, `docs/ARCHITECTURE.md has no heading "${heading}"`);
    const rows = /\n\|[^]*?\n(?!\|)/.exec(architecture.slice(at))[0].trim().split('\n');
    return rows.slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
}
const names = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1]);

// Which rooms, or single headers of a room, each room may include from, beside itself. What is not listed is forbidden.
// Generated headers (api_types.h ...) have no folder in their name and may be used everywhere.
const roomRows = tableBelow('The rooms').map(([room, , may]) => [/^`src\/(\w+)\/`$/.exec(room)[1], may]);
const rooms = Object.fromEntries(roomRows.map(([room, may]) => [room, may === 'all rooms' ? roomRows.map(([r]) => r) : names(may)]));
// The only headers of the store that other rooms than cli may include.
const storeFaces = names(/Of `store`, only these headers[^]*?\n\n/.exec(architecture)[0].split(':')[1]);

function includes(f) {
    return [...read(f).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map((m) => m[1]);
}

test('each room includes only from the rooms below it', () => {
    assert.ok(cFiles.length > 20);
    const folders = fs.readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name);
    assert.deepEqual(Object.keys(rooms).sort(), folders.sort(), 'docs/ARCHITECTURE.md lists all rooms');
    assert.ok(storeFaces.includes('store/db.h'));
    for (const header of [...storeFaces, ...Object.values(rooms).flat().filter((m) => m.includes('/'))]) {
        assert.ok(fs.existsSync(path.join(root, 'src', header)), `docs/ARCHITECTURE.md permits src/${header}, which does not exist`);
    }
    const wrong = [];
    for (const f of cFiles) {
        const room = f.split('/')[1];
        if (f.split('/').length < 3) continue; // main.c
        assert.ok(rooms[room], `${f} is in a room that docs/ARCHITECTURE.md does not list`);
        // Test fixtures make themselves a store.
        const fixture = /_(test\.c|fixture\.h)$/.test(f);
        for (const i of includes(f)) {
            if (fixture && /^store\//.test(i)) continue;
            const other = i.split('/')[0];
            if (other === room || !i.includes('/')) continue;
            if (!rooms[room].includes(other) && !rooms[room].includes(i)) wrong.push(`${f} includes ${i}`);
            else if (other === 'store' && !storeFaces.includes(i) && room !== 'cli') wrong.push(`${f} includes ${i}, the store's inside`);
        }
    }
    assert.deepEqual(wrong, []);
});

// Statements that change who may call: src/gateway/caller/access_changes.h says what has to follow each of them. New rows that let
// somebody in need nothing, nor does what removes what has expired.
test('a function that changes access rights also announces the change', () => {
    const writes = /^\s*(UPDATE app SET (disabled|secret_hash|scopes|ip_allow)|(INSERT INTO|DELETE FROM) app_install\b|DELETE FROM access_token\b|DELETE FROM console_session\b|UPDATE console_account SET name\b|INSERT INTO vendor_account\b|UPDATE vendor_account SET app\b)/m;
    const expired = ['access_token_purge', 'console_session_purge'];
    const statements = files.filter((f) => /^src\/store\/sql\/.*\.sql$/.test(f)).flatMap((f) => read(f).split(/^-- name: /m).slice(1))
        .filter((s) => writes.test(s)).map((s) => s.split('\n')[0].trim()).filter((s) => !expired.includes(s));
    assert.ok(statements.length >= 10, `only ${statements}`);
    const functions = cFiles.filter((f) => !/_(test\.c|fixture\.h)$/.test(f)).flatMap((f) => read(f).split(/^\}$/m).map((text) => ({ f, text })));
    for (const s of statements) {
        const users = functions.filter((x) => new RegExp(`\\bSQL_${s.toUpperCase()}\\b`).test(x.text));
        assert.ok(users.length > 0, `${s} is not used`);
        for (const { f, text } of users) assert.match(text, /\b(access_changed|rights_changed)\(/, `${f}: ${s}`);
    }
});

test('a library is included only in the rooms and files that docs/ARCHITECTURE.md names', () => {
    // Each row: the library, its headers (one, or a folder), and the rooms or files that may use it.
    const homes = tableBelow('Libraries, and why').map(([library, header, where]) => ({ library, header: names(header)[0], homes: names(where) }));
    assert.ok(homes.length >= 10 && homes.every((h) => h.header));
    const wrong = [], used = new Set();
    for (const f of cFiles) {
        for (const [, header] of read(f).matchAll(/^\s*#\s*include\s+<([^>]+)>/gm)) {
            const home = homes.find((h) => (h.header.endsWith('/') ? header.startsWith(h.header) : header === h.header));
            // What is neither a library's nor listed is the C library's or the kernel's.
            if (!home) continue;
            used.add(home.library);
            if (/_(test|testing|fixture)\.[ch]$|^src\/base\/test\.h$/.test(f) || home.homes.some((h) => f === h || f.startsWith(`src/${h}/`))) continue;
            wrong.push(`${f} includes <${header}>; ${home.library} may be used in ${home.homes.join(', ')}`);
        }
    }
    assert.deepEqual(wrong, []);
    const unused = homes.map((h) => h.library).filter((l) => !used.has(l) && l !== 'protobuf-c'); // its header is generated
    assert.deepEqual(unused, [], 'docs/ARCHITECTURE.md lists libraries that no source includes');
});

test('only headers of the system and of listed libraries are included', () => {
    const system = /^((sys|netinet|arpa|linux)\/.*|(assert|ctype|dirent|dlfcn|endian|errno|fcntl|ftw|getopt|grp|inttypes|limits|locale|math|netdb|poll|pthread|pwd|sched|semaphore|setjmp|signal|spawn|std\w+|string|strings|termios|time|unistd|\w+mmintrin|immintrin)\.h)$/;
    const listed = tableBelow('Libraries, and why').map(([, header]) => names(header)[0]);
    const wrong = cFiles.flatMap((f) => [...read(f).matchAll(/^\s*#\s*include\s+<([^>]+)>/gm)].map((m) => [f, m[1]]))
        .filter(([, h]) => !system.test(h) && !listed.some((l) => h === l || h.startsWith(l)));
    assert.deepEqual(wrong, []);
});

test('columns are read by their names, not by numbers', () => {
    const wrong = cFiles.filter((f) => !/^src\/store\/|_test\.c$/.test(f))
        .flatMap((f) => [...read(f).matchAll(/\bdb_(?:int|text|is_null)\(&?[\w.>-]+,\s*\d+\)/g)].map((m) => `${f}: ${m[0]}`));
    assert.deepEqual(wrong, []);
});

// Those that begin with check_ are run by their name (hired check).
test('every SQL statement is used', () => {
    const names = files.filter((f) => /^src\/store\/sql\/.*\.sql$/.test(f))
        .flatMap((f) => [...read(f).matchAll(/^-- name: (\w+)$/gm)].map((m) => m[1]));
    assert.ok(names.length > 200, `only ${names.length}`);
    const used = new Set(cFiles.filter((f) => !/_(test\.c|fixture\.h)$/.test(f)).flatMap((f) => read(f).match(/\bSQL_\w+/g) ?? []));
    assert.deepEqual(names.filter((n) => !n.startsWith('check_') && !used.has(`SQL_${n.toUpperCase()}`)), []);
});

test('files stay short enough to read: 800 lines', () => {
    const long = files.filter((f) => /\.(c|h|mjs|js|ts|py|sh)$/.test(f))
        .map((f) => [f, read(f).split('\n').length - 1]).filter(([, n]) => n > 800);
    assert.deepEqual(long, []);
});

test('every source names its licence at its top', () => {
    const without = files.filter((f) => /\.(c|h|mjs|js|py|sh|css)$/.test(f) || f === 'run' || f === 'test' || /^scripts\/|^\.ci\//.test(f) || f === 'meson.build')
        .filter((f) => !read(f).slice(0, 300).includes('SPDX-License-Identifier: Apache-2.0'));
    assert.deepEqual(without, []);
});

test('text files end with a newline, have no tabs in C and no spaces at line ends', () => {
    const wrong = [];
    for (const f of files.filter((x) => /\.(c|h|mjs|py|sh|json|md|ini|sql)$|meson\.build$/.test(x))) {
        const text = read(f);
        if (text !== '' && !text.endsWith('\n')) wrong.push(`${f}: no newline at its end`);
        if (/\.(c|h|mjs|py)$/.test(f) && /[ \t]$/m.test(text)) wrong.push(`${f}: spaces at a line's end`);
        if (/\.(c|h)$/.test(f) && text.includes('\t')) wrong.push(`${f}: a tab`);
    }
    assert.deepEqual(wrong, []);
});

test('the lock file names no download address', () => {
    for (const f of files.filter((x) => x.endsWith('package-lock.json'))) {
        assert.ok(!/"resolved"\s*:\s*"http/.test(read(f)), f);
    }
});

test('no file contains the path of a home directory', () => {
    const wrong = files.filter((f) => !/\.(pdf|png|gz)$/.test(f))
        .filter((f) => /(^|[\s"'`=(])\/(root|home\/[a-z]+|Users\/[A-Za-z]+)\//m.test(read(f)));
    assert.deepEqual(wrong, []);
});

test('every JSON file parses', () => {
    for (const f of files.filter((x) => x.endsWith('.json'))) assert.doesNotThrow(() => JSON.parse(read(f)), f);
});

test('shell scripts parse', () => {
    for (const f of files.filter((x) => ['run', 'test', '.ci/run'].includes(x) || /^scripts\/[a-z-]+$/.test(x))) {
        assert.match(read(f), /^#!\/bin\/(ba)?sh\n/, f);
        execFileSync('sh', ['-n', path.join(root, f)]);
    }
});

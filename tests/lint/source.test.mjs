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

// Which rooms a room may include from, beside itself. handlers do not reach into the store's drivers, nor the domain into
// HTTP: what is not listed is forbidden. Generated headers (api_types.h ...) describe the wire and may be used above base.
const rooms = {
    base: [],
    http: ['base'],
    store: ['base'],
    gateway: ['base', 'http', 'store'],
    hire: ['base', 'store/db.h', 'store/stamp.h'],
    handlers: ['base', 'gateway', 'hire', 'store/db.h'],
    events: ['base', 'hire', 'store', 'http'],
    console: ['base', 'http', 'gateway', 'hire', 'store/db.h', 'events/delivery/receiver.h'],
    cli: ['base', 'http', 'store', 'gateway', 'hire', 'handlers', 'events', 'console'],
};
// Of the store, these headers alone are for everybody above it; drivers stay inside.
const storeFaces = ['store/db.h', 'store/writer.h', 'store/files/files.h', 'store/files/pool.h', 'store/stamp.h', 'store/statements.h'];

function includes(f) {
    return [...read(f).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map((m) => m[1]);
}

test('each room includes only from the rooms below it', () => {
    assert.ok(cFiles.length > 20);
    const wrong = [];
    for (const f of cFiles) {
        const room = f.split('/')[1];
        if (f.split('/').length < 3) continue; // main.c
        assert.ok(rooms[room], `${f} is in a room that is not in the rules`);
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
test('whoever changes who may call says so in the same function', () => {
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

test('a database engine, a socket library or a JSON parser is used only where it belongs', () => {
    const homes = {
        'sqlite3.h': /^src\/store\/|^src\/cli\/version\.c$/,
        'libpq-fe.h': /^src\/store\//,
        'uv.h': /^src\/(http|cli|events|store|gateway)\//,
        'jansson.h': /^src\/(base|gateway|cli)\//,
        'curl/curl.h': /^src\/(http|events|hire|cli|store)\/.*|^src\/gateway\//,
        'ini.h': /^src\/cli\//,
    };
    const wrong = [];
    for (const f of cFiles.filter((x) => !/_(test\.c|fixture\.h)$/.test(x))) {
        for (const [, header] of read(f).matchAll(/^\s*#\s*include\s+<([^>]+)>/gm)) {
            if (homes[header] && !homes[header].test(f)) wrong.push(`${f} includes <${header}>`);
        }
    }
    assert.deepEqual(wrong, []);
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

test('no file holds a path of somebody\'s home', () => {
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

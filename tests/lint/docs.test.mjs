// SPDX-License-Identifier: Apache-2.0
//
// What the pages and comments name must exist: links, paths of files, and the folders in the tables of ARCHITECTURE.md.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const exists = (f) => fs.existsSync(path.join(root, f));
const read = (f) => fs.readFileSync(path.join(root, f), 'utf8');

// Every source and page of the project; of a downloaded archive, which has no git, those that a walk finds.
function sources() {
    try {
        return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
            .split('\n').filter((f) => f && exists(f));
    } catch {
        const walk = (dir) => fs.readdirSync(path.join(root, dir), { withFileTypes: true }).flatMap((e) => {
            if (/^(\.git|node_modules|data|dist|build.*|__pycache__)$/.test(e.name)) return [];
            const f = path.join(dir, e.name);
            return e.isDirectory() ? walk(f) : [f];
        });
        return walk('.');
    }
}
const files = sources();
const pages = files.filter((f) => f.endsWith('.md'));

// GitHub's anchor of a heading.
const anchor = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');

test('every link of a page leads to a file of the repository, and to a heading that is in it', () => {
    assert.ok(pages.length > 10);
    const wrong = [];
    for (const page of pages) {
        const text = read(page).replace(/^```[^]*?^```$/gm, '');
        for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
            if (/^https?:/.test(target)) continue;
            const [file, heading] = target.split('#');
            const to = file ? path.join(path.dirname(page), file) : page;
            if (!exists(to)) wrong.push(`${page}: ${target} does not exist`);
            else if (heading && ![...read(to).matchAll(/^#+ (.*)$/gm)].some((m) => anchor(m[1]) === heading)) wrong.push(`${page}: ${target} has no such heading`);
        }
    }
    assert.deepEqual(wrong, []);
});

// A path in a text, from the root: "src/store/db.h", "docs/API.md". "src/*/*_test.c" and "DIR/x" are patterns and not paths.
const named = /(?<![\w./*{}$-])(?:src|docs|tests|tools|scripts|bench|fuzz|etc|demo|api|console)\/[\w./-]*\.(?:c|h|md|mjs|ts|tsx|py|sql|ini|conf|json|proto|css)\b(?![\w*{}-])/g;

// fuzz/NAME.c, tests/FOLDER/...: not a file but the form of its name.
const placeholder = /\/[A-Z_]+(\/|\.(?!md$))|\.\.\./;
// Built and not kept.
const generated = /(^|\/)src\/wire\.ts$|^console\/dist\//;

test('every file that a page, a comment or a message names by its path exists', () => {
    const wrong = [];
    for (const f of files.filter((x) => /\.(md|c|h|mjs|py|sh|sql|ini|conf|ts|tsx|json)$|meson\.build$|^(run|test)$|^scripts\//.test(x) && !/package-lock\.json$|^(demo|tests\/fixtures)\/|^tools\/.*_test\.py$/.test(x))) {
        for (const [name] of read(f).matchAll(named)) {
            const places = [name, path.join('src', name), ...(f.startsWith('console/') ? [path.join('console', name)] : [])];
            if (places.some(exists) || generated.test(name) || placeholder.test(name)) continue;
            wrong.push(`${f}: ${name}`);
        }
    }
    assert.deepEqual(wrong, []);
});

test('docs/ARCHITECTURE.md says which room has a folder for which subject, as it is', () => {
    const text = read('docs/ARCHITECTURE.md');
    const table = /\n\| subject \| `src\/hire\/`[^]*?\n\n/.exec(text)[0].trim().split('\n').map((l) => l.split('|').slice(1, -1).map((c) => c.trim()));
    const rooms = table[0].slice(1).map((c) => /^`(.+)\/`$/.exec(c)[1]);
    const rows = table.slice(2).map(([subject, ...has]) => [/^`(\w+)`/.exec(subject)[1], has]);
    for (const [i, room] of rooms.entries()) {
        const there = fs.readdirSync(path.join(root, room), { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name);
        const said = rows.filter(([, has]) => has[i] === 'yes').map(([subject]) => subject);
        // Rooms of the tests that are no subject of the domain.
        const mechanisms = room === 'tests/server' ? ['cli', 'console', 'gateway', 'http', 'store', 'testing'] : [];
        assert.deepEqual(said.sort(), there.filter((d) => !mechanisms.includes(d)).sort(), `docs/ARCHITECTURE.md, the column ${room}/`);
    }
});

test('docs/HACKING.md explains every rule, and its example applies', () => {
    const text = read('docs/HACKING.md');
    const rules = files.filter((f) => /^tests\/lint\/.*\.test\.mjs$/.test(f))
        .flatMap((f) => [...read(f).matchAll(/^test\((['"])(.*?)(?<!\\)\1, /gm)].map((m) => m[2].replaceAll("\\'", "'").replace(/ \(.*\)$/, '')));
    assert.ok(rules.length > 15);
    assert.deepEqual(rules.filter((r) => !text.includes(`\n| ${r} | `)), [], 'docs/HACKING.md, "Lint rules", has no row for these');
    const patch = /git apply <<'END'\n([^]*?)^END$/m.exec(text)[1];
    execFileSync('git', ['apply', '--check'], { cwd: root, input: patch, stdio: ['pipe', 'ignore', 'pipe'] });
});

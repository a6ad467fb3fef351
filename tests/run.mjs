// SPDX-License-Identifier: Apache-2.0
//
// Runs everything ./test promises: builds, unit tests, the server's black-box tests, the SDK's, the crash tests and the
// lint rules. Each file runs once: under ASan and UBSan, or on the release build if it says "// once". One line for each
// suite; the output of what failed; at the end "N passed, N failed".
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { coverageProblems } from './lib/coverage.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);

const usage = `usage: ./test [OPTION...] [WORD...]

Builds hired and runs its tests. With WORDs only test files and unit tests whose name holds one of them.
With HIRED_TEST_STORE=postgresql in the environment servers keep their records in PostgreSQL.

  --long        all tests on both builds, the soak tests, and all tests on PostgreSQL as well (an hour more)
  --fast        all of them on the release build, none under ASan and UBSan
  --sanitize    only what runs under ASan and UBSan
  --tsan        only a round under TSan, which finds data races
  --jobs N      test files at a time (4)
  --keep        keeps the temporary folder of the run and says where it is
`;

// Most files wait as often as they compute: four keep two cores busy. The number of cores is not asked for: in a container it is
// that of the machine around it.
const options = { long: false, fast: false, sanitize: false, tsan: false, keep: false, jobs: 4, words: [] };
for (let i = 2; i < process.argv.length; i++) {
    const arg = process.argv[i];
    if (arg === '--help' || arg === '-h') {
        process.stdout.write(usage);
        process.exit(0);
    } else if (arg === '--jobs') {
        options.jobs = Number(process.argv[++i]);
        if (!(options.jobs >= 1)) {
            process.stderr.write('--jobs needs a number of 1 or more\n');
            process.exit(2);
        }
    } else if (['--long', '--fast', '--sanitize', '--tsan', '--keep'].includes(arg)) {
        options[arg.slice(2)] = true;
    } else if (arg.startsWith('-')) {
        process.stderr.write(`unknown option ${arg}; see ./test --help\n`);
        process.exit(2);
    } else {
        options.words.push(arg);
    }
}

const runDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hired-test-'));
const total = { passed: 0, failed: 0 };
const children = new Set();

function cleanUp() {
    for (const child of children) {
        try {
            process.kill(-child.pid, 'SIGKILL');
        } catch {
            // It has ended already.
        }
    }
    if (!options.keep) fs.rmSync(runDir, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
        cleanUp();
        process.exit(130);
    });
}

// Runs a command in a process group of its own, so that nothing it started outlives the run. One that takes longer than
// timeoutMs, or prints nothing for silentMs, is ended. Resolves to {status, output}.
function command(file, args, { cwd = root, env = {}, timeoutMs = 1_200_000, silentMs = timeoutMs } = {}) {
    return new Promise((resolve) => {
        const child = spawn(file, args, {
            cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
        });
        children.add(child);
        let output = '';
        let ended = '';
        const end = (why) => () => {
            ended = why;
            process.kill(-child.pid, 'SIGKILL');
        };
        const timer = setTimeout(end(`not done after ${timeoutMs / 1000} s`), timeoutMs);
        const silence = setTimeout(end(`silent for ${silentMs / 1000} s: something it left open keeps it from ending`), silentMs);
        const take = (d) => {
            output += d;
            silence.refresh();
        };
        child.stdout.on('data', take);
        child.stderr.on('data', take);
        child.on('error', (e) => (output += `${file}: ${e.message}\n`));
        child.on('close', (status, signal) => {
            clearTimeout(timer);
            clearTimeout(silence);
            children.delete(child);
            if (ended) output += `\n${ended}; it was ended\n`;
            else if (signal) output += `\nended by ${signal}\n`;
            resolve({ status: status ?? -1, output });
        });
    });
}

function tail(text, lines) {
    const all = text.trimEnd().split('\n');
    return (all.length > lines ? [`... (${all.length - lines} lines before)`, ...all.slice(-lines)] : all).join('\n');
}

function report(name, passed, failed, startMs, output) {
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    const counts = failed ? `${passed} passed, ${failed} FAILED` : `${passed} passed`;
    process.stdout.write(`${failed ? 'FAIL' : 'ok  '}  ${name.padEnd(44)} ${counts.padStart(22)} ${seconds.padStart(7)} s\n`);
    if (failed) process.stdout.write(`${tail(output, 200).replace(/^/gm, '      | ')}\n`);
    total.passed += passed;
    total.failed += failed;
}

// Builds one variant. A build that fails ends the run: nothing else could say anything.
// strict: what was compiled just now must not give any warning (gcc's sanitizers make it warn of what is none).
// beside: tests run meanwhile, which have the processors first.
async function build(name, dir, args, { strict = false, beside = false, units = true } = {}) {
    const start = Date.now();
    const log = path.join(runDir, `${dir}.log`);
    const env = { BUILD_LOG: log, BUILD_TARGETS: `${units ? 'meson-test-prereq' : ''} ${strict ? 'meson-benchmark-prereq' : ''}` };
    let r = await command('nice', ['-n', beside ? '5' : '0', 'scripts/build', dir, ...args], { env });
    const warnings = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n').filter((l) => / warning: /.test(l)) : [];
    if (r.status === 0 && strict && warnings.length) r = { status: 1, output: `warnings:\n${warnings.join('\n')}` };
    report(`build ${name}`, r.status === 0 ? 1 : 0, r.status === 0 ? 0 : 1, start, r.output);
    if (r.status !== 0) finish();
}

// Counts the lines of TAP, those of subtests (node's, indented) aside. A plan that was not kept counts as failed.
function countTap(text) {
    let passed = 0, failed = 0, planned = 0;
    for (const line of text.split('\n')) {
        const plan = /^1\.\.(\d+)/.exec(line);
        if (plan) planned += Number(plan[1]);
        else if (/^ok\b/.test(line)) passed++;
        else if (/^not ok\b/.test(line)) failed++;
    }
    return { passed, failed: failed + Math.max(0, planned - passed - failed) };
}

const sanitizerEnv = {
    ASAN_OPTIONS: 'detect_leaks=1:exitcode=99:strict_string_checks=1:detect_stack_use_after_return=1',
    UBSAN_OPTIONS: 'halt_on_error=1:exitcode=99:print_stacktrace=1',
    TSAN_OPTIONS: `exitcode=99:suppressions=${path.join(here, 'tsan.supp')}`,
};

const long = options.long ? { HIRED_TEST_LONG: '1' } : {};
// Whether what runs under the sanitizers runs on the release build, too.
const bothBuilds = options.long || options.words.length > 0;
const wanted = (name) => options.words.length === 0 || options.words.some((w) => name.includes(w));

// Everything that runs, options.jobs at a time, the heaviest of what waits first: so the last one running is a short one.
const queue = [];
let running = 0;
function startWaiting() {
    while (running < options.jobs && queue.length) {
        const { work, done } = queue.shift();
        running++;
        work().then(() => {
            running--;
            done();
            startWaiting();
        });
    }
}

// tasks: [{weight, work}]; weight is about the seconds that it takes. Resolves when all of them are done.
function run(tasks) {
    const all = tasks.map(({ weight, work }) => new Promise((done) => queue.push({ weight, work, done })));
    queue.sort((a, b) => b.weight - a.weight);
    startWaiting();
    return Promise.all(all);
}

async function unitTests(variant, dir, env) {
    const r = await command('meson', ['introspect', '--tests', dir]);
    // Tests of the generators, in Python, run with the release build.
    const isBuilt = (t) => t.cmd[0].startsWith(path.join(root, dir));
    const isWorth = (t) => (variant ? isBuilt(t) : !isBuilt(t) || options.fast || bothBuilds);
    const tests = JSON.parse(r.output).filter((t) => t.suite.some((s) => s.endsWith('unit')) && wanted(t.name) && isWorth(t));
    const work = async (t) => {
        const start = Date.now();
        const [file, ...args] = t.cmd;
        const r = await command(file, args, {
            cwd: t.workdir ?? path.join(root, dir), env: { ...t.env, ...env, ...long }, timeoutMs: options.long ? 1_800_000 : 120_000,
        });
        const counts = countTap(r.output);
        // What does not speak TAP counts as one, by its exit status.
        if (t.protocol !== 'tap' && counts.passed + counts.failed === 0) counts.passed = r.status === 0 ? 1 : 0;
        if (counts.passed + counts.failed === 0 || (r.status !== 0 && counts.failed === 0)) counts.failed++;
        report(`unit ${t.name}${variant}`, counts.passed, counts.failed, start, `${r.output}\n(exit status ${r.status})`);
    };
    await run(tests.map((t) => ({ weight: 5, work: () => work(t) })));
}

// The files in a folder and in the folders of things within it (order/, interview/ ...), as paths from there.
function filesBelow(dir) {
    return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory()
        ? filesBelow(path.join(dir, e.name)).map((f) => `${e.name}/${f}`) : [e.name]));
}

function testFiles(folders) {
    return folders.flatMap((folder) => {
        const dir = path.join(here, folder);
        if (!fs.existsSync(dir)) return [];
        return filesBelow(dir).filter((f) => f.endsWith('.test.mjs')).map((f) => `${folder}/${f}`);
    }).filter(wanted);
}

// A file says what it weighs with "// weight: N".
const weightOf = (source) => Number(/^\/\/ weight: (\d+)/m.exec(source)?.[1] ?? 1);

async function testFile(variant, file, env) {
    const start = Date.now();
    const tap = path.join(runDir, `${file.replaceAll('/', '-')}${variant.replaceAll(' ', '')}.tap`);
    const r = await command(process.execPath, [
        '--test-reporter=spec', '--test-reporter-destination=stdout',
        '--test-reporter=tap', `--test-reporter-destination=${tap}`, path.join(here, file),
    ], { env, timeoutMs: options.long ? 3_600_000 : 900_000, silentMs: options.long ? 3_600_000 : 400_000 });
    const text = fs.existsSync(tap) ? fs.readFileSync(tap, 'utf8') : '';
    const number = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
    let passed = number('pass');
    let failed = number('fail') + number('cancelled');
    if (passed + failed === 0) { // it was ended before it could count
        passed = (r.output.match(/^✔/gm) ?? []).length;
        failed = (r.output.match(/^✖/gm) ?? []).length;
    }
    if (passed + failed + number('skipped') === 0 || (r.status !== 0 && failed === 0)) failed++;
    // The spec reporter lists what failed a second time below this line: the rest is noise.
    const cut = r.output.lastIndexOf('failing tests:');
    report(file.replace('.test.mjs', '') + variant, passed, failed, start, cut < 0 ? r.output : r.output.slice(cut));
}

const withSources = (folders) => testFiles(folders).map((file) => ({ file, source: fs.readFileSync(path.join(here, file), 'utf8') }));
// A file says with "// once" that it has nothing to gain from the sanitizers: it runs on the release build. With "// sanitized" it
// says that it repeats other files in another way, for the sanitizers' sake; with words it runs nevertheless.
const says = (source, word) => new RegExp(`^// ${word}$`, 'm').test(source);
const isWorthIt = (variant) => ({ source }) => (variant ? !says(source, 'once') : bothBuilds || !says(source, 'sanitized'));
const runsOnRelease = ({ source }) => bothBuilds || options.fast || says(source, 'once');
const onlyPostgres = process.env.HIRED_TEST_STORE === 'postgresql';

async function nodeTests(variant, folders, env) {
    const files = withSources(folders).filter(isWorthIt(variant)).filter((f) => variant || runsOnRelease(f));
    await runFiles(variant, files, env);
}

// The files that say so (tests/lib/store.mjs) once more on PostgreSQL: on one server of it for all of them.
async function postgresTests(variant, folders, env) {
    const { storeLine } = await import('./lib/store.mjs');
    const all = withSources(folders).filter(isWorthIt(variant)).map((f) => ({ ...f, store: storeLine(f.source) }));
    const files = all.filter(({ store }) => store.startsWith('both') || ((options.long || onlyPostgres) && !store.startsWith('sqlite')));
    const left = all.filter(({ store }) => store.startsWith('sqlite'));
    if (onlyPostgres && left.length) process.stdout.write(`      not run on PostgreSQL, because they say why not: ${left.map((f) => f.file.replace('.test.mjs', '')).join(', ')}\n`);
    if (!files.length) return;
    const { startPostgres } = await import('./lib/postgres.mjs');
    const cluster = await startPostgres({ durable: false });
    await runFiles(`${variant} (postgresql)`, files, { ...env, HIRED_TEST_STORE: 'postgresql', HIRED_TEST_CLUSTER: cluster.dir });
    await cluster.stop();
}

async function runFiles(variant, files, env) {
    await run(files.map(({ file, source }) => ({ weight: weightOf(source), work: () => testFile(variant, file, env) })));
}

function coverage(variant, dir) {
    if (options.words.length || onlyPostgres) return;
    const start = Date.now();
    const { held, problems } = coverageProblems(dir);
    report(`every operation called, answers as described${variant}`, held, problems.length, start, problems.join('\n'));
}

async function blackBox(variant, dir, env) {
    const shared = path.join(runDir, dir);
    fs.mkdirSync(shared, { recursive: true });
    const all = { ...env, ...long, HIRED_BIN: path.join(root, dir, 'hired'), HIRED_TEST_RUN: shared };
    const folders = ['server', 'sdk', 'clients', 'docs', 'crash', 'browser', ...(options.long ? ['soak'] : [])];
    // Under a sanitizer PostgreSQL is left out unless it is asked for: what differs is the driver, and its unit tests run there.
    await Promise.all([
        ...(onlyPostgres ? [] : [nodeTests(variant, folders, { ...all, HIRED_TEST_STORE: '' })]),
        ...(onlyPostgres || !variant ? [postgresTests(variant, folders, all)] : []),
    ]);
    if (variant || options.fast || options.long) coverage(variant, shared);
}

// npm's work is skipped when what is installed is what the lock file says.
async function installPackages() {
    const lock = fs.readFileSync(path.join(here, 'package-lock.json'));
    const stamp = path.join(here, 'node_modules', '.hired-lock');
    if (fs.existsSync(stamp) && fs.readFileSync(stamp).equals(lock)) return;
    const start = Date.now();
    const r = await command('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here });
    report('npm ci (the SDK under test)', r.status === 0 ? 1 : 0, r.status === 0 ? 0 : 1, start, r.output);
    if (r.status !== 0) finish();
    fs.writeFileSync(stamp, lock);
}

function finish() {
    cleanUp();
    if (options.keep) process.stdout.write(`kept: ${runDir}\n`);
    process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
    process.exit(total.failed ? 1 : 0);
}

async function lintRules() {
    await runFiles('', withSources(['lint']), long);
}

async function releaseRound() {
    await Promise.all([lintRules(), unitTests('', 'build', {}), blackBox('', 'build', {})]);
}

async function asanRound() {
    // Reports need lines (-g1) and no variables, which would take a quarter of the compiler's time.
    await build('with ASan and UBSan', 'build-asan',
        ['--buildtype=debugoptimized', '-Doptimization=1', '-Dc_args=-g1', '-Db_sanitize=address,undefined'], { beside: true });
    const variant = ' (asan)';
    await Promise.all([unitTests(variant, 'build-asan', sanitizerEnv), blackBox(variant, 'build-asan', sanitizerEnv)]);
}

async function tsanRound() {
    await build('with TSan', 'build-tsan',
        ['--buildtype=debugoptimized', '-Doptimization=1', '-Db_sanitize=thread', '-Db_lundef=false']);
    await blackBox(' (tsan)', 'build-tsan', sanitizerEnv);
}

if (options.tsan) {
    await installPackages();
    await tsanRound();
} else if (options.sanitize) {
    await installPackages();
    await asanRound();
} else {
    await Promise.all([installPackages(), build('release', 'build', ['--buildtype=release'],
        { strict: true, units: options.fast || bothBuilds })]);
    // The second build takes what the first tests leave of the processors; its own tests then queue up with the others.
    await Promise.all([releaseRound(), ...(options.fast ? [] : [asanRound()])]);
}
finish();

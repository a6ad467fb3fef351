// SPDX-License-Identifier: Apache-2.0
//
// Times what people who use the console wait for, in a real browser: the first paint, a list of 100,000 applications,
// a search in it, scrolling. Prints a table. Needs what ./test installs (scripts/setup test; npm ci in tests/).
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { openBrowser, settled } = await import(path.join(root, 'tests/lib/browser.mjs'));
const usage = `usage: node bench/console.mjs [--applications N] [--rounds N]

  --applications N  how many applications the list has (100000)
  --rounds N        how often each is timed; the table has medians (5)
`;
const options = { applications: 100_000, rounds: 5 };
for (let i = 2; i < process.argv.length; i += 2) {
    const name = process.argv[i].replace(/^--/, '');
    const n = Number(process.argv[i + 1]);
    if (!(name in options) || !Number.isInteger(n) || n < 1) {
        process.stderr.write(usage);
        process.exit(2);
    }
    options[name] = n;
}

const hired = process.env.HIRED ?? path.join(root, 'build/hired');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hired-bench-console-'));
const data = path.join(dir, 'data');
const run = (...args) => execFileSync(hired, [...args, '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });

// As many talents and applications as wanted, with names of two hundred families and a thousand given names.
function makeRecords() {
    const demo = (name) => JSON.parse(fs.readFileSync(path.join(root, 'demo', `${name}.json`))).data.items;
    const application = demo('applications')[0];
    const talent = demo('talents')[0];
    const jobs = [...new Set(demo('applications').map((a) => a.job_id))];
    const base = 7_700_000_000_000_000_000n;
    const from = Date.now() - 200 * 86_400_000;
    for (const [kind, make] of [
        ['talent', (n) => ({ ...talent, id: String(base + BigInt(n)), talent_id: String(base + BigInt(n)), ...named(talent, n) })],
        ['application', (n) => ({ ...application, id: String(base + BigInt(2_000_000 + n)), talent_id: String(base + BigInt(n)),
            job_id: jobs[n % jobs.length], modify_time: String(from + n * 100_000) })],
    ]) {
        const file = path.join(dir, `${kind}.json`);
        const items = Array.from({ length: options.applications }, (_, n) => make(n));
        fs.writeFileSync(file, JSON.stringify({ code: 0, msg: 'success', data: { items } }));
        run('import', file, '--kind', kind, '--user-id-type', 'user_id');
    }
}
function named(talent, n) {
    const name = `Person${String(n % 1000).padStart(3, '0')} Family${Math.floor(n / 1000)}`;
    return talent.basic_info ? { basic_info: { ...talent.basic_info, name } } : { name };
}

async function startServer() {
    const child = spawn(hired, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const base = await new Promise((resolve, reject) => {
        let said = '';
        child.stdout.on('data', (d) => {
            said += d;
            const at = /listens on (http:\S+)/.exec(said);
            if (at) resolve(at[1]);
        });
        child.stderr.on('data', () => {});
        child.on('exit', () => reject(new Error(`hired serve ended: ${said}`)));
    });
    return { base, stop: () => new Promise((done) => { child.removeAllListeners('exit'); child.on('exit', done); child.kill(); }) };
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const rows = [];
async function time(what, once) {
    const all = [];
    for (let i = 0; i < options.rounds; i++) all.push(await once(i));
    rows.push([what, Math.round(median(all)), Math.round(Math.max(...all))]);
}

// From the address to the first letters on the screen, as the browser itself counts it, with an empty cache.
async function firstPaint(b, base, at) {
    const session = await b.context.newCDPSession(b.page);
    await session.send('Network.clearBrowserCache');
    await b.page.goto(base + at, { waitUntil: 'load' });
    await settled(b.page);
    return b.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
}
// From an act until the page shows what satisfies it; looked at on every frame.
async function until(b, act, shown, arg) {
    await b.page.evaluate(() => { globalThis.from = performance.now(); });
    await act();
    await b.page.waitForFunction(shown, arg, { polling: 'raf', timeout: 30_000 });
    return b.page.evaluate(() => performance.now() - globalThis.from);
}

try {
    run('demo');
    makeRecords();
    const server = await startServer();
    const admin = JSON.parse(fs.readFileSync(path.join(data, 'demo.json'))).console.accounts.find((a) => a.role === 'admin');
    const b = await openBrowser(server.base, { lang: 'en' });
    try {
        await time('first paint of the sign-in, empty cache', () => firstPaint(b, server.base, '/'));
        await b.signIn(admin);
        await time('first paint of the overview, empty cache', () => firstPaint(b, server.base, '/'));
        await time('first paint of the list, empty cache', () => firstPaint(b, server.base, '/applications'));
        const first = () => document.querySelector('.list .name')?.textContent;
        await b.go('/applications');
        await time(`search among ${options.applications.toLocaleString('en')}, from the last key to its rows`, async (i) => {
            const word = `Person${String(100 + i * 37).padStart(3, '0')}`;
            return until(b, () => b.page.fill('input[type=search]', word),
                (w) => { const n = document.querySelector('.list .name'); return n?.textContent.startsWith(w); }, word);
        });
        await b.page.fill('input[type=search]', '');
        await settled(b.page);
        await b.page.waitForFunction(first);
        await time('200 rows more, by scrolling to the end', async () => {
            // A page has 50 rows; of those far away only the height stands in the list.
            const count = await b.page.locator('.list .page').count();
            return until(b, async () => {
                for (let i = 0; i < 4; i++) {
                    const n = await b.page.locator('.list .page').count();
                    await b.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
                    await b.page.waitForFunction((k) => document.querySelectorAll('.list .page').length > k, n, { polling: 'raf' });
                }
            }, (n) => document.querySelectorAll('.list .page').length >= n, count + 4);
        });
        await time('opening an application from the list', async () => {
            await b.go('/applications');
            return until(b, () => b.page.locator('.list a.line').nth(3).click(), () => document.querySelector('.check') && !document.querySelector('.sk'));
        });
    } finally {
        await b.close();
        await server.stop();
    }
} finally {
    fs.rmSync(dir, { recursive: true, force: true });
}
console.log('| what | median ms | slowest ms |\n|---|--:|--:|');
for (const [what, m, max] of rows) console.log(`| ${what} | ${m} | ${max} |`);
process.exit(0);

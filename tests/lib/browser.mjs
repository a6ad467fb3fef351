// SPDX-License-Identifier: Apache-2.0
//
// A real browser for the console's tests: Debian's Chromium, signed in with a role of the demo. The server's
// responses to the page are checked against the descriptions in api/, as in all other tests.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { chromium } from 'playwright-core';

import { coverage } from './coverage.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((f) => fs.existsSync(f));

// Starting Chromium costs seconds, a context of its own (storage, cookies, cache) next to nothing: a process has one browser,
// which goes when nobody has used it for a second.
const LINGER_MS = 1000;

// What Chromium need not do. Each window's address bar has two pages of its own behind it, which cost more than ours. The list
// stands instead of Playwright's own, so it begins with that.
const without = ['AcceptCHFrame', 'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'DialMediaRouteProvider',
    'GlobalMediaControls', 'HttpsUpgrades', 'LensOverlay', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'Translate',
    'AutoDeElevate', 'RenderDocument', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];
let browser, users = 0, leaving;
async function newContext(options) {
    if (!executablePath) throw new Error('no chromium is installed: scripts/setup test');
    clearTimeout(leaving);
    users++;
    browser ??= chromium.launch({
        executablePath, headless: true,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync', `--disable-features=${without}`],
    });
    const context = await (await browser).newContext(options);
    context.on('close', () => {
        if (--users > 0) return;
        leaving = setTimeout(() => {
            const gone = browser;
            browser = undefined;
            gone.then((b) => b.close());
        }, LINGER_MS);
    });
    return context;
}

// Defines tests of what works alike in both languages: each runs in one of them, in turn and in the order of their definition; with
// --long all run in the first and then all in the second. define(lang, test, i), where test is node's.
let inTurn = 0;
export function eachLanguage(define) {
    const [zh, en] = ['zh', 'en'].map((lang, i) => {
        const tests = [];
        define(lang, (...args) => tests.push(args), i);
        return tests;
    });
    const chosen = process.env.HIRED_TEST_LONG ? [...zh, ...en] : zh.map((args, n) => (inTurn++ % 2 ? en[n] : args));
    for (const args of chosen) test(...args);
}

// In the page: openAnswers, how many answers it waits for or is reading.
function countAnswers() {
    let open = 0;
    const counted = (f) => function counting(...args) {
        open++;
        return f.apply(this, args).finally(() => open--);
    };
    globalThis.fetch = counted(globalThis.fetch);
    for (const read of ['json', 'text', 'blob', 'arrayBuffer']) Response.prototype[read] = counted(Response.prototype[read]);
    Object.defineProperty(globalThis, 'openAnswers', { get: () => open });
}

// Opens a window at the server. lang: "zh" or "en". timezone: the reader's, such as "Asia/Shanghai". Faults of scripts are collected in errors.
export async function openBrowser(base, { lang = 'zh', theme = 'light', width = 1280, height = 800, timezone } = {}) {
    const context = await newContext({ viewport: { width, height }, reducedMotion: 'reduce', timezoneId: timezone });
    const errors = [];
    await context.addInitScript(([l, t]) => {
        if (!globalThis.localStorage) return; // a frame of the browser's own, such as its PDF viewer
        if (!localStorage.getItem('hired.lang')) localStorage.setItem('hired.lang', l);
        if (!localStorage.getItem('hired.theme')) localStorage.setItem('hired.theme', t);
    }, [lang, theme]);
    await context.addInitScript(countAnswers);
    context.setDefaultTimeout(90_000); // a machine that is busy with other things is slow
    const page = await context.newPage();
    // Chromium shows a PDF by scripts of its own, whose faults are not the console's.
    page.on('pageerror', (e) => { if (!/chrome(-extension)?:\/\//.test(e.stack ?? '')) errors.push(e.stack ?? String(e)); });
    page.on('console', (m) => {
        if (m.type() === 'error' && !/status of (400|401|403|404|409)/.test(m.text())) errors.push(m.text());
    });
    page.on('response', async (r) => {
        const url = new URL(r.url());
        if (!/^\/(console\/api|open-apis)\//.test(url.pathname) || !/json/.test(r.headers()['content-type'] ?? '')) return;
        const body = await r.json().catch(() => null); // the page may have gone on meanwhile
        if (body) errors.push(...coverage.saw(r.request().method(), url.pathname + url.search, r.status(), body));
    });
    return {
        context, page, errors,
        go: async (at) => {
            await page.goto(base + at, { waitUntil: 'load' });
            await settled(page);
        },
        signIn: async (account) => {
            await page.goto(`${base}/`, { waitUntil: 'load' });
            await page.fill('input[name=user]', account.user);
            await page.fill('input[name=password]', account.password);
            await page.click('button[type=submit]');
            await page.waitForSelector('main#main');
            await settled(page);
        },
        close: () => context.close(),
    };
}

// Until the page waits for no answer and nothing says that it is loading, and has been drawn so a few times: what an answer
// brings about may ask for more.
let settledCalls = 0;
export async function settled(page) {
    await page.waitForFunction((call) => {
        if (globalThis.settling !== call) Object.assign(globalThis, { settling: call, calmFrames: 0 });
        const calm = globalThis.openAnswers === 0 && document.querySelector('h1, main') && !document.querySelector('.sk');
        globalThis.calmFrames = calm ? globalThis.calmFrames + 1 : 0;
        return globalThis.calmFrames > 6;
    }, ++settledCalls);
}

// What axe has against the page, a line each. It is put in through the debugger, so the page's policy stays as it is.
export async function violations(page) {
    if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} (${n.failureSummary?.split('\n')[1]?.trim()})`));
}

// SPDX-License-Identifier: Apache-2.0
//
// Every page of the console with the demo's data in a real browser: axe finds no violation, and no page is wider than the window,
// in both languages, widths and themes.
// once
// weight: 45
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openBrowser, violations } from '../lib/browser.mjs';
import { Person } from '../lib/console.mjs';
import { hiredOk, startServer, tempDir } from '../lib/server.mjs';

const dir = tempDir();
hiredOk(['demo', '--data', dir]);
const server = await startServer({ dir });
after(() => server.stop());
const admin = await Person.of(server, 'admin');
const first = async (path, query) => (await admin.get(path, query)).items[0];
const event = (await first('events')).event_id;
const interview = (await first('interviews', { from: '1', to: String(Date.now()) })).id;
const application = '7612525187797179011';
const pages = ['/', '/applications', `/applications/${application}`, '/orders', '/interviews', '/interviews?view=list&week=2026-03-09',
    `/interviews/${interview}`, '/settings/vendors', '/settings/approvals', '/settings/apps', '/settings/users', '/settings/audit',
    '/settings/erasure', '/events', `/events/${event}`, '/events?view=subscriptions',
    '/api', '/api?op=GET+%2Fopen-apis%2Fhire%2Fv1%2Fbackground_check_orders', '/requests', '/me', '/nowhere', '/applications/1'];

const PHONE = 390, ZOOMED = 320; // what is left of 1280 px at 400 %
const fits = async (page, what) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} scrolls sideways`);

// Both languages, widths and themes once; with --long in the other pairs too.
const windows = [['zh', 1280, 'light'], ['en', 390, 'dark'], ...(process.env.HIRED_TEST_LONG ? [['en', 1280, 'dark'], ['zh', 390, 'light']] : [])];
for (const [lang, width, theme] of windows) {
    test(`on every page, axe finds no violation and nothing is wider than the window: ${lang}, ${width} px, ${theme}`, async () => {
        const b = await openBrowser(server.baseUrl, { lang, width, theme });
        try {
            await b.page.goto(server.baseUrl);
            await b.page.waitForSelector('form');
            assert.deepEqual(await violations(b.page), [], 'the sign-in');
            await b.signIn(server.demo.console.accounts.find((a) => a.role === 'admin'));
            for (const at of pages) {
                await b.go(at);
                assert.deepEqual(await violations(b.page), [], at);
                await fits(b.page, at);
                if (width > PHONE) continue;
                await b.page.setViewportSize({ width: ZOOMED, height: 800 });
                await fits(b.page, `${at} at 400 %`);
                await b.page.setViewportSize({ width, height: 800 });
            }
            assert.equal(await b.page.evaluate(() => document.documentElement.lang), lang === 'zh' ? 'zh-CN' : 'en');
            assert.deepEqual(b.errors, []);
        } finally {
            await b.close();
        }
    });
}

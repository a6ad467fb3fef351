// SPDX-License-Identifier: Apache-2.0
//
// Every dialog and side sheet, used by keyboard only: it has a name, is modal, takes the focus and keeps it (Tab and Shift+Tab
// cycle inside it). Escape returns the focus to the control that opened it, or to a control next to that.
// once
// weight: 45
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { hiredOk, startServer, tempDir } from '../lib/server.mjs';
import { paths as vendorPaths, pkg } from '../lib/vendor.mjs';

const dir = tempDir();
hiredOk(['demo', '--data', dir]);
const server = await startServer({ dir });
after(() => server.stop());
const recruiter = await Person.of(server, 'recruiter');
const admin = await Person.of(server, 'admin');
const account = (role) => server.demo.console.accounts.find((a) => a.role === role);
const clearview = hiredOk(['vendor', 'list', '--data', server.dir]).find((v) => v.en_name === 'Clearview Screening').account_id;
const application = '7612525187797179011';
await Client.vendor(server).ok('POST', vendorPaths.packages, { body: { account_id: clearview, package_list: [pkg('gold')] } });
hiredOk(['tenant', 'set', '--data', server.dir, '--approve-arrangement', 'on']);
const arranged = async () => (await recruiter.post('orders/arrange', { application_id: application, account_id: clearview,
    package_id: 'gold', custom_values: [{ key: 'pace', value: 'normal' }], again: true })).order_id;
const inWeeks = (n, hour) => String(Math.ceil(Date.now() / 3600_000) * 3600_000 + (n * 7 * 24 + hour) * 3600_000);
const interview = (await recruiter.post('interviews', { application_id: application, plan: { begin_time: inWeeks(3, 0),
    end_time: inWeeks(3, 1), interviewers: ['d716b84f'], interview_type: 3, video_type: 5 } })).interview_id;

async function within(role, o, work) {
    const b = await openBrowser(server.baseUrl, { lang: 'en', ...o });
    try {
        await b.signIn(account(role));
        await work(b);
        assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
}

// The layer on top and where the focus is. A frame's own stops are its own: the focus stays on the frame while Tab goes
// through them.
const look = (page) => page.evaluate(() => {
    const top = [...document.querySelectorAll('[role=dialog]')].at(-1);
    if (!top) return null;
    const layer = top.closest('.layer') ?? top;
    const active = document.activeElement;
    globalThis.trail ??= [];
    if (!globalThis.trail.includes(active)) globalThis.trail.push(active);
    return {
        inside: layer.contains(active) && !active.hasAttribute('data-guard'), at: globalThis.trail.indexOf(active),
        modal: top.getAttribute('aria-modal'),
        name: top.getAttribute('aria-label') ?? document.getElementById(top.getAttribute('aria-labelledby'))?.textContent,
        beneath: !!document.querySelector('main')?.closest('[inert]'),
        lost: active === document.body && !!layer.querySelector('iframe'),
    };
});
// The same after a key. A frame that shows a PDF has a process of its own, so the focus leaves it some time after the key. On a busy
// machine Chromium then sometimes gives it to nothing; the next key brings it back into the layer.
async function lookAfterKey(page, key) {
    let again = Date.now() + 2000;
    for (const end = Date.now() + 30_000; ;) {
        const now = await look(page);
        if (now.inside || Date.now() > end) return now;
        if (now.lost && Date.now() > again) {
            again = Date.now() + 2000;
            await page.keyboard.press(key);
        }
        await page.waitForTimeout(20);
    }
}
const dialogs = (page) => page.locator('[role=dialog]');
// Goes round with a key; how many stops there are.
async function round(page, key, what) {
    await page.keyboard.press(key);
    const first = await lookAfterKey(page, key);
    const seen = new Set([first.at]);
    for (let n = 0; n < 150; n++) {
        await page.keyboard.press(key);
        const now = await lookAfterKey(page, key);
        assert.ok(now.inside, `${what}: ${key} leaves the layer after ${n + 2} times`);
        if (now.at === first.at && seen.size > 1) return seen.size;
        seen.add(now.at);
    }
    assert.fail(`${what}: ${key} does not come round; ${seen.size} stops`);
}
async function walkOpen(page, what) {
    await dialogs(page).last().waitFor();
    await settled(page);
    await page.evaluate(() => { globalThis.trail = []; });
    const first = await look(page);
    assert.ok(first.inside, `${what}: the focus is not in it`);
    assert.equal(first.modal, 'true', `${what}: not modal`);
    assert.ok(first.name?.trim(), `${what}: has no name`);
    assert.ok(first.beneath, `${what}: what lies beneath can be reached`);
    const forth = await round(page, 'Tab', what);
    const back = await round(page, 'Shift+Tab', what);
    // A frame in which nothing can have the focus is passed by going forth.
    const frames = await dialogs(page).last().locator('iframe').count();
    assert.ok(back - forth <= frames && forth <= back, `${what}: ${forth} stops forth, ${back} back`);
    return forth;
}
// In a frame Escape is the frame's; Tab leads out of it. The browser sends keys to the frame's process until it has heard that
// the focus left: the page gets a key of its own first.
async function leaveFrame(page, what) {
    const inFrame = () => page.evaluate(() => document.activeElement.tagName === 'IFRAME');
    if (!await page.locator('[role=dialog] iframe').count()) return;
    for (let n = 0; await inFrame(); n++) {
        assert.ok(n < 150, `${what}: Tab does not lead out of the frame`);
        await page.keyboard.press('Tab');
    }
    await page.evaluate(() => {
        globalThis.heard = false;
        addEventListener('keydown', () => { globalThis.heard = true; }, { once: true, capture: true });
    });
    for (const end = Date.now() + 10_000; !await page.evaluate(() => globalThis.heard);) {
        assert.ok(Date.now() < end, `${what}: keys do not reach the page`);
        await page.keyboard.press('Shift');
    }
}
async function walk(page, what, opener, key = 'Enter') {
    await opener.focus();
    await page.keyboard.press(key);
    await walkOpen(page, what);
    await leaveFrame(page, what);
    await page.keyboard.press('Escape');
    await dialogs(page).waitFor({ state: 'detached' });
    assert.ok(await opener.evaluate((el) => el === document.activeElement), `${what}: the focus does not come back`);
    assert.equal(await page.locator('[inert]').count(), 0, `${what}: something stays out of reach`);
}
// What each of these opens, all of them.
async function walkAll(page, what, openers, least) {
    await settled(page);
    const n = await openers.count();
    assert.ok(n >= least, `${what}: ${n} openers`);
    for (let i = 0; i < n; i++)
        if (await openers.nth(i).isEnabled()) await walk(page, `${what}, ${await openers.nth(i).innerText()}`, openers.nth(i));
}

test('application page: side sheets, dialogs and the report keep and return the focus', () => within('admin', {}, async ({ page, go }) => {
    const id = await arranged();
    await go(`/applications/${application}?order=${id}`);
    await walkAll(page, 'application', page.locator('.head .do button'), 3);
    await walkAll(page, 'check', page.locator('.check .card-head .do button'), 4);
    const green = (await recruiter.get('orders', { status: 3 })).items[0];
    await go(`/applications/${green.application_id}?order=${green.id}`);
    const view = page.locator('.reports button').first();
    await walk(page, 'report', view);
    // The help on keys opens wherever the focus is.
    await walk(page, 'keys', view, '?');
}));

test('closing an edited form asks first; declining returns the focus to the field', () => within('recruiter', {}, async ({ page, go }) => {
    await go(`/applications/${application}`);
    const opener = page.locator('.head .do button', { hasText: 'Add result' });
    await opener.focus();
    await page.keyboard.press('Enter');
    const field = page.locator('input[name=record_name]');
    await field.waitFor();
    assert.ok(await field.evaluate((el) => el === document.activeElement), 'the first field has the focus');
    await page.keyboard.type('Degree');
    await page.keyboard.press('Escape');
    assert.equal(await dialogs(page).count(), 2);
    await walkOpen(page, 'the question');
    await page.keyboard.press('Escape');
    await page.locator('.semi-modal').waitFor({ state: 'detached' });
    assert.equal(await field.inputValue(), 'Degree');
    assert.ok(await field.evaluate((el) => el === document.activeElement));
    await page.keyboard.press('Escape');
    await page.locator('.semi-modal .semi-button-danger').focus();
    await page.keyboard.press('Enter');
    await dialogs(page).first().waitFor({ state: 'detached' });
    assert.ok(await opener.evaluate((el) => el === document.activeElement), 'both closed: what opened the first');
}));

test('if the action removes the button that opened the dialog, a control nearby gets the focus', () => within('admin', {}, async ({ page, go }) => {
    await go(`/applications/${application}?order=${await arranged()}`);
    const approve = page.locator('.check .card-head .do button').first();
    await approve.focus();
    await page.keyboard.press('Enter');
    await dialogs(page).locator('.semi-modal-footer button').last().focus();
    await page.keyboard.press('Enter');
    await dialogs(page).waitFor({ state: 'detached' });
    await settled(page);
    const at = await page.evaluate(() => [document.activeElement.tagName, !!document.activeElement.closest('.check')]);
    assert.deepEqual(at, ['BUTTON', true]);
}));

test('interview page: dialogs for rescheduling, cancelling and assessing keep and return the focus', async () => {
    await within('recruiter', {}, async ({ page, go }) => {
        await go(`/interviews/${interview}`);
        await walkAll(page, 'interview', page.locator('.head .do button'), 2);
    });
});

test('settings: dialogs of vendors, accounts, apps and erasure keep and return the focus', () => within('admin', {}, async ({ page, go }) => {
    for (const [at, openers, least] of [['vendors', '.card-head .do button, .head .do button', 3], ['apps', '.card-head .do button, .head .do button', 3],
        ['users', '.deeds button', 6]]) {
        await go(`/settings/${at}`);
        await walkAll(page, at, page.locator(openers), least);
    }
    await go('/settings/erasure');
    await page.fill('input[name=person]', (await recruiter.get('applications', { page_size: 1 })).items[0].talent_name);
    await page.locator('.found li').first().waitFor();
    await walk(page, 'erasure', page.locator('.found button').first());
    await go('/settings/users');
    const made = page.getByRole('button', { name: 'Add account', exact: true });
    await walk(page, 'a new account', made);
    // A secret that is shown once takes the place of the form: the focus goes on from one to the other, and back to the start.
    await made.focus();
    await page.keyboard.press('Enter');
    await page.locator('input[name=user]').waitFor();
    await page.keyboard.type('walker');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Walker');
    await page.locator('.semi-modal-footer button').last().focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-secret]').first().waitFor();
    server.secrets.add(await page.locator('[data-secret]').nth(1).innerText());
    await walkOpen(page, 'the secret');
    await page.keyboard.press('Escape');
    await dialogs(page).waitFor({ state: 'detached' });
    assert.ok(await made.evaluate((el) => el === document.activeElement), 'the secret gives back to what opened the form');
}));

test('dialogs for resending an event and for a writing API call keep and return the focus', () => within('admin', {}, async ({ page, go }) => {
    const event = (await admin.get('events')).items[0];
    await go(`/events/${event.event_id}`);
    await walkAll(page, 'event', page.locator('.head .do button, .card-head .do button'), 1);
}));

test('the menu of a narrow window keeps and returns the focus like a dialog', () => within('recruiter', { width: 390, height: 760 }, async ({ page, go }) => {
    await go('/applications');
    const menu = page.locator('.topbar > button').first();
    await walk(page, 'menu', menu);
    await menu.click();
    assert.deepEqual(await violations(page), []);
    await page.mouse.click(370, 400);
    await dialogs(page).waitFor({ state: 'detached' });
    await menu.click();
    await page.locator('.side a[href="/interviews"]').click();
    await dialogs(page).waitFor({ state: 'detached' });
    assert.equal(await page.locator('[inert]').count(), 0);
}));

// SPDX-License-Identifier: Apache-2.0
//
// Sessions that end while a page is in use. Signing out shows the sign-in page. If a session ends in another way, a dialog over the
// page asks for the password and the page keeps its content, which no other account can see. A removed role shows a message.
// once
// weight: 45
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openBrowser, settled, violations } from '../lib/browser.mjs';
import { Person } from '../lib/console.mjs';
import { startServer } from '../lib/server.mjs';

const server = await startServer();
after(() => server.stop());
const admin = await Person.of(server, 'admin');
const account = (role) => server.demo.console.accounts.find((a) => a.role === role);
const application = '7612525187797179011';

// An account of its own, so that nothing that happens to it happens to another test.
let made = 0;
async function newAccount(roles = ['recruiter']) {
    const user = `session.${++made}`;
    const r = await admin.post('users', { user, name: `Session ${made}`, roles });
    server.secrets.add(r.password);
    return { user, password: r.password, id: r.account.id };
}
async function reset(who) {
    const { password } = await admin.post(`users/${who.id}`, { reset_password: true });
    server.secrets.add(password);
    return { ...who, password };
}
// o.fault: what the browser's log must say, and nothing else.
async function within(who, o, work) {
    const b = await openBrowser(server.baseUrl, { lang: 'en', ...o });
    const lock = b.page.locator('.semi-modal.lock');
    try {
        await b.signIn(who);
        await work({ ...b, lock, button: (name) => b.page.getByRole('button', { name, exact: true }),
            unlock: async (password) => {
                await lock.locator('input[name=password]').fill(password);
                await b.page.keyboard.press('Enter');
            } });
        if (o.fault) assert.ok(b.errors.length > 0 && b.errors.every((e) => o.fault.test(e)), b.errors.join('\n'));
        else assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
}
const recorded = async () => (await admin.get('orders', { application_id: application })).items.map((o) => o.name);
// The form for a result by hand, with something written in it.
async function begin({ page, go, button }, name, record = 'Add result') {
    await go(`/applications/${application}`);
    await button(record).click();
    await page.fill('input[name=record_name]', name);
    await page.fill('textarea[name=record_result]', 'Green');
}
const send = (page) => page.locator('.semi-sidesheet-inner button[type=submit]').click();

const out = { zh: '退出登录', en: 'Sign out' };
for (const [n, role] of ['admin', 'recruiter', 'approver', 'interviewer'].entries()) {
    const lang = n % 2 ? 'zh' : 'en';
    test(`signing out by mouse or keyboard shows the sign-in page: ${role}`, () => within(account(role), { lang }, async ({ page, button, signIn }) => {
        for (const way of ['mouse', 'keys']) {
            if (way === 'mouse') await button(out[lang]).click();
            else {
                await button(out[lang]).focus();
                await page.keyboard.press('Enter');
            }
            await page.locator('main.sign input[name=user]').waitFor();
            assert.equal(await page.locator('.banner, .shell, [role=dialog]').count(), 0);
            assert.equal(new URL(page.url()).pathname, '/');
            await page.evaluate(() => { globalThis.stayed = true; });
            // The next one to sign in sees their own pages, without a reload.
            const next = way === 'mouse' ? account(role) : account('interviewer');
            await page.fill('input[name=user]', next.user);
            await page.fill('input[name=password]', next.password);
            await page.keyboard.press('Enter');
            await page.waitForSelector('main#main');
            await settled(page);
            assert.equal(await page.locator('.banner').count(), 0);
            assert.equal(await page.evaluate(() => globalThis.stayed), true);
        }
        assert.deepEqual(await page.locator('.nav a').allInnerTexts(), [lang === 'zh' ? '面试' : 'Interviews']);
    }));
}

test('if the server cannot be reached, signing out shows a message and the page stays', () => within(account('recruiter'), { fault: /ERR_FAILED/ }, async ({ page, button }) => {
    await page.route('**/session/sign_out', (r) => r.abort());
    await button('Sign out').click();
    await page.locator('.semi-toast').waitFor();
    assert.equal(await page.locator('main#main').count(), 1);
    await page.unroute('**/session/sign_out');
    await button('Sign out').click();
    await page.locator('main.sign').waitFor();
}));

for (const [lang, record] of [['zh', '录入背调结果'], ['en', 'Add result']]) {
    test(`a cookie that is gone: the form stays, and what was asked for is done after the password: ${lang}`, () => within(account('recruiter'), { lang }, async (b) => {
        const { page, lock, context, unlock } = b;
        const name = `After the password ${lang}`;
        await begin(b, name, record);
        await context.clearCookies();
        await send(page);
        await lock.waitFor();
        assert.equal(await lock.locator('input[name=user]').inputValue(), account('recruiter').user);
        assert.ok(await lock.locator('input[name=password]').evaluate((el) => el === document.activeElement));
        assert.deepEqual(await violations(page), []);
        await page.keyboard.press('Escape');
        await unlock('certainly wrong');
        await lock.getByRole('alert').waitFor();
        assert.ok(!(await recorded()).includes(name));
        await unlock(account('recruiter').password);
        await lock.waitFor({ state: 'detached' });
        await page.locator('.semi-sidesheet-inner').waitFor({ state: 'detached' });
        assert.equal((await recorded()).filter((x) => x === name).length, 1, 'once');
    }));
}

test('a password changed elsewhere is asked for at once; the stream goes on after it', async () => {
    let who = await newAccount();
    await within(who, {}, async (b) => {
        const { page, lock, unlock } = b;
        await begin(b, 'Typed before');
        who = await reset(who);
        await lock.waitFor(); // nobody clicked anything
        assert.equal(await page.locator('.banner').count(), 0, 'the server is not what is missing');
        const stream = page.waitForResponse((r) => /events\/stream/.test(r.url()) && r.status() === 200);
        await unlock(who.password);
        await lock.waitFor({ state: 'detached' });
        await stream;
        assert.equal(await page.inputValue('input[name=record_name]'), 'Typed before');
        assert.ok(await page.locator('input[name=record_name]').evaluate((el) => el === document.activeElement || el.closest('.layer').contains(document.activeElement)));
        await send(page);
        await page.locator('.semi-sidesheet-inner').waitFor({ state: 'detached' });
        assert.ok((await recorded()).includes('Typed before'));
        // What others do is heard again.
        const order = await admin.post('orders/record', { application_id: application, name: 'Heard again', result: 'ok',
            reports: [{ report_name: 'r', report_url: 'https://vendor.example/r.pdf', report_url_type: 2 }] });
        await page.locator(`nav.tabs a[href="?order=${order.order_id}"]`).waitFor();
    });
});

test('another account that signs in by cookie, dialog or another window sees no data of the first account', () => within(account('recruiter'), {}, async (b) => {
    const { page, lock, context, button, go } = b;
    const other = await Person.of(server, 'approver');
    const [name, value] = other.cookie.split('=');
    await begin(b, 'Not theirs');
    await context.addCookies([{ name, value, url: server.baseUrl, httpOnly: true, sameSite: 'Strict' }]);
    await send(page);
    await page.locator('.semi-sidesheet-inner').waitFor({ state: 'detached' });
    await page.locator('.who', { hasText: (await other.get('session')).user.en_name }).waitFor();
    assert.equal(await page.getByText('Not theirs').count(), 0);
    assert.ok(!(await recorded()).includes('Not theirs'));

    // From the dialog: somebody else signs in from the start.
    await button('Sign out').click();
    await b.signIn(account('recruiter'));
    await begin(b, 'Nor this');
    await context.clearCookies();
    await send(page);
    await lock.locator('button').last().click();
    await page.locator('main.sign').waitFor();
    assert.equal(await page.locator('[role=dialog]').count(), 0);
    await b.signIn(account('recruiter'));
    await begin(b, 'Left here');

    // Another window signs out: the page is covered, and its owner may come back to it.
    const second = await context.newPage();
    await second.goto(`${server.baseUrl}/`);
    await second.getByRole('button', { name: 'Sign out', exact: true }).click();
    await second.locator('main.sign').waitFor();
    await lock.waitFor();
    assert.ok(await lock.evaluate((el) => el.classList.contains('veiled')));
    await second.fill('input[name=user]', account('recruiter').user);
    await second.fill('input[name=password]', account('recruiter').password);
    await second.keyboard.press('Enter');
    await second.waitForSelector('main#main');
    await lock.waitFor({ state: 'detached' });
    assert.equal(await page.inputValue('input[name=record_name]'), 'Left here', 'the same person: everything is there');

    // And another account signs in there: the form goes.
    await second.getByRole('button', { name: 'Sign out', exact: true }).click();
    await second.locator('main.sign').waitFor();
    await second.fill('input[name=user]', account('interviewer').user);
    await second.fill('input[name=password]', account('interviewer').password);
    await second.keyboard.press('Enter');
    await page.locator('.semi-sidesheet-inner').waitFor({ state: 'detached' });
    await lock.waitFor({ state: 'detached' });
    assert.deepEqual(await page.locator('.nav a').allInnerTexts(), ['Interviews']);
    assert.equal(await page.getByText('Left here').count(), 0);
    await go('/interviews');
}));

test('a removed role: a message says so, the page stays readable, and permitted data is loaded', async () => {
    const who = await newAccount(['recruiter', 'interviewer']);
    await within(who, {}, async (b) => {
        const { page, button } = b;
        await begin(b, 'No more');
        await admin.post(`users/${who.id}`, { roles: ['interviewer'] });
        await send(page);
        await page.locator('.banner', { hasText: 'Interviewer' }).waitFor();
        await page.locator('.semi-sidesheet-inner').getByRole('alert').or(page.locator('.semi-toast')).first().waitFor();
        assert.equal(await page.inputValue('input[name=record_name]'), 'No more', 'to be copied');
        assert.deepEqual(await page.locator('.nav a').allInnerTexts(), ['Interviews']);
        await page.keyboard.press('Escape');
        await page.locator('.semi-modal .semi-button-danger').click();
        await page.locator('.check .card-head').waitFor();
        await settled(page);
        assert.deepEqual(await violations(page), []);
        await button('Refresh page').click();
        await page.getByText('You do not have access to this page').waitFor();
        await page.locator('.nav a').click();
        await settled(page);
        assert.equal(await page.locator('.banner').count(), 0);
    });
});

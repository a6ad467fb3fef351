// SPDX-License-Identifier: Apache-2.0
//
// The console in a real browser: a check from its order to its approved report by clicking, in both languages.
// once
// weight: 15
// store: both
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { eachLanguage, openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { hiredOk, startServer } from '../lib/server.mjs';

const server = await startServer();
after(() => server.stop());
const vendor = Client.vendor(server);
const account = (role) => server.demo.console.accounts.find((a) => a.role === role);
const application = '7612525187797179011';

const types = ['text', 'textarea', 'number', 'boolean', 'select', 'multiselect', 'date', 'file', 'resume'];
const clearview = hiredOk(['vendor', 'list', '--data', server.dir]).find((v) => v.en_name === 'Clearview Screening').account_id;
await vendor.ok('POST', '/open-apis/hire/v1/eco_background_check_packages', { body: {
    account_id: clearview, package_list: [{ id: 'gold', name: 'Gold package' }], additional_item_list: [{ id: 'degree', name: 'Degree check' }],
} });
await vendor.ok('POST', '/open-apis/hire/v1/eco_background_check_custom_fields', { body: {
    account_id: clearview, custom_field_list: types.map((type) => ({
        type, key: `f_${type}`, name: { zh_cn: `字段 ${type}`, en_us: `Field ${type}` }, is_required: !['file', 'resume'].includes(type),
        ...(/select/.test(type) && { options: [{ key: 'a', name: { zh_cn: '甲', en_us: 'First' } }, { key: 'b', name: { zh_cn: '乙', en_us: 'Second' } }] }),
    })),
} });

test('a wrong password shows a message, and the user is not signed in', async () => {
    const b = await openBrowser(server.baseUrl, { lang: 'en' });
    try {
        await b.page.goto(server.baseUrl);
        await b.page.fill('input[name=user]', 'admin');
        await b.page.fill('input[name=password]', 'certainly wrong');
        await b.page.click('button[type=submit]');
        await b.page.getByText('Incorrect username or password').waitFor();
        assert.equal(await b.page.locator('nav').count(), 0);
    } finally {
        await b.close();
    }
});

test('a page that the role may not open says so; "?" lists the keys of the pages that it may open', async () => {
    const b = await openBrowser(server.baseUrl, { lang: 'en', width: 390 });
    try {
        await b.signIn(account('interviewer'));
        await b.go('/orders');
        await b.page.getByText('You do not have access to this page').waitFor();
        await b.page.keyboard.press('?');
        const keys = b.page.getByRole('dialog');
        await keys.getByText('Go to Interviews').waitFor();
        assert.equal(await keys.getByText('Go to Settings').count(), 0);
        assert.deepEqual(await violations(b.page), []);
        await b.page.keyboard.press('Escape');
        await keys.waitFor({ state: 'hidden' });
        await b.page.keyboard.press('g');
        await b.page.keyboard.press('i');
        await b.page.waitForURL('**/interviews');
        assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
});

const words = {
    zh: { order: '发起背调', submit: '发起', approve: '通过报告', yes: '通过', waits: '报告待审批', completed: '已完成', green: '绿灯', other: 'English', otherOrder: 'Start check', progress: '工作履历核实中' },
    en: { order: 'Start check', submit: 'Start', approve: 'Approve report', yes: 'Approve', waits: 'Report pending approval', completed: 'Completed', green: 'Green', other: '中文', otherOrder: '发起背调', progress: 'Employment being verified' },
};
eachLanguage((lang, test) => {
    test(`a check from its order to its approved report, by clicking: ${lang}`, async () => {
        const w = words[lang];
        const b = await openBrowser(server.baseUrl, { lang });
        const { page } = b;
        const button = (name) => page.getByRole('button', { name, exact: true });
        try {
            await b.signIn(account('admin'));
            await b.go('/settings/approvals');
            const boxes = page.locator('label.tick input');
            if (await boxes.nth(0).isChecked()) await boxes.nth(0).click();
            await page.waitForFunction(() => !document.querySelectorAll('label.tick input')[0].checked);
            if (!await boxes.nth(1).isChecked()) await boxes.nth(1).click();
            await page.waitForFunction(() => document.querySelectorAll('label.tick input')[1].checked);

            await b.go(`/applications/${application}`);
            await button(w.order).click();
            await page.selectOption('select[name=account_id]', clearview);
            await page.selectOption('select[name=package_id]', 'gold');
            await page.locator('label', { hasText: 'Degree check' }).click();
            await button(w.submit).click();
            await page.locator('form [role=alert]').nth(6).waitFor(); // what is missing is said at its field
            await page.fill('input[name=f_text]', 'One line');
            await page.fill('textarea[name=f_textarea]', 'Two\nlines');
            await page.fill('input[name=f_number]', '3');
            await page.selectOption('select[name=f_boolean]', 'true');
            await page.selectOption('select[name=f_select]', 'b');
            await page.locator('fieldset', { has: page.locator('legend', { hasText: 'multiselect' }) }).last().locator('input').first().check();
            await page.fill('input[name=f_date]', '2026-12-01');
            assert.deepEqual(await violations(page), [], 'the form');
            await button(w.submit).click();
            await page.waitForURL(/order=\d+/);
            const id = new URL(page.url()).searchParams.get('order');
            await settled(page);

            // The vendor pushes; the page moves by itself.
            await page.evaluate(() => { globalThis.stayed = true; });
            await vendor.ok('POST', '/open-apis/hire/v1/eco_background_checks/update_progress', { body: {
                background_check_id: id, stage_id: 's1', stage_name: '工作履历核实中', stage_en_name: 'Employment being verified', stage_time: String(Date.now()),
            } });
            await page.locator('.tl').getByText(w.progress, { exact: true }).first().waitFor();
            await vendor.ok('POST', '/open-apis/hire/v1/eco_background_checks/update_result', { body: {
                background_check_id: id, result: '绿灯', result_time: String(Date.now()),
                report_file_list: [{ report_name: 'Final', report_url: 'https://vendor.example/preview/1', report_url_type: 2 }],
            } });
            await page.locator('.check .pill', { hasText: w.waits }).waitFor();
            assert.match(await page.locator('.verdict').innerText(), new RegExp(w.green));

            await button(w.approve).click();
            await page.locator('.semi-modal').getByRole('button', { name: w.yes, exact: true }).click();
            await page.locator('.check .pill', { hasText: w.completed }).waitFor();
            assert.equal(await page.evaluate(() => globalThis.stayed), true, 'the page was never loaded again');

            await button(w.other).click();
            await button(w.otherOrder).waitFor();
            assert.deepEqual(b.errors.filter((e) => !/501/.test(e)), []);
        } finally {
            await b.close();
        }
    });
});

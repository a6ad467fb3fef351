// SPDX-License-Identifier: Apache-2.0
//
// The settings by clicking, in both languages: erasing a person, vendor accounts, console accounts, approvers, the audit log,
// changing the password; no axe violation in any dialog, and access for administrators only.
// once
// weight: 110
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { eachLanguage, openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client, eventually } from '../lib/client.mjs';
import { importPeople, leftovers, makePerson } from '../lib/person.mjs';
import { demoDir, root, startServer } from '../lib/server.mjs';
import { accountField, pkg } from '../lib/vendor.mjs';

const dir = demoDir();
const people = [makePerson(1), makePerson(2)];
importPeople(dir, people);
const server = await startServer({ dir });
after(() => server.stop());
const account = (role) => server.demo.console.accounts.find((a) => a.role === role);
const vendor = Client.vendor(server);
await vendor.ok('POST', '/open-apis/hire/v1/eco_account_custom_fields', { body: { scope: 1, custom_field_list: [accountField('org')] } });

const words = {
    zh: { find: '删除数据…', erase: '永久删除', erased: '已删除', see: '在审计日志里查看', was: '删除个人数据', nothing: '没有可以删除的了', add: '添加账号', addDo: '添加',
        save: '保存', saved: '已保存', tells: '保存后会通知供应商', silent: '供应商不会收到通知', edit: '编辑', unbind: '解除绑定', unbound: '未绑定应用', all: '显示全部 12 项',
        close: '关闭', cancel: '取消', reset: '重置', disable: '停用', enable: '启用', disabled: '已停用', self: '这是你自己的账号', taken: '已被使用', made: '添加了',
        nobody: '还没有审批人', bare: '只有“审批人”一个角色', signedIn: '登录', changed: '修改审批设置', fits: '没有符合条件的记录', wrong: '当前密码不对', short: '至少 10 个字符，现在',
        differ: '两次输入不一致', change: '修改', done: '密码已修改', locked: '设置只对管理员开放', vendorSaved: '已保存，供应商会收到通知' },
    en: { find: 'Erase data…', erase: 'Erase permanently', erased: 'Erased', see: 'View in audit log', was: 'Erased personal data', nothing: 'Nothing left to erase', add: 'Add account', addDo: 'Add',
        save: 'Save', saved: 'Saved', tells: 'When you save, the vendor is notified', silent: 'The vendor is not notified', edit: 'Edit', unbind: 'Disconnect', unbound: 'No app connected', all: 'Show all 12',
        close: 'Close', cancel: 'Cancel', reset: 'Reset', disable: 'Disable', enable: 'Enable', disabled: 'Disabled', self: 'This is your own account', taken: 'This username is already taken',
        nobody: 'No approvers yet', bare: 'Approver is the only role of', signedIn: 'Signed in', changed: 'Changed approval settings', fits: 'No matching entries', wrong: 'Your current password is incorrect', short: 'At least 10 characters (now',
        differ: 'The passwords do not match', change: 'Change password', done: 'Password changed. You have been signed out everywhere else.', locked: 'Only administrators can open Settings', vendorSaved: 'Saved. The vendor will be notified.' },
};

// A browser of an administrator for one test, with what all tests need.
async function withBrowser(lang, f, { role = 'admin', ...more } = {}) {
    const b = await openBrowser(server.baseUrl, { lang, ...more });
    const { page } = b;
    try {
        if (role) await b.signIn(account(role));
        const dialog = page.locator('.semi-modal');
        const press = (name, at = page) => at.getByRole('button', { name, exact: true }).first().click();
        const closed = () => dialog.waitFor({ state: 'detached' });
        const fine = async (what) => {
            await settled(page);
            assert.deepEqual(await violations(page), [], what);
        };
        const said = (text) => page.getByText(text).first().waitFor();
        await f({ b, page, dialog, press, closed, fine, said, w: words[lang] });
        assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
}

eachLanguage((lang, test, i) => {
    const p = people[i];
    test(`an administrator finds a person, reviews and erases the data, and the audit log records it: ${lang}`, () => withBrowser(lang, async ({ b, page, dialog, press, closed, fine, said, w }) => {
        await b.go('/settings/erasure');
        await page.fill('input[name=person]', 'nobody of that name');
        await page.locator('.state').waitFor();
        await page.fill('input[name=person]', p.tag);
        await page.locator('.found li', { hasText: p.name }).waitFor();
        await page.locator('.found').getByText(w.find, { exact: true }).click();
        await dialog.locator('.counts').waitFor();
        assert.deepEqual(await dialog.locator('.counts dd').allInnerTexts(), ['1', '1', '1', '0', '0', '0']);
        await fine('the dialog of an erasure');
        const sure = dialog.getByRole('button', { name: w.erase, exact: true });
        assert.ok(await sure.isDisabled());
        await page.fill('textarea[name=reason]', 'asked for it');
        await page.fill('input[name=confirm]', 'somebody else');
        assert.ok(await sure.isDisabled(), 'the name must be the right one');
        await page.fill('input[name=confirm]', i ? p.talent : p.name);
        await sure.click();
        await closed();
        await page.locator('section[role=status]', { hasText: w.erased }).waitFor();
        await fine('what was erased');
        await eventually(() => leftovers(dir, p.secrets), (left) => left.length === 0, { what: 'nothing is left' });
        await page.getByText(w.see).click();
        await page.locator('.list .line', { hasText: w.was }).filter({ hasText: 'asked for it' }).waitFor();
        await b.go('/settings/erasure');
        await page.fill('input[name=person]', p.talent);
        await page.locator('.found').getByText(w.find, { exact: true }).click();
        await dialog.getByText(w.nothing).waitFor();
        await press(w.close, dialog);
        await closed();
        await said(p.talent);
    }));

    test(`an account at a vendor is added, edited and unbound: ${lang}`, () => withBrowser(lang, async ({ b, page, dialog, press, closed, fine, said, w }) => {
        const name = `Account ${lang}`;
        await b.go('/settings/vendors');
        await press(w.add);
        await page.fill('input[name=name]', name);
        await page.fill('input[name=provider_id]', `p-${lang}`);
        await page.fill('input[name=en]', `Vendor ${lang}`);
        await page.selectOption('select[name=app_id]', server.demo.vendor_app_id);
        await page.locator('input[name=v_org]').waitFor();
        assert.ok(await dialog.getByRole('button', { name: w.addDo, exact: true }).isDisabled(), 'what the vendor asks for is required');
        await page.fill('input[name=v_org]', 'QZ-1');
        await said(w.tells);
        await fine('adding');
        await press(w.addDo, dialog);
        await closed();
        const card = page.locator('section.card', { hasText: name });
        await card.getByText('QZ-1').waitFor();

        const id = (await card.locator('.mono').first().innerText()).trim();
        await vendor.ok('POST', '/open-apis/hire/v1/eco_background_check_packages', { body: { account_id: id,
            package_list: Array.from({ length: 12 }, (_, n) => pkg(`p${n}`, { description: `about ${n}` })), additional_item_list: [pkg('i1')] } });
        await b.go('/settings/vendors');
        assert.equal(await card.locator('.offers').first().locator('li').count(), 8);
        await press(w.all, card);
        await card.locator('.offers').first().locator('li').nth(11).waitFor();
        assert.equal(await card.locator('.offers').first().locator('li').count(), 12);

        await press(w.edit, card);
        await said(w.silent);
        await page.fill('input[name=v_org]', 'QZ-2');
        await said(w.tells);
        await fine('editing');
        await press(w.save, dialog);
        await said(w.vendorSaved);
        await closed();
        await card.getByText('QZ-2').waitFor();

        await press(w.unbind, card);
        await dialog.waitFor();
        await fine('unbinding');
        await press(w.unbind, dialog);
        await closed();
        await card.getByText(w.unbound).waitFor();
    }));

    test(`an account of the console is made, changed, reset and disabled: ${lang}`, () => withBrowser(lang, async ({ b, page, dialog, press, closed, fine, said, w }) => {
        await b.go('/settings/users');
        const user = `new.${lang}`;
        await press(w.add);
        await page.fill('input[name=user]', 'admin');
        await page.fill('input[name=name]', `Newcomer ${lang}`);
        await fine('adding');
        await press(w.addDo, dialog);
        await said(w.taken);
        await page.fill('input[name=user]', user);
        await press(w.addDo, dialog);
        const secret = async () => {
            await dialog.locator('[data-secret]').nth(1).waitFor();
            const password = await dialog.locator('[data-secret]').nth(1).innerText();
            server.secrets.add(password);
            await fine('the password');
            await press(w.close, dialog);
            await closed();
            return password;
        };
        const first = await secret();
        const line = page.locator('.list .line', { hasText: user });
        const deed = (n) => line.locator('.deeds button').nth(n).click();

        // They sign in elsewhere; a role counts there at once, a new password and disabling end it.
        const other = await openBrowser(server.baseUrl, { lang: 'en' });
        try {
            await other.signIn({ user, password: first });
            assert.equal(await other.page.locator('nav a[href="/settings/vendors"]').count(), 0);
            await deed(0);
            await dialog.locator('.checks input').first().check();
            await press(w.save, dialog);
            await closed();
            await other.page.reload();
            await other.page.locator('nav a[href="/settings/vendors"]').waitFor();
            await deed(1);
            await fine('resetting');
            await press(w.reset, dialog);
            const second = await secret();
            await other.page.reload();
            await other.page.locator('input[name=password]').waitFor();
            await other.signIn({ user, password: second });
            await deed(2);
            await fine('disabling');
            await press(w.disable, dialog);
            await closed();
            await line.getByText(w.disabled).waitFor();
            await other.page.reload();
            await other.page.locator('input[name=password]').waitFor();
        } finally {
            await other.close();
        }
        await deed(2);
        await press(w.enable, dialog);
        await closed();

        // Nobody disables or demotes themselves; it is said why.
        const mine = page.locator('.list .line', { has: page.locator('.mono', { hasText: /^admin$/ }) });
        assert.ok(await mine.locator('.deeds button').nth(2).isDisabled());
        assert.match(await mine.locator('.deeds button').nth(2).getAttribute('title'), new RegExp(w.self));
        await mine.locator('.deeds button').nth(0).click();
        await dialog.locator('.checks input').first().uncheck();
        await dialog.locator('.checks input').nth(1).check();
        await said(w.self);
        assert.ok(await dialog.getByRole('button', { name: w.save, exact: true }).isDisabled());
    }));

    test(`approvers are listed, and a warning is shown if there is none: ${lang}`, () => withBrowser(lang, async ({ b, page, fine, said, w }) => {
        await b.go('/settings/approvals');
        const people = page.locator('fieldset').nth(1).locator('label');
        const approver = people.filter({ hasText: lang === 'zh' ? '沈国安' : 'Guoan Shen' }).locator('input');
        const admin = people.filter({ hasText: lang === 'zh' ? '周雨桐' : 'Yutong Zhou' }).locator('input');
        const step = page.locator('label.tick input').first();
        const toggled = async (box, on) => {
            await box.click();
            await page.waitForFunction(([el, v]) => el.checked === v, [await box.elementHandle(), on]);
        };
        await approver.click();
        await said(w.bare);
        assert.equal(await approver.isChecked(), true);
        // With another role the last approver may go, and then it is said who can approve.
        await toggled(admin, true);
        await toggled(admin, false);
        await toggled(step, true);
        assert.equal(await page.getByText(w.nobody).count(), 0);
        await fine('approvals');
        await toggled(step, false);
        await b.go('/settings/audit');
        const row = page.locator('.list .line', { hasText: w.changed }).first();
        await row.waitFor();
        assert.doesNotMatch(await row.innerText(), /settings\.update/);
    }));

    test(`the audit log is filtered by user, action and day: ${lang}`, () => withBrowser(lang, async ({ b, page, fine, said, w }) => {
        await b.go('/settings/audit');
        const lines = page.locator('.list .line .deed b');
        await lines.first().waitFor();
        await page.selectOption('select[name=action]', 'session.sign_in');
        await page.waitForFunction((text) => [...document.querySelectorAll('.list .line .deed b')].every((e) => e.textContent === text), w.signedIn);
        assert.match(page.url(), /action=session\.sign_in/);
        await page.selectOption('select[name=person]', { index: 3 }); // the approver, who has not been here
        await page.selectOption('select[name=action]', 'erasure.create');
        await said(w.fits);
        await page.selectOption('select[name=person]', { index: 0 });
        await lines.first().waitFor();
        await page.fill('input[name=to]', '2020-01-01');
        await said(w.fits);
        await page.fill('input[name=to]', '');
        await page.selectOption('select[name=action]', 'vendor.create');
        await page.locator('.list .line a').first().waitFor();
        assert.equal(await page.locator('.list .line a').first().getAttribute('href'), '/settings/vendors');
        await fine('the log');
    }));

    test(`changing the password: the form checks the rules before sending, and shows errors at their fields: ${lang}`, () => withBrowser(lang, async ({ b, page, fine, said, w }) => {
        const mine = account('recruiter');
        await b.go('/me');
        const submit = page.getByRole('button', { name: w.change, exact: true });
        await page.fill('input[name=new_password]', 'short');
        await said(w.short);
        await page.fill('input[name=new_password]', mine.password + lang);
        await page.fill('input[name=again]', 'something else');
        await said(w.differ);
        await page.fill('input[name=again]', mine.password + lang);
        await page.fill('input[name=password]', 'certainly wrong');
        await submit.click();
        await said(w.wrong);
        assert.ok(await page.locator('input[name=password][aria-invalid=true]').count() === 1, 'the fault stands at its field');
        await fine('a wrong password');
        await page.fill('input[name=password]', mine.password);
        await submit.click();
        await said(w.done);
        server.secrets.add(mine.password + lang);
        // For the next test.
        await page.fill('input[name=password]', mine.password + lang);
        await page.fill('input[name=new_password]', mine.password);
        await page.fill('input[name=again]', mine.password);
        await submit.click();
        await page.waitForFunction(() => document.querySelector('input[name=again]').value === '');
    }, { role: 'recruiter' }));

    test(`the settings show other roles a message that they are for administrators: ${lang}`, () => withBrowser(lang, async ({ b, page, fine, said, w }) => {
        for (const at of ['vendors', 'erasure', 'users']) {
            await b.go(`/settings/${at}`);
            await said(w.locked);
        }
        assert.equal(await page.locator('.tabs').count(), 0);
        await fine('not for you');
    }, { role: 'recruiter' }));
});

for (const [lang, width, theme] of [['zh', 390, 'dark'], ['en', 1280, 'dark']]) {
    test(`pages and dialogs in other windows: ${lang}, ${width} px, ${theme}`, () => withBrowser(lang, async ({ b, page, dialog, press, closed, fine, w }) => {
        for (const at of ['vendors', 'approvals', 'users', 'audit', 'erasure']) {
            await b.go(`/settings/${at}`);
            await fine(at);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${at} scrolls sideways`);
            const tab = await page.locator('.tabs [aria-current]').boundingBox();
            assert.ok(tab.x >= 0 && tab.x + tab.width <= width + 1, `the tab ${at} is to be seen`);
            if (at !== 'vendors' && at !== 'users') continue;
            await press(w.add);
            await dialog.waitFor();
            await fine(`${at}: adding`);
            await press(w.cancel, dialog);
            await closed();
        }
    }, { width, theme }));
}

test('every console action has a text for the audit log', () => {
    const text = fs.readFileSync(path.join(root, 'console/src/pages/people/audit-words.ts'), 'utf8');
    const at = path.join(root, 'api/console');
    for (const file of fs.readdirSync(at)) {
        const op = JSON.parse(fs.readFileSync(path.join(at, file), 'utf8'));
        if (op.effect === 'writes') assert.ok(text.includes(`'${op.name.replace('console.', '')}':`), `audit-words.ts has no words for ${op.name}`);
    }
});

// SPDX-License-Identifier: Apache-2.0
//
// Two users change the same record: an open dialog keeps its meaning, the page shows what the other user changed, and the user
// decides. Every change that a page sends names the version on which it is based.
// once
// weight: 40
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { hiredOk, startServer } from '../lib/server.mjs';
import { paths as vendorPaths, pkg } from '../lib/vendor.mjs';

const server = await startServer();
after(() => server.stop());
const vendor = Client.vendor(server);
const recruiter = await Person.of(server, 'recruiter');
const approver = await Person.of(server, 'approver');
const admin = await Person.of(server, 'admin');
const account = (role) => server.demo.console.accounts.find((a) => a.role === role);
const clearview = hiredOk(['vendor', 'list', '--data', server.dir]).find((v) => v.en_name === 'Clearview Screening').account_id;
const application = '7612525187797179011';
await vendor.ok('POST', vendorPaths.packages, { body: { account_id: clearview, package_list: [pkg('gold')] } });
const approvals = (on) => hiredOk(['tenant', 'set', '--data', server.dir, '--approve-arrangement', on, '--approve-report', on]);
const arranged = async () => (await recruiter.post('orders/arrange', { application_id: application, account_id: clearview,
    package_id: 'gold', custom_values: [], again: true })).order_id;

// Every change of something that has a version must name it.
const versioned = /\/console\/api\/(orders\/\d+\/\w+|interviews\/\d+\/(reschedule|cancel)|settings|users\/\d+|vendors\/\d+|apps\/\w+)$/;
async function within(role, lang, work) {
    const b = await openBrowser(server.baseUrl, { lang });
    const { page } = b;
    page.on('request', (r) => {
        if (r.method() !== 'POST' || !versioned.test(new URL(r.url()).pathname)) return;
        if (!r.postDataJSON()?.version) b.errors.push(`${r.url()} names no version`);
    });
    try {
        await b.signIn(account(role));
        await work({ ...b, dialog: page.locator('.semi-modal'), meanwhile: page.locator('.meanwhile'), ok: page.locator('.semi-modal-footer button').last() });
        assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
}

for (const [lang, w] of Object.entries({
    zh: { reject: '驳回', title: '驳回安排？', over: '这个操作已不再适用', terminate: '终止背调', anyway: '仍然继续' },
    en: { reject: 'Reject', title: 'Reject this background check?', over: 'This action is no longer available', terminate: 'Terminate', anyway: 'Continue anyway' },
})) {
    test(`a confirmation dialog never changes its meaning: ${lang}`, () => within('admin', lang, async ({ page, go, dialog, meanwhile, ok }) => {
        approvals('on');
        const id = await arranged();
        await go(`/applications/${application}?order=${id}`);
        await page.getByRole('button', { name: w.reject, exact: true }).click();
        await dialog.locator('textarea[name=reason]').fill('not needed');
        // Another user approves the check and the vendor sends its result: "reject" would now reject the report, not the check.
        await approver.post(`orders/${id}/approve`);
        await vendor.ok('POST', '/open-apis/hire/v1/eco_background_checks/update_result', { body: { background_check_id: id,
            result: 'ok', result_time: String(Date.now()), report_file_list: [{ report_name: 'r', report_url: 'https://vendor.example/r.pdf', report_url_type: 2 }] } });
        assert.equal((await recruiter.get(`orders/${id}`)).phase, 2);
        await meanwhile.getByText(w.over).waitFor();
        assert.equal(await dialog.locator('h2').innerText(), w.title);
        assert.ok(await ok.isDisabled());
        assert.equal(await dialog.locator('textarea[name=reason]').inputValue(), 'not needed');
        assert.deepEqual(await violations(page), []);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        assert.equal((await recruiter.get(`orders/${id}`)).status, 5, 'nothing was done');
        approvals('off');
    }));

    test(`an action whose meaning is unchanged may proceed although the page missed a change: ${lang}`, () => within('recruiter', lang, async ({ page, go, dialog, meanwhile, ok }) => {
        const id = await arranged();
        await page.route('**/stream', () => {});
        await go(`/applications/${application}?order=${id}`);
        await page.getByRole('button', { name: w.terminate, exact: true }).click();
        await dialog.locator('textarea[name=reason]').fill('gone elsewhere');
        await vendor.ok('POST', '/open-apis/hire/v1/eco_background_checks/update_progress', { body: { background_check_id: id, stage_id: 's1',
            stage_name: '学历', stage_en_name: 'Education', stage_time: String(Date.now()) } });
        await ok.click();
        await meanwhile.waitFor();
        assert.ok(await ok.isDisabled(), 'its reader decides first');
        await meanwhile.getByRole('button', { name: w.anyway }).click();
        await ok.click();
        await dialog.waitFor({ state: 'detached' });
        assert.equal((await recruiter.get(`orders/${id}`)).status, 4);
    }));
}

test('settings in two windows: the second window shows what the first changed and asks before saving', () => within('admin', 'en', async ({ page, go, context, dialog, meanwhile, ok }) => {
    approvals('off');
    await go('/settings/approvals');
    const second = await context.newPage();
    await second.goto(`${server.baseUrl}/settings/approvals`);
    await settled(second);
    const tick = (p, n) => p.locator('fieldset input[type=checkbox]').nth(n);
    await tick(page, 0).click();
    await page.locator('.semi-toast').first().waitFor();
    await tick(second, 1).click();
    const asked = second.locator('.semi-modal');
    await asked.locator('.meanwhile').waitFor();
    assert.match(await asked.locator('.meanwhile li').innerText(), /^Approval of new checks: not required → required$/);
    assert.match(await asked.innerText(), /Approval of final reports: required/);
    assert.deepEqual([(await admin.get('settings')).approve_arrangement, (await admin.get('settings')).approve_report], [true, false]);
    await second.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    assert.equal((await admin.get('settings')).approve_report, false, 'not saved');
    assert.equal(await tick(second, 0).isChecked(), true, 'what stands now is shown');
    // The reverse case: the first window has not reloaded the settings, and its user saves the change after being asked.
    await tick(second, 1).click();
    await second.locator('.semi-toast').first().waitFor();
    await tick(page, 0).click();
    await meanwhile.waitFor();
    assert.match(await meanwhile.locator('li').innerText(), /^Approval of final reports: not required → required$/);
    await ok.click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual([(await admin.get('settings')).approve_arrangement, (await admin.get('settings')).approve_report], [false, true]);
    approvals('off');
}));

test('an account in two windows: only the edited fields are sent, other fields keep their current values', async () => {
    const { account: who, password } = await admin.post('users', { user: 'two.people', name: 'Two', roles: ['recruiter'] });
    server.secrets.add(password);
    const now = async () => (await admin.get('users')).items.find((a) => a.id === who.id);
    await within('admin', 'en', async ({ page, go, dialog, meanwhile, ok }) => {
        await go('/settings/users');
        const line = page.locator('.list .line', { hasText: 'two.people' });
        await line.locator('.deeds button').first().click();
        await page.fill('input[name=name]', 'Two by me');
        await admin.post(`users/${who.id}`, { roles: ['approver'] });
        await ok.click();
        await meanwhile.waitFor();
        assert.match(await meanwhile.locator('li').innerText(), /^Roles: Recruiter → Approver$/);
        assert.equal(await page.inputValue('input[name=name]'), 'Two by me');
        assert.ok(await ok.isDisabled());
        await meanwhile.getByRole('button', { name: 'Keep my changes' }).click();
        await ok.click();
        await dialog.waitFor({ state: 'detached' });
        assert.deepEqual([(await now()).name, (await now()).roles], ['Two by me', ['approver']]);

        // "Load latest" discards the user's own edits and shows the current values.
        await settled(page);
        await line.locator('.deeds button').first().click();
        await page.fill('input[name=name]', 'Never saved');
        await admin.post(`users/${who.id}`, { name: 'Two by them' });
        await ok.click();
        await meanwhile.getByRole('button', { name: 'Load latest' }).click();
        await meanwhile.waitFor({ state: 'detached' });
        assert.equal(await page.inputValue('input[name=name]'), 'Two by them');
        await ok.click();
        await dialog.waitFor({ state: 'detached' });
        assert.equal((await now()).name, 'Two by them');

        // A confirmation dialog for an account that another user has disabled in the meantime.
        await settled(page);
        await line.locator('.deeds button').nth(2).click();
        await admin.post(`users/${who.id}`, { disabled: true });
        await ok.click();
        await meanwhile.waitFor();
        assert.equal(await meanwhile.locator('button').count(), 0, 'nothing is left to do');
    });
});

test('an interview in two windows: fields that the second did not edit keep the values saved by the first', async () => {
    const plan = (hour, more = {}) => ({ begin_time: String(Date.UTC(2025, 4, 5, hour)), end_time: String(Date.UTC(2025, 4, 5, hour + 1)),
        interviewers: ['d716b84f'], interview_type: 2, ...more });
    const { interview_id: id } = await recruiter.post('interviews', { application_id: application, plan: plan(8) });
    await within('recruiter', 'en', async ({ page, go, meanwhile }) => {
        const sheet = page.locator('.semi-sidesheet-inner');
        await go(`/interviews/${id}`);
        await page.locator('.head .do button').first().click();
        await page.fill('textarea[name=remark]', 'bring the portfolio');
        await recruiter.post(`interviews/${id}/reschedule`, { plan: plan(10) });
        await meanwhile.waitFor();
        assert.match(await meanwhile.innerText(), /Start/);
        assert.ok(await sheet.locator('button[type=submit]').isDisabled());
        await meanwhile.getByRole('button', { name: 'Keep my changes' }).click();
        await sheet.locator('button[type=submit]').click();
        await sheet.waitFor({ state: 'detached' });
        const { interview } = await recruiter.get(`interviews/${id}`);
        assert.deepEqual([interview.begin_time, interview.remark], [plan(10).begin_time, 'bring the portfolio']);

        // Another user cancels the interview: the typed text can still be read.
        await settled(page);
        await page.locator('.head .do button').first().click();
        await page.fill('textarea[name=remark]', 'too late');
        await recruiter.post(`interviews/${id}/cancel`, {});
        await meanwhile.getByText('can no longer be changed').waitFor();
        assert.equal(await page.inputValue('textarea[name=remark]'), 'too late');
    });
});

// SPDX-License-Identifier: Apache-2.0
//
// Actions on a check, by mouse and by keyboard only: approve, reject, withdraw, terminate, record by hand, upload. What each role
// sees, and no axe violation in any dialog.
// once
// weight: 45
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { eachLanguage, openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client, send } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { hiredOk, startServer } from '../lib/server.mjs';
import { orderField, paths as vendorPaths, pkg } from '../lib/vendor.mjs';

const server = await startServer();
after(() => server.stop());
const vendor = Client.vendor(server);
const recruiter = await Person.of(server, 'recruiter');
const account = (role) => server.demo.console.accounts.find((a) => a.role === role);
const clearview = hiredOk(['vendor', 'list', '--data', server.dir]).find((v) => v.en_name === 'Clearview Screening').account_id;
const application = '7612525187797179011';
const pdf = Buffer.from('%PDF-1.4\n%made up\n%%EOF\n');
await vendor.ok('POST', vendorPaths.packages, { body: { account_id: clearview, package_list: [pkg('gold')] } });
await vendor.ok('POST', vendorPaths.orderFields, { body: { account_id: clearview,
    custom_field_list: [orderField('file', 'letter', { is_required: true }), orderField('resume', 'resume', { is_required: true })] } });
const approvals = (on) => hiredOk(['tenant', 'set', '--data', server.dir, '--approve-arrangement', on, '--approve-report', on]);

async function arranged() {
    return (await recruiter.post('orders/arrange', { application_id: application, account_id: clearview, package_id: 'gold', again: true,
        custom_values: [{ key: 'letter', value: await uploaded() }, { key: 'resume', value: await uploaded() }] })).order_id;
}
async function uploaded() {
    const form = new FormData();
    form.append('content', new Blob([pdf]), 'a.pdf');
    const r = await fetch(`${server.baseUrl}/console/api/attachments?usage=file`, { method: 'POST', body: form,
        headers: { Cookie: recruiter.cookie, 'X-Csrf-Token': recruiter.csrf, Origin: server.baseUrl } });
    return (await r.json()).data.id;
}

// A browser, signed in; what goes wrong in its scripts fails the test.
async function inBrowser(role, o, work) {
    const b = await openBrowser(server.baseUrl, o);
    const button = (name) => b.page.getByRole('button', { name, exact: true });
    const dialog = b.page.locator('.semi-modal');
    try {
        await b.signIn(account(role));
        await work({ ...b, button, dialog, pill: (text) => b.page.locator('.check .pill', { hasText: text }).waitFor(),
            open: (id) => b.go(`/applications/${application}?order=${id}`) });
        assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
}

const words = {
    zh: { reject: '驳回', withdraw: '撤回审批', withdrawOk: '撤回', terminate: '终止背调', terminateOk: '终止', approve: '通过安排', approveOk: '通过',
        rejected: '安排被驳回', withdrawn: '安排审批已撤回', terminated: '已终止', approved: '已审批', history: /驳回.*不需要了/s, unsent: /没有发给过供应商/, cancel: '取消' },
    en: { reject: 'Reject', withdraw: 'Withdraw', withdrawOk: 'Withdraw', terminate: 'Terminate', terminateOk: 'Terminate', approve: 'Approve', approveOk: 'Approve',
        rejected: 'Check rejected', withdrawn: 'Check approval withdrawn', terminated: 'Terminated', approved: 'Approved', history: /Rejected.*不需要了/s, unsent: /has not been sent to the vendor/, cancel: 'Cancel' },
};
eachLanguage((lang, test) => {
    test(`approve, reject, withdraw and terminate ask first and do what they say: ${lang}`, async () => {
        const w = words[lang];
        approvals('on');
        const ids = [];
        for (let i = 0; i < 4; i++) ids.push(await arranged());
        await inBrowser('admin', { lang }, async ({ page, button, dialog, pill, open }) => {
            const ok = (name) => dialog.getByRole('button', { name, exact: true });
            await open(ids[0]);
            await button(w.reject).click();
            await dialog.waitFor();
            assert.deepEqual(await violations(page), [], 'the question');
            assert.ok(await ok(w.reject).isDisabled(), 'a reason is needed');
            await ok(w.cancel).click();
            await dialog.waitFor({ state: 'detached' });
            assert.equal((await recruiter.get(`orders/${ids[0]}`)).status, 5, 'nothing was done');
            await button(w.reject).click();
            await dialog.locator('textarea[name=reason]').fill('不需要了');
            await ok(w.reject).click();
            await pill(w.rejected);
            assert.match(await page.locator('.deeds').innerText(), w.history);
            assert.equal((await recruiter.get(`orders/${ids[0]}`)).status, 9);

            await open(ids[1]);
            await button(w.withdraw).click();
            await ok(w.withdrawOk).click();
            await pill(w.withdrawn);

            await open(ids[2]);
            await button(w.approve).click();
            await ok(w.approveOk).click();
            await pill(w.approved);
            await dialog.waitFor({ state: 'detached' });

            await open(ids[3]);
            await button(w.terminate).click();
            assert.ok(await ok(w.terminateOk).isDisabled());
            assert.match(await dialog.innerText(), w.unsent, 'what waits for approval was never sent');
            await dialog.locator('textarea[name=reason]').fill('候选人另有去处');
            await ok(w.terminateOk).click();
            await pill(w.terminated);
            assert.equal((await recruiter.get(`orders/${ids[3]}`)).status, 4);
        });
        approvals('off');
    });
});

test('whether the vendor has heard of the order is said until the vendor answers', async () => {
    const id = await arranged();
    await inBrowser('recruiter', { lang: 'en' }, async ({ page, open }) => {
        await open(id);
        assert.match(await page.locator('.told').innerText(), /Sending the order|not received/);
        await vendor.progress({ background_check_id: id, stage_id: 's1', stage_name: '已受理', stage_en_name: 'Accepted',
            stage_time: String(Date.now()) });
        await page.locator('.check .tl', { hasText: 'Accepted' }).waitFor();
        assert.equal(await page.locator('.told').count(), 0);
    });
});

test('each role sees the acts that are its own; what the server refuses is told in words', async () => {
    approvals('on');
    const id = await arranged();
    const seen = async ({ page, open }) => {
        await open(id);
        return (await page.locator('.head .do button, .check .card-head .do button').allInnerTexts()).map((x) => x.trim());
    };
    await inBrowser('recruiter', { lang: 'en' }, async (b) => {
        await b.page.route('**/stream', () => {}); // never answered: the page hears of nothing by itself
        assert.deepEqual(await seen(b), ['Schedule interview', 'Add result', 'Start check', 'Withdraw', 'Terminate']);
        // Somebody else was faster: the dialog says so, and keeps what was typed.
        await b.button('Terminate').click();
        await b.dialog.locator('textarea[name=reason]').fill('a long story');
        await (await Person.of(server, 'approver')).post(`orders/${id}/reject`, { reason: 'no' });
        const ok = b.dialog.getByRole('button', { name: 'Terminate', exact: true });
        await ok.click();
        await b.dialog.getByRole('alert').waitFor();
        assert.match(await b.dialog.getByRole('alert').innerText(), /^This was changed while you had it open[^]*Check rejected[^]*This action is no longer available/);
        assert.equal(await b.dialog.locator('textarea[name=reason]').inputValue(), 'a long story');
    });
    const other = await arranged();
    await inBrowser('approver', { lang: 'en' }, async ({ page, open }) => {
        await open(other);
        assert.deepEqual((await page.locator('.head .do button, .check .card-head .do button').allInnerTexts()).map((x) => x.trim()), ['Approve', 'Reject']);
    });
    await inBrowser('interviewer', { lang: 'en' }, async ({ page, go }) => {
        assert.deepEqual(await page.locator('.nav a').allInnerTexts(), ['Interviews']);
        for (const at of [`/applications/${application}`, '/orders']) {
            await go(at);
            await page.getByText('You do not have access to this page').waitFor();
        }
    });
    approvals('off');
});

const forms = {
    zh: { order: '发起背调', submit: '发起', another: '仍然再发起一个', record: '录入背调结果', upload: '上传 PDF', recorded: '录入', remove: /^移除 a/, notPdf: '” 不是 PDF', mustPdf: '报告必须是 PDF', view: /^查看/, noMobile: '联系人的手机号不对：5 到 20 位数字，可以用 + 和国家码开头', discard: '放弃', keep: '继续填写', form: '放弃填写的内容？' },
    en: { order: 'Start check', submit: 'Start', another: 'Start another one anyway', record: 'Add result', upload: 'Upload PDF', recorded: 'Add', remove: /^Remove a/, notPdf: 'is not a PDF', mustPdf: 'Reports must be PDF files', view: /^View/, noMobile: 'Enter a valid mobile number for the contact: 5 to 20 digits, optionally starting with + and a country code', discard: 'Discard', keep: 'Keep editing', form: 'Discard your changes?' },
};
eachLanguage((lang, test) => {
    test(`a file is uploaded into the vendor's form, and the vendor fetches it: ${lang}`, async () => {
        const w = forms[lang];
        await inBrowser('recruiter', { lang }, async ({ page, go, button, dialog }) => {
            await go('/applications?q=王梓涵');
            await page.locator(`a.line[href="/applications/${application}"]`).click();
            await button(w.order).click();
            await page.selectOption('select[name=account_id]', clearview);
            await page.selectOption('select[name=package_id]', 'gold');
            await button(w.submit).click();
            await page.locator('form [role=alert]').first().waitFor();

            // Taken back, and another one instead.
            await page.setInputFiles('input[name=letter]', { name: 'a wrong one.txt', mimeType: 'text/plain', buffer: Buffer.from('wrong') });
            await button(w.remove).click();
            await page.setInputFiles('input[name=letter]', { name: 'consent.pdf', mimeType: 'application/pdf', buffer: pdf });
            await page.locator('.file.kept', { hasText: 'consent.pdf' }).waitFor();
            assert.deepEqual(await violations(page), [], 'the form with a file');

            // Leaving asks: by Escape, and by the browser's way back.
            await page.keyboard.press('Escape');
            await dialog.getByText(w.form).waitFor();
            assert.deepEqual(await violations(page), [], 'the question before leaving');
            await dialog.getByRole('button', { name: w.keep }).click();
            await dialog.waitFor({ state: 'detached' });
            await page.goBack();
            await dialog.getByRole('button', { name: w.keep }).click();
            await dialog.waitFor({ state: 'detached' });

            // What the server alone finds wrong is said in the reader's language.
            await page.locator('form details.more-of summary').click();
            await page.fill('input[name=contact_name]', 'Somebody');
            await page.locator('input[name=contact_mobile]').fill('call me');
            await button(w.submit).click();
            await page.locator('.sheet-foot [role=alert]', { hasText: w.noMobile }).waitFor();
            await page.locator('input[name=contact_mobile]').fill('+86 13800000000');

            // The tests above left a check like it that has not ended: the page says so before it starts a second one.
            await button(w.submit).click();
            await button(w.another).click();
            await page.waitForURL(/order=\d+/);
            const id = new URL(page.url()).searchParams.get('order');
            const values = Object.fromEntries((await vendor.order(id)).custom_data_list.map((v) => [v.key, v.value]));
            const { attachment } = await vendor.ok('GET', `/open-apis/hire/v1/attachments/${values.letter}`, { query: { type: 3 } });
            assert.equal(attachment.name, 'consent.pdf');
            assert.deepEqual((await send(server.baseUrl, 'GET', new URL(attachment.url).pathname)).bytes, pdf);
            // The resume was the application's own, unasked.
            const one = await recruiter.get(`applications/${application}`);
            assert.equal(values.resume, one.candidate.resume_id);
        });
    });
    test(`a result is recorded by hand with its report as a file, which is shown in the page and in a window: ${lang}`, async () => {
        const w = forms[lang];
        await inBrowser('recruiter', { lang }, async ({ page, go, button, dialog, context }) => {
            await go(`/applications/${application}`);
            await button(w.record).click();
            await page.fill('input[name=record_name]', '学历核实');
            await page.locator('.quick button').first().click();
            await button(w.upload).click();
            await page.setInputFiles('input[name=record_file]', { name: 'a.txt', mimeType: 'text/plain', buffer: pdf });
            await page.getByText(w.notPdf).waitFor();
            await page.setInputFiles('input[name=record_file]', { name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<script>1</script>') });
            await page.getByText(w.mustPdf).waitFor();
            await page.setInputFiles('input[name=record_file]', { name: 'degree.pdf', mimeType: 'application/pdf', buffer: pdf });
            await page.locator('.file.kept', { hasText: 'degree.pdf' }).waitFor();
            assert.deepEqual(await violations(page), [], 'the form');
            await button(w.recorded).click();
            await page.waitForURL(/order=\d+/);
            await settled(page);
            await page.getByRole('button', { name: w.view }).click();
            const frame = dialog.locator('iframe');
            await frame.waitFor();
            assert.match(await frame.getAttribute('src'), /^\/files\/[0-9a-f]{32}$/);
            assert.deepEqual(await violations(page), [], 'the report');
            const [shown] = await Promise.all([context.waitForEvent('page'), dialog.locator('a[target=_blank]').click()]);
            await shown.waitForURL(/\/files\//);
            const policy = await page.evaluate(async (at) => (await fetch(at)).headers.get('content-security-policy'), shown.url());
            assert.doesNotMatch(policy, /script-src|sandbox/);
            assert.match(policy, /default-src 'none'/);
            await shown.close();
        });
    });
});

test('a large upload shows how far it is, and can be stopped', async () => {
    await inBrowser('recruiter', { lang: 'en' }, async ({ page, go, button, context }) => {
        await go(`/applications/${application}`);
        await button('Start check').click();
        await page.selectOption('select[name=account_id]', clearview);
        const line = await context.newCDPSession(page);
        await line.send('Network.enable');
        await line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 });
        await page.setInputFiles('input[name=letter]', { name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(8_000_000) });
        await page.getByRole('progressbar', { name: 'Uploading large.bin' }).waitFor();
        assert.deepEqual(await violations(page), [], 'an upload under way');
        await button('Start').click();
        await page.getByText('The file is still uploading').waitFor();
        await button('Cancel upload').click();
        await button('Choose file or drop it here').or(page.locator('button.drop')).first().waitFor();
        await line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
        // Dropped instead of chosen.
        await page.evaluate(() => {
            const data = new DataTransfer();
            data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
            for (const type of ['dragover', 'drop'])
                document.querySelector('button.drop').dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        });
        await page.locator('.file.kept', { hasText: 'dropped.txt' }).waitFor();
    });
});

for (const [lang, placeholder, none] of [['zh', /搜索候选人或供应商/, '没有符合条件的背景调查'], ['en', /Search candidates or vendors/, 'No matching background checks']]) {
    test(`checks are searched by keys, and what is asked for stands in the address: ${lang}`, async () => {
        const { talent_name: name } = (await recruiter.walk('orders')).find((o) => o.talent_name);
        const wanted = (await recruiter.walk('orders', { query: name })).length;
        await inBrowser('recruiter', { lang }, async ({ page, go }) => {
            const lines = (n) => page.waitForFunction((k) => document.querySelectorAll('.list .line').length === k, n);
            await go('/orders');
            await page.locator('.list .line').first().waitFor();
            await page.keyboard.press('/');
            assert.match(await page.evaluate(() => document.activeElement.placeholder), placeholder);
            await page.keyboard.type(name);
            await page.waitForURL((url) => url.searchParams.get('q') === name);
            await lines(wanted);
            assert.deepEqual(await violations(page), []);
            assert.ok((await page.locator('.list .line .name').allInnerTexts()).every((text) => text === name));
            await page.keyboard.press('ArrowDown');
            await page.keyboard.press('Enter');
            await page.waitForURL(/\/applications\/\d+\?order=\d+/);
            await page.goBack();
            await lines(wanted);
            assert.equal(await page.locator('input[type=search]').inputValue(), name);
            await page.locator('input[type=search]').fill('nobody of that name');
            await page.getByText(none, { exact: true }).waitFor();
        });
    });
}

test('by keys alone: search, a row, its page, back, a check ordered; the focus comes along', async () => {
    await inBrowser('recruiter', { lang: 'en' }, async ({ page, go }) => {
        const key = (...keys) => keys.reduce((p, k) => p.then(() => page.keyboard.press(k)), Promise.resolve());
        const focused = () => page.evaluate(() => {
            const e = document.activeElement;
            return `${e.tagName} ${e.getAttribute('name') ?? e.getAttribute('aria-label') ?? e.textContent}`;
        });
        // The page's head has the focus, and the window has its name.
        const arrived = async (name) => {
            await page.waitForFunction((n) => document.activeElement.matches('main h1:not(.vh)') && document.title === `${n} · hired`, name);
            assert.equal(await focused(), `H1 ${name}`);
        };
        // Tab until what has the focus is what is meant.
        const tabTo = async (pattern) => {
            for (let i = 0; i < 40; i++) {
                if (pattern.test(await focused())) return;
                await key('Tab');
            }
            assert.fail(`Tab never came to ${pattern}: ${await focused()}`);
        };
        page.on('filechooser', () => {}); // from now on no chooser of the system's opens
        await go('/');
        await key('g', 'a');
        await page.waitForURL(/\/applications$/);
        await arrived('Applications');
        await key('/');
        await page.keyboard.type('王梓涵');
        await page.waitForURL(/q=/);
        await page.waitForFunction(() => document.querySelectorAll('.list .line').length === 1);
        assert.equal(await page.evaluate(() => document.activeElement.type), 'search', 'a filter leaves one where one is');
        await key('ArrowDown', 'Enter');
        await page.waitForURL(/\/applications\/\d+/);
        await arrived('王梓涵');
        await page.goBack();
        await page.waitForFunction(() => document.activeElement.matches('.list a.line'));
        assert.match(await focused(), /^A .*王梓涵/, 'back, one stands at the row one came from');
        await key('Enter');
        await arrived('王梓涵');
        await tabTo(/^BUTTON Start check/);
        await key('Enter');
        await page.locator('select[name=account_id]').waitFor();
        await tabTo(/^SELECT account_id/);
        await page.keyboard.type('Clear');
        await tabTo(/^SELECT package_id/);
        await page.keyboard.type('package');
        await tabTo(/^BUTTON (Choose|Field|letter)/);
        const [chooser] = await Promise.all([page.waitForEvent('filechooser'), key('Enter')]);
        await chooser.setFiles({ name: 'consent.pdf', mimeType: 'application/pdf', buffer: pdf });
        await page.locator('.file.kept', { hasText: 'consent.pdf' }).waitFor();
        await tabTo(/^BUTTON Start$/);
        await key('Enter');
        await page.getByRole('button', { name: 'Start another one anyway', exact: true }).waitFor();
        await tabTo(/^BUTTON Start another one anyway$/);
        await key('Enter');
        await page.waitForURL(/order=\d+/);
    });
});

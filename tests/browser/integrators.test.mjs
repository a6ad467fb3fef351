// SPDX-License-Identifier: Apache-2.0
//
// The pages for integrators by clicking, in both languages: an app from creation to disabling, its rejected calls in the live
// log, its receiver and its events, and the API page, whose sample code runs when pasted.
// once
// weight: 90
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { eachLanguage, openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client, eventually, paths } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { hiredOk, root, startServer, tempDir } from '../lib/server.mjs';

const server = await startServer({ args: ['--fetch-allow', 'loopback'] });
after(() => server.stop());
const account = server.demo.console.accounts.find((a) => a.role === 'admin');
const application = '7612525187797179011';
const ORDERS = 'GET /open-apis/hire/v1/background_check_orders';

const words = {
    zh: {
        create: '创建应用', made: '创建', close: '关闭', edit: '设置', save: '保存', test: '测试地址', events: '事件', addresses: 'IP 白名单', echoed: '地址回应了校验',
        notSaved: '未保存', disable: '停用', rotate: '更换密钥', change: '更换', replay: '重新推送', send: '发送', tidy: '整理格式', noJson: '不是 JSON', required: '这是必填的', noScope: '应用没有这个接口要的权限',
        noAddress: 'nonsense 不是地址或网段', came: /^地址返回了状态码 503，应为 200。返回的开头是：not today$/,
        address: '来源地址不在应用的 IP 白名单里', off: '应用已停用', pause: '暂停', paused: '已暂停', lacks: '没有所需的权限', delivered: '已送达', given: '查找权限', attempt: '第 1 次',
    },
    en: {
        create: 'Create app', made: 'Create', close: 'Close', edit: 'Edit', save: 'Save', test: 'Test URL', events: 'Events', addresses: 'Allowed IPs', echoed: 'The URL returned the challenge',
        notSaved: 'Not saved', disable: 'Disable', rotate: 'Reset secret', change: 'Reset', replay: 'Resend', send: 'Send', tidy: 'Format', noJson: 'is not valid JSON', required: 'This parameter is required', noScope: 'The app does not have a scope that this operation requires',
        noAddress: 'nonsense is not an IP address or a network', came: /^The URL returned status 503 instead of 200. The response starts with: not today$/,
        address: "The source address is not one of the app's allowed IPs", off: 'The app is disabled', pause: 'Pause', paused: 'Paused', lacks: 'has none of the required scopes', delivered: 'Delivered', given: 'Search scopes', attempt: 'Attempt 1',
    },
};

// What a page is asked in every test: its dialog, its buttons, what axe says with the dialog open.
function tools(b, w) {
    const { page } = b;
    const dialog = page.locator('.semi-modal:visible');
    return {
        page, dialog,
        button: (name) => page.getByRole('button', { name, exact: true }),
        inDialog: (name) => dialog.getByRole('button', { name, exact: true }).last(), // behind the cross in the corner
        card: (appId) => page.locator(`[data-app="${appId}"]`),
        clean: async (what) => {
            await page.mouse.move(0, 0);
            assert.deepEqual(await violations(page), [], what);
        },
        edit: async (appId, part) => {
            await page.locator(`[data-app="${appId}"]`).getByRole('button', { name: w.edit, exact: true }).click();
            if (part) await dialog.getByRole('button', { name: part, exact: true }).click();
        },
        save: async () => {
            await dialog.getByRole('button', { name: w.save, exact: true }).click();
            await dialog.waitFor({ state: 'detached' });
        },
    };
}

// A page of the log that stays open beside the others and is never loaded again.
async function logOf(b, appId) {
    const page = await b.context.newPage();
    await page.goto(`${server.baseUrl}/requests?app=${appId}`);
    await page.waitForSelector('main#main');
    return {
        page,
        refusal: async (code, text) => {
            const line = page.locator('.log-line', { hasText: String(code) }).first();
            await line.waitFor();
            await line.click();
            await page.locator('.log-detail', { hasText: text }).waitFor();
            await line.click();
        },
    };
}

eachLanguage((lang, test) => {
    test(`an app: its secret once, its scopes, addresses, receiver, events and end, by clicking: ${lang}`, async () => {
        const w = words[lang];
        const b = await openBrowser(server.baseUrl, { lang });
        const { page, dialog, button, inDialog, card, clean, edit, save } = tools(b, w);
        const receiver = await new Receiver({ encryptKey: 'our key', answer: () => ({ text: '{"taken":true}' }) }).listen();
        try {
            await b.signIn(account);
            await b.go('/settings/apps');

            // Made; the secret is shown this once.
            await button(w.create).click();
            await dialog.locator('input[name=name]').fill(`sync ${lang}`);
            await dialog.getByLabel(w.given).fill('background_check_order:readonly');
            await dialog.getByLabel('hire:background_check_order:readonly').check();
            await clean('creating');
            await inDialog(w.made).click();
            const secrets = dialog.locator('[data-secret]');
            await secrets.nth(1).waitFor();
            const [appId, secret] = await secrets.allInnerTexts();
            server.secrets.add(secret);
            await clean('the secret');
            await inDialog(w.close).click();
            await card(appId).waitFor();
            assert.ok(!(await page.content()).includes(secret));

            // It is used; what it may not do shows in the log as it happens.
            const client = new Client(server, { app_id: appId, app_secret: secret });
            await client.orders();
            const log = await logOf(b, appId);
            await log.page.locator('.log-line', { hasText: '/hire/v1/background_check_orders' }).first().waitFor();
            await edit(appId);
            await dialog.getByLabel(w.given).fill('background_check_order:readonly');
            await dialog.getByLabel('hire:background_check_order:readonly').uncheck();
            await clean('scopes');
            await save();
            await eventually(() => client.call('GET', paths.orders), (r) => r.code === 99991672);
            await log.refusal(99991672, w.noScope);
            await edit(appId);
            await dialog.getByLabel(w.given).fill('background_check_order:readonly');
            await dialog.getByLabel('hire:background_check_order:readonly').check();
            await dialog.getByRole('button', { name: w.addresses, exact: true }).click();
            await dialog.locator('textarea[name=ip_allow]').fill('nonsense');
            await inDialog(w.save).click();
            await dialog.locator('[role=alert]', { hasText: w.notSaved }).getByText(w.noAddress).waitFor();
            await dialog.locator('textarea[name=ip_allow]').fill('10.1.0.0/16');
            await clean('addresses');
            await save();
            await eventually(() => client.call('GET', paths.orders), (r) => r.code === 99991401);
            await log.refusal(99991401, w.address);
            assert.ok(!(await log.page.content()).includes(secret));
            await log.page.getByRole('button', { name: w.pause, exact: true }).click();
            await log.page.getByText(w.paused, { exact: true }).waitFor();
            assert.deepEqual(await violations(log.page), [], 'the log');
            await log.page.close();
            await edit(appId, w.addresses);
            await dialog.locator('textarea[name=ip_allow]').fill('');
            await save();

            // The receiver: asked, refused in words, taken.
            await edit(appId, w.events);
            await dialog.getByLabel('hire.eco_background_check.created_v1').check();
            await dialog.locator('input[name=request_url]').fill(receiver.url);
            await dialog.locator('input[name=encrypt_key]').fill('our key');
            receiver.onChallenge = (body, res) => res.writeHead(503).end('not today');
            await inDialog(w.test).click();
            await dialog.locator('.test-said .notice').waitFor();
            assert.match(await dialog.locator('.test-said').innerText(), w.came);
            await inDialog(w.save).click();
            await dialog.locator('[role=alert]', { hasText: /503.*not today/ }).waitFor();
            await clean('a refused address');
            receiver.onChallenge = undefined;
            await inDialog(w.test).click();
            await dialog.locator('.notice', { hasText: w.echoed }).waitFor();
            await inDialog(w.save).click();
            await dialog.locator('[data-secret]').waitFor(); // the token that was made up
            server.secrets.add(await dialog.locator('[data-secret]').innerText());
            await inDialog(w.close).click();
            await card(appId).getByText(receiver.url).waitFor();

            // An event goes there; it is seen with its attempt and the answer, and goes once more.
            const vendor = hiredOk(['vendor', 'create', '--data', server.dir, '--name', `Ours ${lang}`, '--provider', `p${lang}`, '--app', appId]);
            const recruiter = await Person.of(server, 'recruiter');
            await recruiter.post('orders/arrange', { application_id: application, account_id: vendor.account_id, package_name: 'Basic', again: true });
            await eventually(async () => receiver.events, (e) => e.length === 1);
            await b.go(`/events?app=${appId}`);
            await page.locator('a.line', { hasText: w.delivered }).first().click();
            await settled(page);
            await page.getByText(w.attempt, { exact: true }).waitFor();
            await page.locator('pre', { hasText: '{"taken":true}' }).waitFor();
            await page.locator('pre', { hasText: '"background_check_id"' }).waitFor();
            await button(w.replay).click();
            await clean('replaying');
            await inDialog(w.replay).click();
            await eventually(async () => receiver.events, (e) => e.length === 2);
            assert.equal(receiver.events[0].body.header.event_id, receiver.events[1].body.header.event_id);
            await page.getByText(w.attempt.replace('1', '2'), { exact: true }).waitFor();
            await clean('an event');

            // A new secret, and the end.
            await b.go('/settings/apps');
            await card(appId).getByRole('button', { name: w.rotate, exact: true }).click();
            await clean('asking for a new secret');
            await inDialog(w.change).click();
            await dialog.locator('[data-secret]').nth(1).waitFor();
            const fresh = await dialog.locator('[data-secret]').nth(1).innerText();
            server.secrets.add(fresh);
            assert.notEqual(fresh, secret);
            await inDialog(w.close).click();
            await eventually(() => client.call('GET', paths.orders), (r) => r.code === 99991663);
            const again = new Client(server, { app_id: appId, app_secret: fresh });
            await again.orders();
            await card(appId).getByRole('button', { name: w.disable, exact: true }).click();
            await inDialog(w.disable).click();
            await dialog.waitFor({ state: 'detached' });
            await eventually(() => again.call('GET', paths.orders), (r) => r.code === 99991662);
            await b.go('/requests?failed=1');
            await page.locator('.log-line', { hasText: '99991662' }).first().click();
            await page.locator('.log-detail', { hasText: w.off }).waitFor();
            assert.deepEqual(b.errors, []);
        } finally {
            await b.close();
            await receiver.close();
        }
    });
});

// Runs code as somebody would who pasted it; its standard output.
function paste(program, args, { cwd, input } = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { cwd, env: { ...process.env, APP_SECRET: server.demo.app_secret }, stdio: ['pipe', 'pipe', 'pipe'] });
        let out = '', err = '';
        child.stdout.setEncoding('utf8').on('data', (d) => (out += d));
        child.stderr.setEncoding('utf8').on('data', (d) => (err += d));
        child.on('error', reject).on('close', (status) => (status === 0 ? resolve(out) : reject(new Error(`${program}: ${status}\n${err}\n${out}`))));
        child.stdin.end(input ?? '');
    });
}
const asCurl = (code) => paste('bash', ['-s'], { input: code.replaceAll('curl -', 'curl -s -') });
function asNode(code) {
    const file = path.join(root, 'tests/node_modules', `.pasted-${process.pid}.mjs`); // where the SDK is found, and no other test looks
    fs.writeFileSync(file, code);
    return paste(process.execPath, [file]).finally(() => fs.rmSync(file));
}

const asPython = (code) => paste('python3', ['-B', '-'], { cwd: path.join(root, 'tests/fixtures/python'), input: code });

// Links to files and page tokens are made anew for each answer.
function same(a, b) {
    const plain = (x) => [x.code, x.data.items.map((o) => o.order_id), x.data.has_more];
    assert.deepEqual(plain(a), plain(b));
}

eachLanguage((lang, test) => {
    test(`the API page: sent, checked, asked before, and its code as it is pasted: ${lang}`, async () => {
        const w = words[lang];
        const b = await openBrowser(server.baseUrl, { lang, width: lang === 'zh' ? 1280 : 390, theme: lang === 'zh' ? 'light' : 'dark' });
        const { page, dialog, button, inDialog, clean } = tools(b, w);
        const open = (op) => b.go(`/api?op=${encodeURIComponent(op)}`);
        const code = async (tab) => {
            await button(tab).click();
            return page.locator('pre[data-code]').textContent();
        };
        const answer = async () => JSON.parse(await page.locator('.answer pre').textContent());
        try {
            await b.signIn(account);
            await open(ORDERS);
            await page.selectOption('select[name=app]', server.demo.vendor_app_id);
            assert.equal(await page.locator('.notice').count(), 0);
            await page.selectOption('select[name=app]', server.demo.app_id);
            await page.locator('details.params summary').click();
            await page.fill('input[name=page_size]', '2');
            await button(w.send).click();
            await page.locator('.answer').waitFor();
            const sent = await answer();
            assert.deepEqual([sent.code, sent.data.items.length], [0, 2]);
            await clean('an answer');
            same(JSON.parse(await asCurl(await code('curl'))), sent);
            same(JSON.parse(await asNode(await code('Node SDK'))), sent);
            same(JSON.parse(await asPython(await code('Python SDK'))), sent);

            // A path's parameter is needed; a body is checked before anything is sent.
            await open('GET /open-apis/hire/v1/applications/{application_id}');
            await button(w.send).click();
            await page.getByText(w.required, { exact: true }).waitFor();
            await page.fill('input[name=application_id]', application);
            await button(w.send).click();
            await page.locator('.answer').waitFor();
            assert.equal((await answer()).data.application.id, application);
            await open('POST /open-apis/hire/v1/background_check_orders/batch_query');
            await page.fill('textarea[name=body]', '{"order_id_list": [');
            await page.getByText(w.noJson).waitFor();
            await button(w.send).click();
            assert.equal(await page.locator('.answer').count(), 0);
            const { order_id } = sent.data.items[0];
            await page.fill('textarea[name=body]', `{"background_check_order_id_list":["${order_id}"]}`);
            await button(w.tidy).click();
            await button(w.send).click(); // reads: not asked
            await page.locator('.answer').waitFor();
            const one = await answer();
            assert.equal(one.data.items[0].order_id, order_id);
            same(JSON.parse(await asCurl(await code('curl'))), one);
            same(JSON.parse(await asNode(await code('Node SDK'))), one);
            same(JSON.parse(await asPython(await code('Python SDK'))), one);

            // Scopes that an app lacks are told before.
            await open('GET /open-apis/hire/v1/interviews');
            await page.selectOption('select[name=app]', server.demo.vendor_app_id);
            await page.locator('.notice', { hasText: w.lacks }).waitFor();
            await clean('a warning');

            // A file; what writes is asked about.
            const file = path.join(tempDir(), "o'hara.pdf");
            fs.copyFileSync(path.join(root, 'demo/reports/resume.pdf'), file);
            await open('POST /open-apis/hire/v1/attachments');
            await page.selectOption('select[name=app]', server.demo.app_id);
            await page.setInputFiles('input[name=content]', file);
            await button(w.send).click();
            await clean('the question');
            await inDialog(w.send).click();
            await dialog.waitFor({ state: 'detached' });
            await page.locator('.answer').waitFor();
            assert.match((await answer()).data.id, /^\d+$/);
            const inItsFolder = { cwd: path.dirname(file) };
            const curl = (await code('curl')).replaceAll('curl -', 'curl -s -');
            assert.equal(JSON.parse(await paste('bash', ['-s'], { ...inItsFolder, input: curl })).code, 0);
            assert.equal(JSON.parse(await asNode((await code('Node SDK')).replace('"o\'hara.pdf"', JSON.stringify(file)))).code, 0);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
            assert.deepEqual(b.errors, []);
        } finally {
            await b.close();
        }
    });
});

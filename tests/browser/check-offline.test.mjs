// SPDX-License-Identifier: Apache-2.0
//
// The server stops while a page is open, and starts again: the page shows that it is offline, keeps the typed text, does not
// claim to have saved anything, and reconnects by itself.
// once
// weight: 20
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eachLanguage, openBrowser } from '../lib/browser.mjs';
import { Person } from '../lib/console.mjs';
import { demoDir, portToKeep, startServer } from '../lib/server.mjs';

const words = {
    zh: { lost: '连不上服务器，显示的是最后一次的内容', nothing: '连不上服务器，未保存', terminate: '终止背调', ok: '终止', ended: '已终止', file: '连不上服务器，文件未上传', record: '录入背调结果', upload: '上传 PDF', submit: '录入' },
    en: { lost: 'Cannot reach the server. You are seeing the last loaded data', nothing: 'Cannot reach the server. Nothing was saved', terminate: 'Terminate', ok: 'Terminate', ended: 'Terminated', file: 'Cannot reach the server. The file was not uploaded', record: 'Add result', upload: 'Upload PDF', submit: 'Add' },
};
eachLanguage((lang, test) => {
    test(`while the server is down the page shows it and keeps the typed text; afterwards it reconnects: ${lang}`, async () => {
        const w = words[lang];
        const dir = demoDir();
        const first = await startServer({ dir, listen: `127.0.0.1:${portToKeep()}` });
        const recruiter = await Person.of(first, 'recruiter');
        const order = (await recruiter.get('orders', { status: 2 })).items[0];
        const b = await openBrowser(first.baseUrl, { lang });
        const { page } = b;
        const button = (name) => page.getByRole('button', { name, exact: true });
        const dialog = page.locator('.semi-modal');
        let second;
        try {
            await b.signIn(first.demo.console.accounts.find((a) => a.role === 'recruiter'));
            await b.go(`/applications/${order.application_id}?order=${order.id}`);
            await page.evaluate(() => { globalThis.stayed = true; });
            await button(w.terminate).click();
            await dialog.locator('textarea[name=reason]').fill('the candidate went elsewhere');

            await first.stop();
            await page.locator('.banner', { hasText: w.lost }).waitFor();
            await dialog.getByRole('button', { name: w.ok, exact: true }).click();
            await dialog.getByRole('alert').filter({ hasText: w.nothing }).waitFor();
            assert.equal(await dialog.locator('textarea[name=reason]').inputValue(), 'the candidate went elsewhere');
            await page.keyboard.press('Escape');
            await dialog.waitFor({ state: 'detached' });
            // The data loaded before is still shown.
            await page.locator('.check .card-head').waitFor();

            // A form keeps the typed text, and shows that the upload of a file failed.
            await button(w.record).click();
            await page.fill('input[name=record_name]', 'Degree');
            await page.fill('textarea[name=record_result]', 'Green');
            await button(w.submit).click();
            await page.getByRole('alert').filter({ hasText: w.nothing }).waitFor();
            await button(w.upload).click();
            await page.setInputFiles('input[name=record_file]', { name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') });
            await page.getByRole('alert').filter({ hasText: w.file }).waitFor();
            assert.equal(await page.inputValue('input[name=record_name]'), 'Degree');

            second = await startServer({ dir, listen: `127.0.0.1:${first.port}` });
            await page.locator('.banner').waitFor({ state: 'detached', timeout: 30_000 });
            assert.equal(await page.inputValue('input[name=record_name]'), 'Degree', 'coming back takes nothing away');
            await page.locator('.field-fault button').click();
            await page.locator('.file.kept', { hasText: 'a.pdf' }).waitFor();
            await button(w.submit).click();
            await page.waitForURL((u) => u.searchParams.get('order') !== order.id);

            // The page gets the changes of other users again.
            await b.page.locator(`nav.tabs a[href="?order=${order.id}"]`).click();
            await button(w.terminate).waitFor();
            await recruiter.post(`orders/${order.id}/terminate`, { reason: 'by somebody else' });
            await page.locator('.check .card-head .pill', { hasText: w.ended }).waitFor();
            assert.equal(await page.evaluate(() => globalThis.stayed), true, 'the page was never loaded again');
        } finally {
            await b.close();
            await second?.stop();
        }
    });
});

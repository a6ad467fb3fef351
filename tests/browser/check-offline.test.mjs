// SPDX-License-Identifier: Apache-2.0
//
// The server goes away while people work, and comes back: the page says so, nothing that was typed is lost, nothing is said
// to be saved that is not, and it goes on by itself.
// once
// weight: 20
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openBrowser } from '../lib/browser.mjs';
import { Person } from '../lib/console.mjs';
import { demoDir, portToKeep, startServer } from '../lib/server.mjs';

const words = {
    zh: { lost: '连不上服务器，显示的是最后一次的内容', nothing: '连不上服务器，未保存', terminate: '终止背调', ok: '终止', ended: '已终止', file: '连不上服务器，文件未上传', record: '录入背调结果', upload: '上传 PDF', submit: '录入' },
    en: { lost: 'Cannot reach the server. You are seeing the last loaded data', nothing: 'Cannot reach the server. Nothing was saved', terminate: 'Terminate', ok: 'Terminate', ended: 'Terminated', file: 'Cannot reach the server. The file was not uploaded', record: 'Add result', upload: 'Upload PDF', submit: 'Add' },
};
for (const lang of ['zh', 'en']) {
    test(`a server that goes and comes back: ${lang}`, async () => {
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
            // What was there is still to be read.
            await page.locator('.check .card-head').waitFor();

            // A form keeps what was written, and says of a file that it did not get through.
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

            // What others change is heard again.
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
}

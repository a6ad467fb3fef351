// SPDX-License-Identifier: Apache-2.0
//
// The console's head says that the server is in the test mode, in wide and narrow windows and in both languages.
// once
// weight: 10
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openBrowser, violations } from '../lib/browser.mjs';
import { startServer } from '../lib/server.mjs';

const account = (server) => server.demo.console.accounts.find((a) => a.role === 'recruiter');

test('with --test', async () => {
    const server = await startServer({ args: ['--test'] });
    after(() => server.stop());
    for (const [lang, width, text] of [['en', 1280, 'Test mode'], ['zh', 420, '测试模式']]) {
        const b = await openBrowser(server.baseUrl, { lang, width });
        await b.signIn(account(server));
        const mark = b.page.locator('.test-mode:visible');
        assert.deepEqual(await mark.allTextContents(), [text]);
        assert.deepEqual(await violations(b.page), []);
        assert.deepEqual(b.errors, []);
        await b.close();
    }
});

test('without --test', async () => {
    const server = await startServer();
    after(() => server.stop());
    const b = await openBrowser(server.baseUrl, { lang: 'en' });
    await b.signIn(account(server));
    assert.equal(await b.page.locator('.test-mode').count(), 0);
    await b.close();
});

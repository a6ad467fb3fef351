// SPDX-License-Identifier: Apache-2.0
//
// Records with hostile content in every text field, pushed by a vendor or imported, on every page that shows them: no script
// runs, no request goes to another server, nothing is wider than the window, and the page stays usable.
// once
// weight: 60
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { importItems, range } from '../lib/data.mjs';
import { hiredOk, startServer, tempDir } from '../lib/server.mjs';
import { demoRecords, orderField, paths, pkg } from '../lib/vendor.mjs';

const hit = (n) => `globalThis.wasHit=${n}`;
const texts = [
    `<script>${hit(1)}</script>`, `"><img src=x onerror="${hit(2)}">`, `'><svg/onload=${hit(3)}>`, `javascript:${hit(4)}`,
    `</textarea></title></style><iframe srcdoc="<script>parent.${hit(5)}</script>">`, 'W'.repeat(2000), '\u202eevil\u202c \u2067gnp.exe\u2069',
    '\u200b\u200d\ufeff', 'a\u0001b\u0007c\u001b[31md\u007f', '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(60), 'Z̷̢͙̈́͝'.repeat(200), `{{constructor.constructor('${hit(6)}')()}}`,
    '%s%n%x \\u0000 \\" ${1+1} \' OR 1=1 --', '\u2028line\u2029end\r\n\ttab', '__proto__', '🔥'.repeat(1000), 'data:text/html,<script>1</script>', ' ',
];
let turn = 0;
const bad = () => texts[turn++ % texts.length];
const short = (n = 100) => Array.from(bad()).slice(0, n).join('').trim() || 'x';
const i18n = (n) => ({ zh_cn: short(n), en_us: short(n) });

// A record with every text in it made hostile, but for ids, kinds and times, without which nothing would take it.
const KEEP = /(^|_)(id|ids|code|key|type|time|status|geo|ip|result_type)$|^(mobile|mobile_code|mobile_country_code|account_third_type)$/;
function spoil(value, key = '') {
    if (Array.isArray(value)) return value.map((v) => spoil(v, key));
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spoil(v, k)]));
    if (typeof value !== 'string' || KEEP.test(key) || /^\d+$/.test(value)) return value;
    if (/url$/.test(key)) return `javascript:${hit(9)}//${key}`;
    return bad();
}

const dir = tempDir();
hiredOk(['demo', '--data', dir]);
const application = demoRecords('applications')[0], talent = demoRecords('talents').find((p) => p.id === application.talent_id);
const order = demoRecords('orders').find((o) => o.application_id === application.id);
const interview = demoRecords('interviews').find((i) => i.application_id === application.id) ?? demoRecords('interviews')[0];
const report = (i, url) => ({ id: String(7_600_000_000_000_000_100n + BigInt(i)), result: bad(), report_name: bad(), report_type: 1 + (i % 2), create_time: '1774519179604', ...url });
const checks = [7_610_000_000_000_000_001n, 7_610_000_000_000_000_002n].map((id, n) => ({
    ...spoil(order), order_id: String(id), order_status: 3, update_time: String(1_780_000_000_000 + n),
    feedback_info_list: [report(0, { report_preview_url: `javascript:${hit(10)}` }), report(1, { report_preview_url: `data:text/html,<script>parent.${hit(11)}</script>` }),
        report(2, { attachment_url: `javascript:${hit(12)}` }), report(3, { attachment_url: 'https://x.example//evil.example/a.pdf' })],
    process_info_list: range(500, (i) => ({ process: bad(), en_process: bad(), update_time: String(n ? 1_774_000_000_000 + i : [1, 9_999_999_999_999, 1_774_000_000_000 + i][i % 3]) })),
}));
importItems(dir, [{ ...spoil(talent), id: talent.id }, spoil(application), ...checks, { ...spoil(interview), application_id: application.id }], { userIdType: 'user_id' });

const server = await startServer({ dir });
after(() => server.stop());
const admin = await Person.of(server, 'admin'), vendor = Client.vendor(server);
const { id: account } = (await admin.get('vendors')).items.find((v) => v.app?.app_id === server.demo.vendor_app_id);
// As the vendor: a form of 60 fields, 200 packages, and an order told of in the worst words that the API takes.
const tried = async (path, body) => vendor.ok('POST', path, { body });
const kinds = ['text', 'textarea', 'number', 'boolean', 'select', 'multiselect', 'date', 'file', 'resume'];
await tried(paths.orderFields, { account_id: account, custom_field_list: range(60, (i) => ({ ...orderField(kinds[i % 9], `f${i}`), name: i18n(), description: i18n(1000),
    ...(/select/.test(kinds[i % 9]) ? { options: range(20, (k) => ({ key: `k${k}`, name: i18n() })) } : {}) })) });
await tried(paths.packages, { account_id: account, package_list: range(200, (i) => pkg(`p${i}`, { name: i === 7 ? 'Standard' : `${i} ${short(90)}` })) });
const live = (await admin.get('applications', { status: 1 })).items[0].id;
const { order_id: pushed } = await admin.post('orders/arrange', { application_id: live, account_id: account, package_id: 'p7', remark: short() });
for (const i of range(36, (n) => n)) {
    await vendor.call('POST', '/open-apis/hire/v1/eco_background_checks/update_progress',
        { body: { background_check_id: pushed, stage_id: `s${i}`, stage_name: bad() || 'x', stage_en_name: bad(), stage_time: String(1_780_000_000_000 + i * 1000) } });
}
for (const [i, url] of [`javascript:${hit(13)}`, 'https://x.example/"><script>', `data:text/html,${hit(14)}`, 'https://user:pw@x.example/a b', 'https://vendor.example/ok'].entries()) {
    await vendor.call('POST', '/open-apis/hire/v1/eco_background_checks/update_result', { body: { background_check_id: pushed, result: bad(), result_time: '1780000100000',
        report_file_list: [{ report_name: `${i} ${bad()}`, report_url: url, report_url_type: 2 }] } });
}
for (const name of texts.slice(0, 6)) {
    const r = await admin.call('POST', 'users', { body: { user: `n${turn++}`, name: name.slice(0, 100), en_name: name.slice(0, 100), roles: ['interviewer'] } });
    if (r.code === 0) server.secrets.add(r.data.password);
    await admin.call('POST', 'apps', { body: { name: name.slice(0, 60), kind: 'custom', scopes: [] } });
}

const shown = ['/', '/applications', `/applications/${application.id}`, ...checks.map((c) => `/applications/${application.id}?order=${c.order_id}`),
    `/applications/${live}?order=${pushed}`, '/orders', '/interviews?view=list', `/interviews/${interview.id}`, '/settings/vendors', '/settings/apps',
    '/settings/users', '/settings/audit', '/settings/erasure', '/events', '/requests', '/me',
    `/applications?q=${encodeURIComponent(texts[1])}`, `/orders?status=${encodeURIComponent(texts[0])}&vendor=${encodeURIComponent(texts[1])}`,
    `/events?app=${encodeURIComponent(texts[1])}`, `/applications/${encodeURIComponent('<script>alert(1)</script>')}`, `/api?op=${encodeURIComponent(texts[1])}`, '/settings/%ff%00'];

// What of that which must be true of every page with a hostile record is not, a line each.
async function faults(b, at, { axe = true } = {}) {
    const { page } = b;
    const found = await page.evaluate(() => {
        const wide = document.documentElement.scrollWidth - innerWidth;
        return {
            hit: globalThis.wasHit, at: location.origin, wide, shown: !!document.querySelector('main h1, main h2'),
            widest: wide > 0 ? [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 6)
                .map((e) => `${e.tagName}.${e.className} ${e.textContent.slice(0, 20)}`) : [],
            links: [...document.querySelectorAll('a[href], iframe[src], form[action], img[src]')].map((e) => e.getAttribute('href') ?? e.getAttribute('src') ?? e.getAttribute('action')),
            inline: document.querySelectorAll('iframe[srcdoc], main script, main style, [onload], [onerror]').length,
        };
    });
    const bad = found.links.filter((link) => !/^(https?|mailto|tel):$/.test(new URL(link, server.baseUrl).protocol) || /^\/\//.test(link));
    return [
        found.hit !== undefined && `a script ran: ${found.hit}`, found.at !== server.baseUrl && `the page went to ${found.at}`,
        found.wide > 0 && `${found.wide} px wider than the window: ${found.widest.join(' | ')}`, !found.shown && 'nothing is shown',
        found.inline && 'a text became an element', ...bad.map((link) => `a link to ${link.slice(0, 80)}`), ...(axe ? await violations(page) : []),
    ].filter(Boolean).map((fault) => `${at}: ${fault}`);
}

// What is too wide shows in the narrow window first; the other one is for --long.
for (const [lang, width] of [['en', 390], ...(process.env.HIRED_TEST_LONG ? [['zh', 1280]] : [])]) {
    test(`hostile texts in records are shown as text and run no script: ${lang}, ${width} px`, async () => {
        const b = await openBrowser(server.baseUrl, { lang, width });
        const dialogs = [], found = [];
        b.page.on('dialog', (d) => { dialogs.push(d.message()); void d.dismiss(); });
        try {
            await b.signIn(server.demo.console.accounts.find((a) => a.role === 'admin'));
            for (const at of shown) {
                await b.go(at);
                found.push(...await faults(b, at));
            }
            // Reports whose links are none are told of and not opened; the form with 60 fields and 200 packages can be filled.
            await b.go(`/applications/${application.id}?order=${checks[0].order_id}`);
            const views = b.page.getByRole('button', { name: /^(查看|View) / });
            assert.ok(await views.count() >= 4);
            for (let i = 0; i < 4; i++) {
                await views.nth(i).click();
                await b.page.locator('.semi-modal').waitFor();
                await settled(b.page);
                found.push(...await faults(b, `report ${i}`, { axe: false }));
                await b.page.keyboard.press('Escape');
                await b.page.locator('.semi-modal').waitFor({ state: 'detached' });
            }
            await b.go(`/applications/${live}`);
            await b.page.getByRole('button', { name: lang === 'zh' ? '发起背调' : 'Start check', exact: true }).first().click();
            await b.page.selectOption('select[name=account_id]', account);
            await b.page.selectOption('select[name=package_id]', 'p7');
            await settled(b.page);
            found.push(...await faults(b, 'the form of an order'));
            assert.ok(await b.page.locator('[name^="f"]').count() >= 30);
            assert.deepEqual(found, []);
            assert.deepEqual(dialogs, []);
            assert.deepEqual(b.errors, []);
        } finally {
            await b.close();
        }
    });
}

// SPDX-License-Identifier: Apache-2.0
//
// Interviews in a real browser, by clicking: scheduled in every way and despite a conflict, shown in calendar and list, assessed
// by the interviewer (once by keyboard only), rescheduled and cancelled; the text of every summary; no axe violation.
// once
// weight: 90
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { eachLanguage, openBrowser, settled, violations } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { startServer } from '../lib/server.mjs';

const server = await startServer();
after(() => server.stop());
const app = new Client(server);
const recruiter = await Person.of(server, 'recruiter');
const interviewer = await Person.of(server, 'interviewer');
const account = (role) => server.demo.console.accounts.find((a) => a.role === role);
const { round_types: rounds, rooms, locations } = await recruiter.get('references');
const technical = rounds.find((r) => r.name.en_us === 'Technical round').id;
const applications = (await recruiter.get('applications', { status: 1, page_size: 20 })).items;
const GU = 'd716b84f';

// The first Monday that is two months ahead or more, later than all that the demo has; every test takes weeks of its own, within
// the year ahead that the server takes times of.
const DAY = 86_400_000, EPOCH_MONDAY = 4 * DAY; // 1970-01-05
const first = EPOCH_MONDAY + Math.ceil((Date.now() + 60 * DAY - EPOCH_MONDAY) / (7 * DAY)) * 7 * DAY;
const day = (week, n = 0) => new Date(first + (7 * week + n) * DAY).toISOString().slice(0, 10);
const ms = (date, time) => String(new Date(`${date}T${time}`).getTime());
const schedule = async (n, date, from, to, o = {}) => (await recruiter.post('interviews', { application_id: applications[n].id, plan: {
    begin_time: ms(date, from), end_time: ms(date, to), interviewers: [GU], interview_type: 3, video_type: 5, round_type_id: technical, ...o,
} })).interview_id;

async function within(lang, role, run, o = {}) {
    const b = await openBrowser(server.baseUrl, { lang, ...o });
    try {
        await b.signIn(account(role));
        await run({ ...b, button: (name) => b.page.getByRole('button', { name, exact: true }), words: words[lang] });
        assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
}
const clean = async (page, what) => {
    assert.deepEqual(await violations(page), [], what);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} scrolls sideways`);
};

const words = {
    zh: { open: '安排面试', save: '安排', anyway: '仍然保存', conflict: '这个时间有冲突', nobody: '请至少选一位面试官', name: '顾晓楠', onSite: '现场面试', phone: '电话面试', video: '视频面试 · Zoom',
        submit: '提交评价', yes: '提交', missing: '这道题必填', choose: '请选择结论', passed: '通过', good: '良好', clear: '清晰', difficult: '有困难', expert: '精通', doubts: '有哪些顾虑', draft: /草稿已保存/,
        partly: '部分评价 · 通过', written: '写评价', move: '更改安排', moveSave: '保存', cancel: '取消面试', cancelled: '这场面试已取消', none: '这一周没有面试。', notStarted: '未开始', today: '本周', level: '无法判断', ended: '结束要晚于开始' },
    en: { open: 'Schedule interview', save: 'Schedule', anyway: 'Save anyway', conflict: 'This time conflicts with other interviews', nobody: 'Select at least one interviewer', name: 'Xiaonan Gu', onSite: 'On site', phone: 'Phone', video: 'Video · Zoom',
        submit: 'Submit assessment', yes: 'Submit', missing: 'This question is required', choose: 'Select a result', passed: 'Passed', good: 'Good', clear: 'Clear', difficult: 'Difficult', expert: 'Expert', doubts: 'What gives you doubts', draft: /Draft saved/,
        partly: 'Partly assessed · passed', written: 'Your assessment', move: 'Reschedule', moveSave: 'Save', cancel: 'Cancel interview', cancelled: 'This interview was cancelled', none: 'No interviews this week.', notStarted: 'Not started', today: 'This week', level: 'Unable to judge', ended: 'The end time must be after the start time' },
};

eachLanguage((lang, test, n) => {
    test(`interviews of every type are scheduled, a conflict is said first, calendar and list show them: ${lang}`, () => within(lang, 'recruiter', async ({ page, go, button, words: w }) => {
        const who = applications[n], date = day(n);
        const begin = async (from, to) => {
            await go(`/applications/${who.id}`);
            await button(w.open).click();
            await page.fill('input[name=date]', date);
            await page.fill('input[name=from]', from);
            await page.fill('input[name=to]', to);
        };
        const end = async (clicks = async () => {}) => {
            await button(w.save).click();
            await clicks();
            await page.waitForURL(/\/interviews\/\d+/);
            await settled(page);
            return page.url().split('/').at(-1);
        };
        const arranged = () => page.locator('section', { has: page.locator('#arrangement') }).innerText();

        await begin('10:00', '09:00');
        await button(w.save).click();
        await page.getByText(w.nobody).waitFor();
        await page.getByText(w.ended).waitFor();
        await clean(page, 'the sheet with what is wrong');
        await page.fill('input[name=to]', '11:00');
        await page.locator('.pick label', { hasText: w.name }).click();
        await page.selectOption('select[name=video]', '1');
        assert.equal(await page.locator('select[name=address]').count(), 0);
        await page.selectOption('select[name=round_type]', technical);
        await page.fill('textarea[name=remark]', '请准备 / please prepare');
        const video = await end();
        assert.ok((await arranged()).includes(w.video));
        assert.match(await arranged(), /10:00–11:00/);
        await clean(page, 'the interview');

        await begin('10:30', '11:30');
        await page.locator('.pick label', { hasText: w.name }).click();
        await page.selectOption('select[name=type]', '2');
        assert.equal(await page.locator('select[name=video], select[name=address]').count(), 0);
        await page.locator('form .note', { hasText: w.conflict }).waitFor();
        assert.match(await page.locator('form .note', { hasText: w.conflict }).innerText(), new RegExp(`${w.name}.*10:00–11:00.*${who.talent_name}`, 's'));
        const phone = await end(async () => {
            await page.locator('.semi-modal', { hasText: w.conflict }).waitFor();
            await clean(page, 'the question');
            await button(w.anyway).click();
        });
        assert.ok((await arranged()).includes(w.phone));

        await begin('14:00', '15:00');
        await page.locator('.pick label', { hasText: w.name }).click();
        await page.selectOption('select[name=type]', '1');
        await page.selectOption('select[name=address]', locations[0].id);
        await page.locator('.pick label', { hasText: rooms[0].name.zh_cn }).click();
        const there = await end();
        assert.ok((await arranged()).includes(w.onSite) && (await arranged()).includes(rooms[0].name.zh_cn));
        const { items } = await app.interviews({ start_time: ms(date, '00:00'), end_time: ms(date, '23:59'), user_id_type: 'user_id' });
        assert.deepEqual(items.map((i) => [i.id, i.interview_type, i.video_type, i.address?.id, i.meeting_room_list?.[0]?.room_id, i.interview_record_list[0].user_id]), [
            [video, 3, 1, undefined, undefined, GU], [phone, 2, undefined, undefined, undefined, GU],
            [there, 1, undefined, locations[0].id, rooms[0].room_id ?? rooms[0].id, GU]]);

        await go(`/interviews?week=${date}`);
        const slots = await page.locator('.cal-slot').evaluateAll((all) => all.map((s) => { const r = s.getBoundingClientRect(); return [r.left, r.right, r.top, r.bottom]; }));
        assert.equal(slots.length, 3);
        assert.ok(slots[0][1] <= slots[1][0] + 1, 'what overlaps lies side by side');
        assert.ok(slots[0][3] > slots[1][2] && slots[2][2] > slots[1][3]);
        await clean(page, 'the calendar');
        await page.locator('.cal-slot a').first().click();
        await page.waitForURL(`**/interviews/${video}`);
        await go(`/interviews?view=list&week=${date}`);
        assert.equal(await page.locator('.list a[href^="/interviews/"]', { hasText: who.talent_name }).count(), 3);
        await clean(page, 'the list');
    }));

    test(`the interviewer writes an assessment on the form, and the recruiter's page moves by itself: ${lang}`, async () => {
        const id = await schedule(2 + n, day(4 + n), '09:00', '10:00', { interviewers: [GU, 'a85d1e30'] });
        await within(lang, 'recruiter', async ({ page: watching, go: watch, words: w }) => {
            await watch(`/interviews/${id}`);
            await watching.evaluate(() => { globalThis.stayed = true; });
            await watching.locator('.head .pill', { hasText: w.notStarted }).waitFor();
            await within(lang, 'interviewer', async ({ page, go, button }) => {
                await go(`/interviews?week=${day(4 + n)}`);
                await page.locator('.cal-slot a').click();
                await page.getByRole('heading', { name: w.written }).waitFor();
                assert.equal(await page.locator('a[href^="/applications/"]').count(), 0, 'nothing leads where an interviewer may not go');
                await clean(page, 'the form');
                await button(w.submit).click();
                await page.getByText(w.choose).waitFor();
                assert.equal(await page.locator('.assess [role=alert]').count(), 5, 'each that is missing is marked');
                assert.ok(await page.evaluate(() => document.activeElement.name === 'conclusion'), 'the first that is missing has the focus');
                await clean(page, 'the form with what is missing');
                const choose = (text) => page.locator('.option', { hasText: text }).click();
                await page.locator('.verdicts label', { hasText: w.passed }).first().click();
                await choose(w.good);
                await page.fill('textarea[name=content]', '基础扎实 / solid');
                await page.locator('.scale label', { hasText: /^8$/ }).click();
                await choose(w.expert);
                await choose(w.difficult);
                await page.getByRole('textbox', { name: w.doubts }).fill('要追问 / ask again');
                await page.getByText(w.draft).waitFor();
                await go('/interviews');
                await go(`/interviews/${id}`);
                assert.equal(await page.getByRole('textbox', { name: w.doubts }).inputValue(), '要追问 / ask again', 'the draft has waited');
                await page.getByRole('textbox', { name: w.doubts }).fill('');
                await button(w.submit).click();
                await page.locator('.assess [role=alert]', { hasText: w.missing }).waitFor();
                await page.getByRole('textbox', { name: w.doubts }).fill('要追问 / ask again');
                await page.getByRole('checkbox', { name: w.level }).check();
                await button(w.submit).click();
                await page.locator('.semi-modal').getByRole('button', { name: w.yes, exact: true }).click();
                await page.locator('.records', { hasText: '基础扎实' }).waitFor();
                await page.getByRole('heading', { name: w.written }).waitFor({ state: 'detached' });
                assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('hired.assessment')).length), 0);
                await clean(page, 'the assessment');
            });
            await watching.locator('.head .pill', { hasText: w.partly }).waitFor();
            const text = await watching.locator('.records').innerText();
            for (const part of ['基础扎实 / solid', '要追问 / ask again', w.expert, w.difficult, w.level, w.good]) assert.ok(text.includes(part), part);
            assert.equal(await watching.evaluate(() => globalThis.stayed), true);
        });
        const [api] = (await app.interviews({ interview_id: id, user_id_type: 'user_id' })).items;
        assert.equal(api.interview_round_summary, 7);
        const [own, other] = api.interview_record_list;
        assert.deepEqual([own.user_id, own.content, own.commit_status, own.conclusion, own.interview_score.level, own.interview_score.en_name], [GU, '基础扎实 / solid', 1, 1, 4, 'Good']);
        assert.deepEqual([other.commit_status, other.conclusion, other.content], [2, 4, undefined]);
    });
});

test('an assessment by keyboard alone', async () => {
    const id = await schedule(4, day(8), '09:00', '10:00');
    await within('en', 'interviewer', async ({ page, go, words: w }) => {
        await go(`/interviews/${id}`);
        const at = () => page.evaluate(() => { const e = document.activeElement; return `${e.getAttribute('name') ?? ''}|${e.closest('.question')?.querySelector('.label')?.innerText ?? ''}|${e.innerText ?? ''}`; });
        const tabTo = async (pattern) => {
            for (let n = 0; n < 60; n++) {
                await page.keyboard.press('Tab');
                if (pattern.test(await at())) return;
            }
            assert.fail(`Tab never comes to ${pattern}`);
        };
        await tabTo(/^conclusion/);
        await page.keyboard.press('Space');
        await tabTo(/\|Score/);
        await page.keyboard.press('ArrowDown');
        await tabTo(/^content/);
        await page.keyboard.type('By keys');
        await tabTo(/\|Coding/);
        await page.keyboard.press('Space');
        await page.keyboard.press('ArrowRight');
        await tabTo(/\|Technical depth/);
        await page.keyboard.press('Space');
        await tabTo(/\|Communication/);
        await page.keyboard.press('Space');
        await tabTo(/\|Strengths/);
        await page.keyboard.press('Space');
        await tabTo(/Submit assessment$/);
        await page.keyboard.press('Enter');
        await page.waitForSelector('.semi-modal');
        await tabTo(/Submit$/);
        await page.keyboard.press('Enter');
        await page.locator('.records', { hasText: 'By keys' }).waitFor();
        assert.match(await page.locator('.head .pill').innerText(), /All passed/);
        assert.ok((await page.locator('.records').innerText()).includes(w.clear));
    });
    const { answers: [own] } = await recruiter.get(`interviews/${id}`);
    assert.equal(own.module_assessments[0].dimension_assessments[0].dimension_score, 2);
});

for (const [lang, width, theme] of [['zh', 390, 'dark'], ['en', 1280, 'light']]) {
    test(`an interview is moved, and then cancelled: ${lang}, ${width} px`, async () => {
        const n = lang === 'zh' ? 0 : 1;
        const id = await schedule(5 + n, day(10 + n), '09:00', '10:00', { room_ids: [rooms[0].id] });
        await within(lang, 'recruiter', async ({ page, go, button, words: w }) => {
            await go(`/interviews/${id}`);
            await button(w.move).click();
            assert.equal(await page.inputValue('input[name=date]'), day(10 + n));
            await page.fill('input[name=from]', '13:00');
            assert.equal(await page.inputValue('input[name=to]'), '14:00', 'the end moves along');
            await clean(page, 'the sheet');
            await button(w.moveSave).click();
            await page.getByText('13:00–14:00').waitFor();
            await within(lang, 'interviewer', async ({ page: other, go: there }) => {
                await there(`/interviews/${id}`);
                await other.getByText('13:00–14:00').waitFor();
                await button(w.cancel).click();
                await page.waitForSelector('.semi-modal');
                await clean(page, 'the question');
                await page.fill('textarea[name=reason]', '改期 / another day');
                await page.locator('.semi-modal').getByRole('button', { name: w.cancel, exact: true }).click();
                await page.getByText(w.cancelled).waitFor();
                await other.getByText(w.cancelled).waitFor();
                await other.getByText('改期 / another day').waitFor();
            }, { width, theme });
            await clean(page, 'the cancelled interview');
            await go(`/interviews?week=${day(10 + n)}`);
            if (width > 900) await page.getByText(w.none).waitFor();
            assert.equal(await page.locator(`a[href="/interviews/${id}"]`).count(), 0);
        }, { width, theme });
        assert.deepEqual((await app.interviews({ interview_id: id })).items ?? [], []);
    });
}

test('weeks are changed by buttons and keys, and today is marked', () => within('en', 'recruiter', async ({ page, go, button, words: w }) => {
    const shown = () => page.locator('.head .sub span').first().innerText();
    await go('/interviews');
    const now = await shown();
    assert.equal(await page.locator('.cal-day.today h2[aria-current=date]').count(), 1);
    assert.equal(await page.locator('.cal-now').count(), 1);
    assert.ok(await page.evaluate(() => document.querySelector('.cal').scrollTop > 0), 'the night is out of sight');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((was) => document.querySelector('.head .sub span').innerText !== was, now);
    await settled(page);
    assert.equal(await page.locator('.cal-now').count(), 0);
    await button('Previous week').click();
    await page.waitForFunction((was) => document.querySelector('.head .sub span').innerText === was, now);
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((was) => document.querySelector('.head .sub span').innerText !== was, now);
    await page.keyboard.press('t');
    await page.waitForFunction((was) => document.querySelector('.head .sub span').innerText === was, now);
    await button(w.today).click();
    // On a phone a week is a list, which begins with today.
    await page.setViewportSize({ width: 390, height: 800 });
    await page.locator('.agenda-day.today').waitFor();
    assert.match(await page.locator('.agenda-day').first().getAttribute('class'), /today/);
    assert.equal(await page.locator('.agenda-day').count(), 7);
    await page.setViewportSize({ width: 1280, height: 800 });
    await go(`/interviews?week=${day(30)}`);
    await page.getByText(w.none).waitFor();
}));

// Every value that the API documents, in both languages.
const summaries = {
    2: ['未开始', 'Not started'], 3: ['全部未评价', 'Not assessed yet'], 4: ['全部通过', 'All passed'], 5: ['全部未通过', 'All failed'], 6: ['未到场', 'No-show'],
    7: ['部分评价 · 通过', 'Partly assessed · passed'], 8: ['部分评价 · 有通过有未通过', 'Partly assessed · passed and failed'], 9: ['部分评价 · 未通过', 'Partly assessed · failed'],
    10: ['全部评价 · 有通过有未通过', 'All assessed · passed and failed'], 11: ['部分评价 · 通过和待定', 'Partly assessed · passed and pending'],
    12: ['部分评价 · 未通过和待定', 'Partly assessed · failed and pending'], 13: ['部分评价 · 待定', 'Partly assessed · pending'],
    14: ['部分评价 · 通过、未通过和待定', 'Partly assessed · passed, failed and pending'], 15: ['全部评价 · 通过和待定', 'All assessed · passed and pending'],
    16: ['全部评价 · 未通过和待定', 'All assessed · failed and pending'], 17: ['全部评价 · 均为待定', 'All assessed · all pending'],
    18: ['全部评价 · 通过、未通过和待定', 'All assessed · passed, failed and pending'],
};
eachLanguage((lang, test, n) => {
    test(`each of the 17 interview summaries has a text: ${lang}`, () => within(lang, 'recruiter', async ({ page, go }) => {
        const all = await recruiter.walk('interviews', { to: '1796000000000' });
        for (const [value, texts] of Object.entries(summaries)) {
            const one = all.find((i) => i.interview_round_summary === Number(value));
            assert.ok(one, `the demo has a ${value}`);
            await go(`/interviews/${one.id}`);
            assert.equal((await page.locator('.head .pill').innerText()).trim(), texts[n]);
        }
    }));
});

for (const [lang, width, theme] of [['zh', 1280, 'dark'], ['en', 390, 'light']]) {
    test(`axe finds nothing in what an interviewer sees: ${lang}, ${width} px, ${theme}`, () => within(lang, 'interviewer', async ({ page, go }) => {
        const id = await schedule(7, day(20), '09:00', '10:00');
        const past = await schedule(8, new Date(Date.now() - 86_400_000).toISOString().slice(0, 10), '09:00', '10:00');
        for (const at of ['/', `/interviews?week=${day(20)}`, '/interviews?view=list&week=2026-03-09', `/interviews/${id}`, '/interviews/77']) {
            await go(at);
            await clean(page, at);
        }
        await go('/');
        await page.locator(`.open-assessments a[href="/interviews/${past}"]`).waitFor();
        await go(`/interviews/${id}`);
        await page.locator('.verdicts label').last().click();
        assert.equal(await page.locator('.scale').count(), 0, 'of somebody who did not come nothing more is asked');
        await clean(page, 'a draft');
    }, { width, theme }));
}

test('if the server cannot be reached, the page shows it and keeps the typed text', async () => {
    const id = await schedule(9, day(22), '09:00', '10:00', { round_type_id: undefined });
    await within('en', 'interviewer', async ({ page, go, button, context, errors, words: w }) => {
        await go(`/interviews/${id}`);
        await page.locator('.verdicts label').nth(2).click();
        await page.fill('textarea[name=content]', 'Not lost');
        await context.setOffline(true);
        await button(w.submit).click();
        await page.locator('.semi-modal').getByRole('button', { name: w.yes, exact: true }).click();
        await page.getByText(/Nothing was saved/).first().waitFor();
        await context.setOffline(false);
        await go(`/interviews/${id}`);
        assert.equal(await page.inputValue('textarea[name=content]'), 'Not lost');
        await button(w.submit).click();
        await page.locator('.semi-modal').getByRole('button', { name: w.yes, exact: true }).click();
        await page.locator('.records', { hasText: 'Not lost' }).waitFor();
        errors.length = 0; // the failed request is one
    });
    assert.equal((await interviewer.get(`interviews/${id}`)).interview.interview_round_summary, 17);
});

// SPDX-License-Identifier: Apache-2.0
//
// The times of an interview in the user's time zone: across midnight, on nights when the clocks change, and with seconds. Times
// that the user did not edit are sent unchanged.
// once
// weight: 30
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openBrowser, settled } from '../lib/browser.mjs';
import { Person } from '../lib/console.mjs';
import { startServer } from '../lib/server.mjs';

const server = await startServer();
after(() => server.stop());
const recruiter = await Person.of(server, 'recruiter');
const account = server.demo.console.accounts.find((a) => a.role === 'recruiter');
const applications = (await recruiter.get('applications', { status: 1, page_size: 20 })).items;
const at = (text) => String(Date.parse(text));
let n = 0;
const schedule = async (begin, end) => (await recruiter.post('interviews', { application_id: applications[n++ % applications.length].id,
    plan: { begin_time: at(begin), end_time: at(end), interviewers: ['d716b84f'], interview_type: 3, video_type: 5 } })).interview_id;
const timesOf = async (id) => {
    const { interview } = await recruiter.get(`interviews/${id}`);
    return [interview.begin_time, interview.end_time];
};

async function within(timezone, work) {
    const b = await openBrowser(server.baseUrl, { lang: 'en', timezone });
    const { page } = b;
    try {
        await b.signIn(account);
        await work({ ...b,
            edit: async (id) => {
                await b.go(`/interviews/${id}`);
                await page.locator('.head .do button').first().click();
                await page.locator('input[name=date]').waitFor();
                await settled(page);
            },
            fill: async (values) => {
                for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value);
            },
            shown: (...names) => Promise.all(names.map((name) => page.inputValue(`[name=${name}]`))),
            save: async () => {
                await page.locator('.semi-sidesheet-inner button[type=submit]').click();
                // Another test's interview may occupy the interviewer at that time: the conflict is confirmed.
                const anyway = page.locator('.semi-modal-footer button').last();
                for (let saved = false; !saved;) {
                    await anyway.or(page.locator('.head .do button').first()).first().waitFor();
                    if (await anyway.isVisible()) await anyway.click().catch(() => {});
                    saved = await page.locator('.semi-sidesheet-inner').waitFor({ state: 'detached', timeout: 1000 }).then(() => true, () => false);
                }
            },
            submit: () => page.locator('.semi-sidesheet-inner button[type=submit]').click(),
        });
        assert.deepEqual(b.errors, []);
    } finally {
        await b.close();
    }
}

// Nothing of these but the remark is touched. The nights are those in which each zone's clocks go back; Kolkata and Shanghai keep
// theirs. The seconds were given by somebody's program.
const untouched = {
    'Europe/Berlin': [['2025-10-26T00:30:07Z', '2025-10-26T01:15:09.250Z'], ['2025-10-26T00:10:00Z', '2025-10-26T01:10:00Z']],
    'America/New_York': [['2025-11-02T06:30:00Z', '2025-11-02T07:00:00Z'], ['2025-11-02T05:30:00Z', '2025-11-02T06:30:00Z']],
    'Australia/Lord_Howe': [['2025-04-05T15:10:00Z', '2025-04-05T15:25:00Z'], ['2025-04-05T14:40:00Z', '2025-04-05T15:10:00Z']],
    'Asia/Kolkata': [['2025-03-03T18:00:01Z', '2025-03-03T19:30:02Z']],
    'Asia/Shanghai': [['2025-03-03T15:45:30Z', '2025-03-03T16:15:30Z']],
};
for (const [zone, all] of Object.entries(untouched))
    test(`editing the remark leaves the times of an interview unchanged: ${zone}`, () => within(zone, async ({ edit, fill, save }) => {
        for (const [begin, end] of all) {
            const id = await schedule(begin, end);
            await edit(id);
            await fill({ remark: `read in ${zone}` });
            await save();
            assert.deepEqual(await timesOf(id), [at(begin), at(end)], begin);
            assert.equal((await recruiter.get(`interviews/${id}`)).interview.remark, `read in ${zone}`);
        }
    }));

test('an interview across midnight shows the date of its end, and can be rescheduled', () => within('Asia/Shanghai', async ({ page, edit, fill, shown, save, submit }) => {
    const id = await schedule('2025-03-03T15:30:00Z', '2025-03-03T16:30:00Z'); // 23:30 to 00:30
    await edit(id);
    assert.deepEqual(await shown('date', 'from', 'to', 'end_date'), ['2025-03-03', '23:30', '00:30', '2025-03-04']);
    await fill({ date: '2025-03-31' });
    assert.deepEqual(await shown('to', 'end_date'), ['00:30', '2025-04-01'], 'over the end of a month');
    await fill({ from: '22:00' });
    assert.deepEqual(await shown('to'), ['23:00']);
    assert.equal(await page.locator('[name=end_date]').count(), 0, 'on the same day nobody asks for it');
    // An end before the start shows an error; a later end date corrects it.
    await fill({ to: '00:15' });
    await submit();
    await page.getByText('The end time must be after the start time').waitFor();
    await fill({ end_date: '2025-04-01' });
    await save();
    assert.deepEqual(await timesOf(id), [at('2025-03-31T14:00:00Z'), at('2025-03-31T16:15:00Z')]);
    // A chosen duration can extend past midnight too.
    await edit(id);
    await fill({ from: '23:15' });
    await page.locator('.lengths button').nth(3).click();
    assert.deepEqual(await shown('to', 'end_date'), ['00:45', '2025-04-01']);
    await save();
    assert.deepEqual(await timesOf(id), [at('2025-03-31T15:15:00Z'), at('2025-03-31T16:45:00Z')]);
}));

// Time zone, date, a local time skipped by the change of clocks, from and to which time the clocks go, the next valid local time,
// and that time in UTC.
const gaps = [
    ['Europe/Berlin', '2025-03-30', '02:30', '02:00', '03:00', '03:00', '2025-03-30T01:00:00Z'],
    ['America/New_York', '2025-03-09', '02:15', '02:00', '03:00', '03:00', '2025-03-09T07:00:00Z'],
    ['Australia/Lord_Howe', '2025-10-05', '02:10', '02:00', '02:30', '02:30', '2025-10-04T15:30:00Z'],
];
for (const [zone, day, missing, from, to, next, moment] of gaps)
    test(`a local time that the change of clocks skips is rejected with a message: ${zone}`, () => within(zone, async ({ page, edit, fill, submit, save }) => {
        const id = await schedule('2025-01-15T10:00:00Z', '2025-01-15T11:00:00Z');
        const before = await timesOf(id);
        await edit(id);
        await fill({ date: day, from: missing });
        await page.getByText(`${missing} does not exist on this day: the clocks go forward from ${from} to ${to}.`).waitFor();
        await submit();
        assert.ok(await page.locator('input[name=from]').evaluate((el) => el === document.activeElement && el.ariaInvalid === 'true'));
        assert.deepEqual(await timesOf(id), before);
        await fill({ from: next });
        await save();
        assert.deepEqual(await timesOf(id), [String(Date.parse(moment)), String(Date.parse(moment) + 3600_000)]);
    }));

// Time zone, date, a local time that occurs twice, and both times in UTC with their offsets.
const twice = [
    ['Europe/Berlin', '2025-10-26', '02:30', ['2025-10-26T00:30:00Z', 'UTC+2'], ['2025-10-26T01:30:00Z', 'UTC+1']],
    ['America/New_York', '2025-11-02', '01:30', ['2025-11-02T05:30:00Z', 'UTC−4'], ['2025-11-02T06:30:00Z', 'UTC−5']],
    ['Australia/Lord_Howe', '2025-04-06', '01:45', ['2025-04-05T14:45:00Z', 'UTC+11'], ['2025-04-05T15:15:00Z', 'UTC+10:30']],
];
for (const [zone, day, clock, first, second] of twice)
    test(`for a local time that occurs twice, the user chooses the first or the second: ${zone}`, () => within(zone, async ({ page, edit, fill, save, shown }) => {
        const id = await schedule('2025-01-15T10:00:00Z', '2025-01-15T13:00:00Z');
        await edit(id);
        await fill({ date: day, from: clock });
        const options = await page.locator('[name=from_which] option').allInnerTexts();
        assert.deepEqual(options, [`First (${first[1]})`, `Second (${second[1]})`]);
        await page.selectOption('[name=from_which]', String(Date.parse(second[0])));
        await save();
        assert.deepEqual(await timesOf(id), [at(second[0]), String(Date.parse(second[0]) + 3 * 3600_000)]);
        await edit(id);
        assert.deepEqual(await shown('from_which'), [at(second[0])], 'it is shown which one it is');
        await page.selectOption('[name=from_which]', String(Date.parse(first[0])));
        await save();
        assert.equal((await timesOf(id))[0], at(first[0]));
    }));

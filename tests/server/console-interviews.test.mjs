// SPDX-License-Identifier: Apache-2.0
//
// The console's interviews: what forms offer, scheduling, assessing, and who sees what.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client, paths } from '../lib/client.mjs';
import { Person } from '../lib/console.mjs';
import { startServer } from '../lib/server.mjs';

let server, recruiter, approver, interviewer, app, offers, plan;
before(async () => {
    server = await startServer();
    [recruiter, approver, interviewer] = await Promise.all(['recruiter', 'approver', 'interviewer'].map((role) => Person.of(server, role)));
    app = new Client(server);
    offers = await recruiter.get('references');
    plan = { application_id: (await recruiter.get('applications', { status: 1 })).items[0].id, begin_time: '1900000000000', end_time: '1900003600000',
        interviewers: ['d716b84f', 'a85d1e30'], interview_type: 3, video_type: 5, round_type_id: offers.round_types[0].id, room_ids: [offers.rooms[0].id],
        address_id: offers.locations[0].id, remark: '带作品' };
});
after(() => server.stop());

const schedule = async (o = {}) => (await recruiter.post('interviews', { ...plan, ...o })).interview_id;

test('forms have something to choose from', () => {
    for (const list of ['stages', 'jobs', 'rooms', 'round_types', 'locations', 'users', 'forms']) {
        assert.ok(offers[list].length > 0, list);
        assert.ok(offers[list].every((o) => o.id && o.name.zh_cn && o.name.en_us), list);
    }
    const score = offers.forms[0].dimensions.find((d) => d.type === 11);
    assert.ok(score.options.length >= 3 && score.options.every((o) => o.level && o.name.en_us));
});

test('an interview is scheduled, and the API answers it', async () => {
    const id = await schedule();
    const { interview, form_id } = await recruiter.get(`interviews/${id}`);
    assert.deepEqual([interview.begin_time, interview.end_time, interview.interview_type, interview.video_type, interview.interview_round_summary, interview.remark],
        [plan.begin_time, plan.end_time, 3, 5, 2, '带作品']);
    assert.deepEqual(interview.interviewers.map((p) => [p.user_id, p.submitted]), [['d716b84f', false], ['a85d1e30', false]]);
    assert.deepEqual([interview.rooms[0], interview.round_type.id], [offers.rooms[0].name.zh_cn, plan.round_type_id]);
    assert.ok(interview.stage.name.zh_cn && interview.address.en_us);
    assert.ok(offers.forms.some((f) => f.id === form_id));
    const [api] = (await app.interviews({ interview_id: id, user_id_type: 'user_id' })).items;
    assert.equal(api.creator.id, '9f21a7d4');
    assert.deepEqual(api.interview_record_list.map((r) => [r.user_id, r.commit_status, r.conclusion]), [['d716b84f', 2, 3], ['a85d1e30', 2, 3]]);
    assert.equal(api.address.id, plan.address_id);
    const next = await recruiter.get(`interviews/${await schedule()}`);
    assert.equal(next.interview.round, interview.round + 1);
    assert.equal((await recruiter.get(`interviews/${await schedule({ round: 9 })}`)).interview.round, 9);
});

test('an interviewer assesses, and only then learns what others think', async () => {
    const id = await schedule();
    const one = await interviewer.get(`interviews/${id}`);
    assert.deepEqual([one.interview.may_assess, one.records.map((r) => r.user_id)], [true, ['d716b84f']]);
    assert.equal((await recruiter.get(`interviews/${id}`)).interview.may_assess, false);
    const score = offers.forms[0].dimensions.find((d) => d.type === 11).options.at(-1);
    await interviewer.fails(400, 1002002, 'POST', `interviews/${id}/assess`, { body: { conclusion: 1, score_id: 'none' } });
    await interviewer.post(`interviews/${id}/assess`, { conclusion: 1, content: '很好 / very good', score_id: score.id });
    const now = await interviewer.get(`interviews/${id}`);
    assert.deepEqual([now.interview.may_assess, now.interview.interview_round_summary, now.records.length], [false, 7, 2]);
    const own = now.records.find((r) => r.user_id === 'd716b84f');
    assert.deepEqual([own.conclusion, own.commit_status, own.content, own.interview_score.level, own.interview_score.en_name], [1, 1, '很好 / very good', score.level, score.name.en_us]);
    const [api] = (await app.interviews({ interview_id: id })).items;
    assert.equal(api.interview_round_summary, 7);
    assert.ok(api.feedback_submit_time > 0);
    await interviewer.fails(400, 1002002, 'POST', `interviews/${id}/assess`, { body: { conclusion: 2 } });
    await recruiter.fails(400, 1002002, 'POST', `interviews/${id}/assess`, { body: { conclusion: 2 } });
    await interviewer.fails(400, 99992402, 'POST', `interviews/${id}/assess`, { body: { conclusion: 3 } });
    await interviewer.fails(404, 4004, 'POST', 'interviews/77/assess', { body: { conclusion: 1 } });
});

test('what is wrong with a plan is said', async () => {
    const says = async (pattern, o) => assert.match((await recruiter.fails(400, 1002002, 'POST', 'interviews', { body: { ...plan, ...o } })).msg, pattern);
    await says(/application/, { application_id: '77' });
    await says(/end_time must be later/, { end_time: plan.begin_time });
    await says(/begin_time/, { begin_time: 'soon' });
    await says(/video only/, { interview_type: 1 });
    await says(/twice/, { interviewers: ['d716b84f', 'd716b84f'] });
    await says(/no user/, { interviewers: ['nobody'] });
    await says(/room_ids/, { room_ids: ['none'] });
    await says(/address_id/, { address_id: 'none' });
    await says(/round_type_id/, { round_type_id: 'none' });
    await says(/stage_id/, { stage_id: 'none' });
    for (const who of [approver, interviewer]) await who.fails(403, 4031, 'POST', 'interviews', { body: plan });
});

test('an interviewer does not see the interviews of others', async () => {
    const id = await schedule({ interviewers: ['a85d1e30'] });
    await recruiter.get(`interviews/${id}`);
    await interviewer.fails(404, 4004, 'GET', `interviews/${id}`);
    assert.ok(!(await interviewer.walk('interviews')).some((i) => i.id === id));
    await recruiter.fails(404, 4004, 'GET', 'interviews/77');
    assert.ok((await app.walk('GET', paths.interviews, { query: { interview_id: id } })).length === 1);
});

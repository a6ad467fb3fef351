// SPDX-License-Identifier: Apache-2.0
//
// The console's interviews: choices for forms, scheduling and its conflicts, changes, assessments by a form, and permissions.
// store: both
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Client, paths } from '../../lib/client.mjs';
import { Person } from '../../lib/console.mjs';
import { hired, hiredOk, startServer } from '../../lib/server.mjs';

const soon = Math.floor(Date.now() / 3_600_000) * 3_600_000; // the hour; interviews are at most a year ahead

let server, recruiter, approver, interviewer, app, offers, plan, application, general, technical;
before(async () => {
    server = await startServer();
    [recruiter, approver, interviewer] = await Promise.all(['recruiter', 'approver', 'interviewer'].map((role) => Person.of(server, role)));
    app = new Client(server);
    offers = await recruiter.get('references');
    application = (await recruiter.get('applications', { status: 1 })).items[0].id;
    const round = (en) => offers.round_types.find((t) => t.name.en_us === en).id;
    general = round('Manager round');
    technical = round('Technical round');
    plan = { begin_time: String(soon + 100 * 86_400_000), end_time: String(soon + 100 * 86_400_000 + 3_600_000), interviewers: ['d716b84f', 'a85d1e30'], interview_type: 3, video_type: 5,
        round_type_id: general, room_ids: [offers.rooms[0].id], remark: '带作品' };
});
after(() => server.stop());

const schedule = async (o = {}) => (await recruiter.post('interviews', { application_id: application, plan: { ...plan, ...o } })).interview_id;
const at = (hour) => ({ begin_time: String(soon + 200 * 86_400_000 + hour * 3600_000), end_time: String(soon + 200 * 86_400_000 + (hour + 1) * 3600_000) });

test('every list of choices for the forms has entries, with an id and names in both languages', () => {
    for (const list of ['stages', 'jobs', 'rooms', 'round_types', 'locations', 'users']) {
        assert.ok(offers[list].length > 0, list);
        assert.ok(offers[list].every((o) => o.id && o.name.zh_cn && o.name.en_us), list);
    }
    assert.ok(!offers.round_types.some((t) => /old/.test(t.name.en_us)), 'a kind of round that is not in use is not offered');
});

test('an interviewer may not read the choices for the scheduling form', () => interviewer.fails(403, 4031, 'GET', 'references'));

test('a scheduled interview is returned by the console and by the API', async () => {
    const id = await schedule();
    const { interview, form } = await recruiter.get(`interviews/${id}`);
    assert.deepEqual([interview.begin_time, interview.end_time, interview.interview_type, interview.video_type, interview.interview_round_summary, interview.remark],
        [plan.begin_time, plan.end_time, 3, 5, 2, '带作品']);
    assert.deepEqual(interview.interviewers.map((p) => [p.user_id, p.submitted]), [['d716b84f', false], ['a85d1e30', false]]);
    assert.deepEqual([interview.rooms[0], interview.round_type.id], [offers.rooms[0].name.zh_cn, plan.round_type_id]);
    assert.ok(interview.stage.name.zh_cn && interview.may_change);
    assert.deepEqual([interview.room_ids, form.name.en_us], [plan.room_ids, 'General interview form']);
    const [api] = (await app.interviews({ interview_id: id, user_id_type: 'user_id' })).items;
    assert.equal(api.creator.id, '9f21a7d4');
    assert.deepEqual(api.interview_record_list.map((r) => [r.user_id, r.commit_status, r.conclusion]), [['d716b84f', 2, 3], ['a85d1e30', 2, 3]]);
    const there = await schedule({ interview_type: 1, video_type: undefined, address_id: offers.locations[0].id });
    assert.equal((await app.interviews({ interview_id: there })).items[0].address.id, offers.locations[0].id);
    assert.deepEqual((await recruiter.get(`interviews/${there}`)).interview.address_id, offers.locations[0].id);
    await schedule({ interview_type: 2, video_type: undefined, room_ids: [] });
    const { interview: before } = await recruiter.get(`interviews/${await schedule()}`);
    const next = await recruiter.get(`interviews/${await schedule()}`);
    assert.equal(next.interview.round, before.round + 1);
    assert.equal((await recruiter.get(`interviews/${await schedule({ round: 9 })}`)).interview.round, 9);
});

test('an interviewer sees the assessments of others only after submitting their own', async () => {
    const id = await schedule();
    const one = await interviewer.get(`interviews/${id}`);
    assert.deepEqual([one.interview.may_assess, one.interview.may_change, one.records.map((r) => r.user_id), one.answers], [true, false, ['d716b84f'], []]);
    assert.equal((await recruiter.get(`interviews/${id}`)).interview.may_assess, false);
    const score = one.form.dimensions.find((d) => d.type === 11).options.at(-1);
    const says = async (pattern, body) => assert.match((await interviewer.fails(400, 1002002, 'POST', `interviews/${id}/assess`, { body })).msg, pattern);
    await says(/: score_id: must be answered/, { conclusion: 1 });
    await says(/: score_id: the form has no such score/, { conclusion: 1, score_id: 'none' });
    await says(/: answers.77: the form has no such question/, { conclusion: 1, score_id: score.id, answers: [{ dimension_id: '77', text: 'x' }] });
    await interviewer.post(`interviews/${id}/assess`, { conclusion: 1, content: '很好 / very good', score_id: score.id });
    const now = await interviewer.get(`interviews/${id}`);
    assert.deepEqual([now.interview.may_assess, now.interview.interview_round_summary, now.records.length], [false, 7, 2]);
    const own = now.records.find((r) => r.user_id === 'd716b84f');
    assert.deepEqual([own.conclusion, own.commit_status, own.content, own.interview_score.level, own.interview_score.en_name], [1, 1, '很好 / very good', score.level, score.name.en_us]);
    const [api] = (await app.interviews({ interview_id: id })).items;
    assert.equal(api.interview_round_summary, 7);
    assert.ok(api.feedback_submit_time > 0);
    await says(/submitted already/, { conclusion: 2 });
    await recruiter.fails(400, 1002002, 'POST', `interviews/${id}/assess`, { body: { conclusion: 2 } });
    await interviewer.fails(400, 99992402, 'POST', `interviews/${id}/assess`, { body: { conclusion: 3 } });
    await interviewer.fails(404, 4004, 'POST', 'interviews/77/assess', { body: { conclusion: 1 } });
});

test('each answer of an assessment is validated against the type of its question', async () => {
    const id = await schedule({ round_type_id: technical });
    const { form, job_levels: levels } = await interviewer.get(`interviews/${id}`);
    assert.ok(levels.length > 2 && levels.every((l) => l.id && l.name.zh_cn && l.name.en_us));
    assert.equal((await recruiter.get(`interviews/${id}`)).job_levels, undefined);
    const q = (en) => form.dimensions.find((d) => d.name.en_us === en);
    const option = (en, name) => q(en).options.find((o) => o.name.en_us === name).id;
    assert.deepEqual([q('Coding').lower, q('Coding').upper, q('Coding').module.en_us, q('Suggested level').not_evident], [1, 10, 'Skills', true]);
    assert.equal(q('What gives you doubts').related.related_dimension_settings[0].dimension_id, q('Communication').id);
    const good = {
        Coding: { score: 8 }, 'Technical depth': { option_ids: [option('Technical depth', 'Expert')] },
        Communication: { option_ids: [option('Communication', 'Clear')] }, 'System design': { text: '分库分表讲得清楚' },
        Strengths: { option_ids: [option('Strengths', 'Data'), option('Strengths', 'Back end')] },
        'Suggested level': { lower_level_id: levels[0].id, higher_level_id: levels[1].id },
    };
    const body = (o = {}) => ({
        conclusion: 1, score_id: q('Score').options[3].id, content: '记录',
        answers: Object.entries({ ...good, ...o }).filter(([, a]) => a).map(([en, a]) => ({ dimension_id: q(en).id, ...a })),
    });
    const says = async (en, pattern, o) => {
        const { msg, error } = await interviewer.fails(400, 1002002, 'POST', `interviews/${id}/assess`, { body: body(o) });
        assert.deepEqual([error.reason, error.subject], ['answer', q(en).id]);
        assert.ok(msg.includes(`: answers.${q(en).id}: `), msg);
        assert.match(msg, pattern);
    };
    for (const en of ['Coding', 'Technical depth', 'Communication']) await says(en, /must be answered/, { [en]: undefined });
    await says('Coding', /1 to 10/, { Coding: { score: 11 } });
    await says('Coding', /of that kind/, { Coding: { text: '8' } });
    await says('Communication', /one option/, { Communication: { option_ids: [option('Communication', 'Clear'), option('Communication', 'Fair')] } });
    await says('Communication', /no such option/, { Communication: { option_ids: [option('Strengths', 'Data')] } });
    await says('Strengths', /twice/, { Strengths: { option_ids: [option('Strengths', 'Data'), option('Strengths', 'Data')] } });
    await says('System design', /of that kind/, { 'System design': { score: 1 } });
    await says('Suggested level', /lowest and a highest/, { 'Suggested level': { lower_level_id: levels[0].id } });
    await says('Suggested level', /rank above/, { 'Suggested level': { lower_level_id: levels[1].id, higher_level_id: levels[0].id } });
    await says('Suggested level', /no such job level/, { 'Suggested level': { lower_level_id: '0', higher_level_id: '0' } });
    await says('Suggested level', /not both/, { 'Suggested level': { ...good['Suggested level'], not_evident: true } });
    await says('What gives you doubts', /is not asked/, { 'What gives you doubts': { text: '无' } });
    const difficult = { Communication: { option_ids: [option('Communication', 'Difficult')] } };
    await says('What gives you doubts', /must be answered/, difficult);
    await interviewer.post(`interviews/${id}/assess`, body({ ...difficult, 'What gives you doubts': { text: '表达不连贯' } }));

    const { answers: [own], records } = await recruiter.get(`interviews/${id}`);
    assert.deepEqual([own.id, own.feedback_form_id, own.commit_status], [records.find((r) => r.user_id === 'd716b84f').id, form.id, 1]);
    assert.deepEqual(own.record_score, { score: 13, total_score: 15 });
    const all = own.module_assessments.flatMap((m) => m.dimension_assessments);
    const got = (en) => all.find((a) => a.dimension_name.en_us === en);
    assert.equal(got('Coding').dimension_score, 8);
    assert.equal(got('Technical depth').dimension_option.score_val, 5);
    assert.equal(got('What gives you doubts').dimension_content, '表达不连贯');
    assert.deepEqual(got('Strengths').dimension_options.map((o) => o.name.en_us), ['Data', 'Back end']);
    assert.deepEqual(got('Suggested level').recommended_job_level, { lower_limit_job_level_name: levels[0].name, higher_limit_job_level_name: levels[1].name });
    const [api] = (await app.interviews({ interview_id: id, user_id_type: 'user_id' })).items;
    const mine = api.interview_record_list.find((r) => r.user_id === 'd716b84f');
    assert.deepEqual([mine.content, mine.conclusion, mine.commit_status, mine.interview_score.en_name], ['记录', 1, 1, 'Good']);

    const other = await schedule({ round_type_id: technical });
    await interviewer.post(`interviews/${other}/assess`, { conclusion: 5 });
    assert.equal((await recruiter.get(`interviews/${other}`)).interview.interview_round_summary, 6);
    const plain = await schedule({ round_type_id: undefined });
    await interviewer.fails(400, 1002002, 'POST', `interviews/${plain}/assess`, { body: { conclusion: 1, score_id: 'x' } });
    await interviewer.post(`interviews/${plain}/assess`, { conclusion: 6 });
});

test('an interview can be rescheduled until an interviewer has submitted an assessment', async () => {
    const id = await schedule(at(0));
    const records = (i) => i.interviewers.map((p) => [p.user_id, p.record_id]);
    const { interview: before } = await recruiter.get(`interviews/${id}`);
    const change = (o) => recruiter.post(`interviews/${id}/reschedule`, { plan: { ...plan, ...at(5), ...o } });
    await change({ interviewers: ['a85d1e30', '5d7e149a'], interview_type: 1, video_type: undefined, room_ids: [offers.rooms[1].id], address_id: offers.locations[0].id, remark: undefined });
    const { interview: after_ } = await recruiter.get(`interviews/${id}`);
    assert.deepEqual([after_.begin_time, after_.interview_type, after_.video_type, after_.room_ids, after_.round, after_.remark],
        [at(5).begin_time, 1, undefined, [offers.rooms[1].id], before.round, undefined]);
    assert.equal(records(after_)[0][1], records(before)[1][1], 'who stays keeps the record');
    const [api] = (await app.interviews({ start_time: at(5).begin_time, end_time: at(5).begin_time })).items;
    assert.deepEqual([api.id, api.application_id], [id, application]);
    await interviewer.fails(404, 4004, 'GET', `interviews/${id}`);
    await change({});
    await interviewer.post(`interviews/${id}/assess`, { conclusion: 5 });
    assert.equal((await recruiter.get(`interviews/${id}`)).interview.may_change, false);
    for (const path of ['reschedule', 'cancel'])
        assert.match((await recruiter.fails(400, 1002002, 'POST', `interviews/${id}/${path}`, { body: path === 'cancel' ? {} : { plan } })).msg, /assessed/);
    await recruiter.fails(404, 4004, 'POST', 'interviews/77/reschedule', { body: { plan } });
    for (const who of [approver, interviewer]) await who.fails(403, 4031, 'POST', `interviews/${id}/reschedule`, { body: { plan } });
    const admin = await Person.of(server, 'admin');
    const audit = (await admin.get('audit', { page_size: 50 })).items.find((e) => e.action === 'interview.reschedule' && e.subject === id);
    assert.match(audit.detail, /begin_time \d+ -> \d+/);
});

test('a cancelled interview disappears from all lists, and its page shows who cancelled it and why', async () => {
    const id = await schedule(at(10));
    for (const who of [approver, interviewer]) await who.fails(403, 4031, 'POST', `interviews/${id}/cancel`, { body: {} });
    await recruiter.post(`interviews/${id}/cancel`, { reason: '候选人改期' });
    const gone = await recruiter.get(`interviews/${id}`);
    assert.deepEqual([gone.cancelled.reason, gone.cancelled.actor.id, gone.records, gone.interview.may_change], ['候选人改期', recruiter.id, undefined, false]);
    assert.equal((await interviewer.get(`interviews/${id}`)).interview.may_assess, false);
    assert.deepEqual((await app.interviews({ interview_id: id })).items ?? [], []);
    for (const query of [{ from: at(10).begin_time, to: at(10).end_time }, { application_id: application }])
        assert.ok(!(await recruiter.walk('interviews', query)).some((i) => i.id === id));
    await recruiter.fails(404, 4004, 'POST', `interviews/${id}/cancel`, { body: {} });
    await interviewer.fails(404, 4004, 'POST', `interviews/${id}/assess`, { body: { conclusion: 1 } });
    const other = await schedule({ ...at(10), interviewers: ['a85d1e30'] });
    await recruiter.post(`interviews/${other}/cancel`);
    await interviewer.fails(404, 4004, 'GET', `interviews/${other}`);
});

test('the conflicts of a time name the interviewers, rooms and candidate that are occupied', async () => {
    const id = await schedule({ ...at(20), interviewers: ['d716b84f'] });
    const ask = async (o, hour = 20.5) => (await recruiter.post('interviews/conflicts', { ...at(hour), ...o })).items;
    const [taken] = await ask({ interviewers: ['5d7e149a', 'd716b84f'], room_ids: plan.room_ids });
    assert.deepEqual([taken.interview_id, taken.interviewers.map((p) => p.user_id), taken.rooms, taken.candidate, taken.begin_time],
        [id, ['d716b84f'], [offers.rooms[0].name.zh_cn], false, at(20).begin_time]);
    assert.ok(taken.talent_name && taken.interviewers[0].en_name);
    assert.deepEqual((await ask({ application_id: application })).map((c) => [c.candidate, c.interviewers, c.rooms]), [[true, [], []]]);
    assert.deepEqual(await ask({ interviewers: ['5d7e149a'], room_ids: [offers.rooms[1].id] }), []);
    assert.deepEqual(await ask({ interviewers: ['d716b84f'], except_id: id }), []);
    assert.deepEqual(await ask({ interviewers: ['d716b84f'] }, 21), [], 'one that begins when the other ends');
    await recruiter.fails(400, 1002002, 'POST', 'interviews/conflicts', { body: { ...at(20), interviewers: ['nobody'] } });
    for (const who of [approver, interviewer]) await who.fails(403, 4031, 'POST', 'interviews/conflicts', { body: at(20) });
});

test('an invalid plan is rejected with a message that names the fault', async () => {
    const says = async (pattern, o, application_id = application) =>
        assert.match((await recruiter.fails(400, 1002002, 'POST', 'interviews', { body: { application_id, plan: { ...plan, ...o } } })).msg, pattern);
    await says(/application/, {}, '77');
    await says(/has ended/, {}, (await recruiter.get('applications', { status: 2 })).items[0].id);
    await says(/24 hours/, { end_time: String(Number(plan.begin_time) + 25 * 3600_000) });
    await says(/on site only/, { address_id: offers.locations[0].id });
    await says(/room is named twice/, { room_ids: [offers.rooms[0].id, offers.rooms[0].id] });
    await says(/end_time must be later/, { end_time: plan.begin_time });
    await says(/begin_time/, { begin_time: 'soon' });
    await says(/video only/, { interview_type: 1 });
    await says(/twice/, { interviewers: ['d716b84f', 'd716b84f'] });
    await says(/no user/, { interviewers: ['nobody'] });
    await says(/room_ids/, { room_ids: ['none'] });
    await says(/address_id: there is no/, { interview_type: 1, video_type: undefined, address_id: 'none' });
    await says(/round_type_id/, { round_type_id: 'none' });
    await says(/stage_id/, { stage_id: 'none' });
    for (const who of [approver, interviewer]) await who.fails(403, 4031, 'POST', 'interviews', { body: { application_id: application, plan } });
});

test('an interviewer does not see the interviews of others', async () => {
    const id = await schedule({ interviewers: ['a85d1e30'] });
    await recruiter.get(`interviews/${id}`);
    await interviewer.fails(404, 4004, 'GET', `interviews/${id}`);
    assert.ok(!(await interviewer.walk('interviews')).some((i) => i.id === id));
    const [{ application_id: of }] = (await recruiter.walk('interviews')).filter((i) => i.id === id);
    const orders = await recruiter.walk('orders');
    for (const path of ['applications', `applications/${of}`, 'orders', `orders/${orders[0].id}`, 'references', 'metrics/overview', 'audit'])
        await interviewer.fails(403, 4031, 'GET', path);
    await recruiter.fails(404, 4004, 'GET', 'interviews/77');
    assert.ok((await app.walk('GET', paths.interviews, { query: { interview_id: id } })).length === 1);
    // An assessment of an interview that the caller may not see gets 404; a caller who may see it gets the reason.
    await interviewer.fails(404, 4004, 'POST', `interviews/${id}/assess`, { body: { conclusion: 1 } });
    assert.match((await recruiter.fails(400, 1002002, 'POST', `interviews/${id}/assess`, { body: { conclusion: 1 } })).msg, /only an interviewer of the interview/);
});

test('an interviewer\'s own interviews are listed by time, page by page, also after rescheduling', async () => {
    const others = { interviewers: ['a85d1e30'] };
    const range = { from: at(79).begin_time, to: at(99).begin_time };
    const late = await schedule(at(90)), early = await schedule(at(80)), same = await schedule(at(90));
    await schedule({ ...at(85), ...others });
    const mine = async (query) => (await interviewer.walk('interviews', { ...range, page_size: 2, ...query })).map((i) => i.id);
    assert.deepEqual(await mine(), [early, late, same]);
    assert.deepEqual((await recruiter.walk('interviews', { ...range, page_size: 2 })).length, 4);
    assert.deepEqual(await recruiter.walk('interviews', { ...range, mine: true }), [], 'who holds none');
    assert.deepEqual([await mine({ to: at(80).begin_time }), await mine({ from: at(81).begin_time })], [[early], [late, same]]);
    assert.deepEqual([await mine({ application_id: application }), await mine({ application_id: '77' })], [[early, late, same], []]);
    const { page_token } = await interviewer.get('interviews', { ...range, page_size: 2 });
    await interviewer.fails(400, 1002002, 'GET', 'interviews', { query: { ...range, page_size: 2, application_id: application, page_token } });
    const move = (id, o) => recruiter.post(`interviews/${id}/reschedule`, { plan: { ...plan, ...o } });
    await move(late, at(79));
    assert.deepEqual(await mine(), [late, early, same]);
    await move(early, { ...at(80), ...others });
    assert.deepEqual(await mine(), [late, same]);
    await interviewer.post(`interviews/${same}/assess`, { conclusion: 5 });
    await recruiter.post(`interviews/${late}/cancel`);
    assert.deepEqual(await mine(), [same]);
    const check = hired(['check', '--data', server.dir]);
    assert.equal(check.status, 0, check.stderr);
});

test('lists and pages hide the conclusions of others until the interviewer has submitted an assessment', async () => {
    const made = hiredOk(['user', 'create', 'second', '--role', 'interviewer', '--user-id', 'a85d1e30', '--data', server.dir]);
    const second = new Person(server, 'second', made.password);
    await second.signIn();
    const id = await schedule(at(60));
    await second.post(`interviews/${id}/assess`, { conclusion: 5 });
    const told = async (who) => {
        const { interview } = await who.get(`interviews/${id}`);
        const row = (await who.walk('interviews', { from: at(60).begin_time, to: at(60).end_time })).find((i) => i.id === id);
        assert.deepEqual(row, interview);
        return [interview.interviewers.map((p) => [p.submitted, p.conclusion]), interview.interview_round_summary];
    };
    const summary = (await recruiter.get(`interviews/${id}`)).interview.interview_round_summary;
    assert.deepEqual(await told(interviewer), [[[false, 4], [true, undefined]], 3]);
    assert.deepEqual(await told(recruiter), [[[false, 4], [true, 5]], summary]);
    assert.notEqual(summary, 3);
    await interviewer.post(`interviews/${id}/assess`, { conclusion: 5 });
    assert.deepEqual((await told(interviewer))[0], [[true, 5], [true, 5]]);
});

test("an erasure also removes the answers to the form, and cancelled interviews with their reasons", async () => {
    const admin = await Person.of(server, 'admin');
    const held = await schedule(at(40)), cancelled = await schedule(at(42));
    await interviewer.post(`interviews/${held}/assess`, { conclusion: 5, content: '没有来' });
    await recruiter.post(`interviews/${cancelled}/cancel`, { reason: '候选人生病' });
    const { application: { talent_id: talent } } = await recruiter.get(`applications/${application}`);
    const { would } = await admin.get(`erasure/${talent}`);
    assert.deepEqual((await admin.post('erasure', { talent_id: talent, reason: 'asked' })).erased, would);
    await recruiter.fails(404, 4004, 'GET', `interviews/${cancelled}`);
    const { answers, records } = await recruiter.get(`interviews/${held}`);
    assert.deepEqual([answers, records.find((r) => r.user_id === 'd716b84f').content], [[], '']);
    assert.equal((await admin.get('audit', { page_size: 100 })).items.find((e) => e.action === 'interview.cancel' && e.subject === cancelled).detail ?? '', '');
    assert.equal((await admin.get(`erasure/${talent}`)).would.interviews, 0);
    assert.ok((await interviewer.walk('interviews', { from: at(40).begin_time, to: at(40).begin_time })).some((i) => i.id === held), 'who held it is no part of the person');
});

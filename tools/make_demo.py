#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes demo/*.json, the demo tenant's data, from the tables in demo_tables.py, in the format of API answers.

usage: make_demo.py [DIRECTORY]     DIRECTORY is demo/ by default; the output is the same in every run
       make_demo.py --check         fails if the files in demo/ differ from the output

Nothing here is random: ids carry their record's time in the upper 32 bits and a hash of a label in the lower ones, as the
platform's do. User ids are of the type user_id. Links under https://reports.example.com/ name a file in demo/reports/.
"""
import datetime
import hashlib
import json
import os
import sys
import tempfile

import demo_tables as T

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
DAY = 86_400_000
NOW = int(datetime.datetime(2026, 11, 20, 18, 0, tzinfo=BEIJING).timestamp() * 1000)  # the demo's "today"
FILES = 'https://reports.example.com/'
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'demo')


def ms(month, day, hour=10, minute=0):
    return int(datetime.datetime(2026, month, day, hour, minute, tzinfo=BEIJING).timestamp() * 1000)


def jitter(label, span):
    """A pseudo-random number below span that depends on the label only."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], 'big') % span


def make_id(label, at=ms(3, 1)):
    return str((at // 1000 << 32) | jitter('id ' + label, 1 << 32))


def hex_id(label, digits=32):
    return hashlib.sha256(label.encode()).hexdigest()[:digits]


def i18n(zh, en):
    return {'zh_cn': zh, 'en_us': en}


def code_name(code, zh, en):
    return {'code': code, 'name': i18n(zh, en)}


def some(**members):
    """An object of the members whose value is not None."""
    return {name: value for name, value in members.items() if value is not None}


USERS = {row[0]: {'number': number, 'name': row[1], 'en': row[2]} for number, row in enumerate(T.USERS, 1)}
STAGE = {(process, key): {'id': make_id(f'stage {process} {key}'), 'zh': zh, 'en': en, 'type': kind}
         for process, (_, _, _, stages) in T.PROCESSES.items() for key, zh, en, kind in stages}


def user_mobile(user_id):
    return '+86120000000%02d' % USERS[user_id]['number']


def user_ref(user_id):
    return {'id': user_id, 'name': i18n(USERS[user_id]['name'], USERS[user_id]['en'])}


def plain_mobile(code, number):
    return number if code == '86' else f'+{code}{number}'


# ---- the organisation ----

def users():
    for number, (uid, name, en, mail, title, city, gender, leader, level) in enumerate(T.USERS, 1):
        yield some(user_id=uid, name=name, en_name=en, email=f'{mail}@qingzhou.example.com', mobile=user_mobile(uid),
                   mobile_visible=True, gender=gender,
                   status={'is_frozen': False, 'is_resigned': False, 'is_activated': True, 'is_exited': False,
                           'is_unjoin': False},
                   leader_user_id=leader, city=city, country='SG' if city == '新加坡' else 'CN',
                   join_time=1_600_000_000 + number * 8_640_000, is_tenant_manager=uid == '4c87bec3',
                   employee_no='QZ%04d' % (1000 + number), employee_type=1, job_title=title,
                   job_level_id=hex_id('level ' + level, 15))


def job_levels():
    for key, zh, en, order, enabled, about, en_about in T.JOB_LEVELS:
        yield {'name': zh, 'description': about, 'order': order, 'status': enabled, 'job_level_id': hex_id('level ' + key, 15),
               'i18n_name': [{'locale': 'zh_cn', 'value': zh}, {'locale': 'en_us', 'value': en}],
               'i18n_description': [{'locale': 'zh_cn', 'value': about}, {'locale': 'en_us', 'value': en_about}]}


def location(key):
    city, zh, en, enabled = next(row[1:] for row in T.LOCATIONS if row[0] == key)
    code, city_en, state, state_zh, state_en, country, country_zh, country_en, district, d_zh, d_en = T.CITIES[city]
    return {'id': make_id('location ' + key), 'name': i18n(zh, en), 'district': code_name(district, d_zh, d_en),
            'city': code_name(code, city, city_en), 'state': code_name(state, state_zh, state_en),
            'country': code_name(country, country_zh, country_en), 'active_status': 1 if enabled else 2}


def room_id(name):
    return 'omm_' + hex_id('room ' + name)


def rooms():
    for number, (place, name, floor, seats, devices, enabled) in enumerate(T.ROOMS, 1):
        level = 'omb_' + hex_id('level ' + place + floor)
        status = {'status': enabled, 'schedule_status': enabled}
        if not enabled:
            status.update(disable_start_time=str(ms(8, 1) // 1000), disable_end_time='0', disable_reason='装修中',
                          contact_ids=['e04b73a1'], disable_notice=True, resume_notice=False)
        yield {'room_id': room_id(name), 'name': name, 'capacity': seats, 'description': f'{T.BUILDINGS[place]} {floor}F',
               'display_id': 'QZ%08d' % (10_000_000 + number), 'custom_room_id': f'{place}-{floor}-{number}', 'room_level_id': level,
               'path': ['omb_' + hex_id('level ' + place), level], 'room_status': status,
               'device': [{'name': device} for device in devices]}


def processes():
    for key, (zh, en, kind, stages) in T.PROCESSES.items():
        yield {'id': make_id('process ' + key), 'zh_name': zh, 'en_name': en, 'type': kind,
               'stage_list': [{'id': STAGE[key, s]['id'], 'zh_name': z, 'en_name': e, 'type': t} for s, z, e, t in stages]}


def termination_reasons():
    for key, zh, en, told_zh, told_en, kind, evaluates, active in T.REASONS:
        yield {'id': make_id('reason ' + key), 'name': i18n(zh, en), 'referral_name': i18n(told_zh, told_en),
               'termination_type': kind, 'is_used_as_evaluation': evaluates, 'active_status': active}


def resume_sources():
    for key, (zh, en, kind, _delivery) in T.SOURCES.items():
        yield {'id': make_id('source ' + key), 'zh_name': zh, 'en_name': en, 'active_status': 1,
               'resume_source_type': str(kind)}


def jobs():
    for key, (title, process, city, recruiter, _, code, low, high, heads) in T.JOBS.items():
        at = ms(2, 1) + jitter('job ' + key, 20 * DAY)
        levels = {row[0]: row for row in T.JOB_LEVELS}
        level = lambda k: {'id': hex_id('level ' + k, 15), 'zh_name': levels[k][1], 'en_name': levels[k][2], 'active_status': 1}
        yield {'id': job_id(key), 'title': title, 'code': code, 'active_status': 1,
               'city': {'city_code': T.CITIES[city][0], 'zh_name': city, 'en_name': T.CITIES[city][1]},
               'min_job_level': level(low), 'max_job_level': level(high), 'create_user_id': recruiter,
               'create_time': at, 'update_time': at, 'process_type': T.PROCESSES[process][2],
               'process_id': make_id('process ' + process), 'process_name': T.PROCESSES[process][0],
               'process_en_name': T.PROCESSES[process][1], 'head_count': heads, 'job_attribute': 1,
               'create_timestamp': str(at), 'update_timestamp': str(at)}


def job_id(key):
    return make_id('job ' + key, ms(2, 1))


# ---- interview settings ----

FORMS = {'general': ('通用面试评价表', 'General interview form'), 'technical': ('技术面试评价表', 'Technical interview form')}
SCORES = [(1, '不合格', 'Poor', '明显低于岗位要求', 'Far below what the role needs'),
          (2, '待提升', 'Weak', '低于岗位要求', 'Below what the role needs'),
          (3, '一般', 'Fair', '基本达到岗位要求', 'About what the role needs'),
          (4, '良好', 'Good', '达到岗位要求', 'What the role needs'),
          (5, '优秀', 'Excellent', '超出岗位要求，强烈推荐', 'Above what the role needs, strongly recommended')]
ROUND_TYPES = {  # key -> zh, en, process type, form, enabled
    'tech': ('技术面', 'Technical round', 1, 'technical', 1), 'lead': ('主管面', 'Manager round', 1, 'general', 1),
    'hr': ('HR 面', 'HR round', 1, 'general', 1), 'campus_tech': ('校招专业面', 'Campus technical round', 2, 'technical', 1),
    'campus_general': ('校招综合面', 'Campus general round', 2, 'general', 1), 'old': ('电话初筛（旧）', 'Phone screen (old)', 1, 'general', 2),
}


def score_id(form, level):
    return make_id(f'score {form} {level}')


def choices(label, *names):
    return [{'id': make_id(f'option {label} {n}'), 'name': i18n(zh, en), **({'score_val': points[0]} if points else {})}
            for n, (zh, en, *points) in enumerate(names)]


def technical_modules(dimension):
    """A question of each type, and one that depends on the answer to another."""
    talk = choices('talk', ('清晰', 'Clear'), ('一般', 'Fair'), ('有困难', 'Difficult'))
    yield {'id': make_id('module technical skills'), 'name': i18n('专业能力', 'Skills'),
           'description': i18n('逐项打分', 'Scored one by one'), 'type': 2, 'sequence': 2, 'dimensions': [
               dimension('coding', 7, 1, '编码能力', 'Coding', True, score_dimension_config={
                   'score_dimension_type': 2, 'lower_limit_score': 1, 'upper_limit_score': 10}),
               dimension('design', 3, 2, '系统设计', 'System design', False),
               dimension('depth', 6, 3, '技术深度', 'Technical depth', True, option_items=choices(
                   'depth', ('入门', 'Beginner', 1), ('熟练', 'Practised', 3), ('精通', 'Expert', 5)))]}
    yield {'id': make_id('module technical person'), 'name': i18n('综合评价', 'The person'),
           'description': i18n('沟通、所长与职级建议', 'Communication, strengths and level'), 'type': 2, 'sequence': 3, 'dimensions': [
               dimension('talk', 1, 1, '沟通表达', 'Communication', True, option_items=talk),
               dimension('doubts', 3, 2, '有哪些顾虑', 'What gives you doubts', True, related_dimension_config={
                   'type': 1, 'related_dimension_settings': [{
                       'dimension_id': make_id('dimension technical talk'), 'related_operator_type': 3,
                       'dimension_option_ids': [talk[2]['id']]}]}),
               dimension('strengths', 2, 3, '所长', 'Strengths', False, option_items=choices(
                   'strengths', ('后端', 'Back end'), ('前端', 'Front end'), ('数据', 'Data'), ('基础设施', 'Infrastructure'))),
               dimension('level', 5, 4, '职级建议', 'Suggested level', False, display_not_evident=True)]}


def feedback_forms():
    for key, (zh, en) in FORMS.items():
        dimension = lambda name, kind, sequence, z, e, required, **more: {
            'id': make_id(f'dimension {key} {name}'), 'name': i18n(z, e), 'type': kind, 'enabled': True, 'sequence': sequence,
            'is_required': required, **more}
        options = [{'id': score_id(key, level), 'name': i18n(z, e), 'description': i18n(dz, de), 'score_val': level}
                   for level, z, e, dz, de in SCORES]
        modules = [{'id': make_id(f'module {key} conclusion'), 'name': i18n('面试结论', 'Conclusion'),
                    'description': i18n('结论、得分与记录', 'Conclusion, score and record'), 'type': 1, 'sequence': 1,
                    'dimensions': [dimension('conclusion', 10, 1, '结论', 'Conclusion', True),
                                   dimension('score', 11, 2, '得分', 'Score', True, option_items=options),
                                   dimension('record', 12, 3, '记录', 'Notes', False)]}]
        if key == 'technical':
            modules += technical_modules(dimension)
        yield {'id': make_id('form ' + key), 'version': 2 if key == 'technical' else 1, 'name': i18n(zh, en),
               'type': 2 if key == 'technical' else 1,
               'score_calculation_config': {'enabled': key == 'technical', 'calculation_mode': 1}, 'modules': modules}


def round_types():
    for key, (zh, en, process, form, active) in ROUND_TYPES.items():
        yield {'id': make_id('round ' + key), 'biz_id': make_id('round biz ' + key), 'name': i18n(zh, en),
               'process_type': process, 'active_status': active, 'interview_assessment_template_info': {
                   'id': make_id('form ' + form), 'biz_id': make_id('form biz ' + form), 'name': i18n(*FORMS[form])}}


# ---- applications and their interviews ----

class Application:
    """One row of T.APPLICATIONS, with the times computed from it."""

    def __init__(self, number, row):
        (self.name, self.first, self.last, self.code, self.mobile, self.mail, self.gender, self.years, self.born, self.job,
         self.source, day, self.stage, self.rounds, self.end) = row
        self.number = number
        self.created = ms(*day, 9, 30) + jitter(f'created {number}', 6 * 3_600_000)
        self.id = make_id(f'application {number}', self.created)
        self.talent = make_id(f'talent {number}', self.created - 60_000)
        self.resume = make_id(f'resume {number}', self.created)
        _, self.process, self.city, self.recruiter, self.interviewers = T.JOBS[self.job][:5]
        self.stages = [key for key, _, _, _ in T.PROCESSES[self.process][3]]
        self.interviews = []  # (begin, stage key, conclusions)
        kinds = [key for key in ('first', 'second', 'final') if key in self.stages]
        for index, conclusions in enumerate(self.rounds):
            stage = self.stage if self.stage in kinds and index == len(self.rounds) - 1 else kinds[index]
            if self.stage in kinds and kinds.index(stage) > kinds.index(self.stage):
                stage = self.stage
            if 3 in conclusions:
                begin = ms(11, 24 + number % 4, 10 + number % 5)
            elif 4 in conclusions:
                begin = ms(11, 16 + number % 5, 9 + number % 5, 30 * (number % 2))
            else:
                begin = ms(*day, 10 + (number + index) % 7, 30 * (index % 2)) + (6 + 5 * index) * DAY
            self.interviews.append((begin, stage, conclusions))
        self.checked = None  # when the last background check that ended did so; set by orders()
        self.last_interview = self.interviews[-1][0] if self.interviews else self.created
        assert all(begin < NOW or 3 in c for begin, _, c in self.interviews), self.name

    def mobile_text(self):
        return plain_mobile(self.code, self.mobile)

    def stage_times(self):
        """When the application entered and left each stage up to its present one."""
        reached = self.stages.index(self.stage)
        passed = [key for key in self.stages[:reached + 1]
                  if key == self.stage or key not in ('first', 'second', 'final') or key in {s for _, s, _ in self.interviews}]
        times = []
        at = self.created
        for position, key in enumerate(passed):
            following = [begin for begin, stage, _ in self.interviews if stage == key]
            leave = max(following) + 6 * 3_600_000 if following else at + DAY + 3_600_000
            if key == 'check' and self.checked:
                leave = self.checked + 7_200_000
            times.append([key, at, leave if position + 1 < len(passed) else None])
            at = leave
        return times


def applications_of_demo():
    return [Application(number, row) for number, row in enumerate(T.APPLICATIONS, 1)]


def application(app):
    times = app.stage_times()
    stage = STAGE[app.process, app.stage]
    source_zh, source_en, source_type, delivery = T.SOURCES[app.source]
    modified = min(max([times[-1][1], app.last_interview, app.checked or 0]) + 7_200_000 * (1 + app.number % 3), NOW)
    city = T.CITIES[app.city]
    website = {'website_id': make_id('website'), 'website_name': i18n('青舟科技社会招聘官网', 'Qingzhou Careers'),
               'channel': {'channel_id': make_id('channel wechat'), 'channel_name': i18n('微信公众号', 'WeChat account')}}
    return some(
        id=app.id, job_id=job_id(app.job), talent_id=app.talent, resume_source_id=make_id('source ' + app.source),
        stage={'id': stage['id'], 'zh_name': stage['zh'], 'en_name': stage['en'], 'type': stage['type']},
        active_status=2 if app.end else 1, delivery_type=delivery,
        resume_source_info={'id': make_id('source ' + app.source), 'name': i18n(source_zh, source_en),
                            'resume_source_type': source_type},
        website_resume_source=website if app.source == 'website' else None,
        talent_attachment_resume_id=app.resume, create_time=str(app.created), modify_time=str(modified),
        stage_time_list=[some(stage_id=STAGE[app.process, key]['id'], enter_time=str(enter),
                              exit_time=str(leave) if leave else None) for key, enter, leave in times],
        termination_type=app.end[0] if app.end else None,
        termination_reason_list=[make_id('reason ' + app.end[1])] if app.end else None,
        termination_reason_note=app.end[2] if app.end else None,
        application_preferred_city_list=[code_name(city[0], app.city, city[1])],
        creator_id=app.recruiter if delivery == 1 else None)


def talents(apps):
    for app in apps:
        city = T.CITIES[app.city]
        place = {'city_code': city[0], 'zh_name': app.city, 'en_name': city[1]}
        yield {'id': app.talent, 'is_in_agency_period': app.source == 'hunter', 'is_onboarded': app.stage == 'onboard',
               'basic_info': {
                   'name': app.name, 'mobile': app.mobile, 'mobile_code': app.code,
                   'mobile_country_code': {'86': 'CN_1', '65': 'CN_190'}.get(app.code, 'CN_' + app.code),
                   'email': app.mail, 'experience_years': app.years, 'age': 2026 - app.born, 'gender': app.gender,
                   'current_city': place, 'preferred_city_list': [place], 'creator_id': app.recruiter,
                   'modify_time': str(app.created)}}
    for number, (name, mail) in enumerate(T.FORMER_TALENTS):
        at = ms(3, 1) + number * DAY
        yield {'id': former_talent(number), 'is_in_agency_period': False, 'is_onboarded': False, 'basic_info': {
            'name': name, 'mobile': '12000000%03d' % (201 + number), 'mobile_code': '86', 'mobile_country_code': 'CN_1',
            'email': mail + '@example.com', 'creator_id': '4c87bec3', 'modify_time': str(at)}}


def former_talent(number):
    return make_id(f'former {number}', ms(3, 1) + number * DAY)


def summary(conclusions):
    """Computes interview_round_summary from the conclusions of an interview's records."""
    found = set(conclusions)
    for value, only in ((2, 3), (3, 4), (6, 5)):
        if found == {only}:
            return value
    graded = frozenset(found & {1, 2, 6})
    if 4 in found:
        return {(1,): 7, (2,): 9, (6,): 13, (1, 2): 8, (1, 6): 11, (2, 6): 12, (1, 2, 6): 14}[tuple(sorted(graded))]
    return {(1,): 4, (2,): 5, (6,): 17, (1, 2): 10, (1, 6): 15, (2, 6): 16, (1, 2, 6): 18}[tuple(sorted(graded))]


def record(app, index, position, conclusion, form):
    label = f'record {app.number} {index} {position}'
    uid = app.interviewers[position % len(app.interviewers)]
    made = {'id': make_id(label, app.interviews[index][0]), 'user_id': uid}
    score = None
    if conclusion in T.CONTENT:
        made['content'], level = T.CONTENT[conclusion][jitter(label, len(T.CONTENT[conclusion]))]
        if level:
            _, zh, en, about, en_about = SCORES[level - 1]
            score = {'id': score_id(form, level), 'level': level, 'zh_name': zh, 'zh_description': about, 'en_name': en,
                     'en_description': en_about}
    made.update(commit_status=2 if conclusion in (3, 4) else 1, conclusion=conclusion)
    return some(**made, interview_score=score, interviewer=user_ref(uid))


def meeting_rooms(place, number):
    fitting = [row for row in T.ROOMS if row[0] == place and row[5]]
    for offset in range(min(1 + number % 2, len(fitting))):
        _, name, floor, _, _, _ = fitting[(number + offset) % len(fitting)]
        yield {'room_id': room_id(name), 'room_name': name, 'building_name': T.BUILDINGS[place],
               'reserved_status': (2, 2, 1, 3)[(number + offset) % 4], 'floor_name': floor}


def interviews(apps):
    number = 0
    video_types = [5, 1, 9, 8, 100, 2, 3, 4]
    videos = 0
    for app in apps:
        for index, (begin, stage_key, conclusions) in enumerate(app.interviews):
            number += 1
            campus = app.process == 'campus'
            kind = (1, 3, 1, 2, 3)[number % 5]
            round_key = ('campus_tech', 'campus_general')[min(index, 1)] if campus else ('tech', 'lead', 'hr')[index]
            form = ROUND_TYPES[round_key][3]
            records = [record(app, index, position, c, form) for position, c in enumerate(conclusions)]
            graded = any(r['commit_status'] == 1 for r in records)
            submitted = begin + 3_600_000 + (1 + jitter(f'submit {number}', 20)) * 600_000 if graded else None
            created = max(begin - (3 + number % 2) * DAY, app.created + 3_600_000)
            stage = STAGE[app.process, stage_key]
            zone, zone_zh, zone_en = T.TIME_ZONES[T.ZONE_OF_CODE[app.code]]
            place = {'上海': 'sh', '北京': 'bj', '新加坡': 'sg', '深圳': 'sh'}[app.city]
            address = location(place)
            del address['active_status']
            if kind == 3:
                videos += 1
            yield some(
                id=make_id(f'interview {number}', begin), begin_time=begin, end_time=begin + (45, 60, 90)[number % 3] * 60_000,
                round=index, interview_record_list=records, feedback_submit_time=submitted, stage_id=stage['id'],
                application_id=app.id, stage={'id': stage['id'], 'name': i18n(stage['zh'], stage['en'])},
                creator=user_ref(app.recruiter), biz_create_time=created, biz_modify_time=submitted or created + 600_000,
                interview_round_summary=summary(conclusions),
                interview_arrangement_id=make_id('arrangement campus' if campus and number % 2 else f'arrangement {number}', begin if not campus else ms(9, 1)),
                interview_type=kind, talent_time_zone=code_name(zone, zone_zh, zone_en), contact_user=user_ref(app.recruiter),
                contact_mobile=user_mobile(app.recruiter), remark=T.REMARKS[number % len(T.REMARKS)] if number % 3 else None,
                address=address if kind == 1 else None, video_type=video_types[(videos - 1) % 8] if kind == 3 else None,
                arrangement_status=(1 if 3 in conclusions else 2 if 4 in conclusions else 3) if campus else None,
                arrangement_type=2 if campus else 1, arrangement_appointment_kind=2 if number % 4 == 1 else 1,
                meeting_room_list=list(meeting_rooms(place, number)) if kind == 1 else None,
                interview_round_type={'id': make_id('round ' + round_key), 'name': i18n(*ROUND_TYPES[round_key][:2])})


# ---- background checks ----

def custom_field(key, kind, zh, en, required, about, en_about, options):
    return some(type=kind, key=key, name=i18n(zh, en), is_required=required,
                description=i18n(about, en_about) if about or en_about else None,
                options=[{'key': k, 'name': i18n(z, e)} for k, z, e in options] if options else None)


def custom_value(key, app, begin):
    return {
        'position_level': 'P3', 'employment_note': f'{app.name}：最近两段工作经历，各需一名直属上级证明', 'referee_count': '3',
        'is_authorized': 'true', 'highest_degree': 'bachelor' if app.number % 2 else 'master',
        'check_scope': '["identity","education","employment"]', 'expected_onboard': str(begin // DAY * DAY + 30 * DAY),
        'authorization_file': authorization_id(app), 'candidate_resume': app.resume, 'passport_country': 'United Kingdom',
        'regions': '["uk","sg"]', 'note': '候选人在海外工作，请核实学历与最近一段经历',
    }[key]


def authorization_id(app):
    return make_id(f'authorization {app.number}', app.last_interview)


def report(order, vendor, position, kind, result, name, at):
    made = {'id': make_id(f'report {order} {position}', at)}
    if vendor == 'global':
        made['report_preview_url'] = f'https://preview.example.net/reports/{hex_id(f"preview {order} {position}", 16)}'
    else:
        final = 'final-report-findings.pdf' if '红' in (result or '') else 'final-report.pdf'
        made['attachment_url'] = FILES + ('interim-report.pdf' if kind == 1 else final)
    return some(**made, result=result, report_type=kind, create_time=str(at), report_name=name)


def orders(apps):
    for number, (who, vendor, status, package, wait, pushed, reports, items, filled, geo, remark) in enumerate(T.ORDERS, 1):
        app = apps[who - 1]
        begin = app.last_interview + wait * DAY + jitter(f'order {number}', 4 * 3_600_000)
        stages = [(begin + (position * 2 + 1) * DAY + jitter(f'stage {number} {position}', 3_600_000 * 5), zh, en)
                  for position, (zh, en) in enumerate(T.STAGES.get(vendor, [])[:pushed])]
        last = stages[-1][0] if stages else begin
        made, at = [], last
        for position, (kind, result, name) in enumerate(reports):
            at = last if kind == 1 else last + 2 * DAY + 5_400_000
            made.append(report(number, vendor, position, kind, result, name, at))
        at = max(last, at)
        end = at if status == 3 else at + DAY // 2 if status == 4 else None
        # Two orders have the same time, so that tests see whether paging separates them.
        changed = ms(11, 2, 14) if status in (6, 8) else end or at + (0 if status in (2, 5) else 5 * 3_600_000)
        assert begin <= changed <= NOW, (number, changed - NOW)
        app.checked = end or app.checked
        contact = app.recruiter
        candidate = some(name=app.name, mobile=app.mobile_text(), email=app.mail, first_name=app.first, last_name=app.last)
        zh, en, third = T.VENDORS[vendor] if vendor else (None, None, None)
        fields = T.FIELDS.get(vendor, [])[:filled]
        yield some(
            order_id=make_id(f'order {number}', begin), application_id=app.id, order_status=status, account_third_type=third,
            package=package if vendor else None, name=None if vendor else package, feedback_info_list=made[::-1],
            process_info_list=[{'process': z, 'update_time': str(t), 'en_process': e} for t, z, e in reversed(stages)]
            if vendor else None,
            upload_time=None if vendor else str(end), candidate_info=candidate,
            creator_info={'user_id': app.recruiter},
            contactor_info={'name': USERS[contact]['name'], 'mobile': user_mobile(contact),
                            'email': next(row[3] for row in T.USERS if row[0] == contact) + '@qingzhou.example.com'}
            if vendor else None,
            begin_time=str(begin), end_time=str(end) if end else None,
            conclusion=next((r.get('result') for r in reversed(made)), None),
            provider_info={'provider_id': make_id('vendor ' + vendor), 'provider_name': i18n(zh, en)} if vendor else None,
            custom_field_list=[custom_field(*row) for row in fields] if vendor else None,
            custom_data_list=[{'key': row[0], 'value': custom_value(row[0], app, begin)} for row in fields]
            if vendor else None,
            ext_item_info_list=[dict(zip(('id', 'name'), T.EXT_ITEMS[item])) for item in items] if vendor else None,
            update_time=str(changed), geo=geo, location_code=T.CITIES[app.city][0] if vendor else None, remark=remark)


# ---- records of the former recruiting system ----

def external_applications(apps):
    for number in range(26):
        at = ms(3, 3) + number * 4 * DAY + jitter(f'external {number}', DAY)
        ended = number % 4 != 1
        kind = 2 if number % 9 == 8 else 1
        yield some(
            id=make_id(f'external {number}', at), job_recruitment_type=kind,
            job_title=T.EXTERNAL_TITLES[number % len(T.EXTERNAL_TITLES)],
            resume_source=T.EXTERNAL_SOURCES[number % len(T.EXTERNAL_SOURCES)],
            stage=T.EXTERNAL_STAGES[(number * 3) % len(T.EXTERNAL_STAGES)],
            talent_id=former_talent(number) if number < len(T.FORMER_TALENTS) else apps[number - len(T.FORMER_TALENTS)].talent,
            termination_reason=('不合适', 'Position closed', '候选人放弃')[number % 3] if ended else None,
            delivery_type=1 + number % 4, modify_time=at + 9 * DAY if ended else None, create_time=at,
            termination_type=('HR 主动终止', 'Closed by HR', '候选人主动放弃')[number % 3] if ended else None)


def external_checks(externals, sizes):
    for number in range(27):
        owner = externals[number - 2 if number in (2, 3, 4) else number % 22]  # the last four applications have none
        if number in (3, 4):
            owner = externals[0]
        date = owner['create_time'] + (10 + number % 5) * DAY
        if number in (11, 12):
            date = ms(5, 20, 0)  # two records have the same time
        files = [{'id': make_id(f'external file {number} {k}', date), 'name': name, 'size': sizes[name]}
                 for k, name in enumerate(['final-report.pdf', 'interim-report.pdf'][:number % 3])]
        yield {'id': make_id(f'external check {number}', date), 'external_application_id': owner['id'], 'date': date,
               'name': ('背景调查 - ' if number % 3 else 'Background check - ') + owner['job_title'],
               'result': T.EXTERNAL_RESULTS[number % len(T.EXTERNAL_RESULTS)], 'attachment_list': files}


def attachments(apps, order_items, checks):
    one = lambda ident, name, file, at: {'id': ident, 'url': FILES + file, 'name': name, 'mime': 'application/pdf', 'create_time': at}
    for app in apps:
        yield one(app.resume, f'{app.name}-简历.pdf', 'resume.pdf', app.created)
    named = {d['value'] for o in order_items for d in o.get('custom_data_list', []) if d['key'] == 'authorization_file'}
    for app in apps:
        if authorization_id(app) in named:
            yield one(authorization_id(app), f'{app.name}-授权书.pdf', 'interim-report.pdf', app.last_interview)
    for check in checks:
        for file in check['attachment_list']:
            yield one(file['id'], file['name'], file['name'], check['date'])


# ---- writing ----

def layout(value, depth=0, width=132):
    """JSON in which every value that fits into a line is written on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + 2 * depth <= width or not isinstance(value, (dict, list)) or not value:
        return flat
    inner = '  ' * (depth + 1)
    if isinstance(value, dict):
        parts = [f'{json.dumps(name, ensure_ascii=False)}: {layout(item, depth + 1, width)}' for name, item in value.items()]
        lines, line = [], ''
        for part in parts:  # short members share a line
            if line and ('\n' in part or len(inner + line + part) + 2 > width or '\n' in line):
                lines.append(line)
                line = part
            else:
                line = f'{line}, {part}' if line else part
        lines.append(line)
        return '{\n' + ',\n'.join(inner + entry for entry in lines) + '\n' + '  ' * depth + '}'
    return '[\n' + ',\n'.join(inner + layout(item, depth + 1, width) for item in value) + '\n' + '  ' * depth + ']'


def write(directory, name, items, key='items', msg='success', paged=True):
    data = {key: list(items)}
    if paged:
        data['has_more'] = False
    with open(os.path.join(directory, name), 'w', encoding='utf-8') as file:
        file.write(layout({'code': 0, 'msg': msg, 'data': data}) + '\n')


def references_agree(directory):
    """Checks that every id refers to a record, and that no two records have the same id."""
    read = lambda name: json.load(open(os.path.join(directory, name + '.json'), encoding='utf-8'))['data']
    ids = lambda name: [item['id'] for item in read(name)['items']]
    names = ('applications', 'jobs', 'talents', 'job_processes', 'termination_reasons', 'interview_round_types', 'locations',
             'attachments', 'interviews', 'interview_feedback_forms', 'external_applications', 'external_background_checks')
    known = {name: ids(name) for name in names}
    everything = [i for name in names for i in known[name]] + [o['order_id'] for o in read('orders')['items']]
    assert len(everything) == len(set(everything)), 'an id is used twice'
    stages = {s['id'] for p in read('job_processes')['items'] for s in p['stage_list']}
    scores = {o['id'] for f in read('interview_feedback_forms')['items'] for m in f['modules'] for d in m['dimensions']
              for o in d.get('option_items', [])}
    for item in read('orders')['items']:
        assert item['application_id'] in known['applications'] and item['creator_info']['user_id'] in USERS
    for item in read('applications')['items']:
        assert item['job_id'] in known['jobs'] and item['talent_id'] in known['talents']
        assert item['stage']['id'] in stages and item['talent_attachment_resume_id'] in known['attachments']
        assert all(s['enter_time'] < s.get('exit_time', '9') for s in item['stage_time_list']), item
        assert all(s['stage_id'] in stages for s in item['stage_time_list'])
        assert set(item.get('termination_reason_list', [])) <= set(known['termination_reasons'])
    for item in read('interviews')['items']:
        assert item['application_id'] in known['applications'] and item['stage_id'] in stages
        assert item['interview_round_type']['id'] in known['interview_round_types']
        assert 'address' not in item or item['address']['id'] in known['locations']
        assert all(r['user_id'] in USERS for r in item['interview_record_list'])
        assert all(r['interview_score']['id'] in scores for r in item['interview_record_list'] if 'interview_score' in r)
        assert {r['room_id'] for r in item.get('meeting_room_list', [])} <= {r['room_id'] for r in read('rooms')['rooms']}
    for item in read('external_background_checks')['items']:
        assert item['external_application_id'] in known['external_applications']
        assert all(file['id'] in known['attachments'] for file in item['attachment_list'])


def main(directory):
    reports = os.path.join(ROOT, 'reports')
    sizes = {name: os.path.getsize(os.path.join(reports, name)) for name in os.listdir(reports)}
    apps = applications_of_demo()
    order_items, interview_items = list(orders(apps)), list(interviews(apps))
    externals = list(external_applications(apps))
    checks = list(external_checks(externals, sizes))
    assert {o['order_status'] for o in order_items} == {2, 3, 4, 5, 6, 8, 9} and len(order_items) == 12
    assert {i['interview_round_summary'] for i in interview_items} == set(range(2, 19)), 'a summary is missing'
    assert len(interview_items) == 40 and len(apps) == 30, len(interview_items)
    write(directory, 'users.json', users(), paged=False)
    write(directory, 'orders.json', order_items)
    write(directory, 'interviews.json', interview_items)
    write(directory, 'external_applications.json', externals, msg='ok')
    write(directory, 'external_background_checks.json', checks, msg='ok')
    write(directory, 'applications.json', map(application, apps))
    write(directory, 'attachments.json', attachments(apps, order_items, checks), paged=False)
    write(directory, 'jobs.json', jobs(), msg='ok')
    write(directory, 'talents.json', talents(apps), msg='ok')
    write(directory, 'job_processes.json', processes())
    write(directory, 'resume_sources.json', resume_sources())
    write(directory, 'termination_reasons.json', termination_reasons())
    write(directory, 'interview_feedback_forms.json', feedback_forms())
    write(directory, 'interview_round_types.json', round_types(), paged=False)
    write(directory, 'locations.json', map(location, [row[0] for row in T.LOCATIONS]))
    write(directory, 'job_levels.json', job_levels())
    write(directory, 'rooms.json', rooms(), key='rooms')
    references_agree(directory)


def check():
    """Exits with an error if a file in demo/ differs from the output."""
    with tempfile.TemporaryDirectory() as directory:
        main(directory)
        for name in sorted(os.listdir(directory)):
            with open(os.path.join(directory, name), 'rb') as made, open(os.path.join(ROOT, name), 'rb') as kept:
                if made.read() != kept.read():
                    sys.exit(f'demo/{name} differs from what tools/make_demo.py makes: run it and commit the result')


if __name__ == '__main__':
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    if sys.argv[1:] == ['--check']:
        sys.exit(check())
    main(sys.argv[1] if len(sys.argv) == 2 else ROOT)

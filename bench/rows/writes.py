# SPDX-License-Identifier: Apache-2.0
"""Durable writing: an answer comes after the commit has been synced to the disk."""
import itertools
import json
import random
import time

from lib import api
from lib.postgres import Postgres
from lib.row import Figure, Skipped, rate, row

PROGRESS = {'background_check_id': '{id}', 'stage_id': '{run}-{n}', 'stage_name': '工作履历核实中',
            'stage_en_name': 'Employment being verified', 'stage_time': '{time}'}


def update(s, connections):
    return s.post(s.writable, s.writable.vendor, api.HIRE + 'eco_background_checks/update_progress', PROGRESS,
                  s.waiting(s.writable), connections)


def plural(n, word):
    return f'{n} {word}' if n == 1 else f'{n} {word}s'


def progress(connections):
    return f'update_progress, {plural(connections, "connection")}'


def bench(clients):
    return f'pgbench, {plural(clients, "client")}'


def updates(s):
    """update_progress by 1 and by 64 connections, and pgbench with the same statements in the same rounds if it is there."""
    def measure():
        cases = {progress(n): update(s, n) for n in (1, 64)}
        try:
            postgres = Postgres(s)
        except Skipped as why:
            s.known['postgres'] = str(why)
            return s.rounds(cases)
        try:
            return s.rounds({**cases, **{bench(n): postgres.update(n) for n in (1, 16, 64)}})
        finally:
            postgres.stop()
    return s.once('updates', measure)


def against_postgres(s, connections, clients):
    runs = updates(s)
    if 'postgres' in s.known:
        raise Skipped(s.known['postgres'])
    ours = runs[progress(connections)]
    best, theirs = max(((n, runs[bench(n)]) for n in clients), key=lambda pair: pair[1].rate)
    return Figure(ours.rate / theirs.rate, f'{rate(ours)}, {ours.cpu:.0f} us', f'{rate(theirs)}, {theirs.cpu:.0f} us',
                  f'pgbench with {plural(best, "client")}')


def written(s, connections):
    run = updates(s)[progress(connections)]
    return Figure(run.written / 1000, f'{run.written:,.0f} bytes', note=f'{run.requests:,} changes')


@row('written1', 'bytes written for each update_progress, random orders, 1 connection', '', 40, 'KB')
def written1(s):
    return written(s, 1)


@row('written64', 'the same, 64 connections', '', 12, 'KB')
def written64(s):
    return written(s, 64)


@row('update64', 'durable update_progress, 64 connections', 'pgbench, better of 16 and 64 clients', 3)
def update64(s):
    return against_postgres(s, 64, (16, 64))


@row('update1', 'durable update_progress, 1 connection', 'pgbench, 1 client', 1)
def update1(s):
    return against_postgres(s, 1, (1,))


# ---- the other writes, beside update_progress ----

def beside_update(s, name, start, check=None):
    runs = s.rounds({f'{name}: update_progress': update(s, 64), name: start})
    ours, other = runs[name], runs[f'{name}: update_progress']
    if check:
        check()
    return Figure(ours.rate / other.rate, f'{rate(ours)}, {ours.cpu:.0f} us', f'{rate(other)}, {other.cpu:.0f} us')


def enough(s, each_second):
    """How many records a measurement uses up, with its warming up."""
    return (s.options.seconds + 1) * (s.options.rounds + 1) * each_second


def new_talents(s, n):
    """The ids of n talents that the row imports, because each may apply once for a job."""
    first = 8_000_000_000_000_000_000 + time.time_ns() // 1000 % 10 ** 14 * 1000
    ids = [str(first + i) for i in range(n)]
    path = s.path('talents.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({'code': 0, 'msg': 'success', 'data': {'items': [
            {'id': id, 'is_in_agency_period': False, 'is_onboarded': False, 'basic_info': {
                'name': f'新人 {id}', 'mobile': '12000000101', 'mobile_code': '86'}} for id in ids]}}, file)
    s.say(f'importing {n:,} talents')
    s.run([s.hired_binary, 'import', path, '--kind', 'talent', '--user-id-type', 'user_id', '--data', s.writable.data])
    return ids


@row('create', 'create an application, 64 connections', 'update_progress', 0.5)
def create(s):
    job = s.writable.person.call('/console/api/applications', page_size=1)['items'][0]['job_id']
    start = s.post_once(s.writable, s.writable.app, api.HIRE + 'applications', {'talent_id': '{id}', 'job_id': job},
                        new_talents(s, enough(s, 8000)))
    return beside_update(s, 'create', start)


def applications(s):
    """The file of ids of applications to arrange checks for, from many places."""
    def find():
        found = {order['application_id'] for path in s.places(api.ORDERS, 100, count=200) for order in s.writable.app.call(path)['items']}
        found = sorted(found)
        random.Random(1).shuffle(found)
        return s.save('applications', found)
    return s.once('applications', find)


def arrange(s):
    """Arranging by the console, for the account of the vendor's app; what was arranged is kept for update_result."""
    order = s.writable.vendor.call(api.ORDERS, page_size=1)['items'][0]
    accounts = s.writable.person.call('/console/api/vendors')['items']
    account = next(a['id'] for a in accounts if a['provider_id'] == order['provider_info']['provider_id'])
    body = {'application_id': '{id}', 'account_id': account, 'package_name': '标准版 {run}-{pass}'}
    return s.post(s.writable, s.writable.person, '/console/api/orders/arrange', body, applications(s),
                  take=('order_id', s.path('arranged')))


def arranged(s, n):
    """The file of ids of at least n orders that were arranged and have no result."""
    def count():
        try:
            with open(s.path('arranged'), encoding='ascii') as file:
                return sum(1 for _ in file)
        except FileNotFoundError:
            return 0
    start = arrange(s)
    if count() < n:
        s.say(f'arranging {n:,} orders')
    while count() < n:
        start(3).end()
    return s.path('arranged')


@row('arrange', 'arrange a check, 64 connections', 'update_progress', 0.5)
def arrange_row(s):
    return beside_update(s, 'arrange', arrange(s))


@row('result', 'update_result, 64 connections', 'update_progress', 0.5)
def result(s):
    left = arranged(s, enough(s, 8000))
    with open(left, encoding='ascii') as file:
        ids = [line.strip() for line in file]
    body = {'background_check_id': '{id}', 'result': '绿灯', 'result_time': '{time}'}
    start = s.post_once(s.writable, s.writable.vendor, api.HIRE + 'eco_background_checks/update_result', body, ids)
    return beside_update(s, 'result', start)


@row('external', 'create an external background check, 64 connections', 'update_progress', 0.5)
def external(s):
    talents = list(itertools.islice(s.writable.app.walk(api.HIRE + 'applications', page_size=100), 100))
    talents = [s.writable.app.call(api.HIRE + 'applications/' + id)['application']['talent_id'] for id in talents]
    made = api.many(s.writable.app, api.HIRE + 'external_applications', [
        {'talent_id': talent, 'job_title': 'Engineer', 'stage': 'Onsite'} for talent in talents for _ in range(10)])
    ids = s.save('externals', [data['external_application']['id'] for data in made])
    body = {'external_application_id': '{id}', 'date': 1773416261324, 'name': 'Background check - Engineer', 'result': '绿灯'}
    return beside_update(s, 'external', s.post(s.writable, s.writable.app, api.HIRE + 'external_background_checks', body, ids))



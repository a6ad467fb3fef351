# SPDX-License-Identifier: Apache-2.0
"""Lists of many records: far into a walk, with filters, and while others write."""
import json
import urllib.parse

from lib import api
from lib.row import Figure, compare, rate, row
from rows.writes import update

LATE_PAGE = 10000
VALUES = 16


@row('deep', 'page 10,000 of a walk, 10 orders each', 'page 1', 0.9)
def deep(s):
    number, size = min(LATE_PAGE, s.options.orders // 20), 10
    token, done = '', 0
    while done < number - 1:  # walked by pages of 100 and the rest by tens, which lead to the same place
        step = 100 if number - 1 - done >= 10 else size
        query = {'page_size': step, **({'page_token': token} if token else {})}
        token = s.hired.app.call(api.ORDERS, **query)['page_token']
        done += step // size
    late = f'{api.ORDERS}?' + urllib.parse.urlencode({'page_size': size, 'page_token': token})
    runs = s.rounds({'page 1': s.get(s.hired, s.hired.app, [f'{api.ORDERS}?page_size={size}']),
                     'page 10,000': s.get(s.hired, s.hired.app, [late])})
    figure = compare(runs['page 10,000'], runs['page 1'])
    figure.note = '; '.join(filter(None, ['' if number == LATE_PAGE else f'page {number:,}', figure.note]))
    return figure


# ---- filters ----

def sample(records, n=VALUES):
    return records[::max(len(records) // n, 1)][:n]


def single_order(app, items):
    """The first of the orders' applications that has one order, so that all answers are of the same size."""
    for order in items:
        if len(app.call(api.ORDERS, application_id=order['application_id'])['items']) == 1:
            return [order['application_id']]
    return []


def filters(server):
    """The documented filters: {name: calls, each with another value}. Values are taken from records of the whole time."""
    app = server.app
    first = int(app.call(api.ORDERS, page_size=1)['items'][0]['update_time'])
    now = int(app.call(api.ORDERS + '/batch_query', {'order_status': '2'}, page_size=1)['items'][0]['update_time'])
    now = max(now, first + 86_400_000 * 300)
    times = [first + (now - first) * i // (VALUES + 2) for i in range(VALUES)]
    orders = [app.call(api.ORDERS, page_size=20, update_start_time=time)['items'] for time in times]
    interviews = app.call(api.HIRE + 'interviews', start_time=1, page_size=100)['items']
    ids = app.call(api.HIRE + 'applications', page_size=100)['items']
    applications = [app.call(api.HIRE + 'applications/' + id)['application'] for id in sample(ids)]
    batch = lambda body: f'{api.ORDERS}/batch_query?page_size=10\t{json.dumps(body)}'
    get = lambda path, **query: f'{path}?{urllib.parse.urlencode({"page_size": 10, **query})}'
    listed = api.HIRE + 'applications'
    of = lambda name: {f'applications by {name}': [get(listed, **{name: a[name]}) for a in applications if name in a]}
    single = [id for items in orders for id in single_order(app, items)]
    return {
        'orders by application': [get(api.ORDERS, application_id=id) for id in single],
        'orders by update_time': [get(api.ORDERS, update_start_time=time, update_end_time=now) for time in times],
        'orders by ids': [batch({'background_check_order_id_list': [o['order_id'] for o in items[:10]]}) for items in orders],
        'orders by begin_time': [batch({'begin_start_time': str(time), 'begin_end_time': str(time + 30 * 86_400_000)}) for time in times],
        **{f'orders of status {status}': [batch({'order_status': str(status), 'update_start_time': str(time)}) for time in times]
           for status in (2, 3, 4, 5, 9)},
        **of('talent_id'), **of('job_id'),
        'applications by stage': [get(listed, stage_id=a['stage']['id']) for a in applications],
        'applications by process': [get(listed, process_id=process['id'])
                                    for process in app.call(api.HIRE + 'job_processes', page_size=10)['items']],
        'applications by active_status': [get(listed, active_status=status) for status in (1, 2, 3)],
        'applications by update time': [get(listed, update_start_time=time, update_end_time=now) for time in times],
        'interviews by id': [get(api.HIRE + 'interviews', interview_id=i['id']) for i in sample(interviews)],
        'interviews by application': [get(api.HIRE + 'interviews', application_id=i['application_id']) for i in sample(interviews)],
        'interviews by time': [get(api.HIRE + 'interviews', start_time=time, end_time=now) for time in times],
    }


@row('filters', 'each documented filter, in a page of 10: the slowest of them', '10,000 rows', 0.8)
def each_filter(s):
    few, many = filters(s.small), filters(s.hired)
    worst = None
    slow = []
    for name, calls in many.items():
        if not calls or not few[name]:
            continue
        runs = s.rounds({f'{name}: 10,000 rows': s.get(s.small, s.small.app, few[name], 16),
                         f'{name}: {s.options.orders:,} rows': s.get(s.hired, s.hired.app, calls, 16)}, rounds=1,
                        seconds=min(s.options.seconds, 2))
        small, large = runs.values()
        figure = compare(large, small)
        figure.note = name
        if figure.value < 0.8:
            slow.append(f'{name} {figure.value:.2f}x')
        if worst is None or figure.value < worst.value:
            worst = figure
    worst.note = f'{len(many)} filters; ' + (f'below: {", ".join(slow)}' if slow else f'the slowest: {worst.note}')
    return worst


# ---- beside writers ----

def beside_writers(s):
    """Pages of 10 at many places by 64 connections, alone and while 64 others write."""
    def measure():
        pages, write = s.get(s.writable, s.writable.app, s.places(api.ORDERS, 10)), update(s, 64)

        def both(seconds):
            writers = write(seconds + 1)
            return Both(pages(seconds), writers)
        return s.rounds({'lists, nobody writes': pages, 'lists, 64 write': both})
    return s.once('beside writers', measure)


class Both:
    """Readers and writers at the same time; the readers are what is measured."""

    def __init__(self, readers, writers):
        self.readers, self.writers = readers, writers

    def end(self):
        run = self.readers.end()
        self.writers.end()
        return run


@row('lists-writing', 'lists while 64 connections write: rate', 'lists without writers', 0.7)
def lists_rate(s):
    alone, beside = beside_writers(s).values()
    return Figure(beside.rate / alone.rate, rate(beside), rate(alone))


@row('lists-writing-p99', 'lists while 64 connections write: p99', 'lists without writers', 3, 'times')
def lists_p99(s):
    alone, beside = beside_writers(s).values()
    return Figure(beside.p99 / alone.p99, f'{beside.p99:.1f} ms', f'{alone.p99:.1f} ms')


@row('stall', 'longest stall of a read in 60 s of full writing', '', 20, 'ms', orientation=True)
def stall(s):
    seconds = 60 if s.options.seconds >= 5 else 5 * s.options.seconds
    writers = update(s, 64)(seconds + 1)
    run = s.get(s.writable, s.writable.app, s.places(api.ORDERS, 10), 1)(seconds).end()
    wrote = writers.end()
    s.details.append(('a reader while 64 connections write', run))
    return Figure(run.longest, f'{run.longest:.1f} ms', note=f'{seconds} s; {run.requests:,} reads of one connection, p99 {run.p99:.1f} ms, '
                  f'beside {rate(wrote)} changes')

# SPDX-License-Identifier: Apache-2.0
"""The console's lists, as its pages ask for them; bench/console.mjs measures the pages in a browser."""
import statistics
import time
import urllib.parse

from lib.row import Figure, row

TIMES = 40
LIST = '/console/api/applications'


def answer_times(person, paths):
    """Milliseconds of each request, one after the other."""
    taken = []
    for path in paths:
        begin = time.monotonic()
        person.raw(path)
        taken.append((time.monotonic() - begin) * 1000)
    return taken


def figure(taken, note=''):
    slowest = max(taken)
    return Figure(statistics.median(taken), f'{statistics.median(taken):.1f} ms', note='; '.join(filter(None, [
        note, f'{len(taken)} requests, the slowest {slowest:.1f} ms'])))


@row('console-first', 'console: the first page of all applications', '', 50, 'ms')
def first(s):
    return figure(answer_times(s.hired.person, [f'{LIST}?page_size=50'] * TIMES))


@row('console-search', 'console: search by a name', '', 100, 'ms')
def search(s):
    people = s.hired.person.call(LIST, page_size=50)['items']
    names = sorted({person['talent_name'] for person in people if person.get('talent_name')})
    queries = [*names, *(name[:2] for name in names), 'Zzyzx', '没有这个人']
    queries = (queries * TIMES)[:TIMES]
    return figure(answer_times(s.hired.person, [f'{LIST}?' + urllib.parse.urlencode({'page_size': 50, 'query': q}) for q in queries]),
                  'whole names, their beginnings, and names that nobody has')

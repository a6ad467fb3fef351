# SPDX-License-Identifier: Apache-2.0
"""hired on PostgreSQL (bench/run --store postgresql), beside pgbench doing hired's own statements on the same tables.

The database has the servers' core; hired, wrk and pgbench share the client's core."""
import random

from lib import api
from lib.row import Figure, rate, row
from lib.setting import PLACES
from lib.store import Records, Scripts
from lib.wrk import Run
from rows.writes import PROGRESS

READERS = 16
SMALL = 100_000
STORE = 'postgresql'
# As hired's sessions (src/store/postgresql/connect.c): pgbench would plan a statement with LIMIT anew each time.
SESSION = '-c plan_cache_mode=force_generic_plan ' + ' '.join(
    f'-c enable_{way}=off' for way in ('seqscan', 'bitmapscan', 'material', 'hashjoin', 'mergejoin', 'sort'))


class Node:
    """A node of hired on one core before a database on the other, and what its requests need."""

    def __init__(self, s, orders):
        self.s, self.records = s, Records(s, orders)
        self.hired = self.records.node()
        self.scripts = Scripts(s, self.records)
        self.first = int(self.records.query('SELECT MIN(update_time) FROM background_check_order', 'run'))
        self.last = int(self.records.query('SELECT MAX(update_time) - 2592000000 FROM background_check_order', 'run'))

    def waiting(self):
        """Ids of orders that the vendor may update, in random order."""
        with open(self.s.waiting(self.hired), encoding='ascii') as file:
            return [line.strip() for line in file]

    def update(self, connections=64):
        self.waiting()
        return self.s.post(self.hired, self.hired.vendor, api.HIRE + 'eco_background_checks/update_progress', PROGRESS,
                           self.s.waiting(self.hired), connections)

    def interview(self):
        found = self.hired.app.call(api.HIRE + 'interviews', start_time=1, page_size=1)['items'][0]['id']
        return found, self.s.get(self.hired, self.hired.app, [f'{api.HIRE}interviews?interview_id={found}'])

    def times(self):
        """The places at which pages begin."""
        chosen = random.Random(1)
        return [chosen.randint(self.first, self.last) for _ in range(PLACES)]

    def page(self, size):
        return self.s.get(self.hired, self.hired.app,
                          [f'{api.ORDERS}?page_size={size}&update_start_time={time}' for time in self.times()])

    def watched(self, start):
        """The same measurement with the processor time of the database instead of hired's."""
        return lambda seconds: Watched(self.records.server, start(seconds))


class Watched:
    def __init__(self, server, load):
        self.server, self.load, self.cpu = server, load, server.cpu()

    def end(self):
        run = self.load.end()
        cpu = self.server.cpu() - self.cpu
        run.own, run.cpu, run.share = run.cpu, cpu / run.requests * 1e6, cpu * run.rate / run.requests
        return run


def node(s, orders=None):
    orders = orders or s.options.orders
    return s.once(('node', orders), lambda: Node(s, orders))


def beside(ours, theirs, clients):
    return Figure(ours.rate / theirs.rate, f'{rate(ours)}, {ours.cpu:.0f} us', f'{rate(theirs)}, {theirs.cpu:.0f} us',
                  f'{clients} connections of pgbench; us: of the database, which had {ours.share:.0%} and {theirs.share:.0%} of its core; '
                  f'p99 {ours.p99:.1f} and {theirs.p99:.1f} ms')


def against(s, name, start, script, clients):
    n = node(s)
    runs = s.rounds({f'{name}: hired': n.watched(start), f'{name}: pgbench': n.records.load(clients, script, 'run', options=SESSION)})
    return beside(runs[f'{name}: hired'], runs[f'{name}: pgbench'], clients)


@row('store-update', 'durable update_progress, 64 connections', 'pgbench, the same statements', 0.8, store=STORE)
def update(s):
    n = node(s)
    return against(s, 'update_progress', n.update(), n.scripts.progress(n.waiting(), 16), 16)


@row('store-interview', 'one interview by id', 'pgbench, the same statement', 0.7, store=STORE)
def interview(s):
    n = node(s)
    found, start = n.interview()
    return against(s, 'interview', start, n.scripts.interview(found), READERS)


@row('store-page10', 'a page of 10 orders, 64 places in turn', 'pgbench, the same statement', 0.7, store=STORE)
def page10(s):
    n = node(s)
    return against(s, 'page of 10', n.page(10), n.scripts.page(10, n.times()), READERS)


@row('store-page100', 'a page of 100 orders, 64 places in turn', 'pgbench, the same statement', 0.7, store=STORE)
def page100(s):
    n = node(s)
    return against(s, 'page of 100', n.page(100), n.scripts.page(100, n.times()), READERS)


# ---- several nodes ----

class Together:
    """Measurements that run at the same time, as one."""

    def __init__(self, loads):
        self.loads = loads

    def end(self):
        runs = [load.end() for load in self.loads]
        total = sum(run.requests for run in runs)
        rates = sum(run.rate for run in runs)
        cpu = sum(run.cpu * run.requests for run in runs) / total
        return Run(rates, max(run.p99 for run in runs), max(run.longest for run in runs), cpu, cpu * rates / 1e6, 0, total)


def nodes(s, count):
    n = node(s)
    return [n.hired] + [s.once(('further node', i), lambda i=i: n.records.node(i)) for i in range(2, count + 1)]


def shared(s, count, measured):
    """The load of 64 connections, divided among so many nodes. measured(server, connections, part)."""
    servers = nodes(s, count)
    starts = [measured(server, 63 // count + 1, i) for i, server in enumerate(servers)]
    return node(s).watched(lambda seconds: Together([start(seconds) for start in starts]))


def against_one(s, title, count, measured):
    names = f'{title}: {count} nodes', f'{title}: 1 node'
    runs = s.rounds({names[0]: shared(s, count, measured), names[1]: shared(s, 1, measured)})
    ours, theirs = runs[names[0]], runs[names[1]]
    return Figure(ours.rate / theirs.rate, f'{rate(ours)}, {ours.cpu:.0f} us', f'{rate(theirs)}, {theirs.cpu:.0f} us',
                  f'p99 {ours.p99:.1f} and {theirs.p99:.1f} ms; all nodes and wrk share one core')


def reads(s):
    found, _ = node(s).interview()
    return lambda server, connections, part: s.get(server, server.app, [f'{api.HIRE}interviews?interview_id={found}'], connections)


def writes(s):
    """Each node has orders of its own."""
    ids = node(s).waiting()

    def start(server, connections, part):
        share = s.save(f'share-of-node-{part}', ids[part::3])
        return s.post(server, server.vendor, api.HIRE + 'eco_background_checks/update_progress', PROGRESS, share, connections)
    return start


for number in (2, 3):
    row(f'store-nodes-read{number}', f'one interview by id, {number} nodes', '1 node', 1, store=STORE)(
        lambda s, number=number: against_one(s, 'interview', number, reads(s)))
    row(f'store-nodes-write{number}', f'update_progress, {number} nodes', '1 node', 1, store=STORE)(
        lambda s, number=number: against_one(s, 'update_progress', number, writes(s)))


# ---- ten times the records ----

def growth(s, name, of):
    """The same of a database with SMALL orders, measured in turn."""
    large, small = node(s), node(s, SMALL)
    names = f'{name}: {s.options.orders:,} orders', f'{name}: {SMALL:,} orders'
    runs = s.rounds({names[0]: large.watched(of(large)), names[1]: small.watched(of(small))})
    ours, theirs = runs[names[0]], runs[names[1]]
    return Figure(ours.rate / theirs.rate, f'{rate(ours)}, {ours.cpu:.0f} us', f'{rate(theirs)}, {theirs.cpu:.0f} us')


for title, measured in (('update_progress', lambda n: n.update()), ('one interview by id', lambda n: n.interview()[1]),
                        ('a page of 100 orders', lambda n: n.page(100))):
    row(f'store-growth-{title.split()[-1]}', f'{title}: all orders', f'{SMALL:,} orders', 0.8, store=STORE)(
        lambda s, title=title, measured=measured: growth(s, title, measured))

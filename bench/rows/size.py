# SPDX-License-Identifier: Apache-2.0
"""Importing, memory, and the time until a server is ready."""
import os
import shutil
import statistics
import time

from lib import api
from lib.row import Figure, Skipped, row
from lib.setting import Hired

STARTS = 5
CONNECTIONS = 256


def exported(s):
    """All orders as `hired export` writes them, and the app whose records they are."""
    out = s.scratch('exported')
    s.say('exporting the orders')
    s.run([s.hired_binary, 'export', '--data', s.hired.data, '--dir', out])
    return os.path.join(out, 'orders.json'), s.hired.demo['app_id']


def timed(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


@row('import', 'hired import of all orders into an empty directory', '`sqlite3 .import` of as many rows of that size', 0.5)
def import_row(s):
    if not shutil.which('sqlite3'):
        raise Skipped('sqlite3 is not here: apt-get install sqlite3')
    path, app = exported(s)
    data, table = s.scratch('imported'), s.scratch('sqlite')
    ours = timed(lambda: s.run([s.hired_binary, 'import', path, '--user-id-type', 'user_id', '--app', app, '--data', data]))
    shutil.rmtree(data, ignore_errors=True)
    count, size = s.options.orders, os.path.getsize(path)
    # Rows of id, time and document, between separators that SQLite's ascii mode reads without quoting.
    os.makedirs(table)
    rows, doc = os.path.join(table, 'rows'), 'x' * max(size // count - 40, 100)
    with open(rows, 'w', encoding='ascii') as file:
        file.writelines(f'{n * 7919 % count}\x1f{1700000000000 + n}\x1f{doc}\x1e' for n in range(count))
    script = ('PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY, update_time INTEGER, doc TEXT);\n'
              f'.mode ascii\n.import {rows} orders\nPRAGMA wal_checkpoint(TRUNCATE);\n')
    theirs = timed(lambda: s.run(['sqlite3', os.path.join(table, 'orders.db')], input=script))
    shutil.rmtree(table)
    return Figure(theirs / ours, f'{ours:.1f} s', f'{theirs:.1f} s', f'{count:,} orders in {size / 1e6:,.0f} MB')


@row('memory', f'resident memory with {CONNECTIONS} connections reading and writing, mappings of files not counted', '', 64, 'MB')
def memory(s):
    from rows.writes import update
    server = s.writable
    reading = s.get(server, server.app, s.places(api.ORDERS, 100), CONNECTIONS // 2)
    writing = update(s, CONNECTIONS // 2)
    loads = [reading(s.options.seconds), writing(s.options.seconds)]
    most = 0
    while loads[0].child.poll() is None:
        most = max(most, server.process.resident())
        time.sleep(0.1)
    for load in loads:
        load.child.communicate()
    return Figure(most / 1e6, f'{most / 1e6:.1f} MB')


@row('start', 'from the start of the process to /readyz', '', 200, 'ms')
def start(s):
    data = s.hired.data
    s.hired.process.stop()
    taken = []
    for n in range(STARTS):
        server = Hired(s.hired_binary, data, s.path(f'start-{n}.log'))
        taken.append(server.ready * 1000)
        server.process.stop()
    del s.hired  # the next row starts it anew
    return Figure(statistics.median(taken), f'{statistics.median(taken):.0f} ms', note=f'{STARTS} starts, the slowest {max(taken):.0f} ms')



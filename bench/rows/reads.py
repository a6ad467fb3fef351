# SPDX-License-Identifier: Apache-2.0
"""Reading, beside nginx serving the same bytes from a file."""
import json
import os
import signal
import sys

from lib import api
from lib.row import compare, row
from lib.setting import Hired


def answers(s, case, paths, expected):
    """Saves hired's answers where nginx serves them. Returns nginx's paths."""
    folder = s.path(f'www/{case}')
    os.makedirs(folder, exist_ok=True)
    for number, path in enumerate(paths):
        raw = s.hired.app.raw(path)
        count = len(json.loads(raw)['data']['items'])
        if count != expected:
            sys.exit(f'bench/run: {path}: {count} records, not {expected}')
        with open(os.path.join(folder, str(number)), 'wb') as file:
            file.write(raw)
    return [f'/{case}/{number}' for number in range(len(paths))]


def beside_nginx(s, case, paths, expected):
    files = answers(s, case, paths, expected)
    runs = s.rounds({f'{case}: nginx': s.get(s.nginx, None, files),
                     f'{case}: hired': s.get(s.hired, s.hired.app, paths)})
    figure = compare(runs[f'{case}: hired'], runs[f'{case}: nginx'])
    size = os.path.getsize(s.path(f'www/{case}/0'))
    figure.note = '; '.join(filter(None, [f'{size:,} bytes', figure.note]))
    return figure


def page(s, size, anywhere):
    paths = s.places(api.ORDERS, size) if anywhere else [f'{api.ORDERS}?page_size={size}']
    return beside_nginx(s, f'page{size}{"-anywhere" if anywhere else ""}', paths, size)


@row('interview', 'one interview by id', 'nginx, same bytes', 1.3)
def interview(s):
    found = s.hired.app.call(api.HIRE + 'interviews', start_time=1, page_size=1)['items'][0]['id']
    return beside_nginx(s, 'interview', [f'{api.HIRE}interviews?interview_id={found}'], 1)


@row('page10', 'a page of 10 orders, hot', 'nginx, same bytes', 0.9)
def page10(s):
    return page(s, 10, False)


@row('page10-anywhere', 'a page of 10 orders, 64 places in turn', 'nginx, same bytes', 0.85)
def page10_anywhere(s):
    return page(s, 10, True)


@row('page100', 'a page of 100 orders, hot', 'nginx, same bytes', 0.5)
def page100(s):
    return page(s, 100, False)


@row('page100-anywhere', 'a page of 100 orders, 64 places in turn', 'nginx, same bytes', 0.5)
def page100_anywhere(s):
    return page(s, 100, True)


@row('scrub', 'a page of 10 orders, 64 places in turn, while the database is verified at [store] scrub', 'the same with scrub = 0', 0.95)
def scrub(s):
    conf = s.save('scrub.ini', ['[store]', 'scrub = 0'])
    server = s.started(Hired(s.hired_binary, s.copy(s.database(s.options.orders), 'scrub'), s.path('scrub.log'), args=('--config', conf)))
    read = s.get(server, server.app, s.places(api.ORDERS, 10))

    def at(rate):
        def start(seconds):
            s.save('scrub.ini', ['[store]', f'scrub = {rate}'])
            os.kill(server.process.pid, signal.SIGHUP)
            return read(seconds)
        return start

    runs = s.rounds({'scrub = 0': at('0'), 'scrub = 4M': at('4M')})
    return compare(runs['scrub = 4M'], runs['scrub = 0'])

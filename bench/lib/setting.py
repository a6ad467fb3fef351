# SPDX-License-Identifier: Apache-2.0
"""What the rows share: databases, servers, requests. Everything is made when the first row needs it."""
import contextlib
import functools
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
import zlib

from lib import api, wrk
from lib.process import CORE, Process, free_port, read

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONNECTIONS = 64
PLACES = 64
WRITABLE = 40000
SMALL = 10000
DAY_MS = 86_400_000


class Hired:
    """A running hired serve."""

    def __init__(self, binary, data, log, core=CORE, args=()):
        with open(os.path.join(data, 'demo.json'), encoding='utf-8') as file:
            self.demo = json.load(file)
        port = free_port()
        self.data, self.url = data, f'http://127.0.0.1:{port}'
        self.process = Process([binary, 'serve', '--listen', f'127.0.0.1:{port}', '--data', data, '--threads', '1',
                                '--rate-limits', 'off', *args], log, core)
        self.ready = self.process.wait_ready(port, '/readyz', pause=0.002)

    @functools.cached_property
    def app(self):
        return api.app(self.url, self.demo['app_id'], self.demo['app_secret'])

    @functools.cached_property
    def vendor(self):
        return api.app(self.url, self.demo['vendor_app_id'], self.demo['vendor_app_secret'])

    @functools.cached_property
    def person(self):
        return api.person(self.url, next(a for a in self.demo['console']['accounts'] if a['role'] == 'admin'))


class Setting:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.hired_binary = os.environ.get('HIRED') or os.path.join(TOP, 'build', 'hired')
        self.base = os.environ.get('BENCH_DIR') or '/var/tmp'
        self.open = contextlib.ExitStack()
        self.known, self.details, self.runs = {}, [], 0

    def once(self, key, make):
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]

    def path(self, name):
        return os.path.join(self.work, name)

    def save(self, name, lines):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.writelines(line + '\n' for line in lines)
        return self.path(name)

    def started(self, server):
        self.open.callback(getattr(server, 'process', server).stop)
        return server

    # ---- databases: kept between runs, named by what they were made from ----

    def database(self, orders):
        inputs = sorted(os.path.join(folder, name) for top in ('src/store/schema', 'demo', 'src/cli/demo')
                        for folder, _, names in os.walk(os.path.join(TOP, top)) for name in names)
        seed = 0
        for path in inputs:
            with open(path, 'rb') as file:
                seed = zlib.crc32(file.read(), seed)
        data = os.path.join(self.base, f'hired-bench-{seed:08x}-{orders}')
        if self.options.fresh and ('fresh', data) not in self.known:
            shutil.rmtree(data, ignore_errors=True)
        self.known['fresh', data] = True
        if not os.path.exists(os.path.join(data, 'complete')):
            shutil.rmtree(data, ignore_errors=True)
            self.say(f'making {orders:,} orders and a tenth as many interviews in {data} (once)')
            self.run([self.hired_binary, 'demo', '--orders', str(orders), '--interviews', str(max(orders // 10, 100)), '--data', data])
            with open(os.path.join(data, 'complete'), 'w', encoding='ascii'):
                pass
        return data

    def scratch(self, name):
        """An empty directory on the disk that is measured, removed at the end."""
        path = os.path.join(self.base, f'hired-bench-{name}-{os.getpid()}')
        shutil.rmtree(path, ignore_errors=True)
        self.open.callback(shutil.rmtree, path, ignore_errors=True)
        return path

    def copy(self, data, name):
        """A copy of a database without its server's socket, on the disk and not only in memory."""
        path = self.scratch(name)
        shutil.copytree(data, path, ignore=shutil.ignore_patterns('*.sock'))
        self.run(['sync', '-f', path])
        return path

    def run(self, argv, **more):
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)
        if done.returncode != 0:
            sys.exit(f'bench/run: {" ".join(argv[:3])} ended with {done.returncode}:\n{done.stdout[-2000:]}')
        return done.stdout

    def say(self, text):
        print(f'  {text} ...', file=sys.stderr, flush=True)

    # ---- servers ----

    @functools.cached_property
    def hired(self):
        """A server with the database, for rows that only read."""
        return self.started(Hired(self.hired_binary, self.database(self.options.orders), self.path('hired.log')))

    @functools.cached_property
    def writable(self):
        """The same with a copy of the database, because every change makes an order longer: each run begins with the same
        orders. Where the disk has no room for a copy, the database itself is changed."""
        data = self.database(self.options.orders)
        size = sum(os.path.getsize(os.path.join(data, name)) for name in os.listdir(data))
        if shutil.disk_usage(self.base).free > 2 * size:
            data = self.copy(data, 'writable')
        else:
            self.known['in place'] = True
        return self.started(Hired(self.hired_binary, data, self.path('writable.log')))

    @functools.cached_property
    def small(self):
        return self.started(Hired(self.hired_binary, self.database(SMALL), self.path('small.log')))

    @functools.cached_property
    def nginx(self):
        """nginx, which serves the files that answer() saved."""
        port = free_port()
        temp = ''.join(f'{kind}_temp_path {self.work}/tmp; ' for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
        conf = self.save('nginx.conf', [
            'user root;' if os.getuid() == 0 else '', 'worker_processes 1; daemon off;',
            f'pid {self.work}/nginx.pid; error_log {self.work}/nginx.err;', 'events { worker_connections 1024; }',
            'http { access_log off; sendfile on; tcp_nopush on; keepalive_timeout 75s; keepalive_requests 1000000000;',
            'default_type "application/json; charset=utf-8";', 'open_file_cache max=1000 inactive=600s; open_file_cache_valid 600s;',
            temp, f'server {{ listen 127.0.0.1:{port}; root {self.work}/www; }} }}'])
        os.makedirs(self.path('www'), exist_ok=True)
        with open(self.path('www/up'), 'w', encoding='ascii') as file:
            file.write('up')
        server = Process([self.options.nginx, '-c', conf, '-p', self.work], self.path('nginx.log'))
        server.wait_ready(port, '/up')
        server.url = f'http://127.0.0.1:{port}'
        return self.started(server)

    # ---- requests ----

    def headers(self, caller):
        name = f'headers-{id(caller)}'
        return self.once(name, lambda: self.save(name, [f'{key}: {value}' for key, value in caller.headers.items()]))

    def get(self, server, caller, calls, connections=CONNECTIONS):
        """A function that measures reading: calls in turn, each a path or a path, a tab and a JSON body."""
        url, process = server.url, getattr(server, 'process', server)
        if len(calls) == 1 and '\t' not in calls[0]:
            headers = [f'{key}: {value}' for key, value in caller.headers.items()] if caller else []
            return lambda seconds: wrk.Load(process, url + calls[0], connections, seconds, headers=headers)
        self.runs += 1
        env = {'CALLS': self.save(f'calls-{self.runs}', calls), 'HEADERS': self.headers(caller) if caller else os.devnull}
        return lambda seconds: wrk.Load(process, url, connections, seconds, 'get.lua', env)

    def post(self, server, caller, call, body, ids, connections=CONNECTIONS, take=None):
        """A function that measures writing (load/post.lua). take: (name, file) of ids in answers to keep."""
        env = {'CALL': call, 'BODY': body if isinstance(body, str) else json.dumps(body, ensure_ascii=False),
               'IDS': ids, 'HEADERS': self.headers(caller)}
        if take:
            env.update(TAKE=take[0], TAKEN=take[1])

        def start(seconds):
            self.runs += 1
            run = f'{os.getpid():x}{int(time.time() * 1000) % 10 ** 9:x}{self.runs}'
            return wrk.Load(server.process, server.url, connections, seconds, 'post.lua', {**env, 'RUN': run})
        return start

    def post_once(self, server, caller, call, body, ids):
        """The same where each of the ids can be used once: each measurement has its own share of them."""
        share, parts = len(ids) // (self.options.rounds + 1), itertools.count()

        def start(seconds):
            n = next(parts)
            self.runs += 1
            return self.post(server, caller, call, body, self.save(f'share-{self.runs}', ids[n * share:(n + 1) * share]))(seconds)
        return start

    def rounds(self, cases, seconds=None, rounds=None, keep=True):
        """Measures the cases (name: function of get() or post()) in turn, after a second of each that is not counted. Returns the
        medians by name; keep: they stand among the details of the report."""
        seconds, rounds = seconds or self.options.seconds, rounds or self.options.rounds
        seen = {name: [] for name in cases}
        for number in range(rounds + 1):
            for name, start in cases.items():
                run = start(seconds if number > 0 else 1).end()
                if number > 0:
                    seen[name].append(run)
        result = {name: wrk.median(runs) for name, runs in seen.items()}
        if keep:
            self.details += result.items()
        return result

    def measure(self, name, start, **more):
        return self.rounds({name: start}, **more)[name]

    # ---- records ----

    @functools.cached_property
    def span(self):
        """The update times of the first order, and now."""
        first = int(self.hired.app.call(api.ORDERS, page_size=1)['items'][0]['update_time'])
        return first, int(time.time() * 1000)

    def places(self, path, size, count=PLACES, seed=1):
        """Paths of pages at many places of the whole database, the first of which is its beginning."""
        first, now = self.span
        chosen = random.Random(seed)
        return [f'{path}?page_size={size}'] + [
            f'{path}?page_size={size}&update_start_time={first + int((now - 30 * DAY_MS - first) * chosen.random())}'
            for _ in range(count - 1)]

    def waiting(self, server):
        """The file of ids of orders that the vendor may update, in random order."""
        def find():
            ids = []
            for order in server.vendor.walk(api.ORDERS + '/batch_query', {'order_status': '2'}, page_size=100):
                ids.append(order['order_id'])
                if len(ids) >= WRITABLE * 4:
                    break
            random.Random(1).shuffle(ids)
            if len(ids) < 20:
                sys.exit(f'bench/run: only {len(ids)} orders of the vendor wait for progress: use --fresh')
            return self.save(f'waiting-{server.process.pid}', ids[:WRITABLE])
        return self.once(('waiting', server), find)

    def close(self):
        self.open.close()

    def log_of(self, name):
        return read(self.path(name))

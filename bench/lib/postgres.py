# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL with a table of orders like hired's, and pgbench doing the statements of update_progress.

The server has the servers' core and pgbench the client's, as hired and wrk have. Commits are synchronous, statements prepared,
full_page_writes on as by default, and the cluster is on the same disk as hired's database."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys

from lib import api
from lib.process import CLIENT, CORE, Process, free_port
from lib.row import Skipped
from lib.wrk import LOAD, Run

DOC_BYTES = 1700

SCHEMA = '''
CREATE TABLE background_check_order (
    tenant BIGINT NOT NULL, id BIGINT NOT NULL, update_time BIGINT NOT NULL, application_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL, status BIGINT NOT NULL, phase BIGINT NOT NULL, begin_time BIGINT NOT NULL,
    last_stage_time BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE order_history (
    tenant BIGINT NOT NULL, order_id BIGINT NOT NULL, seq BIGINT NOT NULL, at_ms BIGINT NOT NULL, actor_kind BIGINT NOT NULL,
    actor_id BIGINT NOT NULL, action BIGINT NOT NULL, from_status BIGINT NOT NULL, from_phase BIGINT NOT NULL,
    to_status BIGINT NOT NULL, to_phase BIGINT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (tenant, order_id, seq));
INSERT INTO background_check_order
SELECT 1, g, 1700000000000 + g * 60000, g * 2 / 3, g %% 7, 2, 0, 1700000000000 + g * 60000, 0, '%(doc)s' FROM generate_series(CAST(1 AS BIGINT), CAST(%(n)d AS BIGINT)) g;
INSERT INTO order_history SELECT 1, g, 1, 1700000000000 + g * 60000, 1, 1, 1, 0, 0, 2, 0, '' FROM generate_series(CAST(1 AS BIGINT), CAST(%(n)d AS BIGINT)) g;
ALTER TABLE background_check_order ADD PRIMARY KEY (tenant, id);
CREATE INDEX ON background_check_order (tenant, update_time, id);
CREATE INDEX ON background_check_order (tenant, application_id, update_time, id);
CREATE INDEX ON background_check_order (tenant, account_id, update_time, id);
VACUUM ANALYZE;
CHECKPOINT;
'''


def find(name):
    versions = sorted(glob.glob('/usr/lib/postgresql/*/bin'), key=lambda path: float(path.split('/')[4]), reverse=True)
    for folder in [*versions, *os.environ['PATH'].split(':')]:
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    raise Skipped(f'PostgreSQL is not here (no {name}): apt-get install postgresql')


class Postgres:
    def __init__(self, s):
        self.s = s
        self.initdb, self.postgres, self.psql, self.pgbench = map(find, ('initdb', 'postgres', 'psql', 'pgbench'))
        s.known['postgres version'] = 'PostgreSQL ' + s.run([self.postgres, '--version']).split()[2]
        self.orders = s.options.orders
        self.data = os.path.join(s.base, f'hired-bench-postgres-{self.orders}')
        self.doc = self.sample()
        self.server = None
        s.open.callback(self.stop)
        if s.options.fresh:
            shutil.rmtree(self.data, ignore_errors=True)
        if not os.path.exists(os.path.join(self.data, 'complete')):
            self.make()
        self.start()

    def sample(self):
        """An order of hired's, cut or filled to DOC_BYTES."""
        items = self.s.hired.app.call(api.ORDERS, page_size=50)['items']
        text = json.dumps(min(items, key=lambda item: abs(len(json.dumps(item)) - DOC_BYTES))).replace("'", '')
        return text[:DOC_BYTES].ljust(DOC_BYTES)

    def argv(self, path, *args):
        """PostgreSQL refuses to run as root, so that it runs as its own user there."""
        drop = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] if os.getuid() == 0 else []
        return [*drop, path, *args]

    def start(self, *options):
        self.port = free_port()
        with open('/proc/meminfo', encoding='ascii') as file:
            memory = int(file.readline().split()[1]) // 1024
        settings = {'shared_buffers': f'{min(memory // 4, 4096)}MB', 'synchronous_commit': 'on', 'fsync': 'on', 'max_wal_size': '4GB',
                    'listen_addresses': '', 'unix_socket_directories': self.data, 'max_connections': '100', 'port': str(self.port),
                    **dict(option.split('=') for option in options)}
        flags = [flag for name, value in settings.items() for flag in ('-c', f'{name}={value}')]
        self.server = Process(self.argv(self.postgres, '-D', self.data, *flags), self.s.path('postgres.log'), CORE, cwd='/')
        for _ in range(600):
            if self.query('SELECT 1', check=False):
                return
            if self.server.child.poll() is not None:
                break
            subprocess.run(['sleep', '0.1'], check=True)
        sys.exit(f'bench/run: PostgreSQL does not start:\n{self.s.log_of("postgres.log")[-2000:]}')

    def query(self, sql, check=True):
        done = subprocess.run(self.argv(self.psql, '-X', '-q', '-h', self.data, '-p', str(self.port), '-d', 'postgres', '-v', 'ON_ERROR_STOP=1'),
                              input=sql, capture_output=True, text=True, check=False, cwd='/')
        if check and done.returncode != 0:
            sys.exit(f'bench/run: PostgreSQL: {done.stderr[-2000:]}')
        return done.returncode == 0

    def make(self):
        self.s.say(f'making {self.orders:,} orders in PostgreSQL in {self.data} (once)')
        shutil.rmtree(self.data, ignore_errors=True)
        os.makedirs(self.data, mode=0o700)
        if os.getuid() == 0:
            shutil.chown(self.data, 'postgres', 'postgres')
        self.s.run(self.argv(self.initdb, '-D', self.data, '-A', 'trust', '--encoding=UTF8', '--no-locale'), cwd='/')
        self.start('fsync=off', 'max_wal_size=8GB', 'maintenance_work_mem=512MB')
        self.query(SCHEMA % {'doc': self.doc, 'n': self.orders})
        self.stop()
        subprocess.run(['sync', '-f', self.data], check=True)
        with open(os.path.join(self.data, 'complete'), 'w', encoding='ascii'):
            pass

    def load(self, clients):
        """A function that measures, as those of Setting.get()."""
        return lambda seconds: Pgbench(self, clients, seconds)

    def stop(self):
        if self.server:
            self.server.stop(signal.SIGINT)  # a fast shutdown


class Pgbench:
    def __init__(self, postgres, clients, seconds):
        self.server, self.log = postgres.server, postgres.s.path('pgbench')
        for path in glob.glob(self.log + '.*'):
            os.remove(path)
        self.cpu = self.server.cpu()
        self.child = subprocess.Popen(
            ['taskset', '-c', str(CLIENT), postgres.pgbench, '-h', postgres.data, '-p', str(postgres.port), '-U',
             'postgres' if os.getuid() == 0 else os.environ.get('USER', 'postgres'), '-n', '-M', 'prepared', '-c', str(clients),
             '-j', '1', '-T', str(seconds), '-D', f'n={postgres.orders}', '-D', f'doc={postgres.doc}', '-l',
             f'--log-prefix={self.log}', '-f', os.path.join(LOAD, 'update.pgbench'), 'postgres'],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd='/')

    def end(self):
        text, _ = self.child.communicate()
        found = re.search(r'tps = ([\d.]+)', text)
        if self.child.returncode != 0 or not found:
            sys.exit(f'bench/run: pgbench failed:\n{text}')
        times = []
        for path in glob.glob(self.log + '.*'):
            with open(path, encoding='ascii') as file:
                times += [int(line.split()[2]) / 1000 for line in file]
        times.sort()
        cpu, rate = self.server.cpu() - self.cpu, float(found.group(1))
        return Run(rate, times[len(times) * 99 // 100], times[-1], cpu / len(times) * 1e6, cpu * rate / len(times), 0, len(times))

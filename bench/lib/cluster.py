# SPDX-License-Identifier: Apache-2.0
"""A cluster of PostgreSQL of the bench's own, and pgbench.

The server has the servers' core and pgbench the client's, as hired and wrk have. Commits are synchronous, statements prepared,
full_page_writes on as by default, and the cluster is on the same disk as hired's database."""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys

from lib.process import CLIENT, CORE, Process, free_port
from lib.row import Skipped
from lib.wrk import LOAD, Run


def find(name):
    versions = sorted(glob.glob('/usr/lib/postgresql/*/bin'), key=lambda path: float(path.split('/')[4]), reverse=True)
    for folder in [*versions, *os.environ['PATH'].split(':')]:
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    raise Skipped(f'PostgreSQL is not here (no {name}): apt-get install postgresql')


def as_postgres(path, *args):
    """PostgreSQL refuses to run as root, so that it runs as its own user there."""
    drop = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] if os.getuid() == 0 else []
    return [*drop, path, *args]


USER = 'postgres' if os.getuid() == 0 else os.environ.get('USER', 'postgres')


class Cluster:
    """Made once by fill() of the class that inherits it, and kept in data."""

    def __init__(self, s, name, data):
        self.s, self.name, self.data, self.server = s, name, data, None
        self.initdb, self.postgres, self.psql, self.pgbench = map(find, ('initdb', 'postgres', 'psql', 'pgbench'))
        s.known['postgres version'] = 'PostgreSQL ' + s.run([self.postgres, '--version']).split()[2]
        s.open.callback(self.stop)
        if s.options.fresh:
            shutil.rmtree(self.data, ignore_errors=True)
        if not os.path.exists(os.path.join(self.data, 'complete')):
            self.make()
        self.start()

    def fill(self):
        raise NotImplementedError

    def make(self):
        shutil.rmtree(self.data, ignore_errors=True)
        os.makedirs(self.data, mode=0o700)
        if os.getuid() == 0:
            shutil.chown(self.data, 'postgres', 'postgres')
        self.s.run(as_postgres(self.initdb, '-D', self.data, '-A', 'trust', '--encoding=UTF8', '--no-locale'), cwd='/')
        self.start('fsync=off', 'max_wal_size=8GB', 'maintenance_work_mem=512MB')
        self.fill()
        self.query('VACUUM ANALYZE; CHECKPOINT')
        self.stop()
        subprocess.run(['sync', '-f', self.data], check=True)
        with open(os.path.join(self.data, 'complete'), 'w', encoding='ascii'):
            pass

    def start(self, *options):
        self.port = free_port()
        with open('/proc/meminfo', encoding='ascii') as file:
            memory = int(file.readline().split()[1]) // 1024
        settings = {'shared_buffers': f'{min(memory // 4, 4096)}MB', 'synchronous_commit': 'on', 'fsync': 'on', 'max_wal_size': '4GB',
                    'listen_addresses': '', 'unix_socket_directories': self.data, 'max_connections': '100', 'port': str(self.port),
                    **dict(option.split('=') for option in options)}
        flags = [flag for name, value in settings.items() for flag in ('-c', f'{name}={value}')]
        self.server = Process(as_postgres(self.postgres, '-D', self.data, *flags), self.s.path(f'{self.name}.log'), CORE, cwd='/')
        for _ in range(600):
            if self.query('SELECT 1', check=False) is not None:
                return
            if self.server.child.poll() is not None:
                break
            subprocess.run(['sleep', '0.1'], check=True)
        sys.exit(f'bench/run: PostgreSQL does not start:\n{self.s.log_of(f"{self.name}.log")[-2000:]}')

    def query(self, sql, database='postgres', check=True):
        """What psql prints, without decoration."""
        done = subprocess.run(as_postgres(self.psql, '-X', '-q', '-A', '-t', '-h', self.data, '-p', str(self.port), '-d', database,
                                          '-v', 'ON_ERROR_STOP=1'), input=sql, capture_output=True, text=True, check=False, cwd='/')
        if done.returncode == 0:
            return done.stdout.strip()
        if check:
            sys.exit(f'bench/run: PostgreSQL: {done.stderr[-2000:]}')
        return None

    def load(self, clients, script='update.pgbench', database='postgres', values=(), options=''):
        """A function that measures, as those of Setting.get(). values: name=value for the script's variables; options: settings of
        the sessions."""
        return lambda seconds: Pgbench(self, clients, seconds, script, database, values, options)

    def stop(self):
        if self.server:
            self.server.stop(signal.SIGINT)  # a fast shutdown


class Pgbench:
    def __init__(self, cluster, clients, seconds, script, database, values, options):
        self.server, self.log = cluster.server, cluster.s.path('pgbench')
        for path in glob.glob(self.log + '.*'):
            os.remove(path)
        self.cpu = self.server.cpu()
        defined = [flag for value in values for flag in ('-D', value)]
        self.child = subprocess.Popen(
            ['taskset', '-c', str(CLIENT), cluster.pgbench, '-h', cluster.data, '-p', str(cluster.port), '-U', USER, '-n', '-M', 'prepared',
             '-c', str(clients), '-j', '1', '-T', str(seconds), *defined, '-l', f'--log-prefix={self.log}', '-f', os.path.join(LOAD, script),
             database], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd='/',
            env={**os.environ, 'PGOPTIONS': options})

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

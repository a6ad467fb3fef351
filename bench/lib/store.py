# SPDX-License-Identifier: Apache-2.0
"""hired's records in PostgreSQL: a cluster that `hired migrate` filled, nodes of hired before it, and pgbench doing hired's own
statements on the same tables."""
import os
import re

from lib.cluster import USER, Cluster
from lib.process import CLIENT
from lib.setting import TOP, Hired


class Records(Cluster):
    """The database `hired` has what `hired migrate` brought; `run` is a copy of it that this run changes."""

    def __init__(self, s, orders):
        self.source = s.database(orders)
        super().__init__(s, f'store-{orders}', f'{self.source}-postgresql')
        self.query('DROP DATABASE IF EXISTS run WITH (FORCE)')
        self.query('CREATE DATABASE run TEMPLATE hired STRATEGY file_copy')
        self.query('VACUUM ANALYZE; CHECKPOINT', 'run')

    def address(self, database):
        return f'postgresql://{USER}@/{database}?host={self.data}&port={self.port}'

    def fill(self):
        self.s.say(f'moving {self.source} to PostgreSQL (once)')
        self.query("CREATE DATABASE hired TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        self.s.run([self.s.hired_binary, 'migrate', '--from', self.source, '--to', self.address('hired')])
        self.query('VACUUM ANALYZE', 'hired')

    def node(self, number=1):
        """hired before the copy, on the client's core: the servers' core is the database's."""
        data = self.s.path(f'{self.name}-node{number}')
        os.makedirs(data, exist_ok=True)
        with open(os.path.join(self.source, 'demo.json'), encoding='utf-8') as file, \
                open(os.path.join(data, 'demo.json'), 'w', encoding='utf-8') as copy:
            copy.write(file.read())
        return self.s.started(Hired(self.s.hired_binary, data, f'{data}.log', CLIENT, ['--store', self.address('run')]))

    def stop(self):
        if self.server and self.server.child.poll() is None:
            self.query('DROP DATABASE IF EXISTS run WITH (FORCE)', check=False)
        super().stop()


def statement(name):
    """The text of one of hired's statements."""
    for folder, _, files in os.walk(os.path.join(TOP, 'src/store/sql')):
        for file in files:
            with open(os.path.join(folder, file), encoding='utf-8') as text:
                found = re.search(rf'^-- name: {name}\n(?:--[^\n]*\n)*([^;]*;)', text.read(), re.MULTILINE)
            if found:
                return ' '.join(line for line in found.group(1).splitlines())
    raise KeyError(name)


def filled(name, *values):
    """The same with pgbench's variables or expressions for its parameters."""
    return re.sub(r'\$(\d+)', lambda found: values[int(found.group(1)) - 1], statement(name))


class Scripts:
    """Scripts for pgbench that do what hired's operations do."""

    def __init__(self, s, records):
        self.s, self.records = s, records
        self.tenant = records.query("SELECT tenant FROM background_check_order LIMIT 1", 'run')

    def progress(self, ids, clients):
        """update_progress: the order is read, its history gets an entry, and it is written. The ids are picked by the statement that
        reads, since pgbench has no lists: one look-up more than hired makes. Each client has ids
        of its own, because two entries of an order in one millisecond would be refused."""
        self.records.query(f"DROP TABLE IF EXISTS bench_ids; CREATE TABLE bench_ids (n BIGINT PRIMARY KEY, id BIGINT NOT NULL);"
                           f"INSERT INTO bench_ids SELECT n - 1, id FROM unnest(ARRAY[{','.join(ids)}]::BIGINT[]) WITH ORDINALITY t (id, n);"
                           'ANALYZE bench_ids', 'run')
        now = 'CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)'
        read = filled('order_get', self.tenant, '(SELECT b.id FROM bench_ids b WHERE b.n = :n)')
        return self.s.save('progress.pgbench', [
            f'\\set n random(0, {len(ids) // clients - 1}) * {clients} + :client_id', 'BEGIN;', read.replace('SELECT ', 'SELECT o.id, ', 1).replace(';', ' \\gset'),
            '\\set next :version + 1',
            filled('order_history_insert', self.tenant, ':id', ':next', now, ':history_ms', '3', '1', '4', ':status', ':phase',
                   ':status', ':phase', "'Employment being verified'"),
            filled('order_update', self.tenant, ':id', ':update_time', now, ':last_stage_time', ':doc', now, ':next', ':stage_ids'),
            'COMMIT;'])

    def interview(self, found):
        return self.s.save('interview.pgbench', [filled('interview_get', self.tenant, found)])

    def page(self, size, times):
        """A page from one of the times on."""
        chosen = ' '.join(f'when :n = {number} then {time}' for number, time in enumerate(times))
        return self.s.save(f'page{size}.pgbench', [
            f'\\set n random(0, {len(times) - 1})', f'\\set from case {chosen} end',
            filled('order_list_from_time', self.tenant, ':from', '9223372036854775807', str(size + 1))])

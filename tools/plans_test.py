#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL reads by an index whatever src/store/sql asks for, in a database with many rows: with and without statistics, with a
plan for any parameters and with one for these. HIRED_TEST_LONG makes a million orders instead of 20,000. Prints TAP."""
import json
import os
import re
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import sqlgen  # noqa: E402
import sqlplan  # noqa: E402
from cluster import Cluster  # noqa: E402

ROOT = Path(__file__).parent.parent
SQL = sorted(ROOT.glob('src/store/sql/**/*.sql'))
SCHEMA = sorted(ROOT.glob('src/store/schema/*.sql'))
ORDERS = 1_000_000 if os.environ.get('HIRED_TEST_LONG') else 20_000
T0 = 1_700_000_000_000

# Rows of each table: a number, or a part of the orders. A table with fewer than SMALL rows may be read as a whole.
SMALL = 100
ROWS = {
    'meta': None, 'access_change': None,  # as the schema makes them: some rows for the whole database
    'access_token': 0.1, 'app': 2000, 'app_install': 2000, 'app_subscription': 4000, 'application': 0.5, 'application_deleted': 0.05,
    'application_zone': 0.05, 'attachment': 0.5, 'background_check_order': 1.0, 'background_check_order_attachment': 0.5,
    'background_check_order_count': 3000, 'background_check_order_done': 0.5, 'background_check_order_open': 0.5,
    'console_account': 2000, 'console_audit': 0.5, 'console_session': 2000, 'erasure': 0.05, 'event': 1.0, 'event_attempt': 1.0,
    'event_delivery': 1.0, 'external_application': 0.2, 'external_background_check': 0.2, 'external_key': 0.2, 'file_removal': 2000,
    'interview': 1.0, 'interview_answers': 0.5, 'interview_begin': 1.0, 'interview_cancelled': 0.1, 'interview_interviewer': 1.0,
    'order_history': 2.0, 'reference': 0.5, 'reference_name': 0.5, 'report_file': 0.3, 'talent_employee': 0.05, 'tenant': 500,
    'tenant_stamp': 500, 'user_alias': 0.1, 'users': 0.1, 'vendor_account': 3000, 'vendor_field': 5000, 'vendor_package': 5000,
}
# What the columns hold, for the row i. Others: i for BIGINT, a few values for smaller numbers, a word with i for texts.
TENANT = 'CASE WHEN i % 10 < 8 THEN 1 ELSE 2 + i % 499 END'  # one is large
COLUMNS = {
    'tenant': TENANT, 'doc': "repeat('{\"a\": 1}', 25)", 'account_id': 'i % 20', 'account': 'i % 1000', 'app': 'i % 2000', 'application_id': 'i / 3',
    'job_id': 'i % 500', 'users_id': 'i % 5000', 'kind': "(ARRAY['talent', 'job', 'process', 'room'])[1 + i % 4]", 'form': 'i % 3',
    'app.kind': '1 + i % 2', 'external_key.kind': 'i % 3', 'user_alias.kind': 'i % 2', 'access_token.kind': 'i % 3', 'vendor_package.kind': 'i % 2',
    'event.type': "'type' || i % 8", 'event_type': "'type' || i % 8", 'event.account_id': 'i % 2 * (i % 20)', 'event_delivery.state': 'CASE i % 100 WHEN 0 THEN 0 ELSE 1 END',
    'report_file.state': 'CASE i % 100 WHEN 0 THEN 0 ELSE 1 END', 'attempts': 'CASE i % 50 WHEN 0 THEN 2 ELSE 0 END', 'owner': 'i % 50',
    'interview_begin.moved_ms': 'CASE i % 1000 WHEN 0 THEN 1 ELSE 0 END', 'background_check_order.status': '1 + i % 9', 'stage_ids': "'19:' || i",
    'order_history.seq': 'i % 5', 'event_attempt.seq': 'i % 3', 'level': 'i % 2', 'stage_id': "'stage' || i % 30", 'action': 'i % 9',
    'console_audit.action': "'order.cancel'", 'tenant.id': '1 + i', 'tenant_stamp.tenant': '1 + i', 'order_id': 'i / 2', 'event': 'i / 2',
    'background_check_order_count.status': 'i / 500', 'background_check_order_count.tenant': '1 + i % 500', 'background_check_order_count.phase': 'i % 4',
    'app_subscription.app': 'i / 2', 'app_install.app': 'i', 'disabled': '0', 'deleted': 'i % 10 / 9', 'talent_id': 'i', 'seq': 'i',
    'event_attempt.app': 'i % 4', 'event_delivery.app': 'i % 2000',
}
TIME = re.compile(r'.*_(ms|time)$|newest$')


def filling(columns, texts):
    """The script that fills the tables. columns: {table: [(column, type)]}."""
    assert set(ROWS) <= set(columns), f'the schema has no {set(ROWS) - set(columns)}: remove it from ROWS'
    unknown = [t for t in columns if t not in ROWS and any(re.search(rf'\b{t}\b', text) for text in texts)]
    assert not unknown, f'ROWS of tools/plans_test.py must say how many rows of {unknown} there are'
    script = ''
    for table, rows in ROWS.items():
        if rows is None:
            continue
        count = int(rows * ORDERS) if isinstance(rows, float) else rows
        values = []
        for column, kind in columns[table]:
            value = COLUMNS.get(f'{table}.{column}') or COLUMNS.get(column)
            if not value and TIME.match(column):
                value = f'{T0} + i * 1000'
            if value and kind == 'text' and column in ('owner', 'kind'):
                value = f'CAST({value} AS text)'
            values.append(value or {'bigint': 'i', 'text': f"'{column} ' || i"}.get(kind, 'i % 3'))
        names = ', '.join(c for c, _ in columns[table])
        script += f'INSERT INTO {table} ({names}) SELECT {", ".join(values)} FROM generate_series(0, {count - 1}) AS i;\n'
    return script


def sample(column):
    """A value that a parameter is compared with."""
    if column in ('tenant', 'level', 'kind', 'state', 'form'):
        return 1
    if TIME.match(column):
        return T0 + ORDERS * 500
    return ORDERS // 4


def parameters_of(text, kinds):
    """Values for the parameters of a statement, by the columns that they are compared with. kinds: their types."""
    values = [ORDERS // 4 if k in ('bigint', 'integer', 'text') else 1 for k in kinds]
    for column, number in re.findall(r'(\w+)(?: \+ 0)? (?:=|<=|>=|<|>) \$(\d+)', text):
        values[int(number) - 1] = sample(column)
    for left, right in re.findall(r'\(([\w., ]+)\) [<>]=? \(([^()]+)\)', text):
        for column, parameter in zip(left.split(', '), right.split(', ')):
            if parameter.startswith('$'):
                values[int(parameter[1:]) - 1] = sample(column.split('.')[-1])
    for number in re.findall(r'LIMIT \$(\d+)', text):
        values[int(number) - 1] = 100
    limits = {'smallint': 3, 'integer': 2_000_000_000}
    return [f"'{v}'" if k == 'text' else str(min(v, limits.get(k, v))) for v, k in zip(values, kinds)]


def nodes(plan, above=''):
    """The nodes of a plan, each with the type of that above it."""
    yield plan, above
    for below in plan.get('Plans', []):
        yield from nodes(below, plan['Node Type'])


def names_enough(condition, columns):
    """Whether a condition names the beginning of an index: more than the tenant, which may have all rows."""
    named = set(re.findall(r'\b(\w+)\b', condition))
    return columns[0] in named and (len(columns) == 1 or columns[0] not in ('tenant', 'level') or columns[1] in named)


def faults(plan, sizes, indexes):
    """Where the plan reads more than its keys name."""
    for node, above in nodes(plan):
        kind, table = node['Node Type'], node.get('Relation Name')
        if kind == 'Sort':
            yield 'sorts'
        small = sizes.get(table, 0) < SMALL
        if kind == 'Seq Scan' and not small:
            yield f'reads all of {table}'
        elif kind in ('Index Scan', 'Index Only Scan', 'Bitmap Index Scan') and not small:
            condition = node.get('Index Cond')
            columns = indexes[node['Index Name']]
            named = set(re.findall(r'\w+', condition or '')) & set(columns)
            if above == 'Limit' and 'Filter' not in node and named <= {columns[0]}:
                continue  # the first entries
            if not condition:
                yield f'reads all of the index {node["Index Name"]}'
            elif not names_enough(condition, columns):
                yield f'reads the index {node["Index Name"]} by {condition} only'


def settings():
    """What the driver sets in its sessions for the planner."""
    source = (ROOT / 'src/store/postgresql/connect.c').read_text(encoding='utf-8')
    found = re.findall(r'SET (?:jit|enable_\w+|max_parallel_workers_per_gather) = \w+;', source)
    assert 'SET enable_seqscan = off;' in found, found
    return ' '.join(found)


def read_plans(cluster, statements, kinds, generic, cursors):
    script = f'{settings()} SET plan_cache_mode = force_{"generic" if generic else "custom"}_plan;\n'
    for name, text, parameters in statements:
        values = ['NULL'] * parameters if generic else parameters_of(text, kinds[name])
        arguments = f'({", ".join(values)})' if parameters else ''
        script += f'PREPARE {name} AS {text}; '
        if name in cursors and not generic:
            filled = re.sub(r'[$](\d+)', lambda m: values[int(m[1]) - 1], text)
            script += f'EXPLAIN (FORMAT JSON) DECLARE c CURSOR FOR {filled}; \\echo ---\n'
        else:
            script += f'EXPLAIN (FORMAT JSON) EXECUTE {name}{arguments}; \\echo ---\n'
    out = cluster.psql(script)
    plans = [json.loads(part) for part in out.split('---\n') if part.strip()]
    assert len(plans) == len(statements), f'{len(plans)} plans of {len(statements)} statements'
    return {name: plan[0]['Plan'] for (name, _, _), plan in zip(statements, plans)}


def main():
    statements = [s for s in sqlgen.read_all_statements(SQL) if not s[0].startswith('check_')]
    walks = sqlgen.read_walks(SQL)
    checks = []
    with Cluster() as cluster:
        cluster.psql('\n'.join(s for step in sqlgen.read_schema(SCHEMA) for s in sqlgen.postgresql_schema(step)))
        columns = {}
        for line in cluster.psql("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
                                 'ORDER BY table_name, ordinal_position').splitlines():
            table, column, kind = line.split('|')
            columns.setdefault(table, []).append((column, kind))
        kinds = {}
        prepare = ''.join(f'PREPARE {name} AS {text};\n' for name, text, _ in statements)
        for line in cluster.psql(f"{prepare}SELECT name, array_to_string(parameter_types, ',') FROM pg_prepared_statements;").splitlines():
            name, types = line.split('|')
            kinds[name] = types.split(',') if types else []
        begun = time.monotonic()
        cluster.psql(filling(columns, [text for _, text, _ in statements]))
        print(f'# {ORDERS} orders in {time.monotonic() - begun:.1f} s')
        sizes = {table: 0 if rows is None else rows * ORDERS if isinstance(rows, float) else rows for table, rows in ROWS.items()}
        schema = sqlplan.Schema([sqlgen.sqlite_schema(step) for step in sqlgen.read_schema(SCHEMA)])
        cursors = {name for name, text, parameters in statements
                   if sqlplan.flags_of(schema, text, parameters, [w for _, _, w in sqlgen.outermost(text)]) & sqlplan.WALKS}
        indexes = {}
        for line in cluster.psql('SELECT i.indexrelid::regclass, a.attname FROM pg_index i, pg_attribute a WHERE a.attrelid = i.indexrelid '
                                 "AND i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) "
                                 'ORDER BY 1, a.attnum').splitlines():
            index, column = line.split('|')
            indexes.setdefault(index, []).append(column)
        for when, change in (('right after they were loaded', ''), ('with statistics', 'VACUUM ANALYZE;')):
            cluster.psql(change)
            for generic in (True, False):
                wrong = []
                for name, plan in read_plans(cluster, [s for s in statements if generic or s[0] in cursors], kinds, generic, cursors).items():
                    found = sorted(set(faults(plan, sizes, indexes)))
                    if found and name not in walks:
                        wrong.append(f'{name}: {"; ".join(found)}')
                checks.append((f'{when}, with a plan for {"any" if generic else "these"} parameters, every statement reads by an index', wrong))
    print(f'1..{len(checks)}')
    for number, (what, wrong) in enumerate(checks, 1):
        print(f'{"not ok" if wrong else "ok"} {number} - {what}')
        for line in wrong:
            print(f'# {line}')
    sys.exit(any(wrong for _, wrong in checks))


if __name__ == '__main__':
    main()

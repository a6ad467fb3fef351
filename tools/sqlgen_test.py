#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/sqlgen.py and tools/sqlplan.py, and that PostgreSQL takes the project's schema and every statement. Prints
TAP."""
import re
import sqlite3
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import sqlgen  # noqa: E402
import sqlplan  # noqa: E402
from cluster import Cluster  # noqa: E402

ROOT = Path(__file__).parent.parent
SQL = sorted(ROOT.glob('src/store/sql/**/*.sql'))
SCHEMA = sorted(ROOT.glob('src/store/schema/*.sql'))


def empty_database():
    """SQLite in memory with the project's schema."""
    db = sqlite3.connect(':memory:')
    for step in sqlgen.read_schema(SCHEMA):
        for statement in sqlgen.sqlite_schema(step):
            db.execute(statement)
    return db


def statements(text):
    with tempfile.NamedTemporaryFile('w', suffix='.sql', encoding='utf-8') as f:
        f.write(text)
        f.flush()
        return list(sqlgen.read_statements(f.name))


def refused(text, part):
    try:
        statements(text)
    except sqlgen.Fault as fault:
        assert part in str(fault), f'{fault} does not say "{part}"'
    else:
        raise AssertionError(f'taken: {text}')


def test_statements_are_squeezed():
    got = statements("-- about the file\n\n-- name: a_b\n-- why\nSELECT  1,\n   '  -- ; $9  '\n  -- more\n FROM t\n"
                     " WHERE a = $2 AND b = $1 AND c = $2;\n\n--name:c\nSELECT 1 /* ; $7 */\n")
    assert got == [('a_b', "SELECT 1, '  -- ; $9  ' FROM t WHERE a = $2 AND b = $1 AND c = $2", 2),
                   ('c', 'SELECT 1', 0)], got


def test_faults_are_told():
    refused('SELECT 1;', 'before the first')
    refused('-- name: A\nSELECT 1', 'is no name')
    refused('-- name: a\n-- name: b\nSELECT 1', 'no statement under this name')
    refused('-- name: a\nSELECT 1; SELECT 2;', 'one statement a name')
    refused('-- name: a\nSELECT $1, $3', 'without a gap')
    refused('-- name: a\nSELECT ' + ', '.join(f'${n}' for n in range(1, 66)), 'at most 64')


def walked(plan):
    """The steps of a query plan that read more rows than a key selects: a whole table, a whole tenant, a sort."""
    return [step for step in plan if re.match(r'SCAN (?!CONSTANT ROW)', step) or 'TEMP B-TREE' in step
            or 'AUTOMATIC' in step or step.endswith('(tenant=?)') or re.fullmatch(r'SEARCH \w+ USING PRIMARY KEY', step)]


def test_no_statement_walks_unless_it_says_why():
    db = empty_database()
    walks, wrong = sqlgen.read_walks(SQL), []
    for name, text, parameters in sqlgen.read_all_statements(SQL):
        if name.startswith('check_'):  # reads all rows on purpose
            continue
        numbered = re.sub(r'[$]([0-9]+)', r'?\1', text)
        plan = [row[3] for row in db.execute(f'EXPLAIN QUERY PLAN {numbered}', [None] * parameters)]
        found = walked(plan)
        if found and name not in walks:
            wrong.append(f'{name}: {"; ".join(found)}: give it an index, or say "-- walks: why" below its name')
        elif name in walks and not (found and walks[name]):
            wrong.append(f'{name}: says that it walks, and does not, or not why')
    assert not wrong, '\n'.join(wrong)


def test_columns_are_those_that_sqlite_gives():
    db = empty_database()
    compared = 0
    for name, text, parameters in sqlgen.read_all_statements(SQL):
        columns = sqlgen.columns_of(name, text)
        if not re.match(r'(SELECT|WITH)\b', text) or not columns:
            continue
        numbered = re.sub(r'[$]([0-9]+)', r'?\1', text)
        given = [c[0].lower() for c in db.execute(numbered, [0] * parameters).description]
        assert columns == given, f'{name}: {columns} is not {given}'
        compared += 1
    assert compared > 100, compared


def rows_of(text):
    with tempfile.TemporaryDirectory() as d:
        path = Path(d, 'a.sql')
        path.write_text(text, encoding='utf-8')
        return sqlgen.read_rows(sqlgen.read_all_statements([path]), sqlgen.read_row_names([path]))


def test_rows():
    one = rows_of('-- name: a\n-- row: both\nSELECT x, COUNT(*) AS n FROM t GROUP BY x;\n'
                  '-- name: b\n-- row: both\nSELECT t.x, (SELECT y FROM u) AS n, z FROM t;\n-- name: c\nDELETE FROM t;\n'
                  '-- name: d\nINSERT INTO t (x) VALUES ($1) RETURNING x;\n-- name: e\nSELECT 1 FROM t;\n'
                  "-- name: f\nWITH u AS (SELECT a, b FROM t) SELECT DISTINCT a, ', FROM' AS text FROM u;")
    assert one == [('both', [('both', 'x', 0), ('both', 'n', 1), ('b', 'z', 2)], ['a', 'b']),
                   ('d', [('d', 'x', 0)], ['d']), ('f', [('f', 'a', 0), ('f', 'text', 1)], ['f'])], one
    for text, part in [('-- name: a\nSELECT COUNT(*) FROM t', 'needs a name'), ('-- name: a\nSELECT * FROM t', 'needs a name'),
                       ('-- name: a\nSELECT x, y AS x FROM t', 'two columns'),
                       ('-- name: a\n-- row: r\nSELECT x, y FROM t;\n-- name: b\n-- row: r\nSELECT y, x FROM t', 'those of the row r'),
                       ('-- name: a\n-- row: r\nDELETE FROM t', 'no columns'), ('-- name: a\n-- row: R\nSELECT x FROM t', 'no name of a row')]:
        try:
            rows_of(text)
        except sqlgen.Fault as fault:
            assert part in str(fault), fault
        else:
            raise AssertionError(f'taken: {text}')


def test_traps_are_refused():
    for text, part in [('SELECT ?', 'parameters'), ('SELECT "a"', 'quotes'), ('SELECT 1::text', 'CAST'),
                       ('INSERT OR REPLACE INTO t VALUES (1)', 'ON CONFLICT'),
                       ("SELECT * FROM t WHERE a LIKE 'x%'", 'ESCAPE'),
                       ("SELECT strftime('%s')", 'times'), ('SELECT ifnull(a, 1)', 'COALESCE'), ('BEGIN', 'driver'),
                       ('SELECT 1 FROM t FOR UPDATE', 'row locks'), ('SELECT random()', 'not the same')]:
        refused('-- name: a\n' + text, part)
    # Not inside strings; and a correct LIKE is accepted.
    statements("-- name: a\nSELECT '?', '\"' FROM t WHERE a LIKE $1 ESCAPE '\\'")


def test_names_are_unique():
    with tempfile.TemporaryDirectory() as d:
        paths = [Path(d, 'a.sql'), Path(d, 'b.sql')]
        for p in paths:
            p.write_text('-- name: same\nSELECT 1\n', encoding='utf-8')
        try:
            sqlgen.read_all_statements(paths)
        except sqlgen.Fault as fault:
            assert 'the name same is taken' in str(fault)
        else:
            raise AssertionError('taken')


def test_schema_becomes_strict():
    got = sqlgen.sqlite_schema("-- it's a table\nCREATE TABLE a (x BIGINT NOT NULL, y TEXT DEFAULT 'a;b', z INTEGER) "
                               "/*CLUSTERED*/;\nCREATE TABLE b (x SMALLINT); CREATE INDEX i ON a (x); "
                               "INSERT INTO b SELECT STRPOS(y, 'b') FROM a;")
    assert got == ["CREATE TABLE a (x INTEGER NOT NULL, y TEXT DEFAULT 'a;b', z INTEGER) WITHOUT ROWID, STRICT;",
                   'CREATE TABLE b (x INTEGER) STRICT;', 'CREATE INDEX i ON a (x);',
                   "INSERT INTO b SELECT INSTR(y, 'b') FROM a;"], got


def test_moves():
    step = """CREATE TABLE t_next (tenant BIGINT NOT NULL, id BIGINT NOT NULL, n BIGINT NOT NULL);
-- moves: t by o.tenant, o.n, o.id
INSERT INTO t_next (tenant, id, n)
SELECT o.tenant, o.id, COALESCE((SELECT STRING_AGG(x.word, '') FROM words x JOIN t y ON y.id = x.id), 0) FROM t o;
-- moves: u
INSERT INTO u_next (tenant) SELECT u.tenant FROM u ORDER BY u.tenant;
"""
    assert sqlgen.read_moves(['', step]) == [
        (1, 't', "INSERT INTO main.t (tenant, id, n) SELECT o.tenant, o.id, COALESCE((SELECT GROUP_CONCAT(x.word, '') FROM old.words x "
                 "JOIN old.t y ON y.id = x.id), 0) FROM old.t o WHERE (o.tenant, o.n, o.id) > (?1, ?2, ?3) ORDER BY o.tenant, o.n, o.id LIMIT ?4",
         'SELECT tenant, n, id FROM main.t ORDER BY rowid DESC LIMIT 1'),
        (1, 'u', 'INSERT INTO main.u (tenant) SELECT u.tenant FROM old.u ORDER BY u.tenant', None)]
    for wrong in ('-- moves: t\nDELETE FROM t;', '-- moves: t by a, b\nINSERT INTO n (a) SELECT a FROM t;'):
        try:
            sqlgen.read_moves([wrong])
        except sqlgen.Fault:
            continue
        raise AssertionError(wrong)


def test_tables():
    steps = ["CREATE TABLE b (n SMALLINT, tenant BIGINT NOT NULL, word TEXT NOT NULL, m INTEGER, PRIMARY KEY (word, tenant)) /*CLUSTERED*/;",
             "CREATE TABLE gone (id BIGINT PRIMARY KEY); CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY); DROP TABLE gone;"
             "ALTER TABLE b ADD COLUMN later TEXT; INSERT INTO a SELECT STRPOS(word, 'b') FROM b;"]
    assert sqlgen.read_tables(steps) == [
        ('a', 1, [('id', 'BIGINT')]),
        ('b', 2, [('word', 'TEXT'), ('tenant', 'BIGINT'), ('n', 'SMALLINT'), ('m', 'INTEGER'), ('later', 'TEXT')])]
    for wrong, part in [('CREATE TABLE a (x BIGINT);', 'no primary key'), ('CREATE TABLE a (x REAL PRIMARY KEY);', 'REAL'),
                        ('CREATE TABLE a (k BIGINT PRIMARY KEY, ' + ', '.join(f'c{i} TEXT' for i in range(32)) + ');', '33 columns')]:
        try:
            sqlgen.read_tables([wrong])
        except sqlgen.Fault as fault:
            assert part in str(fault), fault
        else:
            raise AssertionError(wrong)
    real = {table: columns for table, _, columns in sqlgen.read_tables(sqlgen.read_schema(SCHEMA))}
    db = empty_database()
    there = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert sorted(there) == sorted(real), there
    for table in there:
        assert sorted(c[1] for c in db.execute(f'PRAGMA table_info({table})')) == sorted(name for name, _ in real[table]), table


def test_a_step_for_postgresql_only():
    step = sqlgen.ONLY_POSTGRESQL + '\nCREATE TABLE b (tenant BIGINT NOT NULL, bytes BYTEA NOT NULL, PRIMARY KEY (tenant));'
    steps = ['CREATE TABLE a (x BIGINT NOT NULL, PRIMARY KEY (x));', step]
    assert sqlgen.sqlite_schema(step) == []
    assert 'BYTEA' in ''.join(sqlgen.postgresql_schema(step))
    assert [table for table, _, _ in sqlgen.read_tables(steps)] == ['a']
    made = '\n'.join(sqlgen.make_steps('steps', steps, sqlgen.sqlite_schema))
    assert '/* 001.sql */\n    "",' in made, made


def test_schema_is_numbered():
    for names in (['001.sql'], ['000.sql', '002.sql'], ['000.sql', 'x.sql']):
        with tempfile.TemporaryDirectory() as d:
            for n in names:
                Path(d, n).write_text('CREATE TABLE a (x BIGINT);', encoding='utf-8')
            try:
                sqlgen.read_schema([str(Path(d, n)) for n in names])
            except sqlgen.Fault as fault:
                assert 'without a gap' in str(fault)
            else:
                raise AssertionError(f'taken: {names}')


def test_every_file_is_built():
    """Checks that meson.build names every file, because it would leave out others without an error."""
    build = (ROOT / 'src/store/meson.build').read_text(encoding='utf-8')
    for path in SQL + SCHEMA:
        name = path.relative_to(ROOT / 'src/store')
        assert f"'{name}'" in build, f'src/store/meson.build does not name {name}'


FLAG_SCHEMA = '''CREATE TABLE a (tenant BIGINT NOT NULL, id BIGINT NOT NULL, key TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (tenant, id)) /*CLUSTERED*/;
CREATE UNIQUE INDEX a_by_key ON a (tenant, key);
CREATE INDEX a_by_n ON a (tenant, n);
CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY, a BIGINT NOT NULL);
CREATE TABLE report_file (id BIGINT NOT NULL PRIMARY KEY);
'''


def test_flags():
    schema = sqlplan.Schema([sqlgen.sqlite_schema(FLAG_SCHEMA)])
    writes, collides, walks = sqlplan.WRITES, sqlplan.WRITES | sqlplan.COLLIDES, sqlplan.WALKS
    for text, flags in [
            ('SELECT n FROM a WHERE tenant = $1 AND id = $2', 0), ('SELECT n FROM a WHERE tenant = $1 AND key = $2', 0),
            ('SELECT id FROM a WHERE tenant = $1 AND n = $2', walks), ('SELECT id FROM a WHERE tenant = $1 AND id > $2', walks),
            ('SELECT id FROM a WHERE tenant = $1 AND n = $2 LIMIT 1', 0), ('SELECT COUNT(*) AS n FROM a WHERE tenant = $1', 0),
            ('SELECT n, COUNT(*) AS m FROM a WHERE tenant = $1 GROUP BY n', walks),
            ('SELECT id, (SELECT COUNT(*) FROM b WHERE b.a = x.id) AS m FROM a x WHERE tenant = $1', walks),
            ('SELECT x.n FROM a x LEFT JOIN b ON b.id = x.id WHERE x.tenant = $1 AND x.id = $2', 0),
            ('SELECT x.n FROM a x JOIN b ON b.a = x.id WHERE x.tenant = $1 AND x.id = $2', walks),
            ('SELECT n FROM a WHERE tenant = $1 AND id = $2 UNION ALL SELECT a FROM b WHERE id = $2', 0),
            ('INSERT INTO a (tenant, id, key, n) VALUES ($1, $2, $3, 0)', collides),
            ('INSERT INTO a (tenant, id, key, n) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING', writes),
            ('INSERT INTO a (tenant, id, key, n) VALUES ($1, $2, $3, 0) ON CONFLICT (tenant, id) DO NOTHING', collides),
            ('INSERT INTO b (id, a) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET a = excluded.a', writes),
            ('UPDATE a SET n = $2 WHERE tenant = $1', writes), ('UPDATE a SET n = 1, key = $2 WHERE tenant = $1', collides),
            ("UPDATE a SET n = (SELECT 1 FROM b WHERE id = $2) WHERE key = '' AND tenant = $1", writes),
            ('DELETE FROM a WHERE tenant = $1', writes),
            ('INSERT INTO report_file (id) VALUES ($1) ON CONFLICT DO NOTHING', writes | sqlplan.GIVES_WORK)]:
        parameters = len(set(re.findall(r'[$](\d+)', text)))
        got = sqlplan.flags_of(schema, text, parameters, [w for _, _, w in sqlgen.outermost(text)])
        assert got == flags, f'{text}: {sqlplan.c_flags(got)}, not {sqlplan.c_flags(flags)}'


def test_both_engines_prepare_every_statement():
    statements_ = sqlgen.read_all_statements(SQL)
    db = empty_database()
    for name, text, parameters in statements_:
        numbered = re.sub(r'[$]([0-9]+)', r'?\1', text)
        try:
            db.execute(f'EXPLAIN {numbered}', [None] * parameters)
        except sqlite3.Error as e:
            raise AssertionError(f'SQLite does not take {name}: {e}') from e
    script = sqlgen.make_postgres(statements_, sqlgen.read_schema(SCHEMA))
    with Cluster() as cluster:
        out = cluster.psql(script + 'SELECT name FROM pg_prepared_statements;\n')
    assert sorted(out.split()) == sorted(name for name, _, _ in statements_), out


def main():
    tests = [(name, fn) for name, fn in globals().items() if name.startswith('test_')]
    print(f'1..{len(tests)}')
    failed = 0
    for number, (name, fn) in enumerate(tests, 1):
        try:
            fn()
            print(f'ok {number} - {name}')
        except Exception as e:  # noqa: BLE001: whatever it is, the test failed
            failed += 1
            print(f'not ok {number} - {name}')
            print('\n'.join(f'# {line}' for line in f'{type(e).__name__}: {e}'.split('\n')))
    sys.exit(failed > 0)


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the C tables of SQL statements and schema steps out of the .sql files (see src/store/README.md).

    sqlgen.py --header statements.h --source statements.c --sql a.sql b.sql ... --schema 001.sql 002.sql ...
    sqlgen.py --postgres --sql ... --schema ...      prints a script for psql that creates and prepares everything
"""
import argparse
import re
import sqlite3
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import sqlplan  # noqa: E402

NAME = re.compile(r'--\s*name:\s*(\S*)\s*$')
ROW = re.compile(r'--\s*row:\s*(\S*)\s*$')
WALKS = re.compile(r'--\s*walks:\s*(.*)$')
TENANTS = re.compile(r'--\s*tenants:\s*(.*)$')
MOVES = re.compile(r'--\s*moves:\s*(\w+)(?:\s+by\s+(.*))?$')
ONLY_POSTGRESQL = '-- only: postgresql'
MAX_PARAMETERS = 64  # the drivers use a bit for each
# SQL that only one of the two engines accepts, or that they interpret differently.
TRAPS = [
    (r'\?', "parameters are written $1, $2, ..."),
    (r'"', 'no double quotes: names need none, texts take single ones'),
    (r'::', 'write CAST(x AS type)'),
    (r'\bINSERT\s+OR\b|\bREPLACE\s+INTO\b', 'write INSERT ... ON CONFLICT'),
    (r'\bIFNULL\b|\bNVL\b', 'write COALESCE'),
    (r'\bGLOB\b|\bREGEXP\b|\bILIKE\b|\bSIMILAR\b', 'only LIKE works in both engines'),
    (r'\bLIKE\b(?!.*\bESCAPE\b)', "LIKE needs ESCAPE '\\': only PostgreSQL has one by itself"),
    (r'\bROWID\b|\bAUTOINCREMENT\b|\bSERIAL\b', 'ids are made by id_new()'),
    (r'\b(DATETIME|STRFTIME|JULIANDAY|UNIXEPOCH|NOW|CURRENT_\w+)\b', 'times are parameters'),
    (r'\b(RANDOM|LAST_INSERT_ROWID|CHANGES|TOTAL_CHANGES)\s*\(', 'not the same in both engines'),
    (r'\bBLOB\b|\bBYTEA\b', 'binary values are stored as text'),
    (r'\b(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|PRAGMA|ATTACH|VACUUM)\b', 'transactions and settings are the driver\'s'),
    (r'\bFOR\s+UPDATE\b', 'SQLite has no row locks'),
]
BARE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.S)  # texts and comments


class Fault(Exception):
    pass


def bare(sql):
    """The statement with string contents and comments removed, for searching its keywords."""
    return BARE.sub(lambda m: "''" if m[0][0] == "'" else ' ', sql)


def squeeze(sql):
    """The statement without comments and with single blanks; strings are unchanged."""
    parts, at = [], 0
    for m in BARE.finditer(sql):
        parts.append(re.sub(r'\s+', ' ', sql[at:m.start()]))
        parts.append(m[0] if m[0][0] == "'" else ' ')
        at = m.end()
    parts.append(re.sub(r'\s+', ' ', sql[at:]))
    # Removing a comment may leave two blanks. Strings must stay unchanged, so the text is processed piece by piece.
    out = ''
    for p in parts:
        out += p.lstrip(' ') if out.endswith(' ') and p[:1] == ' ' else p
    return out.strip()


def read_statements(path):
    """Yields (name, text, number of parameters) of one file."""
    name, first, lines = None, 0, []

    def finish():
        where = f'{path}:{first}: {name}'
        text = squeeze('\n'.join(lines))
        if not text:
            raise Fault(f'{where}: there is no statement under this name')
        text = text[:-1].rstrip() if text.endswith(';') else text
        words = bare(text)
        if ';' in words:
            raise Fault(f'{where}: one statement a name; a ";" may stand at the end only')
        for pattern, advice in TRAPS:
            hit = re.search(pattern, words, re.I | re.S)
            if hit:
                raise Fault(f'{where}: "{hit[0].split()[0]}": {advice}')
        numbers = {int(n) for n in re.findall(r'\$(\d+)', words)}
        if numbers != set(range(1, len(numbers) + 1)):
            raise Fault(f'{where}: parameters must be numbered from $1 without a gap; '
                        f'it has {", ".join(f"${n}" for n in sorted(numbers))}')
        if len(numbers) > MAX_PARAMETERS:
            raise Fault(f'{where}: {len(numbers)} parameters; at most {MAX_PARAMETERS}')
        return name, text, len(numbers)

    for number, line in enumerate(Path(path).read_text(encoding='utf-8').splitlines(), 1):
        heading = NAME.match(line.strip())
        if heading:
            if name:
                yield finish()
            name, first, lines = heading[1], number, []
            if not re.fullmatch(r'[a-z][a-z0-9_]*', name):
                raise Fault(f'{path}:{number}: "{name}" is no name; lower case letters, digits and _ are')
        elif name:
            lines.append(line)
        elif squeeze(line):
            raise Fault(f'{path}:{number}: SQL before the first "-- name:"')
    if name:
        yield finish()


def read_notes(paths, note):
    """{statement: text} of the statements that have such a comment (ROW, WALKS) below their name."""
    notes, name = {}, None
    for path in paths:
        for line in Path(path).read_text(encoding='utf-8').splitlines():
            if heading := NAME.match(line.strip()):
                name = heading[1]
            elif found := note.match(line.strip()):
                notes[name] = found[1].strip()
    return notes


def read_walks(paths):
    """{name: why} of the statements that say "-- walks: why" below their name: they read more rows than they return."""
    return read_notes(paths, WALKS)


def read_tenants(paths):
    """{name: why} of the statements that say "-- tenants: why" below their name: they look for rows of any tenant."""
    return read_notes(paths, TENANTS)


def read_all_statements(paths):
    seen, found = {}, []
    for path in paths:
        for statement in read_statements(path):
            if statement[0] in seen:
                raise Fault(f'{path}: the name {statement[0]} is taken in {seen[statement[0]]}')
            seen[statement[0]] = path
            found.append(statement)
    return found


TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_$][\w.$]*|\S")


def outermost(sql):
    """Yields (start, end, upper-case word) of the words outside of all parentheses."""
    depth = 0
    for m in TOKEN.finditer(sql):
        if m[0] == '(':
            depth += 1
        elif m[0] == ')':
            depth -= 1
        elif depth == 0:
            yield m.start(), m.end(), m[0].upper()


def columns_of(name, sql):
    """The names of the columns that a statement returns, as in "a.id" or "COUNT(*) AS n". A lone number ("SELECT 1") has none."""
    words = list(outermost(sql))
    verb = next(i for i, w in enumerate(words) if w[2] in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
    first = verb if words[verb][2] == 'SELECT' else next((i for i, w in enumerate(words) if w[2] == 'RETURNING'), None)
    if first is None:
        return []
    begin, ends = words[first][1], [w for w in words[first + 1:] if w[2] in ('FROM', 'UNION')]
    if words[first + 1][2] == 'DISTINCT':
        begin = words[first + 1][1]
    text = sql[begin:ends[0][0] if ends else len(sql)]
    commas = [place for place, _, word in outermost(text) if word == ',']
    columns = [text[a + 1:b].strip() for a, b in zip([-1, *commas], [*commas, len(text)])]
    if len(columns) == 1 and columns[0].isdigit():
        return []
    names = []
    for column in columns:
        m = re.search(r'\bAS\s+(\w+)$', column, re.I) or re.fullmatch(r'(?:\w+\.)?([A-Za-z_]\w*)', column)
        if not m:
            raise Fault(f'{name}: the column "{column[:60]}" needs a name: write "... AS name"')
        if m[1].lower() in names:
            raise Fault(f'{name}: two columns are named {m[1]}')
        names.append(m[1].lower())
    return names


def read_row_names(paths):
    """{statement: row} of the statements that say "-- row: name": they return the same columns, so one function reads them."""
    rows = read_notes(paths, ROW)
    for name, row in rows.items():
        if not re.fullmatch(r'[a-z][a-z0-9_]*', row):
            raise Fault(f'{name}: "{row}" is no name of a row')
    return rows


def read_rows(statements, row_names):
    """[(row, [(prefix, column, index), ...], [statement, ...])]: the columns of each row's statements. Statements of a row have its
    columns, and may have more behind them, which are named by the statement. A statement without "-- row:" is a row of its own."""
    members = {}
    for name, text, _ in statements:
        columns = columns_of(name, text)
        if columns:
            members.setdefault(row_names.get(name, name), []).append((name, columns))
        elif name in row_names:
            raise Fault(f'{name}: it gives no columns, so it has no row')
    rows = []
    for row, having in members.items():
        common = min((columns for _, columns in having), key=len)
        named = [(row, c, i) for i, c in enumerate(common)]
        for name, columns in having:
            if columns[:len(common)] != common:
                raise Fault(f'{name}: its columns are {", ".join(columns)}; those of the row {row} begin with {", ".join(common)}')
            named += [(name, c, i) for i, c in enumerate(columns) if i >= len(common)]
        rows.append((row, named, [name for name, _ in having]))
    enumerators = {}
    for row, named, _ in rows:
        for prefix, column, _ in named:
            other = enumerators.setdefault(f'{prefix}_{column}', (row, prefix))
            if other != (row, prefix):
                raise Fault(f'COL_{prefix.upper()}_{column.upper()} would name columns of the rows {other[0]} and {row}')
    return rows


def read_schema(paths):
    """The schema steps in order, for PostgreSQL. Their numbers must be 0, 1, 2, ..."""
    steps = []
    for path in sorted(paths, key=lambda p: Path(p).name):
        number = Path(path).stem
        if not number.isdigit() or int(number) != len(steps):
            raise Fault(f'{path}: schema steps are named 000.sql, 001.sql, ... without a gap; '
                        f'{len(steps):03}.sql is due here')
        text = Path(path).read_text(encoding='utf-8')
        if re.search(r'\b(BEGIN|COMMIT|ROLLBACK|PRAGMA)\b', bare(text), re.I):
            raise Fault(f'{path}: all steps run in one transaction, which the driver opens and closes')
        steps.append(text)
    return steps


def is_for_sqlite(step):
    """Whether SQLite takes the step: those whose first line is "-- only: postgresql" are empty for it."""
    return ONLY_POSTGRESQL not in step.splitlines()[:1]


def sqlite_words(statement):
    """Names of types and functions as SQLite has them."""
    statement = re.sub(r'\b(BIGINT|SMALLINT|INT)\b', 'INTEGER', statement)
    statement = re.sub(r'\bSTRPOS\(', 'INSTR(', statement)
    return re.sub(r'\bSTRING_AGG\(', 'GROUP_CONCAT(', statement)


def sqlite_schema(text):
    """The SQLite form of a step: strict tables, 64-bit INTEGERs, clustered tables without rowid, and its names of functions."""
    out = []
    if not is_for_sqlite(text):
        return out
    for statement in split(text.replace('/*CLUSTERED*/', 'CLUSTERED')):
        words = sqlite_words(squeeze(statement))
        if re.match(r'CREATE TABLE\b', words, re.I):
            if words.endswith('CLUSTERED'):
                words = words[:-len('CLUSTERED')] + 'WITHOUT ROWID, STRICT'
            else:
                words += ' STRICT'
        out.append(words + ';')
    return out


def postgresql_schema(text):
    """The PostgreSQL form of a step. The planner is told to count on one tenant having all rows of a table: by its statistics it would
    count on the average tenant, and for a large one read all of its rows through an index that does not name what is searched."""
    out = []
    for statement in split(text):
        out.append(squeeze(statement) + ';')
        table = re.match(r'CREATE TABLE (\w+) \(.*\btenant BIGINT\b', out[-1])
        if table:
            out.append(f'ALTER TABLE {table[1]} ALTER COLUMN tenant SET (n_distinct = 1);')
    return out


def read_moves(steps):
    """[(step, table, sql, last)] of the statements of schema steps below a comment "-- moves: table": for SQLite, which copies the
    rows of an older file into a new one. sql is such a statement with the older file attached as "old". With "by columns" it copies
    the next ?4 rows after the key (?1, ?2, ?3), and last gives the key of the row that was copied last."""
    moves = []
    for number, step in enumerate(steps):
        lines = step.splitlines()
        for at, line in enumerate(lines):
            if not (m := MOVES.match(line.strip())):
                continue
            statement = squeeze(split('\n'.join(lines[at + 1:]), part=True)[0])
            found = re.match(r'INSERT INTO \w+ (\([^)]*\)) (SELECT .*)$', statement)
            if not found:
                raise Fault(f'{number:03}.sql: "{line.strip()}" must be above INSERT INTO table (columns) SELECT ...')
            source = re.sub(r'\b(FROM|JOIN) (\w+)', r'\1 old.\2', found[2])
            last = None
            if m[2]:
                keys = [k.strip() for k in m[2].split(',')]
                if len(keys) != 3:
                    raise Fault(f'{number:03}.sql: "{line.strip()}" must name three columns')
                source += f' WHERE ({m[2]}) > (?1, ?2, ?3) ORDER BY {m[2]} LIMIT ?4'
                last = f'SELECT {", ".join(k.split(".")[-1] for k in keys)} FROM main.{m[1]} ORDER BY rowid DESC LIMIT 1'
            moves.append((number, m[1], sqlite_words(f'INSERT INTO main.{m[1]} {found[1]} {source}'), last))
    return moves


TYPES = ('TEXT', 'SMALLINT', 'INTEGER', 'BIGINT')
MAX_COLUMNS = 32  # SCHEMA_COLUMNS_MAX


def read_tables(steps):
    """[(table, number of key columns, [(column, type as PostgreSQL has it), ...])] of the tables that both engines have; the key's
    columns come first."""
    db = sqlite3.connect(':memory:')
    for step in filter(is_for_sqlite, steps):
        for statement in split(step.replace('/*CLUSTERED*/', '')):  # without STRICT, a column keeps the type that was declared
            words = re.sub(r'\bSTRPOS\(', 'INSTR(', squeeze(statement))
            db.execute(re.sub(r'\bSTRING_AGG\(', 'GROUP_CONCAT(', words))
    tables = []
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name").fetchall():
        found = db.execute(f'PRAGMA table_info({table})').fetchall()
        key = sorted((place, name, kind) for _, name, kind, _, _, place in found if place > 0)
        columns = [(name, kind.upper()) for _, name, kind in key] + [(name, kind.upper()) for _, name, kind, _, _, place in found if place == 0]
        if not key:
            raise Fault(f'the table {table} has no primary key: rows are copied in its order')
        for name, kind in columns:
            if kind not in TYPES:
                raise Fault(f'the column {table}.{name} has the type {kind}; both engines have {", ".join(TYPES)}')
        if len(columns) > MAX_COLUMNS:
            raise Fault(f'the table {table} has {len(columns)} columns; at most {MAX_COLUMNS}')
        tables.append((table, len(key), columns))
    return tables


def make_tables(tables):
    lines = []
    for table, _, columns in tables:
        lines.append(f'static const struct schema_column columns_of_{table}[] = {{')
        lines += [f'    {{"{name}", SCHEMA_{kind}}},' for name, kind in columns]
        lines.append('};')
    lines.append('const struct schema_table schema_tables[] = {')
    lines += [f'    {{"{table}", {keys}, {len(columns)}, columns_of_{table}}},' for table, keys, columns in tables]
    return [*lines, '};', f'const unsigned schema_tables_n = {len(tables)};', '']


# Tables whose rows of one tenant are not found by "tenant = $1", or not fast. None: the rows belong to no tenant.
ROWS_OF_TENANT = {
    'meta': None,
    'access_change': None,
    'tenant': 'id = $1',
    'app': 'tenant = $1 AND id IN (SELECT app FROM app_install WHERE tenant = $1)',
    'app_subscription': 'app IN (SELECT i.app FROM app_install i JOIN app a ON a.id = i.app WHERE i.tenant = $1 AND a.tenant = $1)',
    'access_token': 'tenant = $1 AND app IN (SELECT app FROM app_install WHERE tenant = $1)',
}


def tenant_tables(tables):
    """[(index in tables, table, keys, columns, condition)] of the tables that hold rows of tenants (store/tenant_rows.h)."""
    found = []
    for index, (table, keys, columns) in enumerate(tables):
        has = any(name == 'tenant' for name, _ in columns)
        if table not in ROWS_OF_TENANT and not has:
            raise Fault(f'the table {table} has no column tenant: ROWS_OF_TENANT in tools/sqlgen.py must say how the rows of one tenant are found')
        condition = ROWS_OF_TENANT.get(table, 'tenant = $1')
        if condition:
            found.append((index, table, keys, columns, condition))
    return found


def tenant_statements(tables):
    """The statements that read, add and remove the rows of one tenant, whatever the table: rows_read_TABLE, rows_put_TABLE, rows_drop_TABLE."""
    statements = []
    for _, table, keys, columns, condition in tenant_tables(tables):
        names = [name for name, _ in columns]
        key = ' AND '.join(f'{name} = ${n}' for n, name in enumerate(names[:keys], 1))
        statements += [
            (f'rows_read_{table}', f'SELECT {", ".join(names)} FROM {table} WHERE {condition} ORDER BY {", ".join(names[:keys])}', 1),
            (f'rows_put_{table}', f'INSERT INTO {table} ({", ".join(names)}) VALUES ({", ".join(f"${n}" for n in range(1, len(names) + 1))})', len(names)),
            (f'rows_drop_{table}', f'DELETE FROM {table} WHERE {key}', keys),
        ]
    return statements


def make_tenant_tables(tables):
    lines = ['const struct tenant_table tenant_tables[] = {']
    for index, table, *_ in tenant_tables(tables):
        up = table.upper()
        lines.append(f'    {{&schema_tables[{index}], SQL_ROWS_READ_{up}, SQL_ROWS_PUT_{up}, SQL_ROWS_DROP_{up}}},')
    return [*lines, '};', f'const unsigned tenant_tables_n = {len(tenant_tables(tables))};', '']


def split(text, part=False):
    """The statements of a script; part: the text may end within one."""
    out, start = [], 0
    blank = BARE.sub(lambda m: ' ' * len(m[0]), text)
    for m in re.finditer(';', blank):
        out.append(text[start:m.start()])
        start = m.end()
    if not part and squeeze(text[start:]):
        raise Fault(f'the last statement lacks its ";": {squeeze(text[start:])[:60]}')
    return [s for s in out if squeeze(s)]


def c_text(text):
    escaped = text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n').replace('??', '?\\?')
    return '"' + escaped + '"'


def make_header(statements, rows):
    lines = ['/* Made by tools/sqlgen.py from src/store/sql: do not edit. */',
             '#ifndef HIRED_STORE_STATEMENTS_H', '#define HIRED_STORE_STATEMENTS_H', '', 'enum db_statement {']
    lines += [f'    SQL_{name.upper()},' for name, _, _ in statements]
    lines += ['    DB_STATEMENTS', '};', '',
              '/* Columns: the number of the row times 256, and the place in it. db_int() and its like refuse a column of a row',
              ' * that the statement does not give. COL_FIRST: the first column of any statement. */',
              'enum db_column {', '    COL_FIRST = 0,']
    for number, (row, named, _) in enumerate(rows, 1):
        lines += ['', f'    /* {row} */']
        lines += [f'    COL_{prefix.upper()}_{column.upper()} = {number << 8 | place},' for prefix, column, place in named]
    lines += ['};', '', '#endif', '']
    return '\n'.join(lines)


def flags_of_all(statements, steps):
    """{statement: its flags}, see sqlplan.py."""
    schema = sqlplan.Schema([sqlite_schema(step) for step in steps])
    return {name: sqlplan.flags_of(schema, text, parameters, [w for _, _, w in outermost(text)]) for name, text, parameters in statements}


def make_steps(name, steps, form):
    lines = [f'const char *const {name}[] = {{']
    for number, text in enumerate(steps):
        lines.append(f'    /* {number:03}.sql */')
        lines += [f'    {c_text(s)}' for s in form(text) or ['']]
        lines[-1] += ','
    return [*lines, '};']


def make_source(statements, rows, steps, tables):
    flags = flags_of_all(statements, steps)
    row_of = {name: number for number, (_, _, names) in enumerate(rows, 1) for name in names}
    lines = ['/* Made by tools/sqlgen.py from src/store/sql and src/store/schema: do not edit. */',
             '#include "store/postgresql/schema.h"', '#include "store/sqlite/sqlite.h"', '#include "store/tenant_table.h"', '',
             'const struct db_statement_text db_statement_texts[DB_STATEMENTS] = {']
    lines += [f'    [SQL_{name.upper()}] = {{"{name}", {c_text(text)}, {parameters}, {row_of.get(name, 0)}, {sqlplan.c_flags(flags[name])}}},'
              for name, text, parameters in statements]
    lines += ['};', '', *make_steps('schema_steps', steps, sqlite_schema), '', *make_steps('postgresql_steps', steps, postgresql_schema)]
    lines += ['const unsigned schema_steps_n = sizeof(schema_steps) / sizeof(schema_steps[0]);', '',
              'const struct schema_move schema_moves[] = {']
    lines += [f'    {{{number}, "{table}", {c_text(sql)}, {c_text(last) if last else "NULL"}}},'
              for number, table, sql, last in read_moves(steps)]
    lines += ['    {0}', '};', '', *make_tables(tables), *make_tenant_tables(tables)]
    return '\n'.join(lines)


def make_postgres(statements, steps):
    return '\n'.join(['\\set ON_ERROR_STOP on', 'BEGIN;', *[s for step in steps for s in postgresql_schema(step)],
                      *[f'PREPARE {name} AS {text};' for name, text, _ in statements], 'COMMIT;', ''])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--header')
    p.add_argument('--source')
    p.add_argument('--postgres', action='store_true')
    p.add_argument('--sql', nargs='+', required=True)
    p.add_argument('--schema', nargs='+', required=True)
    o = p.parse_args()
    try:
        statements, steps = read_all_statements(o.sql), read_schema(o.schema)
        tables = read_tables(steps)
        statements += tenant_statements(tables)
        rows = read_rows(statements, read_row_names(o.sql))
        source = make_source(statements, rows, steps, tables)
    except Fault as fault:
        sys.exit(f'sqlgen: {fault}')
    if o.header:
        Path(o.header).write_text(make_header(statements, rows), encoding='utf-8')
    if o.source:
        Path(o.source).write_text(source, encoding='utf-8')
    if o.postgres:
        sys.stdout.write(make_postgres(statements, steps))


if __name__ == '__main__':
    main()

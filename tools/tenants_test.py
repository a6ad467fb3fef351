#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A database that places rows by their tenant (docs/SCALE.md) could take the schema and serve requests: each key of a tenant's table
has the tenant in it, nothing needs a sequence, and statements in a request's way name their tenant. Prints TAP."""
import re
import sqlite3
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import sqlgen  # noqa: E402

ROOT = Path(__file__).parent.parent
SQL = sorted(ROOT.glob('src/store/sql/**/*.sql'))
STEPS = sqlgen.read_schema(sorted(ROOT.glob('src/store/schema/*.sql')))

# Tables whose rows are in one place, or copied to all places. docs/SCALE.md names them.
ONE_PLACE = {
    'meta': 'the database about itself', 'access_change': 'one row for all', 'tenant': 'the tenants themselves',
    'app': 'a token or a secret names the app only', 'app_install': 'is read with app', 'app_subscription': 'is read with app',
    'access_token': 'a token names no tenant', 'console_account': 'who signs in names no tenant', 'console_session': 'a session names no tenant',
}
# Statements in a request's way that do not name a tenant, and say why below their names.
IN_THE_WAY = {'attachment_by_id', 'report_file_by_id', 'users_anywhere', 'report_file_waiting'}
KINDS = {'link', 'refusal', 'vendor', 'upkeep', 'command'}

KEYWORDS = 'ON|WHERE|SET|JOIN|LEFT|CROSS|INNER|ORDER|LIMIT|GROUP|UNION|VALUES|DO|USING|AND|RETURNING|SELECT|FROM'
SOURCE = re.compile(rf'\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?(?!(?:{KEYWORDS})\b)(\w+))?')


def schema():
    db = sqlite3.connect(':memory:')
    for step in STEPS:
        for statement in sqlgen.sqlite_schema(step):
            db.execute(statement)
    return db


def tables_of(db):
    return [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall()]


def keys_without_tenant(db, tables):
    wrong = []
    for table in tables:
        key = [name for _, name, _, _, _, place in sorted(db.execute(f'PRAGMA table_info({table})').fetchall(), key=lambda c: c[5]) if place]
        if key[:1] != ['tenant']:
            wrong.append(f'the primary key of {table} is ({", ".join(key)}): it must begin with the tenant')
        for _, index, unique, _, _ in db.execute(f'PRAGMA index_list({table})').fetchall():
            columns = [c[2] for c in db.execute(f'PRAGMA index_info({index})').fetchall()]
            if unique and 'tenant' not in columns:
                wrong.append(f'the unique index {index} is ({", ".join(columns)}): it must have the tenant in it')
    return wrong


def without_tenant(text, tables):
    """The tables of a statement of which it does not say the tenant."""
    found = [(t, a or t) for t, a in SOURCE.findall(text)]
    value = r'(?:\$\d+|0)'
    bound = {a for t, a in found if re.search(rf'\b{a}\.tenant(?: \+ 0)? = {value}', text) or re.search(rf'{value} = {a}\.tenant\b', text)
             or re.search(rf'\bINSERT INTO {t} \(tenant\b', text)}
    if re.search(rf'(?<![.\w])tenant(?: \+ 0)? = {value}', text):  # without an alias: of a part of the statement with one table
        bound |= {a for t, a in found if a == t} | set(re.findall(r'\) AS (\w+)', text))
    pairs = re.findall(r'\b(\w+)\.tenant = (\w+)\.tenant\b', text)
    for _ in pairs:
        bound |= {b for a, b in pairs if a in bound} | {a for a, b in pairs if b in bound}
    return sorted({t for t, a in found if t in tables and a not in bound})


def test_every_key_has_the_tenant():
    db = schema()
    unknown = set(ONE_PLACE) - set(tables_of(db))
    assert not unknown, unknown
    wrong = keys_without_tenant(db, [t for t in tables_of(db) if t not in ONE_PLACE])
    assert not wrong, '\n'.join(wrong)


def test_keys_without_a_tenant_are_found():
    db = sqlite3.connect(':memory:')
    db.executescript('CREATE TABLE a (tenant, id, PRIMARY KEY (tenant, id)); CREATE UNIQUE INDEX a_id ON a (id);'
                     'CREATE TABLE b (id, tenant, PRIMARY KEY (id, tenant)); CREATE INDEX b_id ON b (id)')
    found = keys_without_tenant(db, ['a', 'b'])
    assert len(found) == 2 and 'a_id' in found[0] and 'key of b' in found[1], found


def test_nothing_counts_for_all():
    sources = [*ROOT.glob('src/store/schema/*.sql'), *SQL, *ROOT.glob('src/store/postgresql/*.c')]
    wrong = [f'{p.relative_to(ROOT)}: {m[0]}' for p in sources if not p.name.endswith('_test.c')
             for m in re.finditer(r'\b(\w*SERIAL\b|SEQUENCE|IDENTITY|nextval|REFERENCES)\b', sqlgen.bare(p.read_text(encoding='utf-8'))
                                  if p.suffix == '.sql' else p.read_text(encoding='utf-8'))]
    assert not wrong, '\n'.join(wrong)


def test_statements_name_their_tenant():
    tables = {t for t in tables_of(schema()) if t not in ONE_PLACE}
    reasons, wrong, unbound = sqlgen.read_tenants(SQL), [], set()
    for name, text, _ in sqlgen.read_all_statements(SQL):
        if name.startswith('check_'):  # hired check reads everything
            continue
        missing = without_tenant(text, tables)
        unbound |= {name} if missing else set()
        if missing and name not in reasons:
            wrong.append(f'{name}: does not say the tenant of {", ".join(missing)}: add it, or say "-- tenants: why" below its name')
        elif name in reasons and not missing:
            wrong.append(f'{name}: says why it names no tenant, and it does')
        elif missing and reasons[name].split(':')[0] not in KINDS:
            wrong.append(f'{name}: "{reasons[name]}" does not begin with one of {", ".join(sorted(KINDS))}')
    assert not wrong, '\n'.join(wrong)
    way = {name for name in unbound if not reasons[name].startswith(('upkeep:', 'command:'))}
    assert way == IN_THE_WAY, f'in the way of requests: {way}'
    # What is not in the way of a request is not used by the rooms that answer requests.
    uses = {room: ' '.join(p.read_text(encoding='utf-8') for p in ROOT.glob(f'src/{room}/**/*.c') if not p.name.endswith('_test.c'))
            for room in ('gateway', 'handlers', 'console')}
    for name in unbound - way:
        for room, text in uses.items():
            assert not re.search(rf'\bSQL_{name.upper()}\b', text), f'{name} names no tenant, and src/{room} uses it'


def test_statements_without_a_tenant_are_found():
    tables = {'a', 'b'}
    for text, missing in [
            ('SELECT 1 FROM a WHERE tenant = $1 AND id = $2', []), ('SELECT 1 FROM a WHERE id = $1', ['a']),
            ('SELECT 1 FROM a x JOIN b y ON y.tenant = x.tenant WHERE x.tenant = $1', []), ('SELECT 1 FROM a x JOIN b y ON y.tenant = x.tenant WHERE x.id = $1', ['a', 'b']),
            ('SELECT 1 FROM a x JOIN b y ON y.id = x.id WHERE x.tenant = $1', ['b']), ('SELECT 1 FROM other WHERE id = $1', []),
            ('INSERT INTO a (tenant, id) VALUES ($1, $2)', []), ('DELETE FROM a WHERE n < $1', ['a']), ('UPDATE a SET n = $2 WHERE tenant + 0 = 0', []),
            ('SELECT 1 FROM a WHERE (tenant, id) > ($1, $2)', ['a']), ('SELECT (SELECT 1 FROM b y WHERE y.tenant = x.tenant) FROM a x WHERE x.id < $1', ['a', 'b'])]:
        got = without_tenant(text, tables)
        assert got == missing, f'{text}: {got}'


def test_the_page_names_what_is_in_one_place():
    page = (ROOT / 'docs/SCALE.md').read_text(encoding='utf-8')
    missing = [name for name in [*ONE_PLACE, *IN_THE_WAY] if f'`{name}`' not in page]
    assert not missing, f'docs/SCALE.md does not name {", ".join(missing)}'


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

# SPDX-License-Identifier: Apache-2.0
"""What the drivers must know of a statement beside its text: whether it writes, whether it can meet a unique key, whether
it may return any number of rows, and whether it gives other processes work. All of it follows from the text and the schema (src/store/driver.h describes the flags)."""
import re
import sqlite3

WRITES, COLLIDES, WALKS, GIVES_WORK = 1, 2, 4, 8
FLAGS = {WRITES: 'DB_TEXT_WRITES', COLLIDES: 'DB_TEXT_COLLIDES', WALKS: 'DB_TEXT_WALKS', GIVES_WORK: 'DB_TEXT_GIVES_WORK'}
# Whose rows the worker waits for (src/events).
WORK = re.compile(r'\bINSERT\s+INTO\s+(?:event_delivery|report_file|file_removal)\b', re.I)
VERBS = ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
SEARCH = re.compile(r'SEARCH (\w+) USING (?:COVERING INDEX \w+|INDEX \w+|PRIMARY KEY|INTEGER PRIMARY KEY) \(([^)]*)\)')
SOURCE = re.compile(r'\b(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?', re.I)
AGGREGATE = re.compile(r'\b(?:COUNT|MIN|MAX|SUM|STRING_AGG)\s*\(', re.I)


class Schema:
    """An empty SQLite database with the schema: it knows the unique keys and plans statements."""

    def __init__(self, steps):
        """steps: of each schema step, its statements as SQLite takes them."""
        self.db = sqlite3.connect(':memory:')
        for step in steps:
            for statement in step:
                self.db.execute(statement)
        tables = [name for (name,) in self.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
        self.keys = {table: self.keys_of(table) for table in tables}

    def keys_of(self, table):
        """The unique keys of a table, as sets of columns; that of the primary key is the first."""
        columns = self.db.execute(f'PRAGMA table_info({table})').fetchall()
        keys = [frozenset(name for _, name, _, _, _, place in columns if place > 0)]
        for _, index, unique, _, partial in self.db.execute(f'PRAGMA index_list({table})').fetchall():
            key = frozenset(c[2] for c in self.db.execute(f'PRAGMA index_info({index})').fetchall())
            if unique and not partial and key not in keys:
                keys.append(key)
        return [key for key in keys if key]

    def plan(self, text, parameters):
        numbered = re.sub(r'[$]([0-9]+)', r'?\1', text)
        return [row[3] for row in self.db.execute(f'EXPLAIN QUERY PLAN {numbered}', [None] * parameters)]

    def reads_by_key(self, text, parameters):
        """Whether all that the statement reads is found by the whole of a unique key: then it returns a row, or a row for each
        part of a UNION."""
        names = {alias or table: table for table, alias in SOURCE.findall(text)}
        names.update({table: table for table, _ in SOURCE.findall(text)})
        looks = [step for step in self.plan(text, parameters) if step.startswith(('SCAN', 'SEARCH'))]
        for step in looks:
            found = SEARCH.match(step)
            table = names.get(found[1]) if found else None
            if table not in self.keys:
                return False
            terms = found[2].split(' AND ')
            equal = {term[:-2] for term in terms if term.endswith('=?')}
            rowid = equal == {'rowid'} and len(terms) == 1
            if not rowid and not any(key <= equal for key in self.keys[table]):
                return False
        return bool(looks)


def without_subqueries(text):
    """The text without what is in "(SELECT ...)"."""
    while m := re.search(r'\(\s*SELECT\b', text, re.I):
        depth, at = 0, m.start()
        for at in range(m.start(), len(text)):
            depth += (text[at] == '(') - (text[at] == ')')
            if depth == 0:
                break
        text = text[:m.start()] + "''" + text[at + 1:]
    return text


def is_one_aggregate(text, words):
    if 'GROUP' in words or 'UNION' in words:
        return False
    head = re.split(r'\bFROM\b', without_subqueries(text), maxsplit=1, flags=re.I)[0]
    return bool(AGGREGATE.search(head))


def sets(text):
    """The columns to which an UPDATE, or an INSERT ... DO UPDATE, assigns."""
    found = re.search(r'\bSET\b(.*)$', text, re.I | re.S)
    if not found:
        return set()
    head = re.split(r'\b(?:WHERE|RETURNING)\b', without_subqueries(found[1]), maxsplit=1, flags=re.I)[0]
    return {name.lower() for name in re.findall(r'(?:^|,)\s*(\w+)\s*=', head)}


def collides(schema, verb, text, words):
    if verb not in ('INSERT', 'UPDATE'):
        return False
    table = re.search(r'\bINSERT\s+INTO\s+(\w+)|\bUPDATE\s+(\w+)', text, re.I)
    keys = schema.keys[table[1] or table[2]]
    changed = any(key & sets(text) for key in keys)
    if verb == 'UPDATE':
        return changed
    if 'CONFLICT' not in words:
        return True
    if re.search(r'\bON\s+CONFLICT\s+DO\s+NOTHING\b', text, re.I):
        return False
    return changed or len(keys) > 1


def flags_of(schema, text, parameters, words):
    """The flags of a statement. words: its words outside of all parentheses, in upper case."""
    verb = next(w for w in words if w in VERBS)
    if verb != 'SELECT':
        return WRITES | (COLLIDES if collides(schema, verb, text, words) else 0) | (GIVES_WORK if WORK.search(text) else 0)
    one = 'LIMIT' in words or is_one_aggregate(text, words) or schema.reads_by_key(text, parameters)
    return 0 if one else WALKS


def c_flags(flags):
    return ' | '.join(name for flag, name in FLAGS.items() if flags & flag) or '0'

// SPDX-License-Identifier: Apache-2.0
//
// Where the servers and commands of a test keep their records. By default: in SQLite, in the data directory. With HIRED_TEST_STORE=postgresql
// each data directory gets a database of its own on a server of PostgreSQL, which the runner has started (HIRED_TEST_CLUSTER) or this
// process starts.
//
// A test file says by a line how it is run on PostgreSQL (tests/run.mjs reads these lines, too):
//   // store: both          once in each ./test
//   // store: sqlite: why   never: it is about SQLite's files, or about both engines already
// Others run on PostgreSQL with ./test --long, or when HIRED_TEST_STORE says so.
import fs from 'node:fs';
import path from 'node:path';

import { atExit, runDir, tempDir } from './folders.mjs';
import { Postgres, startPostgres } from './postgres.mjs';
import { ask } from './sqlite.mjs';

const engines = ['sqlite', 'postgresql'], engine = process.env.HIRED_TEST_STORE || 'sqlite';
if (!engines.includes(engine)) throw new Error(`HIRED_TEST_STORE is ${engine}; it may be ${engines.join(' or ')}`);
export const onPostgres = engine === 'postgresql';

export const storeLine = (source) => /^\/\/ store: (.*)$/m.exec(source)?.[1] ?? '';

if (onPostgres) {
    const line = fs.existsSync(process.argv[1] ?? '') ? storeLine(fs.readFileSync(process.argv[1], 'utf8')) : '';
    if (line.startsWith('sqlite')) {
        process.stdout.write(`not run on PostgreSQL: ${line}\n`);
        process.exit(0);
    }
}

// For a single test that is about SQLite's files: test(name, sqliteOnly, ...).
export const sqliteOnly = { skip: onPostgres && 'it is about SQLite\'s files' };

const cluster = !onPostgres ? null : process.env.HIRED_TEST_CLUSTER ? new Postgres(process.env.HIRED_TEST_CLUSTER)
    : await startPostgres({ durable: false });

const databases = new Map(); // by data directory
if (onPostgres) {
    atExit(() => {
        if (process.env.HIRED_TEST_CLUSTER && databases.size)
            cluster.run('postgres', ...[...databases.values()].map((name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    });
}

const TEMPLATE = 'demo_template';
const newName = () => `t${process.pid}_${databases.size}`;

function create(dir, template) {
    const name = newName();
    databases.set(dir, name);
    cluster.createDatabase(name, template);
    return name;
}

function databaseOf(given) {
    const dir = path.resolve(given);
    return databases.get(dir) ?? create(dir);
}

// The environment in which a program finds the records that belong to a data directory.
export const storeEnv = (dir) => (onPostgres ? { HIRED_STORE: cluster.url(databaseOf(dir)) } : {});

// The same for the arguments of a command.
export function storeEnvOf(args) {
    const at = args.indexOf('--data');
    return onPostgres && at >= 0 && !args.includes('--store') ? storeEnv(args[at + 1]) : {};
}

// Moves what is in the directory's SQLite database to PostgreSQL.
function move(dir, name, hiredOk) {
    hiredOk(['migrate', '--from', dir, '--to', cluster.url(name)]);
    for (const f of fs.readdirSync(dir).filter((n) => n.startsWith('hired.db'))) fs.rmSync(path.join(dir, f));
}

export function moveToPostgres(dir, hiredOk) {
    move(dir, create(path.resolve(dir)), hiredOk);
}

// The demo's directory goes where all take copies from.
export function moveTemplate(dir, hiredOk) {
    cluster.createDatabase(TEMPLATE);
    move(dir, TEMPLATE, hiredOk);
}

// Gives a copy of the demo's directory a copy of the demo's database.
export const copyTemplate = (dir) => void create(path.resolve(dir), TEMPLATE);

// A copy of a data directory that no server uses now.
export function copyOf(dir) {
    const copy = path.join(tempDir(), 'copy');
    fs.cpSync(dir, copy, { recursive: true, filter: (from) => !from.endsWith('.sock') });
    if (onPostgres) create(copy, databaseOf(dir));
    return copy;
}

// What the rows in PostgreSQL hold, as bytes to search.
export const dump = (dir) => (onPostgres ? cluster.dump(databaseOf(dir)) : Buffer.alloc(0));

function literal(value) {
    if (value === null || typeof value === 'number' || typeof value === 'bigint') return String(value);
    return `'${String(value).replaceAll("'", "''")}'`;
}

// The query with its parameters in it; a ? in a string is left.
function filled(query, parameters) {
    let n = 0;
    const text = query.replace(/'[^']*'|\?/g, (part) => (part === '?' ? literal(parameters[n++]) : part));
    if (n !== parameters.length) throw new Error(`${parameters.length} parameters for ${query}`);
    return text;
}

// Rows of the store, for what no operation shows: several [query, parameters] at once, all of one moment, read-only.
export function sqlAll(dir, queries) {
    if (!onPostgres) return ask({ file: path.join(dir, 'hired.db'), script: null, queries });
    const parts = queries.map(([query, parameters]) => `(SELECT COALESCE(json_agg(r), '[]') FROM (${filled(query, parameters)}) r)`);
    return JSON.parse(cluster.sql(`SELECT json_build_array(${parts.join(', ')})`, databaseOf(dir)));
}
export const sql = (dir, query, ...parameters) => sqlAll(dir, [[query, parameters]])[0];

// Changes the store behind hired's back, with a script of SQL: as a fault would, or an older hired.
export function meddle(dir, script) {
    if (onPostgres) cluster.sql(script, databaseOf(dir));
    else ask({ file: path.join(dir, 'hired.db'), script });
}

export function tablesOf(dir) {
    const query = onPostgres ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'" : "SELECT name FROM sqlite_master WHERE type = 'table'";
    return sql(dir, query).map((t) => t.name).sort();
}

// How a number is written in the names of kept files, as an expression of SQL.
export const hex16 = (column) => (onPostgres ? `lpad(to_hex(${column}), 16, '0')` : `printf('%016x', ${column})`);

// Makes the folder of the demo once a run, by whichever test process comes first; the others wait.
export function madeOnce(name, make) {
    const done = path.join(runDir, name), pause = new Int32Array(new SharedArrayBuffer(4));
    for (const end = Date.now() + 180_000; !fs.existsSync(done); Atomics.wait(pause, 0, 0, 20)) {
        try {
            fs.mkdirSync(`${done}.making`);
        } catch (e) {
            if (e.code !== 'EEXIST') throw e;
            if (Date.now() > end) throw new Error(`${done} is not made after 3 minutes`);
            continue;
        }
        make(`${done}.making`);
        fs.renameSync(`${done}.making`, done);
    }
    return done;
}

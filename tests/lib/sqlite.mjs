// SPDX-License-Identifier: Apache-2.0
//
// SQLite for tests, through Python's sqlite3: one Python process for each test process, because starting one takes a quarter of a
// second of a processor and tests ask hundreds of times. Calls are synchronous; each opens the database anew and closes it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { tempDir } from './folders.mjs';

const TIMEOUT_MS = 120_000;

// Both directions: a line of JSON. It ends when this process closes its end, which is at the latest when it exits.
const program = `
import json, os, sqlite3, sys
# In a process that ends without closing the database: its changes stay in the log, from where hired brings them into the file with the
# checksums of pages, which this SQLite does not know of.
def change(r):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        why = ''
        try:
            db = sqlite3.connect(r['file'], timeout=20)
            db.execute('PRAGMA wal_autocheckpoint = 0')
            db.executescript(r['script'])
            db.commit()
        except BaseException as e:
            why = '%s: %s' % (type(e).__name__, e)
        os.write(write, why.encode())
        os._exit(0)
    os.close(write)
    why = os.fdopen(read).read()
    os.waitpid(child, 0)
    if why:
        raise RuntimeError(why)
    return None
def answer(r):
    if r['script'] is not None:
        return change(r)
    db = sqlite3.connect('file:' + r['file'] + '?mode=ro', uri=True, timeout=20)
    try:
        db.row_factory = sqlite3.Row
        db.execute('BEGIN')
        return [[dict(row) for row in db.execute(q, p)] for q, p in r['queries']]
    finally:
        db.close()
answers = open(sys.argv[2], 'w')
for line in open(sys.argv[1]):
    try:
        said = {'rows': answer(json.loads(line))}
    except Exception as e:
        said = {'error': '%s: %s' % (type(e).__name__, e)}
    answers.write(json.dumps(said) + '\\n')
    answers.flush()`;

let peer;
function start() {
    const dir = tempDir(), asks = path.join(dir, 'asks'), answers = path.join(dir, 'answers');
    if (spawnSync('mkfifo', [asks, answers]).status !== 0) throw new Error('mkfifo failed');
    // Opened without waiting for the other side: a Python that does not start is noticed by the time that passes.
    const read = fs.openSync(answers, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const child = spawn('python3', ['-c', program, asks, answers], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.unref();
    peer = { read, write: fs.openSync(asks, fs.constants.O_RDWR), child };
    // This descriptor reads as well, so it alone would keep Python waiting: it is closed at the end of this process.
    process.on('exit', () => child.kill());
}

const pause = new Int32Array(new SharedArrayBuffer(4));
export function ask(question) {
    if (!peer) start();
    const bytes = Buffer.from(`${JSON.stringify(question)}\n`);
    for (let at = 0; at < bytes.length;) at += fs.writeSync(peer.write, bytes, at);
    const parts = [], room = Buffer.alloc(1 << 16);
    for (const end = Date.now() + TIMEOUT_MS; ;) {
        let n = 0;
        try {
            n = fs.readSync(peer.read, room);
        } catch (e) {
            if (e.code !== 'EAGAIN') throw e;
        }
        if (n > 0) {
            parts.push(Buffer.from(room.subarray(0, n)));
            if (room[n - 1] === 10) break; // JSON has no line end within
            continue;
        }
        if (Date.now() > end) throw new Error(`no answer from SQLite after ${TIMEOUT_MS} ms to ${bytes.toString().slice(0, 500)}`);
        Atomics.wait(pause, 0, 0, 1);
    }
    const said = JSON.parse(Buffer.concat(parts).toString('utf8'));
    if (said.error) throw new Error(`${said.error} in ${bytes.toString().slice(0, 500)}`);
    return said.rows;
}

// SPDX-License-Identifier: Apache-2.0
//
// Finds the program, starts it below guard.sh, and waits until it is ready.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('guard.sh', import.meta.url));

const isProgram = (file) => {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
};

export function findProgram(bin = process.env.HIRED_BIN) {
    if (bin) {
        if (!isProgram(bin)) throw new Error(`hired: ${bin} is not a program that can be run (from HIRED_BIN or the option bin)`);
        return path.resolve(bin);
    }
    for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
        if (dir && isProgram(path.join(dir, 'hired'))) return path.join(dir, 'hired');
    }
    throw new Error('hired was not found: set HIRED_BIN to the program, or put its directory in PATH');
}

// Resolves to {child, url, dir, log(), exited}. exited resolves to the exit status of the server.
export async function startProcess({ bin, args = [], timeoutMs = 30_000 }) {
    const program = findProgram(bin);
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hired-testing-'));
    const logFile = path.join(dir, 'hired.log');
    const log = fs.openSync(logFile, 'a+');
    const all = [guard, dir, program, 'serve', '--test', '--data', path.join(dir, 'data'), '--listen', '127.0.0.1:0', '--fetch-allow', 'loopback', ...args];
    // A session of its own: Ctrl-C in the terminal reaches the test process only, whose end then ends the server.
    const child = spawn('/bin/sh', all, { stdio: ['pipe', 'pipe', log], detached: true, env: { HIRED_STORE_FREE_MIN: '0', ...process.env } });
    child.stdin.on('error', () => {}); // the server has ended
    let text = '', ended = false;
    // By its descriptor, because the directory is removed as soon as the server has ended.
    const readLog = () => {
        const bytes = Buffer.alloc(fs.fstatSync(log).size);
        return bytes.toString('utf8', 0, fs.readSync(log, bytes, 0, bytes.length, 0));
    };
    const exited = new Promise((resolve) => {
        child.on('error', (e) => resolve(e.message));
        child.on('exit', (status, signal) => resolve(signal ?? status));
    }).then((how) => ((ended = true), how));
    const address = new Promise((resolve) => {
        child.stdout.setEncoding('utf8').on('data', (d) => {
            if (text.length < 65536) text += d;
            const found = / listens on (\S+)\n/.exec(text);
            if (found) resolve(found[1]);
        });
    });
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    const url = await Promise.race([address, exited.then(() => null), late]);
    clearTimeout(timer);
    if (!url) {
        const why = ended ? `ended with ${await exited}` : `did not say within ${timeoutMs} ms where it listens`;
        const said = readLog();
        child.stdin.end();
        throw new Error(`${program} ${why}${said ? `:\n${said.slice(-4000)}` : '; run it by hand to see why'}`);
    }
    const end = Date.now() + timeoutMs;
    for (;;) {
        const answer = await fetch(`${url}/readyz`).then((r) => r.json(), () => ({}));
        if (answer.status === 'ready') break;
        if (ended || Date.now() > end) {
            child.stdin.end();
            throw new Error(`${program} listens on ${url} but is not ready: ${answer.reason ?? 'no answer'}\n${readLog().slice(-4000)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // A server that is not stopped does not keep the test process from ending.
    for (const handle of [child, child.stdin, child.stdout]) handle.unref();
    return { child, url, dir, log: readLog, exited };
}

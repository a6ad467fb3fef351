// SPDX-License-Identifier: Apache-2.0
//
// A server that passes calls on (hired serve --upstream), servers that it passes them on to, and its records.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { startServer, tempDir } from './server.mjs';

// The database of the environment is none of a server that only passes calls on.
export const startRelay = (url, args = [], o = {}) =>
    startServer({ dir: tempDir(), args: ['--upstream', url, ...args], ...o, env: { HIRED_STORE: '', ...o.env } });

// An HTTP server that answers as the function says; /readyz is its own.
export async function fakeUpstream(answer) {
    const server = http.createServer((req, res) => {
        if (req.url === '/readyz') return res.end('{}');
        return answer(req, res);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        stop: () => new Promise((resolve) => {
            server.closeAllConnections();
            server.close(resolve);
        }),
    };
}

// All whole lines of a record, without the calls of /readyz.
export function readRecord(dir) {
    const files = fs.readdirSync(dir).filter((f) => f.endsWith('.jsonl')).sort();
    return files.flatMap((f) => fs.readFileSync(path.join(dir, f), 'utf8').split('\n').slice(0, -1))
        .map((line) => JSON.parse(line)).filter((e) => e.path !== '/readyz');
}

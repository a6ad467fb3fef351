// SPDX-License-Identifier: Apache-2.0
//
// Receivers of webhooks, for bench/rows/events.py: prints the URLs of as many as the first argument says. Lines of standard input:
// "hang N": the first N do not answer events any more; "count": prints how many events the others, and the first, have answered.
import http from 'node:http';
import readline from 'node:readline';

const n = Number(process.argv[2]);
const taken = Array(n).fill(0);
let hanging = 0, first = 0, last = 0;

function serve(i) {
    const server = http.createServer((req, res) => {
        let text = '';
        req.setEncoding('utf8').on('data', (d) => (text += d)).on('end', () => {
            if (text.includes('"url_verification"')) return res.end(JSON.stringify({ challenge: JSON.parse(text).challenge }));
            if (i < hanging) return undefined;
            taken[i]++;
            last = Date.now();
            first ||= last;
            return res.end('{}');
        });
    });
    server.keepAliveTimeout = 600_000;
    return new Promise((done) => server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}/`)));
}

console.log(JSON.stringify(await Promise.all(taken.map((_, i) => serve(i)))));
readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const [word, value] = line.split(' ');
    if (word === 'hang') hanging = Number(value);
    const others = taken.slice(1).reduce((a, b) => a + b, 0);
    console.log(JSON.stringify({ taken: others + taken[0], others, seconds: (last - first) / 1000 }));
}).on('close', () => process.exit(0));

// SPDX-License-Identifier: Apache-2.0
//
// Clients of one app's long connection, for bench/rows/events.py: BASE_URL APP_ID APP_SECRET N. Prints a line when all are
// connected; answers each line of standard input with the number of events that they have answered.
import readline from 'node:readline';

import { addressOf, answer, Frame, open, ping } from '../../tests/lib/longlink.mjs';

const [baseUrl, app_id, app_secret, n] = process.argv.slice(2);
let taken = 0, first = 0, last = 0;

async function connect() {
    const s = await open(await addressOf({ baseUrl }, { app_id, app_secret }));
    s.ws.removeAllListeners('message');
    const ponged = new Promise((done) => s.ws.on('message', (bytes) => {
        const f = Frame.toObject(Frame.decode(bytes), { longs: Number });
        if (f.method !== 1) return done();
        taken++;
        last = Date.now();
        first ||= last;
        return answer(s, f);
    }));
    ping(s);
    await ponged;
}
for (let i = 0; i < Number(n); i++) await connect();
console.log(JSON.stringify([]));
readline.createInterface({ input: process.stdin }).on('line', () => {
    console.log(JSON.stringify({ taken, others: taken, seconds: (last - first) / 1000 }));
}).on('close', () => process.exit(0));

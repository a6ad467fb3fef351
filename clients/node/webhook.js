// SPDX-License-Identifier: Apache-2.0
//
// A receiver of events for tests.
import http from 'node:http';

export class Webhook {
    events = []; // bodies, in the order in which they came
    #server;
    #waiting = new Set();

    // answers: HTTP statuses of the first events; 200 for all later ones.
    static async listen({ answers = [] } = {}) {
        const hook = new Webhook();
        hook.#server = http.createServer((req, res) => {
            const parts = [];
            req.on('data', (d) => parts.push(d)).on('end', () => {
                let body;
                try {
                    body = JSON.parse(Buffer.concat(parts).toString('utf8'));
                } catch {
                    return void res.writeHead(400).end();
                }
                if (body.type === 'url_verification') return void res.end(JSON.stringify({ challenge: body.challenge }));
                const status = answers[hook.events.length] ?? 200;
                hook.events.push(body);
                res.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
                for (const look of hook.#waiting) look();
            });
        });
        await new Promise((resolve, reject) => hook.#server.once('error', reject).listen(0, '127.0.0.1', resolve));
        hook.url = `http://127.0.0.1:${hook.#server.address().port}/events`;
        hook.#server.unref();
        return hook;
    }

    // Waits until count events have come, and resolves to all of them.
    wait(count = 1, timeoutMs = 10_000) {
        return new Promise((resolve, reject) => {
            const done = (end) => {
                clearTimeout(timer);
                this.#waiting.delete(look);
                end();
            };
            const look = () => this.events.length >= count && done(() => resolve(this.events));
            const timer = setTimeout(() => done(() => reject(new Error(`the webhook got ${this.events.length} of ${count} events within ${timeoutMs} ms`))), timeoutMs);
            this.#waiting.add(look);
            look();
        });
    }

    close() {
        this.#server.closeAllConnections?.();
        return new Promise((resolve) => this.#server.close(resolve));
    }
}

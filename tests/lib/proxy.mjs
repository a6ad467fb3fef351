// SPDX-License-Identifier: Apache-2.0
//
// A reverse proxy as nginx is one: passes requests on over connections that all callers share, keeps their Host, and adds
// the address of each to X-Forwarded-For. It has several doors, each of which takes its callers for another address.
import http from 'node:http';

export class Proxy {
    constructor(server) {
        this.server = server;
        this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        this.doors = [];
    }

    // A door's callers come from that address, by TLS if https. What it gives stands in for the server in Person and Client.
    async door(address, { https = false } = {}) {
        const door = http.createServer((req, res) => this.#pass(req, res, address, https));
        await new Promise((resolve) => door.listen(0, '127.0.0.1', resolve));
        this.doors.push(door);
        const host = `127.0.0.1:${door.address().port}`;
        return Object.create(this.server, {
            baseUrl: { value: `http://${host}` },
            origin: { value: `${https ? 'https' : 'http'}://${host}` },
        });
    }

    #pass(req, res, address, https) {
        const came = req.headers['x-forwarded-for'];
        const headers = {
            ...req.headers,
            'x-forwarded-for': came === undefined ? address : `${came}, ${address}`,
            'x-forwarded-proto': https ? 'https' : 'http',
        };
        delete headers.connection;
        const { hostname, port } = new URL(this.server.baseUrl);
        const on = http.request({ hostname, port, method: req.method, path: req.url, headers, agent: this.agent }, (answer) => {
            res.writeHead(answer.statusCode, answer.rawHeaders.filter((_, i, all) => !/^connection$|^keep-alive$/i.test(all[i - (i % 2)])));
            answer.pipe(res);
        });
        on.on('error', () => res.destroy());
        req.pipe(on);
    }

    async stop() {
        this.agent.destroy();
        for (const door of this.doors) {
            door.closeAllConnections();
            await new Promise((resolve) => door.close(resolve));
        }
    }
}

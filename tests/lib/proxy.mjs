// SPDX-License-Identifier: Apache-2.0
//
// A reverse proxy that works like nginx: it forwards requests over connections shared by all clients, keeps the Host, and adds
// the client's address to X-Forwarded-For. It has several ports, and each assigns a different address to its clients.
import http from 'node:http';
import net from 'node:net';

export class Proxy {
    constructor(server) {
        this.server = server;
        this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        this.doors = [];
        this.upgraded = [];
    }

    // Opens a port whose clients appear to come from that address, by TLS if https. Person and Client accept it as a server.
    async door(address, { https = false } = {}) {
        const door = http.createServer((req, res) => this.#pass(req, res, address, https));
        door.on('upgrade', (req, socket, head) => this.#upgrade(req, socket, head, address));
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

    // A WebSocket: the head goes on with the caller's address in it, then bytes go both ways.
    #upgrade(req, socket, head, address) {
        const { hostname, port } = new URL(this.server.baseUrl);
        const on = net.connect(Number(port), hostname, () => {
            const lines = [`${req.method} ${req.url} HTTP/1.1`, `X-Forwarded-For: ${address}`];
            for (let i = 0; i < req.rawHeaders.length; i += 2) lines.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`);
            on.write(`${lines.join('\r\n')}\r\n\r\n`);
            on.write(head);
            on.pipe(socket).pipe(on);
        });
        for (const [one, other] of [[on, socket], [socket, on]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
        this.upgraded.push(socket, on);
    }

    async stop() {
        this.upgraded.forEach((s) => s.destroy());
        this.agent.destroy();
        for (const door of this.doors) {
            door.closeAllConnections();
            await new Promise((resolve) => door.close(resolve));
        }
    }
}

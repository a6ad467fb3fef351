// SPDX-License-Identifier: Apache-2.0
//
// The long connection as its clients see it: the address, bare WebSockets, frames.
import { createRequire } from 'node:module';

import { eventually, send } from './client.mjs';

const require = createRequire(import.meta.url);
const WebSocket = createRequire(require.resolve('@larksuiteoapi/node-sdk'))('ws');
const protobuf = createRequire(require.resolve('@larksuiteoapi/node-sdk'))('protobufjs/light');

const field = (type, id, rule = 'required') => ({ type, id, rule });
export const Frame = protobuf.Root.fromJSON({
    nested: {
        Header: { fields: { key: field('string', 1), value: field('string', 2) } },
        Frame: {
            fields: {
                SeqID: field('uint64', 1), LogID: field('uint64', 2), service: field('int32', 3), method: field('int32', 4),
                headers: field('Header', 5, 'repeated'), payloadEncoding: field('string', 6, 'optional'),
                payloadType: field('string', 7, 'optional'), payload: field('bytes', 8, 'optional'), LogIDNew: field('string', 9, 'optional'),
            },
        },
    },
}).lookupType('Frame');

export const endpoint = async (server, body) => JSON.parse((await send(server.baseUrl, 'POST', '/callback/ws/endpoint', { body: typeof body === 'string' ? body : JSON.stringify(body) })).text);
export const addressOf = async (server, app) => (await endpoint(server, { AppID: app.app_id, AppSecret: app.app_secret })).data.URL;

// A bare WebSocket: {ws, frames, closed}.
export function open(url) {
    return new Promise((resolve, reject) => {
        const ws = new WebSocket(url);
        const s = { ws, frames: [], closed: new Promise((done) => ws.on('close', (code, reason) => done({ code, reason: String(reason) }))) };
        ws.on('message', (bytes) => s.frames.push(Frame.toObject(Frame.decode(bytes), { longs: Number })));
        ws.on('open', () => resolve(s));
        ws.on('unexpected-response', (req, res) => reject(Object.assign(new Error(`status ${res.statusCode}`), { headers: res.headers, status: res.statusCode })));
        ws.on('error', reject);
    });
}
export const frame = (method, headers, payload, SeqID = 0) => Frame.encode(Frame.fromObject({
    SeqID, LogID: 0, service: 1, method, headers: Object.entries(headers).map(([key, value]) => ({ key, value })), ...(payload ? { payload: Buffer.from(payload) } : {}),
})).finish();
export const headersOf = (f) => Object.fromEntries((f.headers ?? []).map((h) => [h.key, h.value]));
export const eventsOf = (s) => s.frames.filter((f) => f.method === 1);
export const ping = (s) => s.ws.send(frame(0, { type: 'ping' }));
// As the SDKs do: the frame that came, with another payload.
export const answer = (s, f, code = 200) => s.ws.send(frame(1, { ...headersOf(f), biz_rt: '1' }, JSON.stringify({ code }), f.SeqID));

// Until so many connections, of all apps, get events: a client that has not pinged yet does after a second.
export const joined = (server, n) => eventually(async () => (await send(server.baseUrl, 'GET', '/metrics')).text,
    (t) => new RegExp(`^hired_long_connections ${n}$`, 'm').test(t), { what: `${n} connections` });

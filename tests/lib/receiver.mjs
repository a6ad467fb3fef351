// SPDX-License-Identifier: Apache-2.0
//
// A webhook receiver: answers challenges, stores every received event, and answers or fails as the test configures it. It
// checks signatures and decrypts with Node's own crypto, independently of the server and of the SDK.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';

export function decrypt(key, encrypted) {
    const bytes = Buffer.from(encrypted, 'base64');
    const d = crypto.createDecipheriv('aes-256-cbc', crypto.createHash('sha256').update(key).digest(), bytes.subarray(0, 16));
    return Buffer.concat([d.update(bytes.subarray(16)), d.final()]).toString('utf8');
}

export class Receiver {
    // answer(body, n): what to do with the nth event: {status, text, delayMs, hang, reset}; 200 if absent.
    constructor({ encryptKey = '', answer = () => ({}) } = {}) {
        this.encryptKey = encryptKey;
        this.answer = answer;
        this.events = []; // {at, headers, text, body}
        this.challenges = 0;
        this.open = 0;
        this.mostOpen = 0;
        this.server = http.createServer((req, res) => void this.take(req, res));
        this.server.keepAliveTimeout = 60_000;
    }

    async take(req, res) {
        this.open++;
        this.mostOpen = Math.max(this.mostOpen, this.open);
        res.on('close', () => this.open--);
        const parts = [];
        try {
            for await (const p of req) parts.push(p);
        } catch {
            return; // the server gave up
        }
        const text = Buffer.concat(parts).toString('utf8');
        const body = this.read(req, text);
        if (body.type === 'url_verification') {
            this.challenges++;
            if (this.onChallenge) return void this.onChallenge(body, res);
            return void res.end(JSON.stringify({ challenge: body.challenge }));
        }
        this.events.push({ at: Date.now(), headers: req.headers, text, body });
        const a = this.answer(body, this.events.length) ?? {};
        if (a.hang) return;
        if (a.reset) return void req.socket.destroy();
        if (a.delayMs) await new Promise((resolve) => setTimeout(resolve, a.delayMs));
        res.writeHead(a.status ?? 200, { 'Content-Type': 'application/json' }).end(a.text ?? '{}');
    }

    // Everything that must be true of each request.
    read(req, text) {
        assert.equal(req.method, 'POST');
        assert.equal(req.headers['content-type'], 'application/json; charset=utf-8');
        assert.equal(JSON.stringify(JSON.parse(text)), text, 'the body is not what JSON.stringify makes of it');
        if (!this.encryptKey) {
            assert.equal(req.headers['x-lark-signature'], undefined);
            return JSON.parse(text);
        }
        const { 'x-lark-request-timestamp': timestamp, 'x-lark-request-nonce': nonce, 'x-lark-signature': signature } = req.headers;
        assert.match(timestamp, /^\d{10}$/);
        assert.equal(signature, crypto.createHash('sha256').update(timestamp + nonce + this.encryptKey + text).digest('hex'));
        const outer = JSON.parse(text);
        assert.deepEqual(Object.keys(outer), ['encrypt']);
        const plain = decrypt(this.encryptKey, outer.encrypt);
        assert.equal(JSON.stringify(JSON.parse(plain)), plain);
        return JSON.parse(plain);
    }

    async listen(port = 0) {
        await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
        this.port = this.server.address().port;
        this.url = `http://127.0.0.1:${this.port}/events`;
        return this;
    }

    close() {
        this.server.closeAllConnections?.();
        return new Promise((resolve) => this.server.close(resolve));
    }
}

// SPDX-License-Identifier: Apache-2.0
//
// A vendor's program, as a vendor might write it with the official Node SDK: it takes events by request URL, by long connection
// or both, pushes its packages and fields, and gives each check two stages and a result. `bad` names one thing that it does wrong.
import http from 'node:http';

import * as lark from '@larksuiteoapi/node-sdk';

const logger = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const name = (en, zh) => ({ zh_cn: zh, en_us: en });
const base = '/open-apis/hire/v1';
const PDF = '%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n';

const options = ['a', 'b', 'c'].map((key) => ({ key, name: name(`Option ${key}`, `选项${key}`) }));
const orderFields = ['text', 'textarea', 'number', 'boolean', 'select', 'multiselect', 'date', 'file', 'resume'].map((type, i) => ({
    type, key: `the_${type}`, name: name(type, `字段${type}`), is_required: i % 2 === 0, ...(/select/.test(type) && { options }),
}));

export class VendorProgram {
    // app: {app_id, app_secret, encrypt_key, verification_token}; ways: of url, connection.
    constructor({ domain, app, ways = ['url'], bad = '' }) {
        Object.assign(this, { domain, app, ways, bad, seen: new Set(), checks: new Map(), ended: new Set(), lastTime: 0, fetched: 0, work: [] });
        this.client = new lark.Client({ appId: app.app_id, appSecret: app.app_secret, domain, disableTokenCache: true, logger });
        this.dispatcher = new lark.EventDispatcher({ encryptKey: app.encrypt_key, verificationToken: app.verification_token, logger }).register({
            'hire.eco_account.created_v1': (e) => this.take(e, () => this.onAccount(e)),
            'hire.eco_background_check.created_v1': (e) => this.take(e, () => this.onCreated(e)),
            'hire.eco_background_check.canceled_v1': (e) => this.take(e, () => this.onCanceled(e)),
        });
    }

    // The port is taken before the server is seeded with the request URL.
    async listen() {
        const adapted = lark.adaptDefault('/events', this.dispatcher, { autoChallenge: this.bad !== 'challenge' });
        this.server = http.createServer((req, res) => {
            if (req.url.startsWith('/reports/')) return void this.sendReport(res);
            req.on('error', () => (this.brokenOff = true));
            if (this.bad === 'forged-event') return void this.takeUnchecked(req, res);
            if (this.bad === 'retried-event' && this.brokenOff) {
                this.brokenOff = false;
                return void req.resume().on('end', () => res.end('{}'));
            }
            if (this.bad === 'event-answer') this.answerLate(res);
            void adapted(req, res).catch(() => res.destroy());
        });
        await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
        this.url = `http://127.0.0.1:${this.server.address().port}`;
        return this;
    }

    async start(domain) {
        this.domain = this.client.domain = domain;
        if (this.ways.includes('connection')) {
            await new Promise((resolve, reject) => {
                this.ws = new lark.WSClient({ appId: this.app.app_id, appSecret: this.app.app_secret, domain, logger, onReady: resolve, onError: reject,
                    autoReconnect: this.bad !== 'retried-event' });
                void this.ws.start({ eventDispatcher: this.dispatcher });
            });
        }
        await this.call('POST', `${base}/eco_account_custom_fields`, { scope: 1, custom_field_list: [
            { key: 'customer', name: name('Customer number', '客户编号'), is_required: true }] });
    }

    async stop() {
        this.stopped = true;
        this.ws?.close?.({ force: true });
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    sendReport(res) {
        if (this.bad === 'report-file') return res.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Please sign in</h1>');
        return res.writeHead(200, { 'Content-Type': 'application/pdf' }).end(PDF);
    }

    answerLate(res) {
        const end = res.end.bind(res);
        res.end = (...a) => (this.failNext ? ((this.failNext = false), (res.statusCode = 500), end(...a)) : end(...a));
    }

    async takeUnchecked(req, res) {
        const parts = [];
        for await (const p of req) parts.push(p);
        const data = Object.assign(Object.create({ headers: req.headers }), JSON.parse(Buffer.concat(parts)));
        const { isChallenge, challenge } = lark.generateChallenge(data, { encryptKey: this.app.encrypt_key });
        res.end(JSON.stringify(isChallenge ? challenge : ((await this.dispatcher.invoke(data, { needCheck: false })) ?? {})));
    }

    // An event is answered at once; the work is done later. The same event_id is taken once.
    async take(e, work) {
        if (this.bad === 'event-answer' && e.event_type === 'hire.eco_background_check.created_v1') this.failNext = true;
        if (this.seen.has(e.event_id) && this.bad !== 'repeated-event') return {};
        this.seen.add(e.event_id);
        void Promise.resolve().then(work).catch((error) => {
            if (!this.stopped) this.failure = error;
        });
        return {};
    }

    async onAccount({ account_id }) {
        if (this.bad === 'account') return;
        await this.call('POST', `${base}/eco_background_check_packages`, { account_id,
            package_list: [{ id: 'basic', name: '基础版', description: 'Identity' }, { id: 'full', name: 'Full' }],
            additional_item_list: [{ id: 'civil', name: 'Civil cases' }] });
        const fields = this.bad === 'pushes' ? orderFields.map(({ options: _, ...f }) => f) : orderFields;
        await this.call('POST', `${base}/eco_background_check_custom_fields`, { account_id, custom_field_list: fields });
    }

    onCanceled({ background_check_id }) {
        if (this.bad === 'terminated' || (this.bad === 'out-of-order' && !this.checks.has(background_check_id))) return;
        this.ended.add(background_check_id);
    }

    time() {
        return String((this.lastTime = Math.max(Date.now(), this.lastTime + 1)));
    }

    report(title) {
        const type = this.bad === 'valid-fields' && title === 'Education' ? 7 : 1;
        return [{ report_name: `${title}.pdf`, report_url: `${this.url}/reports/1.pdf`, report_url_type: type }];
    }

    async onCreated(e) {
        const id = e.background_check_id;
        this.checks.set(id, e);
        if (this.bad === 'every-check' && e.custom_field_list?.some((f) => f.value.includes('\n'))) throw new Error('a value has two lines');
        if (this.bad === 'authorization') await this.withoutToken(id);
        if (this.bad === 'operations') await this.call('POST', `${base}/eco_background_checks/update_progres`, { background_check_id: id });
        if (this.bad === 'permissions') await this.call('GET', `${base}/interviews`, undefined, { application_id: '1' });
        for (const [stage, title] of [['identity', 'Identity'], ['education', 'Education']]) {
            const last = stage === 'education';
            const done = await this.stage(id, stage, title, last);
            if (done.code === 1002858 && this.bad !== 'out-of-order') return;
        }
        await this.result(id);
        if (this.bad === 'order-state') await this.stage(id, 'archive', 'Archived', false);
        if (this.bad === 'known-order') await this.call('POST', `${base}/eco_background_checks/cancel`, { background_check_id: '6900000000000000001' });
        if (this.bad === 'approval') await this.insist(id);
    }

    stage(id, stage, title, last) {
        const now = this.bad === 'stage-time' ? '1790000000000' : this.time();
        const body = {
            background_check_id: id, stage_id: this.bad === 'stage-id' ? 'stage' : stage, stage_name: title, stage_en_name: title,
            stage_time: this.bad === 'milliseconds' ? String(Math.floor(Date.now() / 1000)) : now,
            ...(last && { result: 'Blue', report_file_list: this.report(title) }),
        };
        if (this.bad === 'stage-result') delete body.report_file_list;
        return this.call('POST', `${base}/eco_background_checks/update_progress`, body);
    }

    result(id) {
        return this.call('POST', `${base}/eco_background_checks/update_result`, { background_check_id: id, result: 'Green', result_time: this.time(),
            report_file_list: this.report('Final'), ...(this.bad === 'documented-fields' && { operator: 'Ms Chen' }) });
    }

    // Sends the result again until the check is completed.
    async insist(id) {
        for (let i = 0; i < 3; i++) {
            await sleep(100);
            const r = await this.call('POST', `${base}/background_check_orders/batch_query`, { background_check_order_id_list: [id] });
            if (r.data?.items?.[0]?.order_status !== 5) return;
            await this.result(id);
        }
    }

    withoutToken = (id) => fetch(`${this.domain}${base}/eco_background_checks/update_progress`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ background_check_id: id }) });

    async token() {
        if (this.bad === 'token-cache') this.cached = undefined;
        if (!this.cached) {
            const { app_id, app_secret } = this.app;
            this.cached = (await this.client.auth.tenantAccessToken.internal({ data: { app_id, app_secret } })).tenant_access_token;
        }
        return this.cached;
    }

    // A call, repeated as the documentation asks for; resolves to {code, data}.
    async call(method, url, data, params) {
        let lost = false, again = 0;
        for (let tries = 0; tries < 10 && !this.stopped; tries++) {
            if (data?.background_check_id && this.ended.has(data.background_check_id)) return { code: -1 };
            try {
                const r = await this.client.request({ method, url, data, params }, lark.withTenantToken(await this.token()));
                return { code: 0, data: r.data };
            } catch (e) {
                const { status, headers, data: answer } = e.response ?? {};
                if (status === 429) {
                    await sleep(this.bad === 'rate-limit' ? 50 : Number(headers['x-ogw-ratelimit-reset']) * 1000);
                } else if (answer?.code === 99991663) {
                    if (this.bad === 'expired-token') return { code: -1 };
                    this.cached = undefined;
                } else if (status >= 500) {
                    if (this.bad === 'server-error') return { code: -1 };
                    await sleep(Number(headers['retry-after'] ?? 0.05) * 1000);
                } else if (answer?.code > 0) {
                    if (this.bad !== 'no-storm' || again++ > 5) return { code: lost ? 0 : answer.code };
                } else { // no answer, or half of one
                    lost = true;
                    await sleep(50);
                    if (this.bad === 'lost-answer' && data?.stage_id) data = { ...data, stage_id: `${data.stage_id}-${tries}`, stage_time: this.time() };
                }
            }
        }
        return { code: -1 };
    }
}

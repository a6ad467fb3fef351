// SPDX-License-Identifier: Apache-2.0
// weight: 20
//
// Events by webhook: content, recipients, signature and retries; and that a slow receiver does not delay other receivers.
// store: both
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { eventually, send, sleep } from '../../lib/client.mjs';
import { CANCELED, CREATED, advance, arrange, list, loopback, makeVendor, run, runOk, setUrl, show, terminate, testClock, trySetUrl } from '../../lib/events.mjs';
import { Receiver } from '../../lib/receiver.mjs';
import { demoDir, startServer } from '../../lib/server.mjs';

const server = await startServer({ dir: demoDir(), args: [...loopback, ...testClock] });
const receivers = [];
after(async () => {
    await Promise.all(receivers.map((r) => r.close()));
    await server.stop();
});
const receiver = async (o) => {
    const r = await new Receiver(o).listen();
    receivers.push(r);
    return r;
};
const got = (r, n) => eventually(async () => r.events, (e) => e.length >= n, { what: `${n} events` });
const status = async (order) => (await runOk(server, 'order', 'show', order)).order_status;

test('a receiver with an Encrypt Key gets created and canceled events; accepting the first changes the order\'s status', async () => {
    await runOk(server, 'tenant', 'set', '--approve-arrangement', 'on');
    const r = await receiver({ encryptKey: 'a key of ours' });
    const vendor = await makeVendor(server, { url: r.url, encryptKey: 'a key of ours', token: 'vtoken' });
    assert.equal(r.challenges, 1);
    const order = await arrange(server, vendor, {
        candidate_info: { name: '王二', mobile: '+8617600001234', email: 'er.wang@example.com', first_name: 'Er', last_name: 'Wang' },
        contactor_info: { name: '李三', mobile: '17600009999', email: 'li.san@example.com' },
        ext_item_info_list: [{ id: 'ext002', name: '学历' }, { id: 'ext003', name: 'x' }],
        custom_data_list: [{ key: 'k1', value: 'a "quoted" \\ value\n\t\u0001\u2028 / </script> 😀' }],
        remark: '尽快',
    });
    assert.equal(await status(order), 5);
    await sleep(300);
    assert.equal(r.events.length, 0, 'the vendor hears nothing before the approval');
    await runOk(server, 'order', 'approve', order);
    const [event] = await got(r, 1);
    await runOk(server, 'tenant', 'set', '--approve-arrangement', 'off');
    const { header, event: doc, ...rest } = event.body;
    assert.deepEqual(rest, { schema: '2.0' });
    assert.match(header.event_id, /^[0-9a-f]{32}$/);
    assert.match(header.create_time, /^\d{13}$/);
    assert.deepEqual({ ...header, event_id: '', create_time: '' }, {
        event_id: '', event_type: CREATED, create_time: '', token: 'vtoken', app_id: vendor.app_id, tenant_key: server.demo.tenant_key,
    });
    assert.deepEqual(Object.keys(header), ['event_id', 'event_type', 'create_time', 'token', 'app_id', 'tenant_key']);
    assert.deepEqual(doc, {
        background_check_id: order, account_id: vendor.account_id, package_id: '基础版', additional_item_id_list: ['ext002', 'ext003'], comment: '尽快',
        candidate_info: { name: '王二', mobile: { code: '86', number: '17600001234' }, email: 'er.wang@example.com', first_name: 'Er', last_name: 'Wang' },
        client_contact_info: { name: '李三', mobile: { code: '86', number: '17600009999' }, email: 'li.san@example.com' },
        custom_field_list: [{ key: 'k1', value: 'a "quoted" \\ value\n\t\u0001\u2028 / </script> 😀' }],
    });
    await eventually(() => status(order), (s) => s === 2, { what: 'order 8 -> 2' });
    const taken = (await runOk(server, 'order', 'history', order)).at(-1);
    assert.deepEqual([taken.by, taken.app_id, taken.to], ['app', vendor.app_id, 2]);

    await terminate(server, order, '候选人 "declined" </x>');
    const [, canceled] = await got(r, 2);
    assert.equal(canceled.body.header.event_type, CANCELED);
    assert.deepEqual(canceled.body.event, { background_check_id: order, termination_reason: '候选人 "declined" </x>' });
    const shown = await show(server, header.event_id);
    assert.deepEqual(shown.deliveries.map((d) => [d.app_id, d.state, d.attempts]), [[vendor.app_id, 'delivered', 1]]);
    assert.deepEqual([shown.deliveries[0].log[0].status, shown.deliveries[0].log[0].answer, shown.deliveries[0].log[0].way], [200, '{}', 'request url']);
    assert.deepEqual(shown.event, doc);
});

test('a receiver without an Encrypt Key gets plain bodies with the Verification Token', async () => {
    const r = await receiver();
    const vendor = await makeVendor(server, { url: r.url });
    const order = await arrange(server, vendor);
    const [event] = await got(r, 1);
    assert.equal(event.body.event.background_check_id, order);
    assert.match(event.body.header.token, /^[0-9a-f]{32}$/);
    assert.equal(event.body.event.client_contact_info, undefined, 'what is absent is left out');
});

test('a request URL is accepted only if it echoes the challenge within a second', async () => {
    const r = await receiver({ encryptKey: 'a-key-of-the-app' });
    const vendor = await makeVendor(server);
    const refused = async (onChallenge, words, o = { encryptKey: 'a-key-of-the-app' }) => {
        r.onChallenge = onChallenge;
        const x = await trySetUrl(server, vendor, r.url, o);
        assert.equal(x.status, 1);
        assert.match(x.stderr, words);
        assert.equal((await runOk(server, 'event', 'url', '--app', vendor.app_id)).url, '');
    };
    await refused((b, res) => res.end('{"challenge":"another"}'), /does not echo the challenge/);
    await refused((b, res) => res.end('no json'), /does not echo the challenge/);
    await refused((b, res) => res.writeHead(500).end(JSON.stringify({ challenge: b.challenge })), /status 500/);
    await refused(() => {}, /within a second/);
    await refused((b, res) => setTimeout(() => res.end(JSON.stringify({ challenge: b.challenge })), 4000), /within a second/);
    r.onChallenge = (b, res) => {
        assert.deepEqual(Object.keys(b), ['challenge', 'token', 'type']);
        assert.equal(b.token, 'tok');
        res.end(JSON.stringify({ challenge: b.challenge }));
    };
    assert.equal((await setUrl(server, vendor, r.url, { encryptKey: 'a-key-of-the-app', token: 'tok' })).encrypted, true);
    for (const [url, words] of [['ftp://127.0.0.1/', /http or https/], ['http://127.0.0.1:1/', /no answer came/], ['nothing', /http or https/]]) {
        const x = await trySetUrl(server, vendor, url);
        assert.notEqual(x.status, 0);
        assert.match(x.stderr, words);
    }
    /* Without leave for it, this machine is no receiver. */
    const x = await run(server, 'event', 'url', '--app', vendor.app_id, '--url', r.url);
    assert.match(x.stderr, /not a public one/);
    assert.equal((await runOk(server, 'event', 'url', '--app', vendor.app_id)).url, r.url);
});

test('an event that fails is retried after 15 s, 5 min, 1 h and 6 h with the same event_id, then given up; replay sends it again', async () => {
    const r = await receiver({ answer: (b, n) => (n <= 5 ? { status: 500 + n, text: `no ${n} ${'x'.repeat(600)}` } : {}) });
    const vendor = await makeVendor(server, { url: r.url });
    await arrange(server, vendor);
    await got(r, 1);
    const id = r.events[0].body.header.event_id;
    const delivery = async () => (await show(server, id)).deliveries[0];
    for (const [n, step] of [15_000, 300_000, 3_600_000, 21_600_000].entries()) {
        await eventually(delivery, (d) => d.attempts === n + 1);
        await advance(server, step - 10_000); // the clock goes on by itself as well
        await sleep(400);
        assert.equal(r.events.length, n + 1, `too soon after attempt ${n + 1}`);
        await advance(server, 10_000);
        await got(r, n + 2);
    }
    const d = await eventually(delivery, (x) => x.state === 'given up');
    await advance(server, 86_400_000);
    await sleep(400);
    assert.equal(r.events.length, 5, 'four retries at most');
    assert.equal(new Set(r.events.map((e) => e.body.header.event_id)).size, 1);
    assert.equal(new Set(r.events.map((e) => e.text)).size, 1, 'a retry is the same event, byte for byte');
    assert.deepEqual(d.log.map((l) => l.status), [501, 502, 503, 504, 505]);
    assert.ok(d.log.every((l) => /status 50\d; 200 is expected/.test(l.error) && Buffer.byteLength(l.answer) === 512 && l.answer.startsWith('no ')));
    assert.ok(d.log[1].at - d.log[0].at >= 15_000 && d.log[4].at - d.log[3].at >= 21_600_000);

    // The command shows the delivery after its commit, when the server may have sent it already.
    assert.match((await runOk(server, 'event', 'replay', id)).deliveries[0].state, /^(waiting|delivered)$/);
    await got(r, 6);
    assert.equal(r.events[5].body.header.event_id, id);
    await eventually(delivery, (x) => x.state === 'delivered' && x.log.length === 6);
});

test('an event counts as delivered only if the receiver answers 200 within 3 seconds', async () => {
    const answers = { a: { status: 201 }, b: { status: 302 }, c: { delayMs: 6000 }, d: { reset: true }, e: { delayMs: 1500 } };
    for (const [name, answer] of Object.entries(answers)) {
        const r = await receiver({ answer: () => answer });
        const vendor = await makeVendor(server, { url: r.url });
        await arrange(server, vendor);
        const [event] = await got(r, 1);
        const d = await eventually(async () => (await show(server, event.body.header.event_id)).deliveries[0], (x) => x.log.length > 0);
        assert.equal(d.state, name === 'e' ? 'delivered' : 'waiting', name);
        if (name === 'c') assert.match(d.log[0].error, /no answer within 3 seconds/);
        if (name === 'c') assert.ok(d.log[0].duration_ms >= 2900 && d.log[0].duration_ms < 6000, `${d.log[0].duration_ms} ms`);
    }
});

test('a receiver that hangs or has a backlog does not delay other receivers', async () => {
    const hanging = await receiver({ answer: () => ({ hang: true }) });
    const vendors = [];
    for (let i = 0; i < 3; i++) vendors.push(await makeVendor(server, { url: hanging.url }));
    let meanwhile = 0; // what came while others hung
    const quick = await receiver({ answer: () => void (meanwhile += hanging.open > 0) });
    const good = await makeVendor(server, { url: quick.url });
    // Both kinds by turns, so that there are always some that hang.
    for (let i = 0; i < 12; i++) {
        await arrange(server, vendors[i % 3]);
        await arrange(server, good);
    }
    await got(quick, 12);
    assert.ok(meanwhile >= 6, `only ${meanwhile} of 12 came while others hung`);
    assert.ok(hanging.mostOpen <= 24, `${hanging.mostOpen} connections to the hanging one`);
});

test('each app gets events of its own vendor account only, and only with the scope and the subscription', async () => {
    const r = await receiver();
    const a = await makeVendor(server, { url: r.url });
    const b = await makeVendor(server, { url: r.url });
    const noScope = await makeVendor(server, { url: r.url, scopes: ['hire:interview:readonly'] });
    const quiet = await makeVendor(server, { url: r.url });
    await runOk(server, 'event', 'subscribe', '--app', quiet.app_id, CANCELED);
    await arrange(server, noScope);
    const ended = await arrange(server, quiet);
    await terminate(server, ended, 'no longer needed');
    const orderB = await arrange(server, b);
    const orderA = await arrange(server, a);
    await got(r, 3);
    await sleep(300);
    assert.deepEqual(r.events.map((e) => [e.body.header.app_id, e.body.header.event_type, e.body.event.background_check_id]).sort(), [
        [a.app_id, CREATED, orderA], [b.app_id, CREATED, orderB], [quiet.app_id, CANCELED, ended],
    ].sort());
});

test('without a request URL events wait without using up attempts; once a URL is set they are sent', async () => {
    const vendor = await makeVendor(server);
    const order = await arrange(server, vendor);
    await advance(server, 30_000_000);
    await sleep(400);
    const [first] = await list(server, '--type', CREATED, '--limit', '1');
    assert.equal(first.subject_id, order);
    assert.deepEqual(first.deliveries.map((d) => [d.state, d.attempts]), [['waiting', 0]]);
    const r = await receiver();
    await setUrl(server, vendor, r.url);
    await got(r, 1);
});

test('a disabled app gets nothing that was waiting for it', async () => {
    const vendor = await makeVendor(server);
    await arrange(server, vendor);
    const r = await receiver();
    await runOk(server, 'app', 'disable', vendor.app_id);
    await setUrl(server, vendor, r.url);
    const [first] = await eventually(() => list(server, '--limit', '1'), ([e]) => e.deliveries[0].attempts > 0);
    assert.match((await show(server, first.event_id)).deliveries[0].log[0].error, /the app is disabled/);
    assert.equal(r.events.length, 0);
});

test('a store app gets its app_ticket every hour, in the old form, and never an old one after a new one', async () => {
    let down = false;
    const r = await receiver({ encryptKey: 'tk', answer: () => (down ? { status: 500 } : {}) });
    const vendor = await makeVendor(server, { url: r.url, encryptKey: 'tk', token: 'vt', type: 'store' });
    const tickets = () => r.events.filter((e) => e.body.event?.type === 'app_ticket');
    const more = (n) => eventually(async () => tickets(), (t) => t.length >= n, { what: `${n} tickets` });
    await more(1);
    const { ts, uuid, event, ...rest } = tickets()[0].body;
    assert.match(ts, /^\d{10}\.\d{3}$/);
    assert.match(uuid, /^[0-9a-f]{32}$/);
    assert.deepEqual(rest, { token: 'vt', type: 'event_callback' });
    assert.deepEqual({ ...event, app_ticket: '' }, { app_id: vendor.app_id, app_ticket: '', type: 'app_ticket' });
    assert.match(event.app_ticket, /^[0-9a-f]{64}$/);
    server.secrets.add(event.app_ticket);
    await advance(server, 3_500_000);
    await sleep(1300);
    assert.equal(tickets().length, 1);
    down = true;
    await advance(server, 200_000);
    await more(2);
    await advance(server, 3_700_000); // the second may be tried once more before the third is made, not after
    const distinct = () => [...new Set(tickets().map((t) => t.body.event.app_ticket))];
    await eventually(async () => distinct(), (d) => d.length === 3, { what: 'a third ticket' });
    const n = tickets().length;
    down = false;
    await advance(server, 400_000);
    await more(n + 1);
    await sleep(500);
    const seen = tickets().map((t) => t.body.event.app_ticket), [, second, third] = distinct();
    assert.ok(seen.lastIndexOf(second) < seen.indexOf(third), 'the second came again after the third');
    assert.equal(seen.at(-1), third);
});

test('metrics and the list of events; wrong commands are rejected with a message', async () => {
    const { text } = await send(server.baseUrl, 'GET', '/metrics');
    assert.match(text, /^hired_event_attempts_total\{outcome="taken"\} [1-9]/m);
    assert.match(text, /^hired_event_attempts_total\{outcome="failed"\} [1-9]/m);
    assert.match(text, /^hired_event_attempts_total\{outcome="given_up"\} [1-9]/m);
    assert.match(text, /^hired_event_deliveries_pending \d+$/m);
    const all = await list(server, '--limit', '5');
    assert.equal(all.length, 5);
    const before = await list(server, '--limit', '2', '--before', all[1].event_id);
    assert.deepEqual(before.map((e) => e.event_id), all.slice(2, 4).map((e) => e.event_id));
    for (const [args, words] of [
        [['event', 'show', 'x'], /32 hex digits/], [['event', 'show', '0'.repeat(32)], /there is no event/],
        [['event', 'subscribe', '--app', server.demo.app_id, 'hire.talent.deletd_v1'], /hired sends no event/],
        [['event', 'subscribe'], /needs --app/], [['event', 'url', '--app', 'cli_0000000000000000'], /no app|not installed/],
    ]) {
        const r = await run(server, ...args);
        assert.notEqual(r.status, 0, args.join(' '));
        assert.match(r.stderr, words);
    }
});



// SPDX-License-Identifier: Apache-2.0
// Tests of the checker itself: it must find every kind of fault, and accept every example in api/.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Coverage, checkAnswer, checkEvent, events, findOperation, operations } from './contract.mjs';

const ORDERS = '/open-apis/hire/v1/background_check_orders';

function orders(items, rest = { has_more: false }) {
    return checkAnswer('GET', ORDERS, 200, { code: 0, msg: 'success', data: { ...rest, items } });
}

test('every example response matches its description', () => {
    for (const operation of operations()) {
        if (!operation.example?.answer) continue;
        const found = checkAnswer(operation.method, operation.path, 200, operation.example.answer);
        assert.deepEqual(found.filter((text) => !text.endsWith('described as not supported')), [], operation.name);
    }
});

test('every example event matches its description', () => {
    for (const event of events()) assert.deepEqual(checkEvent(event.example), [], event.type);
});

test('the checker finds an undescribed member, a wrong type, a value outside the enum, and null', () => {
    assert.match(orders([{ surprise: 1 }])[0], /data\.items\[0\]\.surprise: not described/);
    assert.match(orders([{ order_id: 7 }])[0], /order_id: string expected, found 7/);
    assert.match(orders([{ order_status: 7 }])[0], /order_status: 7 is none of 2, 3/);
    assert.match(orders([{ order_status: 2.5 }])[0], /order_status: int expected/);
    assert.match(orders([{ remark: null }])[0], /remark: string expected, found null/);
    assert.match(orders([{ creator_info: { user_id: 1 } }])[0], /creator_info\.user_id: string expected/);
    assert.match(orders({})[0], /items: list expected/);
    assert.deepEqual(orders([{ order_id: '7', order_status: 2 }]), []);
});

test('the checker checks that has_more and page_token are consistent', () => {
    assert.match(orders([], { has_more: true })[0], /has_more without page_token/);
    assert.match(orders([], { has_more: false, page_token: '' })[0], /page_token without has_more/);
});

test('the checker accepts an error only with a described code and its HTTP status', () => {
    const refuse = (code, http, rest) => checkAnswer('GET', ORDERS, http, { code, msg: 'x', ...rest });
    assert.deepEqual(refuse(1002002, 400, { error: { log_id: 'x' } }), []);
    assert.match(refuse(1002858, 400)[0], /1002858 is not described for background_check_order.list/);
    assert.match(refuse(1002002, 500)[0], /comes with HTTP 400, not 500/);
    assert.match(refuse(1002002, 400, { data: {} })[0], /data: not described/);
    assert.match(refuse(1002002, 400, { error: { why: 'x' } })[0], /error\.why: not described/);
    assert.deepEqual(checkAnswer('GET', '/nowhere', 404, { code: 99991201, msg: 'x' }), []);
    assert.match(checkAnswer('GET', '/nowhere', 200, { code: 0, msg: 'x' })[0], /no operation is described/);
});

test('finds operations by method and path', () => {
    const found = findOperation('GET', `http://127.0.0.1:8080${ORDERS}?page_size=1`);
    assert.equal(found.name, 'background_check_order.list');
    assert.equal(findOperation('POST', ORDERS), null);
});

test('lists the operations that were never called', () => {
    const coverage = new Coverage();
    assert.ok(coverage.missing().includes('background_check_order.list'));
    coverage.saw('GET', ORDERS, 200, { code: 0, msg: 'success', data: { items: [], has_more: false } });
    assert.ok(!coverage.missing().includes('background_check_order.list'));
    assert.deepEqual(coverage.violations, []);
});

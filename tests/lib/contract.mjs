// SPDX-License-Identifier: Apache-2.0
// Checks every response that a test receives against the descriptions in api/.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'api');

function readFolder(folder) {
    const place = path.join(ROOT, folder);
    if (!fs.existsSync(place)) return [];
    return fs.readdirSync(place).filter((name) => name.endsWith('.json')).sort().map((name) =>
        [name.slice(0, -'.json'.length), JSON.parse(fs.readFileSync(path.join(place, name), 'utf8'))]);
}

const types = new Map(readFolder('types'));
const sharedFields = new Map(readFolder('fields'));
const commonErrors = JSON.parse(fs.readFileSync(path.join(ROOT, 'errors.json'), 'utf8'));
const allOperations = [...readFolder('operations'), ...readFolder('console'), ...readFolder('test')].map(([, operation]) => operation);
const allEvents = readFolder('events').map(([, event]) => event);

const patterns = allOperations.map((operation) => ({
    operation,
    literal: !operation.path.includes(':'),
    pattern: new RegExp('^' + operation.path.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+') + '/?$'),
}));

// All operations, or with {supported: true} those that are answered.
export function operations({ supported } = {}) {
    return allOperations.filter((operation) => supported === undefined || operation.supported === supported);
}

export function events({ supported } = {}) {
    return allEvents.filter((event) => supported === undefined || event.supported === supported);
}

// The operation that serves a request, or null. A literal path wins over one with parameters. target may be a full
// address, and may have a query.
export function findOperation(method, target) {
    const place = target.replace(/^[a-z]+:\/\/[^/]+/i, '').split('?')[0];
    const fits = patterns.filter((entry) => entry.operation.method === method && entry.pattern.test(place));
    const best = fits.find((entry) => entry.literal) ?? fits[0];
    return best ? best.operation : null;
}

function kindOf(value) {
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'list';
    if (Number.isInteger(value)) return 'int';
    return { string: 'string', boolean: 'bool', number: 'number', object: 'object' }[typeof value];
}

function shown(value) {
    const text = JSON.stringify(value);
    return text.length > 60 ? text.slice(0, 60) + '...' : text;
}

function checkValue(value, field, where, out) {
    const found = kindOf(value);
    const wanted = field.type === 'map' ? 'object' : field.type;
    if (found !== wanted && !(wanted === 'number' && found === 'int')) {
        out.push(`${where}: ${wanted} expected, found ${shown(value)}`);
    } else if (field.type === 'object') {
        checkFields(value, field.fields ?? types.get(field.ref).fields, where, out);
    } else if (field.values && !Object.hasOwn(field.values, String(value))) {
        out.push(`${where}: ${shown(value)} is none of ${Object.keys(field.values).join(', ')}`);
    }
}

// Every member must be described and fit; none need be there, as absent optional values are left out.
function checkFields(object, fields, where, out) {
    const known = new Map(fields.map((field) => (typeof field === 'string' ? sharedFields.get(field) : field))
        .map((field) => [field.name, field]));
    for (const [name, value] of Object.entries(object)) {
        const here = where ? `${where}.${name}` : name;
        const field = known.get(name);
        if (!field) {
            out.push(`${here}: not described`);
        } else if (!field.list) {
            checkValue(value, field, here, out);
        } else if (!Array.isArray(value)) {
            out.push(`${here}: list expected, found ${shown(value)}`);
        } else {
            value.forEach((item, index) => checkValue(item, field, `${here}[${index}]`, out));
        }
    }
    if (known.has('has_more') && typeof object.has_more === 'boolean' && known.has('page_token')) {
        const token = object.page_token;
        if (object.has_more && !token) out.push(`${where}: has_more without page_token`);
        if (!object.has_more && token !== undefined) out.push(`${where}: page_token without has_more`);
    }
}

// What may stand within "error" of a refusal.
const ERROR_FIELDS = [
    { name: 'message', type: 'string' }, { name: 'log_id', type: 'string' }, { name: 'troubleshooter', type: 'string' },
    { name: 'field_violations', type: 'object', list: true, fields: [
        { name: 'field', type: 'string' }, { name: 'value', type: 'string' },
        { name: 'description', type: 'string' }] },
    { name: 'permission_violations', type: 'object', list: true, fields: [
        { name: 'type', type: 'string' }, { name: 'subject', type: 'string' }] },
    { name: 'helps', type: 'object', list: true, fields: [
        { name: 'url', type: 'string' }, { name: 'description', type: 'string' }] },
];

// The console's: a word for what was refused, what it is about, and what others said to it.
const CONSOLE_ERROR_FIELDS = [...ERROR_FIELDS, { name: 'reason', type: 'string' }, { name: 'subject', type: 'string' },
    { name: 'detail', type: 'string' }];

function checkRefusal(operation, httpStatus, answer, out) {
    checkFields(answer, [{ name: 'code', type: 'int' }, { name: operation?.msg_member ?? 'msg', type: 'string' },
        { name: 'msg', type: 'string' }, { name: 'error', type: 'object', fields: operation?.access === 'console' ? CONSOLE_ERROR_FIELDS : ERROR_FIELDS }], '', out);
    // What the platform documents and hired does not serve is refused as if it were not there, but with a status that says so.
    if (operation?.supported === false && httpStatus === 501 && answer.code === 99991201) return;
    // So is what cannot be done now: a full queue, a full disk.
    if (httpStatus === 503 && answer.code === 1002001) return;
    const known = [...(operation?.errors ?? []), ...commonErrors].filter((error) => error.code === answer.code);
    if (known.length === 0) {
        out.push(`code: ${answer.code} is not described for ${operation ? operation.name : 'unknown paths'}`);
    } else if (!known.some((error) => error.http === httpStatus)) {
        const allowed = known.map((error) => error.http).join(' or ');
        out.push(`code: ${answer.code} comes with HTTP ${allowed}, not ${httpStatus}`);
    }
}

// What is wrong with an answer, as a list of sentences; empty: nothing. answer is the parsed JSON body.
export function checkAnswer(method, target, httpStatus, answer) {
    const operation = findOperation(method, target);
    const called = `${method} ${target.split('?')[0]}`;
    if (kindOf(answer) !== 'object') return [`${called}: object expected, found ${shown(answer)}`];
    const out = [];
    if (answer.code !== 0) {
        checkRefusal(operation, httpStatus, answer, out);
    } else if (!operation) {
        out.push('answered, but no operation is described at this path');
    } else {
        const msg = operation.msg_member ?? 'msg';
        const head = [{ name: 'code', type: 'int' }, { name: msg, type: 'string' }];
        const data = operation.data ?? [];
        checkFields(answer, operation.flat ? [...head, ...data]
            : [...head, { name: 'data', type: 'object', fields: data }], '', out);
        if (!operation.flat && answer.data === undefined) out.push('data: missing');
        if (httpStatus !== 200) out.push(`success comes with HTTP 200, not ${httpStatus}`);
        if (answer[msg] !== operation.success_msg) out.push(`${msg}: "${operation.success_msg}" expected`);
        if (!operation.supported) out.push('answered, but described as not supported');
    }
    return out.map((text) => `${called}: ${text}`);
}

// What is wrong with the body of an event in the 2.0 form.
export function checkEvent(body) {
    const type = body?.header?.event_type;
    const event = allEvents.find((candidate) => candidate.type === type);
    if (!event) return [`event ${type}: not described`];
    const out = [];
    const header = ['event_id', 'event_type', 'create_time', 'token', 'app_id', 'tenant_key'];
    checkFields(body, [{ name: 'schema', type: 'string' },
        { name: 'header', type: 'object', fields: header.map((name) => ({ name, type: 'string' })) },
        { name: 'event', type: 'object', fields: event.event }], '', out);
    for (const name of header) if (name !== 'token' && !body.header[name]) out.push(`header.${name}: missing`);
    if (body.schema !== '2.0') out.push('schema: "2.0" expected');
    return out.map((text) => `event ${type}: ${text}`);
}

// Collects what a test run saw: which operations succeeded, which codes came, what was wrong.
export class Coverage {
    constructor() {
        this.succeeded = new Map();
        this.codes = new Map();
        this.violations = [];
    }

    // Checks and counts one answer; returns its violations.
    saw(method, target, httpStatus, answer) {
        const found = checkAnswer(method, target, httpStatus, answer);
        this.violations.push(...found);
        const operation = findOperation(method, target);
        if (operation && answer && typeof answer === 'object') {
            if (answer.code === 0) this.succeeded.set(operation.name, (this.succeeded.get(operation.name) ?? 0) + 1);
            const codes = this.codes.get(operation.name) ?? new Set();
            this.codes.set(operation.name, codes.add(answer.code));
        }
        return found;
    }

    // Names of supported operations that never succeeded.
    missing() {
        return operations({ supported: true }).map((operation) => operation.name)
            .filter((name) => !this.succeeded.has(name));
    }

    // Own error codes of supported operations that were never seen, as "operation: code".
    unseenErrors() {
        return operations({ supported: true }).flatMap((operation) => (operation.errors ?? [])
            .filter((error) => !this.codes.get(operation.name)?.has(error.code))
            .map((error) => `${operation.name}: ${error.code}`));
    }
}

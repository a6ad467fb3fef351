// SPDX-License-Identifier: Apache-2.0
// weight: 20
//
// Signing in to the console: cookies, CSRF, Origin, roles, attempts, passwords; and hired user.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Person } from '../../lib/console.mjs';
import { hired, hiredOk, startServer } from '../../lib/server.mjs';

let server;
before(async () => {
    server = await startServer();
});
after(() => server.stop());

const user = (...args) => hiredOk(['user', ...args, '--data', server.dir]);
const newUser = (name, ...args) => {
    const account = user('create', name, ...args);
    server.secrets.add(account.password);
    return new Person(server, name, account.password);
};

test('each account of the demo can sign in and read its own name and roles', async () => {
    assert.equal(server.demo.console.url, `${server.baseUrl}/`);
    assert.deepEqual(server.demo.console.accounts.map((a) => a.role), ['admin', 'recruiter', 'approver', 'interviewer']);
    for (const { role } of server.demo.console.accounts) {
        const person = await Person.of(server, role);
        const data = await person.get('session');
        assert.deepEqual(data.user.roles, [role]);
        assert.equal(data.user.user, role);
        assert.match(data.user.user_id, /^[0-9a-f]{8}$/);
        assert.equal(data.csrf_token, person.csrf);
        assert.equal(data.tenant_key, server.demo.tenant_key);
    }
});

test('the session cookie is HttpOnly and SameSite=Strict, and expires after 12 hours', async () => {
    const person = await Person.of(server, 'admin');
    const parts = person.setCookie.split('; ').slice(1);
    assert.deepEqual(parts, ['Path=/', 'HttpOnly', 'SameSite=Strict', 'Max-Age=43200']);
    assert.match(person.cookie, /^hired_session=[0-9a-f]{64}$/);
});

test('if base_url is https, the cookie has Secure and __Host-, and other origins are rejected', async () => {
    const secure = await startServer({ args: ['--base-url', 'https://hire.example.com'] });
    // base_url is https but no trusted proxy is configured, so all clients would have the same address.
    await secure.logged((l) => l.level === 'warn' && l.msg === 'all requests seem to come from the proxy');
    const account = secure.demo.console.accounts[0];
    const person = new Person(secure, account.user, account.password);
    const r = await person.call('POST', 'session/sign_in', { body: { user: person.user, password: person.password }, headers: { Origin: 'https://hire.example.com' } });
    assert.equal(r.code, 0);
    assert.match(r.headers['set-cookie'][0], /^__Host-hired_session=[0-9a-f]{64}; Path=\/; .*; Secure$/);
    secure.secrets.add(/=([0-9a-f]{64})/.exec(r.headers['set-cookie'][0])[1]);
    // A page of the same host without TLS is another origin. The server's own origin is base_url, whatever Host the proxy sends.
    const refused = (headers) => person.fails(403, 4030, 'POST', 'session/sign_in', { body: { user: 'x', password: 'y' }, headers });
    await refused({ Origin: 'http://hire.example.com' });
    await refused({ Origin: 'http://hire.example.com', Host: 'hire.example.com' });
    await refused({ Origin: 'https://hire.example.com.evil.example.com' });
    await refused({ Origin: 'https://evil.example.com' });
    await secure.stop();
});

test('without a session, or after signing out, every call is rejected with 401', async () => {
    const nobody = new Person(server, 'x', 'y');
    await nobody.fails(401, 4010, 'GET', 'session');
    nobody.cookie = `hired_session=${'a'.repeat(64)}`;
    await nobody.fails(401, 4010, 'GET', 'session');
    await nobody.fails(401, 4010, 'POST', 'session/sign_out');
    const person = await Person.of(server, 'recruiter');
    const bye = await person.call('POST', 'session/sign_out');
    assert.match(bye.headers['set-cookie'][0], /^hired_session=; .*Max-Age=0/);
    await person.fails(401, 4010, 'GET', 'session');
});

test('an app\'s token is not accepted as a session', async () => {
    const person = await Person.of(server, 'admin');
    const r = await person.call('GET', 'session', { headers: { Cookie: null, Authorization: 'Bearer t-0123456789abcdef0123456789abcdef' } });
    assert.equal(r.code, 4010);
});

test('a write needs the CSRF token and the server\'s own origin', async () => {
    const person = await Person.of(server, 'admin');
    const body = { password: person.password, new_password: 'something quite new' };
    const refused = (headers) => person.fails(403, 4030, 'POST', 'session/change_password', { body, headers });
    await refused({ 'X-Csrf-Token': null });
    await refused({ 'X-Csrf-Token': 'a'.repeat(32) });
    await refused({ Origin: 'http://evil.example.com' });
    await refused({ Origin: 'null' });
    await refused({ Origin: `${server.baseUrl}.evil.example.com` });
    await refused({ Origin: null, 'Sec-Fetch-Site': 'cross-site' });
    const other = await Person.of(server, 'admin');
    await refused({ 'X-Csrf-Token': other.csrf });
    // Signing in from another origin is rejected too.
    await person.fails(403, 4030, 'POST', 'session/sign_in', { body: { user: person.user, password: person.password }, headers: { Origin: 'http://evil.example.com' } });
    // Reading needs neither the token nor the origin.
    await person.ok('GET', 'session', { headers: { Origin: null } });
});

test('an unknown name and a wrong password get the same response', async () => {
    const one = await new Person(server).fails(401, 4012, 'POST', 'session/sign_in', { body: { user: 'admin', password: 'wrong' } });
    const two = await new Person(server).fails(401, 4012, 'POST', 'session/sign_in', { body: { user: 'nobody', password: 'wrong' } });
    assert.equal(one.msg, two.msg);
    assert.equal(one.headers['set-cookie'], undefined);
    await new Person(server).fails(400, 99992402, 'POST', 'session/sign_in', { body: { user: 'admin' } });
    await new Person(server).fails(400, 9499, 'POST', 'session/sign_in', { body: undefined });
});

test('after ten wrong passwords in a row, sign-ins of this account are rejected for some time', async () => {
    const person = newUser('guessed', '--role', 'interviewer');
    const wrong = { body: { user: 'guessed', password: 'wrong' } };
    for (let i = 0; i < 9; i++) await person.fails(401, 4012, 'POST', 'session/sign_in', wrong);
    await person.signIn(); // resets the count
    for (let i = 0; i < 10; i++) await person.fails(401, 4012, 'POST', 'session/sign_in', wrong);
    const r = await new Person(server, person.user, person.password).fails(429, 4290, 'POST', 'session/sign_in', { body: { user: 'GUESSED', password: person.password } });
    assert.match(r.msg, /\d+ seconds are left/);
    await server.logged((line) => line.msg === 'too many attempts to sign in');
    // Changing the password is blocked as well; other accounts can still sign in.
    await person.fails(429, 4290, 'POST', 'session/change_password', { body: { password: person.password, new_password: 'something new here' } });
    await Person.of(server, 'admin');
});

test('a new password ends all other sessions', async () => {
    const person = newUser('changer', '--role', 'approver');
    await person.signIn();
    const elsewhere = new Person(server, person.user, person.password);
    await elsewhere.signIn();
    await person.fails(400, 4012, 'POST', 'session/change_password', { body: { password: 'not it', new_password: 'a new password' } });
    await person.fails(400, 99992402, 'POST', 'session/change_password', { body: { password: person.password, new_password: 'short' } });
    server.secrets.add('a new password');
    await person.post('session/change_password', { password: person.password, new_password: 'a new password' });
    await person.get('session');
    await elsewhere.fails(401, 4010, 'GET', 'session');
    await elsewhere.fails(401, 4012, 'POST', 'session/sign_in', { body: { user: person.user, password: person.password } });
    person.password = 'a new password';
    await person.signIn();
});

test('hired user: a chosen password, a reset password, roles, disable and enable', async () => {
    const made = hired(['user', 'create', 'Own.One', '--role', 'recruiter', '--display', '欧文', '--en-name', 'Owen',
        '--user-id', '9f21a7d4', '--password-file', '-', '--data', server.dir], { input: 'my own password\n' });
    assert.equal(made.status, 0, made.stderr);
    assert.equal(JSON.parse(made.stdout).password, undefined);
    const person = new Person(server, 'own.one', 'my own password');
    const { data } = await person.signIn();
    assert.deepEqual([data.user.name, data.user.en_name, data.user.user_id, data.user.roles], ['欧文', 'Owen', '9f21a7d4', ['recruiter']]);

    user('roles', 'own.one', '--role', 'recruiter approver');
    assert.deepEqual((await person.get('session')).user.roles, ['recruiter', 'approver']);
    const again = user('password', 'own.one').password;
    server.secrets.add(again);
    await person.fails(401, 4010, 'GET', 'session');
    person.password = again;
    await person.signIn();
    user('disable', 'own.one');
    await person.fails(401, 4010, 'GET', 'session');
    await person.fails(401, 4012, 'POST', 'session/sign_in', { body: { user: person.user, password: person.password } });
    user('enable', 'own.one');
    await person.signIn();
    assert.ok(user('list').some((a) => a.user === 'own.one' && !a.disabled));
});

test('hired user rejects wrong arguments with a message that names the fault', () => {
    const says = (pattern, ...args) => {
        // A command that does not read its input may end before it is written.
        const input = args.includes('-') ? 'short\n' : undefined;
        const r = hired(['user', ...args, '--data', server.dir], { input });
        assert.notEqual(r.status, 0);
        assert.match(r.stderr, pattern);
    };
    says(/unknown role "boss"; there are admin/, 'create', 'boss', '--role', 'boss');
    says(/needs --role/, 'create', 'boss');
    says(/has 2 to 100 letters/, 'create', 'big boss', '--role', 'admin');
    says(/is taken already/, 'create', 'ADMIN', '--role', 'admin');
    says(/at least 10 characters/, 'create', 'boss', '--role', 'admin', '--password-file', '-');
    says(/no user with the user_id "nobody"/, 'create', 'boss', '--role', 'admin', '--user-id', 'nobody');
    says(/no account "ghost"/, 'disable', 'ghost');
    says(/did you mean create/, 'creat', 'x');
});

test('simultaneous sign-ins of one account all succeed, each with its own session', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => Person.of(server, 'recruiter')));
    assert.equal(new Set(people.map((p) => p.cookie)).size, 6);
});

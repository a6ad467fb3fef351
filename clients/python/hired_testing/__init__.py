# SPDX-License-Identifier: Apache-2.0
"""Starts hired in its test mode and calls the test mode's operations (docs/TESTING.md)."""
import http.client
import json
import urllib.parse

from ._process import Process
from ._webhook import Webhook

__all__ = ['Hired', 'HiredError', 'Robot', 'Tenant', 'Webhook']


class HiredError(Exception):
    """A call that the server refused."""

    def __init__(self, method, path, status, body):
        violations = (body.get('error') or {}).get('field_violations') or []
        said = '; '.join([str(body.get('msg', body.get('message'))), *(f'{v["field"]}: {v["description"]}' for v in violations)])
        super().__init__(f'{method} {path}: HTTP {status}, code {body.get("code")}: {said}')
        self.status, self.code, self.body = status, body.get('code'), body


def _given(values):
    return {name: value for name, value in values.items() if value is not None}


def _part(name):
    return urllib.parse.quote(name, safe='')


class Clock:
    """The server's clock, which all its tenants share."""

    def __init__(self, hired):
        self._hired = hired
        self.moved = 0  # milliseconds by which this object has moved the clock forward

    def _move(self, **body):
        return self._hired.call('POST', '/test/clock', body=body)

    def now(self):
        return self._hired.call('GET', '/test/clock')['now_ms']

    def advance(self, *, ms=0, seconds=0, minutes=0, hours=0, days=0):
        """Advances; what falls due on the way is done when it returns. Raises RuntimeError if something is not."""
        span = round(ms + 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days))))
        moved = self._move(advance_ms=span)
        self.moved += span
        if moved.get('still'):
            raise RuntimeError(f'the clock was advanced, but not all that was due is done: {moved["still"]}')
        return moved

    def set(self, ms):
        self.moved += max(0, ms - self.now())
        return self._move(set_ms=ms)

    def freeze(self):
        return self._move(frozen=True)

    def unfreeze(self):
        return self._move(frozen=False)


class Faults:
    """Rules that disturb calls and events; rules have the members of POST /test/faults."""

    def __init__(self, hired, scope):
        self._hired, self._scope = hired, scope

    def add(self, **rule):
        return self._hired.call('POST', '/test/faults', body={**self._scope, **rule})['fault']

    def remove(self, id):
        return self._hired.call('DELETE', f'/test/faults/{_part(id)}')

    def clear(self):
        return self._hired.call('DELETE', '/test/faults', query=self._scope)


class Journal:
    """Calls and events; queries have the members of GET /test/journal."""

    def __init__(self, hired, scope):
        self._hired, self._scope = hired, scope

    def list(self, **query):
        return self._hired.call('GET', '/test/journal', query={**self._scope, **query})['items']

    def wait(self, *, count=1, timeout_s=10, **query):
        """Waits for entries. Raises TimeoutError if they do not come."""
        items = self.list(**query, count=count, timeout_ms=round(timeout_s * 1000))
        if len(items) < count:
            raise TimeoutError(f'the journal has {len(items)} of {count} entries with {query} after {timeout_s} s')
        return items

    def expect(self, expected, *, timeout_s=1, after=None):
        """Compares with parts of entries, in order. Raises AssertionError with the difference."""
        body = {**self._scope, 'expected': expected, 'timeout_ms': round(timeout_s * 1000), 'after': after}
        answer = self._hired.call('POST', '/test/journal/expect', body=_given(body))
        if not answer['met']:
            raise AssertionError('the journal is not as expected:\n' + answer['diff'])
        return answer['numbers']

    def clear(self):
        return self._hired.call('DELETE', '/test/journal', query=self._scope)


class Tenant:
    """A tenant of a test's own. data: the answer of POST /test/tenants."""

    def __init__(self, hired, data):
        self.hired, self.data, self.key = hired, data, data['tenant_key']
        self.application_id = (data.get('application_ids') or [None])[0]
        self.faults = Faults(hired, {'tenant_key': self.key})
        self.journal = Journal(hired, {'tenant_key': self.key})
        self._session, self._made = None, hired.clock.moved

    def app(self, name):
        for app in self.data['apps']:
            if app['name'] == name:
                return app
        raise KeyError(f'the tenant has no app "{name}"; it has {", ".join(a["name"] for a in self.data["apps"])}')

    def call(self, app, method, path, *, query=None, body=None):
        """A call of the open API as the app of this name. A token that the clock has ended is renewed."""
        found, moved = self.app(app), self.hired.clock.moved
        if found.get('app_secret') and moved - found.setdefault('issued', self._made) > found['expire'] * 1000 - 60_000:
            body_of = self.hired.send('POST', '/open-apis/auth/v3/tenant_access_token/internal',
                                      body={'app_id': found['app_id'], 'app_secret': found['app_secret']})[2]
            found.update(tenant_access_token=body_of['tenant_access_token'], expire=body_of['expire'], issued=moved)
        return self.hired.call(method, path, query=query, body=body, token=found['tenant_access_token'])

    def arrange(self, **order):
        """Arranges a background check as the tenant's recruiter, by the console's operation; its order_id."""
        account = (self.data.get('accounts') or [{}])[0]
        body = {'application_id': self.application_id, 'account_id': account.get('account_id'),
                'package_id': (account.get('package_ids') or [None])[0], 'again': True, **order}
        for attempt in range(2):
            if self._session is None:
                self._session = self._sign_in()
            try:
                return self.hired.call('POST', '/console/api/orders/arrange', body=_given(body), headers=self._session)['order_id']
            except HiredError as e:
                if e.code != 4010 or attempt:
                    raise
                self._session = None  # the clock has ended it

    def _sign_in(self):
        for user in self.data['users']:
            if user.get('password') and {'recruiter', 'admin'} & set(user.get('roles', [])):
                break
        else:
            raise LookupError('the tenant has no user with a password and the role recruiter or admin, so no check can be arranged')
        origin = {'Origin': self.hired.url}
        _, headers, body = self.hired.send('POST', '/console/api/session/sign_in', headers=origin,
                                           body={'user': user['login'], 'password': user['password']})
        return {**origin, 'Cookie': headers['Set-Cookie'].split(';')[0], 'X-Csrf-Token': body['data']['csrf_token']}

    def robot(self, kind='vendor', *, app=None, **options):
        """Starts a robot of the server: a vendor answers the tenant's checks, a customer arranges one. options: members of POST /test/robots."""
        if app is None:
            account = (self.data.get('accounts') or [{}])[0]
            app = account.get('app', 'vendor') if kind == 'vendor' else 'hr'
        found = self.app(app)
        body = {'kind': kind, 'tenant_key': self.key, 'app_id': found['app_id'], 'app_secret': found.get('app_secret')}
        for user in self.data['users'] if kind == 'customer' else []:
            if user.get('password') and {'admin', 'approver'} <= set(user.get('roles', [])):
                body.update(user=user['login'], password=user['password'])
        return Robot(self, self.hired.call('POST', '/test/robots', body=_given({**body, **options}))['robot'])

    def snapshot(self, name='snapshot'):
        return self.hired.call('POST', f'/test/snapshots/{_part(name)}', body={'tenant_key': self.key})

    def restore(self, name='snapshot'):
        return self.hired.call('POST', f'/test/snapshots/{_part(name)}/restore', body={'tenant_key': self.key})

    def remove(self):
        return self.hired.call('DELETE', f'/test/tenants/{_part(self.key)}')


class Robot:
    """A robot that runs in the server."""

    def __init__(self, tenant, data):
        self._tenant, self.id, self.order_id = tenant, data['id'], data.get('order_id')

    def state(self):
        """What it has done so far: the members of GET /test/robots."""
        for robot in self._tenant.hired.call('GET', '/test/robots', query={'tenant_key': self._tenant.key})['items']:
            if robot['id'] == self.id:
                return robot
        raise LookupError(f'{self.id} has ended')

    def stop(self):
        return self._tenant.hired.call('DELETE', f'/test/robots/{self.id}')['robot']


class Hired:
    """A server. Also a context manager, which stops it."""

    def __init__(self, process):
        self._process = process
        self.url, self.dir, self.pid = process.url, process.dir, process.pid
        self.clock, self.faults, self.journal = Clock(self), Faults(self, {}), Journal(self, {})

    @classmethod
    def start(cls, *, bin=None, args=(), seed=None, timeout_s=30):
        """bin: the program, otherwise HIRED_BIN or hired in PATH. args: further ones of hired serve."""
        hired = cls(Process(bin, args, timeout_s))
        try:
            if seed is not None:
                hired.seed(seed)
        except BaseException:
            hired.stop()
            raise
        return hired

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def log(self):
        return self._process.log()

    def send(self, method, path, *, query=None, body=None, token=None, headers=None):
        """A request: (status, headers, body). A code other than 0 is raised as a HiredError."""
        query = {k: json.dumps(v) if isinstance(v, (dict, list, bool)) else v for k, v in _given(query or {}).items()}
        target = path + ('&' if '?' in path else '?') + urllib.parse.urlencode(query) if query else path
        sent = dict(headers or {})
        if body is not None:
            sent['Content-Type'] = 'application/json'
        if token:
            sent['Authorization'] = f'Bearer {token}'
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=120)
        try:
            connection.request(method, target, None if body is None else json.dumps(body).encode(), sent)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = {'msg': f'no JSON: {text[:200]!r}'}
        if parsed.get('code') != 0:
            raise HiredError(method, path, answer.status, parsed)
        return answer.status, answer.headers, parsed

    def call(self, method, path, **options):
        """The same; the answer's data."""
        return self.send(method, path, **options)[2].get('data') or {}

    def tenant(self, *, template=None, name=None, request_urls=None):
        """Makes a tenant. request_urls: {name of an app: where its events are sent}."""
        urls = [{'app': app, 'request_url': url} for app, url in (request_urls or {}).items()]
        return Tenant(self, self.call('POST', '/test/tenants', body=_given({'template': template, 'name': name, 'request_urls': urls})))

    def seed(self, seed):
        return self.call('POST', '/test/seed', body=seed)

    def dump(self, tenant_key=None):
        return self.call('GET', '/test/seed', query={'tenant_key': tenant_key})

    def stop(self):
        """Ends the server and removes its directory. Raises RuntimeError if the server did not end well."""
        self._process.stop()

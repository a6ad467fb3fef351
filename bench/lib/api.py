# SPDX-License-Identifier: Apache-2.0
"""hired's API and its console's, as their callers see them."""
import http.client
import json
import sys
import threading
import urllib.parse

HIRE = '/open-apis/hire/v1/'
ORDERS = HIRE + 'background_check_orders'
JSON = 'application/json; charset=utf-8'


class Caller:
    """One kept-alive connection. headers: of every request."""

    def __init__(self, base, headers=None):
        self.base, self.headers = base, dict(headers or {})
        self.connection = http.client.HTTPConnection(base.removeprefix('http://'), timeout=120)

    def raw(self, path, body=None):
        """The answer's bytes; ends the program on any refusal."""
        headers = {'Content-Type': JSON, **self.headers}
        method = 'GET' if body is None else 'POST'
        text = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, path, text, headers)
            answer = self.connection.getresponse()
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            self.connection.close()  # the server has closed it because it was idle for long
            self.connection.request(method, path, text, headers)
            answer = self.connection.getresponse()
        text = answer.read()
        self.cookie = answer.getheader('Set-Cookie', '').split(';')[0]
        if answer.status != 200 or b'"code":0' not in text[:200]:
            sys.exit(f'bench/run: {path}: {answer.status} {text[:300].decode(errors="replace")}')
        return text

    def call(self, path, body=None, **query):
        return json.loads(self.raw(path + ('?' + urllib.parse.urlencode(query) if query else ''), body))['data']

    def walk(self, path, body=None, **query):
        """The records of all pages, one after the other."""
        more = {}
        while True:
            data = self.call(path, body, **query, **more)
            yield from data.get('items') or []
            token = data.get('page_token') or data.get('next_page_token')
            if not data.get('has_more'):
                return
            more = {'page_token': token}


def app(base, app_id, secret):
    """A caller with an app's token."""
    caller = Caller(base)
    path = '/open-apis/auth/v3/tenant_access_token/internal'
    answer = json.loads(caller.raw(path, {'app_id': app_id, 'app_secret': secret}))
    caller.headers['Authorization'] = 'Bearer ' + answer['tenant_access_token']
    return caller


def person(base, account):
    """A caller with a session of the console."""
    caller = Caller(base, {'Origin': base})
    data = json.loads(caller.raw('/console/api/session/sign_in',
                                 {'user': account['user'], 'password': account['password']}))['data']
    caller.headers.update({'Cookie': caller.cookie, 'X-Csrf-Token': data['csrf_token']})
    return caller


def many(caller, path, bodies, threads=32):
    """POSTs each body, many at a time, so that their commits are grouped. Returns the answers' data in order."""
    bodies, results = list(bodies), {}
    numbers = iter(range(len(bodies)))
    lock = threading.Lock()

    def work():
        mine = Caller(caller.base, caller.headers)
        while True:
            with lock:
                n = next(numbers, None)
            if n is None:
                return
            results[n] = mine.call(path, bodies[n])
    workers = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if len(results) < len(bodies):
        sys.exit(f'bench/run: {len(bodies) - len(results)} of {len(bodies)} calls of {path} failed')
    return [results[n] for n in range(len(bodies))]

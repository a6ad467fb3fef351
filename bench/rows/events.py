# SPDX-License-Identifier: Apache-2.0
"""Events: orders are arranged as fast as 64 connections can, and each order is an event for the app of its vendor account. The rate
is that from the first delivery to the last, so that it includes those that wait after the arranging has ended."""
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time

from lib import api
from lib.process import CLIENT
from lib.row import Figure, Skipped, row
from lib.setting import TOP, Hired
from lib.wrk import LOAD

APPS = 10
CLIENTS = 50
ORDERS = 12000  # in the directory whose events are delivered
PATIENCE = 10   # seconds without a delivery, after which the rest is not awaited


class Takers:
    """A Node program of load/ that takes events and counts them."""

    def __init__(self, program, *args):
        if not shutil.which('node'):
            raise Skipped('Node.js is not here: apt-get install nodejs npm')
        self.child = subprocess.Popen(['taskset', '-c', str(CLIENT), 'node', os.path.join(LOAD, program), *map(str, args)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said = self.read()

    def read(self):
        line = self.child.stdout.readline()
        if not line:
            sys.exit(f'bench/run: {self.child.args[3]} ended')
        return json.loads(line)

    def ask(self, line):
        self.child.stdin.write(line + '\n')
        self.child.stdin.flush()
        return self.read()

    def stop(self):
        self.child.stdin.close()
        self.child.wait()


class Company:
    """A server with a new directory, and apps with a vendor account each."""

    def __init__(self, s, name, apps):
        self.s = s
        data = s.copy(s.database(ORDERS), name)
        self.server = s.started(Hired(s.hired_binary, data, s.path(f'{name}.log'), args=('--fetch-allow', 'loopback')))
        self.apps = [self.add_app(i) for i in range(apps)]

    def command(self, *args):
        return json.loads(self.s.run([self.s.hired_binary, *args[:2], '--data', self.server.data, *args[2:]]))

    def add_app(self, i):
        app = self.command('app', 'create', '--name', f'vendor {i}', '--type', 'custom', '--scope', 'hire:background_check_order:readonly')
        app['account'] = self.command('vendor', 'create', '--name', 'Our account', '--provider', f'provider {i}', '--app', app['app_id'])[
            'account_id']
        self.command('event', 'subscribe', '--app', app['app_id'], 'all')
        return app

    def receive(self, app, url):
        self.command('event', 'url', '--app', app['app_id'], '--url', url, '--fetch-allow', 'loopback')

    def deliver(self, takers, hanging=0):
        """Arranges orders and awaits their deliveries. Returns what the takers counted, and how many orders there were."""
        s = self.s
        applications = sorted({o['application_id'] for o in itertools.islice(self.server.app.walk(api.ORDERS, page_size=100), ORDERS)})
        random.Random(1).shuffle(applications)
        accounts = itertools.cycle(app['account'] for app in self.apps)
        ids = s.save(f'pairs-{self.server.process.pid}', [f'{application}\t{account}' for application, account in zip(
            applications, accounts)])
        made = s.post(self.server, self.server.person, '/console/api/orders/arrange', {
            'application_id': '{id}', 'account_id': '{other}', 'package_name': 'basic {run}-{pass}'}, ids)(s.options.seconds * 2).end()
        wanted = made.requests * (len(self.apps) - hanging) // len(self.apps) - 64
        seen, since = takers.ask('count'), time.monotonic()
        while seen['taken'] < wanted and time.monotonic() - since < PATIENCE:
            time.sleep(0.2)
            now = takers.ask('count')
            if now['taken'] > seen['taken']:
                since = time.monotonic()
            seen = now
        return seen, made.requests, seen['seconds'] < s.options.seconds * 2 * 1.1


def limited(*outcomes):
    return 'the deliveries kept pace with the arranging, so that it was the limit' if any(outcome[2] for outcome in outcomes) else ''


def webhooks(s, hanging):
    def measure():
        takers = Takers('receivers.mjs', APPS)
        try:
            company = Company(s, f'webhooks-{hanging}', APPS)
            for app, url in zip(company.apps, takers.said):
                company.receive(app, url)
            takers.ask(f'hang {hanging}')
            found = company.deliver(takers, hanging)
            company.server.process.stop()
            return found
        finally:
            takers.stop()
    return s.once(('webhooks', hanging), measure)


def shown(outcome, count):
    seen, orders, _ = outcome
    return f'{speed(outcome, count):,.0f}/s ({seen[count]:,} of {orders:,} orders)'


def speed(outcome, count):
    return outcome[0][count] / outcome[0]['seconds']


@row('webhooks-hanging', 'webhook deliveries to nine receivers while the tenth hangs', 'while it does not', 0.9)
def webhooks_hanging(s):
    without, beside = webhooks(s, 0), webhooks(s, 1)
    return Figure(speed(beside, 'others') / speed(without, 'others'), shown(beside, 'others'), shown(without, 'others'),
                  limited(without, beside))


@row('longlink', f'events a second to {CLIENTS} clients of a long connection', f'webhooks of {APPS} receivers', 2)
def longlink(s):
    if not os.path.isdir(os.path.join(TOP, 'tests', 'node_modules')):
        raise Skipped('the packages of the tests are not here: cd tests && npm ci')
    webhook = webhooks(s, 0)
    company = Company(s, 'longlink', 1)
    takers = Takers('clients.mjs', company.server.url, company.apps[0]['app_id'], company.apps[0]['app_secret'], CLIENTS)
    try:
        found = company.deliver(takers)
    finally:
        takers.stop()
    company.server.process.stop()
    return Figure(speed(found, 'taken') / speed(webhook, 'taken'), shown(found, 'taken'), shown(webhook, 'taken'),
                  limited(webhook, found))

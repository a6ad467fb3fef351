# SPDX-License-Identifier: Apache-2.0
"""The Python package for tests (clients/python) against the real server."""
import json
import os
import subprocess
import sys
import time
import unittest

from hired_testing import Hired, HiredError, Webhook

CREATED = 'hire.eco_background_check.created_v1'


def orders(tenant):
    data = tenant.call('hr', 'GET', '/open-apis/hire/v1/background_check_orders', query={'page_size': 10})
    return [order['order_id'] for order in data.get('items', [])]


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hired = Hired.start()

    @classmethod
    def tearDownClass(cls):
        cls.hired.stop()

    def test_tenants_and_snapshots(self):
        a, b = self.hired.tenant(), self.hired.tenant()
        a.snapshot('fresh')
        order = a.arrange()
        self.assertEqual((orders(a), orders(b)), ([order], []))
        a.restore('fresh')
        self.assertEqual(orders(a), [])
        a.remove()
        self.assertRaises(HiredError, orders, a)
        self.assertRaisesRegex(KeyError, 'it has hr, vendor', b.app, 'nobody')

    def test_robots(self):
        tenant = self.hired.tenant()
        vendor = tenant.robot('vendor')
        order = tenant.arrange(candidate={'name': 'Robot Red'})
        self.hired.clock.advance(days=1, minutes=5)  # further than tokens and sessions last
        self.assertEqual(orders(tenant), [order])
        tenant.arrange(candidate={'name': 'Robot Silent'})
        customer = tenant.robot('customer', scenario='terminate_at_once', name='Robot Late')
        self.hired.clock.advance(seconds=1)
        self.assertEqual((customer.state()['ended'], vendor.state()['orders_over']), (True, 2))
        self.assertIn(customer.order_id, orders(tenant))
        self.assertFalse(vendor.stop()['failed'])
        self.assertRaisesRegex(LookupError, 'has ended', vendor.state)

    def test_webhook_journal_and_clock(self):
        with Webhook(answers=[500]) as webhook:
            tenant = self.hired.tenant(request_urls={'vendor': webhook.url})
            order = tenant.arrange()
            webhook.wait()
            self.hired.clock.advance(seconds=20)
            self.assertEqual([(e['header']['event_type'], e['event']['background_check_id']) for e in webhook.events], [(CREATED, order)] * 2)
            self.assertEqual([e.get('taken', False) for e in tenant.journal.wait(event_type=CREATED, count=2)], [False, True])
            tenant.journal.expect([{'event_type': CREATED, 'status': 500}, {'event_type': CREATED, 'taken': True}])
            with self.assertRaisesRegex(AssertionError, 'MISSING'):
                tenant.journal.expect([{'event_type': CREATED, 'status': 418}], timeout_s=0.01)
            with self.assertRaisesRegex(TimeoutError, '0 of 1 entries'):
                tenant.journal.wait(event_type='app_ticket', timeout_s=0.01)
            self.assertRaisesRegex(TimeoutError, '2 of 3 events', webhook.wait, 3, 0.01)
        self.hired.clock.freeze()
        self.hired.clock.set(1893456000000)
        self.assertEqual(self.hired.clock.now(), 1893456000000)
        self.hired.clock.unfreeze()

    def test_faults_and_seeds(self):
        tenant = self.hired.tenant()
        tenant.faults.add(operation='background_check_order.list', status=503)
        with self.assertRaises(HiredError) as refused:
            orders(tenant)
        self.assertEqual((refused.exception.status, orders(tenant)), (503, []))
        self.assertEqual(tenant.faults.clear()['removed'], 1)
        self.hired.seed({'tenants': [{'tenant_key': 'acme', 'name': 'Acme'}]})
        self.assertEqual([t['name'] for t in self.hired.dump('acme')['tenants']], ['Acme'])

    def test_mistakes_in_calls_are_named(self):
        tenant = self.hired.tenant()
        self.assertRaisesRegex(HiredError, 'advance_ms: the max value is 315360000000', self.hired.clock.advance, days=10_000)
        self.assertRaisesRegex(HiredError, 'kind: options: .vendor,customer.', tenant.robot, 'vender')
        self.assertRaisesRegex(HiredError, 'there is no nht; accepted: ', tenant.faults.add, operation='interview.list', status=503, nht=3)

    def test_errors_of_the_start(self):
        self.assertRaisesRegex(FileNotFoundError, '/nowhere/hired is not a program', Hired.start, bin='/nowhere/hired')
        self.assertRaisesRegex(RuntimeError, 'no-such-option', Hired.start, args=['--no-such-option'])


class End(unittest.TestCase):
    def gone(self, what, is_there):
        end = time.monotonic() + 20
        while is_there():
            self.assertLess(time.monotonic(), end, f'{what} is still there')
            time.sleep(0.02)

    def after(self, last):
        program = ('import json, os, signal, sys; from hired_testing import Hired; h = Hired.start()\n'
                   'print(json.dumps({"dir": h.dir, "pid": h.pid}), flush=True)\n' + last)
        done = subprocess.run([sys.executable, '-c', program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
        started = json.loads(done.stdout)

        def group_is_there():
            try:
                os.killpg(started['pid'], 0)
                return True
            except ProcessLookupError:
                return False
        self.gone(started['dir'], lambda: os.path.exists(started['dir']))
        self.gone('the process group', group_is_there)

    def test_killed(self):
        self.after('os.kill(os.getpid(), signal.SIGKILL)')

    def test_exception(self):
        self.after('raise Exception("on purpose")')

    def test_end(self):
        self.after('')


if __name__ == '__main__':
    unittest.main()

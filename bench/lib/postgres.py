# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL with a table of orders like hired's, and pgbench doing the statements of update_progress."""
import json
import os

from lib import api
from lib.cluster import Cluster

DOC_BYTES = 1700

SCHEMA = '''
CREATE TABLE background_check_order (
    tenant BIGINT NOT NULL, id BIGINT NOT NULL, update_time BIGINT NOT NULL, application_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL, status BIGINT NOT NULL, phase BIGINT NOT NULL, begin_time BIGINT NOT NULL,
    last_stage_time BIGINT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE order_history (
    tenant BIGINT NOT NULL, order_id BIGINT NOT NULL, seq BIGINT NOT NULL, at_ms BIGINT NOT NULL, actor_kind BIGINT NOT NULL,
    actor_id BIGINT NOT NULL, action BIGINT NOT NULL, from_status BIGINT NOT NULL, from_phase BIGINT NOT NULL,
    to_status BIGINT NOT NULL, to_phase BIGINT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (tenant, order_id, seq));
INSERT INTO background_check_order
SELECT 1, g, 1700000000000 + g * 60000, g * 2 / 3, g %% 7, 2, 0, 1700000000000 + g * 60000, 0, '%(doc)s' FROM generate_series(CAST(1 AS BIGINT), CAST(%(n)d AS BIGINT)) g;
INSERT INTO order_history SELECT 1, g, 1, 1700000000000 + g * 60000, 1, 1, 1, 0, 0, 2, 0, '' FROM generate_series(CAST(1 AS BIGINT), CAST(%(n)d AS BIGINT)) g;
ALTER TABLE background_check_order ADD PRIMARY KEY (tenant, id);
CREATE INDEX ON background_check_order (tenant, update_time, id);
CREATE INDEX ON background_check_order (tenant, application_id, update_time, id);
CREATE INDEX ON background_check_order (tenant, account_id, update_time, id);
'''


class Postgres(Cluster):
    def __init__(self, s):
        self.orders = s.options.orders
        self.doc = self.sample(s)
        super().__init__(s, 'postgres', os.path.join(s.base, f'hired-bench-postgres-{self.orders}'))

    @staticmethod
    def sample(s):
        """An order of hired's, cut or filled to DOC_BYTES."""
        items = s.hired.app.call(api.ORDERS, page_size=50)['items']
        text = json.dumps(min(items, key=lambda item: abs(len(json.dumps(item)) - DOC_BYTES))).replace("'", '')
        return text[:DOC_BYTES].ljust(DOC_BYTES)

    def fill(self):
        self.s.say(f'making {self.orders:,} orders in PostgreSQL in {self.data} (once)')
        self.query(SCHEMA % {'doc': self.doc, 'n': self.orders})

    def update(self, clients):
        return self.load(clients, values=(f'n={self.orders}', f'doc={self.doc}'))

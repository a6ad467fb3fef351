-- Orders by id instead of by the time of their last change, so that a change writes a tenth of the bytes (docs/STORE.md).
-- A database of SQLite is not changed in place by this step: it is rewritten into a new file (src/store/sqlite/rewrite.c)
-- with the statements that say "moves".

CREATE TABLE background_check_order_next (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,      -- 0: none (recorded by hand)
    status INTEGER NOT NULL,         -- order_status
    phase INTEGER NOT NULL,          -- what an approval is or was about: 0 nothing, 1 arrangement, 2 report
    begin_time BIGINT NOT NULL,      -- 0: unknown
    last_stage_time BIGINT NOT NULL, -- 0: no stage yet
    history_ms BIGINT NOT NULL,      -- at_ms of the last entry of its history; 0: none
    version BIGINT NOT NULL,         -- seq of that entry; 0: none
    package_id TEXT NOT NULL,        -- the vendor's own id of the package that was ordered; '' if unknown
    stage_ids TEXT NOT NULL,         -- of its stages, each as its length in characters, ':' and itself
    doc TEXT NOT NULL,               -- type background_check_order
    PRIMARY KEY (tenant, id)
);
-- moves: background_check_order by o.tenant, o.update_time, o.id
INSERT INTO background_check_order_next
    (tenant, id, update_time, application_id, account_id, status, phase, begin_time, last_stage_time, history_ms, version,
    package_id, stage_ids, doc)
SELECT o.tenant, o.id, o.update_time, o.application_id, o.account_id, o.status, o.phase, o.begin_time, o.last_stage_time,
    COALESCE(h.at_ms, 0), COALESCE(h.seq, 0), o.package_id,
    COALESCE((SELECT STRING_AGG(CAST(LENGTH(s.stage_id) AS TEXT) || ':' || s.stage_id, '')
        FROM order_stage s WHERE s.tenant = o.tenant AND s.order_id = o.id), ''),
    o.doc
FROM background_check_order o
LEFT JOIN order_history h ON h.tenant = o.tenant AND h.order_id = o.id
    AND h.seq = (SELECT MAX(x.seq) FROM order_history x WHERE x.tenant = o.tenant AND x.order_id = o.id);
DROP TABLE background_check_order;
ALTER TABLE background_check_order_next RENAME TO background_check_order;

-- The only index that a change of an order moves. It has what lists filter by, so that they read no other orders.
CREATE INDEX background_check_order_by_update
    ON background_check_order (tenant, update_time, id, status, phase, account_id);
CREATE INDEX background_check_order_by_application ON background_check_order (tenant, application_id);
CREATE INDEX background_check_order_by_account ON background_check_order (tenant, account_id);
CREATE INDEX background_check_order_by_status ON background_check_order (tenant, status, phase);
CREATE INDEX background_check_order_by_begin ON background_check_order (tenant, begin_time);

-- Appended in the order of time. An entry names the one before it of the same order, and the order names its last one.
CREATE TABLE order_history_next (
    tenant BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,          -- 1, 2, 3 ... within the order
    before_ms BIGINT NOT NULL,    -- at_ms of the order's entry seq - 1; 0: this is the first
    actor_kind INTEGER NOT NULL,  -- enum hire_actor_kind
    actor_id BIGINT NOT NULL,     -- app or user; 0 for others
    action INTEGER NOT NULL,      -- enum order_action
    from_status INTEGER NOT NULL, -- 0: the order did not exist
    from_phase INTEGER NOT NULL,
    to_status INTEGER NOT NULL,
    to_phase INTEGER NOT NULL,
    why TEXT NOT NULL,            -- the reason given, the stage's name, the result; '' if none
    PRIMARY KEY (tenant, at_ms, order_id, seq)
) /*CLUSTERED*/;
-- moves: order_history
INSERT INTO order_history_next
    (tenant, at_ms, order_id, seq, before_ms, actor_kind, actor_id, action, from_status, from_phase, to_status, to_phase, why)
SELECT h.tenant, h.at_ms, h.order_id, h.seq,
    COALESCE((SELECT p.at_ms FROM order_history p
        WHERE p.tenant = h.tenant AND p.order_id = h.order_id AND p.seq = h.seq - 1), 0),
    h.actor_kind, h.actor_id, h.action, h.from_status, h.from_phase, h.to_status, h.to_phase, h.why
FROM order_history h
ORDER BY h.tenant, h.at_ms, h.order_id, h.seq;
DROP TABLE order_history;
ALTER TABLE order_history_next RENAME TO order_history;

DROP TABLE order_stage;

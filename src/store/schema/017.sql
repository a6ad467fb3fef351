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
    ON background_check_order (tenant, update_time, id, status, phase, account_id, begin_time);
CREATE INDEX background_check_order_by_application ON background_check_order (tenant, application_id);
CREATE INDEX background_check_order_by_account ON background_check_order (tenant, account_id);
CREATE INDEX background_check_order_by_status ON background_check_order (tenant, status, phase);
CREATE INDEX background_check_order_by_begin ON background_check_order (tenant, begin_time);
-- Normally empty, because an order does not begin after its last change. A walk that finds none of its orders there passes
-- over all orders that changed before the earliest begin_time it looks for (hire/order/walk.c).
CREATE INDEX background_check_order_begun_later ON background_check_order (tenant, begin_time)
    WHERE begin_time > update_time;

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

-- Records with JSON texts in ordinary tables: in a clustered table, whose inner pages hold whole rows, a text of more than 1,000
-- bytes gets a page of 4 KB of its own, and each look-up reads six pages.
CREATE TABLE application_next (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    talent_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    stage_id TEXT NOT NULL,
    active_status INTEGER NOT NULL,
    update_time BIGINT NOT NULL,
    doc TEXT NOT NULL,               -- type application
    PRIMARY KEY (tenant, id)
);
INSERT INTO application_next (tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc)
SELECT tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc FROM application
ORDER BY tenant, id;
DROP TABLE application;
ALTER TABLE application_next RENAME TO application;
CREATE INDEX application_by_talent ON application (tenant, talent_id, id);
CREATE INDEX application_by_job ON application (tenant, job_id, id);
CREATE INDEX application_by_update ON application (tenant, update_time, id, talent_id, job_id, stage_id, active_status);

CREATE TABLE interview_next (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    begin_time BIGINT NOT NULL,
    doc TEXT NOT NULL,               -- type interview_extend
    PRIMARY KEY (tenant, id)
);
INSERT INTO interview_next (tenant, id, application_id, begin_time, doc)
SELECT tenant, id, application_id, begin_time, doc FROM interview
ORDER BY tenant, id;
DROP TABLE interview;
ALTER TABLE interview_next RENAME TO interview;
CREATE INDEX interview_by_application ON interview (tenant, application_id, id);

CREATE TABLE event_next (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    event_id TEXT NOT NULL,          -- 32 hex digits, the id first
    type TEXT NOT NULL,
    account_id BIGINT NOT NULL,      -- the vendor account that it is about; 0: none
    subject_id BIGINT NOT NULL,      -- the order, application, account ... that it is about
    created_ms BIGINT NOT NULL,
    doc TEXT NOT NULL,               -- the member "event", in stored form (src/base/record.h)
    PRIMARY KEY (tenant, id)
);
INSERT INTO event_next (tenant, id, event_id, type, account_id, subject_id, created_ms, doc)
SELECT tenant, id, event_id, type, account_id, subject_id, created_ms, doc FROM event
ORDER BY tenant, id;
DROP TABLE event;
ALTER TABLE event_next RENAME TO event;
CREATE UNIQUE INDEX event_by_id ON event (id);
CREATE INDEX event_by_subject ON event (tenant, subject_id, id) WHERE account_id <> 0;

CREATE TABLE reference_next (
    tenant BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- the record's type: 'talent', 'job', 'job_process', ...
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    seq BIGINT NOT NULL DEFAULT 0,   -- the place in lists: grows with every record that is added and never changes
    PRIMARY KEY (tenant, kind, id)
);
INSERT INTO reference_next (tenant, kind, id, doc, seq)
SELECT tenant, kind, id, doc, seq FROM reference
ORDER BY tenant, kind, id;
DROP TABLE reference;
ALTER TABLE reference_next RENAME TO reference;
CREATE UNIQUE INDEX reference_by_seq ON reference (tenant, kind, seq);

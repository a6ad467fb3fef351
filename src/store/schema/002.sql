-- Events: who receives which, the outbox, its deliveries and every attempt at one.

-- Where an app's events go. Both keys are needed to send, so they stand here as they are.
ALTER TABLE app ADD COLUMN request_url TEXT NOT NULL DEFAULT '';        -- '': none (a long connection may take its place)
ALTER TABLE app ADD COLUMN encrypt_key TEXT NOT NULL DEFAULT '';        -- '': events are not encrypted
ALTER TABLE app ADD COLUMN verification_token TEXT NOT NULL DEFAULT '';
-- The ticket last pushed to a store app and the one before, which serves on while the new one is on its way.
ALTER TABLE app ADD COLUMN app_ticket TEXT NOT NULL DEFAULT '';
ALTER TABLE app ADD COLUMN app_ticket_before TEXT NOT NULL DEFAULT '';
ALTER TABLE app ADD COLUMN app_ticket_ms BIGINT NOT NULL DEFAULT 0;     -- when it was made; 0: never

-- The vendor's own id of the package that was ordered, which the order's record does not show.
ALTER TABLE background_check_order ADD COLUMN package_id TEXT NOT NULL DEFAULT '';

CREATE TABLE app_subscription (
    app BIGINT NOT NULL,
    event_type TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (app, event_type)
) /*CLUSTERED*/;

-- What happened, written in the transaction in which it happened. Tenant 0 has what the platform itself tells (app_ticket).
CREATE TABLE event (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    event_id TEXT NOT NULL,     -- 32 hex digits, the id first
    type TEXT NOT NULL,
    account_id BIGINT NOT NULL, -- the vendor account that it is about; 0: none
    subject_id BIGINT NOT NULL, -- the order, application, account ... that it is about
    created_ms BIGINT NOT NULL,
    doc TEXT NOT NULL,          -- the member "event", in stored form (src/base/record.h)
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX event_by_id ON event (id);

-- One for each app that receives the event.
CREATE TABLE event_delivery (
    tenant BIGINT NOT NULL,
    event BIGINT NOT NULL,
    app BIGINT NOT NULL,
    state INTEGER NOT NULL,     -- enum delivery_state: 0 waits, 1 delivered, 2 given up, 3 superseded
    attempts INTEGER NOT NULL,  -- of the present run; a replay starts at 0 again
    next_ms BIGINT NOT NULL,    -- when to try (again)
    PRIMARY KEY (tenant, event, app)
) /*CLUSTERED*/;
-- Deliveries are taken app by app, each app's in the order in which they are due.
CREATE INDEX event_delivery_due ON event_delivery (app, next_ms, event) WHERE state = 0;

CREATE TABLE event_attempt (
    tenant BIGINT NOT NULL,
    event BIGINT NOT NULL,
    app BIGINT NOT NULL,
    seq INTEGER NOT NULL,       -- 1, 2, 3 ... over all runs
    at_ms BIGINT NOT NULL,
    way INTEGER NOT NULL,       -- enum delivery_way: 1 request URL, 2 long connection
    status INTEGER NOT NULL,    -- HTTP status, or the code that came over the long connection; 0: none came
    duration_ms BIGINT NOT NULL,
    answer TEXT NOT NULL,       -- its first 512 bytes
    error TEXT NOT NULL,        -- '': it was taken
    PRIMARY KEY (tenant, event, app, seq)
) /*CLUSTERED*/;

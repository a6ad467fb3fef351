-- The first schema. Every key starts with the tenant, so that the same tables shard by it.
-- All times are milliseconds since 1970 UTC. doc holds a record in stored form (src/base/record.h).
-- Tables that are walked by key are clustered by it: /*CLUSTERED*/ becomes WITHOUT ROWID, STRICT in SQLite.

CREATE TABLE tenant (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    approve_arrangement INTEGER NOT NULL DEFAULT 0, -- 1: arrangements wait for an approver
    approve_report INTEGER NOT NULL DEFAULT 0,      -- 1: final reports wait for an approver
    created_ms BIGINT NOT NULL
) /*CLUSTERED*/;

-- An app of the open platform. A custom app belongs to one tenant; a store app to a developer, installed in tenants.
CREATE TABLE app (
    id BIGINT NOT NULL PRIMARY KEY,
    app_id TEXT NOT NULL UNIQUE,       -- cli_ + 16 hex digits
    kind INTEGER NOT NULL,             -- 1 custom, 2 store
    tenant BIGINT NOT NULL,            -- the owner of a custom app; 0 for a store app
    developer BIGINT NOT NULL,         -- whose union_ids it sees
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL,         -- SHA-256 of the app secret, hex
    disabled INTEGER NOT NULL DEFAULT 0,
    scopes TEXT NOT NULL,              -- granted scopes, separated by one space
    ip_allow TEXT NOT NULL DEFAULT '', -- addresses and networks, separated by one space; empty: any
    created_ms BIGINT NOT NULL
) /*CLUSTERED*/;

-- Where an app is installed. A custom app has one row, for its own tenant.
CREATE TABLE app_install (
    tenant BIGINT NOT NULL,
    app BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, app)
) /*CLUSTERED*/;
CREATE INDEX app_install_by_app ON app_install (app, tenant);

-- Tokens handed out. The token's text is (id, nonce) sealed; it stands nowhere.
CREATE TABLE access_token (
    id BIGINT NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,   -- enum seal_kind
    app BIGINT NOT NULL,
    tenant BIGINT NOT NULL,  -- 0 for an app_access_token of a store app
    nonce BIGINT NOT NULL,   -- 32 random bits
    issued_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
) /*CLUSTERED*/;
CREATE INDEX access_token_by_app ON access_token (app, tenant, kind, expires_ms);
CREATE INDEX access_token_by_expiry ON access_token (expires_ms);

CREATE TABLE users (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,        -- internal
    user_id TEXT NOT NULL,     -- the tenant's own short id
    name TEXT NOT NULL,
    en_name TEXT NOT NULL,
    doc TEXT NOT NULL,         -- the contact record, without ids
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX users_by_user_id ON users (tenant, user_id);

-- open_ids and union_ids that came from elsewhere (an import). All others are sealed from the internal id.
CREATE TABLE user_alias (
    tenant BIGINT NOT NULL,
    kind INTEGER NOT NULL,     -- enum user_id_type
    owner BIGINT NOT NULL,     -- the app of an open_id, the developer of a union_id
    alias TEXT NOT NULL,
    users_id BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, owner, alias)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX user_alias_by_user ON user_alias (tenant, users_id, kind, owner);

-- A tenant's account at a background check vendor.
CREATE TABLE vendor_account (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    provider_zh TEXT NOT NULL,
    provider_en TEXT NOT NULL,
    third_type INTEGER NOT NULL, -- account_third_type of its orders
    app BIGINT NOT NULL,         -- the vendor's app; 0: none bound yet
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE INDEX vendor_account_by_app ON vendor_account (app, tenant, id);
CREATE INDEX vendor_account_by_provider ON vendor_account (tenant, provider_id);

-- Clustered in the order in which lists walk: the newest change last.
CREATE TABLE background_check_order (
    tenant BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,      -- 0: none (recorded by hand)
    status INTEGER NOT NULL,         -- order_status
    phase INTEGER NOT NULL,          -- what an approval is or was about: 0 nothing, 1 arrangement, 2 report
    begin_time BIGINT NOT NULL,      -- 0: unknown
    last_stage_time BIGINT NOT NULL, -- 0: no stage yet
    doc TEXT NOT NULL,               -- type background_check_order
    PRIMARY KEY (tenant, update_time, id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX background_check_order_by_id ON background_check_order (tenant, id);
CREATE INDEX background_check_order_by_application
    ON background_check_order (tenant, application_id, update_time, id);
CREATE INDEX background_check_order_by_account ON background_check_order (tenant, account_id, update_time, id);

CREATE TABLE order_stage (
    tenant BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    stage_id TEXT NOT NULL,
    stage_time BIGINT NOT NULL,
    PRIMARY KEY (tenant, order_id, stage_id)
) /*CLUSTERED*/;

-- Who did what to an order, when and why. Rows are never changed.
CREATE TABLE order_history (
    tenant BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,          -- 1, 2, 3 ... within the order
    at_ms BIGINT NOT NULL,
    actor_kind INTEGER NOT NULL,  -- enum hire_actor_kind
    actor_id BIGINT NOT NULL,     -- app or user; 0 for others
    action INTEGER NOT NULL,      -- enum order_action
    from_status INTEGER NOT NULL, -- 0: the order did not exist
    from_phase INTEGER NOT NULL,
    to_status INTEGER NOT NULL,
    to_phase INTEGER NOT NULL,
    why TEXT NOT NULL,            -- the reason given, the stage's name, the result; '' if none
    PRIMARY KEY (tenant, order_id, seq)
) /*CLUSTERED*/;

-- PDFs of reports: fetched once from where the vendor said, then kept beside the database.
CREATE TABLE report_file (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    source_url TEXT NOT NULL,
    state INTEGER NOT NULL,      -- 0 to be fetched, 1 kept, 2 given up
    attempts INTEGER NOT NULL,
    next_ms BIGINT NOT NULL,     -- when to try (again)
    size BIGINT NOT NULL,        -- of a kept file, in bytes
    sha256 TEXT NOT NULL,        -- of a kept file, hex
    error TEXT NOT NULL,         -- of the last try; '' if none
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE INDEX report_file_due ON report_file (state, next_ms);
CREATE INDEX report_file_by_order ON report_file (tenant, order_id);
CREATE UNIQUE INDEX report_file_by_id ON report_file (id);

CREATE TABLE interview (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    begin_time BIGINT NOT NULL,
    doc TEXT NOT NULL,           -- type interview_extend
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE INDEX interview_by_application ON interview (tenant, application_id, id);

-- Where interviews stand in the walk by begin_time. One that was moved leaves its old place behind (moved_ms set), so
-- that a walk already under way still meets it.
CREATE TABLE interview_begin (
    tenant BIGINT NOT NULL,
    begin_time BIGINT NOT NULL,
    id BIGINT NOT NULL,
    moved_ms BIGINT NOT NULL,    -- 0: stands here now
    PRIMARY KEY (tenant, begin_time, id)
) /*CLUSTERED*/;
CREATE INDEX interview_begin_moved ON interview_begin (moved_ms) WHERE moved_ms > 0;

CREATE TABLE external_background_check (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    external_application_id BIGINT NOT NULL,
    doc TEXT NOT NULL,           -- type external_background_check
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE INDEX external_background_check_by_application
    ON external_background_check (tenant, external_application_id, id);

CREATE TABLE external_application (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    doc TEXT NOT NULL,           -- type external_application
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE INDEX external_application_by_external_id ON external_application (tenant, external_id);

CREATE TABLE application (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    talent_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    stage_id TEXT NOT NULL,
    active_status INTEGER NOT NULL,
    update_time BIGINT NOT NULL,
    doc TEXT NOT NULL,           -- type application
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;

-- Records that are looked up and listed but have no life of their own: people, jobs, processes, forms, rooms ...
CREATE TABLE reference (
    tenant BIGINT NOT NULL,
    kind TEXT NOT NULL,          -- the record's type: 'talent', 'job', 'job_process', ...
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) /*CLUSTERED*/;

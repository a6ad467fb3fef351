-- The console: who may sign in, who is signed in, who did what; and what its lists walk by.

CREATE TABLE console_account (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    login TEXT NOT NULL,             -- the name to sign in with; lower case
    name TEXT NOT NULL,
    en_name TEXT NOT NULL,
    password TEXT NOT NULL,          -- scrypt$log2 N$r$p$salt$key, the last two in hex
    roles INTEGER NOT NULL,          -- bit 1 << enum console_role
    users_id BIGINT NOT NULL,        -- the tenant's user that it belongs to; 0: none
    disabled INTEGER NOT NULL,
    created_ms BIGINT NOT NULL,
    signed_in_ms BIGINT NOT NULL,    -- last; 0: never
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
-- One name leads to one account, whichever tenant it is of: people do not type a tenant.
CREATE UNIQUE INDEX console_account_by_login ON console_account (login);

CREATE TABLE console_session (
    key TEXT NOT NULL PRIMARY KEY,   -- SHA-256 of the cookie's value, hex
    tenant BIGINT NOT NULL,
    account BIGINT NOT NULL,
    address TEXT NOT NULL,           -- from where it was begun
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
) /*CLUSTERED*/;
CREATE INDEX console_session_by_account ON console_session (tenant, account);
CREATE INDEX console_session_by_expiry ON console_session (expires_ms);

-- Who did what by the console or the command line. Rows are never changed.
CREATE TABLE console_audit (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor_kind INTEGER NOT NULL,     -- enum hire_actor_kind
    actor BIGINT NOT NULL,           -- the console's account; 0: the command line
    action TEXT NOT NULL,            -- the operation, as order.approve
    subject TEXT NOT NULL,           -- id of what it was done to; '' if none
    detail TEXT NOT NULL,
    address TEXT NOT NULL,
    log_id TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;

-- Names of people and jobs, for lists that show and search many.
CREATE TABLE reference_name (
    tenant BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- of the reference: talent, job
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    search TEXT NOT NULL,            -- the name in lower case
    PRIMARY KEY (tenant, kind, id)
) /*CLUSTERED*/;

-- Whole rows of the list of applications, so that a walk that passes over most of them reads nothing else.
CREATE INDEX application_by_update ON application (tenant, update_time, id, talent_id, job_id, stage_id, active_status);
CREATE INDEX background_check_order_by_status ON background_check_order (tenant, status, update_time, id, phase);
CREATE INDEX event_attempt_by_time ON event_attempt (tenant, at_ms);

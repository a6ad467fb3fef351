-- What integrators look up and change: references in the order in which they came, users by mail and mobile,
-- applications by person and job, keys of what was brought in, attachments.

-- The place in lists: grows with every record that is added and never changes.
ALTER TABLE reference ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
UPDATE reference SET seq = numbered.n
FROM (SELECT tenant, kind, id, ROW_NUMBER() OVER (ORDER BY tenant, kind, id) AS n FROM reference) AS numbered
WHERE reference.tenant = numbered.tenant AND reference.kind = numbered.kind AND reference.id = numbered.id;
CREATE UNIQUE INDEX reference_by_seq ON reference (tenant, kind, seq);

-- Lower case, and with + and country code: as they are looked up. '' until a user's record is imported (again).
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN mobile TEXT NOT NULL DEFAULT '';
CREATE INDEX users_by_email ON users (tenant, email, id);
CREATE INDEX users_by_mobile ON users (tenant, mobile, id);

ALTER TABLE external_application ADD COLUMN talent_id BIGINT NOT NULL DEFAULT 0;
UPDATE external_application SET talent_id = COALESCE((
    SELECT MIN(CAST(r.id AS BIGINT)) FROM reference AS r
    WHERE r.tenant = external_application.tenant AND r.kind = 'talent'
        AND external_application.doc LIKE '%"talent_id":"' || r.id || '"%' ESCAPE '\'), 0);
CREATE INDEX external_application_by_talent ON external_application (tenant, talent_id, id);

CREATE INDEX application_by_talent ON application (tenant, talent_id, id);
CREATE INDEX application_by_job ON application (tenant, job_id, id);

-- The employee that a talent became, or came from. Each is bound to one other at most.
CREATE TABLE talent_employee (
    tenant BIGINT NOT NULL,
    talent_id BIGINT NOT NULL,
    users_id BIGINT NOT NULL,
    PRIMARY KEY (tenant, talent_id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX talent_employee_by_user ON talent_employee (tenant, users_id);

-- external_ids under which something was created: for 24 hours nothing else is created under them.
CREATE TABLE external_key (
    tenant BIGINT NOT NULL,
    kind INTEGER NOT NULL,     -- enum external_kind
    external_id TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, external_id)
) /*CLUSTERED*/;
CREATE INDEX external_key_by_age ON external_key (created_ms);

-- Uploaded files. The content is kept beside the database under the same id.
CREATE TABLE attachment (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,        -- what it is handed out as
    size BIGINT NOT NULL,      -- bytes
    sha256 TEXT NOT NULL,      -- hex
    usage INTEGER NOT NULL,    -- enum attachment_usage: 1 a talent's resume, 2 a talent's work, 3 any other
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX attachment_by_id ON attachment (id);

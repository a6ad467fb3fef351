-- Erasing a person's data: whose was erased, which files are still to go, and what leads from a person to all that is
-- about them.

CREATE TABLE erasure (
    tenant BIGINT NOT NULL,
    talent_id BIGINT NOT NULL,
    erased_ms BIGINT NOT NULL,     -- the last time
    PRIMARY KEY (tenant, talent_id)
) /*CLUSTERED*/;

-- Kept files that nothing refers to any more. A row goes when its file is gone for certain.
CREATE TABLE file_removal (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX file_removal_by_id ON file_removal (id);

-- What refers to a deleted application stays, and is still its talent's.
CREATE TABLE application_deleted (
    tenant BIGINT NOT NULL,
    talent_id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    PRIMARY KEY (tenant, talent_id, application_id)
) /*CLUSTERED*/;

-- Only what vendors are told has people's data in it.
CREATE INDEX event_by_subject ON event (tenant, subject_id, id) WHERE account_id <> 0;
CREATE INDEX console_audit_by_subject ON console_audit (tenant, subject, id);
CREATE INDEX external_key_by_record ON external_key (tenant, record_id);

-- The tenant is in each unique index of a tenant's table, so that a database which places rows by their tenant takes the schema
-- (docs/SCALE.md); and what a request tidies is found by its tenant.

DROP INDEX attachment_by_id;
CREATE UNIQUE INDEX attachment_by_id ON attachment (id, tenant);

DROP INDEX event_by_id;
CREATE UNIQUE INDEX event_by_id ON event (id, tenant);

DROP INDEX report_file_by_id;
CREATE UNIQUE INDEX report_file_by_id ON report_file (id, tenant);

DROP INDEX file_removal_by_id;
CREATE UNIQUE INDEX file_removal_by_id ON file_removal (id, tenant);

DROP INDEX external_key_by_age;
CREATE INDEX external_key_by_age ON external_key (tenant, created_ms);

DROP INDEX interview_begin_moved;
CREATE INDEX interview_begin_moved ON interview_begin (tenant, moved_ms) WHERE moved_ms > 0;

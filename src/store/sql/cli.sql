-- What only the command line asks: imports, exports, checks.

-- name: cli_order_exists
SELECT 1 FROM background_check_order WHERE tenant = $1 AND id = $2;
-- name: cli_interview_exists
SELECT 1 FROM interview WHERE tenant = $1 AND id = $2;
-- name: cli_check_exists
SELECT 1 FROM external_background_check WHERE tenant = $1 AND id = $2;

-- name: cli_application_get
SELECT doc FROM application WHERE tenant = $1 AND id = $2;
-- name: cli_application_put
INSERT INTO application (tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (tenant, id) DO UPDATE SET talent_id = excluded.talent_id, job_id = excluded.job_id,
    stage_id = excluded.stage_id, active_status = excluded.active_status, update_time = excluded.update_time,
    doc = excluded.doc;
-- name: cli_external_application_get
SELECT doc FROM external_application WHERE tenant = $1 AND id = $2;
-- name: cli_external_application_put
INSERT INTO external_application (tenant, id, external_id, talent_id, doc) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, id) DO UPDATE
SET external_id = excluded.external_id, talent_id = excluded.talent_id, doc = excluded.doc;
-- name: cli_reference_get
SELECT doc FROM reference WHERE tenant = $1 AND kind = $2 AND id = $3;
-- name: cli_reference_put
INSERT INTO reference (tenant, kind, id, doc, seq) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, kind, id) DO UPDATE SET doc = excluded.doc;

-- Walks for an export, a page at a time.
-- name: cli_orders
SELECT id, doc FROM background_check_order WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: cli_interviews
SELECT id, doc FROM interview WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: cli_checks
SELECT id, doc FROM external_background_check WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: cli_applications
SELECT id, doc FROM application WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: cli_external_applications
SELECT id, doc FROM external_application WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: cli_references
SELECT seq, doc FROM reference WHERE tenant = $1 AND kind = $2 AND seq > $3 ORDER BY seq LIMIT $4;
-- name: cli_users
SELECT user_id, id, name, en_name, doc FROM users WHERE tenant = $1 AND user_id > $2 ORDER BY user_id LIMIT $3;

-- name: cli_report_source
SELECT source_url FROM report_file WHERE tenant = $1 AND id = $2;
-- name: cli_report_files
SELECT id, order_id, state, size, source_url FROM report_file WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- Files that are kept beside the database, of all tenants.
-- name: cli_kept_reports
SELECT id, size, sha256, order_id FROM report_file WHERE id > $1 AND state + 0 = 1 ORDER BY id LIMIT $2;
-- name: cli_kept_attachments
SELECT id, size, sha256, 0 FROM attachment WHERE id > $1 ORDER BY id LIMIT $2;
-- Where an app is installed; two rows tell that it is not one tenant alone.
-- name: cli_app_tenants
SELECT t.tenant_key FROM app_install i JOIN tenant t ON t.id = i.tenant WHERE i.app = $1 ORDER BY i.tenant LIMIT 2;

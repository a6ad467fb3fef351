-- Statements about applications that only the command line uses: imports, exports, checks (src/cli/).

-- name: cli_application_get
-- row: cli_doc
SELECT doc FROM application WHERE tenant = $1 AND id = $2;
-- name: cli_application_put
INSERT INTO application (tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (tenant, id) DO UPDATE SET talent_id = excluded.talent_id, job_id = excluded.job_id,
    stage_id = excluded.stage_id, active_status = excluded.active_status, update_time = excluded.update_time,
    doc = excluded.doc;
-- name: cli_applications
-- row: cli_record
SELECT id, doc FROM application WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

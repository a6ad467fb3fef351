-- Statements about records of other systems that only the command line uses: imports, exports, checks (src/cli/).

-- name: cli_check_exists
SELECT 1 FROM external_background_check WHERE tenant = $1 AND id = $2;
-- name: cli_external_application_get
-- row: cli_doc
SELECT doc FROM external_application WHERE tenant = $1 AND id = $2;
-- name: cli_external_application_put
INSERT INTO external_application (tenant, id, external_id, talent_id, doc) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, id) DO UPDATE
SET external_id = excluded.external_id, talent_id = excluded.talent_id, doc = excluded.doc;
-- name: cli_checks
-- row: cli_record
SELECT id, doc FROM external_background_check WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: cli_external_applications
-- row: cli_record
SELECT id, doc FROM external_application WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

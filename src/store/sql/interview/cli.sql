-- Statements about interviews that only the command line uses: imports, exports, checks (src/cli/).

-- name: cli_interview_exists
SELECT 1 FROM interview WHERE tenant = $1 AND id = $2;
-- name: cli_interviews
-- row: cli_record
SELECT id, doc FROM interview WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- Of all tenants.
-- name: cli_interviews_cancelled
-- tenants: command: hired check
-- row: cli_document
SELECT tenant, id, 0 AS part, '' AS name, doc FROM interview_cancelled WHERE (tenant, id) > ($1, $2) ORDER BY tenant, id LIMIT $3;
-- name: cli_interview_answers
-- tenants: command: hired check
-- row: cli_document
SELECT tenant, interview_id AS id, record_id AS part, '' AS name, doc FROM interview_answers
WHERE (tenant, interview_id, record_id) > ($1, $2, $3) ORDER BY tenant, interview_id, record_id LIMIT $4;

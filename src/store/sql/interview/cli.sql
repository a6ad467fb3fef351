-- Statements about interviews that only the command line uses: imports, exports, checks (src/cli/).

-- name: cli_interview_exists
SELECT 1 FROM interview WHERE tenant = $1 AND id = $2;
-- name: cli_interviews
-- row: cli_record
SELECT id, doc FROM interview WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

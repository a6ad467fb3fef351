-- Statements about reference records for the console (src/console/).

-- name: console_jobs
-- row: console_reference
SELECT id, name FROM reference_name WHERE tenant = $1 AND kind = 'job' ORDER BY id DESC LIMIT $2;
-- name: console_users
-- row: console_reference
-- walks: stops at $2
SELECT user_id AS id, name, en_name FROM users WHERE tenant = $1 ORDER BY user_id LIMIT $2;

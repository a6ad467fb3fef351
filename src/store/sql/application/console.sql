-- Statements about applications for the console (src/console/).

-- Newest change first, before ($2, $3). $4 a stage or '', $5 an active_status or 0, $6 a job or 0. Walked until a page is
-- full, so it has no limit of its own; the index holds all that it reads.
-- name: console_applications
-- row: console_application
SELECT update_time, id, talent_id, job_id, stage_id, active_status FROM application
WHERE tenant = $1 AND (update_time, id) < ($2, $3) AND (CAST($4 AS TEXT) = '' OR stage_id = $4)
    AND (CAST($5 AS BIGINT) = 0 OR active_status = $5) AND (CAST($6 AS BIGINT) = 0 OR job_id = $6)
ORDER BY update_time DESC, id DESC;
-- name: console_application
-- row: console_application
SELECT update_time, id, talent_id, job_id, stage_id, active_status, doc FROM application WHERE tenant = $1 AND id = $2;
-- name: console_application_subject
SELECT talent_id, job_id FROM application WHERE tenant = $1 AND id = $2;
-- name: console_order_of_application
-- walks: sorts the orders of one application
SELECT id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND application_id = $2
ORDER BY update_time + 0 DESC, id DESC LIMIT 1; -- + 0: else SQLite walks the tenant by time
-- name: console_interview_application
SELECT application_id FROM interview WHERE tenant = $1 AND id = $2;

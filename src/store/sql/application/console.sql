-- Statements about applications for the console (src/console/).

-- Newest change first, before ($2, $3). The reader stops (console/application/search.c); the index holds all that it reads.
-- name: console_applications
-- row: console_application
SELECT update_time, id, talent_id, job_id, stage_id, active_status FROM application
WHERE tenant = $1 AND (update_time, id) < ($2, $3) ORDER BY update_time DESC, id DESC;
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

-- Statements about interviews for the console (src/console/).

-- Interviews at their current times, after ($2, $3) up to $4. $5 an application or 0. Walked until a page is full.
-- name: console_interviews
-- row: console_interview
SELECT b.begin_time, b.id, i.doc FROM interview_begin b
JOIN interview i ON i.tenant = b.tenant AND i.id = b.id
WHERE b.tenant = $1 AND (b.begin_time, b.id) > ($2, $3) AND b.begin_time <= $4 AND b.moved_ms = 0
    AND (CAST($5 AS BIGINT) = 0 OR i.application_id = $5)
ORDER BY b.begin_time, b.id;
-- The same for interviews that user $6 holds.
-- name: console_interviews_of_interviewer
-- row: console_interview
SELECT w.begin_time, w.interview_id AS id, i.doc FROM interview_interviewer w
JOIN interview i ON i.tenant = w.tenant AND i.id = w.interview_id
WHERE w.tenant = $1 AND w.users_id = $6 AND (w.begin_time, w.interview_id) > ($2, $3) AND w.begin_time <= $4
    AND (CAST($5 AS BIGINT) = 0 OR i.application_id = $5)
ORDER BY w.begin_time, w.interview_id;
-- name: console_interviews_of_application
-- row: console_interview
SELECT begin_time, id, doc FROM interview
WHERE tenant = $1 AND (application_id, id) > ($2, -1) AND application_id <= $2 ORDER BY application_id DESC, id DESC;

-- Interviews (src/hire).

-- name: interview_get
SELECT application_id, begin_time, doc FROM interview WHERE tenant = $1 AND id = $2;

-- name: interview_put
INSERT INTO interview (tenant, id, application_id, begin_time, doc) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, id) DO UPDATE
SET application_id = excluded.application_id, begin_time = excluded.begin_time, doc = excluded.doc;

-- name: interview_begin_put
INSERT INTO interview_begin (tenant, begin_time, id, moved_ms) VALUES ($1, $2, $3, 0)
ON CONFLICT (tenant, begin_time, id) DO UPDATE SET moved_ms = 0;

-- name: interview_begin_leave
UPDATE interview_begin SET moved_ms = $4 WHERE tenant = $1 AND begin_time = $2 AND id = $3;

-- name: interview_begin_last_moved
SELECT COALESCE(MAX(moved_ms), 0) AS moved_ms FROM interview_begin WHERE tenant = $1 AND moved_ms > 0;

-- name: interview_begin_forget
DELETE FROM interview_begin WHERE tenant = $1 AND moved_ms > 0 AND moved_ms < $2;

-- Interviews after ($2, $3), from $4 to $5. The old entry of a moved interview counts only for lists begun before the move
-- ($6), and only if the interview moved to an earlier time: at a later time the list will still reach it.
-- name: interview_list
-- row: interview_listed
SELECT b.begin_time, b.id, i.doc FROM interview_begin b
JOIN interview i ON i.tenant = b.tenant AND i.id = b.id
WHERE b.tenant = $1 AND (b.begin_time, b.id) > ($2, $3) AND b.begin_time <= $5
    AND (b.moved_ms = 0 OR (b.moved_ms >= $6 AND i.begin_time < b.begin_time))
    AND i.begin_time >= $4 AND i.begin_time <= $5
ORDER BY b.begin_time, b.id LIMIT $7;

-- Two bounds instead of an equality: see order/order.sql.
-- name: interview_list_by_application
-- row: interview_listed
SELECT begin_time, id, doc FROM interview
WHERE tenant = $1 AND (application_id, id) > ($2, $3) AND application_id <= $2 AND begin_time >= $4 AND begin_time <= $5
ORDER BY application_id, id LIMIT $6;

-- Interviews between two times, both excluded.
-- name: interview_between
SELECT b.id, i.application_id, i.doc FROM interview_begin b
JOIN interview i ON i.tenant = b.tenant AND i.id = b.id
WHERE b.tenant = $1 AND b.begin_time > $2 AND b.begin_time < $3 AND b.moved_ms = 0
ORDER BY b.begin_time, b.id;

-- Deletes only the current entry; old entries of moved interviews are deleted later.
-- name: interview_begin_drop
DELETE FROM interview_begin WHERE tenant = $1 AND begin_time = $2 AND id = $3;

-- The interviewers: rewritten with each change of the interview.
-- name: interview_interviewers_drop
DELETE FROM interview_interviewer WHERE tenant = $1 AND interview_id = $2;
-- name: interview_interviewer_put
INSERT INTO interview_interviewer (tenant, users_id, begin_time, interview_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, users_id, begin_time, interview_id) DO NOTHING;
-- name: interview_interviewers_of
SELECT users_id FROM interview_interviewer WHERE tenant = $1 AND interview_id = $2 ORDER BY users_id;

-- name: interview_cancel
INSERT INTO interview_cancelled (tenant, id, application_id, cancelled_ms, actor, why, doc)
SELECT tenant, id, application_id, $3, $4, $5, doc FROM interview WHERE tenant = $1 AND id = $2
ON CONFLICT (tenant, id) DO UPDATE
SET cancelled_ms = excluded.cancelled_ms, actor = excluded.actor, why = excluded.why, doc = excluded.doc;

-- name: interview_drop
DELETE FROM interview WHERE tenant = $1 AND id = $2;

-- name: interview_cancelled_get
SELECT cancelled_ms, actor, why, doc FROM interview_cancelled WHERE tenant = $1 AND id = $2;

-- name: interview_answers_put
INSERT INTO interview_answers (tenant, interview_id, record_id, doc) VALUES ($1, $3, $2, $4)
ON CONFLICT (tenant, interview_id, record_id) DO UPDATE SET doc = excluded.doc;

-- name: interview_answers_of
SELECT record_id, doc FROM interview_answers WHERE tenant = $1 AND interview_id = $2 ORDER BY record_id;

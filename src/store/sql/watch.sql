-- Changes since the last message to an open page of the console (src/gateway/watch.c).

-- Records that changed after $2: id and time.
-- name: watch_orders
-- row: watch_change
SELECT id AS changed, update_time AS at_ms FROM background_check_order WHERE tenant = $1 AND update_time > $2 ORDER BY update_time;
-- name: watch_applications
-- row: watch_change
SELECT id AS changed, update_time AS at_ms FROM application WHERE tenant = $1 AND update_time > $2 ORDER BY update_time;
-- Changes of interviews are found in the audit log; its ids grow with time, so only entries after the last one seen are read.
-- name: watch_interviews
-- row: watch_change
SELECT CASE WHEN action LIKE 'interview.%' ESCAPE '\' THEN CAST(subject AS BIGINT) ELSE 0 END AS changed, at_ms, id
FROM console_audit WHERE tenant = $1 AND id > $3 AND at_ms > $2 ORDER BY id;
-- name: watch_last
-- walks: stops at the newest entry
SELECT id FROM console_audit WHERE tenant = $1 ORDER BY id DESC LIMIT 1;
-- name: watch_deliveries
-- row: watch_change
SELECT event AS changed, at_ms FROM event_attempt WHERE tenant = $1 AND at_ms > $2 ORDER BY at_ms;

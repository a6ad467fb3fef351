-- Statements about events and deliveries for the console (src/console/).

-- Deliveries, newest event first, before ($2, $3). $4 an app or 0, $5 a state or -1, $6 a type or '', $7 at least so
-- many attempts. Walked until a page is full.
-- name: console_deliveries
-- row: console_delivery
SELECT d.event, d.app, d.state, d.attempts, d.next_ms, e.type, e.created_ms, e.subject_id, a.app_id, a.name
FROM event_delivery d
JOIN event e ON e.tenant = d.tenant AND e.id = d.event
JOIN app a ON a.id = d.app
WHERE d.tenant = $1 AND (d.event, d.app) < ($2, $3) AND (CAST($4 AS BIGINT) = 0 OR d.app = $4)
    AND (CAST($5 AS BIGINT) = -1 OR d.state = $5) AND (CAST($6 AS TEXT) = '' OR e.type = $6) AND d.attempts >= $7
ORDER BY d.event DESC, d.app DESC;
-- name: console_deliveries_of_event
-- row: console_delivery
SELECT d.event, d.app, d.state, d.attempts, d.next_ms, e.type, e.created_ms, e.subject_id, a.app_id, a.name
FROM event_delivery d
JOIN event e ON e.tenant = d.tenant AND e.id = d.event
JOIN app a ON a.id = d.app
WHERE d.tenant = $1 AND d.event = $2 ORDER BY d.app;
-- The last event about an order.
-- name: console_last_event_about
SELECT id, type FROM event WHERE tenant = $1 AND (subject_id, id) > ($2, -1) AND subject_id <= $2 AND account_id <> 0
ORDER BY subject_id DESC, id DESC LIMIT 1; -- two bounds instead of an equality: see order/order.sql
-- name: console_last_attempt
SELECT status, error, at_ms FROM event_attempt WHERE tenant = $1 AND event = $2 AND app = $3 ORDER BY seq DESC LIMIT 1;
-- name: console_failing
-- walks: groups failed deliveries, by an index that holds only those
SELECT a.id, a.app_id, a.name, SUM(CASE WHEN d.state = 0 THEN 1 ELSE 0 END) AS waiting,
    SUM(CASE WHEN d.state = 2 THEN 1 ELSE 0 END) AS given_up, MAX(d.event) AS last_event
FROM event_delivery d JOIN app a ON a.id = d.app
WHERE d.tenant = $1 AND d.app > 0 AND d.attempts > 0 AND d.state <> 1
GROUP BY a.id, a.app_id, a.name ORDER BY a.id;
-- name: console_attempts
SELECT seq, at_ms, way, status, duration_ms, answer, error FROM event_attempt
WHERE tenant = $1 AND event = $2 AND app = $3 ORDER BY seq DESC LIMIT $4;

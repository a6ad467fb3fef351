-- Events: deliveries and attempts (src/events), and lists of them.

-- The next app after $1 with waiting deliveries, and when its first is due: reads one row of event_delivery_due for each app.
-- name: event_due_app
-- tenants: upkeep: the dispatcher asks of all tenants which deliveries are due
SELECT app, next_ms FROM event_delivery WHERE state = 0 AND app > $1 ORDER BY app, next_ms, event LIMIT 1;

-- name: event_receiver
SELECT app_id, request_url, encrypt_key, verification_token, disabled FROM app WHERE id = $1;

-- name: event_due
-- tenants: upkeep: the dispatcher takes the deliveries of an app that are due, of all its tenants
-- row: event_due
SELECT d.tenant, d.event, d.attempts, e.event_id, e.type, e.subject_id, e.created_ms, e.doc, COALESCE(t.tenant_key, '') AS tenant_key
FROM event_delivery d
JOIN event e ON e.tenant = d.tenant AND e.id = d.event
LEFT JOIN tenant t ON t.id = d.tenant
WHERE d.state = 0 AND d.app = $1 AND d.next_ms <= $2
ORDER BY d.next_ms, d.event LIMIT $3;

-- The same for one delivery, if it still waits and has the same number of attempts.
-- name: event_due_again
-- row: event_due
SELECT d.tenant, d.event, d.attempts, e.event_id, e.type, e.subject_id, e.created_ms, e.doc, COALESCE(t.tenant_key, '') AS tenant_key
FROM event_delivery d
JOIN event e ON e.tenant = d.tenant AND e.id = d.event
LEFT JOIN tenant t ON t.id = d.tenant
WHERE d.tenant = $1 AND d.event = $2 AND d.app = $3 AND d.state = 0 AND d.attempts = $4;

-- name: event_attempt_insert
INSERT INTO event_attempt (tenant, event, app, seq, at_ms, way, status, duration_ms, answer, error)
VALUES ($1, $2, $3,
    (SELECT COALESCE(MAX(x.seq), 0) + 1 FROM event_attempt x WHERE x.tenant = $1 AND x.event = $2 AND x.app = $3),
    $4, $5, $6, $7, $8, $9);

-- Updates the delivery only if it still has the number of attempts that was read, so that a replayed delivery stays as it is.
-- name: event_delivery_settle
UPDATE event_delivery SET state = $5, attempts = $4 + 1, next_ms = $6
WHERE tenant = $1 AND event = $2 AND app = $3 AND state = 0 AND attempts = $4;

-- name: event_delivery_attempts
SELECT attempts FROM event_delivery WHERE tenant = $1 AND event = $2 AND app = $3;

-- name: event_delivery_wait
UPDATE event_delivery SET next_ms = $4 WHERE tenant = $1 AND event = $2 AND app = $3 AND state = 0;

-- name: event_pending
-- tenants: upkeep: for the metrics
-- walks: counts waiting deliveries, by an index that holds only those; for upkeep only
SELECT COUNT(*) AS n, MIN(event) AS oldest FROM event_delivery WHERE state = 0;

-- Store apps whose last ticket is older than $1.
-- name: app_ticket_due
SELECT id, request_url, app_ticket_ms FROM app WHERE kind = 2 AND disabled = 0 AND app_ticket_ms <= $1 AND id > $2 ORDER BY id LIMIT 1;

-- Upkeep.

-- name: event_old
-- tenants: upkeep: events that are old enough to go, of all tenants
-- Events after $3, and whether a delivery of them still waits.
-- Not with EXISTS: PostgreSQL would read all waiting deliveries.
SELECT e.tenant, e.id, COALESCE(
    (SELECT 1 FROM event_delivery d WHERE d.tenant = e.tenant AND d.event = e.id AND d.state = 0 LIMIT 1), 0) AS waiting
FROM event e WHERE e.id < $1 AND e.id > $3 ORDER BY e.id LIMIT $2;
-- name: event_delete
DELETE FROM event WHERE tenant = $1 AND id = $2;
-- name: event_delivery_delete
DELETE FROM event_delivery WHERE tenant = $1 AND event = $2;
-- name: event_attempt_delete
DELETE FROM event_attempt WHERE tenant = $1 AND event = $2;

-- Lists for people.

-- Newest first, before event $2. $3 is a type or ''.
-- name: event_list
SELECT id, event_id, type, account_id, subject_id, created_ms FROM event
WHERE tenant = $1 AND id < $2 AND (CAST($3 AS TEXT) = '' OR type = $3) ORDER BY id DESC LIMIT $4;

-- name: event_get
SELECT event_id, type, account_id, subject_id, created_ms, doc FROM event WHERE tenant = $1 AND id = $2;

-- name: event_deliveries
SELECT d.app, a.app_id, d.state, d.attempts, d.next_ms FROM event_delivery d JOIN app a ON a.id = d.app
WHERE d.tenant = $1 AND d.event = $2 ORDER BY d.app;

-- name: event_attempts
SELECT seq, at_ms, way, status, duration_ms, answer, error FROM event_attempt
WHERE tenant = $1 AND event = $2 AND app = $3 ORDER BY seq;

-- name: event_replay
INSERT INTO event_delivery (tenant, event, app, state, attempts, next_ms) VALUES ($1, $2, $3, 0, 0, $4)
ON CONFLICT (tenant, event, app) DO UPDATE SET state = 0, attempts = 0, next_ms = excluded.next_ms;

-- name: app_set_receiver
UPDATE app SET request_url = $2, encrypt_key = $3, verification_token = $4 WHERE id = $1;

-- name: app_subscription_add
INSERT INTO app_subscription (app, event_type, created_ms) VALUES ($1, $2, $3) ON CONFLICT (app, event_type) DO NOTHING;
-- name: app_subscription_clear
DELETE FROM app_subscription WHERE app = $1;
-- name: app_subscription_list
SELECT event_type FROM app_subscription WHERE app = $1 ORDER BY event_type;

-- Deliveries that are due later than the retry delay allows (src/events/retry.c), as after a clock that was ahead.
-- name: event_delivery_pull_back
-- tenants: upkeep: after a clock that was ahead
UPDATE event_delivery
SET next_ms = $1 + CASE attempts WHEN 0 THEN 0 WHEN 1 THEN 15000 WHEN 2 THEN 300000 WHEN 3 THEN 3600000 ELSE 21600000 END
WHERE state = 0 AND app > 0 AND next_ms > $1
    + CASE attempts WHEN 0 THEN 0 WHEN 1 THEN 15000 WHEN 2 THEN 300000 WHEN 3 THEN 3600000 ELSE 21600000 END;

-- Events: the outbox (src/hire/outbox/outbox.c).

-- name: event_insert
INSERT INTO event (tenant, id, event_id, type, account_id, subject_id, created_ms, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: event_delivery_insert
INSERT INTO event_delivery (tenant, event, app, state, attempts, next_ms) VALUES ($1, $2, $3, 0, 0, $4);

-- The apps that receive an event of type $2; $3 is the only app that may receive it, or 0.
-- name: event_receivers
-- row: event_receivers
-- walks: the apps of one tenant that subscribed
SELECT a.id, a.kind, a.scopes
FROM app_install i
JOIN app a ON a.id = i.app
JOIN app_subscription s ON s.app = a.id AND s.event_type = $2
WHERE i.tenant = $1 AND a.disabled = 0 AND (CAST($3 AS BIGINT) = 0 OR a.id = $3)
ORDER BY a.id;

-- The tenant's own apps that do not act for a particular account.
-- name: event_receivers_own
-- row: event_receivers
-- walks: the apps of one tenant that subscribed
SELECT a.id, a.kind, a.scopes
FROM app_install i
JOIN app a ON a.id = i.app AND a.kind = 1
JOIN app_subscription s ON s.app = a.id AND s.event_type = $2
WHERE i.tenant = $1 AND a.disabled = 0
    AND NOT EXISTS (SELECT 1 FROM vendor_account v WHERE v.app = a.id AND v.tenant = $1)
ORDER BY a.id;

-- name: event_account_app
SELECT app FROM vendor_account WHERE tenant = $1 AND id = $2;

-- name: app_ticket_set
UPDATE app SET app_ticket_before = app_ticket, app_ticket = $2, app_ticket_ms = $3 WHERE id = $1 AND kind = 2;

-- name: app_ticket_get
SELECT app_ticket, app_ticket_before, app_ticket_ms, app_id FROM app WHERE id = $1;

-- Cancels older tickets that still wait: a receiver would replace the newer ticket by them.
-- name: app_ticket_supersede
UPDATE event_delivery SET state = 3 WHERE app = $1 AND state = 0 AND tenant + 0 = 0; -- tenant + 0: SQLite must use the index of waiting deliveries

-- Events of all tenants, a page at a time, for hired check; its other statements with this row are in further folders.
-- name: cli_events
-- tenants: command: hired check
-- row: cli_document
SELECT tenant, id, 0 AS part, type AS name, doc FROM event WHERE (tenant, id) > ($1, $2) ORDER BY tenant, id LIMIT $3;

-- External applications and their background checks (src/hire).

-- name: external_check_put
INSERT INTO external_background_check (tenant, id, external_application_id, doc) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, id) DO UPDATE
SET external_application_id = excluded.external_application_id, doc = excluded.doc;

-- name: external_check_get
-- row: external
SELECT id, doc FROM external_background_check WHERE tenant = $1 AND id = $2;

-- name: external_check_list
-- row: external
SELECT id, doc FROM external_background_check WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- Two bounds instead of an equality: see order/order.sql.
-- name: external_check_list_by_application
-- row: external
SELECT id, doc FROM external_background_check
WHERE tenant = $1 AND (external_application_id, id) > ($2, $3) AND external_application_id <= $2
ORDER BY external_application_id, id LIMIT $4;

-- name: external_check_delete
DELETE FROM external_background_check WHERE tenant = $1 AND id = $2;
-- name: external_check_delete_of_application
DELETE FROM external_background_check WHERE tenant = $1 AND external_application_id = $2;

-- name: external_application_put
INSERT INTO external_application (tenant, id, external_id, talent_id, doc) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, id) DO UPDATE SET talent_id = excluded.talent_id, doc = excluded.doc;
-- name: external_application_get
-- row: external
SELECT id, doc FROM external_application WHERE tenant = $1 AND id = $2;
-- name: external_application_delete
DELETE FROM external_application WHERE tenant = $1 AND id = $2;
-- Two bounds instead of an equality: see order/order.sql.
-- name: external_application_list
SELECT id, doc FROM external_application
WHERE tenant = $1 AND (talent_id, id) > ($2, $3) AND talent_id <= $2
ORDER BY talent_id, id LIMIT $4;

-- name: external_key_get
SELECT record_id, created_ms FROM external_key WHERE tenant = $1 AND kind = $2 AND external_id = $3;
-- name: external_key_put
INSERT INTO external_key (tenant, kind, external_id, record_id, created_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, kind, external_id) DO UPDATE SET record_id = excluded.record_id, created_ms = excluded.created_ms;
-- name: external_key_purge
DELETE FROM external_key WHERE tenant = $1 AND created_ms <= $2;

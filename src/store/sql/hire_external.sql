-- Background checks of external applications (src/hire).

-- name: external_check_put
INSERT INTO external_background_check (tenant, id, external_application_id, doc) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, id) DO UPDATE
SET external_application_id = excluded.external_application_id, doc = excluded.doc;

-- name: external_check_get
SELECT id, doc FROM external_background_check WHERE tenant = $1 AND id = $2;

-- name: external_check_list
SELECT id, doc FROM external_background_check WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- Two bounds instead of an equality: see hire_order.sql.
-- name: external_check_list_by_application
SELECT id, doc FROM external_background_check
WHERE tenant = $1 AND (external_application_id, id) > ($2, $3) AND external_application_id <= $2
ORDER BY external_application_id, id LIMIT $4;

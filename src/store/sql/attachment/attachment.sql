-- Uploaded files (src/hire).

-- name: attachment_add
INSERT INTO attachment (tenant, id, name, mime, size, sha256, usage, created_ms, app)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant, id) DO NOTHING;
-- name: attachment_get
SELECT id, name, mime, size, usage, created_ms, sha256 FROM attachment WHERE tenant = $1 AND id = $2;
-- Whether a vendor's app $3 may see the file: it uploaded the file, or it carries out an order that refers to it.
-- name: attachment_is_of_app
SELECT 1 FROM attachment WHERE tenant = $1 AND id = $2 AND app = $3
UNION ALL
SELECT 1 FROM background_check_order_attachment x
JOIN background_check_order o ON o.tenant = x.tenant AND o.id = x.order_id
JOIN vendor_account v ON v.tenant = o.tenant AND v.id = o.account_id
WHERE x.tenant = $1 AND x.attachment_id = $4 AND v.app = $3
LIMIT 1;
-- name: order_attachment_put
INSERT INTO background_check_order_attachment (tenant, attachment_id, order_id) VALUES ($1, $2, $3)
ON CONFLICT (tenant, attachment_id, order_id) DO NOTHING;
-- name: attachment_forget
DELETE FROM attachment WHERE tenant = $1 AND id = $2;
-- name: attachment_by_id
-- tenants: link: a link to a file names the file only
SELECT tenant, name, mime, size FROM attachment WHERE id = $1 LIMIT 1;

-- Uploaded files (src/hire).

-- name: attachment_add
INSERT INTO attachment (tenant, id, name, mime, size, sha256, usage, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (tenant, id) DO NOTHING;
-- name: attachment_get
SELECT id, name, mime, size, usage, created_ms, sha256 FROM attachment WHERE tenant = $1 AND id = $2;
-- name: attachment_forget
DELETE FROM attachment WHERE tenant = $1 AND id = $2;
-- name: attachment_by_id
SELECT tenant, name, mime, size FROM attachment WHERE id = $1;

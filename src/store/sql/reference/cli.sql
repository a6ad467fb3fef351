-- Statements about reference records that only the command line uses: imports, exports, checks (src/cli/).

-- name: cli_reference_get
-- row: cli_doc
SELECT doc FROM reference WHERE tenant = $1 AND kind = $2 AND id = $3;
-- name: cli_reference_put
INSERT INTO reference (tenant, kind, id, doc, seq) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, kind, id) DO UPDATE SET doc = excluded.doc;
-- name: cli_references
-- row: cli_record
SELECT seq AS id, doc FROM reference WHERE tenant = $1 AND kind = $2 AND seq > $3 ORDER BY seq LIMIT $4;
-- name: cli_users
SELECT user_id, id, name, en_name, doc FROM users WHERE tenant = $1 AND user_id > $2 ORDER BY user_id LIMIT $3;

-- Statements about attachments that only the command line uses: imports, exports, checks (src/cli/).

-- name: cli_kept_attachments
-- tenants: command: hired check and backup go through all files
-- row: kept_file
SELECT tenant, id, size, sha256, 0 AS order_id FROM attachment WHERE id > $1 ORDER BY id LIMIT $2;

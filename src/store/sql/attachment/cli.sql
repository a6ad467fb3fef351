-- What only the command line asks of attachments: imports, exports, checks (src/cli/).

-- name: cli_kept_attachments
SELECT id, size, sha256, 0 FROM attachment WHERE id > $1 ORDER BY id LIMIT $2;

-- Statements about background check orders that only the command line uses: imports, exports, checks (src/cli/).

-- name: cli_order_exists
SELECT 1 FROM background_check_order WHERE tenant = $1 AND id = $2;
-- Walks for an export, a page at a time.
-- name: cli_orders
-- row: cli_record
SELECT id, doc FROM background_check_order WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: cli_report_source
SELECT source_url FROM report_file WHERE tenant = $1 AND id = $2;
-- name: cli_report_files
SELECT id, order_id, state, size, source_url FROM report_file WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- Stored files of all tenants.
-- name: cli_kept_reports
-- tenants: command: hired check and backup go through all files
-- row: kept_file
SELECT tenant, id, size, sha256, order_id FROM report_file WHERE id > $1 AND state + 0 = 1 ORDER BY id LIMIT $2;

-- For seeds (src/testing/seed_dump.c).
-- name: seed_orders
-- walks: describes all orders of a tenant
SELECT id, account_id, doc FROM background_check_order WHERE tenant = $1 ORDER BY id;

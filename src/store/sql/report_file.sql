-- name: report_file_by_id
SELECT tenant, state, size, error FROM report_file WHERE id = $1;
-- name: report_file_next
SELECT tenant, id, source_url, attempts, next_ms FROM report_file
WHERE state = 0 AND next_ms <= $1 ORDER BY next_ms LIMIT $2;
-- name: report_file_wake
SELECT next_ms FROM report_file WHERE state = 0 AND next_ms > $1 ORDER BY next_ms LIMIT 1;

-- Whether a record names a kept file.
-- name: file_owner
SELECT 1 FROM report_file WHERE id = $1 UNION ALL SELECT 1 FROM attachment WHERE id = $1;

-- name: report_file_by_id
-- tenants: link: a link to a file names the file only
SELECT tenant, state, size, error FROM report_file WHERE id = $1 LIMIT 1;

-- The next owner after $1 with files to fetch, and when its first is due: reads one row of report_file_due for each owner.
-- name: report_file_owner
-- tenants: upkeep: the fetcher takes turns among vendors, over all tenants
SELECT owner, next_ms FROM report_file WHERE state = 0 AND owner > $1 ORDER BY owner, next_ms, id LIMIT 1;

-- name: report_file_next
-- tenants: upkeep: the fetcher takes turns among vendors, over all tenants
SELECT tenant, id, source_url, attempts FROM report_file
WHERE state = 0 AND owner = $1 AND next_ms <= $2 ORDER BY next_ms, id LIMIT $3;

-- A file that a client waits for, if it is due.
-- name: report_file_wanted
-- tenants: upkeep: the fetcher, for a file whose link was opened
SELECT tenant, owner, source_url, attempts FROM report_file WHERE id = $1 AND state + 0 = 0 AND next_ms <= $2 LIMIT 1;

-- Whether a record refers to a stored file.
-- name: file_owner
-- tenants: upkeep: files in the directory are named by their ids
SELECT 1 FROM report_file WHERE id = $1 UNION ALL SELECT 1 FROM attachment WHERE id = $1 LIMIT 1;

-- The same for reports, which a Retry-After may delay by up to a day (src/events/fetch/fetcher.c).
-- name: report_file_pull_back
-- tenants: upkeep: after a clock that was ahead
UPDATE report_file SET next_ms = $1 + CASE attempts WHEN 0 THEN 0 ELSE 86400000 END
WHERE state = 0 AND owner >= 0 AND next_ms > $1 + CASE attempts WHEN 0 THEN 0 ELSE 86400000 END;

-- Reports that are to be fetched, for hired mirror, which fetches them itself.
-- name: report_file_due_of_tenant
SELECT id, source_url FROM report_file WHERE tenant = $1 AND id > $2 AND state + 0 = 0 ORDER BY id LIMIT $3;

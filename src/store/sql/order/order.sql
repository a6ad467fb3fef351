-- Background check orders, their stages, history and report files (src/hire).

-- name: order_get
SELECT o.update_time, o.application_id, o.account_id, o.status, o.phase, o.begin_time, o.last_stage_time,
    COALESCE(v.app, 0) AS app, o.doc, o.package_id, o.history_ms, o.version, o.stage_ids
FROM background_check_order o
LEFT JOIN vendor_account v ON v.tenant = o.tenant AND v.id = o.account_id
WHERE o.tenant = $1 AND o.id = $2;

-- name: order_insert
INSERT INTO background_check_order
    (tenant, id, update_time, application_id, account_id, status, phase, begin_time, last_stage_time, doc, package_id,
    history_ms, version, stage_ids)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- Updates the order only if it still has the update_time that was read, so that no other change is overwritten.
-- name: order_update
UPDATE background_check_order
SET update_time = $4, last_stage_time = $5, doc = $6, history_ms = $7, version = $8, stage_ids = $9
WHERE tenant = $1 AND update_time + 0 = $3 AND id = $2;
-- What order_update leaves out, because SQLite writes to each index of a column that is set, also if the value stays.
-- name: order_update_place
UPDATE background_check_order
SET application_id = $3, account_id = $4, status = $5, phase = $6, begin_time = $7, package_id = $8
WHERE tenant = $1 AND id = $2;

-- The last entry of the order's history, if nothing else of the order changes.
-- name: order_history_set
UPDATE background_check_order SET history_ms = $3, version = $4 WHERE tenant = $1 AND id = $2;

-- An order entered a state ($4: 1) or left it (-1).
-- name: order_count_add
INSERT INTO background_check_order_count (tenant, status, phase, orders) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, status, phase) DO UPDATE SET orders = background_check_order_count.orders + excluded.orders;

-- The orders that a vendor has, and those that are completed (hire/order/place.c).
-- name: order_open_put
INSERT INTO background_check_order_open (tenant, id, account_id, begin_time) VALUES ($1, $2, $3, $4);
-- name: order_open_drop
DELETE FROM background_check_order_open WHERE tenant = $1 AND id = $2;
-- name: order_done_put
INSERT INTO background_check_order_done (tenant, id, account_id, begin_time, end_time) VALUES ($1, $2, $3, $4, $5);
-- name: order_done_drop
DELETE FROM background_check_order_done WHERE tenant = $1 AND id = $2;

-- name: order_history_insert
INSERT INTO order_history
    (tenant, order_id, seq, at_ms, before_ms, actor_kind, actor_id, action, from_status, from_phase, to_status, to_phase, why)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- One entry of an order's history: the one at $3 with the number $4. before_ms leads to the entry before it.
-- name: order_history_get
SELECT at_ms, actor_kind, actor_id, action, from_status, from_phase, to_status, to_phase, why, before_ms
FROM order_history WHERE tenant = $1 AND order_id = $2 AND at_ms = $3 AND seq = $4;

-- The lists: orders after ($2, $3) up to $4, in the order of (update_time, id).

-- name: order_list_by_time
-- row: order_listed
SELECT update_time, id, doc FROM background_check_order
WHERE tenant = $1 AND (update_time, id) > ($2, $3) AND update_time <= $4
ORDER BY update_time, id LIMIT $5;

-- The same for the first page, from a time on: half the steps for each row.
-- name: order_list_from_time
-- row: order_listed
SELECT update_time, id, doc FROM background_check_order
WHERE tenant = $1 AND update_time >= $2 AND update_time <= $3
ORDER BY update_time, id LIMIT $4;

-- What filters look at, of the same orders and from an index alone, in portions (hire/order/walk.c).
-- name: order_keys
-- row: order_key
SELECT update_time, id, status, phase, account_id, begin_time FROM background_check_order
WHERE tenant = $1 AND (update_time, id) > ($2, $3) AND update_time <= $4
ORDER BY update_time, id LIMIT $5;
-- The latest change first: orders before ($2, $3) down to $4.
-- name: order_keys_newest
-- row: order_key
SELECT update_time, id, status, phase, account_id, begin_time FROM background_check_order
WHERE tenant = $1 AND (update_time, id) < ($2, $3) AND update_time >= $4
ORDER BY update_time DESC, id DESC LIMIT $5;

-- Whether there are more than a few orders of an application, of an account, in a state; stop counting at $3. Two bounds
-- instead of an equality, because SQLite without statistics would take the other index.
-- name: order_few_of_application
-- row: order_few
-- walks: counts at most $3 rows of an index
SELECT COUNT(*) AS n FROM (SELECT 1 FROM background_check_order WHERE tenant = $1 AND application_id = $2 LIMIT $3) f;
-- name: order_few_of_account
-- row: order_few
-- walks: counts at most $3 rows of an index
SELECT COUNT(*) AS n FROM (SELECT 1 FROM background_check_order WHERE tenant = $1 AND account_id = $2 LIMIT $3) f;
-- name: order_few_of_status
-- row: order_few
-- walks: counts at most $3 rows of an index
SELECT COUNT(*) AS n FROM (SELECT 1 FROM background_check_order WHERE tenant = $1 AND status = $2 LIMIT $3) f;

-- name: order_few_begun
-- row: order_few
-- walks: counts at most $4 rows of an index
SELECT COUNT(*) AS n FROM (
    SELECT 1 FROM background_check_order WHERE tenant = $1 AND begin_time >= $2 AND begin_time <= $3 LIMIT $4) f;

-- Whether an order that began from $2 to $3 did so after its last change: reads one row of an index that is normally empty.
-- name: order_begun_later
SELECT 1 FROM background_check_order
WHERE tenant = $1 AND begin_time >= $2 AND begin_time <= $3 AND begin_time > update_time LIMIT 1;

-- The same keys of the few orders of an application, of an account, in a state, begun within a time: read by their index,
-- unsorted. application_id is read because SQLite would otherwise take the index that has all other columns, and walk the
-- tenant.
-- name: order_keys_of_application
-- row: order_key
SELECT update_time, id, status, phase, account_id, begin_time, application_id FROM background_check_order
WHERE tenant = $1 AND application_id = $2;
-- name: order_keys_of_account
-- row: order_key
SELECT update_time, id, status, phase, account_id, begin_time, application_id FROM background_check_order
WHERE tenant = $1 AND account_id = $2;
-- name: order_keys_of_status
-- row: order_key
SELECT update_time, id, status, phase, account_id, begin_time, application_id FROM background_check_order
WHERE tenant = $1 AND status = $2;

-- name: order_keys_begun
-- row: order_key
SELECT update_time, id, status, phase, account_id, begin_time, application_id FROM background_check_order
WHERE tenant = $1 AND begin_time >= $2 AND begin_time <= $3;

-- What the filter that no index has looks at, and the record.
-- name: order_filtered
-- row: order_filtered
SELECT application_id, doc FROM background_check_order WHERE tenant = $1 AND id = $2;

-- name: report_file_insert
INSERT INTO report_file (tenant, id, order_id, source_url, state, attempts, next_ms, size, sha256, error, owner)
VALUES ($1, $2, $3, $4, 0, 0, $5, 0, '', '', $6);

-- How many files of an owner wait to be fetched; stops counting at $2.
-- name: report_file_waiting
-- tenants: vendor: a vendor may have so many files to fetch in all tenants together
-- walks: counts at most $2 rows of an index
SELECT COUNT(*) AS n FROM (SELECT 1 FROM report_file WHERE state = 0 AND owner = $1 LIMIT $2) w;

-- A report file that a person uploaded, so it is stored already.
-- name: report_file_insert_kept
INSERT INTO report_file (tenant, id, order_id, source_url, state, attempts, next_ms, size, sha256, error)
VALUES ($1, $2, $3, '', 1, 0, 0, $4, $5, '');

-- name: report_file_get
SELECT order_id, source_url, state, attempts, next_ms, size, sha256, error
FROM report_file WHERE tenant = $1 AND id = $2;

-- Two bounds instead of an equality, for the reason above.
-- name: report_file_of_order
SELECT id, source_url, state FROM report_file WHERE tenant = $1 AND order_id >= $2 AND order_id <= $2;

-- state + 0: PostgreSQL must not look through the index of files that are due.
-- name: report_file_kept
UPDATE report_file SET state = 1, attempts = attempts + 1, size = $3, sha256 = $4, error = ''
WHERE tenant = $1 AND id = $2 AND state + 0 = 0;

-- name: report_file_failed
UPDATE report_file SET state = $3, attempts = attempts + 1, next_ms = $4, error = $5
WHERE tenant = $1 AND id = $2 AND state + 0 = 0;

-- A newer link to a report that has not been fetched yet.
-- name: report_file_moved
UPDATE report_file SET source_url = $3, state = 0, attempts = 0, next_ms = $4, error = ''
WHERE tenant = $1 AND id = $2 AND state <> 1;

-- Background check orders, their stages, history and report files (src/hire).

-- name: order_get
SELECT o.update_time, o.application_id, o.account_id, o.status, o.phase, o.begin_time, o.last_stage_time,
    COALESCE(v.app, 0) AS app, o.doc, o.package_id
FROM background_check_order o
LEFT JOIN vendor_account v ON v.tenant = o.tenant AND v.id = o.account_id
WHERE o.tenant = $1 AND o.id = $2;

-- name: order_insert
INSERT INTO background_check_order
    (tenant, id, update_time, application_id, account_id, status, phase, begin_time, last_stage_time, doc,
    package_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- Updates the order only if it still has the update_time that was read, so that no other change is overwritten.
-- name: order_update
UPDATE background_check_order
SET update_time = $4, application_id = $5, account_id = $6, status = $7, phase = $8, begin_time = $9,
    last_stage_time = $10, doc = $11, package_id = $12
WHERE tenant = $1 AND update_time = $3 AND id = $2;

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

-- name: order_stage_insert
INSERT INTO order_stage (tenant, order_id, stage_id, stage_time) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, order_id, stage_id) DO NOTHING;

-- name: order_history_insert
INSERT INTO order_history
    (tenant, order_id, seq, at_ms, actor_kind, actor_id, action, from_status, from_phase, to_status, to_phase, why)
VALUES ($1, $2, (SELECT COALESCE(MAX(x.seq), 0) + 1 FROM order_history x WHERE x.tenant = $1 AND x.order_id = $2),
    $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: order_history_list
SELECT at_ms, actor_kind, actor_id, action, from_status, from_phase, to_status, to_phase, why
FROM order_history WHERE tenant = $1 AND order_id = $2 ORDER BY seq;

-- The lists: orders after ($2, $3) up to $4; $5 and $6 bound begin_time, $7 is a status or 0. Those by application and
-- by account hold it equal to $9 by two bounds, because SQLite without statistics would take an equality for a reason to
-- walk the whole tenant by its primary key.

-- name: order_list
-- row: order_listed
SELECT update_time, id, doc FROM background_check_order
WHERE tenant = $1 AND (update_time, id) > ($2, $3) AND update_time <= $4
    AND begin_time >= $5 AND begin_time <= $6 AND (CAST($7 AS BIGINT) = 0 OR status = $7)
ORDER BY update_time, id LIMIT $8;

-- The same without filters except time, which is the most frequent list: reads no other columns.
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

-- name: order_list_by_application
-- row: order_listed
SELECT update_time, id, doc FROM background_check_order
WHERE tenant = $1 AND (application_id, update_time, id) > ($9, $2, $3) AND (application_id, update_time) <= ($9, $4)
    AND begin_time >= $5 AND begin_time <= $6 AND (CAST($7 AS BIGINT) = 0 OR status = $7)
ORDER BY application_id, update_time, id LIMIT $8;

-- name: order_list_by_account
-- row: order_listed
SELECT update_time, id, doc FROM background_check_order
WHERE tenant = $1 AND (account_id, update_time, id) > ($9, $2, $3) AND (account_id, update_time) <= ($9, $4)
    AND begin_time >= $5 AND begin_time <= $6 AND (CAST($7 AS BIGINT) = 0 OR status = $7)
ORDER BY account_id, update_time, id LIMIT $8;

-- An application has few orders; the statement selects those of one app's accounts.
-- name: order_list_by_application_of_app
-- row: order_listed
SELECT o.update_time, o.id, o.doc FROM background_check_order o
WHERE o.tenant = $1 AND (o.application_id, o.update_time, o.id) > ($9, $2, $3)
    AND (o.application_id, o.update_time) <= ($9, $4)
    AND o.begin_time >= $5 AND o.begin_time <= $6 AND (CAST($7 AS BIGINT) = 0 OR o.status = $7)
    AND EXISTS (SELECT 1 FROM vendor_account v WHERE v.tenant = $1 AND v.id = o.account_id AND v.app = $10)
ORDER BY o.application_id, o.update_time, o.id LIMIT $8;

-- name: report_file_insert
INSERT INTO report_file (tenant, id, order_id, source_url, state, attempts, next_ms, size, sha256, error, owner)
VALUES ($1, $2, $3, $4, 0, 0, $5, 0, '', '', $6);

-- How many files of an owner wait to be fetched; stops counting at $2.
-- name: report_file_waiting
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

-- name: report_file_kept
UPDATE report_file SET state = 1, attempts = attempts + 1, size = $3, sha256 = $4, error = ''
WHERE tenant = $1 AND id = $2 AND state = 0;

-- name: report_file_failed
UPDATE report_file SET state = $3, attempts = attempts + 1, next_ms = $4, error = $5
WHERE tenant = $1 AND id = $2 AND state = 0;

-- A newer link to a report that has not been fetched yet.
-- name: report_file_moved
UPDATE report_file SET source_url = $3, state = 0, attempts = 0, next_ms = $4, error = ''
WHERE tenant = $1 AND id = $2 AND state <> 1;

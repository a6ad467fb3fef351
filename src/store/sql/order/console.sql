-- Statements about background check orders for the console (src/console/).

-- Orders, newest change first, before ($2, $3).
-- name: console_orders
-- row: console_order_row
SELECT update_time, id, application_id, account_id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND (update_time, id) < ($2, $3) ORDER BY update_time DESC, id DESC LIMIT $4;
-- Whose names a search looks at.
-- name: console_order_named
SELECT o.account_id, COALESCE(a.talent_id, 0) AS talent_id FROM background_check_order o
LEFT JOIN application a ON a.tenant = o.tenant AND a.id = o.application_id
WHERE o.tenant = $1 AND o.id = $2;
-- Orders completed since $4, the latest first, before ($2, $3). $5 an account or 0. The last column is the place.
-- name: console_orders_done
-- row: console_order_row
SELECT o.update_time, o.id, o.application_id, o.account_id, o.status, o.phase, o.doc, d.end_time
FROM background_check_order_done d
JOIN background_check_order o ON o.tenant = d.tenant AND o.id = d.id
WHERE d.tenant = $1 AND (d.end_time, d.id) < ($2, $3) AND d.end_time >= $4
    AND (CAST($5 AS BIGINT) = 0 OR d.account_id = $5)
ORDER BY d.end_time DESC, d.id DESC LIMIT $6;
-- Orders that account $2 has had since before $5, oldest first, after ($3, $4).
-- name: console_orders_late
SELECT begin_time, id FROM background_check_order_open
WHERE tenant = $1 AND (account_id, begin_time, id) > ($2, $3, $4) AND (account_id, begin_time) < ($2, $5)
ORDER BY account_id, begin_time, id LIMIT $6;
-- name: console_orders_late_count
SELECT COUNT(*) AS n FROM background_check_order_open
WHERE tenant = $1 AND (account_id, begin_time) > ($2, 0) AND (account_id, begin_time) < ($2, $3);
-- name: console_order_open
SELECT account_id, begin_time FROM background_check_order_open WHERE tenant = $1 AND id = $2;
-- name: console_order_done
SELECT end_time FROM background_check_order_done WHERE tenant = $1 AND id = $2;
-- Of each account with results since $2: how many, and the time from arrangement to result that half of them and nine of ten
-- did not exceed, of those whose beginning is known (NULL: none is).
-- name: console_order_times
-- walks: sorts the results of 30 days, by a narrow table
SELECT t.account_id, COALESCE(v.name, '') AS name, COALESCE(v.provider_zh, '') AS provider_zh, COALESCE(v.provider_en, '') AS provider_en, t.n,
    MIN(CASE WHEN t.place >= (t.known + 1) / 2 THEN t.took END) AS median_ms,
    MIN(CASE WHEN t.place >= (t.known * 9 + 9) / 10 THEN t.took END) AS p90_ms
FROM (
    SELECT tenant, account_id, took, COUNT(*) OVER (PARTITION BY account_id) AS n,
        COUNT(took) OVER (PARTITION BY account_id) AS known,
        ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY CASE WHEN took IS NULL THEN 1 ELSE 0 END, took) AS place
    FROM (
        SELECT tenant, account_id, CASE WHEN begin_time > 0 AND end_time >= begin_time THEN end_time - begin_time END AS took
        FROM background_check_order_done WHERE tenant = $1 AND end_time >= $2 AND account_id <> 0) AS done) AS t
LEFT JOIN vendor_account v ON v.tenant = t.tenant AND v.id = t.account_id
GROUP BY t.account_id, v.name, v.provider_zh, v.provider_en, t.n ORDER BY t.account_id;
-- name: console_order_row
-- row: console_order_row
SELECT update_time, id, application_id, account_id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND id = $2;
-- name: console_order
SELECT application_id, account_id, status, phase, doc FROM background_check_order WHERE tenant = $1 AND id = $2;
-- name: console_order_files
SELECT id, state, size, error FROM report_file
WHERE tenant = $1 AND (order_id, id) > ($2, -1) AND order_id <= $2 ORDER BY order_id, id; -- else SQLite walks the tenant
-- The overview.
-- name: console_order_counts
-- walks: a row for each state
SELECT status, phase, orders FROM background_check_order_count WHERE tenant = $1 AND orders <> 0 ORDER BY status, phase;
-- name: console_order_version
SELECT version FROM background_check_order WHERE tenant = $1 AND id = $2;
-- Orders by day ($3 milliseconds long, from $2): arranged (step $4), then completed.
-- name: console_days_arranged
-- row: console_day
-- walks: groups the steps of 30 days, for the overview alone
SELECT (at_ms - $2) / $3 AS day, COUNT(*) AS n FROM order_history
WHERE tenant = $1 AND at_ms >= $2 AND action = $4 GROUP BY (at_ms - $2) / $3 ORDER BY 1;
-- name: console_orders_done_count
SELECT COUNT(*) AS n FROM background_check_order_done WHERE tenant = $1 AND end_time >= $2;
-- name: console_days_done
-- row: console_day
-- walks: counts the results of 30 days, by a narrow table
SELECT (end_time - $2) / $3 AS day, COUNT(*) AS n FROM background_check_order_done
WHERE tenant = $1 AND end_time >= $2 GROUP BY (end_time - $2) / $3 ORDER BY 1;

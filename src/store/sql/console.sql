-- Accounts, sessions and the audit log of the console (src/gateway/caller/account.c, session.c).

-- name: console_account_by_login
SELECT tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms
FROM console_account WHERE login = $1;
-- name: console_account_get
SELECT tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms
FROM console_account WHERE tenant = $1 AND id = $2;
-- name: console_account_list
-- walks: a tenant has some hundred accounts
SELECT tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms
FROM console_account WHERE tenant = $1 ORDER BY id;
-- name: console_account_add
INSERT INTO console_account
    (tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0);
-- name: console_account_update
UPDATE console_account SET name = $3, en_name = $4, roles = $5, users_id = $6, disabled = $7
WHERE tenant = $1 AND id = $2;
-- name: console_account_set_password
UPDATE console_account SET password = $3 WHERE tenant = $1 AND id = $2;
-- name: console_account_signed_in
UPDATE console_account SET signed_in_ms = $3 WHERE tenant = $1 AND id = $2;
-- name: console_account_admins
-- walks: a tenant has some hundred accounts
SELECT COUNT(*) FROM console_account WHERE tenant = $1 AND disabled = 0 AND (roles & 1) = 1;

-- name: console_session_get
SELECT s.tenant, s.account, s.expires_ms, a.login, a.name, a.en_name, a.roles, a.users_id, a.disabled
FROM console_session s JOIN console_account a ON a.tenant = s.tenant AND a.id = s.account
WHERE s.key = $1;
-- name: console_session_add
INSERT INTO console_session (key, tenant, account, address, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6);
-- name: console_session_end
DELETE FROM console_session WHERE key = $1;
-- $3: the one that stays; '': none does.
-- name: console_session_end_others
DELETE FROM console_session WHERE tenant = $1 AND account = $2 AND key <> $3;
-- name: console_session_purge
DELETE FROM console_session WHERE expires_ms < $1;

-- name: console_audit_add
INSERT INTO console_audit (tenant, id, at_ms, actor_kind, actor, action, subject, detail, address, log_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
-- Newest first, before $2 and from $7 on: ids grow with time. $3: one account's, or 0; $4 an action, $5 a subject, or ''.
-- name: console_audit_list
SELECT x.id, x.at_ms, x.actor_kind, x.actor, x.action, x.subject, x.detail, x.address, x.log_id,
    COALESCE(a.name, ''), COALESCE(a.en_name, '')
FROM console_audit x
LEFT JOIN console_account a ON a.tenant = x.tenant AND a.id = x.actor
WHERE x.tenant = $1 AND x.id < $2 AND x.id >= $7 AND (CAST($3 AS BIGINT) = 0 OR x.actor = $3)
    AND (CAST($4 AS TEXT) = '' OR x.action = $4) AND (CAST($5 AS TEXT) = '' OR x.subject = $5)
ORDER BY x.id DESC LIMIT $6;

-- What the console lists and shows (src/console).

-- Newest change first, before ($2, $3). $4 a stage or '', $5 an active_status or 0, $6 a job or 0. Walked until a page is
-- full, so it has no limit of its own; the index holds all that it reads.
-- name: console_applications
SELECT update_time, id, talent_id, job_id, stage_id, active_status FROM application
WHERE tenant = $1 AND (update_time, id) < ($2, $3) AND (CAST($4 AS TEXT) = '' OR stage_id = $4)
    AND (CAST($5 AS BIGINT) = 0 OR active_status = $5) AND (CAST($6 AS BIGINT) = 0 OR job_id = $6)
ORDER BY update_time DESC, id DESC;
-- name: console_application
SELECT update_time, id, talent_id, job_id, stage_id, active_status, doc FROM application WHERE tenant = $1 AND id = $2;
-- name: console_application_subject
SELECT talent_id, job_id FROM application WHERE tenant = $1 AND id = $2;
-- name: console_order_of_application
SELECT id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND (application_id, update_time) > ($2, -1) AND application_id <= $2
ORDER BY application_id DESC, update_time DESC, id DESC LIMIT 1;

-- Orders, newest change first, before ($2, $3).
-- name: console_orders
SELECT update_time, id, application_id, account_id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND (update_time, id) < ($2, $3) ORDER BY update_time DESC, id DESC LIMIT $4;
-- $6: a phase or -1.
-- name: console_orders_by_status
SELECT update_time, id, application_id, account_id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND (status, update_time, id) < ($5, $2, $3) AND status >= $5
    AND (CAST($6 AS BIGINT) = -1 OR phase = $6)
ORDER BY status DESC, update_time DESC, id DESC LIMIT $4;
-- Two bounds instead of an equality: see hire_order.sql. $6: a status or 0, $7: a phase or -1.
-- name: console_orders_by_account
SELECT update_time, id, application_id, account_id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND (account_id, update_time, id) < ($5, $2, $3) AND account_id >= $5
    AND (CAST($6 AS BIGINT) = 0 OR status = $6) AND (CAST($7 AS BIGINT) = -1 OR phase = $7)
ORDER BY account_id DESC, update_time DESC, id DESC LIMIT $4;
-- name: console_orders_by_application
SELECT update_time, id, application_id, account_id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND (application_id, update_time, id) < ($5, $2, $3) AND application_id >= $5
    AND (CAST($6 AS BIGINT) = 0 OR status = $6) AND (CAST($7 AS BIGINT) = -1 OR phase = $7)
ORDER BY application_id DESC, update_time DESC, id DESC LIMIT $4;
-- The keys of an application's orders. $5: a status or 0, $6: an account or 0. Walked until they are too old for a page.
-- name: console_order_keys_of_application
SELECT update_time, id FROM background_check_order
WHERE tenant = $1 AND (application_id, update_time, id) < ($2, $3, $4) AND application_id >= $2
    AND (CAST($5 AS BIGINT) = 0 OR status = $5) AND (CAST($6 AS BIGINT) = 0 OR account_id = $6)
    AND (CAST($7 AS BIGINT) = -1 OR phase = $7)
ORDER BY application_id DESC, update_time DESC, id DESC;
-- All of them with what a search asks for, newest change first. Walked until a page is full.
-- name: console_orders_searched
SELECT o.update_time, o.id, o.account_id, COALESCE(a.talent_id, 0) FROM background_check_order o
LEFT JOIN application a ON a.tenant = o.tenant AND a.id = o.application_id
WHERE o.tenant = $1 AND (o.update_time, o.id) < ($2, $3)
    AND (CAST($4 AS BIGINT) = 0 OR o.status = $4) AND (CAST($5 AS BIGINT) = 0 OR o.account_id = $5)
    AND (CAST($6 AS BIGINT) = -1 OR o.phase = $6)
ORDER BY o.update_time DESC, o.id DESC;
-- Orders completed since $4, the latest first, before ($2, $3). $5 an account or 0. The last column is the place.
-- name: console_orders_done
SELECT o.update_time, o.id, o.application_id, o.account_id, o.status, o.phase, o.doc, d.end_time
FROM background_check_order_done d
JOIN background_check_order o ON o.tenant = d.tenant AND o.id = d.id
WHERE d.tenant = $1 AND (d.end_time, d.id) < ($2, $3) AND d.end_time >= $4
    AND (CAST($5 AS BIGINT) = 0 OR d.account_id = $5)
ORDER BY d.end_time DESC, d.id DESC LIMIT $6;
-- Orders that account $2 has had since before $5, those of the longest time first, behind ($3, $4).
-- name: console_orders_late
SELECT begin_time, id FROM background_check_order_open
WHERE tenant = $1 AND (account_id, begin_time, id) > ($2, $3, $4) AND (account_id, begin_time) < ($2, $5)
ORDER BY account_id, begin_time, id LIMIT $6;
-- name: console_orders_late_count
SELECT COUNT(*) FROM background_check_order_open
WHERE tenant = $1 AND (account_id, begin_time) > ($2, 0) AND (account_id, begin_time) < ($2, $3);
-- name: console_order_open
SELECT account_id, begin_time FROM background_check_order_open WHERE tenant = $1 AND id = $2;
-- name: console_order_done
SELECT end_time FROM background_check_order_done WHERE tenant = $1 AND id = $2;
-- Of each account with results since $2: how many, and the time from arrangement to result that half of them and nine of ten
-- did not exceed, of those whose beginning is known (NULL: none is).
-- name: console_order_times
-- walks: sorts the results of 30 days, by a narrow table
SELECT t.account_id, COALESCE(v.name, ''), COALESCE(v.provider_zh, ''), COALESCE(v.provider_en, ''), t.n,
    MIN(CASE WHEN t.place >= (t.known + 1) / 2 THEN t.took END),
    MIN(CASE WHEN t.place >= (t.known * 9 + 9) / 10 THEN t.took END)
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
SELECT update_time, id, application_id, account_id, status, phase, doc FROM background_check_order
WHERE tenant = $1 AND id = $2;
-- name: console_order
SELECT application_id, account_id, status, phase, doc FROM background_check_order WHERE tenant = $1 AND id = $2;
-- name: console_order_files
SELECT id, state, size, error FROM report_file
WHERE tenant = $1 AND (order_id, id) > ($2, -1) AND order_id <= $2 ORDER BY order_id, id; -- else SQLite walks the tenant
-- name: console_interview_application
SELECT application_id FROM interview WHERE tenant = $1 AND id = $2;
-- name: console_app_name
SELECT name, app_id FROM app WHERE id = $1;

-- Interviews as they stand now, behind ($2, $3) up to $4. $5 an application or 0. Walked until a page is full.
-- name: console_interviews
SELECT b.begin_time, b.id, i.doc FROM interview_begin b
JOIN interview i ON i.tenant = b.tenant AND i.id = b.id
WHERE b.tenant = $1 AND (b.begin_time, b.id) > ($2, $3) AND b.begin_time <= $4 AND b.moved_ms = 0
    AND (CAST($5 AS BIGINT) = 0 OR i.application_id = $5)
ORDER BY b.begin_time, b.id;
-- The same of those that user $6 holds.
-- name: console_interviews_of_interviewer
SELECT w.begin_time, w.interview_id, i.doc FROM interview_interviewer w
JOIN interview i ON i.tenant = w.tenant AND i.id = w.interview_id
WHERE w.tenant = $1 AND w.users_id = $6 AND (w.begin_time, w.interview_id) > ($2, $3) AND w.begin_time <= $4
    AND (CAST($5 AS BIGINT) = 0 OR i.application_id = $5)
ORDER BY w.begin_time, w.interview_id;
-- name: console_interviews_of_application
SELECT begin_time, id, doc FROM interview
WHERE tenant = $1 AND (application_id, id) > ($2, -1) AND application_id <= $2 ORDER BY application_id DESC, id DESC;

-- Deliveries, newest event first, before ($2, $3). $4 an app or 0, $5 a state or -1, $6 a type or '', $7 at least so
-- many attempts. Walked until a page is full.
-- name: console_deliveries
SELECT d.event, d.app, d.state, d.attempts, d.next_ms, e.type, e.created_ms, e.subject_id, a.app_id, a.name
FROM event_delivery d
JOIN event e ON e.tenant = d.tenant AND e.id = d.event
JOIN app a ON a.id = d.app
WHERE d.tenant = $1 AND (d.event, d.app) < ($2, $3) AND (CAST($4 AS BIGINT) = 0 OR d.app = $4)
    AND (CAST($5 AS BIGINT) = -1 OR d.state = $5) AND (CAST($6 AS TEXT) = '' OR e.type = $6) AND d.attempts >= $7
ORDER BY d.event DESC, d.app DESC;
-- name: console_deliveries_of_event
SELECT d.event, d.app, d.state, d.attempts, d.next_ms, e.type, e.created_ms, e.subject_id, a.app_id, a.name
FROM event_delivery d
JOIN event e ON e.tenant = d.tenant AND e.id = d.event
JOIN app a ON a.id = d.app
WHERE d.tenant = $1 AND d.event = $2 ORDER BY d.app;
-- The last event about an order.
-- name: console_last_event_about
SELECT id, type FROM event WHERE tenant = $1 AND (subject_id, id) > ($2, -1) AND subject_id <= $2 AND account_id <> 0
ORDER BY subject_id DESC, id DESC LIMIT 1; -- two bounds instead of an equality: see hire_order.sql
-- name: console_last_attempt
SELECT status, error, at_ms FROM event_attempt WHERE tenant = $1 AND event = $2 AND app = $3 ORDER BY seq DESC LIMIT 1;
-- name: console_app_created
SELECT created_ms, request_url, encrypt_key, verification_token FROM app WHERE id = $1;

-- The overview.
-- name: console_order_counts
-- walks: a row for each state
SELECT status, phase, orders FROM background_check_order_count WHERE tenant = $1 AND orders <> 0 ORDER BY status, phase;
-- name: console_order_version
SELECT seq FROM order_history WHERE tenant = $1 AND order_id = $2 ORDER BY seq DESC LIMIT 1;
-- name: console_failing
-- walks: groups what failed, by the index that holds nothing else
SELECT a.id, a.app_id, a.name, SUM(CASE WHEN d.state = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN d.state = 2 THEN 1 ELSE 0 END),
    MAX(d.event)
FROM event_delivery d JOIN app a ON a.id = d.app
WHERE d.tenant = $1 AND d.app > 0 AND d.attempts > 0 AND d.state <> 1
GROUP BY a.id, a.app_id, a.name ORDER BY a.id;
-- Vendor accounts that have orders.
-- name: console_accounts
-- walks: a tenant has some tens of accounts
SELECT id FROM vendor_account WHERE tenant = $1 ORDER BY id;
-- Orders by day ($3 milliseconds long, from $2): arranged (step $4), then completed.
-- name: console_days_arranged
-- walks: groups the steps of 30 days, for the overview alone
SELECT (x.at_ms - $2) / $3, COUNT(*)
FROM background_check_order o CROSS JOIN order_history x -- in this order, or SQLite walks all history
WHERE o.tenant = $1 AND o.update_time >= $2 AND x.tenant = o.tenant AND x.order_id = o.id AND x.at_ms >= $2 AND x.action = $4
GROUP BY (x.at_ms - $2) / $3 ORDER BY 1;
-- name: console_orders_done_count
SELECT COUNT(*) FROM background_check_order_done WHERE tenant = $1 AND end_time >= $2;
-- name: console_days_done
-- walks: counts the results of 30 days, by a narrow table
SELECT (end_time - $2) / $3, COUNT(*) FROM background_check_order_done
WHERE tenant = $1 AND end_time >= $2 GROUP BY (end_time - $2) / $3 ORDER BY 1;
-- name: console_attempts
SELECT seq, at_ms, way, status, duration_ms, answer, error FROM event_attempt
WHERE tenant = $1 AND event = $2 AND app = $3 ORDER BY seq DESC LIMIT $4;

-- What changed after $2, for open pages (src/gateway/watch.c): id and when.
-- name: watch_orders
SELECT id, update_time FROM background_check_order WHERE tenant = $1 AND update_time > $2 ORDER BY update_time;
-- name: watch_applications
SELECT id, update_time FROM application WHERE tenant = $1 AND update_time > $2 ORDER BY update_time;
-- The log of what people did has interviews that changed; ids grow with time, so it is gone through from the last one seen.
-- name: watch_interviews
SELECT CASE WHEN action LIKE 'interview.%' ESCAPE '\' THEN CAST(subject AS BIGINT) ELSE 0 END, at_ms, id
FROM console_audit WHERE tenant = $1 AND id > $3 AND at_ms > $2 ORDER BY id;
-- name: watch_last
-- walks: stops at the newest entry
SELECT id FROM console_audit WHERE tenant = $1 ORDER BY id DESC LIMIT 1;
-- name: watch_deliveries
SELECT event, at_ms FROM event_attempt WHERE tenant = $1 AND at_ms > $2 ORDER BY at_ms;

-- name: console_jobs
SELECT id, name FROM reference_name WHERE tenant = $1 AND kind = 'job' ORDER BY id DESC LIMIT $2;
-- name: console_users
-- walks: stops at $2
SELECT user_id, name, en_name FROM users WHERE tenant = $1 ORDER BY user_id LIMIT $2;

-- References between tables, for hired check: each statement returns a sentence for each row that refers to nothing. Those of one subject
-- are beside its other statements.

-- ---- tenants ----

-- name: check_app_tenant
-- row: check_fault
SELECT 'app ' || a.app_id || ': its tenant ' || CAST(a.tenant AS TEXT) || ' is unknown' AS fault
FROM app a WHERE a.tenant <> 0 AND NOT EXISTS (SELECT 1 FROM tenant t WHERE t.id = a.tenant);

-- name: check_rows_tenant
-- row: check_fault
SELECT x.what || ': it has rows of tenant ' || CAST(x.tenant AS TEXT) || ', which is unknown' AS fault
FROM (
    SELECT DISTINCT 'users' AS what, tenant FROM users
    UNION ALL SELECT DISTINCT 'vendor_account', tenant FROM vendor_account
    UNION ALL SELECT DISTINCT 'app_install', tenant FROM app_install
    UNION ALL SELECT DISTINCT 'background_check_order_count', tenant FROM background_check_order_count
    UNION ALL SELECT DISTINCT 'reference_name', tenant FROM reference_name
    UNION ALL SELECT DISTINCT 'interview_begin', tenant FROM interview_begin
    UNION ALL SELECT DISTINCT 'console_account', tenant FROM console_account
    UNION ALL SELECT DISTINCT 'attachment', tenant FROM attachment
    UNION ALL SELECT 'tenant_stamp', tenant FROM tenant_stamp) AS x
WHERE x.tenant <> 0 AND NOT EXISTS (SELECT 1 FROM tenant t WHERE t.id = x.tenant);

-- name: check_stamp
-- row: check_fault
SELECT 'tenant_stamp: tenant ' || CAST(t.id AS TEXT) || ' has orders or applications that changed later than its last stamp' AS fault
FROM tenant t
LEFT JOIN tenant_stamp s ON s.tenant = t.id
WHERE COALESCE(s.last_ms, 0) < COALESCE((SELECT MAX(o.update_time) FROM background_check_order o WHERE o.tenant = t.id), 0)
    OR COALESCE(s.last_ms, 0) < COALESCE((SELECT MAX(p.update_time) FROM application p WHERE p.tenant = t.id), 0);

-- ---- callers ----

-- name: check_access_change
-- row: check_fault
SELECT 'access_change: its row is missing' AS fault
FROM meta m WHERE m.key = 'schema' AND NOT EXISTS (SELECT 1 FROM access_change c WHERE c.id = 1);

-- name: check_app_install
-- row: check_fault
SELECT 'app_install: it names app ' || CAST(i.app AS TEXT) || ', which is unknown' AS fault
FROM app_install i WHERE NOT EXISTS (SELECT 1 FROM app a WHERE a.id = i.app);

-- name: check_app_installed
-- row: check_fault
SELECT 'app ' || a.app_id || ': app_install does not have it in its own tenant' AS fault
FROM app a WHERE a.kind = 1 AND a.tenant <> 0
    AND NOT EXISTS (SELECT 1 FROM app_install i WHERE i.tenant = a.tenant AND i.app = a.id);

-- name: check_subscription_app
-- row: check_fault
SELECT 'app_subscription: it names app ' || CAST(s.app AS TEXT) || ', which is unknown' AS fault
FROM (SELECT DISTINCT app FROM app_subscription) AS s WHERE NOT EXISTS (SELECT 1 FROM app a WHERE a.id = s.app);

-- name: check_account_app
-- row: check_fault
SELECT 'vendor_account ' || CAST(v.id AS TEXT) || ': its app ' || CAST(v.app AS TEXT) || ' is unknown' AS fault
FROM vendor_account v WHERE v.app <> 0 AND NOT EXISTS (SELECT 1 FROM app a WHERE a.id = v.app);

-- name: check_alias_user
-- row: check_fault
SELECT 'user_alias: it names user ' || CAST(x.users_id AS TEXT) || ', who is unknown' AS fault
FROM user_alias x WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant = x.tenant AND u.id = x.users_id);

-- name: check_console_user
-- row: check_fault
SELECT 'console_account ' || CAST(c.id AS TEXT) || ': its user ' || CAST(c.users_id AS TEXT) || ' is unknown' AS fault
FROM console_account c
WHERE c.users_id <> 0 AND NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant = c.tenant AND u.id = c.users_id);

-- name: check_session_account
-- row: check_fault
SELECT 'console_session: it is of account ' || CAST(s.account AS TEXT) || ', which is unknown' AS fault
FROM console_session s WHERE NOT EXISTS (SELECT 1 FROM console_account c WHERE c.tenant = s.tenant AND c.id = s.account);

-- ---- people and records ----

-- name: check_interviewer_user
-- row: check_fault
SELECT 'interview ' || CAST(w.interview_id AS TEXT) || ': its interviewer ' || CAST(w.users_id AS TEXT) || ' is unknown' AS fault
FROM interview_interviewer w WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant = w.tenant AND u.id = w.users_id);

-- name: check_employee
-- row: check_fault
SELECT 'talent_employee: talent ' || CAST(e.talent_id AS TEXT) || ' is user ' || CAST(e.users_id AS TEXT) || ', and one of them is unknown' AS fault
FROM talent_employee e
WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant = e.tenant AND u.id = e.users_id)
    OR NOT EXISTS (SELECT 1 FROM reference r WHERE r.tenant = e.tenant AND r.kind = 'talent' AND r.id = CAST(e.talent_id AS TEXT));

-- name: check_reference_name
-- row: check_fault
SELECT 'reference_name: it names ' || n.kind || ' ' || CAST(n.id AS TEXT) || ', which is unknown' AS fault
FROM reference_name n
WHERE NOT EXISTS (SELECT 1 FROM reference r WHERE r.tenant = n.tenant AND r.kind = n.kind AND r.id = CAST(n.id AS TEXT));

-- name: check_reference_named
-- row: check_fault
SELECT r.kind || ' ' || r.id || ': reference_name does not have it' AS fault
FROM reference r
WHERE r.kind IN ('talent', 'job')
    AND NOT EXISTS (SELECT 1 FROM reference_name n WHERE n.tenant = r.tenant AND n.kind = r.kind AND n.id = CAST(r.id AS BIGINT));

-- name: check_answers_interview
-- row: check_fault
SELECT 'interview_answers: they are of interview ' || CAST(x.interview_id AS TEXT) || ', which is unknown' AS fault
FROM interview_answers x
WHERE NOT EXISTS (SELECT 1 FROM interview i WHERE i.tenant = x.tenant AND i.id = x.interview_id)
    AND NOT EXISTS (SELECT 1 FROM interview_cancelled c WHERE c.tenant = x.tenant AND c.id = x.interview_id);

-- ---- orders ----

-- name: check_history_order
-- row: check_fault
SELECT 'order_history: it has entries of order ' || CAST(h.order_id AS TEXT) || ', which is unknown' AS fault
FROM order_history h
WHERE h.seq = 1 AND NOT EXISTS (SELECT 1 FROM background_check_order o WHERE o.tenant = h.tenant AND o.id = h.order_id);

-- name: check_attachment_order
-- row: check_fault
SELECT 'background_check_order_attachment: it names order ' || CAST(x.order_id AS TEXT) || ', which is unknown' AS fault
FROM background_check_order_attachment x
WHERE NOT EXISTS (SELECT 1 FROM background_check_order o WHERE o.tenant = x.tenant AND o.id = x.order_id);

-- An erasure removes attachments, and leaves which order named them; then the order's application has an erased talent.
-- name: check_order_attachment
-- row: check_fault
SELECT 'background_check_order ' || CAST(x.order_id AS TEXT) || ': its attachment ' || x.attachment_id || ' is unknown' AS fault
FROM background_check_order_attachment x
WHERE NOT EXISTS (SELECT 1 FROM attachment a WHERE a.tenant = x.tenant AND a.id = CAST(x.attachment_id AS BIGINT))
    AND NOT EXISTS (SELECT 1 FROM reference r WHERE r.tenant = x.tenant AND r.kind = 'attachment' AND r.id = x.attachment_id)
    AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.tenant = x.tenant);

-- ---- events ----

-- name: check_delivery_event
-- row: check_fault
SELECT 'event_delivery: it is of event ' || CAST(d.event AS TEXT) || ', which is unknown' AS fault
FROM event_delivery d WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.tenant = d.tenant AND e.id = d.event);

-- name: check_delivery_app
-- row: check_fault
SELECT 'event_delivery: event ' || CAST(d.event AS TEXT) || ' is to go to app ' || CAST(d.app AS TEXT) || ', which is unknown' AS fault
FROM event_delivery d WHERE NOT EXISTS (SELECT 1 FROM app a WHERE a.id = d.app);

-- name: check_attempt_delivery
-- row: check_fault
SELECT 'event_attempt: it is of event ' || CAST(x.event AS TEXT) || ' to app ' || CAST(x.app AS TEXT) || ', and there is no such delivery' AS fault
FROM event_attempt x
WHERE x.seq = 1
    AND NOT EXISTS (SELECT 1 FROM event_delivery d WHERE d.tenant = x.tenant AND d.event = x.event AND d.app = x.app);

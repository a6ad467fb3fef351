-- What `hired check` asks of the domain's rows: each row is a finding.

-- name: check_order_history
-- row: check_fault
SELECT 'background_check_order ' || CAST(o.id AS TEXT) || ': its history does not end in its state' AS fault
FROM background_check_order o
WHERE NOT EXISTS (
    SELECT 1 FROM order_history x
    WHERE x.tenant = o.tenant AND x.at_ms = o.history_ms AND x.order_id = o.id AND x.seq = o.version
        AND x.to_status = o.status AND x.to_phase = o.phase);
-- name: check_order_history_before
-- row: check_fault
SELECT 'order_history: entry ' || CAST(x.seq AS TEXT) || ' of order ' || CAST(x.order_id AS TEXT)
    || ' has no entry before it' AS fault
FROM order_history x
WHERE x.seq <> 1 AND NOT EXISTS (
    SELECT 1 FROM order_history y
    WHERE y.tenant = x.tenant AND y.at_ms = x.before_ms AND y.order_id = x.order_id AND y.seq = x.seq - 1);
-- name: check_order_history_order
-- row: check_fault
SELECT 'order_history: there is an entry ' || CAST(x.seq AS TEXT) || ' of order ' || CAST(x.order_id AS TEXT)
    || ', which has ' || CAST(o.version AS TEXT) AS fault
FROM order_history x JOIN background_check_order o ON o.tenant = x.tenant AND o.id = x.order_id
WHERE x.seq > o.version;

-- name: check_order_count
-- row: check_fault
SELECT 'background_check_order_count: there are ' || CAST(o.n AS TEXT) || ' orders of status ' || CAST(o.status AS TEXT)
    || ' and phase ' || CAST(o.phase AS TEXT) || ', not ' || CAST(COALESCE(c.orders, 0) AS TEXT) AS fault
FROM (
    SELECT tenant, status, phase, COUNT(*) AS n FROM background_check_order GROUP BY tenant, status, phase) AS o
LEFT JOIN background_check_order_count c ON c.tenant = o.tenant AND c.status = o.status AND c.phase = o.phase
WHERE COALESCE(c.orders, 0) <> o.n;
-- name: check_order_count_of_none
-- row: check_fault
SELECT 'background_check_order_count: there are no orders of status ' || CAST(c.status AS TEXT) || ' and phase '
    || CAST(c.phase AS TEXT) || ', not ' || CAST(c.orders AS TEXT) AS fault
FROM background_check_order_count c
WHERE c.orders <> 0 AND NOT EXISTS (
    SELECT 1 FROM background_check_order o WHERE o.tenant = c.tenant AND o.status = c.status AND o.phase = c.phase);

-- name: check_order_open
-- row: check_fault
SELECT 'background_check_order_open: order ' || CAST(p.id AS TEXT) || ' is not with the vendor account '
    || CAST(p.account_id AS TEXT) || ' since ' || CAST(p.begin_time AS TEXT) AS fault
FROM background_check_order_open p
WHERE NOT EXISTS (
    SELECT 1 FROM background_check_order o
    WHERE o.tenant = p.tenant AND o.id = p.id AND o.account_id = p.account_id AND o.begin_time = p.begin_time
        AND o.status IN (2, 8));
-- name: check_order_open_missing
-- row: check_fault
SELECT 'background_check_order ' || CAST(o.id AS TEXT) || ': its vendor has it, and background_check_order_open does not' AS fault
FROM background_check_order o
WHERE o.status IN (2, 8) AND o.account_id <> 0 AND o.begin_time > 0
    AND NOT EXISTS (SELECT 1 FROM background_check_order_open p WHERE p.tenant = o.tenant AND p.id = o.id);
-- name: check_order_done
-- row: check_fault
SELECT 'background_check_order_done: order ' || CAST(d.id AS TEXT) || ' was not completed at ' || CAST(d.end_time AS TEXT) AS fault
FROM background_check_order_done d
WHERE NOT EXISTS (
    SELECT 1 FROM background_check_order o
    WHERE o.tenant = d.tenant AND o.id = d.id AND o.status = 3 AND o.account_id = d.account_id
        AND o.begin_time = d.begin_time AND o.doc LIKE '%"end\_time":"' || CAST(d.end_time AS TEXT) || '"%' ESCAPE '\');
-- name: check_order_done_missing
-- row: check_fault
SELECT 'background_check_order ' || CAST(o.id AS TEXT) || ': it has an end_time, and background_check_order_done has no row' AS fault
FROM background_check_order o
WHERE o.status = 3 AND o.doc LIKE '%"end\_time":"%' ESCAPE '\'
    AND NOT EXISTS (SELECT 1 FROM background_check_order_done d WHERE d.tenant = o.tenant AND d.id = o.id);

-- name: check_order_account
-- row: check_fault
SELECT 'background_check_order ' || CAST(o.id AS TEXT) || ': its vendor account ' || CAST(o.account_id AS TEXT)
    || ' is unknown' AS fault
FROM background_check_order o
WHERE o.account_id <> 0
    AND NOT EXISTS (SELECT 1 FROM vendor_account v WHERE v.tenant = o.tenant AND v.id = o.account_id);

-- name: check_report_file_order
-- row: check_fault
SELECT 'report_file ' || CAST(f.id AS TEXT) || ': its order ' || CAST(f.order_id AS TEXT) || ' is unknown' AS fault
FROM report_file f
WHERE NOT EXISTS (SELECT 1 FROM background_check_order o WHERE o.tenant = f.tenant AND o.id = f.order_id);

-- name: check_interview_place
-- row: check_fault
SELECT 'interview ' || CAST(i.id AS TEXT) || ': it does not stand at its begin_time in interview_begin' AS fault
FROM interview i
WHERE NOT EXISTS (
    SELECT 1 FROM interview_begin b
    WHERE b.tenant = i.tenant AND b.begin_time = i.begin_time AND b.id = i.id AND b.moved_ms = 0);

-- name: check_interview_begin
-- row: check_fault
SELECT 'interview_begin: the place of interview ' || CAST(b.id AS TEXT) || ' at ' || CAST(b.begin_time AS TEXT)
    || ' is not where the interview is' AS fault
FROM interview_begin b
WHERE b.moved_ms = 0
    AND NOT EXISTS (
        SELECT 1 FROM interview i WHERE i.tenant = b.tenant AND i.id = b.id AND i.begin_time = b.begin_time);

-- The interviewers in the interview's record are compared in src/cli/check/check.c.
-- name: check_interview_interviewer
-- row: check_fault
SELECT 'interview_interviewer: interview ' || CAST(w.interview_id AS TEXT) || ' of user ' || CAST(w.users_id AS TEXT) || ' at '
    || CAST(w.begin_time AS TEXT) || ' is not where the interview is' AS fault
FROM interview_interviewer w
WHERE NOT EXISTS (
    SELECT 1 FROM interview i WHERE i.tenant = w.tenant AND i.id = w.interview_id AND i.begin_time = w.begin_time);

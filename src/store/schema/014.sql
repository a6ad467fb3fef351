-- The last stamp (update_time, time in a history, an audit log or of an event) that each tenant's changes got: stamps of a
-- tenant grow from transaction to transaction, whatever the machine's clock does. It begins with the greatest there is.

CREATE TABLE tenant_stamp (
    tenant BIGINT NOT NULL PRIMARY KEY,
    last_ms BIGINT NOT NULL
) /*CLUSTERED*/;
INSERT INTO tenant_stamp (tenant, last_ms)
SELECT tenant, MAX(ms) FROM (
    SELECT tenant, MAX(update_time) AS ms FROM background_check_order GROUP BY tenant
    UNION ALL SELECT tenant, MAX(update_time) FROM application GROUP BY tenant
    UNION ALL SELECT tenant, MAX(at_ms) FROM order_history GROUP BY tenant
    UNION ALL SELECT tenant, MAX(created_ms) FROM event GROUP BY tenant
    UNION ALL SELECT tenant, MAX(at_ms) FROM console_audit GROUP BY tenant
) AS stamped GROUP BY tenant;

-- Up to which time ids may have been handed out (src/store/stamp.c). 4194304 and 1420070400000: src/base/id.c. Only tables
-- whose ids are all made by hired count, since an import brings ids of any size.
INSERT INTO meta (key, value)
SELECT 'ids_until', CAST(MAX(ms) AS TEXT) FROM (
    SELECT MAX(id) / 4194304 + 1420070400001 AS ms FROM access_token
    UNION ALL SELECT MAX(id) / 4194304 + 1420070400001 FROM report_file
    UNION ALL SELECT MAX(id) / 4194304 + 1420070400001 FROM event
    UNION ALL SELECT MAX(id) / 4194304 + 1420070400001 FROM console_audit
    UNION ALL SELECT MAX(at_ms) + 1 FROM order_history
) AS made HAVING MAX(ms) IS NOT NULL;

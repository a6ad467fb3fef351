-- Whose turn a report takes when it is fetched: the vendor's app, or its account if it has none; 0: imported, or recorded by hand.

ALTER TABLE report_file ADD COLUMN owner BIGINT NOT NULL DEFAULT 0;
UPDATE report_file SET owner = COALESCE((SELECT CASE WHEN v.app <> 0 THEN v.app ELSE v.id END
    FROM background_check_order o JOIN vendor_account v ON v.tenant = o.tenant AND v.id = o.account_id
    WHERE o.tenant = report_file.tenant AND o.id = report_file.order_id), 0)
WHERE state = 0;
DROP INDEX report_file_due;
CREATE INDEX report_file_due ON report_file (owner, next_ms, id) WHERE state = 0;

-- Erasing a person's data (src/hire/erasure*.c). Two bounds instead of an equality: see order/order.sql.

-- name: erasure_get
SELECT erased_ms FROM erasure WHERE tenant = $1 AND talent_id = $2;
-- name: erasure_put
INSERT INTO erasure (tenant, talent_id, erased_ms) VALUES ($1, $2, $3)
ON CONFLICT (tenant, talent_id) DO UPDATE SET erased_ms = excluded.erased_ms;

-- name: application_deleted_add
INSERT INTO application_deleted (tenant, talent_id, application_id) VALUES ($1, $2, $3)
ON CONFLICT (tenant, talent_id, application_id) DO NOTHING;

-- name: erasure_applications
SELECT id FROM application WHERE tenant = $1 AND talent_id >= $2 AND talent_id <= $2;
-- name: erasure_deleted_applications
SELECT application_id FROM application_deleted WHERE tenant = $1 AND talent_id = $2;
-- name: erasure_external_applications
SELECT id FROM external_application WHERE tenant = $1 AND talent_id >= $2 AND talent_id <= $2;
-- name: erasure_external_checks
SELECT id FROM external_background_check
WHERE tenant = $1 AND external_application_id >= $2 AND external_application_id <= $2;
-- name: erasure_orders
SELECT id FROM background_check_order WHERE tenant = $1 AND application_id = $2;
-- name: erasure_interviews
SELECT id FROM interview WHERE tenant = $1 AND application_id >= $2 AND application_id <= $2;
-- name: erasure_cancelled_interviews
SELECT id FROM interview_cancelled WHERE tenant = $1 AND application_id >= $2 AND application_id <= $2;
-- name: erasure_reports
SELECT id, state FROM report_file WHERE tenant = $1 AND order_id >= $2 AND order_id <= $2;
-- name: erasure_events
SELECT id FROM event WHERE tenant = $1 AND subject_id >= $2 AND subject_id <= $2 AND account_id <> 0;
-- name: erasure_event
SELECT type, doc FROM event WHERE tenant = $1 AND id = $2;

-- name: erasure_application_doc
UPDATE application SET doc = $3 WHERE tenant = $1 AND id = $2;
-- name: erasure_external_application_doc
UPDATE external_application SET external_id = '', doc = $3 WHERE tenant = $1 AND id = $2;
-- name: erasure_external_check_doc
UPDATE external_background_check SET doc = $3 WHERE tenant = $1 AND id = $2;
-- name: erasure_interview_doc
UPDATE interview SET doc = $3 WHERE tenant = $1 AND id = $2;
-- name: erasure_talent_doc
UPDATE reference SET doc = $3 WHERE tenant = $1 AND kind = 'talent' AND id = $2;
-- name: erasure_event_doc
UPDATE event SET doc = $3 WHERE tenant = $1 AND id = $2;

-- name: erasure_interview_answers
DELETE FROM interview_answers WHERE tenant = $1 AND interview_id = $2;
-- name: erasure_cancelled_interview
DELETE FROM interview_cancelled WHERE tenant = $1 AND id = $2;
-- name: erasure_history
UPDATE order_history SET why = ''
WHERE tenant = $1 AND order_id = $2 AND at_ms = $3 AND seq = $4 AND why <> '' AND why <> $5;
-- name: erasure_report
UPDATE report_file SET source_url = '', state = 2, size = 0, sha256 = '', error = '' WHERE tenant = $1 AND id = $2;
-- name: erasure_deliveries
UPDATE event_delivery SET state = 3 WHERE tenant = $1 AND event = $2 AND state = 0;
-- name: erasure_attempts
UPDATE event_attempt SET answer = '' WHERE tenant = $1 AND event = $2 AND answer <> '';
-- The log records why a person's data was erased.
-- name: erasure_audit
UPDATE console_audit SET detail = ''
WHERE tenant = $1 AND subject >= $2 AND subject <= $2 AND detail <> '' AND action <> 'erasure.create';
-- name: erasure_external_keys
DELETE FROM external_key WHERE tenant = $1 AND record_id = $2;
-- name: erasure_employee
DELETE FROM talent_employee WHERE tenant = $1 AND talent_id = $2;

-- name: erasure_attachment
SELECT 1 FROM attachment WHERE tenant = $1 AND id = $2;
-- name: erasure_attachment_delete
DELETE FROM attachment WHERE tenant = $1 AND id = $2;
-- name: erasure_attachment_named_delete
DELETE FROM reference WHERE tenant = $1 AND kind = 'attachment' AND id = $2;

-- Stored files that must be removed (src/events/fetch/fetcher.c, the command line).
-- name: file_removal_add
INSERT INTO file_removal (tenant, id) VALUES ($1, $2) ON CONFLICT (tenant, id) DO NOTHING;
-- name: file_removal_next
-- tenants: upkeep: files that are to be removed, of all tenants
SELECT tenant, id FROM file_removal WHERE id > $1 ORDER BY id LIMIT $2;
-- name: file_removal_done
-- tenants: upkeep: files are removed by their ids
DELETE FROM file_removal WHERE id = $1;

-- name: erasure_last
-- tenants: upkeep: of all tenants
-- walks: reads all erasures, while a copy from before a migration exists
SELECT MAX(erased_ms) AS erased_ms FROM erasure;

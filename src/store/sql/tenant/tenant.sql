-- A tenant's settings, its accounts at vendors, and records that orders refer to (src/hire).

-- name: tenant_approvals
SELECT approve_arrangement, approve_report FROM tenant WHERE id = $1;

-- name: tenant_set_approvals
UPDATE tenant SET approve_arrangement = $2, approve_report = $3 WHERE id = $1;

-- name: vendor_account_insert
INSERT INTO vendor_account (tenant, id, name, provider_id, provider_zh, provider_en, third_type, app, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: vendor_account_get
-- row: vendor_account
SELECT id, name, provider_id, provider_zh, provider_en, third_type, app, created_ms
FROM vendor_account WHERE tenant = $1 AND id = $2;

-- name: vendor_account_list
-- row: vendor_account
-- walks: a tenant has some ten accounts at vendors
SELECT id, name, provider_id, provider_zh, provider_en, third_type, app, created_ms
FROM vendor_account WHERE tenant = $1 ORDER BY id;

-- The oldest account at a provider.
-- name: vendor_account_by_provider
-- walks: sorts the accounts at one provider
SELECT id FROM vendor_account WHERE tenant = $1 AND provider_id = $2 ORDER BY id + 0 LIMIT 1; -- id + 0: PostgreSQL must use the index

-- name: vendor_account_by_app
SELECT id FROM vendor_account WHERE app = $2 AND tenant = $1 ORDER BY id;

-- name: vendor_account_rename
UPDATE vendor_account SET name = $3, provider_zh = $4, provider_en = $5 WHERE tenant = $1 AND id = $2;

-- name: vendor_account_bind
UPDATE vendor_account SET app = $3 WHERE tenant = $1 AND id = $2;

-- name: application_exists
SELECT 1 FROM application WHERE tenant = $1 AND id = $2;

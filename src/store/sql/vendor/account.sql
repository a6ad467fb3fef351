-- The tenant's data about an account, for the vendor (src/hire/vendor/account.c).

-- name: vendor_account_doc
SELECT doc FROM vendor_account WHERE tenant = $1 AND id = $2;

-- name: vendor_account_set_doc
UPDATE vendor_account SET doc = $3 WHERE tenant = $1 AND id = $2;

-- name: vendor_account_names
-- walks: a tenant has some dozen accounts
SELECT id, provider_zh, provider_en, name FROM vendor_account WHERE tenant = $1 ORDER BY id;

-- Of all tenants, for hired check.
-- name: cli_vendor_accounts
-- tenants: command: hired check
-- row: cli_document
SELECT tenant, id, 0 AS part, '' AS name, doc FROM vendor_account WHERE (tenant, id) > ($1, $2) ORDER BY tenant, id LIMIT $3;

-- What the tenant tells the vendor of an account (src/hire/vendor_account.c).

-- name: vendor_account_doc
SELECT doc FROM vendor_account WHERE tenant = $1 AND id = $2;

-- name: vendor_account_set_doc
UPDATE vendor_account SET doc = $3 WHERE tenant = $1 AND id = $2;

-- name: vendor_account_search
-- walks: a tenant has some dozen accounts
SELECT id FROM vendor_account
WHERE tenant = $1 AND (LOWER(provider_zh) LIKE $2 ESCAPE '\' OR LOWER(provider_en) LIKE $2 ESCAPE '\'
    OR LOWER(name) LIKE $2 ESCAPE '\')
ORDER BY id;

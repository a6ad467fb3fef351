-- Records that vendors send: fields of forms, packages and add-on items (src/hire/vendor/).

-- name: vendor_field_list
-- row: vendor_field
-- walks: sorts the fields of one form
SELECT key, doc FROM vendor_field
WHERE tenant = $1 AND owner = $2 AND form = $3 AND deleted = 0 ORDER BY position;

-- Those of the tenant's own apps that do not act for a particular account.
-- name: vendor_field_list_of_tenant
-- row: vendor_field
-- walks: sorts the fields of one form
SELECT f.key, f.doc FROM vendor_field f
JOIN app a ON a.id = f.owner AND a.kind = 1
WHERE f.tenant = $1 AND f.form = $2 AND f.deleted = 0
    AND NOT EXISTS (SELECT 1 FROM vendor_account v WHERE v.app = a.id AND v.tenant = $1)
ORDER BY f.owner, f.position;

-- name: vendor_field_clear
DELETE FROM vendor_field WHERE tenant = $1 AND owner = $2 AND form = $3 AND deleted = 0;

-- name: vendor_field_insert
INSERT INTO vendor_field (tenant, owner, form, key, position, deleted, doc) VALUES ($1, $2, $3, $4, $5, 0, $6)
ON CONFLICT (tenant, owner, form, key) DO NOTHING;

-- name: vendor_field_update
UPDATE vendor_field SET doc = $5 WHERE tenant = $1 AND owner = $2 AND form = $3 AND key = $4 AND deleted = 0;

-- name: vendor_field_delete
UPDATE vendor_field SET deleted = 1, doc = '{}'
WHERE tenant = $1 AND owner = $2 AND form = $3 AND key = $4 AND deleted = 0;

-- name: vendor_field_delete_all
UPDATE vendor_field SET deleted = 1, doc = '{}' WHERE tenant = $1 AND owner = $2 AND form = $3 AND deleted = 0;

-- name: vendor_package_list
-- row: vendor_package
-- walks: sorts the packages of one account
SELECT id, name, description FROM vendor_package WHERE tenant = $1 AND account = $2 AND kind = $3 ORDER BY position;

-- name: vendor_package_any
SELECT 1 AS one FROM vendor_package WHERE tenant = $1 AND account = $2 LIMIT 1;

-- name: vendor_package_get
-- row: vendor_package
SELECT id, name, description FROM vendor_package WHERE tenant = $1 AND account = $2 AND kind = $3 AND id = $4;

-- name: vendor_package_insert
INSERT INTO vendor_package (tenant, account, kind, id, position, name, description) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, account, kind, id) DO NOTHING;

-- name: vendor_package_update
UPDATE vendor_package SET name = $5, description = $6 WHERE tenant = $1 AND account = $2 AND kind = $3 AND id = $4;

-- name: vendor_package_delete
DELETE FROM vendor_package WHERE tenant = $1 AND account = $2 AND kind = $3 AND id = $4;

-- name: check_vendor_package_account
-- row: check_fault
SELECT 'vendor_package ' || p.id || ': its vendor account ' || CAST(p.account AS TEXT) || ' is unknown' AS fault
FROM vendor_package p
WHERE NOT EXISTS (SELECT 1 FROM vendor_account v WHERE v.tenant = p.tenant AND v.id = p.account);

-- Form 3 is the form for orders of an account.
-- name: check_vendor_field_account
-- row: check_fault
SELECT 'vendor_field ' || f.key || ': its vendor account ' || CAST(f.owner AS TEXT) || ' is unknown' AS fault
FROM vendor_field f
WHERE f.form = 3
    AND NOT EXISTS (SELECT 1 FROM vendor_account v WHERE v.tenant = f.tenant AND v.id = f.owner);

-- Orders of an application at an account that have not ended: with the vendor, in approval, or with a report that was
-- rejected or withdrawn.
-- name: form_running_orders
-- walks: sorts the orders of one application
SELECT id, package_id, doc FROM background_check_order
WHERE tenant = $1 AND application_id = $2 AND account_id + 0 = $3
    AND (status + 0 IN (2, 5, 8) OR (status + 0 IN (6, 9) AND phase = 2))
ORDER BY update_time + 0, id;
-- The other applications of the person whose application $2 is. a.id + 0: PostgreSQL must read only the person's.
-- name: form_applications_of_person
-- walks: sorts the applications of one person
SELECT a.id FROM application t JOIN application a ON a.tenant = t.tenant AND a.talent_id = t.talent_id
WHERE t.tenant = $1 AND t.id = $2 AND t.talent_id <> 0 AND a.id <> t.id ORDER BY a.id + 0;

-- Of all tenants, for hired check.
-- name: cli_vendor_fields
-- tenants: command: hired check
-- row: cli_document
SELECT tenant, owner AS id, form AS part, key AS name, doc FROM vendor_field
WHERE (tenant, owner, form, key) > ($1, $2, $3, $4) ORDER BY tenant, owner, form, key LIMIT $5;

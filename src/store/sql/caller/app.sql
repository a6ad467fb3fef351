-- name: tenant_by_key
-- row: tenant
SELECT id, tenant_key, name, approve_arrangement, approve_report FROM tenant WHERE tenant_key = $1;
-- name: tenant_by_id
-- row: tenant
SELECT id, tenant_key, name, approve_arrangement, approve_report FROM tenant WHERE id = $1;
-- name: tenant_all
-- row: tenant
-- walks: lists all tenants
SELECT id, tenant_key, name, approve_arrangement, approve_report FROM tenant ORDER BY id;
-- name: tenant_count
-- walks: counts all tenants; the test mode has at most 10000
SELECT COUNT(*) AS n FROM tenant;
-- name: tenant_add
INSERT INTO tenant (id, tenant_key, name, created_ms) VALUES ($1, $2, $3, $4);

-- name: app_by_id
-- row: app
SELECT id, app_id, kind, tenant, developer, name, secret_hash, disabled, scopes, ip_allow, home FROM app WHERE id = $1;
-- name: app_by_app_id
-- row: app
SELECT id, app_id, kind, tenant, developer, name, secret_hash, disabled, scopes, ip_allow, home FROM app WHERE app_id = $1;
-- name: app_by_tenant
-- row: app
-- walks: lists all apps of one tenant
SELECT a.id, a.app_id, a.kind, a.tenant, a.developer, a.name, a.secret_hash, a.disabled, a.scopes, a.ip_allow, a.home
FROM app_install i JOIN app a ON a.id = i.app WHERE i.tenant = $1 ORDER BY a.id;
-- name: app_add
INSERT INTO app (id, app_id, kind, tenant, developer, name, secret_hash, scopes, created_ms, home)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $4);
-- name: app_set_disabled
UPDATE app SET disabled = $2 WHERE id = $1;
-- name: app_set_secret
UPDATE app SET secret_hash = $2 WHERE id = $1;
-- name: app_set_scopes
UPDATE app SET scopes = $2 WHERE id = $1;
-- name: app_set_home
UPDATE app SET home = $2 WHERE id = $1;
-- name: app_set_ip_allow
UPDATE app SET ip_allow = $2 WHERE id = $1;
-- name: app_install_add
INSERT INTO app_install (tenant, app, created_ms) VALUES ($1, $2, $3) ON CONFLICT (tenant, app) DO NOTHING;
-- name: app_install_remove
DELETE FROM app_install WHERE tenant = $1 AND app = $2;
-- name: app_install_get
SELECT 1 FROM app_install WHERE tenant = $1 AND app = $2;
-- name: app_install_elsewhere
SELECT 1 FROM app_install WHERE app = $1 AND tenant <> $2 LIMIT 1;
-- name: app_is_vendor
SELECT 1 FROM vendor_account WHERE app = $1 AND tenant = $2 LIMIT 1;

-- name: access_changes
SELECT n FROM access_change WHERE id = 1;
-- name: access_changed
UPDATE access_change SET n = n + 1 WHERE id = 1;

-- name: access_token_get
SELECT kind, app, tenant, nonce, expires_ms FROM access_token WHERE id = $1;
-- name: access_token_newest
SELECT id, nonce, expires_ms FROM access_token
WHERE app = $1 AND tenant = $2 AND kind = $3 ORDER BY expires_ms DESC LIMIT 1;
-- name: access_token_add
INSERT INTO access_token (id, kind, app, tenant, nonce, issued_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7);
-- name: access_token_revoke_app
DELETE FROM access_token WHERE app = $1;
-- name: access_token_revoke
DELETE FROM access_token WHERE id = $1;
-- name: access_token_purge
DELETE FROM access_token
WHERE id IN (SELECT x.id FROM access_token x WHERE x.expires_ms < $1 ORDER BY x.expires_ms LIMIT 100);

-- name: users_exists
SELECT 1 FROM users WHERE tenant = $1 AND id = $2;
-- name: users_by_user_id
SELECT id FROM users WHERE tenant = $1 AND user_id = $2;
-- name: users_anywhere
-- tenants: refusal: whether an id that the tenant does not have is that of another tenant, for the documented error code
-- walks: one look-up for each tenant, for an id that was not found
SELECT 1 FROM tenant t CROSS JOIN users u WHERE u.tenant = t.id AND u.user_id = $1 LIMIT 1;
-- name: users_get
SELECT user_id, name, en_name, doc, email, mobile FROM users WHERE tenant = $1 AND id = $2;
-- name: users_user_id
SELECT user_id FROM users WHERE tenant = $1 AND id = $2;
-- name: users_add
INSERT INTO users (tenant, id, user_id, name, en_name, doc, email, mobile) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);
-- name: users_by_email
SELECT id FROM users WHERE tenant = $1 AND email = $2 ORDER BY id LIMIT 1;
-- name: users_by_mobile
SELECT id FROM users WHERE tenant = $1 AND mobile = $2 ORDER BY id LIMIT 1;
-- name: users_update
UPDATE users SET user_id = $3, name = $4, en_name = $5, doc = $6, email = $7, mobile = $8 WHERE tenant = $1 AND id = $2;

-- name: user_alias_find
SELECT users_id FROM user_alias WHERE tenant = $1 AND kind = $2 AND owner = $3 AND alias = $4;
-- name: user_alias_of
SELECT alias FROM user_alias WHERE tenant = $1 AND users_id = $2 AND kind = $3 AND owner = $4;
-- Whether any app of the tenant has that alias. $2 a kind.
-- name: user_alias_elsewhere
-- walks: one look-up for each of the tenant's apps, for an id that was not found
SELECT 1 FROM app_install i CROSS JOIN user_alias u
WHERE i.tenant = $1 AND u.tenant = i.tenant AND u.kind = $2 AND u.owner = i.app AND u.alias = $3 LIMIT 1;
-- name: user_alias_add
INSERT INTO user_alias (tenant, kind, owner, alias, users_id) VALUES ($1, $2, $3, $4, $5);

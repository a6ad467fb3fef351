-- Accounts, sessions and the audit log of the console (src/gateway/caller/account.c, session.c), and its page of apps.

-- name: console_account_by_login
-- row: console_account
SELECT tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms
FROM console_account WHERE login = $1;
-- name: console_account_get
-- row: console_account
SELECT tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms
FROM console_account WHERE tenant = $1 AND id = $2;
-- name: console_account_list
-- row: console_account
-- walks: a tenant has some hundred accounts
SELECT tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms
FROM console_account WHERE tenant = $1 ORDER BY id;
-- name: console_account_add
INSERT INTO console_account
    (tenant, id, login, name, en_name, password, roles, users_id, disabled, created_ms, signed_in_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0);
-- name: console_account_update
UPDATE console_account SET name = $3, en_name = $4, roles = $5, users_id = $6, disabled = $7
WHERE tenant = $1 AND id = $2;
-- name: console_account_set_password
UPDATE console_account SET password = $3 WHERE tenant = $1 AND id = $2;
-- name: console_account_signed_in
UPDATE console_account SET signed_in_ms = $3 WHERE tenant = $1 AND id = $2;
-- name: console_account_admins
-- walks: a tenant has some hundred accounts
SELECT COUNT(*) AS n FROM console_account WHERE tenant = $1 AND disabled = 0 AND (roles & 1) = 1;
-- name: console_session_get
SELECT s.tenant, s.account, s.expires_ms, a.login, a.name, a.en_name, a.roles, a.users_id, a.disabled
FROM console_session s JOIN console_account a ON a.tenant = s.tenant AND a.id = s.account
WHERE s.key = $1;
-- name: console_session_add
INSERT INTO console_session (key, tenant, account, address, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6);
-- name: console_session_end
DELETE FROM console_session WHERE key = $1;
-- $3: the session that stays; '': none.
-- name: console_session_end_others
DELETE FROM console_session WHERE tenant = $1 AND account = $2 AND key <> $3;
-- name: console_session_purge
DELETE FROM console_session WHERE expires_ms < $1;
-- name: console_audit_add
INSERT INTO console_audit (tenant, id, at_ms, actor_kind, actor, action, subject, detail, address, log_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
-- Newest first, before $2 and from $7 on: ids grow with time. $3: one account's, or 0; $4 an action, $5 a subject, or ''.
-- name: console_audit_list
SELECT x.id, x.at_ms, x.actor_kind, x.actor, x.action, x.subject, x.detail, x.address, x.log_id,
    COALESCE(a.name, '') AS actor_name, COALESCE(a.en_name, '') AS actor_en_name
FROM console_audit x
LEFT JOIN console_account a ON a.tenant = x.tenant AND a.id = x.actor
WHERE x.tenant = $1 AND x.id < $2 AND x.id >= $7 AND (CAST($3 AS BIGINT) = 0 OR x.actor = $3)
    AND (CAST($4 AS TEXT) = '' OR x.action = $4) AND (CAST($5 AS TEXT) = '' OR x.subject = $5)
ORDER BY x.id DESC LIMIT $6;
-- name: console_app_name
SELECT name, app_id FROM app WHERE id = $1;
-- name: console_app_created
SELECT created_ms, request_url, encrypt_key, verification_token FROM app WHERE id = $1;
-- Vendor accounts that have orders.
-- name: console_accounts
-- walks: a tenant has some tens of accounts
SELECT id FROM vendor_account WHERE tenant = $1 ORDER BY id;

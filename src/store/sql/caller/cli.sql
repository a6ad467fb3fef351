-- What only the command line asks of apps: imports, exports, checks (src/cli/).

-- Where an app is installed; two rows tell that it is not one tenant alone.
-- name: cli_app_tenants
SELECT t.tenant_key FROM app_install i JOIN tenant t ON t.id = i.tenant WHERE i.app = $1 ORDER BY i.tenant LIMIT 2;

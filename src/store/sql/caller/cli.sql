-- Statements about apps that only the command line uses: imports, exports, checks (src/cli/).

-- The tenants where an app is installed; two rows show that there is more than one.
-- name: cli_app_tenants
SELECT t.tenant_key FROM app_install i JOIN tenant t ON t.id = i.tenant WHERE i.app = $1 ORDER BY i.tenant LIMIT 2;

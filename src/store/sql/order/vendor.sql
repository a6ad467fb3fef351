-- Look-ups for arranging a check (src/hire/order/arrange*.c).

-- A file that was uploaded or imported; $2 and $3 are the same id.
-- name: form_attachment_exists
SELECT 1 FROM attachment WHERE tenant = $1 AND id = $2
UNION ALL
SELECT 1 FROM reference WHERE tenant = $1 AND kind = 'attachment' AND id = $3;

-- The person of an application.
-- name: form_talent_of_application
SELECT r.doc FROM application a
JOIN reference r ON r.tenant = a.tenant AND r.kind = 'talent' AND r.id = CAST(a.talent_id AS TEXT)
WHERE a.tenant = $1 AND a.id = $2;

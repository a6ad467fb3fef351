-- What arranging a check looks up (src/hire/check_*.c).

-- name: form_attachment_exists
SELECT 1 FROM reference WHERE tenant = $1 AND kind = 'attachment' AND id = $2;

-- The person behind an application.
-- name: form_talent_of_application
SELECT r.doc FROM application a
JOIN reference r ON r.tenant = a.tenant AND r.kind = 'talent' AND r.id = CAST(a.talent_id AS TEXT)
WHERE a.tenant = $1 AND a.id = $2;

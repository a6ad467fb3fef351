-- The database about itself. The table meta is made before any schema step; key 'schema' holds the number of the last
-- step taken, as decimal digits.

-- name: meta_get
SELECT value FROM meta WHERE key = $1;

-- name: meta_set
INSERT INTO meta (key, value) VALUES ($1, $2)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: meta_add
INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING;

-- For the templates of the test mode (src/testing/seed_template.c): keys from $1 on, before $2.
-- name: meta_between
SELECT key FROM meta WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3;

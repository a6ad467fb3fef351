-- Stamps and ids (src/store/stamp.c).

-- The next stamp: the time $2, or one more than the last stamp if the clock has not advanced or was set back. In PostgreSQL the
-- row's lock is held until the commit, so that stamps of one tenant become visible in their order whichever node writes.
-- name: stamp_next
INSERT INTO tenant_stamp (tenant, last_ms) VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE SET last_ms =
    CASE WHEN tenant_stamp.last_ms < excluded.last_ms THEN excluded.last_ms ELSE tenant_stamp.last_ms + 1 END
RETURNING last_ms;

-- name: stamp_raise
INSERT INTO tenant_stamp (tenant, last_ms) VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE SET last_ms =
    CASE WHEN tenant_stamp.last_ms < excluded.last_ms THEN excluded.last_ms ELSE tenant_stamp.last_ms END;

-- name: stamp_newest
-- tenants: upkeep: compares the clock with all stamps, at the start
-- walks: reads a row for each tenant
SELECT COALESCE(MAX(last_ms), 0) AS last_ms FROM tenant_stamp;

-- name: ids_reserve
INSERT INTO meta (key, value) VALUES ('ids_until', $1)
ON CONFLICT (key) DO UPDATE SET value =
    CASE WHEN CAST(meta.value AS BIGINT) < CAST(excluded.value AS BIGINT) THEN excluded.value ELSE meta.value END;

-- Reference records: people, jobs, processes, forms, rooms (src/hire).

-- name: reference_get
SELECT seq, id, doc FROM reference WHERE tenant = $1 AND kind = $2 AND id = $3;
-- name: reference_list
SELECT seq, id, doc FROM reference WHERE tenant = $1 AND kind = $2 AND seq > $3 ORDER BY seq;

-- Names of people and jobs (src/hire/reference/card.c).

-- name: reference_name_put
INSERT INTO reference_name (tenant, kind, id, name, search) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, kind, id) DO UPDATE SET name = excluded.name, search = excluded.search;
-- name: reference_name_get
SELECT name, search FROM reference_name WHERE tenant = $1 AND kind = $2 AND id = $3;
-- name: reference_name_search
SELECT id FROM reference_name WHERE tenant = $1 AND kind = $2 AND search LIKE $3 ESCAPE '\' ORDER BY id;

-- Keys of the search, which are recomputed page by page (src/hire/name_fold.c).

-- name: reference_name_page
-- tenants: upkeep: computes the keys of the search anew after a change of their rule
SELECT tenant, kind, id, name, search FROM reference_name
WHERE (tenant, kind, id) > ($1, $2, $3) ORDER BY tenant, kind, id LIMIT $4;
-- name: reference_name_set_search
UPDATE reference_name SET search = $4 WHERE tenant = $1 AND kind = $2 AND id = $3;

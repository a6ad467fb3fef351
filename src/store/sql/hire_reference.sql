-- Records that are looked up and listed: people, jobs, processes, forms, rooms (src/hire).

-- name: reference_get
SELECT seq, id, doc FROM reference WHERE tenant = $1 AND kind = $2 AND id = $3;
-- name: reference_list
SELECT seq, id, doc FROM reference WHERE tenant = $1 AND kind = $2 AND seq > $3 ORDER BY seq;

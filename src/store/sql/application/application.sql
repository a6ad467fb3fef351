-- Applications of talents to jobs (src/hire).

-- name: application_get
SELECT talent_id, job_id, stage_id, active_status, update_time, doc FROM application WHERE tenant = $1 AND id = $2;
-- name: application_put
INSERT INTO application (tenant, id, talent_id, job_id, stage_id, active_status, update_time, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (tenant, id) DO UPDATE SET talent_id = excluded.talent_id, job_id = excluded.job_id,
    stage_id = excluded.stage_id, active_status = excluded.active_status, update_time = excluded.update_time,
    doc = excluded.doc;
-- name: application_delete
DELETE FROM application WHERE tenant = $1 AND id = $2;

-- Two bounds instead of an equality: SQLite without statistics would walk the whole tenant by its primary key.
-- name: application_of_talent
SELECT id, job_id, stage_id, active_status FROM application WHERE tenant = $1 AND talent_id >= $2 AND talent_id <= $2
ORDER BY talent_id, id;

-- What the filters of the list look at, of applications after $2 by id: of all, of a talent ($3), of a job ($3). The reader
-- stops (hire/application/walk.c). Two bounds instead of an equality, for the reason above.
-- name: application_keys
-- row: application_key
SELECT id, talent_id, job_id, stage_id, active_status, update_time FROM application
WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;
-- name: application_keys_of_talent
-- row: application_key
SELECT id, talent_id, job_id, stage_id, active_status, update_time FROM application
WHERE tenant = $1 AND (talent_id, id) > ($3, $2) AND talent_id <= $3 ORDER BY talent_id, id LIMIT $4;
-- name: application_keys_of_job
-- row: application_key
SELECT id, talent_id, job_id, stage_id, active_status, update_time FROM application
WHERE tenant = $1 AND (job_id, id) > ($3, $2) AND job_id <= $3 ORDER BY job_id, id LIMIT $4;
-- The same of the applications that changed from $2 to $3, from an index alone, in the order of the changes.
-- name: application_keys_changed
-- row: application_key
SELECT id, talent_id, job_id, stage_id, active_status, update_time FROM application
WHERE tenant = $1 AND update_time >= $2 AND update_time <= $3;
-- name: application_few_changed
-- walks: counts at most $4 rows of an index
SELECT COUNT(*) AS n FROM (
    SELECT 1 FROM application WHERE tenant = $1 AND update_time >= $2 AND update_time <= $3 LIMIT $4) f;

-- The latest change of a range of ids (hire/application/zone.c).
-- name: application_zone_raise
INSERT INTO application_zone (tenant, level, zone, newest) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, level, zone) DO UPDATE SET newest = excluded.newest WHERE application_zone.newest < excluded.newest;
-- name: application_zone_next
SELECT zone FROM application_zone
WHERE tenant = $1 AND level = $2 AND zone >= $3 AND zone <= $4 AND newest >= $5 ORDER BY zone LIMIT 1;

-- name: check_application_zone
-- row: check_fault
SELECT 'application_zone: application ' || CAST(a.id AS TEXT) || ' changed later than it says' AS fault
FROM application a
WHERE NOT EXISTS (SELECT 1 FROM application_zone z WHERE z.tenant = a.tenant AND z.level = 0
        AND z.zone = a.id / 4398046511104 AND z.newest >= a.update_time)
    OR NOT EXISTS (SELECT 1 FROM application_zone z WHERE z.tenant = a.tenant AND z.level = 1
        AND z.zone = a.id / 1125899906842624 AND z.newest >= a.update_time);

-- name: talent_employee_get
SELECT users_id FROM talent_employee WHERE tenant = $1 AND talent_id = $2;
-- name: talent_employee_by_user
SELECT talent_id FROM talent_employee WHERE tenant = $1 AND users_id = $2;
-- name: talent_employee_add
INSERT INTO talent_employee (tenant, talent_id, users_id) VALUES ($1, $2, $3);

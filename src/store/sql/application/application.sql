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

-- Lists. $3 to $7 are the same filters in each: stage ('': any), active status (0: any), update time from and to, and the
-- stages of a process with blanks around each ('': any).
-- name: application_list
-- row: application_listed
SELECT id, talent_id, stage_id, active_status FROM application
WHERE tenant = $1 AND id > $2 AND ($3 = '' OR stage_id = $3) AND ($4 = 0 OR active_status = $4)
    AND update_time >= $5 AND update_time <= $6 AND ($7 = '' OR $7 LIKE '% ' || stage_id || ' %' ESCAPE '\')
ORDER BY id;
-- Two bounds instead of an equality: see order/order.sql.
-- name: application_list_by_talent
-- row: application_listed
SELECT id, talent_id, stage_id, active_status, job_id FROM application
WHERE tenant = $1 AND (talent_id, id) > ($8, $2) AND talent_id <= $8 AND ($3 = '' OR stage_id = $3)
    AND ($4 = 0 OR active_status = $4) AND update_time >= $5 AND update_time <= $6
    AND ($7 = '' OR $7 LIKE '% ' || stage_id || ' %' ESCAPE '\')
ORDER BY talent_id, id;
-- name: application_list_by_job
-- row: application_listed
SELECT id, talent_id, stage_id, active_status FROM application
WHERE tenant = $1 AND (job_id, id) > ($8, $2) AND job_id <= $8 AND ($3 = '' OR stage_id = $3)
    AND ($4 = 0 OR active_status = $4) AND update_time >= $5 AND update_time <= $6
    AND ($7 = '' OR $7 LIKE '% ' || stage_id || ' %' ESCAPE '\')
ORDER BY job_id, id;

-- name: talent_employee_get
SELECT users_id FROM talent_employee WHERE tenant = $1 AND talent_id = $2;
-- name: talent_employee_by_user
SELECT talent_id FROM talent_employee WHERE tenant = $1 AND users_id = $2;
-- name: talent_employee_add
INSERT INTO talent_employee (tenant, talent_id, users_id) VALUES ($1, $2, $3);

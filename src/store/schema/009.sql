-- Interviews by who holds them, for the console's "my interviews": with tens of thousands of them, reading each one's
-- record to see whose it is takes seconds.

CREATE TABLE interview_interviewer (
    tenant BIGINT NOT NULL,
    users_id BIGINT NOT NULL,
    begin_time BIGINT NOT NULL,      -- the interview's; 0: unknown
    interview_id BIGINT NOT NULL,
    PRIMARY KEY (tenant, users_id, begin_time, interview_id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX interview_interviewer_by_interview ON interview_interviewer (tenant, interview_id, users_id);

-- From the interviews that are there. A record names a user as "user_id":"\x01U<16 hex digits>" (src/base/record.h), and
-- of all that an interview holds only its records have a member of that name. tail is what stands behind each "user_id":".
WITH RECURSIVE named (tenant, id, begin_time, tail) AS (
    SELECT tenant, id, begin_time, SUBSTR(doc, STRPOS(doc, '"user_id":"') + 11) FROM interview
    WHERE STRPOS(doc, '"user_id":"') > 0
    UNION ALL
    SELECT tenant, id, begin_time, SUBSTR(tail, STRPOS(tail, '"user_id":"') + 11) FROM named
    WHERE STRPOS(tail, '"user_id":"') > 0
), spelt (tenant, id, begin_time, hex, users_id) AS (
    SELECT tenant, id, begin_time, SUBSTR(tail, 3, 16), CAST(0 AS BIGINT) FROM named
    WHERE SUBSTR(tail, 1, 1) < ' ' AND SUBSTR(tail, 2, 1) = 'U'
    UNION ALL
    SELECT tenant, id, begin_time, SUBSTR(hex, 2), users_id * 16 + STRPOS('0123456789abcdef', SUBSTR(hex, 1, 1)) - 1
    FROM spelt WHERE hex <> ''
)
INSERT INTO interview_interviewer (tenant, users_id, begin_time, interview_id)
SELECT DISTINCT tenant, users_id, begin_time, id FROM spelt WHERE hex = '';

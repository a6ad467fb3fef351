-- Interviews: what their interviewers answered to the form, and those that were cancelled.

CREATE TABLE interview_answers (
    tenant BIGINT NOT NULL,
    interview_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,       -- of the interviewer's record within the interview
    doc TEXT NOT NULL,               -- type interview_record_detail_v2
    PRIMARY KEY (tenant, interview_id, record_id)
) /*CLUSTERED*/;

CREATE TABLE interview_cancelled (
    tenant BIGINT NOT NULL,
    id BIGINT NOT NULL,
    application_id BIGINT NOT NULL,
    cancelled_ms BIGINT NOT NULL,
    actor BIGINT NOT NULL,           -- the console's account
    why TEXT NOT NULL,
    doc TEXT NOT NULL,               -- type interview_extend, as it was
    PRIMARY KEY (tenant, id)
) /*CLUSTERED*/;
CREATE INDEX interview_cancelled_by_application ON interview_cancelled (tenant, application_id, id);

-- How often anything changed that decides who may call (src/gateway/caller/access_changes.h). One row.

CREATE TABLE access_change (
    id BIGINT NOT NULL PRIMARY KEY, -- 1
    n BIGINT NOT NULL
);
INSERT INTO access_change (id, n) VALUES (1, 0);

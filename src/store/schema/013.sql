-- Which orders are with a vendor and since when, and which were completed when: the overview counts both, and its numbers
-- lead to lists of exactly these rows. Two narrow tables of their own, because a change of an order that stays in its
-- state must not write to them.

-- Orders that a vendor has (status 2 or 8, with a vendor account and a begin_time).
CREATE TABLE background_check_order_open (
    tenant BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    begin_time BIGINT NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (tenant, account_id, begin_time, id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX background_check_order_open_by_id ON background_check_order_open (tenant, id);

-- Completed orders (status 3) whose end_time is known.
CREATE TABLE background_check_order_done (
    tenant BIGINT NOT NULL,
    end_time BIGINT NOT NULL,
    id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,      -- 0: none
    begin_time BIGINT NOT NULL,      -- 0: unknown
    PRIMARY KEY (tenant, end_time, id)
) /*CLUSTERED*/;
CREATE UNIQUE INDEX background_check_order_done_by_id ON background_check_order_done (tenant, id);

INSERT INTO background_check_order_open (tenant, account_id, begin_time, id)
SELECT tenant, account_id, begin_time, id FROM background_check_order
WHERE status IN (2, 8) AND account_id <> 0 AND begin_time > 0;

-- A record holds the time as "end_time":"<digits>", once, and nothing within it has a member of that name.
INSERT INTO background_check_order_done (tenant, end_time, id, account_id, begin_time)
SELECT tenant, CAST(SUBSTR(tail, 1, STRPOS(tail, '"') - 1) AS BIGINT), id, account_id, begin_time
FROM (
    SELECT tenant, id, account_id, begin_time, SUBSTR(doc, STRPOS(doc, '"end_time":"') + 12) AS tail
    FROM background_check_order WHERE status = 3 AND STRPOS(doc, '"end_time":"') > 0) AS ended
WHERE STRPOS(tail, '"') > 1;

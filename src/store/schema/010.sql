-- How many orders stand in each state: the overview asks again and again, and counting 300,000 takes 80 ms.

CREATE TABLE background_check_order_count (
    tenant BIGINT NOT NULL,
    status INTEGER NOT NULL,
    phase INTEGER NOT NULL,
    orders BIGINT NOT NULL,
    PRIMARY KEY (tenant, status, phase)
) /*CLUSTERED*/;
INSERT INTO background_check_order_count (tenant, status, phase, orders)
SELECT tenant, status, phase, COUNT(*) FROM background_check_order GROUP BY tenant, status, phase;

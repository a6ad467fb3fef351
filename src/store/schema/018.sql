-- Lists of orders by begin_time (hire/order/walk.c): the index that they walk along has begin_time too, so that they read
-- no order which does not match.
DROP INDEX background_check_order_by_update;
CREATE INDEX background_check_order_by_update
    ON background_check_order (tenant, update_time, id, status, phase, account_id, begin_time);

-- Normally empty, because an order does not begin after its last change. A walk that finds none of its orders there passes
-- over all orders that changed before the earliest begin_time it looks for.
CREATE INDEX background_check_order_begun_later ON background_check_order (tenant, begin_time)
    WHERE begin_time > update_time;

-- What failed to be delivered and was not told since: the overview asks for it, and there is little of it.
CREATE INDEX event_delivery_failing ON event_delivery (tenant, app, event, state) WHERE attempts > 0 AND state <> 1;

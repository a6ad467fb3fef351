-- When the applications of a range of ids changed last, so that a list of those that changed within some time passes over
-- whole ranges (hire/application/zone.h). Ranges of level 0 have 2^42 ids (17 minutes of the ids that hired makes), those of
-- level 1 have 2^50.
CREATE TABLE application_zone (
    tenant BIGINT NOT NULL,
    level INTEGER NOT NULL,
    zone BIGINT NOT NULL,   -- the ids divided by their number
    newest BIGINT NOT NULL, -- none of these applications has a later update_time
    PRIMARY KEY (tenant, level, zone)
) /*CLUSTERED*/;
INSERT INTO application_zone (tenant, level, zone, newest)
SELECT tenant, 0, id / 4398046511104, MAX(update_time) FROM application GROUP BY tenant, id / 4398046511104;
INSERT INTO application_zone (tenant, level, zone, newest)
SELECT tenant, 1, zone / 256, MAX(newest) FROM application_zone GROUP BY tenant, zone / 256;

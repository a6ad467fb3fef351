-- Who made a store app: a tenant at its console (which may change it as long as no other tenant has it), or 0: the command line.
-- Being the only one that has it is not enough, since the app may be a stranger's, and tomorrow in other tenants.

ALTER TABLE app ADD COLUMN home BIGINT NOT NULL DEFAULT 0;
UPDATE app SET home = tenant;

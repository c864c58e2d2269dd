-- Sightings of one asset may name several accounts, regions and tenants: all of them, beside the one
-- that is the only one. Table asset is made anew by every run.
alter table asset add column accounts varchar[];
alter table asset add column regions varchar[];
alter table asset add column tenants varchar[];

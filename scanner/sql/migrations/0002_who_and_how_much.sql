-- How many records carry sizes; every model seen; users and clients apart; what got through.
-- null in an older sighting: the run that wrote it did not count. Table asset is made anew by
-- every run, so only its shape matters.
alter table sighting add column sized_out bigint;
alter table sighting add column sized_in bigint;
alter table asset add column models varchar[];
alter table asset add column clients bigint;
alter table asset add column failed bigint;
alter table asset add column sized_out bigint;
alter table asset add column sized_in bigint;

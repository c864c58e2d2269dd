-- What a deployment is called says not which model it is; a client may name any number of models.
-- Table asset is made anew by every run.
alter table sighting add column deployment varchar;
alter table asset add column deployments varchar[];
alter table asset add column models_more bigint;
alter table asset add column deployments_more bigint;
alter table asset add column model_families varchar[];
alter table asset add column model_makers varchar[];

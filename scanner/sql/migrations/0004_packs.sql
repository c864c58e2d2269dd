-- Which signatures a run judged by: the shipped pack's version, and every pack, the shipped one
-- first. null in an older run: it did not say.
alter table run add column signatures_version varchar;
alter table run add column signatures_packs struct(
    "name" varchar, "version" varchar, sha256 varchar, place varchar, signed_by varchar)[];

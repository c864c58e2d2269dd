-- What a later run must know of earlier ones: who stood where, and what was wrong with the part of
-- a log that was read before it grew.

-- A name and an address that logs showed together (named), or an address alone that was taken for
-- the name's because it had been (not named). One row a run.
create table alias (
    run_id     varchar not null,
    host       varchar not null,
    address    varchar not null,
    port       integer,
    named      boolean not null,
    source     varchar not null,
    first_seen timestamp not null,
    last_seen  timestamp not null
);

-- head: hash of the text up to the end of the last element of a document, head_size its length.
-- A document that grows changes its closing brackets, so `content` is no prefix of the longer one.
alter table source add column head varchar;
alter table source add column head_size bigint;
-- earlier: why the part that earlier runs read was not whole, and the days that part is of.
alter table source add column earlier varchar;
alter table source add column earlier_days date[];

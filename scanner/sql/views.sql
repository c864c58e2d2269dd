-- What reports read. Every view speaks of the latest run and of the ledger as it stands after it.

create or replace view v_latest as
select * from run order by seq desc limit 1;

create or replace view v_source as
-- records: rows, events or packets; header lines, blanks and comments are read and are no records.
select s.*, s.read - s.header - s.blank - s.comment as records
from source as s join v_latest using (run_id) order by s.path;

-- What the formats of this run's sources cannot show, and what they skip as no event, is kept as
-- notes, and is no problem. Records of later than the day that was asked for are one.
create or replace view v_problem as
select p.* from problem as p join v_latest using (run_id)
where p.reason not in ('limits', 'skipped')
union all by name
select
    s.run_id,
    s.source,
    s.path,
    'warning'  as level,
    'later'    as reason,
    'has records up to ' || s.last_time::date || ', after ' || l.as_of
        || ', the day the ledger speaks of' as message
from source as s
join v_latest as l using (run_id)
where s.last_time::date > l.as_of
order by case level when 'error' then 0 when 'warning' then 1 else 2 end, path, line;

-- name: of the format's `drop`; of a note, `field` is that name and `message` the count.
create or replace view v_skip as
select p.source, p.path, p.field as name, sum(p.message::bigint)::bigint as records
from problem as p
join v_latest using (run_id)
where p.reason = 'skipped'
group by p.source, p.path, p.field
order by p.source, p.path, records desc, name;

create or replace view v_limit as
select s.format, p.message as says, count(*)::integer as sources
from problem as p
join v_latest using (run_id)
join source as s using (run_id, source, path)
where p.reason = 'limits'
group by s.format, p.message
order by s.format, p.message;

create or replace view v_reject as
select r.* from reject as r join v_latest using (run_id) order by r.path, r.line;

create or replace view v_coverage as
select c.* from coverage as c join v_latest using (run_id) order by c.source, c.operation;

create or replace view v_candidate as
select
    c.service,
    c.kind,
    c.detection,
    c.dst_host,
    min(c.source)       as source,
    string_agg(distinct c.why, '; ' order by c.why) as why,
    sum(c.hits)         as hits,
    min(c.first_seen)   as first_seen,
    max(c.last_seen)    as last_seen,
    min(c.sample_path)  as sample_path,
    min(c.sample_line)  as sample_line
from candidate as c join v_latest using (run_id)
group by c.service, c.kind, c.detection, c.dst_host
order by case c.detection when 'low' then 0 else 1 end, hits desc, c.dst_host;

create or replace view v_pair as
select p.* from pair as p join v_latest using (run_id) order by p.asset_id, p.row;

create or replace view v_finding as
select f.* exclude (run_id) from finding as f join v_latest using (run_id)
order by
    case f.severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 when 'low' then 3 else 4 end,
    f.title,
    f.finding_id;

-- People are counted by the number of the row they belong to: counted within the group itself, a
-- million sightings would need more memory than the store may take.
create or replace view v_evidence as
with beside as (  -- of an asset with more than a thousand hosts, those that were asked for least
    select asset_id, dst_host
    from (
        select
            s.asset_id,
            s.dst_host,
            row_number() over (partition by s.asset_id order by sum(s.hits) desc, s.dst_host) as rank
        from sighting as s
        join asset as a using (asset_id)
        where len(a.domains) > 1000 and s.dst_host is not null
        group by s.asset_id, s.dst_host
    )
    where rank > 1000
),
told as not materialized (
    select
        s.* exclude (dst_host, model, deployment),
        if(b.asset_id is null, s.dst_host, '(other)')              as dst_host,
        -- what its asset does not name is together: a client may invent any number of names
        case
            when s.model is null or coalesce(a.models_more, 0) = 0
                or list_contains(a.models, s.model) then s.model
            else '(other)'
        end                                                        as model,
        case
            when s.deployment is null or coalesce(a.deployments_more, 0) = 0
                or list_contains(a.deployments, s.deployment) then s.deployment
            else '(other)'
        end                                                        as deployment
    from sighting as s
    join asset as a using (asset_id)
    left join beside as b on b.asset_id = s.asset_id and b.dst_host = s.dst_host
),
seen as (
    select
        asset_id,
        source,
        indicators,
        surface,
        usage,
        detection,
        dst_host,
        dst_ip,
        dst_port,
        client,
        model,
        deployment,
        action,
        sum(hits)                                                  as hits,
        sum(bytes_out)                                             as bytes_out,
        sum(bytes_in)                                              as bytes_in,
        sum(sized_out)::bigint                                     as sized_out,
        sum(sized_in)::bigint                                      as sized_in,
        min(first_seen)                                            as first_seen,
        max(last_seen)                                             as last_seen,
        arg_min(sample_path, (first_seen, sample_path, sample_line)) as sample_path,
        arg_min(sample_line, (first_seen, sample_path, sample_line)) as sample_line
    from told
    group by all
),
numbered as (
    select *, row_number() over () as n from seen
),
met as (
    select distinct k.n, t.actor, t.actor_type
    from told as t
    join numbered as k on
        t.asset_id is not distinct from k.asset_id
        and t.source is not distinct from k.source
        and t.indicators is not distinct from k.indicators
        and t.surface is not distinct from k.surface
        and t.usage is not distinct from k.usage
        and t.detection is not distinct from k.detection
        and t.dst_host is not distinct from k.dst_host
        and t.dst_ip is not distinct from k.dst_ip
        and t.dst_port is not distinct from k.dst_port
        and t.client is not distinct from k.client
        and t.model is not distinct from k.model
        and t.deployment is not distinct from k.deployment
        and t.action is not distinct from k.action
    where t.actor is not null
),
counted as (
    select
        n,
        nullif(count(*) filter (actor_type = 'user'), 0)           as users,
        count(*) filter (actor_type <> 'user')                     as clients
    from met
    group by n
)
select
    k.* exclude (n, first_seen, last_seen, sample_path, sample_line),
    c.users,
    coalesce(c.clients, 0)                                         as clients,
    k.first_seen,
    k.last_seen,
    k.sample_path,
    k.sample_line
from numbered as k
left join counted as c using (n)
order by asset_id, hits desc, source, dst_host, client, action, dst_ip, dst_port, surface, usage,
    detection, model, deployment, indicators, sample_line;

create or replace view v_asset as
with paired as (
    select
        p.asset_id,
        list(p.row order by p.row)                                          as rows,
        list(d.ref order by p.row) filter (d.ref is not null)               as refs,
        arg_min(d.business_owner, p.row) filter (d.business_owner is not null) as owner
    from pair as p
    join v_latest using (run_id)
    join declaration as d on d.run_id = p.run_id and d.row = p.row
    where p.band = 'auto'
    group by p.asset_id
),
busiest as (
    select asset_id, arg_max(department, (actors, department)) as department
    from (
        select asset_id, department, count(distinct actor) as actors
        from sighting
        where actor_type = 'user' and department <> 'unknown'
        group by asset_id, department
        having count(distinct actor) >= 5
    )
    group by asset_id
),
worst as (
    select
        f.asset_id,
        arg_min(f.severity, case f.severity when 'critical' then 0 when 'high' then 1
            when 'medium' then 2 when 'low' then 3 else 4 end) as severity
    from finding as f
    join v_latest using (run_id)
    where f.asset_id is not null
    group by f.asset_id
)
select
    a.asset_id,
    a.kind,
    a.subtype,
    a.service,
    a.vendor,
    coalesce(v.vendor_name, a.vendor)          as vendor_name,
    a.product,
    a.name,
    a.native_ids,
    a.domains,
    a.model,
    coalesce(a.models, []::varchar[])          as models,
    coalesce(a.models_more, 0)                 as models_more,
    coalesce(a.model_families, []::varchar[])  as model_families,
    coalesce(a.model_makers, []::varchar[])    as model_makers,
    coalesce(a.deployments, []::varchar[])     as deployments,
    a.account,
    coalesce(a.accounts, []::varchar[])        as accounts,
    a.region,
    coalesce(a.regions, []::varchar[])         as regions,
    a.tenant,
    coalesce(a.tenants, []::varchar[])         as tenants,
    a.detection,
    a.confidence,
    a.hits,
    a.blocked,
    a.failed,
    not list_has_any(s.flags, ['blocked_only', 'failed_only', 'gone']) as in_use,
    a.bytes_out,
    a.bytes_in,
    a.sized_out,
    a.sized_in,
    nullif(a.users, 0)                         as users,
    a.clients,
    a.first_seen,
    a.last_seen,
    a.first_run = s.run_id                     as new,
    s.state,
    s.fields,
    s.flags,
    s.rule_ids,
    s.why,
    s.rejected,
    coalesce(p.rows, []::integer[])            as rows,
    coalesce(p.refs, []::varchar[])            as refs,
    coalesce(a.owner, p.owner)                 as owner,
    b.department,
    w.severity
from asset as a
join asset_state as s on s.asset_id = a.asset_id
join v_latest as l on l.run_id = s.run_id
left join service as v on v.run_id = l.run_id and v.service = a.service
left join paired as p on p.asset_id = a.asset_id
left join busiest as b on b.asset_id = a.asset_id
left join worst as w on w.asset_id = a.asset_id
order by a.name, a.asset_id;

create or replace view v_declared as
select
    d.row,
    d.source,
    d.ref,
    d.name,
    d.business_owner,
    d.technical_owner,
    d.department,
    d.vendor,
    d.product,
    d.lifecycle,
    d.approved_on,
    d.review_due,
    s.state,
    s.flags,
    s.duplicate_of_row,
    s.why,
    count(p.asset_id)::integer as assets,
    d.remarks
from declaration as d
join v_latest as l on l.run_id = d.run_id
join declared_state as s on s.run_id = d.run_id and s.row = d.row
left join pair as p on p.run_id = d.run_id and p.row = d.row and p.band = 'auto'
group by all
order by d.row;

create or replace view v_timeline as
select
    s.day,
    t.state,
    (count(distinct s.asset_id) filter (s.action not in ('blocked', 'failed')))::integer as assets,
    sum(s.hits)                         as hits,
    sum(s.bytes_out)                    as bytes_out,
    count(distinct s.actor) filter (
        s.actor_type = 'user' and s.action not in ('blocked', 'failed')
    )                                   as users,
    count(distinct s.actor) filter (s.actor_type <> 'user') as clients
from sighting as s
join asset_state as t on t.asset_id = s.asset_id
join v_latest as l on l.run_id = t.run_id
group by s.day, t.state
order by s.day, t.state;

create or replace view v_vendor as
select
    a.vendor,
    any_value(a.vendor_name)                                      as vendor_name,
    count(*)::integer                                             as assets,
    (count(*) filter (a.state = 'unmanaged'))::integer            as unmanaged,
    sum(a.hits)                                                   as hits,
    sum(a.bytes_out)                                              as bytes_out,
    sum(a.sized_out)::bigint                                      as sized_out,
    any_value(u.users)                                            as users,
    any_value(u.clients)                                          as clients
from v_asset as a
left join (
    select
        n.vendor,
        count(distinct s.actor) filter (
            s.actor_type = 'user' and s.action not in ('blocked', 'failed')
        )                                                       as users,
        count(distinct s.actor) filter (s.actor_type <> 'user') as clients
    from sighting as s join asset as n using (asset_id)
    group by n.vendor
) as u using (vendor)
group by a.vendor
order by unmanaged desc, hits desc, a.vendor;

-- Cells under five users fold into `other`; if only one folds, the next smallest goes with it,
-- or the total would give the folded one away.
create or replace view v_department as
with people as (
    select
        department,
        actors,
        row_number() over (order by actors, department) as place
    from (
        select
            department,
            count(distinct actor) filter (action not in ('blocked', 'failed')) as actors
        from sighting
        where actor_type = 'user'
        group by department
    )
),
small as (
    select count(*) filter (actors < 5) as n from people
),
label as (
    select
        department,
        if(place <= if(n = 1, 2, n), 'other', department) as cell
    from people, small
)
select
    l.cell                                                         as department,
    count(distinct s.asset_id)::integer                            as assets,
    (count(distinct s.asset_id) filter (t.state = 'unmanaged'))::integer as unmanaged,
    sum(s.hits)                                                    as hits,
    sum(s.bytes_out)                                               as bytes_out,
    sum(s.sized_out)::bigint                                       as sized_out,
    (count(distinct s.actor) filter (s.action not in ('blocked', 'failed')))::integer as users
from sighting as s
join label as l using (department)
join asset_state as t on t.asset_id = s.asset_id
join v_latest as r on r.run_id = t.run_id
where s.actor_type = 'user'
group by l.cell
order by l.cell = 'other', users desc, l.cell;

create or replace view v_run as
select
    l.run_id,
    l.seq,
    l.organisation,
    l.started_at,
    l.ended_at,
    l.as_of,
    l.version,
    l.signatures_digest,
    l.signatures_version,
    coalesce(l.signatures_packs, [])                     as signatures_packs,
    l.inventory_digest,
    l.privacy,
    l.depth,
    l.exit_code,
    l.exit_reasons,
    s.sources,
    s.sources_complete,
    s.sources - s.sources_complete                       as sources_incomplete,
    s.read,
    s.records,
    s.ok,
    s.matched,
    s.unmatched,
    s.rejected,
    s.cut,
    s.skipped,
    s.first_time,
    s.last_time,
    a.assets,
    a.in_use,
    a.blocked_only,
    a.failed_only,
    a.gone,
    a.managed,
    a.unmanaged,
    a.drifted,
    a.unapproved,
    a.prohibited,
    a.retired_alive,
    a.waived,
    a.needs_review,
    d.declared,
    d.declared_not_observed,
    d.not_assessable,
    f.findings,
    u.users,
    u.clients
from v_latest as l
cross join (
    select
        count(*)::integer                                                     as sources,
        (count(*) filter (status in ('complete', 'screened')))::integer       as sources_complete,
        coalesce(sum(read), 0)::bigint                                        as read,
        coalesce(sum(records), 0)::bigint                                     as records,
        coalesce(sum(ok), 0)::bigint                                          as ok,
        coalesce(sum(matched), 0)::bigint                                     as matched,
        coalesce(sum(unmatched), 0)::bigint                                   as unmatched,
        coalesce(sum(rejected), 0)::bigint                                    as rejected,
        coalesce(sum(cut), 0)::bigint                                         as cut,
        coalesce(sum(skipped), 0)::bigint                                     as skipped,
        min(first_time)                                                       as first_time,
        max(last_time)                                                        as last_time
    from v_source
) as s
cross join (
    select
        count(*)::integer                                          as assets,
        (count(*) filter (not list_has_any(flags, ['blocked_only', 'failed_only', 'gone'])))::integer as in_use,
        (count(*) filter (list_contains(flags, 'blocked_only')))::integer as blocked_only,
        (count(*) filter (list_contains(flags, 'failed_only')))::integer as failed_only,
        (count(*) filter (list_contains(flags, 'gone')))::integer  as gone,
        (count(*) filter (state = 'managed'))::integer             as managed,
        (count(*) filter (state = 'unmanaged'))::integer           as unmanaged,
        (count(*) filter (state = 'drifted'))::integer             as drifted,
        (count(*) filter (state = 'unapproved_use'))::integer      as unapproved,
        (count(*) filter (state = 'prohibited'))::integer          as prohibited,
        (count(*) filter (state = 'retired_alive'))::integer       as retired_alive,
        (count(*) filter (state = 'waived'))::integer              as waived,
        (count(*) filter (state = 'needs_review'))::integer        as needs_review
    from asset_state join v_latest using (run_id)
) as a
cross join (
    select
        count(*)::integer                                                 as declared,
        (count(*) filter (state = 'declared_not_observed'))::integer      as declared_not_observed,
        (count(*) filter (state = 'not_assessable'))::integer             as not_assessable
    from declared_state join v_latest using (run_id)
) as d
cross join (select count(*)::integer as findings from v_finding) as f
cross join (
    select
        (count(distinct actor) filter (
            actor_type = 'user' and action not in ('blocked', 'failed')
        ))::integer                                                    as users,
        (count(distinct actor) filter (actor_type <> 'user'))::integer as clients
    from sighting
) as u;

-- in: sighting, service, run, model_family   out: asset (emptied before)   again: same rows
-- Bytes: a proxy line, a DNS query and a flow record may all tell of one use. Within one class
-- of observation they add up; between classes the largest of the day stands.
with daily as (
    select
        asset_id,
        day,
        class,
        sum(bytes_out) as bytes_out,
        sum(bytes_in)  as bytes_in
    from sighting
    group by all
),
peak as (
    select
        asset_id,
        day,
        max(bytes_out) as bytes_out,
        max(bytes_in)  as bytes_in
    from daily
    group by all
),
traffic as (  -- a log may claim more bytes than a number holds: the sum stops at the largest
    select
        asset_id,
        case when sum(bytes_out) is not null
            then least(sum(bytes_out), 9223372036854775807)::bigint end as bytes_out,
        case when sum(bytes_in) is not null
            then least(sum(bytes_in), 9223372036854775807)::bigint end  as bytes_in
    from peak
    group by all
),
seen as (
    select
        s.asset_id,
        list_sort(list(distinct s.dst_host) filter (s.dst_host is not null)) as domains,
        list_sort(list(distinct s.account) filter (s.account is not null))  as accounts,
        list_sort(list(distinct s.region) filter (s.region is not null))    as regions,
        list_sort(list(distinct s.tenant) filter (s.tenant is not null))    as tenants,
        min(case s.detection when 'confirmed' then 0 when 'high' then 1 else 2 end) as sureness,
        sum(s.hits)                                                         as hits,
        coalesce(sum(s.hits) filter (s.action = 'blocked'), 0)              as blocked,
        coalesce(sum(s.hits) filter (s.action = 'failed'), 0)               as failed,
        sum(s.sized_out)                                                    as sized_out,
        sum(s.sized_in)                                                     as sized_in,
        bool_or(s.usage = 'upload')                                         as uploads,
        count(distinct s.actor) filter (
            s.actor_type = 'user' and s.action not in ('blocked', 'failed')
        )                                                                   as people,
        count(distinct s.actor) filter (s.actor_type <> 'user')             as clients,
        min(s.first_seen)                                                   as first_seen,
        max(s.last_seen)                                                    as last_seen,
        arg_min(s.run_id, r.seq)                                            as first_run,
        arg_max(s.run_id, r.seq)                                            as last_run
    from sighting as s
    join run as r using (run_id)
    group by s.asset_id
),
-- Whoever asks may write any number of names: an asset keeps some and counts the rest. One of each
-- family first, so that none is hidden in a flood; then those that were asked for most.
asked as (
    select asset_id, model, sum(hits) as hits
    from sighting
    where model is not null
    group by all
),
placed as (
    select
        a.*,
        f.family,
        f.maker_name,
        row_number() over (partition by a.asset_id, f.family order by a.hits desc, a.model) as place
    from asked as a
    left join model_family as f using (model)
),
ranked as (
    select
        *,
        row_number() over (
            partition by asset_id
            order by family is not null and place = 1 desc, hits desc, model
        ) as rank
    from placed
),
named as (
    select
        asset_id,
        list_sort(list(model) filter (rank <= $kept))                               as models,
        count(*) filter (rank > $kept)                                              as models_more,
        list_sort(list(distinct family) filter (family is not null))                as model_families,
        list_sort(list(distinct maker_name) filter (maker_name is not null))        as model_makers
    from ranked
    group by asset_id
),
deployed as (
    select
        asset_id,
        list_sort(list(deployment) filter (rank <= $kept))                          as deployments,
        count(*) filter (rank > $kept)                                              as deployments_more
    from (
        select
            asset_id,
            deployment,
            row_number() over (partition by asset_id order by sum(hits) desc, deployment) as rank
        from sighting
        where deployment is not null
        group by asset_id, deployment
    )
    group by asset_id
),
used_by as (  -- under five people a department is a person: it is named nowhere
    select asset_id, list(department order by department) as departments
    from (
        select asset_id, department
        from sighting
        where actor_type = 'user' and department is not null and department <> 'unknown'
        group by asset_id, department
        having count(distinct actor) >= 5
    )
    group by asset_id
),
known as (  -- a service that left the catalogue keeps its last description
    select
        service,
        arg_max(kind, r.seq)    as kind,
        arg_max(vendor, r.seq)  as vendor,
        arg_max(product, r.seq) as product
    from service
    join run as r using (run_id)
    group by service
)
insert into asset by name
select
    seen.asset_id,
    v.kind,
    k.subtype,
    k.service,
    v.vendor,
    v.product,
    k.name,
    []::varchar[]                                              as native_ids,
    coalesce(seen.domains, []::varchar[])                      as domains,
    if(len(n.models) = 1, n.models[1], null)                   as model,
    coalesce(n.models, []::varchar[])                          as models,
    coalesce(n.models_more, 0)                                 as models_more,
    coalesce(n.model_families, []::varchar[])                  as model_families,
    coalesce(n.model_makers, []::varchar[])                    as model_makers,
    coalesce(d.deployments, []::varchar[])                     as deployments,
    coalesce(d.deployments_more, 0)                            as deployments_more,
    if(len(seen.accounts) = 1, seen.accounts[1], null)         as account,
    coalesce(seen.accounts, []::varchar[])                     as accounts,
    if(len(seen.regions) = 1, seen.regions[1], null)           as region,
    coalesce(seen.regions, []::varchar[])                      as regions,
    if(len(seen.tenants) = 1, seen.tenants[1], null)           as tenant,
    coalesce(seen.tenants, []::varchar[])                      as tenants,
    []::varchar[]                                              as oauth_scopes,
    case seen.sureness when 0 then 'confirmed' when 1 then 'high' else 'medium' end as detection,
    case seen.sureness when 0 then 0.97 when 1 then 0.9 else 0.6 end as confidence,
    seen.hits,
    seen.blocked,
    t.bytes_out,
    t.bytes_in,
    seen.people                                                as users,
    seen.clients,
    seen.failed,
    seen.sized_out,
    seen.sized_in,
    coalesce(u.departments, []::varchar[])                  as departments,
    coalesce(seen.uploads, false)                              as uploads,
    seen.first_seen,
    seen.last_seen,
    seen.first_run,
    seen.last_run
from seen
join traffic as t using (asset_id)
join asset_name as k using (asset_id)
join known as v on v.service = k.service
left join named as n on n.asset_id = seen.asset_id
left join deployed as d on d.asset_id = seen.asset_id
left join used_by as u on u.asset_id = seen.asset_id;

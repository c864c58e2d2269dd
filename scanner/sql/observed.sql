-- The assets as reconciliation takes them: table asset with the names and usages around it.
select
    a.*,
    a.sized_out                           as sized,
    coalesce(v.vendor_name, a.vendor)     as vendor_name,
    coalesce(v.aliases, []::varchar[])    as aliases,
    coalesce(u.usages, []::varchar[])     as usages,
    coalesce(u.applications, []::varchar[]) as applications,
    coalesce(u.failed_sign_ins, 0)        as failed_sign_ins,
    greatest(u.people - a.users, 0)       as tried,
    u.origins
from asset as a
left join (
    select
        service,
        arg_max(vendor_name, seq) as vendor_name,
        arg_max(aliases, seq)     as aliases
    from service join run using (run_id)
    group by service
) as v using (service)
left join (
    select
        asset_id,
        list_sort(list(distinct usage) filter (usage is not null))      as usages,
        list_sort(list_distinct(list_filter(
            flatten(list(distinct indicators)),
            lambda sign: regexp_matches(sign, '^(oauth_[a-z_]+|app_id|other_app_id):')
        )))                                                             as applications,
        sum(hits) filter (class = 'auth' and action = 'failed')         as failed_sign_ins,
        count(distinct actor) filter (actor_type = 'user')              as people,
        list_sort(list(distinct {'path': source, 'format': format}))    as origins
    from sighting
    group by asset_id
) as u using (asset_id)
order by a.asset_id

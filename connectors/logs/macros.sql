-- The vocabulary of format files. A macro checks the grammar before it casts, since a bare cast
-- turns 12.7 into 13, 0x10 into 16 and drops the offset of a time.
-- Missing (NULL, empty, '-') gives NULL; present but wrong gives -1, which rejects the row.

create macro nothing(x) as
    case when x in ('', '-', 'NA', 'N/A', 'None', 'NULL', 'null', '(empty)') then null else x end;

-- DuckDB's own fails on bytes that are no UTF-8 ("%ff"), which anybody can send: these stay as written.
create macro url_decode(x) as coalesce(try(system.main.url_decode(x)), x);

create macro bytes_of(x) as
    case
        when x is null or x in ('', '-') then null
        when regexp_full_match(x, '[0-9]{1,19}') then coalesce(try_cast(x as bigint), -1)
        else -1::bigint
    end;

create macro port_of(x) as
    case
        when x is null or x in ('', '-') then null
        when regexp_full_match(x, ' *[0-9]{1,5} *') and try_cast(x as integer) between 1 and 65535
            then try_cast(x as integer)
        else -1
    end;

-- Flow records give ICMP a port 0.
create macro flow_port_of(x) as
    case when x is null or x = '0' then null else port_of(x) end;

-- The same, but shown as it is written; scans take it for none.
create macro any_port_of(x) as case when x = '0' then 0 else port_of(x) end;

-- 0 and 000 mean that no answer came.
create macro status_of(x) as
    case
        when x is null or x in ('', '-') or regexp_full_match(x, '0{1,3}') then null
        when regexp_full_match(x, '[1-9][0-9]{2}') then try_cast(x as smallint)
        else -1::smallint
    end;

-- Times are stamps: microseconds since 1970 UTC * 4, + 1 without a zone, + 2 without a year
-- (then written as 1972, which has a 29 February). stamps.py makes them UTC.

create macro time_epoch(x) as
    case
        when x is null or x in ('', '-') then null
        when regexp_full_match(x, '[0-9]{1,10}(\.[0-9]{1,9})?')
            then try_cast(round(try_cast(x as double) * 1e6) as bigint) * 4
        when regexp_full_match(x, '[0-9]{11,19}(\.[0-9]{0,9})?')
            then case
                when length(split_part(x, '.', 1)) <= 14  -- milliseconds
                    then try_cast(round(try_cast(x as double) * 1e3) as bigint) * 4
                when length(split_part(x, '.', 1)) <= 17  -- microseconds
                    then least(try_cast(split_part(x, '.', 1) as bigint), 9300000000000000) * 4
                else coalesce(try_cast(split_part(x, '.', 1) as bigint) // 1000, 9300000000000000) * 4
            end
        else -1::bigint
    end;

-- p: struct of texts y mo d h mi s f z ('' where absent); flag: 2 if the year is made up.
create macro stamp_of_parts(p, flag) as
    coalesce(
        case
            when p.h > '24' or p.mi > '59' or p.s > '60' then -1
            when p.h = '24' and (p.mi <> '00' or p.s not in ('', '00')) then -1
            when p.z not in ('', 'Z', 'z', 'UTC', 'GMT')
                and (p.z[2:3] > '14' or replace(p.z, ':', '')[4:5] > '59') then -1
            else greatest(
                (
                    epoch_us(try_cast(try_cast(concat(p.y, '-', p.mo, '-', p.d) as date) as timestamp))
                    + try_cast(p.h as bigint) * 3600000000
                    + try_cast(p.mi as bigint) * 60000000
                    + try_cast(if(p.s = '', '0', p.s) as bigint) * 1000000
                    + try_cast(rpad(p.f[1:6], 6, '0') as bigint)
                    - if(
                        p.z in ('', 'Z', 'z', 'UTC', 'GMT'),
                        0,
                        (
                            try_cast(p.z[2:3] as bigint) * 60
                            + try_cast(if(length(p.z) > 3, replace(p.z, ':', '')[4:5], '0') as bigint)
                        ) * if(p.z[1] = '-', -60000000, 60000000)
                    )
                ) * 4 + if(p.z = '', 1, 0) + flag,
                -1
            )
        end,
        -1::bigint
    );

create macro time_iso_odd(x) as
    list_transform(
        [
            regexp_extract(
                x,
                '^([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?:[.,]([0-9]{1,9}))? ?(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?$',
                ['y', 'mo', 'd', 'h', 'mi', 's', 'f', 'z']
            )
        ],
        lambda p: stamp_of_parts(p, 0)
    )[1];

-- ISO 8601 with or without a zone, also with a blank for the T and slashes in the date. The
-- shapes that nearly every log uses take the short way.
create macro time_iso(x) as
    case
        when x is null or x in ('', '-') then null
        when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])')
            then coalesce(greatest(epoch_us(try_cast(x as timestamptz)) * 4, -1), -1)
        when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?')
            then coalesce(greatest(epoch_us(try_cast(x as timestamp)) * 4 + 1, -1), -1)
        else time_iso_odd(x)
    end;

-- 'jan' -> '01'
create macro month_of(name) as
    lpad(
        try_cast(
            list_position(
                ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
                lower(name)
            ) as varchar
        ),
        2,
        '0'
    );

create macro named_month(p) as
    list_transform(
        [
            struct_pack(
                y := if(p.y = '', '1972', p.y),
                mo := month_of(p.mo),
                d := lpad(p.d, 2, '0'),
                h := p.h,
                mi := p.mi,
                s := p.s,
                f := p.f,
                z := p.z
            )
        ],
        lambda q: stamp_of_parts(q, if(p.y = '', 2, 0))
    )[1];

-- 10/Oct/2026:13:55:36 +0200, the layout of web servers
create macro time_clf(x) as
    case
        when x is null or x in ('', '-') then null
        else list_transform(
            [
                regexp_extract(
                    x,
                    '^\[?([0-9]{1,2})/([A-Za-z]{3})/([0-9]{4}):([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?: ([+-][0-9]{4}|Z|UTC|GMT))?\]?$',
                    ['d', 'mo', 'y', 'h', 'mi', 's', 'f', 'z']
                )
            ],
            lambda p: named_month(p)
        )[1]
    end;

-- Mar  1 00:00:00 (syslog: no year, no zone), Mar 1 2026 00:00:00, Mon Mar  1 00:00:00 2026
create macro time_syslog(x) as
    case
        when x is null or x in ('', '-') then null
        when regexp_full_match(x, '[A-Za-z]{3},? .* [0-9]{4}')
            then list_transform(
                [
                    regexp_extract(
                        x,
                        '^(?:[A-Za-z]{3},? )?([A-Za-z]{3}) +([0-9]{1,2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?: (Z|UTC|GMT|[+-][0-9]{4}))? ([0-9]{4})$',
                        ['mo', 'd', 'h', 'mi', 's', 'f', 'z', 'y']
                    )
                ],
                lambda p: named_month(p)
            )[1]
        else list_transform(
            [
                regexp_extract(
                    x,
                    '^([A-Za-z]{3}) +([0-9]{1,2})(?: ([0-9]{4}))? ([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?: (Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?$',
                    ['mo', 'd', 'y', 'h', 'mi', 's', 'f', 'z']
                )
            ],
            lambda p: named_month(p)
        )[1]
    end;

-- Zeek writes seconds since 1970; some exports of its JSON write ISO 8601.
create macro time_zeek(x) as case when x like '____-__-__%' then time_iso(x) else time_epoch(x) end;

-- A stamp whose zone another field says is UTC.
create macro in_utc(stamp) as case when stamp > 0 then stamp - stamp % 2 else stamp end;

-- Any of the above, by its first characters.
create macro time_any(x) as
    case
        when x is null or x in ('', '-') then null
        when x like '____-__-__%' or x like '____/__/__%' then time_iso(x)
        when regexp_full_match(x, '[0-9.]+') then time_epoch(x)
        when regexp_matches(x, '^[A-Za-z]{3},? ') then time_syslog(x)
        else time_clf(x)
    end;

-- The authority of a URL (or of host:port): user, port and brackets are still in it.
create macro host_of(url) as
    nothing(regexp_extract(url, '^(?:[A-Za-z][A-Za-z0-9+.-]*://|//)?([^/?#]*)', 1));

-- Whether two candidates for one host disagree: b is neither a (bare) nor a domain that a lies in.
create macro bare_host(x) as rtrim(regexp_replace(lower(trim(x)), ':[0-9]*$', ''), '.');
create macro another_host(a, b) as
    bare_host(b) <> a and not ends_with(a, '.' || bare_host(b));

-- The path, without query and fragment.
create macro path_of(url) as
    nullif(
        case
            when regexp_full_match(url, '(?s)(?:[A-Za-z][A-Za-z0-9+.-]*:)?//.*')
                then regexp_extract(url, '^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*(/[^?#]*)', 1)
            else regexp_extract(url, '^[^/?#]*(/[^?#]*)', 1)
        end,
        ''
    );

-- The port a URL says or implies.
create macro port_of_url(url) as
    coalesce(
        port_of(nullif(regexp_extract(url, '^(?:[A-Za-z][A-Za-z0-9+.-]*://|//)?[^/?#]*:([0-9]+)(?:[/?#]|$)', 1), '')),
        case lower(regexp_extract(url, '^([A-Za-z][A-Za-z0-9+.-]*)://', 1))
            when 'https' then 443
            when 'wss' then 443
            when 'http' then 80
            when 'ws' then 80
        end
    );

-- Names of the query parameters, never their values.
create macro query_keys(url) as
    case
        when strpos(url, '?') > 0
            then list_distinct(
                list_transform(
                    string_split(regexp_extract(url, '\?([^#]*)', 1), '&'),
                    lambda pair: split_part(pair, '=', 1)
                )
            )
    end;

-- An address, or nothing: for fields that hold a name or an address.
create macro ip_or_nothing(x) as
    case when regexp_full_match(x, '[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*') then x end;

-- An address without port, brackets or the ::ffff: of an IPv4 address; nothing for a name.
create macro bare_ip(x) as
    ip_or_nothing(
        regexp_replace(
            regexp_replace(
                regexp_replace(trim(x), '^\[([^\]]*)\](:[0-9]+)?$', '\1'),
                '^([0-9.]+):[0-9]+$',
                '\1'
            ),
            '^::[Ff]{4}:([0-9]+(?:\.[0-9]+){3})(?::[0-9]+)?$',
            '\1'
        )
    );

create macro action_of(x) as
    case
        when x is null or x in ('', '-') then null
        when lower(x) in (
            'allow', 'allowed', 'accept', 'accepted', 'permit', 'permitted', 'pass', 'passed',
            'success', 'succeeded', 'ok', 'true', 'granted', 'forwarded', 'cautioned'
        ) then 'allowed'
        when lower(x) in (
            'block', 'blocked', 'deny', 'denied', 'drop', 'dropped', 'reject', 'rejected', 'refused',
            'forbidden', 'prohibited', 'reset', 'blacklisted', 'isolated'
        ) then 'blocked'
        when lower(x) in ('fail', 'failed', 'failure', 'error', 'timeout', 'aborted') then 'failed'
        else 'unknown'
    end;

-- What a proxy's status says by itself: 407 asks for a password, 502 to 504 found nobody.
create macro action_of_status(x) as
    case
        when x is null or x in ('', '-') then null
        when x = '407' then 'blocked'
        when x in ('502', '503', '504', '0', '000') then 'failed'
        when x = '403' then 'unknown'
        else 'allowed'
    end;

-- IANA numbers of the protocols that carry anything we look for.
create macro proto_of(x) as
    case x
        when '6' then 'tcp'
        when '17' then 'udp'
        when '1' then 'icmp'
        when '58' then 'icmp6'
        when '132' then 'sctp'
        when '-' then null
        when '' then null
        else lower(x)
    end;

-- Flow records are one-way and do not say who began. A well-known port talking to a high one, or
-- any port below the ephemeral range talking into it, is the answer of a server.
create macro is_answer(src_port, dst_port) as
    coalesce(
        (try_cast(src_port as integer) < 1024 and try_cast(dst_port as integer) >= 1024)
        or (try_cast(src_port as integer) < 32768 and try_cast(dst_port as integer) >= 32768),
        false
    );

-- The part of it that holds whoever runs the server: a port only the system may open talks to a high one.
create macro is_system_answer(src_port, dst_port) as
    coalesce(try_cast(src_port as integer) < 1024 and try_cast(dst_port as integer) >= 1024, false);

-- 16/12/2022 07:05:25 and 12/16/2022 07:05:25: only the format knows which is the day.
create macro time_dmy(x) as
    case
        when x is null or x in ('', '-') then null
        else time_iso(
            regexp_replace(x, '^([0-9]{2})[-/.]([0-9]{2})[-/.]([0-9]{4})', '\3-\2-\1')
        )
    end;

create macro time_mdy(x) as
    case
        when x is null or x in ('', '-') then null
        else time_iso(
            regexp_replace(x, '^([0-9]{2})[-/.]([0-9]{2})[-/.]([0-9]{4})', '\3-\1-\2')
        )
    end;

-- 20220913052243.429
create macro time_digits(x) as
    case
        when x is null or x in ('', '-') then null
        else time_iso(
            regexp_replace(
                x,
                '^([0-9]{4})([0-9]{2})([0-9]{2})T?([0-9]{2})([0-9]{2})([0-9]{2})',
                '\1-\2-\3 \4:\5:\6'
            )
        )
    end;

-- What stands at a path in a text that may be JSON, as text; null if it is no JSON.
create macro json_of(x, path) as
    case when json_valid(x) then json_extract_string(x, path) end;

-- The first object in a JSON list that has this value under the key, as JSON text.
create macro item_of(x, key, wanted) as
    case
        when json_valid(x)
            then cast(
                list_filter(
                    json_extract(cast(x as varchar), '$[*]'),
                    lambda e: json_extract_string(e, '$."' || key || '"') = wanted
                )[1] as varchar
            )
    end;

-- The value of a pair in a JSON list of objects with a name and a value, as several products
-- write them: [{"name": "scope", "multiValue": ["a", "b"]}]; a list gives its JSON text.
create macro pair_of(x, wanted) as
    case
        when json_valid(x)
            then list_transform(
                list_filter(
                    json_extract(cast(x as varchar), '$[*]'),
                    lambda e: coalesce(
                        json_extract_string(e, '$.name'), json_extract_string(e, '$.Name'),
                        json_extract_string(e, '$.key'), json_extract_string(e, '$.Key'),
                        json_extract_string(e, '$.displayName')
                    ) = wanted
                ),
                lambda e: coalesce(
                    json_extract_string(e, '$.value'), json_extract_string(e, '$.Value'),
                    json_extract_string(e, '$.intValue'), json_extract_string(e, '$.boolValue'),
                    json_extract_string(e, '$.multiValue'), json_extract_string(e, '$.newValue'),
                    json_extract_string(e, '$.NewValue')
                )
            )[1]
    end;

-- 3/2/2026 8:00:01 AM, as Windows writes it in American English
create macro time_12h(x) as
    case
        when x is null or x in ('', '-') then null
        else list_transform(
            [
                regexp_extract(
                    x,
                    '^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}),? ([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))? ?([AaPp])[Mm]$',
                    ['mo', 'd', 'y', 'h', 'mi', 's', 'f', 'half']
                )
            ],
            lambda p: stamp_of_parts(
                struct_pack(
                    y := p.y,
                    mo := lpad(p.mo, 2, '0'),
                    d := lpad(p.d, 2, '0'),
                    h := case
                        when try_cast(p.h as integer) not between 1 and 12 then '99'
                        when p.h = '12' then if(lower(p.half) = 'a', '00', '12')
                        when lower(p.half) = 'p' then try_cast(try_cast(p.h as integer) + 12 as varchar)
                        else lpad(p.h, 2, '0')
                    end,
                    mi := p.mi,
                    s := p.s,
                    f := p.f,
                    z := ''
                ),
                0
            )
        )[1]
    end;

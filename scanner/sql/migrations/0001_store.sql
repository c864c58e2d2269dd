-- The store: what each run read, saw, was told, and concluded. One writer, one transaction a run.

create table meta (
    key   varchar primary key,
    value varchar not null
);

-- run and asset have no primary key: the engine cannot replace a row with a list column under one
-- inside a transaction. record.py deletes before it inserts, and a test holds ids to be unique.
create table run (
    run_id            varchar not null,
    seq               bigint not null,
    organisation      varchar not null,
    started_at        timestamp not null,
    ended_at          timestamp not null,
    as_of             date not null,
    version           varchar not null,
    signatures_digest varchar not null,
    inventory_digest  varchar,
    privacy           varchar not null check (privacy in ('strict', 'standard', 'investigation')),
    depth             varchar not null check (depth in ('auto', 'full', 'screen')),
    exit_code         integer not null,
    exit_reasons      varchar[] not null
);

-- One row an input file or archive member; rows are records of that file. The equation
-- read = header + blank + comment + skipped + ok + rejected + cut + screened_out + pending
-- and ok = matched + unmatched are held by these checks, inside the commit.
create table source (
    run_id       varchar not null,
    source       varchar not null,
    path         varchar not null,
    format       varchar,
    sha256       varchar,
    content      varchar,  -- sha256 of the decoded text: the same log in any packing
    content_size bigint,
    size         bigint,
    status       varchar not null check (status in ('complete', 'screened', 'partial', 'denied',
                     'throttled', 'failed', 'not_enabled', 'not_in_region')),
    reason       varchar check (reason in ('duplicate', 'malformed', 'truncated', 'incomplete', 'empty',
                     'rejects', 'denied', 'throttled', 'transient', 'refused', 'corrupt', 'missing',
                     'unreadable', 'not_installed', 'not_enabled', 'unsupported', 'not_in_region')),
    first_time   timestamp,
    last_time    timestamp,
    visibility   varchar[] not null,
    read         bigint not null,
    header       bigint not null,
    blank        bigint not null,
    comment      bigint not null,
    skipped      bigint not null,
    ok           bigint not null,
    rejected     bigint not null,
    cut          bigint not null,
    screened_out bigint not null,
    pending      bigint not null,
    matched      bigint not null,
    unmatched    bigint not null,
    replaced     bigint not null,
    check (read = header + blank + comment + skipped + ok + rejected + cut + screened_out + pending),
    check (ok = matched + unmatched)
);

create table problem (
    run_id   varchar not null,
    source   varchar not null,
    path     varchar not null,
    line     bigint,
    field    varchar,
    level    varchar not null check (level in ('error', 'warning', 'note')),
    reason   varchar not null,
    message  varchar not null
);

create table reject (
    run_id      varchar not null,
    source      varchar not null,
    path        varchar not null,
    line        bigint not null,
    byte_offset bigint,
    field       varchar,
    reason      varchar not null,
    value       varchar,
    raw         varchar
);

create table coverage (
    run_id       varchar not null,
    source       varchar not null,
    organisation varchar not null,
    account      varchar,
    region       varchar,
    operation    varchar not null,
    state        varchar not null check (state in ('complete', 'screened', 'partial', 'denied',
                     'throttled', 'failed', 'not_enabled', 'not_in_region')),
    reason       varchar,
    items        bigint not null,
    covered_from timestamp,
    covered_to   timestamp,
    days         date[] not null,
    visibility   varchar[] not null
);

-- Matched observations, summed by what identifies the asset, the actor and the day.
create table sighting (
    run_id      varchar not null,
    source      varchar not null,
    sha256      varchar not null,
    format      varchar not null,
    class       varchar not null,
    asset_id    varchar not null,
    service     varchar not null,
    kind        varchar not null,
    surface     varchar,
    usage       varchar,
    detection   varchar not null check (detection in ('confirmed', 'high', 'medium')),
    indicators  varchar[] not null,
    dst_host    varchar,
    dst_ip      varchar,
    dst_port    integer,
    actor       varchar,
    actor_type  varchar check (actor_type in ('user', 'device', 'address')),
    department  varchar,
    principal   varchar,
    account     varchar,
    region      varchar,
    tenant      varchar,
    model       varchar,
    client      varchar,
    action      varchar not null check (action in ('allowed', 'blocked', 'failed', 'unknown')),
    day         date not null,
    hits        bigint not null check (hits > 0),
    bytes_out   bigint,
    bytes_in    bigint,
    first_seen  timestamp not null,
    last_seen   timestamp not null,
    sample_path varchar not null,
    sample_line bigint not null
);

-- Low and hint verdicts, by host: listed for review, never assets.
create table candidate (
    run_id     varchar not null,
    source     varchar not null,
    service    varchar,
    kind       varchar,
    detection  varchar not null check (detection in ('low', 'hint')),
    dst_host   varchar,
    why        varchar not null,
    hits       bigint not null,
    first_seen timestamp,
    last_seen  timestamp,
    sample_path varchar not null,
    sample_line bigint not null
);

create table service (
    run_id   varchar not null,
    service  varchar not null,
    kind     varchar not null,
    vendor   varchar not null,
    vendor_name varchar not null,
    product  varchar not null,
    summary  varchar,
    aliases  varchar[] not null,
    tags     varchar[] not null,
    primary key (run_id, service)
);

create table asset (
    asset_id    varchar not null,
    kind        varchar not null check (kind in ('saas_chat', 'saas_app', 'embedded_ai', 'model_api',
                    'ai_gateway', 'cloud_ai_resource', 'ml_platform', 'inference_server', 'ai_ui',
                    'agent', 'agent_platform', 'mcp_server', 'coding_assistant', 'vector_db',
                    'model_hub', 'sdk_or_package', 'browser_extension', 'credential', 'gpu_compute',
                    'ai_crawler_inbound')),
    subtype     varchar,
    service     varchar,
    vendor      varchar not null,
    product     varchar not null,
    name        varchar not null,
    native_ids  varchar[] not null,
    domains     varchar[] not null,
    model       varchar,
    model_version varchar,
    account     varchar,
    region      varchar,
    tenant      varchar,
    environment varchar,
    owner       varchar,
    status      varchar,
    tags        varchar,
    parent      varchar,
    oauth_scopes varchar[] not null,
    detection   varchar not null check (detection in ('confirmed', 'high', 'medium')),
    confidence  double not null check (confidence between 0 and 1),
    hits        bigint not null,
    blocked     bigint not null,
    bytes_out   bigint,
    bytes_in    bigint,
    users       bigint not null,
    departments varchar[] not null,
    uploads     boolean not null,
    first_seen  timestamp not null,
    last_seen   timestamp not null,
    first_run   varchar not null,
    last_run    varchar not null
);

create table asset_identity (
    asset_id  varchar not null,
    key_type  varchar not null,
    key_value varchar not null,
    first_run varchar not null,
    last_run  varchar not null,
    primary key (key_type, key_value)
);

create table declaration (
    run_id          varchar not null,
    row             integer not null,
    source          varchar not null,
    line            bigint,
    ref             varchar,
    name            varchar not null,
    description     varchar,
    purpose         varchar,
    business_owner  varchar,
    technical_owner varchar,
    department      varchar,
    vendor          varchar[] not null,
    product         varchar[] not null,
    model           varchar[] not null,
    hosting         varchar,
    regions         varchar[] not null,
    accounts        varchar[] not null,
    tenant_ids      varchar[] not null,
    resource_ids    varchar[] not null,
    domains         varchar[] not null,
    environment     varchar,
    kind            varchar,
    lifecycle       varchar,
    lifecycle_raw   varchar,
    risk_tier       varchar,
    data_classes    varchar[] not null,
    approved_scope  varchar,
    approved_by     varchar,
    approved_on     date,
    review_due      date,
    retired_on      date,
    notes           varchar,
    raw             varchar not null,
    remarks         varchar[] not null,
    row_sha256      varchar not null,
    primary key (run_id, row)
);

create table pair (
    run_id     varchar not null,
    asset_id   varchar not null,
    row        integer not null,
    band       varchar not null check (band in ('auto', 'review')),
    confidence double not null,
    rule_ids   varchar[] not null,
    sentence   varchar not null,
    primary key (run_id, asset_id, row)
);

create table asset_state (
    run_id     varchar not null,
    asset_id   varchar not null,
    state      varchar not null check (state in ('prohibited', 'retired_alive', 'waived', 'unapproved_use',
                   'drifted', 'managed', 'needs_review', 'unmanaged', 'not_ai')),
    fields     varchar[] not null,
    flags      varchar[] not null,
    rule_ids   varchar[] not null,
    confidence double not null,
    why        varchar not null,
    rejected   varchar,
    primary key (run_id, asset_id)
);

create table declared_state (
    run_id           varchar not null,
    row              integer not null,
    state            varchar not null check (state in ('duplicate', 'drifted', 'managed', 'prohibited',
                         'retired_alive', 'waived', 'unapproved_use', 'needs_review', 'not_assessable',
                         'retired_confirmed', 'declared_not_observed')),
    flags            varchar[] not null,
    duplicate_of_row integer,
    why              varchar not null,
    primary key (run_id, row)
);

create table finding (
    run_id       varchar not null,
    finding_id   varchar not null,
    state        varchar not null,
    severity     varchar not null check (severity in ('critical', 'high', 'medium', 'low', 'info')),
    title        varchar not null,
    asset_id     varchar,
    declared_row integer,
    ref          varchar,
    evidence     varchar not null,
    remediation  varchar not null,
    primary key (run_id, finding_id)
);

create table binding (
    key_type   varchar not null,
    key_value  varchar not null,
    ref        varchar not null,
    bound_by   varchar not null,
    bound_at   timestamp not null,
    why        varchar not null,
    primary key (key_type, key_value, ref)
);

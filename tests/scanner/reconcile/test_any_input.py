"""Whatever stands in a row or an asset, every one of them gets exactly one state."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.declared.model import Declaration
from scanner.reconcile.model import ASSET_STATES, DECLARED_STATES, Observed
from scanner.reconcile.reconcile import reconcile

WORDS = st.sampled_from(
    [
        "ChatGPT", "OpenAI", "AWS Milano", "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/eta",
        "arn:aws:x", "/subscriptions/x", "projects/", "k8s:a/b/c", "uc:a.b.c", "Copy of eta-v2",
        "in-house", "various", "GPT-4.1, Claude", "2.2E+11", "service account x-1 only", "",
        "chatgpt.com", "a.b.co.uk", "personal", "dev", "prod", "it", "(", "...", "\u202e", "東京",
    ]
)  # fmt: skip
TEXT = st.one_of(WORDS, st.text(max_size=20))
MANY = st.lists(TEXT, max_size=3).map(tuple)
DAY = st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
ASSET = st.builds(
    Observed,
    asset_id=st.just(""),
    kind=st.sampled_from(["saas_app", "cloud_ai_resource", "agent"]),
    product=TEXT,
    vendor=TEXT,
    name=TEXT,
    native_ids=MANY,
    domains=MANY,
    model=st.none() | TEXT,
    model_version=st.none() | TEXT,
    account=st.none() | TEXT,
    region=st.none() | TEXT,
    tenant=st.none() | TEXT,
    environment=st.none() | TEXT,
    owner=st.none() | TEXT,
    tags=st.dictionaries(st.sampled_from(["app", "country", "ai-inventory-id"]), TEXT),
    oauth_scopes=MANY,
    parent=st.none() | TEXT,
    last_seen=DAY,
)
ROW = st.builds(
    Declaration,
    row=st.just(0),
    source=st.just("r.csv"),
    line=st.none(),
    ref=st.none() | TEXT,
    name=TEXT,
    business_owner=st.none() | TEXT,
    department=st.none() | TEXT,
    vendor=MANY,
    product=MANY,
    hosting=st.none() | TEXT,
    accounts=MANY,
    tenant_ids=MANY,
    resource_ids=MANY,
    domains=MANY,
    environment=st.none() | TEXT,
    kind=st.none() | st.sampled_from(["agent", "saas_app"]),
    lifecycle=st.sampled_from(["approved", "not_yet", "retired", "refused", "exception"]),
    approved_scope=st.none() | TEXT,
    retired_on=DAY,
    notes=st.none() | TEXT,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ASSET, max_size=5), st.lists(ROW, max_size=5), st.randoms())
def test_each_asset_and_row_has_one_state_whatever_the_order(assets, rows, random):
    from dataclasses import replace

    assets = [replace(a, asset_id=f"a{n}") for n, a in enumerate(assets)]
    rows = [replace(r, row=n + 1) for n, r in enumerate(rows)]
    ledger = reconcile(assets, rows, as_of=dt.date(2026, 3, 16))
    assert [s.asset_id for s in ledger.asset_states] == [a.asset_id for a in assets]
    assert [s.row for s in ledger.declared_states] == [r.row for r in rows]
    assert {s.state for s in ledger.asset_states} <= set(ASSET_STATES)
    assert {s.state for s in ledger.declared_states} <= set(DECLARED_STATES)
    assert len({f.finding_id for f in ledger.findings}) == len(ledger.findings)
    mixed = random.sample(assets, len(assets))
    again = reconcile(mixed, rows, as_of=dt.date(2026, 3, 16))
    assert {s.asset_id: s for s in again.asset_states} == {
        s.asset_id: s for s in ledger.asset_states
    }

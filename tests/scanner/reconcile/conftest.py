"""Small builders: an asset, a row, and a reconciliation of few of them."""

import datetime as dt

import pytest

from connectors.declared.model import Declaration, Person
from connectors.declared.policy import Policy
from scanner.reconcile.model import Coverage, Observed
from scanner.reconcile.reconcile import reconcile

TODAY = dt.date(2026, 3, 16)
PEOPLE = (
    Person("Marta Lindqvist", "marta.lindqvist@northline.example", "mlindqvist", True),
    Person("Jonas Weidner", "jonas.weidner@northline.example", "jweidner", True),
    Person("Julia Weidner", "julia.weidner@northline.example", "j.weidner", True),
    Person("Piet de Boer", "piet.deboer@northline.example", "pdeboer", False),
)
EVERYWHERE = Coverage(
    hosts_covered=True,
    accounts={"111122223333": frozenset({"eu-west-1", "eu-central-1"})},
)


def asset(asset_id="a1", **facts):
    """An asset; a SaaS product unless said otherwise."""
    base = {
        "kind": "saas_app",
        "product": "ChatGPT",
        "vendor": "OpenAI",
        "last_seen": dt.date(2026, 3, 15),
        "first_seen": dt.date(2026, 3, 2),
    }
    base |= facts
    base.setdefault("vendor_name", base["vendor"])
    base.setdefault("name", base["product"])
    return Observed(asset_id, **base)


def endpoint(name, asset_id=None, *, region="eu-west-1", account="111122223333", **facts):
    """A SageMaker endpoint."""
    base = {
        "kind": "cloud_ai_resource",
        "subtype": "endpoint",
        "product": "Amazon SageMaker AI",
        "vendor": "Amazon Web Services",
        "name": name,
        "native_ids": (f"arn:aws:sagemaker:{region}:{account}:endpoint/{name}",),
        "region": region,
        "account": account,
        "environment": "prod",
    }
    return asset(asset_id or name, **(base | facts))


def row(number=1, name="ChatGPT", **facts):
    """A row of the register; approved unless said otherwise."""
    lists = ("vendor", "product", "model", "resource_ids", "domains", "accounts", "tenant_ids")
    for key in lists:
        if isinstance(facts.get(key), str):
            facts[key] = (facts[key],)
    base = {"ref": f"AI-{number}", "lifecycle": "approved", "approved_on": dt.date(2025, 1, 1)}
    return Declaration(
        row=number, source="register.csv", line=number + 1, name=name, **(base | facts)
    )


class Held:
    """A ledger, easy to ask."""

    def __init__(self, ledger):
        self.ledger = ledger
        self.assets = {state.asset_id: state for state in ledger.asset_states}
        self.rows = {state.row: state for state in ledger.declared_states}
        self.pairs = {(pair.asset_id, pair.row): pair for pair in ledger.pairs}

    def auto(self):
        """(asset, row) pairs that are acted on."""
        return {key for key, pair in self.pairs.items() if pair.band == "auto"}

    def state(self, asset_id="a1"):
        """The state of an asset."""
        return self.assets[asset_id].state


@pytest.fixture
def hold():
    """Reconcile few assets and rows; the policy as a plain mapping."""

    def run(assets, rows, *, policy=None, coverage=EVERYWHERE, people=PEOPLE, **more):
        ledger = reconcile(
            list(assets),
            list(rows),
            people,
            Policy.model_validate(policy or {}),
            coverage,
            as_of=TODAY,
            **more,
        )
        return Held(ledger)

    return run


@pytest.fixture(name="asset")
def _asset():
    return asset


@pytest.fixture(name="endpoint")
def _endpoint():
    return endpoint


@pytest.fixture(name="row")
def _row():
    return row

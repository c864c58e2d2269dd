"""A scan scope file as Coverage."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from scanner.reconcile.model import Coverage

if TYPE_CHECKING:
    from connectors.declared.scope import ScanScope

_LONGEST: Final = 3660  # days of a window that are looked at, its last ones: ten years


def coverage_of(scope: ScanScope) -> Coverage:
    """What the scope says was read whole; the detector of the assets is taken to know it all."""
    covered = scope.covered
    hosts = bool(covered.proxy or covered.dns)
    accounts = {
        name.casefold(): frozenset(regions) for name, regions in covered.aws_accounts.items()
    }
    for name in (*covered.azure_subscriptions, *covered.gcp_projects):
        accounts[name.casefold()] = frozenset()
    workspaces = [f"databricks {name}" for name in covered.databricks]
    tenants = [covered.m365_tenant, covered.google_workspace, *covered.saas_api, *workspaces]
    return Coverage(
        hosts_covered=hosts and scope.observation_window is None,
        host_days={"the scan": _days(*scope.observation_window)}
        if hosts and scope.observation_window is not None
        else {},
        accounts=accounts,
        tenants=frozenset(name.casefold() for name in tenants if name),
        clusters=frozenset(name.casefold() for name in covered.k8s_clusters),
        devices=bool(covered.edr),
        repositories=bool(covered.github_org),
        not_covered=scope.not_covered,
    )


def _days(first: dt.date, last: dt.date) -> frozenset[dt.date]:
    count = min((last - first).days + 1, _LONGEST)
    return frozenset(last - dt.timedelta(days=n) for n in range(count))

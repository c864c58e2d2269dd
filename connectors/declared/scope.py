"""The scan scope: what was looked at, what could not be, and in which window (YAML or JSON)."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  pydantic reads it at run time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.declared.model import InventoryError
from connectors.declared.policy import located
from connectors.declared.read import read_bytes
from connectors.declared.text import decode

if TYPE_CHECKING:
    from connectors.declared.policy import Parser


class Covered(BaseModel):
    """Sources that were read whole. Empty or absent: not covered. Unknown keys are kept out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    aws_accounts: dict[str, tuple[str, ...]] = {}
    azure_subscriptions: tuple[str, ...] = ()
    gcp_projects: tuple[str, ...] = ()
    proxy: str = ""
    dns: str = ""
    m365_tenant: str = ""
    google_workspace: str = ""
    github_org: str = ""
    edr: str = ""
    k8s_clusters: tuple[str, ...] = ()
    databricks: tuple[str, ...] = ()
    saas_api: tuple[str, ...] = ()


class ScanScope(BaseModel):
    """observation_window: first and last day. not_covered: what no source can see, in prose."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    as_of: dt.date | None = None
    observation_window: tuple[dt.date, dt.date] | None = None
    covered: Covered = Covered()
    not_covered: tuple[str, ...] = ()


def read_scope(path: str | Path, parse: Parser) -> ScanScope:
    """The scope of a file. Raises InventoryError with line and key; the parser's errors pass."""
    shown = str(path)
    text, _ = decode(read_bytes(Path(path), shown, "scan scope"), shown)
    document = parse(text, shown)
    if not isinstance(document, dict):
        raise InventoryError(shown, 1, "", "wants a mapping", "see docs: scan scope")
    try:
        return ScanScope.model_validate(document)
    except ValidationError as error:
        raise located(error, document, shown) from error

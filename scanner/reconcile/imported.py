"""The import format of `reconcile --assets`: one JSON object an asset, as a detector wrote it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.declared.model import InventoryError
from connectors.declared.read import read_bytes
from connectors.declared.text import decode
from scanner.reconcile.model import Observed

if TYPE_CHECKING:
    from collections.abc import Mapping

# `type` of the file -> (kind, subtype).
TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "saas_app": ("saas_app", "saas_app"),
    "model_usage": ("model_api", "usage"),
    "ai_gateway": ("ai_gateway", "ai_gateway"),
    "ai_service": ("cloud_ai_resource", "service"),
    "model": ("cloud_ai_resource", "model"),
    "model_deployment": ("cloud_ai_resource", "deployment"),
    "model_endpoint": ("cloud_ai_resource", "endpoint"),
    "notebook": ("cloud_ai_resource", "notebook"),
    "ml_workspace": ("ml_platform", "workspace"),
    "self_hosted_llm": ("inference_server", "self_hosted_llm"),
    "agent": ("agent", "agent"),
    "mcp_server": ("mcp_server", "mcp_server"),
    "ide_plugin": ("coding_assistant", "ide_plugin"),
    "vector_store": ("vector_db", "vector_store"),
    "code_dependency": ("sdk_or_package", "code_dependency"),
    "browser_extension": ("browser_extension", "browser_extension"),
}


def read_assets(path: str | Path) -> list[Observed]:
    """Assets of a JSON file, in its order; unknown keys are ignored.

    Raises InventoryError: not a list of objects, an asset without id or with one that occurs
    twice, an unknown type, a value of the wrong shape.
    """
    shown = str(path)
    text, _ = decode(read_bytes(Path(path), shown), shown)
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise InventoryError(
            shown, error.lineno, "", f"broken JSON: {error.msg}", "is it cut off?",
            column=error.colno,
        ) from error  # fmt: skip
    except RecursionError as error:
        raise InventoryError(shown, None, "", "nested too deeply", "write plain values") from error
    if isinstance(items, dict):
        items = items.get("assets")
    if not isinstance(items, list):
        raise InventoryError(shown, None, "assets", "wants a list of objects", "see the docs")
    found = [_asset(item, at, shown) for at, item in enumerate(items)]
    seen: set[str] = set()
    for asset in found:
        if asset.asset_id in seen:
            raise InventoryError(
                shown, None, "asset_id", f'"{asset.asset_id}" occurs twice', "ids must differ"
            )
        seen.add(asset.asset_id)
    return found


def _asset(item: object, at: int, path: str) -> Observed:
    where = f"assets[{at}]"
    if not isinstance(item, dict):
        raise InventoryError(path, None, where, "is not an object", 'write {"asset_id": ...}')
    asset_id = item.get("asset_id")
    if not isinstance(asset_id, str) or not asset_id:
        raise InventoryError(path, None, f"{where}.asset_id", "is missing", "give each asset an id")
    kind = TYPES.get(str(item.get("type")))
    if kind is None:
        known = ", ".join(sorted(TYPES))
        raise InventoryError(
            path, None, f"{where}.type", f'unknown type "{item.get("type")}"', f"one of {known}"
        )
    try:
        return _observed(item, asset_id, *kind)
    except (TypeError, ValueError, AttributeError) as error:
        raise InventoryError(path, None, where, f"wrong shape: {error}", "see the docs") from error


def _observed(item: Mapping[str, object], asset_id: str, kind: str, subtype: str) -> Observed:
    def text(key: str) -> str:
        value = item.get(key) or ""
        if not isinstance(value, str):
            raise TypeError(f"{key} is no text")
        return value

    def texts(key: str) -> tuple[str, ...]:
        value = item.get(key) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise TypeError(f"{key} is no list of texts")
        return tuple(value)

    def number(key: str) -> float:
        value = item.get(key) or 0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{key} is no number")
        return value

    def day(key: str) -> dt.date | None:
        return dt.date.fromisoformat(text(key)[:10]) if text(key) else None

    tags = item.get("tags") or {}
    if not isinstance(tags, dict):
        raise TypeError("tags is no object")
    confidence = float(number("detection_confidence")) if "detection_confidence" in item else 1.0
    if not 0 <= confidence <= 1:
        raise ValueError("detection_confidence is not in 0..1")
    native = text("native_id")
    return Observed(
        asset_id=asset_id,
        kind=kind,
        subtype=subtype,
        product=text("product"),
        vendor=text("vendor"),
        vendor_name=text("vendor"),
        name=text("name"),
        native_ids=(native,) if native else (),
        domains=texts("domains"),
        model=text("model") or None,
        model_version=text("model_version") or None,
        account=text("account") or None,
        region=text("region") or None,
        tenant=text("tenant") or None,
        environment=text("environment") or None,
        owner=text("owner") or None,
        tags={str(key): str(value) for key, value in tags.items()},
        status=text("status") or None,
        first_seen=day("first_seen"),
        last_seen=day("last_seen"),
        confidence=confidence,
        oauth_scopes=texts("oauth_scopes"),
        parent=text("parent") or None,
        users=int(number("distinct_users")),
        bytes_out=int(number("bytes_out")),
    )

"""The JSON Schemas of signature, vendor and model files, for editors to complete and check one."""

from __future__ import annotations

from typing import Any, Final

from signatures.families import MakerFile
from signatures.governance_shape import VendorFile
from signatures.model import Signature

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def signature_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. Shape only: what a value must be for its type is in values.py."""
    return {"$schema": _DIALECT, **Signature.model_json_schema()}


def vendor_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of `vendors/<vendor>.yaml`."""
    return {"$schema": _DIALECT, **VendorFile.model_json_schema()}


def maker_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of `models/<maker>.yaml`."""
    return {"$schema": _DIALECT, **MakerFile.model_json_schema()}

"""The JSON Schema of a signature file, so that an editor can complete and check one."""

from __future__ import annotations

from typing import Any

from signatures.model import Signature


def signature_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. Shape only: what a value must be for its type is in values.py."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Signature.model_json_schema(),
    }

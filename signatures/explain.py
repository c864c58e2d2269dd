"""What pydantic says of a file, in one sentence a person can act on."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from signatures.errors import SignatureError
from signatures.model import Signature, model_of
from signatures.strict_yaml import line_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel, ValidationError

    from signatures.strict_yaml import LineDict


def dotted(keys: Sequence[str | int]) -> str:
    """A place in a file as a person reads it: indicators[0].value."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return text.removeprefix(".")


def located(
    problem: ValidationError,
    raw: LineDict,
    source: str,
    model: type[BaseModel] = Signature,
) -> SignatureError:
    """The first fault in the order of the file; a missing key last, as a typo causes one too.

    model: what the file was held against.
    """
    errors = problem.errors(include_url=False)
    first = min(errors, key=lambda error: (error["type"] == "missing", line_at(raw, error["loc"])))
    loc = first["loc"]
    fields = model_of(loc[:-1], model).model_fields
    known = sorted(field.alias or name for name, field in fields.items())
    context = {"known": known, **first.get("ctx", {})}
    said, hint = _said(first["type"], first["msg"], context, first["input"], str(loc[-1]))
    return SignatureError(source, line_at(raw, loc), dotted(loc), said, hint)


_NAMES: Final = {bool: "a boolean", int: "a number", str: "text", type(None): "nothing"}
_WANTED: Final = {
    "string_type": "text",
    "int_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}


def _said(
    kind: str, message: str, context: Mapping[str, Any], value: object, key: str
) -> tuple[str, str]:
    """Problem and hint for one pydantic error; context has the keys `known` there."""
    problem, hint = message[:1].lower() + message[1:], ""
    if kind == "extra_forbidden":
        known = context["known"]
        near = difflib.get_close_matches(key, known, 1)
        problem = "unknown key"
        hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
    elif kind == "missing":
        problem, hint = "missing", "add the key"
    elif kind == "literal_error":
        words = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        near = difflib.get_close_matches(str(value), words, 1)
        problem = f"{value!r} is none of its words"
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(words)}"
    elif kind.endswith("_type"):
        found = _NAMES.get(type(value), "a list" if isinstance(value, list) else "a mapping")
        wanted = _WANTED.get(kind, kind.removesuffix("_type"))
        problem = f"{found}, wanted {wanted}"
        hint = "put it in quotes" if kind == "string_type" and not isinstance(value, list) else ""
    elif kind == "string_pattern_mismatch":
        problem, hint = f"{value!r} does not look right", f"the pattern is {context['pattern']}"
    elif kind in {"too_long", "string_too_long"}:
        thing = "items" if isinstance(value, list | dict) else "characters"
        length = context.get("actual_length") or len(str(value))
        problem, hint = f"{length} {thing}, at most {context['max_length']}", "shorten it"
    elif kind in {"too_short", "string_too_short"}:
        problem, hint = "empty", "fill it in, or drop the key"
    return problem, hint

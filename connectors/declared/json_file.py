"""A JSON register: a list of objects, or an object with a list under `assets`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from connectors.declared.grid import Record
from connectors.declared.model import InventoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LISTS: Final = ("assets", "inventory", "systems", "items", "rows", "declared")
_BOMS: Final = ("bomFormat", "spdxVersion", "@graph")
_COLUMNS: Final = 2000
_DEPTH: Final = 4
_LOOK: Final = 1 << 20  # characters that are looked at to tell a list from lines
_SHOWN: Final = ("display_value", "value")  # of a field told as an object: what a person sees
_OWNER_KEYS: Final = ("organisation", "organization", "tenant")


def records_of(text: str, path: str, organisation: str | None = None) -> list[Record]:
    """Records of a JSON register; the first is the header: all keys, in order of appearance.

    Keys of nested objects are joined with "." ("spec.owner"), lists of words with ";"; other
    lists become JSON text. Raises InventoryError: cut or broken JSON (line and column), not a
    list, not objects, too many keys, another organisation's.
    """
    document = _load(text, path)
    items = _items(document, path, organisation)
    names: dict[str, None] = {}
    objects: list[dict[str, object]] = []
    for at, item in enumerate(items):
        if not isinstance(item, dict):
            raise InventoryError(
                path, None, f"assets[{at}]", "is not an object", 'write {"name": ...}', rejected=1
            )
        flat: dict[str, object] = {}
        for key, part in _flat(item):  # "a.b" may stand beside {"a": {"b": …}}
            flat[f"{key} (nested)" if key in flat else key] = part
        objects.append(flat)
        names.update(dict.fromkeys(flat))
        if len(names) > _COLUMNS:
            problem = f"has more than {_COLUMNS} different keys"
            raise InventoryError(path, None, f"assets[{at}]", problem, "is it a register?")
    header = Record(None, tuple(names))
    return [header, *(Record(None, tuple(_cell(item.get(n)) for n in names)) for item in objects)]


def _load(text: str, path: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unrepeated, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and _object_a_line(text):
            raise InventoryError(
                path, error.lineno, "", "is one JSON object a line (NDJSON)",
                'write them as one list: [{"name": ...}, {"name": ...}]', rejected=1,
            ) from error  # fmt: skip
        raise InventoryError(
            path, error.lineno, "", f"broken JSON: {error.msg}", "is the file cut off?",
            rejected=1, column=error.colno,
        ) from error  # fmt: skip
    except _RepeatedError as error:
        raise InventoryError(path, None, str(error), "key occurs twice", "keep one") from error
    except (RecursionError, ValueError) as error:
        raise InventoryError(
            path, None, "", "JSON is nested too deeply or holds NaN", "write plain values"
        ) from error


def _object_a_line(text: str) -> bool:
    """Whether the first two lines that hold something are objects of their own."""
    lines = [line for line in text[:_LOOK].splitlines() if line.strip()][:2]
    return len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines)


class _RepeatedError(ValueError):
    """A key that stands twice in one object."""


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, item in pairs:
        if key in seen:
            raise _RepeatedError(key)
        seen[key] = item
    return seen


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _items(document: object, path: str, organisation: str | None) -> list[object]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        raise InventoryError(path, None, "assets", "wants a list of objects", "see the docs")
    theirs = next((str(document[k]) for k in _OWNER_KEYS if document.get(k)), None)
    if theirs and organisation and theirs.casefold() != organisation.casefold():
        raise InventoryError(
            path, None, "organisation", f'register of "{theirs}", the store is of "{organisation}"',
            "give the register of this organisation, or another --db",
        )  # fmt: skip
    for key in _LISTS:
        if key in document:
            items = document[key]
            if isinstance(items, list):
                return items
            raise InventoryError(path, None, key, "wants a list of objects", f'write "{key}": []')
    if any(key in document for key in _BOMS):
        problem = "is a bill of materials, which is not read as a register"
        raise InventoryError(path, None, "", problem, 'give its systems as {"assets": [...]}')
    raise InventoryError(path, None, "assets", "wants a list of objects", 'write {"assets": [...]}')


def _flat(item: Mapping[str, object], depth: int = 1) -> Iterator[tuple[str, object]]:
    """Keys and values, of nested objects as "outer.inner" for a few levels; {"value": x} is x."""
    for key, value in item.items():
        if isinstance(value, dict) and value and depth < _DEPTH:
            shown = next((name for name in _SHOWN if name in value), None)
            for inner, part in _flat(value, depth + 1):
                yield (key if inner == shown else f"{key}.{inner}"), part
        else:
            yield key, value


def _cell(item: object) -> str:
    if item is None:
        return ""
    if isinstance(item, str):
        return item
    if isinstance(item, list) and all(isinstance(i, str) for i in item):
        return ";".join(item)
    return json.dumps(item, ensure_ascii=False, sort_keys=True)

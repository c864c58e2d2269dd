"""Whether what rules read stands in a record as the record has it, so that raw bytes tell.

Where a format computes a host, say, from two fields, no search in the raw bytes can find it, and
all records must be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.logs.expressions import syntax

if TYPE_CHECKING:
    from collections.abc import Collection

    from connectors.logs.expressions import Node
    from connectors.logs.model import Format

READ: Final = ("dst_host", "tls_sni", "dst_ip", "dst_port", "url_path", "user_agent")
_FLOW: Final = frozenset({"dst_ip", "dst_port"})
_NAMED: Final = frozenset({"dst_host", "tls_sni"})
# What the readers of a kind undo, by the names of scanner/match/prefilter.py.
_ESCAPES: Final = {
    "json": {"ndjson", "json_doc"},
    "hex": {"header_tsv"},
    "backslash": {"kv"},
    "sign": {"kv", "cef", "leef"},
}

# What gives a piece of its first argument, in any case of its letters, or a number written there.
# port_of_url also gives the port a scheme implies, and those are no telltale ports.
_PIECES: Final = frozenset(
    {
        "flow_port_of", "host_of", "ip_or_nothing", "lower", "ltrim", "nothing", "nullif",
        "path_of", "port_of", "port_of_url", "regexp_extract", "rtrim", "split_part", "trim",
        "upper", "url_decode",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verbatim:
    """How the raw bytes of a format are to be searched.

    columns: those of READ it may have. escapes: what may stand for a character: `json`, `hex` and
    `percent` its number, `backslash` one before it, `sign` one before what is no letter or digit.
    also: texts whose records must be read, since they say that the source lost something.
    """

    columns: frozenset[str]
    escapes: frozenset[str]
    also: tuple[str, ...] = ()


def verbatim(fmt: Format) -> Verbatim | None:
    """How to search in records of a format; None if what rules read is not in them as it stands.

    Names that a format teaches are another matter: whoever wants them reads every record.
    """
    reader = fmt.reader
    if "http_headers" in fmt.map or reader.kind == "parquet":
        return None
    if reader.each:
        return None  # one record of the file is many of ours
    escapes = {name for name, kinds in _ESCAPES.items() if reader.kind in kinds}
    if reader.wrappers:
        escapes.add("json")
    columns = [name for name in READ if name in fmt.expressions.map]
    for name in columns:
        for expression in fmt.expressions.map[name]:
            if not _is_piece(syntax(expression.sql)):
                return None
            if "url_decode" in expression.sql:
                escapes.add("percent")
    also: list[str] = []
    for reason in fmt.incomplete_when:
        texts = _equals(syntax(fmt.expressions.drop[reason].sql))
        if texts is None:
            return None
        also += texts
    return Verbatim(_together(columns), frozenset(escapes), tuple(also))


def _together(columns: Collection[str]) -> frozenset[str]:
    """These columns and those that mostly come with them, so that many formats share a search."""
    if {"url_path", "user_agent"} & set(columns):
        return frozenset(READ)
    return _FLOW | _NAMED if _NAMED & set(columns) else _FLOW


def _is_piece(node: Node) -> bool:  # noqa: PLR0911 - one for each class of node
    kind = node["class"]
    if kind == "COLUMN_REF":
        return True
    if kind == "CONSTANT":
        return bool(node.get("literal", {}).get("kind") == "NULL_LITERAL")
    if kind == "FUNCTION":
        return node["function_name"] in _PIECES and _is_piece(node["arguments"][0]["expression"])
    if kind == "CASE":
        results = [check["then_expr"] for check in node["case_checks"]]
        return all(map(_is_piece, [*results, node["else_expr"]]))
    if kind == "OPERATOR" and node["type"] == "OPERATOR_COALESCE":
        return all(map(_is_piece, node["children"]))
    if kind == "OPERATOR" and node["type"] in {"ARRAY_EXTRACT", "STRUCT_EXTRACT"}:
        return _is_piece(node["children"][0])
    return False


def _equals(node: Node) -> list[str] | None:
    """The texts that a condition compares a field with, if that is all it does."""
    if node["class"] == "COMPARISON" and node["type"] == "COMPARE_EQUAL":
        sides = [node["left"], node["right"]]
    elif node["class"] == "OPERATOR" and node["type"] == "COMPARE_IN":
        sides = node["children"]
    else:
        return None
    field, *values = sides
    literals = [value.get("literal", {}) for value in values]
    if not _is_piece(field) or any(one.get("kind") != "STRING" for one in literals):
        return None
    return [str(one["text"]) for one in literals]

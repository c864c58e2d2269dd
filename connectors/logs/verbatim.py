"""Whether what rules read stands in a record as the record has it, so that raw bytes tell.

Where a format computes a host, say, from two fields, no search in the raw bytes can find it, and
all records must be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.logs.expressions import syntax

if TYPE_CHECKING:
    from collections.abc import Collection

    from connectors.logs.expressions import Node
    from connectors.logs.model import Format

APPS: Final = ("app", "oauth_client", "oauth_scopes")
READ: Final = ("dst_host", "tls_sni", "dst_ip", "dst_port", "url_path", "user_agent", *APPS)
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
        "any_port_of", "flow_port_of", "host_of", "ip_or_nothing", "lower", "ltrim", "nothing",
        "nullif", "path_of", "port_of", "port_of_url", "regexp_extract", "rtrim", "split_part",
        "trim", "upper", "url_decode",
    }
)  # fmt: skip
# Of names of applications also what takes a text out of a JSON object or list, or cuts one.
_INNER: Final = frozenset({"item_of", "json_extract_string", "json_of", "pair_of"})
_APP_PIECES: Final = _PIECES | _INNER | {"list_filter", "string_split", "string_split_regex"}
_WHOLE: Final = frozenset({"lower", "nothing", "nullif", "upper", "url_decode"})  # cut nothing off
_CALLED: Final = re.compile(r"(\w+)\(")
_WITHIN: Final = frozenset("._/-=&")  # signs that a field of its own has not around it


@dataclass(frozen=True, slots=True)
class Verbatim:
    """How the raw bytes of a format are to be searched.

    columns: those of READ it may have. escapes: what may stand for a character: `json`, `hex` and
    `percent` its number, `backslash` one before it, `sign` one before what is no letter or digit;
    `cut`: names of applications may stand inside a longer text. also: texts whose records must be
    read, since they say that the source lost something. constants: what the format itself puts
    into columns of APPS; where a rule speaks of one, all records must be read.
    """

    columns: frozenset[str]
    escapes: frozenset[str]
    also: tuple[str, ...] = ()
    constants: frozenset[tuple[str, str]] = frozenset()


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
    roles = [name for name in ("server_ip", "server_port") if name in fmt.expressions.map]
    for name in (*columns, *roles):  # rules read what a role puts in the place of a destination
        for expression in fmt.expressions.map[name]:
            if not _is_piece(syntax(expression.sql), _APP_PIECES if name in APPS else _PIECES):
                return None
            escapes |= _hidden(fmt, name, expression.sql)
    also: list[str] = []
    for reason in fmt.incomplete_when:
        texts = _equals(syntax(fmt.expressions.drop[reason].sql))
        if texts is None:
            return None
        also += texts
    said = frozenset((name, text) for name in APPS for text in constants(fmt, name) or ())
    live = [name for name in columns if name not in APPS or not is_constant(fmt, name)]
    if not set(APPS) & set(live):
        escapes.discard("cut")
    return Verbatim(_together(live), frozenset(escapes), tuple(also), said)


def _hidden(fmt: Format, name: str, sql: str) -> set[str]:
    """What an expression undoes: of names of applications also that they stand within a text."""
    escapes = {"percent"} if "url_decode" in sql else set()
    if name in APPS:
        functions = set(_CALLED.findall(sql))
        if functions - _WHOLE or _is_torn(fmt):
            escapes.add("cut")
        if functions & _INNER:
            escapes.add("json")
    return escapes


def _is_torn(fmt: Format) -> bool:
    """Whether fields end elsewhere than where texts usually do."""
    reader = fmt.reader
    return reader.kind == "regex" or reader.delim in _WITHIN


def constants(fmt: Format, column: str) -> set[str]:
    """The texts that a format itself may put into a column."""
    found: set[str] = set()
    for expression in fmt.expressions.map.get(column, ()):
        found |= _texts(syntax(expression.sql))
    return found


def is_constant(fmt: Format, column: str) -> bool:
    """Whether a column of a format holds nothing but such texts."""
    expressions = fmt.expressions.map.get(column, ())
    return all(_is_piece(syntax(one.sql), _APP_PIECES, constant=True) for one in expressions)


def _together(columns: Collection[str]) -> frozenset[str]:
    """These columns and those that mostly come with them, so that many formats share a search."""
    apps = frozenset(APPS if set(APPS) & set(columns) else ())
    if {"url_path", "user_agent"} & set(columns):
        return frozenset(READ).difference(APPS) | apps
    return (_FLOW | _NAMED if _NAMED & set(columns) else _FLOW) | apps


def _is_piece(node: Node, pieces: Collection[str] = _PIECES, *, constant: bool = False) -> bool:
    """Whether a value is a piece of the record; of APPS it may be a text of the format's own.

    constant: whether it is such a text and nothing else.
    """
    kind = node["class"]
    if kind == "COLUMN_REF":
        return not constant
    if kind == "CONSTANT":
        word = node.get("literal", {}).get("kind")
        return word == "NULL_LITERAL" or (word == "STRING" and pieces is not _PIECES)
    inner = _parts(node, pieces)
    return inner is not None and all(_is_piece(one, pieces, constant=constant) for one in inner)


def _parts(node: Node, pieces: Collection[str]) -> list[Node] | None:
    """The values of which a node gives one, or a piece of one; None for all else."""
    kind = node["class"]
    if kind == "FUNCTION" and node["function_name"] in pieces:
        return [node["arguments"][0]["expression"]]
    if kind == "CASE":
        return [*(check["then_expr"] for check in node["case_checks"]), node["else_expr"]]
    if kind == "OPERATOR" and node["type"] == "OPERATOR_COALESCE":
        return list(node["children"])
    if kind == "OPERATOR" and node["type"] in {"ARRAY_EXTRACT", "STRUCT_EXTRACT"}:
        return [node["children"][0]]
    return None


def _texts(node: Node) -> set[str]:
    """The texts of its own that a value may be."""
    if node["class"] == "CONSTANT":
        literal = node.get("literal", {})
        return {str(literal["text"])} if literal.get("kind") == "STRING" else set()
    found: set[str] = set()
    for one in _parts(node, _APP_PIECES) or ():
        found |= _texts(one)
    return found


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

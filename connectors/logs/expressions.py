"""The SQL of format files: parsed by DuckDB, and only scalar expressions over named fields.

A format that somebody sends is code, so what it may say is a short list of expression classes and
functions (functions.py); a query, a table, a window or a setting is none of them. Reading outside
is also closed off where the expressions run (engine.py).
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import duckdb

from connectors.logs.functions import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Node: TypeAlias = Any  # a piece of DuckDB's syntax tree, which is JSON

MAX_LENGTH: Final = 4096
CHECKING: Final = re.compile(r"time_\w+|bytes_of|port_of|flow_port_of|any_port_of|status_of")
ALLOWED: Final = frozenset(
    {
        "BETWEEN",
        "CASE",
        "CAST",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "CONSTANT",
        "FUNCTION",
        "LAMBDA",
        "OPERATOR",
        "TYPE",  # of a cast
    }
)

_lock = threading.Lock()
_parser: list[duckdb.DuckDBPyConnection] = []


@dataclass(eq=False)
class ExpressionError(ValueError):
    """An expression that may not be used; `where` are the keys that lead to it."""

    where: tuple[str | int, ...]
    problem: str
    hint: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.where))}: {self.problem}; {self.hint}"


@dataclass(frozen=True, slots=True)
class Expression:
    """One SQL expression and the fields it reads, in the order they appear in it."""

    sql: str
    fields: tuple[str, ...]
    casts: tuple[tuple[str, str], ...] = ()  # (macro, field): which values it checks

    @property
    def is_field(self) -> bool:
        """Whether it is one field as it stands, bare or quoted."""
        return len(self.fields) == 1 and self.sql.strip() in (self.fields[0], f'"{self.fields[0]}"')


@dataclass(frozen=True, slots=True)
class Expressions:
    """Everything a format computes: per column the candidates, per drop its condition."""

    map: dict[str, tuple[Expression, ...]]
    drop: dict[str, Expression]
    learn: dict[str, Expression]  # ip, host and perhaps key, or nothing

    def fields(self) -> tuple[str, ...]:
        """Every field any expression reads, each once, in order of first use."""
        used = [*(e for candidates in self.map.values() for e in candidates), *self.drop.values()]
        return tuple(
            dict.fromkeys(name for e in (*used, *self.learn.values()) for name in e.fields)
        )


def parse_expressions(
    columns: Mapping[str, Sequence[str]], drop: Mapping[str, str], learn: Mapping[str, str | None]
) -> Expressions:
    """The expressions of a format. Raises ExpressionError, which names the key."""
    return Expressions(
        map={
            column: tuple(parse(sql, ("map", column, i)) for i, sql in enumerate(candidates))
            for column, candidates in columns.items()
        },
        drop={name: parse(sql, ("drop", name)) for name, sql in drop.items()},
        learn={key: parse(sql, ("learn", key)) for key, sql in learn.items() if sql is not None},
    )


def parse(sql: str, where: tuple[str | int, ...]) -> Expression:
    """One scalar expression. Raises ExpressionError."""
    if len(sql) > MAX_LENGTH:
        raise ExpressionError(where, "over 4096 characters", "shorten it")
    tree = json.loads(_serialized(f"select {sql}"))
    if tree.get("error"):
        raise ExpressionError(where, str(tree.get("error_message")), "write one SQL expression")
    node = tree["statements"][0]["node"]
    plain = (
        len(tree["statements"]) == 1
        and node.get("type") == "SELECT_NODE"
        and len(node["select_list"]) == 1
        and node["from_table"]["type"] == "EMPTY"
        and not node["modifiers"]
        and not any(node.get(key) for key in ("where_clause", "having", "qualify", "sample"))
        and not node["group_expressions"]
        and not node["cte_map"]["map"]
    )
    if not plain or ";" in sql or node["select_list"][0].get("alias"):
        raise ExpressionError(where, "not one scalar expression", "write one SQL expression")
    root = node["select_list"][0]
    names = dict.fromkeys(_fields(root, frozenset(), where))
    return Expression(sql, tuple(names), tuple(dict.fromkeys(_casts(root, None))))


def syntax(sql: str) -> Node:
    """The syntax tree of an expression that `parse` took."""
    tree = json.loads(_serialized(f"select {sql}"))
    return tree["statements"][0]["node"]["select_list"][0]


def _serialized(query: str) -> str:
    with _lock:  # one connection parses for all threads; it never runs what it parses
        if not _parser:
            _parser.append(
                duckdb.connect(
                    config={
                        "threads": 1,
                        "enable_external_access": "false",
                        "python_enable_replacements": "false",
                    }
                )
            )
        found = _parser[0].execute("select json_serialize_sql($1)", [query]).fetchall()
    return str(found[0][0])


def _fields(
    node: Node,
    bound: frozenset[str],
    where: tuple[str | int, ...],
) -> Iterator[str]:
    """The column names in a syntax tree, in order; `bound` are parameters of lambdas around it."""
    if isinstance(node, list):
        for item in node:
            yield from _fields(item, bound, where)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("class")
    if kind is not None and kind not in ALLOWED:
        raise ExpressionError(
            where, f"{str(kind).lower()} is not allowed", "use scalar expressions over fields"
        )
    if kind == "FUNCTION" and (wrong := refusal(node["function_name"])) is not None:
        raise ExpressionError(where, *wrong)
    if kind == "COLUMN_REF":
        name = ".".join(node["column_names"])
        if name in bound:
            return
        if len(node["column_names"]) != 1:
            raise ExpressionError(where, f"{name} has dots", f'quote it: "{name}"')
        yield name
        return
    if kind == "LAMBDA":
        bound |= set(_lambda_names(node["lhs"]))
    for key, value in node.items():
        if key not in {"filter", "order_bys", "params"}:
            yield from _fields(value, bound, where)


def _casts(node: Node, macro: str | None) -> Iterator[tuple[str, str]]:
    """Fields whose value ends up in a checking macro; the conditions of a CASE only choose."""
    if isinstance(node, list):
        for item in node:
            yield from _casts(item, macro)
    elif isinstance(node, dict):
        if node.get("class") == "COLUMN_REF" and macro is not None:
            yield macro, node["column_names"][-1]
        if node.get("class") == "FUNCTION" and CHECKING.fullmatch(node["function_name"]):
            macro = node["function_name"]
        for key, value in node.items():
            if key != "when_expr":
                yield from _casts(value, macro)


def _lambda_names(lhs: Node) -> Iterator[str]:
    """The parameters of a lambda: one column reference, or a row of them."""
    if isinstance(lhs, list):
        for item in lhs:
            yield from _lambda_names(item)
    elif isinstance(lhs, dict):
        yield from lhs.get("column_names", ())
        for value in lhs.values():
            yield from _lambda_names(value)

"""The one SQL statement that turns fields into observation columns, for the fields there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.logs.engine import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.logs.expressions import Expression, Expressions

SKIP, LEARN = "_skip", "_learn_"


@dataclass(frozen=True, slots=True)
class Plan:
    """sql reads the relation `source`; used: per column the candidates whose fields exist.

    direct: observation column -> the field that is it as it stands; sql leaves these out.
    """

    sql: str
    used: dict[str, tuple[Expression, ...]]
    fields: tuple[str, ...]
    missing: tuple[str, ...]
    direct: dict[str, str]

    def diagnose(self, column: str) -> tuple[str, list[str]] | None:
        """SQL over `source` that checks each field of a column by itself, and the fields."""
        casts = list(dict.fromkeys(c for e in self.used.get(column, ()) for c in e.casts))
        if not casts:
            return None
        parts = ", ".join(
            f"{macro}({quoted(field)}) as c{i}" for i, (macro, field) in enumerate(casts)
        )
        fields = tuple(dict.fromkeys(field for _, field in casts))
        sql = f"select {parts} from ({_cleaned(fields, self.missing)})"  # noqa: S608 - names of macros, and quoted names
        return sql, [field for _, field in casts]


def make_plan(
    expressions: Expressions,
    columns: Sequence[str],
    present: frozenset[str],
    missing: Sequence[str],
    *,
    cleaned: bool = False,
) -> Plan:
    """The statement for `columns` when the fields `present` exist.

    A candidate needs all its fields; a column without a candidate is left out. cleaned: the words
    in `missing` are NULL in the source already, so a column that is a field needs no SQL.
    """

    def possible(e: Expression) -> bool:
        return present.issuperset(e.fields)

    used = {
        column: chosen
        for column in columns
        if (chosen := tuple(e for e in expressions.map.get(column, ()) if possible(e)))
    }
    direct = {
        column: chosen[0].fields[0]
        for column, chosen in used.items()
        if cleaned and len(chosen) == 1 and chosen[0].is_field
    }
    parts = [
        f"{_coalesced(chosen)} as {quoted(column)}"
        for column, chosen in used.items()
        if column not in direct
    ]
    drops = [(name, e) for name, e in expressions.drop.items() if possible(e)]
    every = [e for chosen in used.values() for e in chosen] + [e for _, e in drops]
    if drops:
        cases = " ".join(f"when ({e.sql}\n) then {literal(name)}" for name, e in drops)
        parts.append(f"case {cases} end as {SKIP}")
    if expressions.learn and all(map(possible, expressions.learn.values())):
        parts += [f"({e.sql}\n) as {LEARN}{key}" for key, e in expressions.learn.items()]
        every += expressions.learn.values()
    fields = tuple(dict.fromkeys(name for e in every for name in e.fields))
    words = () if cleaned else tuple(missing)
    source = _cleaned(fields, words)
    sql = f"select {', '.join(parts) or '1'} from ({source})"  # noqa: S608 - expressions of the format, checked, and quoted names
    return Plan(sql, used, fields, words, direct)


def _coalesced(chosen: Sequence[Expression]) -> str:
    if len(chosen) == 1:
        return f"({chosen[0].sql}\n)"
    return f"coalesce({', '.join(e.sql + chr(10) for e in chosen)})"


def _cleaned(fields: Sequence[str], missing: Sequence[str]) -> str:
    """The fields, with the words for `no value` as NULL."""
    if not fields:
        return "select 1 from source"
    words = ", ".join(literal(word) for word in missing)
    parts = []
    for name in fields:
        ref = quoted(name)
        parts.append(f"case when {ref} in ({words}) then null else {ref} end as {ref}"
                     if words else ref)  # fmt: skip
    return f"select {', '.join(parts)} from source"  # noqa: S608 - expressions of the format, checked, and quoted names

"""The one SQL statement that turns fields into observation columns, for the fields there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.logs.engine import literal, quoted
from connectors.logs.quick import CASTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.logs.expressions import Expression, Expressions

SKIP, LEARN, OTHERS = "_skip", "_learn_", "_others"
TAKEN = "_taken"  # the contested host, made once since every candidate is held against it


@dataclass(frozen=True, slots=True)
class Plan:
    """sql reads the relation `source`; used: per column the candidates whose fields exist.

    direct: observation column -> the field that is it as it stands; sql leaves these out.
    quick: observation column -> (macro, field) where nothing else makes it, so that quick.py may;
    rest: the statement without these columns, None if that leaves nothing (sql likewise).
    """

    sql: str | None
    rest: str | None
    quick: dict[str, tuple[str, str]]
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
    contested: str | None = None,
) -> Plan:
    """The statement for `columns` when the fields `present` exist.

    A candidate needs all its fields; a column without a candidate is left out. cleaned: the words
    in `missing` are NULL in the source already, so a column that is a field needs no SQL.
    contested: a column of which a row also tells, in OTHERS, the fields that say something else.
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
    words = () if cleaned else tuple(missing)
    quick = {
        column: chosen[0].casts[0]
        for column, chosen in used.items()
        if len(chosen) == 1 and _is_quick(chosen[0], words)
    }
    parts = {
        column: f"{_coalesced(chosen)} as {quoted(column)}"
        for column, chosen in used.items()
        if column not in direct
    }
    more: list[str] = []
    if contested is not None and len(used.get(contested, ())) > 1:
        more.append(_others(used[contested]))
    drops = [(name, e) for name, e in expressions.drop.items() if possible(e)]
    every = [e for chosen in used.values() for e in chosen] + [e for _, e in drops]
    if drops:
        cases = " ".join(f"when ({e.sql}\n) then {literal(name)}" for name, e in drops)
        more.append(f"case {cases} end as {SKIP}")
    if expressions.learn and all(map(possible, expressions.learn.values())):
        more += [f"({e.sql}\n) as {LEARN}{key}" for key, e in expressions.learn.items()]
        every += expressions.learn.values()
    fields = tuple(dict.fromkeys(name for e in every for name in e.fields))
    source = _cleaned(fields, words)
    if contested is not None and len(used.get(contested, ())) > 1:
        taken = f"bare_host({_coalesced(used[contested])}) as {TAKEN}"
        source = f"select *, {taken} from ({source})"  # noqa: S608 - expressions of the format, checked
    return Plan(
        sql=_select([*parts.values(), *more], source),
        rest=_select(
            [part for column, part in parts.items() if column not in quick] + more, source
        ),
        quick=quick,
        used=used,
        fields=fields,
        missing=words,
        direct=direct,
    )


def _select(parts: Sequence[str], source: str) -> str | None:
    if not parts:
        return None
    return f"select {', '.join(parts)} from ({source})"  # noqa: S608 - expressions of the format, checked, and quoted names


def _is_quick(e: Expression, missing: Sequence[str]) -> bool:
    """Whether it is a quick macro of one field, and no word for `no value` looks like a number."""
    if len(e.casts) != 1 or e.casts[0][0] not in CASTS:
        return False
    macro, field = e.casts[0]
    bare = e.sql.strip() in (f"{macro}({field})", f"{macro}({quoted(field)})")
    return bare and not any(word.replace(".", "").isdigit() for word in missing)


def _coalesced(chosen: Sequence[Expression]) -> str:
    if len(chosen) == 1:
        return f"({chosen[0].sql}\n)"
    return f"coalesce({', '.join(e.sql + chr(10) for e in chosen)})"


def _others(chosen: Sequence[Expression]) -> str:
    """The candidates, by number, whose value is another host than the one taken.

    Case, port and a last dot are no difference; nor is a domain that the name taken lies in.
    """
    parts = " ".join(
        f", case when another_host({TAKEN}, ({e.sql}\n)) then '{i}' end"
        for i, e in enumerate(chosen)
    )
    return f"nullif(concat_ws(' '{parts}), '') as {OTHERS}"


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

"""The one SQL statement that turns fields into observation columns, for the fields there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.logs.engine import literal, quoted
from connectors.logs.quick import CASTS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connectors.logs.expressions import Expression, Expressions

_TEXT = re.compile(r"((?:[a-z_]+\()+)([^()]+)(\)+)")
SKIP, LEARN, OTHERS = "_skip", "_learn_", "_others"
TAKEN = "_taken"  # the contested host, made once since every candidate is held against it


@dataclass(frozen=True, slots=True)
class Plan:
    """How columns are made of the relation `source`; used: per column the candidates that can be.

    parts: column -> its SQL; more: what is asked besides. chains: column -> (macro, field) of its
    first candidates that need no SQL, and whether these are all of them: a field as it stands has
    no macro, others are in quick.py. alone: column -> the one field that all its SQL reads.
    """

    parts: dict[str, str]
    more: tuple[str, ...]
    source: str
    chains: dict[str, tuple[tuple[tuple[str | None, str], ...], bool]]
    alone: dict[str, str]
    used: dict[str, tuple[Expression, ...]]
    fields: tuple[str, ...]
    missing: tuple[str, ...]
    cleaned: bool = False

    @property
    def sql(self) -> str | None:
        """The statement for everything; None if nothing is asked."""
        return self.without(())

    def without(self, made: Collection[str]) -> str | None:
        """The statement for the columns that are not made yet; None if nothing is left."""
        parts = [part for column, part in self.parts.items() if column not in made]
        return _select([*parts, *self.more], self.source)

    def only(self, columns: Collection[str]) -> str:
        """The statement for these columns, of the fields that they read."""
        fields = tuple(dict.fromkeys(self.alone[column] for column in columns))
        parts = ", ".join(self.parts[column] for column in columns)
        return f"select {parts} from ({_cleaned(fields, self.missing)})"  # noqa: S608 - expressions of the format, checked

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
    words = () if cleaned else tuple(missing)
    parts = {column: f"{_coalesced(chosen)} as {quoted(column)}" for column, chosen in used.items()}
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
        parts=parts,
        more=tuple(more),
        source=source,
        chains={
            column: chain
            for column, chosen in used.items()
            if (chain := _chain(chosen, words, cleaned=cleaned))[0]
        },
        alone={
            column: next(iter(read))
            for column, chosen in used.items()
            if len(read := {name for e in chosen for name in e.fields}) == 1
        },
        used=used,
        fields=fields,
        missing=words,
        cleaned=cleaned,
    )


def _chain(
    chosen: Sequence[Expression], missing: Sequence[str], *, cleaned: bool
) -> tuple[tuple[tuple[str | None, str], ...], bool]:
    """The first candidates that need no SQL, and whether there are no others."""
    chain: list[tuple[str | None, str]] = []
    for e in chosen:
        if cleaned and e.is_field:
            chain.append((None, e.fields[0]))
        elif _is_quick(e, missing):
            chain.append(e.casts[0])
        elif cleaned and (macro := _of_text(e)) is not None:
            chain.append((macro, e.fields[0]))
        else:
            return tuple(chain), False
    return tuple(chain), True


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


def _of_text(e: Expression) -> str | None:
    """The quick macro of text that an expression is, of one field."""
    found = _TEXT.fullmatch(e.sql.strip())
    if found is None or len(e.fields) != 1 or found[2] not in (e.fields[0], quoted(e.fields[0])):
        return None
    macro = " ".join(found[1].replace("(", " ").split())
    return macro if macro in TEXTS and found[3].count(")") == len(macro.split()) else None


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

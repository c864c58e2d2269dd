"""What is to be told about a register as a whole: one line for each kind of remark."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from connectors.declared.model import RowProblem, lines_named, one_line
from connectors.declared.status import short
from connectors.declared.text import fold
from connectors.declared.vocabulary import MORE, decided, decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.declared.grid import Grid, Record
    from connectors.declared.header import Header
    from connectors.declared.model import Declaration
    from connectors.declared.status import Column

_NAME: Final = 60  # characters of one column's name
_NAMES: Final = 900  # characters of all of them
_WORDS: Final = 20  # status words told one by one
_NUMBERS = re.compile(r"\d+")
_REST: Final = "\uffff"  # sorts behind every text
_BY_TEXT: Final = frozenset({"status_unknown", "status_phrase", "status_conflict"})


def not_read(grid: Grid) -> tuple[str, ...]:
    """Names of the columns that no field takes, but for empty ones without a name."""
    header = grid.header
    return tuple(
        name
        for at, (name, field) in enumerate(zip(header.names, header.fields, strict=True))
        if field is None
        and at not in header.ignored
        and (name != f"column {at + 1}" or any(_filled(r, at) for r in grid.records))
    )


def _filled(record: Record, at: int) -> bool:
    return at < len(record.cells) and bool(record.cells[at].strip())


def table_notes(
    grid: Grid, path: str, before: Header, status: Sequence[Column], rows: Sequence[Declaration]
) -> list[RowProblem]:
    """What is to be told of one table. before: its header before its cells were looked at."""
    found = []

    def note(reason: str, message: str, line: int | None = None) -> None:
        found.append(RowProblem(path, "note", reason, message, line))

    sheet = grid.source.removeprefix(path).removeprefix("!")
    where = f"sheet {short(sheet)}: " if sheet else ""
    if names := not_read(grid):
        said = f"{where}columns not read: {_listed(names)} (map them under `columns` in the policy)"
        note("columns_not_read", said)
    for name, was, now in zip(grid.header.names, before.fields, grid.header.fields, strict=True):
        if was != now and now is not None:
            what = "a status" if now == "lifecycle" else "a date"
            message = f"{where}column {_name(name)} is read as {what}: most of its cells are"
            note("column_by_content", message)
    if rows and all(column.dated for column in status):
        silent = sum(row.lifecycle_raw is None for row in rows)
        message = f"{where}no status column; {_share(silent, len(rows))} as approved"
        note("status_column_missing", message)
    for name, refused in _refusing(grid):
        rows_of = "1 row" if refused == 1 else f"{refused} rows"
        message = f"{where}column {_name(name)} refuses {rows_of} and is not read as a status"
        note("refusals_not_read", f"{message} (map it to lifecycle if it decides)")
    above = [r for r in grid.above if sum(bool(cell.strip()) for cell in r.cells) > 1]  # no titles
    if above:
        count = f"{len(above)} line" + ("s" if len(above) > 1 else "")
        note("above_header", f"{where}{count} above the header not read as rows", above[0].line)
    if grid.repeated:
        count = f"{len(grid.repeated)} time" + ("s" if len(grid.repeated) > 1 else "")
        message = f"{where}the header stands again {count}; not read as rows"
        note("header_repeated", message, grid.repeated[0].line)
    return found


def _share(some: int, rows: int) -> str:
    if rows == 1:
        return "its one row counts"
    return f"all {rows} rows count" if some == rows else f"{some} of {rows} rows count"


def _refusing(grid: Grid) -> list[tuple[str, int]]:
    """Columns not read that hold decisions, some of them refusals; how many."""
    found = []
    for at, name in enumerate(grid.header.names):
        if grid.header.fields[at] is None and at not in grid.header.ignored:
            cells = [r.cells[at] for r in grid.records if at < len(r.cells)]
            refused = sum(decision(cell) == "refused" for cell in cells)
            if refused and decided(cells):
                found.append((name, refused))
    return found


def unknown_words(path: str, found: Sequence[tuple[int | None, str, str]]) -> list[RowProblem]:
    """One error for each status word that cost rows. found: line, word and column of each row."""
    by_word: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    for line, word, column in found:
        by_word[column, word].append(line)
    ordered = sorted(by_word.items(), key=lambda item: -len(item[1]))
    told = [
        _refused(path, lines, f'status "{short(word)}" is in no list', column)
        for (column, word), lines in ordered[:_WORDS]
    ]
    rest = [line for _, lines in ordered[_WORDS:] for line in lines]
    if rest:
        words = f"{len(ordered) - _WORDS} more status words are in no list"
        told.append(_refused(path, rest, words, ordered[_WORDS][0][0]))
    return sorted(told, key=lambda one: one.line or 0)


def _refused(path: str, lines: Sequence[int | None], what: str, column: str) -> RowProblem:
    known = tuple(line for line in lines if line is not None)
    rows = "row left out" if len(lines) == 1 else f"{len(lines)} rows left out{_at(known)}"
    message = f"{what}; {rows}; name it in the policy"
    return RowProblem(path, "error", "status_unknown", message, lines[0], column, known)


def summed(path: str, rows: Iterable[Declaration]) -> list[RowProblem]:
    """One note for each kind of remark on rows, with the lines it stands on."""
    by_code: dict[tuple[str, str], list[tuple[int | None, str]]] = defaultdict(list)
    for row in rows:
        for remark in row.remarks:
            code, _, text = remark.partition(": ")
            key = _NUMBERS.sub("#", text) if code in _BY_TEXT else ""
            by_code[code, key].append((row.line, text))
    _folded(by_code)
    return [
        RowProblem(
            path,
            "note",
            code,
            _counted(found),
            found[0][0],
            "owner" if code == "owner_missing" else None,
            tuple(line for line, _ in found if line is not None),
        )
        for (code, _), found in sorted(by_code.items())
    ]


def _folded(by_code: dict[tuple[str, str], list[tuple[int | None, str]]]) -> None:
    """Of the remarks that are told cell by cell, the rarest as one, if there are very many."""
    for code in _BY_TEXT:
        mine = (key for key in by_code if key[0] == code)
        keys = sorted(mine, key=lambda key: (MORE in key[1], -len(by_code[key])))
        rest = [one for key in keys[_WORDS:] for one in by_code.pop(key)]
        if rest:
            line, text = rest[0]
            by_code[code, _REST] = [(line, f"many more kinds of cells, as {text}"), *rest[1:]]


def unused(columns: Mapping[str, str], seen: Iterable[str], path: str) -> list[RowProblem]:
    """A note for the columns a policy maps and no register has."""
    known = {fold(name) for name in seen}
    missing = [name for name in columns if fold(name) not in known]
    if not missing:
        return []
    message = f"the policy maps columns that no register has: {_listed(missing)}"
    return [RowProblem(path, "note", "columns_unknown", message)]


def _counted(found: Sequence[tuple[int | None, str]]) -> str:
    if len(found) == 1:
        return found[0][1]
    lines = tuple(line for line, _ in found[1:] if line is not None)
    more = f"{len(found) - 1} more row" + ("s" if len(found) > 2 else "")
    return f"{found[0][1]} (and {more}{_at(lines, ': ')})"


def _at(lines: tuple[int, ...], before: str = " (") -> str:
    if not lines:
        return ""
    named = f"line{'s' if len(lines) > 1 else ''} {lines_named(lines)}"
    return before + named + (")" if before == " (" else "")


def _listed(names: Sequence[str]) -> str:
    """As many names as a line holds, and how many more there are."""
    shown: list[str] = []
    room = _NAMES
    for name in names:
        text = _name(name)
        if room < len(text):
            break
        room -= len(text) + 2
        shown.append(text)
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _name(name: str) -> str:
    return one_line(name if len(name) <= _NAME else name[: _NAME - 3] + "...")

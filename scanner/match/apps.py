"""Applications, OAuth clients and scopes in a table of observations, judged on distinct values.

What `app` means depends on the record: an identity provider or an audit log (class auth and api)
shows the name that an application gives itself, all others what a firewall took the traffic for.
A record that names a model is a call: there `app` is the provider or gateway that served it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scanner.match.vocabulary import NULL, Ints, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signatures.compile import Compiled

# Rows by their indices, as a table with all columns.
Taken: TypeAlias = Callable[[Ints], pa.Table]
Ids: TypeAlias = tuple[int, ...]
Scopes: TypeAlias = tuple[str, ...]

SHOWN: Final = frozenset({"auth", "api"})  # classes whose `app` is a display name
LIMIT: Final = 10_000  # sets of scopes
TRAFFIC: Final = 1
NAME: Final = 2


def is_shown_name(record: str | None, model: str | None) -> bool:
    """Whether `app` of a record of this class is what an identity provider calls it."""
    return record in SHOWN and not model


class Apps:
    """What the rules say of the applications in tables; one a matcher, without locks."""

    def __init__(self, compiled: Compiled) -> None:
        self._names: Vocabulary[tuple[Ids, Ids]] = Vocabulary(
            lambda name: (compiled.app_rules(name), compiled.oauth_name_rules(name)),
            lambda rules: (TRAFFIC if rules[0] else 0) | (NAME if rules[1] else 0),
        )
        self._clients: Vocabulary[Ids] = Vocabulary(compiled.client_rules, _speaks)
        self._scopes: Vocabulary[Ids] = Vocabulary(compiled.scope_rules, _speaks)
        self._sets: dict[Scopes, int] = {}
        self._said: list[tuple[Scopes, Ids]] = []

    def forget(self) -> None:
        """Begin anew where too much is remembered; numbers hold until then."""
        for vocabulary in (self._names, self._clients, self._scopes):
            vocabulary.forget()
        if len(self._said) > LIMIT:
            self._sets, self._said = {}, []

    def numbers(self, table: pa.Table, taken: Taken | None) -> tuple[Ints, ...]:
        """Four columns of numbers, NULL where no rule speaks: app, oauth_name, client, scopes.

        No columns where no rule speaks of any row. taken: see Matcher.match.
        """
        app, name = self._app(table, taken)
        columns = (app, name, self._client(table), self._scope_sets(table))
        if all(column is None for column in columns):
            return ()
        nothing = np.full(table.num_rows, NULL, np.int64)
        return tuple(nothing if column is None else column for column in columns)

    def texts(self, numbers: Sequence[int]) -> tuple[Any, ...]:
        """The texts with these numbers, in the order of the last fields of Facts."""
        app, name, client, scopes = numbers
        return (
            self._names.text(app),
            self._names.text(name),
            self._clients.text(client),
            self._said[scopes][0] if scopes != NULL else (),
        )

    def rules(self, numbers: Sequence[int]) -> Ids:
        """The rules that speak of the values with these numbers."""
        app, name, client, scopes = numbers
        ids: Ids = self._names.values[app][0] if app != NULL else ()
        ids += self._names.values[name][1] if name != NULL else ()
        ids += self._clients.values[client] if client != NULL else ()
        return ids + (self._said[scopes][1] if scopes != NULL else ())

    def _app(self, table: pa.Table, taken: Taken | None) -> tuple[Ints | None, Ints | None]:
        """`app` as a firewall's name, and as a display name; None where no rule speaks."""
        if not _has(table, "app"):
            return None, None
        numbers = self._names.numbers(table["app"])
        rows = np.flatnonzero(self._names.flagged(numbers, TRAFFIC, NAME, TRAFFIC | NAME))
        if not len(rows):
            return None, None
        shown = np.zeros(len(numbers), np.bool_)
        shown[rows] = _shown(table, taken, rows)
        app, name = (np.full(len(numbers), NULL, np.int64) for _ in range(2))
        of_traffic = self._names.flagged(numbers, TRAFFIC, TRAFFIC | NAME) & ~shown
        of_name = self._names.flagged(numbers, NAME, TRAFFIC | NAME) & shown
        app[of_traffic], name[of_name] = numbers[of_traffic], numbers[of_name]
        return app, name

    def _client(self, table: pa.Table) -> Ints | None:
        if not _has(table, "oauth_client"):
            return None
        numbers = self._clients.numbers(table["oauth_client"])
        hit = self._clients.flagged(numbers, TRAFFIC)
        return np.where(hit, numbers, NULL) if hit.any() else None

    def _scope_sets(self, table: pa.Table) -> Ints | None:
        """Of each row the set of scopes that rules speak of, as a number."""
        if not _has(table, "oauth_scopes"):
            return None
        column = table["oauth_scopes"].combine_chunks()
        numbers = self._scopes.numbers(column.flatten())
        places = np.flatnonzero(self._scopes.flagged(numbers, TRAFFIC))
        if not len(places):
            return None
        parents = pc.list_parent_indices(column).to_numpy(zero_copy_only=False)[places]
        found: dict[int, set[int]] = {}
        for row, number in zip(parents.tolist(), numbers[places].tolist(), strict=True):
            found.setdefault(row, set()).add(number)
        out = np.full(table.num_rows, NULL, np.int64)
        for row, some in found.items():
            out[row] = self._set(some)
        return out

    def _set(self, numbers: set[int]) -> int:
        """The number of a set of scopes; sets are few, since rules speak of few scopes."""
        pairs = sorted((str(self._scopes.text(one)), self._scopes.values[one]) for one in numbers)
        texts = tuple(text for text, _ in pairs)
        if texts not in self._sets:
            self._sets[texts] = len(self._said)
            self._said.append((texts, tuple(rule for _, rules in pairs for rule in rules)))
        return self._sets[texts]


def _shown(table: pa.Table, taken: Taken | None, rows: Ints) -> Any:  # noqa: ANN401 - an array of bool
    """Which of these rows have a display name as their `app`."""
    some = table.take(pa.array(rows)) if taken is None else taken(rows)
    if "class" not in some.column_names:
        return np.zeros(len(rows), np.bool_)
    shown = pc.is_in(some["class"].combine_chunks(), value_set=pa.array(sorted(SHOWN)))
    if "model" in some.column_names:
        no_model = pc.fill_null(pc.equal(some["model"].combine_chunks(), ""), fill_value=True)
        shown = pc.and_(shown, no_model)
    return shown.to_numpy(zero_copy_only=False)


def _has(table: pa.Table, name: str) -> bool:
    return name in table.column_names and table[name].null_count < table.num_rows


def _speaks(rules: Ids) -> int:
    return TRAFFIC if rules else 0

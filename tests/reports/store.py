"""The public views as small tables in a DuckDB that lives in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import duckdb
import pyarrow as pa

from reports import ledger

from .defaults import DEFAULTS

VIEWS = {
    kind.VIEW: kind
    for kind in (
        ledger.Run,
        ledger.Asset,
        ledger.Evidence,
        ledger.Finding,
        ledger.Declared,
        ledger.Pair,
        ledger.Source,
        ledger.Problem,
        ledger.Limit,
        ledger.Skip,
        ledger.Reject,
        ledger.Coverage,
        ledger.Candidate,
        ledger.Day,
        ledger.Vendor,
        ledger.Department,
    )
}
TYPES = {
    "str": "varchar",
    "int": "bigint",
    "float": "double",
    "bool": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "list[str]": "varchar[]",
    "list[int]": "integer[]",
    "list[dict[str, str | None]]": 'struct("name" varchar, "version" varchar, sha256 varchar, '
    "place varchar, signed_by varchar)[]",
}
_SUMMED = ("read", "ok", "matched", "unmatched", "rejected", "cut", "skipped")
_COUNTED = ("managed", "unmanaged", "drifted", "prohibited", "retired_alive", "waived",
            "needs_review")  # fmt: skip


_RECORDS = "read - header - blank - comment"


class Store:
    """Views as tables; `add` fills in what a test does not care for."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        for view, kind in VIEWS.items():
            columns = ", ".join(
                f'"{field.name}" {TYPES[field.type.removesuffix(" | None")]}'
                for field in fields(kind)
            )
            self.con.execute(f"create table {view} ({columns})")

    def add(self, view: str, **values: object) -> Store:
        return self.add_all(view, [values])

    def add_all(self, view: str, rows: list[dict[str, object]]) -> Store:
        names = [field.name for field in fields(VIEWS[view])]
        unknown = {name for row in rows for name in row} - set(names)
        assert not unknown, unknown
        filled = [{**dict.fromkeys(names), **DEFAULTS[view], **row} for row in rows]
        self.con.register("added", pa.Table.from_pylist(filled))
        self.con.execute(f"insert into {view} by name select * from added")
        self.con.unregister("added")
        return self

    def run(self, **values: object) -> Store:
        """Add the run, its totals counted from what is there."""
        states = Counter(dict(self._all("select state, count(*) from v_asset group by 1")))
        declared = Counter(dict(self._all("select state, count(*) from v_declared group by 1")))
        status = self._all("select status in ('complete', 'screened') from v_source")
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in _SUMMED)
        rows = self._all(f"select {sums} from v_source")[0]
        totals = dict(zip(_SUMMED, rows, strict=True))
        counted = {
            "sources": len(status),
            "sources_complete": sum(ok for (ok,) in status),
            "sources_incomplete": sum(not ok for (ok,) in status),
            "assets": states.total(),
            "unapproved": states["unapproved_use"],
            "records": self._all(f"select coalesce(sum({_RECORDS}), 0) from v_source")[0][0],
            "clients": 0,
            "in_use": self._all("select count(*) filter (in_use) from v_asset")[0][0],
            "blocked_only": self._flagged("blocked_only"),
            "failed_only": self._flagged("failed_only"),
            "gone": self._flagged("gone"),
            "declared": declared.total(),
            "declared_not_observed": declared["declared_not_observed"],
            "not_assessable": declared["not_assessable"],
            "findings": self._all("select count(*) from v_finding")[0][0],
            "users": self._all("select coalesce(max(users), 0) from v_asset")[0][0],
        }
        counted |= {state: states[state] for state in _COUNTED}
        return self.add("v_run", **(totals | counted | values))

    def _flagged(self, flag: str) -> int:
        query = f"select count(*) filter (list_contains(flags, '{flag}')) from v_asset"
        return self._all(query)[0][0]

    def _all(self, query: str) -> list[tuple]:
        return self.con.execute(query).fetchall()

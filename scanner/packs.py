"""What a run says of the signatures it judged by: which packs, what they changed, how old."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Final

from scanner.rows import insert_rows

if TYPE_CHECKING:
    import duckdb

    from signatures.compile import Compiled
    from signatures.overlay import Remark

STALE: Final = 365  # days after which vendors and hosts have changed too much to trust silence


def pack_facts(compiled: Compiled) -> dict[str, object]:
    """The columns of table `run` that name the packs, the shipped one first."""
    return {
        "signatures_version": compiled.packs[0].version if compiled.packs else None,
        "signatures_packs": [asdict(pack) for pack in compiled.packs],
    }


def stale(compiled: Compiled, today: date) -> list[str]:
    """Why absence from an old catalogue means little; of packs that others keep for us.

    A folder of the user's own has the age they gave it.
    """
    said = []
    for number, pack in enumerate(compiled.packs):
        if pack.version is None or (number and pack.signed_by is None):
            continue
        made = _day(pack.version)
        if made is not None and (today - made).days > STALE:
            age = (today - made).days
            said.append(f"signatures of {pack.name} are of {made}, {age} days old; update them")
    return said


def _day(version: str) -> date | None:
    year, month, day = version.split(".")[:3]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def write_remarks(con: duckdb.DuckDBPyConnection, run_id: str, remarks: tuple[Remark, ...]) -> None:
    """What overlays are used, and what they changed, among the problems of the run."""
    rows: list[dict[str, object]] = [
        {
            "run_id": run_id,
            "source": one.path,
            "path": one.path,
            "line": one.line,
            "field": None,
            "level": "note" if one.reason == "overlay" else "warning",
            "reason": one.reason,
            "message": one.message,
        }
        for one in remarks
    ]
    insert_rows(con, "problem", rows)

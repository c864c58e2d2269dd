"""What a scan is asked to do, and what it ends with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from scanner.errors import Exit

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

SEVERITIES: Final = ("critical", "high", "medium", "low", "info")
PRIVACY: Final = ("strict", "standard", "investigation")
DEPTHS: Final = ("auto", "full", "screen")


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """One scan, as the command line or a configuration asked for it.

    now: the clock of the run, UTC, naive. as_of: the day the ledger speaks of; None: of `now`.
    overlays: packs of signatures on top of ours; signature_keys: public keys of packed ones.
    fail_on: states or severities that end the run with exit code 4. endpoint_url, allow_private,
    anonymous: how object stores are reached.
    """

    paths: tuple[str, ...]
    now: datetime
    inventories: tuple[Path, ...] = ()
    people: Path | None = None
    policy: Path | None = None
    db: Path | None = None
    key_file: Path | None = None
    format: str | None = None
    depth: str = "auto"
    as_of: date | None = None
    timezone: str | None = None
    reference_date: date | None = None
    privacy: str = "standard"
    organisation: str = "default"
    wait: float = 0.0
    lenient: bool = False
    accept_incomplete: bool = False
    fail_on: frozenset[str] = frozenset()
    threads: int = 2
    overlays: tuple[Path, ...] = ()
    signature_keys: tuple[Path, ...] = ()
    endpoint_url: str | None = None
    allow_private: bool = False
    anonymous: bool = False


@dataclass(slots=True)
class RunOutcome:
    """How a run ended: its id, the exit code, and every reason that bore on it."""

    run_id: str
    codes: set[Exit] = field(default_factory=set)
    exit_code: Exit = Exit.WHOLE
    reasons: list[str] = field(default_factory=list)

    def because(self, code: Exit, reason: str) -> None:
        """Note a reason for an exit code other than 0."""
        self.codes.add(code)
        if reason not in self.reasons:
            self.reasons.append(reason)

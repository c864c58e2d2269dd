"""Faults a user can mend, and the exit code each ends with.

    AicensusError
    +-- UsageError        2   options or configuration
    +-- NothingToScan     5   no source exists
    +-- StoreError       10   the store cannot be used
    |   +-- StoreLocked  11   another run holds it
    +-- NoSpace          13   no room, or not writable
    +-- SignaturesError  14   a signature or format file that cannot be used
    +-- RegisterError    15   the declared inventory, people list or policy
    +-- AccountingError   1   our own sums disagree: the run is refused

The packages below have errors of their own; scanner.commands turns them into these.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """What the command line ends with; docs/operations.md."""

    WHOLE = 0
    FAULT = 1
    USAGE = 2
    INCOMPLETE = 3
    FINDINGS = 4
    NOTHING = 5
    STORE = 10
    LOCKED = 11
    CREDENTIALS = 12
    NO_SPACE = 13
    SIGNATURES = 14
    INVENTORY = 15
    VERIFY = 20


# When several apply, the first of these is the exit code.
PRECEDENCE = (
    Exit.NO_SPACE,
    Exit.STORE,
    Exit.LOCKED,
    Exit.CREDENTIALS,
    Exit.USAGE,
    Exit.SIGNATURES,
    Exit.INVENTORY,
    Exit.NOTHING,
    Exit.INCOMPLETE,
    Exit.FINDINGS,
)


def worst(codes: set[Exit]) -> Exit:
    """The exit code for all that happened; WHOLE when nothing did."""
    return next((code for code in PRECEDENCE if code in codes), Exit.WHOLE)


@dataclass(eq=False)
class AicensusError(Exception):
    """Something the user can mend: one line, no traceback."""

    problem: str
    where: str = ""
    hint: str = ""
    exit_code: ClassVar[Exit] = Exit.FAULT

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.problem}{hint}"


class UsageError(AicensusError):
    """An option or a configuration value that cannot be used."""

    exit_code = Exit.USAGE


class NothingToScan(AicensusError):
    """None of the given sources exists."""

    exit_code = Exit.NOTHING


class StoreError(AicensusError):
    """The store cannot be opened, is newer than this program, or is not ours."""

    exit_code = Exit.STORE


class StoreLocked(StoreError):
    """Another run holds the store."""

    exit_code = Exit.LOCKED


class NoSpace(AicensusError):
    """Writing failed for want of room or rights."""

    exit_code = Exit.NO_SPACE


class SignaturesError(AicensusError):
    """The signature catalogue or a log format cannot be used."""

    exit_code = Exit.SIGNATURES


class RegisterError(AicensusError):
    """The declared inventory, the people list or the policy cannot be used."""

    exit_code = Exit.INVENTORY


class AccountingError(AicensusError):
    """A sum that must hold does not; the run is refused."""

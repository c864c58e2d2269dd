r"""The prefix that syslog puts in front of a line: RFC 3164 as it is spoken, and RFC 5424.

One pattern, in RE2 syntax, for detection here and for the SQL of the readers. It ends where the
prefix ends, so that nobody has to look at the rest of the line.

Old-style prefixes differ by vendor: with or without <PRI>, a number of the message (`<189>43: `),
a star before a clock that is not set, a year, a zone, a colon behind the stamp, a host or none, a
program or none. A host is a word that is no key=value pair, no program and not yet the message.
"""

from __future__ import annotations

from typing import Final

import re2

_CLOCK: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?"
# abbreviations are taken as part of the time, which then says that they could be several zones
_ZONE: Final = r"(?: (?:UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2}|[ECMP][SD]T|CES?T|[IB]ST|JST|AE[SD]T))?"
STAMP: Final = (
    rf"[A-Z][a-z]{{2}} {{1,2}}[0-9]{{1,2}} (?:[0-9]{{4}} )?{_CLOCK}{_ZONE}"
    rf"|[0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}[T ]{_CLOCK}(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
)
_EPOCH: Final = r"[0-9]{10}(?:\.[0-9]{1,9})?"
_HOST: Final = r"[^ =,|{}\[\]\"<>%:]|[^ =,|{}\[\]\"<>%][^ =,|{}\[\]\"<>]*[^ =,|{}\[\]\"<>:]"
_PROGRAM: Final = r"([^ :=\[\]{}\"%<|,][^ :=\[\]{}\"<|,]*)(?:\[[^ \]]*\])?: "

GROUPS: Final = ("whole", "time5", "host5", "program5", "msgid", "time", "host", "program")
# 5424: <PRI>VERSION TIME HOST PROGRAM PROCESS ID, then data; else the old style; else PRI alone
PREFIX: Final = (
    r"^("
    rf"(?:<[0-9]{{1,3}}>)?1 ({STAMP}|-) ([^ ]+) ([^ =]+) [^ =]+ ([^ =]+) "
    rf"|(?:<[0-9]{{1,3}}>)?(?:[0-9]+: )?[*.]?(?:1 )?({STAMP}|{_EPOCH}):? "
    rf"(?:({_HOST}) +)?(?:: )?(?:{_PROGRAM})?"
    r"|<[0-9]{1,3}>(?:[0-9]+: )?"
    r")"
)
# structured data, one element or more; or the word for none
DATA: Final = r'^(?:-|(?:\[(?:[^"\]\\]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: |$)'
AGAIN: Final = r"^<[0-9]{1,3}>"  # a relay has put its own prefix before the sender's

_PREFIX = re2.compile(f"(?s){PREFIX}")
_DATA = re2.compile(f"(?s){DATA}")
_AGAIN = re2.compile(AGAIN)
RELAYS: Final = 3


def split_prefix(line: str) -> tuple[str, dict[str, str]]:
    """The line without its syslog prefix (as it is when it has none), and time, host, program."""
    said: dict[str, str] = {}
    for turn in range(RELAYS):
        found = _PREFIX.match(line) if turn == 0 or _AGAIN.match(line) else None
        if not found:
            break
        parts = dict(zip(GROUPS, found.groups(), strict=True))
        line = line[len(parts["whole"]) :]
        if parts["time5"] and (data := _DATA.match(line)):
            line = line[data.end() :]
        for name in ("time", "host", "program"):
            if value := parts[f"{name}5"] or parts[name]:
                said[name] = value
    return line, said


def strip_prefix(line: str) -> str:
    """The line without its syslog prefix."""
    return split_prefix(line)[0]

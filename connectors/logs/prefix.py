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
_PRI: Final = r"<[0-9]{1,3}>"
_HOST: Final = r"(?:[^ =,|{}\[\]\"<>%:]|[^ =,|{}\[\]\"<>%][^ =,|{}\[\]\"<>]*[^ =,|{}\[\]\"<>:])"
_NAME: Final = r"[^ :=\[\]{}\"%<|,][^ :=\[\]{}\"<|,]*"
_PROGRAM: Final = rf"{_NAME}(?:\[[^ \]]*\])?: "

# <PRI>VERSION TIME HOST PROGRAM PROCESS ID, and then data
_FIVE: Final = rf"(?:{_PRI})?1 (?:{STAMP}|-) [^ ]+ [^ =]+ [^ =]+ [^ =]+ "
_OLD: Final = (
    rf"(?:(?:{_PRI})?(?:[0-9]+: )?[*.]?(?:1 )?(?:{STAMP})|{_PRI}(?:1 )?{_EPOCH}):? "
    rf"(?:{_HOST} +)?(?:: )?(?:{_PROGRAM})?"
)
PREFIX: Final = rf"^(?:{_FIVE}|{_OLD}|{_PRI}(?:[0-9]+: )?)"
FIVE: Final = f"^{_FIVE}$"
# structured data, one element or more; or the word for none
DATA: Final = r'^(?:-|(?:\[(?:[^"\]\\]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: |$)'
AGAIN: Final = f"^{_PRI}"  # a relay has put its own prefix before the sender's

# The parts of a prefix, each found where the one before ends: without groups RE2 is much faster.
HEAD: Final = rf"^(?:{_PRI})?(?:[0-9]+: )?[*.]?(?:1 )?"
TIME: Final = rf"^(?:{STAMP}|{_EPOCH}|-)"
AFTER_TIME: Final = "^:? +"
HOST: Final = rf"^{_HOST} "
AFTER_HOST: Final = "^ *(?:: )?"
PROGRAM: Final = f"^{_NAME}"
RELAYS: Final = 3
# what some programs write between the prefix and a JSON object: `INFO  gateway-7 {`, `@cee: {`
WORDS: Final = r"^(?P<words>(?:[^\s{}\[\]\"]+ +){1,2})\{"
_WORDS: Final = re2.compile(WORDS)

_COMPILED: Final = {
    pattern: re2.compile(f"(?s){pattern}")
    for pattern in (PREFIX, FIVE, DATA, AGAIN, HEAD, TIME, AFTER_TIME, HOST, AFTER_HOST, PROGRAM)
}


def split_prefix(line: str) -> tuple[str, dict[str, str]]:
    """The line without its syslog prefix (as it is when it has none), and time, host, program."""
    said: dict[str, str] = {}
    for turn in range(RELAYS):
        whole = "" if turn and not _begins(AGAIN, line) else _begins(PREFIX, line)
        if not whole:
            break
        line = line[len(whole) :]
        if _begins(FIVE, whole):
            line = line[len(_begins(DATA, line)) :]
        said |= {name: value for name, value in _parts(whole).items() if value}
    return line, said


def _begins(pattern: str, text: str) -> str:
    """What of the text matches, from its beginning."""
    found = _COMPILED[pattern].match(text)
    return str(found.group()) if found else ""


def _parts(whole: str) -> dict[str, str]:
    rest = whole[len(_begins(HEAD, whole)) :]
    time = _begins(TIME, rest)
    rest = rest[len(time) :]
    rest = rest[len(_begins(AFTER_TIME, rest)) :]
    if _begins(FIVE, whole):
        host, program = rest.split(" ")[:2]
        return {"time": time, "host": host, "program": program}
    host = _begins(HOST, rest)
    rest = rest[len(host) :]
    rest = rest[len(_begins(AFTER_HOST, rest)) :]
    return {"time": time, "host": host[:-1], "program": _begins(PROGRAM, rest)}


def object_behind(line: str) -> str:
    """The JSON object behind a syslog prefix and up to two words; empty if there is none."""
    rest, said = split_prefix(line)
    found = _WORDS.match(rest) if said else None
    rest = rest[found.end(1) :] if found else rest
    return rest if rest.startswith("{") else ""


def strip_prefix(line: str) -> str:
    """The line without its syslog prefix."""
    return split_prefix(line)[0]

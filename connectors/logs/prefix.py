"""The prefix that syslog puts in front of a line: RFC 3164 and RFC 5424, with or without <PRI>.

One pattern, in RE2 syntax, for detection here and for the SQL of the readers.
"""

from __future__ import annotations

from typing import Final

import re2

STAMP: Final = (
    r"[A-Z][a-z]{2} {1,2}[0-9]{1,2} (?:[0-9]{4} )?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
# time, host, program, rest; in RFC 5424 a version, process id, message id and data lie between
PREFIX: Final = (
    rf"^(?:<[0-9]{{1,3}}>)?(?:1 )?({STAMP}) ([^ ]+) "
    r"(?:([^ :=\[\]{}\"]+)(?:\[[0-9]+\])?: |([^ =]+) [^ =]+ [^ =]+ (?:-|\[[^\]]*\]) )?(.*)$"
)

_PREFIX = re2.compile(f"(?s){PREFIX}")


def strip_prefix(line: str) -> str:
    """The line without its syslog prefix; as it is when it has none."""
    found = _PREFIX.match(line)
    return str(found.group(5)) if found else line

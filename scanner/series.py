"""Which files are one source: the parts in which one sensor's log was rotated.

Files of one series have the same format, folder and name once dates, part numbers and compression
are taken out: `fw1/access.log`, `fw1/access.log.2.gz` and `fw1/2026-03-08/access.log` are one,
`fw1/` and `fw2/` are two. One series alone vouches for days, so a doubt makes two of one.
"""

from __future__ import annotations

import re
from typing import Final

_PACKED: Final = re.compile(r"\.(gz|bz2|xz|zst|zip|tar|tgz|7z|lz4|Z)$", re.IGNORECASE)
_WORD: Final = r"[0-9A-Za-z]"
_HOUR, _SIXTY = r"([01]\d|2[0-3])", r"[0-5]\d"
# Four digits behind a date are a clock only after a T: `2026-03-01-1001` may be sensor 1001.
_TIME: Final = (
    rf"T{_HOUR}([-_:.]?{_SIXTY}){{0,2}}"
    rf"|[_.-]{_HOUR}(([-_:.]{_SIXTY}){{0,2}}|{_SIXTY}{_SIXTY})"
    rf"|{_HOUR}({_SIXTY}){{0,2}}"
)
_DATE: Final = re.compile(
    rf"(?<!{_WORD})(19|20)\d\d(?P<sep>[-_.]?)(0[1-9]|1[0-2])((?P=sep)(0[1-9]|[12]\d|3[01]))?"
    rf"(?P<time>{_TIME})?Z?(?!{_WORD})"
    r"|(?<=_ex)\d{6,8}(?=\.)"  # IIS: u_ex260308.log
    rf"|(?<!{_WORD})(?P<epoch>1[5-9]\d{{8}}(\d{{3}})?)(?!{_WORD})"  # s or ms since 1970
)
_CLOCK: Final = re.compile(r"(?<!\d)\d\d:\d\d(:\d\d)?(?!\d)")  # Zeek: conn.14:00:00-15:00:00.log
# What object stores append so that no two parts share a name; 12 digits are an account, and 17 of
# hex behind a word (`i-0a1b2c3d4e5f60718`) a machine or another resource.
_RANDOM: Final = re.compile(
    rf"(?<!{_WORD})([0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"
    rf"|(?!(?<=[a-z]-)[0-9a-f]{{17}}(?!{_WORD}))(?={_WORD}*[a-f])(?={_WORD}*\d)[0-9a-f]{{16,}}"
    rf"|(?={_WORD}*[a-z])(?={_WORD}*[A-Z])(?={_WORD}*\d){_WORD}{{16,}})(?!{_WORD})"
)
# `e4e1` after a time; `dc01`, `fe1` and `1001` may be sensors.
_SHORT_HEX: Final = re.compile(
    r"(?![a-f]+\d+\.)(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{4,8}\.(?=\w*[A-Za-z])"
)
_PART: Final = re.compile(r"(?<=[A-Za-z])\.\d{1,3}$")  # access.log.1, and not 10.0.0.1
_SEPARATORS: Final = re.compile(r"[._@=-]+([._@=-])")
_YEAR: Final = re.compile(r"(year=|y=)?(19|20)\d\d")
_PART_OF_DATE: Final = re.compile(r"([a-z]+=)?\d{1,2}")


def series(path: str, operation: str) -> tuple[str, str]:
    """(name of the series as people read it, operation): equal for the parts of one log."""
    *folders, name = path.split("/")
    while _PACKED.search(name):
        name = _PACKED.sub("", name)
    kept: list[str] = []
    in_date = False
    for folder in folders:
        in_date = bool(_YEAR.fullmatch(folder) or (in_date and _PART_OF_DATE.fullmatch(folder)))
        plain = _tidy(folder, _dateless(folder))
        if not in_date and (plain or not folder):
            kept.append(plain)
    kept.append(_plain(_PART.sub("", name)))
    return "/".join(kept) or path, operation


def _plain(name: str) -> str:
    """A file's name without what differs between the parts of one log."""
    found = _tidy(name, _RANDOM.sub("", _dateless(name)))
    timed = any(date["time"] or date["epoch"] for date in _DATE.finditer(name))
    return _SHORT_HEX.sub("", found, count=1) if timed and _SHORT_HEX.match(found) else found


def _dateless(name: str) -> str:
    return _CLOCK.sub("", _DATE.sub("", name))


def _tidy(name: str, found: str) -> str:
    """What was found of a name, without the separators that are left over."""
    return name if found == name else _SEPARATORS.sub(r"\1", found).strip("._@=-")

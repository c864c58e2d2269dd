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
_DATE: Final = re.compile(
    rf"(?<!{_WORD})(19|20)\d\d(?P<sep>[-_.]?)(0[1-9]|1[0-2])((?P=sep)(0[1-9]|[12]\d|3[01]))?"
    rf"([T_.-]?\d\d([-_:.]?\d\d){{0,2}})?Z?(?!{_WORD})"
    r"|(?<=_ex)\d{6,8}(?=\.)"  # IIS: u_ex260308.log
    rf"|(?<!{_WORD})1[5-9]\d{{8}}(\d{{3}})?(?!{_WORD})"  # seconds or milliseconds since 1970
)
_CLOCK: Final = re.compile(r"(?<!\d)\d\d:\d\d(:\d\d)?(?!\d)")  # Zeek: conn.14:00:00-15:00:00.log
# What object stores append so that no two parts share a name; 12 digits are an account.
_RANDOM: Final = re.compile(
    rf"(?<!{_WORD})([0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"
    rf"|(?=\w*[a-f])(?=\w*\d)[0-9a-f]{{16,}}"
    rf"|(?=\w*[a-z])(?=\w*[A-Z])(?=\w*\d){_WORD}{{16,}})(?!{_WORD})"
)
_SHORT_HEX: Final = re.compile(r"(?=[a-f]*\d)[0-9a-f]{4,8}(?=\.|$)")
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
        plain = _plain(folder)
        if not in_date and (plain or not folder):
            kept.append(plain)
    kept.append(_plain(_PART.sub("", name)))
    return "/".join(kept) or path, operation


def _plain(name: str) -> str:
    """A name without what differs between the parts of one log."""
    dateless = _CLOCK.sub("", _DATE.sub("", name))
    found = _RANDOM.sub("", dateless)
    if found == name:
        return name
    found = _SEPARATORS.sub(r"\1", found).strip("._@=-")
    return _SHORT_HEX.sub("", found, count=1) if _SHORT_HEX.match(found) else found

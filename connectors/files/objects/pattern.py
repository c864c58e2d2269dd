"""Names with places to fill: stars, `{account}`, `%Y/%m/%d`. What to ask for, and what fits.

Stars mean what they mean for files: they stop at a slash, except `**`; and a pattern that fits a
folder means all that is below it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

_DIGITS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%j": 3}
_PLACE = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]{0,40}\}")
_DATE = re.compile("|".join(_DIGITS))
_MAGIC = re.compile(r"[*?\[]")

Folders = Callable[[str], list[str]]


def expanded(text: str, since: datetime | None = None, until: datetime | None = None) -> list[str]:
    """The patterns that `text` stands for: one a day (an hour, with `%H`) of since..until.

    Without both ends a date is any digits. `{name}` is any one part of a name.
    """
    text = _PLACE.sub("*", text)
    if since is None or until is None or not _DATE.search(text):
        return [_DATE.sub(lambda place: "[0-9]" * _DIGITS[place[0]], text)]
    step = timedelta(hours=1) if "%H" in text else timedelta(days=1)
    at = since.replace(minute=0, second=0, microsecond=0)
    at = at if "%H" in text else at.replace(hour=0)
    found: dict[str, None] = {}
    while at <= until:
        found[_filled(text, at)] = None
        at += step
    return list(found)


def _filled(text: str, at: datetime) -> str:
    return _DATE.sub(lambda place: at.strftime(place[0]), text)


def is_pattern(text: str) -> bool:
    """Whether there is anything to fill in."""
    return bool(_MAGIC.search(expanded(text)[0]))


def prefixes(pattern: str, folders: Folders) -> Iterator[tuple[str, list[str]]]:
    """What to list, and the parts that what follows the prefix must fit (see `fits`).

    A place with a fixed part somewhere after it is filled by asking which folders there are, so
    that one day of a thousand accounts is no walk through all their years.
    """
    yield from _below("", pattern.split("/"), folders)


def _below(done: str, parts: list[str], folders: Folders) -> Iterator[tuple[str, list[str]]]:
    while parts and not _MAGIC.search(parts[0]) and len(parts) > 1:
        done += parts[0] + "/"
        parts = parts[1:]
    fixed_follows = any(part and not _MAGIC.search(part) for part in parts[1:])
    if "**" in parts or not fixed_follows:
        yield done, parts
        return
    for name in folders(done):
        if fnmatchcase(name, parts[0]):
            yield from _below(f"{done}{name}/", parts[1:], folders)


def start(parts: list[str]) -> str:
    """The fixed beginning of the first part: it narrows what is listed."""
    return _MAGIC.split(parts[0], maxsplit=1)[0] if parts else ""


def fits(rest: str, parts: list[str]) -> bool:
    """Whether what follows the prefix of a name fits the parts, or lies below what does."""
    return _fits(rest.split("/"), parts)


def _fits(names: list[str], parts: list[str]) -> bool:
    if not parts:
        return True
    if parts == [""]:
        return bool(names)
    if parts[0] == "**":
        return any(_fits(names[at:], parts[1:]) for at in range(len(names)))
    return bool(names) and fnmatchcase(names[0], parts[0]) and _fits(names[1:], parts[1:])

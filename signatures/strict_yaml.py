"""A YAML reader for files that people write and others may tamper with.

Built on libyaml's events, since PyYAML's own constructors crash on deep nesting, keep the last of
two equal keys without a word, and turn `no`, `012` and `12:30` into something nobody wrote.
Refused: aliases, anchors, tags, directives, a second document, merge keys, keys that are no plain
text, duplicate keys, and more depth or size than a person writes. Unquoted `true`, `false`,
`null` and whole decimal numbers become values; everything else is the text that stands there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

MAX_DEPTH: Final = 64
MAX_SIZE: Final = 4 << 20

Value: TypeAlias = "LineDict | LineList | str | int | bool | None"

_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "": None}
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_READER_POSITION = re.compile(r"position (\d+)")


@dataclass(eq=False)
class StrictYamlError(ValueError):
    """A text that is not YAML as we accept it. line counts from 1."""

    path: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}"


class LineDict(dict[str, Any]):
    """A mapping that knows on which line it begins and each of its keys stands (from 1)."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """The line of a key; the line the mapping begins on when it has no such key."""
        return self.lines.get(key, self.line)


class LineList(list[Any]):
    """A sequence that knows on which line each of its items begins (from 1)."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []

    def line_of(self, index: int) -> int:
        """The line of an item; the line the sequence begins on when it has no such item."""
        return self.lines[index] if 0 <= index < len(self.lines) else self.line


def line_at(value: object, keys: tuple[str | int, ...]) -> int:
    """The line of the deepest part of `keys` (as in pydantic's `loc`) that exists; else 1."""
    line = value.line if isinstance(value, LineDict | LineList) else 1
    for key in keys:
        if isinstance(value, LineDict) and isinstance(key, str):
            line = value.line_of(key)
            value = value.get(key)
        elif isinstance(value, LineList) and isinstance(key, int):
            line = value.line_of(key)
            value = value[key] if 0 <= key < len(value) else None
        else:
            break
    return line


def decode(data: bytes, path: str) -> str:
    """The text of a file: UTF-8, a byte-order mark dropped.

    Raises StrictYamlError with the line of the first byte that is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise StrictYamlError(path, line, "not UTF-8; save the file as UTF-8") from None


def load_yaml(text: str, path: str, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE) -> Any:  # noqa: ANN401 - what it must be is for the caller's model to say
    """The one document of `text`: LineDict, LineList, str, int, bool or None.

    path is only for messages. Raises StrictYamlError.
    """
    if len(text) > max_size:
        raise StrictYamlError(path, 1, f"more than {max_size} characters; split the file")
    return _Builder(text, path, max_depth).document()


class _Builder:
    def __init__(self, text: str, path: str, max_depth: int) -> None:
        self._text = text
        self._path = path
        self._max_depth = max_depth
        try:
            self._next = yaml.CBaseLoader(text).get_event
        except yaml.YAMLError as problem:
            raise self._broken(problem) from None

    def document(self) -> Value:
        self._event()  # stream start
        start = self._event()
        if not isinstance(start, yaml.DocumentStartEvent):
            raise StrictYamlError(self._path, 1, "nothing in it")
        if start.version or start.tags:
            raise self._error(start, "a % directive is not allowed")
        value = self._value(self._event(), 1)
        self._event()  # document end
        after = self._event()
        if not isinstance(after, yaml.StreamEndEvent):
            first = _line(start)
            raise self._error(
                after, f"a second document; the first begins on line {first}, one file holds one"
            )
        return value

    def _value(self, event: yaml.Event, depth: int) -> Value:
        if isinstance(event, yaml.ScalarEvent):
            self._plain(event)
            return _scalar(event)
        if depth > self._max_depth:
            raise self._error(event, f"nested deeper than {self._max_depth} levels")
        if isinstance(event, yaml.MappingStartEvent):
            self._plain(event)
            return self._mapping(event, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            self._plain(event)
            return self._sequence(event, depth)
        raise self._error(event, "an alias (*name) is not allowed; write the value out")

    def _mapping(self, start: yaml.Event, depth: int) -> LineDict:
        result = LineDict(_line(start))
        lines = result.lines
        while True:
            event = self._event()
            if isinstance(event, yaml.MappingEndEvent):
                return result
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, "a key must be plain text")
            self._plain(event)
            key = event.value
            if key == "<<" and not event.style:
                raise self._error(event, "a merge key (<<) is not allowed; write the keys out")
            if key in lines:
                raise self._error(
                    event, f"duplicate key {key!r}; it stands on line {lines[key]} already"
                )
            lines[key] = _line(event)
            result[key] = self._value(self._event(), depth + 1)

    def _sequence(self, start: yaml.Event, depth: int) -> LineList:
        result = LineList(_line(start))
        while True:
            event = self._event()
            if isinstance(event, yaml.SequenceEndEvent):
                return result
            result.lines.append(_line(event))
            result.append(self._value(event, depth + 1))

    def _plain(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            raise self._error(event, f"an anchor (&{event.anchor}) is not allowed")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._error(event, f"a tag ({tag}) is not allowed")

    def _event(self) -> yaml.Event:
        try:
            event = self._next()
        except yaml.YAMLError as problem:
            raise self._broken(problem) from None
        if event is None:
            raise StrictYamlError(self._path, 1, "not YAML: ends before its end")
        return event

    def _error(self, event: yaml.Event, problem: str) -> StrictYamlError:
        return StrictYamlError(self._path, _line(event), problem)

    def _broken(self, problem: yaml.YAMLError) -> StrictYamlError:
        if isinstance(problem, yaml.MarkedYAMLError):
            mark = problem.problem_mark or problem.context_mark
            line = mark.line + 1 if mark is not None else 1
            return StrictYamlError(self._path, line, f"not YAML: {problem.problem}")
        # The reader (bad characters) gives no mark, only a position.
        found = _READER_POSITION.search(str(problem))
        before = self._text.encode("utf-8", "surrogatepass")[: int(found[1])] if found else b""
        reason = str(getattr(problem, "reason", "unreadable"))
        return StrictYamlError(self._path, before.count(b"\n") + 1, f"not YAML: {reason}")


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 1


def _scalar(event: yaml.ScalarEvent) -> Value:
    text = event.value
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text

"""RE2 patterns of the catalogue for the pattern languages of other tools.

A pattern is taken apart and put together again from parts that mean the same in RE2, PCRE and
Python. What might not is refused: a rule that cannot be said is counted, never said wrongly.
Sources: RE2 wiki, "Syntax"; pcre2pattern(3); Python, "re".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Kind = Literal["char", "set", "any", "open", "close", "or", "start", "end", "bound", "count"]

_FLAG: Final = re.compile(r"\(\?i\)")
_OPEN: Final = re.compile(r"\((?:\?:|\?P<[A-Za-z_]\w*>)?(?!\?)")
_COUNT: Final = re.compile(r"(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??")
_POSIX: Final = re.compile(r"\[:(?:alpha|digit|alnum|upper|lower|xdigit):\]")
_POSIX_SETS: Final = {
    "[:alpha:]": "A-Za-z", "[:digit:]": "0-9", "[:alnum:]": "A-Za-z0-9",
    "[:upper:]": "A-Z", "[:lower:]": "a-z", "[:xdigit:]": "0-9A-Fa-f",
}  # fmt: skip
# RE2's \\s has no vertical tab, that of PCRE has.
_SETS: Final = {
    "d": r"\d", "D": r"\D", "w": r"\w", "W": r"\W",
    "s": r"[\t\n\f\r\x20]", "S": r"[^\t\n\f\r\x20]",
}  # fmt: skip
_NAMED: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_HEX: Final = re.compile(r"x([0-9a-fA-F]{2})")
_PLAIN: Final = re.compile(r"[A-Za-z0-9 _]")


class Untranslatable(ValueError):
    """A pattern with a part that does not mean the same everywhere."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a pattern: its kind, and its text in the common language (a char: the char)."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Common:
    """A pattern in the common language. ignore_case: for the whole of it."""

    parts: tuple[Part, ...]
    ignore_case: bool

    @property
    def text(self) -> str:
        """The pattern, without its flag. No quote, semicolon, slash or control is in it."""
        return "".join(
            _char(part.text) if part.kind == "char" else part.text for part in self.parts
        )

    @property
    def literal(self) -> str:
        """The longest text that every match has in it (in any case, with ignore_case)."""
        runs, run, depth = [""], "", 0
        parts = (*self.parts, Part("close", ""))
        for part, after in zip(self.parts, parts[1:], strict=True):
            if part.kind == "or" and depth == 0:
                return ""
            optional = after.kind == "count" and after.text[0] in "*?{"
            if part.kind == "char" and depth == 0 and not optional:
                run += part.text
                if after.kind != "count":
                    continue
            depth += (part.kind == "open") - (part.kind == "close")
            runs.append(run)
            run = ""
        return max([*runs, run], key=len)

    @property
    def anchored(self) -> bool:
        """Whether it begins with ^ and that ^ holds for all of it."""
        depth = 0
        for part in self.parts:
            depth += (part.kind == "open") - (part.kind == "close")
            if part.kind == "or" and depth == 0:
                return False
        return bool(self.parts) and self.parts[0].kind == "start"

    def within(self, before: str) -> str:
        """As a part of a longer pattern: `before` stands where the text begins.

        Raises Untranslatable where a ^ stands anywhere but at the very front.
        """
        parts = self.parts[1:] if self.anchored else self.parts
        if any(part.kind == "start" for part in parts):
            raise Untranslatable("a ^ inside the pattern")
        body = Common(parts, self.ignore_case).text
        flag = "(?i)" if self.ignore_case else ""
        return f"{before}{'' if self.anchored else '.*'}(?:{flag}{body})"


def common(pattern: str) -> Common:
    """A pattern of the catalogue in the common language. Raises Untranslatable."""
    flag = _FLAG.match(pattern)
    rest = pattern[flag.end() :] if flag else pattern
    if rest.startswith("(") and _FLAG.match(rest):
        raise Untranslatable("a flag twice")
    return Common(tuple(_parts(rest)), flag is not None)


def literal(text: str) -> str:
    """A pattern that is this text."""
    return "".join(map(_char, text))


def plain_path(value: str) -> str:
    """The pattern of a plain path: itself or what lies below it."""
    return f"^{literal(value)}" if value.endswith("/") else f"^{literal(value)}(?:\\x2f|$)"


def any_of(patterns: Iterable[str]) -> str:
    """A pattern for any of several."""
    return f"(?:{'|'.join(patterns)})"


def _parts(text: str) -> Iterator[Part]:
    at = 0
    before = ""
    while at < len(text):
        part, at = _part(text, at)
        if part.kind == before == "count":  # ** and *+ differ from language to language
            raise Untranslatable("a repetition of a repetition")
        before = part.kind
        yield part


def _part(text: str, at: int) -> tuple[Part, int]:
    char = text[at]
    single: dict[str, Part] = {
        ")": Part("close", ")"), "|": Part("or", "|"), "^": Part("start", "^"),
        "$": Part("end", "$"), ".": Part("any", "."),
    }  # fmt: skip
    if char in single:
        return single[char], at + 1
    if char == "(":
        found = _OPEN.match(text, at)
        if found is None:
            raise Untranslatable("a group with flags")
        return Part("open", "(?:"), found.end()
    if char in "*+?{":
        found = _COUNT.match(text, at)
        if found is not None:
            return Part("count", found[0]), found.end()
        if char != "{":
            raise Untranslatable("a repetition that is none")
        return Part("char", char), at + 1
    if char in "[\\":
        return _class(text, at) if char == "[" else _escape(text, at)
    return Part("char", _checked(char)), at + 1


def _escape(text: str, at: int) -> tuple[Part, int]:
    name = text[at + 1 : at + 2]
    hexed = _HEX.match(text, at + 1)
    if name in _SETS:
        return Part("set", _SETS[name]), at + 2
    if name in {"b", "B"}:
        return Part("bound", f"\\{name}"), at + 2
    if hexed:
        return Part("char", _checked(chr(int(hexed[1], 16)))), hexed.end()
    if name in _NAMED:
        return Part("char", _NAMED[name]), at + 2
    if not name or name.isalnum() or not name.isascii():
        raise Untranslatable(f"\\{name}")
    return Part("char", name), at + 2


def _class(text: str, start: int) -> tuple[Part, int]:
    at = start + 1
    negated = text.startswith("^", at)
    at += negated
    body = ""
    first = True
    while True:
        if at >= len(text):
            raise Untranslatable("a class without an end")
        char = text[at]
        if char == "]" and not first:
            break
        posix = _POSIX.match(text, at)
        if posix:
            body, at = body + _POSIX_SETS[posix[0]], posix.end()
        elif char == "\\":
            part, at = _escape(text, at)
            if part.kind == "bound" or part.text.startswith("[^"):
                raise Untranslatable("a part of a class")
            body += _char(part.text) if part.kind == "char" else part.text.strip("[]")
        elif char == "[":
            raise Untranslatable("a class in a class")
        else:
            # A hyphen keeps its meaning: at the edge itself, in the middle a range.
            body, at = body + (char if char == "-" else _char(_checked(char))), at + 1
        first = False
    return Part("set", f"[{'^' if negated else ''}{body}]"), at + 1


def _checked(char: str) -> str:
    if not char.isascii():
        raise Untranslatable("a character beyond ASCII")
    return char


def _char(char: str) -> str:
    """A character that stands for itself, in a class or outside."""
    if _PLAIN.fullmatch(char):
        return char
    return f"\\{char}" if char in ".-" else f"\\x{ord(char):02x}"

"""Patterns as catalogue files write them, and what they become.

Everything is RE2: linear time, so a hostile text cannot hang the scan. Plain values are what most
authors mean and are turned into RE2 here: a plain path stands for itself and what lies below it,
a plain user agent for a word in any case.
"""

from __future__ import annotations

import re
from typing import Any, Final, Protocol

import re2

MAX_LENGTH: Final = 1000

_PROBLEMS: Final = (
    ("missing closing ): ", "missing )"),
    ("missing )", "missing )"),
    ("unexpected ): ", "unexpected )"),
    ("bad repetition operator", "repetition too large or repeated"),
    ("invalid repetition size", "repetition too large"),
    ("pattern too large", "repetition too large"),
    ("invalid perl operator", "look-around and back references do not exist in RE2"),
)
# What makes a user agent a pattern; a dot alone does not, it is in every version number.
_META: Final = re.compile(r"[\\^$|()\[\]{}*+?]")
_HEADER_NAME: Final = re.compile(r"[a-z0-9!#$&'*+.^_`|~-]+")


_POSIX: Final = re.compile(r"\[:(\^?[a-z]+):\]")
_CLASSES: Final = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "graph": r"!-~", "lower": "a-z", "print": r" -~",
    "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": r"0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class Regexp(Protocol):
    """What we use of a compiled RE2 pattern."""

    def search(self, text: str) -> Any: ...  # noqa: ANN401, D102 - re2 ships no types


class PatternError(ValueError):
    """A pattern that cannot be used; the message says why."""


def options() -> Any:  # noqa: ANN401 - re2 ships no types
    """RE2's options: errors are raised and not printed, a dot matches a newline too."""
    result = re2.Options()
    result.log_errors = False
    result.dot_nl = True
    result.never_capture = True
    return result


def regexp(pattern: str) -> Regexp:
    """A compiled pattern. Raises PatternError: too long, broken, or one that matches everything."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"pattern longer than {MAX_LENGTH} characters")
    try:
        compiled: Regexp = re2.compile(pattern, options())
    except re2.error as problem:
        raise PatternError(_sentence(problem)) from None
    if compiled.search("") is not None or compiled.search("\x01") is not None:
        raise PatternError("matches everything")
    return compiled


def as_python(pattern: str) -> str | None:
    """An RE2 pattern as Python's parser reads it right: POSIX classes spelled as ranges.

    None where the two read the same signs otherwise, or one of them does not read them.
    """
    spelled = _POSIX.sub(lambda found: _CLASSES.get(found[1], "[:"), pattern)
    return None if "[:" in spelled or r"\Q" in spelled or r"\C" in spelled else spelled


def path_pattern(value: str) -> str | None:
    """The RE2 text of a path value that is one (begins with `^`); None for a plain path."""
    return value if value.startswith("^") else None


def agent_pattern(value: str) -> str:
    """The RE2 text of a user agent value: itself, or for plain text that text as a whole word."""
    if _META.search(value):
        return value
    start = r"\b" if _is_word(value[:1]) else ""
    end = r"\b" if _is_word(value[-1:]) else ""
    return f"(?i){start}{re2.escape(value)}{end}"


def header_parts(value: str) -> tuple[str, str | None]:
    """Name (lower case) and RE2 text of a header value, `name` or `name: pattern`.

    Raises PatternError when the name is none.
    """
    name, colon, pattern = value.partition(":")
    name, pattern = name.strip().lower(), pattern.strip()
    if not _HEADER_NAME.fullmatch(name):
        raise PatternError("not a header name")
    if colon and not pattern:
        raise PatternError("nothing after the colon")
    return name, pattern or None


def path_lies_below(path: str, plain: str) -> bool:
    """Whether a path is `plain` or lies below it, on a boundary; the naive form of a plain path."""
    if plain.endswith("/"):
        return path.startswith(plain)
    return path == plain or path.startswith(plain + "/")


def escapes_its_anchor(pattern: str) -> bool:
    """Whether a `|` outside all groups lets part of a pattern go without its `^`."""
    # What is escaped or in a class is text.
    bare = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "", pattern, flags=re.DOTALL)
    depth = 0
    for char in bare:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            return True
    return False


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def _sentence(problem: Exception) -> str:
    said_by_re2 = problem.args[0] if problem.args else b""
    text = said_by_re2.decode("utf-8", "replace") if isinstance(said_by_re2, bytes) else ""
    for begin, said in _PROBLEMS:
        if text.startswith(begin):
            return said
    return text or "not a pattern"

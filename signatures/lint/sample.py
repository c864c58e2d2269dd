"""A text that a pattern matches, so that a rule can be tried on what it was written for."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from signatures.patterns import as_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

# Python's own reader of patterns, which has no types.
sre: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_CHARS: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./: ,;()"
_CATEGORIES: Final[dict[Any, Callable[[str], bool]]] = {
    sre.CATEGORY_DIGIT: str.isdigit,
    sre.CATEGORY_NOT_DIGIT: lambda char: not char.isdigit(),
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    sre.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    sre.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}


def sample(pattern: str) -> str:
    """A short text that a pattern most likely matches; the caller tries it.

    The first branch of every choice, the least of every repetition, no look-around.
    Raises ValueError for a pattern of RE2 that Python cannot say or read.
    """
    spelled = as_python(pattern)
    if spelled is None:
        raise ValueError("RE2 has something in it that Python cannot say")
    try:
        with warnings.catch_warnings():
            # `[[` may mean something in a Python to come; today it is what RE2 takes it for.
            warnings.simplefilter("ignore", FutureWarning)
            return "".join(_texts(parser.parse(spelled)))
    except (sre.error, OverflowError, RecursionError) as problem:
        raise ValueError(str(problem)) from problem


def _texts(tree: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    for kind, value in tree:
        if kind is sre.LITERAL:
            yield chr(value)
        elif kind is sre.NOT_LITERAL:
            yield next(char for char in _CHARS if ord(char) != value)
        elif kind is sre.ANY:
            yield "x"
        elif kind is sre.IN:
            yield _of_class(value)
        elif kind is sre.BRANCH:
            yield from _texts(value[1][0])
        elif kind is sre.SUBPATTERN:
            yield from _texts(value[3])
        elif kind in {sre.MAX_REPEAT, sre.MIN_REPEAT}:
            least, _, inside = value
            yield "".join(_texts(inside)) * int(least)


def _of_class(parts: Sequence[tuple[Any, Any]]) -> str:
    wanted = parts[0][0] is not sre.NEGATE
    fits = (char for char in _CHARS if any(_in(char, part) for part in parts) is wanted)
    return next(fits, "x")


def _in(char: str, part: tuple[Any, Any]) -> bool:
    kind, value = part
    if kind is sre.LITERAL:
        return bool(ord(char) == value)
    if kind is sre.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    return kind is sre.CATEGORY and _CATEGORIES[value](char)

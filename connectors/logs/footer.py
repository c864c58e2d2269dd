"""The names of a Parquet file's columns, out of the footer at its end, for detection.

Only names are read, in plain Python and by bounded steps: the file may come from anybody. The
footer is Thrift's compact protocol, in which the second field is the schema: elements in the order
of a walk through the tree, each with its name and the number of its children.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"PAR1"
END: Final = 8  # bytes behind the footer: its length and the magic
MOST: Final = 8 << 20  # bytes of a footer
MOST_NAMES: Final = 10_000
DEEPEST: Final = 32
SCHEMA, NAME, CHILDREN = 2, 4, 5  # fields of the footer, and of an element of its schema
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
NUMBERS: Final = frozenset({4, 5, 6})

Tree = dict[str, "Tree"]


def footer_size(end: bytes) -> int:
    """How many bytes at the end of a file are footer and what follows it; 0 if it has none."""
    if len(end) < END or not end.endswith(MAGIC):
        return 0
    size = int.from_bytes(end[-END:-4], "little") + END
    return size if size <= MOST else 0


def columns_of(end: bytes) -> Tree:
    """The columns and, of structs, what is in them; none if the footer is not whole or damaged."""
    size = footer_size(end)
    if not size or size > len(end):
        return {}
    try:
        return _tree(_schema(_Compact(end[-size:-END])))
    except (ValueError, IndexError):
        return {}


def _schema(data: _Compact) -> list[tuple[str, int]]:
    """Name and number of children of each element."""
    for number, kind in data.fields():
        if number == SCHEMA and kind == LIST:
            return [_element(data) for _ in range(min(data.size_of_list()[0], MOST_NAMES))]
        data.skip(kind)
    return []


def _element(data: _Compact) -> tuple[str, int]:
    name, children = "", 0
    for number, kind in data.fields():
        if number == NAME and kind == BINARY:
            name = data.bytes().decode("utf-8", "backslashreplace")
        elif number == CHILDREN and kind in NUMBERS:
            children = data.number() >> 1  # zigzag; a number below zero is none
        else:
            data.skip(kind)
    return name, children


def _tree(elements: list[tuple[str, int]]) -> Tree:
    top: Tree = {}
    open_: list[tuple[Tree, int]] = [(top, elements[0][1])] if elements else []
    for name, children in elements[1:]:
        while open_ and not open_[-1][1]:
            open_.pop()
        if not open_:
            break
        inside, left = open_[-1]
        open_[-1] = inside, left - 1
        here: Tree = inside.setdefault(name, {})
        if children:
            open_.append((here, children))
    return top


class _Compact:
    """Reads Thrift's compact protocol. Raises ValueError or IndexError where it is none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        """A number in base 128."""
        found = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7
            if shift > 63:
                raise ValueError("a number over 64 bits")

    def bytes(self) -> bytes:
        """A text."""
        begin = self._pass(self.number())
        return self._data[begin : self._at]

    def _pass(self, size: int) -> int:
        """Go over so many bytes; where they begin."""
        begin, self._at = self._at, self._at + size
        if self._at > len(self._data):
            raise ValueError("beyond the end")
        return begin

    def fields(self) -> Iterator[tuple[int, int]]:
        """Number and kind of each field of a struct; whoever asks has to read its value."""
        number = 0
        while head := self._data[self._at]:
            self._at += 1
            number = number + (head >> 4) if head >> 4 else self.number() >> 1
            yield number, head & 15
        self._at += 1

    def size_of_list(self) -> tuple[int, int]:
        """How many elements follow, and their kind."""
        head = self._data[self._at]
        self._at += 1
        return (self.number() if head >> 4 == 15 else head >> 4), head & 15

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        if kind in NUMBERS:
            self.number()
        elif kind in {BYTE, DOUBLE}:
            self._pass(8 if kind == DOUBLE else 1)
        elif kind == BINARY:
            self.bytes()
        elif kind in {LIST, SET}:
            size, inner = self.size_of_list()
            for _ in range(size):
                self.skip(BYTE if inner in {TRUE, FALSE} else inner, depth + 1)
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind not in {TRUE, FALSE}:
            raise ValueError("a kind that no footer has")

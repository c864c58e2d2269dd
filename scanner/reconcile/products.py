"""Products under one id: resolves what a cell or a signature calls a product to product lines.

A name is looked for as the longest run of words that is known, so "Gemini Code Assist" is never
"Gemini". Known are the dated table tables/products.yaml, the signature catalogue handed in, and
the products of the observed assets themselves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.declared.text import fold
from scanner.reconcile.tables import read, words
from scanner.reconcile.vendors import agree, vendor_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scanner.reconcile.model import Known, Observed

_LONGEST: Final = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A product line. platform: only a place where systems are built."""

    id: str
    vendor: str
    name: str
    platform: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A line met in a text, under which spelling, and whether that spelling is a former name.

    at: which of the text's words is its first. sure: False for a name that fits several lines.
    """

    line: Line
    spelling: str
    until: str | None = None
    at: int = 0
    sure: bool = True


class Products:
    """All known product names; built once for a reconciliation.

    embedded: ids of lines that work inside another product and show no host of their own.
    """

    def __init__(self, known: Sequence[Known] = (), assets: Iterable[Observed] = ()) -> None:
        self._names: dict[str, list[tuple[Line, str | None]]] = defaultdict(list)
        self._resolved: dict[tuple[str, str], Line | None] = {}
        self.lines: dict[str, Line] = {}
        self.embedded: set[str] = set()
        for entry in read("products")["products"]:
            line = Line(
                entry["id"],
                entry["vendor"],
                entry["names"][0],
                bool(entry.get("platform")),
            )
            self.lines[line.id] = line
            self.embedded |= {line.id} if entry.get("embedded") else set()
            for name in entry["names"]:
                self._add(name, line, None)
            for former in entry.get("former", ()):
                self._add(former["name"], line, former["until"])
        self._unsure = {fold(entry["name"]) for entry in read("products")["ambiguous"]}
        for entry in read("products")["ambiguous"]:
            for line_id in entry["lines"]:
                self._add(entry["name"], self.lines[line_id], None)
        for service in known:
            vendor = service.vendor_name or service.vendor
            self._learn(service.product, vendor, service.aliases)
            if service.kind == "embedded_ai":
                known_line = self.line_of(service.product, vendor_id(vendor))
                self.embedded |= {known_line.id} if known_line is not None else set()
        seen: set[tuple[str, str]] = set()
        for asset in assets:
            key = (asset.product, asset.vendor)
            if asset.product and key not in seen:
                seen.add(key)
                self._learn(asset.product, asset.vendor_name or asset.vendor, asset.aliases)

    def _add(self, name: str, line: Line, until: str | None) -> None:
        entries = self._names[fold(name)]
        if all(known.id != line.id for known, _ in entries):
            entries.append((line, until))

    def _learn(self, product: str, vendor: str, aliases: Sequence[str]) -> None:
        """A product of a signature or asset: joins its vendor's known line, else is a new one.

        A name that says nothing by itself names no line, and is looked for in no text.
        """
        of = vendor_id(vendor)
        line = self.line_of(product, of) or next(
            (known for alias in aliases if (known := self._exactly(alias, of)) is not None), None
        )
        if line is not None:
            self._join(product, line)
        else:
            self._resolved.clear()
            line = Line(f"{fold(product)}|{of}", of, product)
            self.lines[line.id] = line
            if _tells(product):
                self._add(product, line, None)
        bare = _bare(fold(product))
        if bare and bare != of and bare not in self._names and _tells(bare):
            self._add(bare, line, None)
        for alias in aliases:
            if fold(alias) not in self._names and _tells(alias):
                self._add(alias, line, None)

    def _exactly(self, name: str, vendor: str) -> Line | None:
        """The line of this vendor that has exactly this name."""
        for line, _ in self._names.get(fold(name), ()):
            if fold(name) not in self._unsure and agree([vendor], line.vendor):
                return line
        return None

    def _join(self, product: str, line: Line) -> None:
        """Another name of a known line."""
        self._resolved.clear()
        self._add(product, line, None)

    def line_of(self, product: str, vendor: str) -> Line | None:
        """See `_line_of`; every distinct product is resolved once."""
        key = (product, vendor)
        if key not in self._resolved:
            self._resolved[key] = self._line_of(product, vendor)
        return self._resolved[key]

    def _line_of(self, product: str, vendor: str) -> Line | None:
        """The line of an asset's product: every word of it must belong to the name or an edition.

        "ChatGPT Business connector" is ChatGPT; "Rovo agent" is not Rovo, it is something on it.
        """
        best: Found | None = None
        tokens = fold(product).split()
        for found in self.find(product):
            if not found.sure:
                continue
            if vendor and found.line.vendor and not agree([vendor], found.line.vendor):
                continue
            rest = {*tokens[: found.at], *tokens[found.at + len(found.spelling.split()) :]}
            if rest <= words().edition and (
                best is None or len(found.spelling) > len(best.spelling)
            ):
                best = found
        return best.line if best else None

    def find(self, text: str) -> list[Found]:
        """The lines a text names, longest names first, no word used twice."""
        tokens = fold(text).split()
        taken = [False] * len(tokens)
        found: list[Found] = []
        for length in range(min(_LONGEST, len(tokens)), 0, -1):
            for start in range(len(tokens) - length + 1):
                if any(taken[start : start + length]):
                    continue
                run = " ".join(tokens[start : start + length])
                entries = self._names.get(run)
                if not entries:
                    continue
                taken[start : start + length] = [True] * length
                sure = run not in self._unsure
                found += [Found(line, run, until, start, sure) for line, until in entries]
        return found


def _tells(name: str) -> bool:
    """Whether a name is more than words that stand in any row: a product called "AI" is not."""
    return bool(set(fold(name).split()) - words().generic - words().stop - words().edition)


def _bare(product: str) -> str:
    """The product without edition words at its ends: what people write for short."""
    kept = product.split()
    edition = words().edition
    while len(kept) > 1 and kept[-1] in edition:
        kept.pop()
    return " ".join(kept)

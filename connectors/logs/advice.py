"""What to tell a person whose log is not read: what it looks like, what is nearest, what to do.

One sentence for every place that says it. Names in a header and keys of objects are shown, values
of records never.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connectors.logs.header import canonical, places
from connectors.logs.model import GENERIC
from connectors.logs.remarks import clipped
from connectors.logs.tables import DELIMITERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.logs.model import Format
    from connectors.logs.sample import Sample

NAMES: Final = 8  # columns or keys that are shown
JSON: Final = frozenset({"ndjson", "json_doc"})
PARQUET: Final = frozenset({"parquet"})
TABLES: Final = frozenset({"csv", "header_tsv"})
NEEDS: Final = {"time": "a time", "dst_host|dst_ip": "a host or an address"}
_DATA: Final = re.compile(r"^\d{4}-\d\d-\d\d|^\d{9,}|^\d{1,3}(\.\d{1,3}){3}$|^\d+$")
_KINDS: Final = {
    "header_tsv": "a `#fields` line that names {}",
    "csv": "a header with {}",
    "kv": "field=value pairs with {}",
    "parquet": "a Parquet file with {}",
    "cef": "lines with a CEF header",
    "leef": "lines with a LEEF header",
    "ndjson": "JSON objects with {}",
    "json_doc": "JSON objects with {}",
}


def unknown(sample: Sample, formats: Mapping[str, Format]) -> str:
    """Why no format knows the log, and what to do about it."""
    seen, names = _seen(sample)
    kinds = PARQUET if sample.parquet else JSON if sample.objects else TABLES
    alike = {name: fmt for name, fmt in formats.items() if fmt.reader.kind in kinds}
    near = _nearest(names, alike)
    if near is None:
        begin = GENERIC[1] if sample.objects else GENERIC[0]
        return f"{seen}; {' and '.join(NEEDS.values())} are needed; {_how(begin)}"
    lacking = _lacking(near, names)
    needs = f", which also needs {lacking}" if lacking else ""
    return f"{seen}; nearest is {near.id}{needs}; {_how(near.id)}"


def unlike(fmt: Format, other: Format | None, sample: Sample) -> str:
    """That a log is not of the format it was said to be."""
    if other is not None and other.id not in GENERIC:
        found = f"this is {other.id}"
    else:
        found = f"found {_seen(sample)[0]}"
    return f"does not look like {fmt.id}: expected {_expected(fmt)}, {found}"


def _seen(sample: Sample) -> tuple[str, Sequence[str]]:
    """What the log looks like, and the names in it."""
    if sample.objects:
        keys = list(sample.objects[0])
        what = ("a Parquet file", "columns") if sample.parquet else ("JSON", "keys")
        return f"{what[0]} we do not know: the {what[1]} are {_listed(keys)}", keys
    if sample.parquet:
        return "a Parquet file whose columns cannot be seen: damaged, or packed and large", ()
    named = re.search(r"^#path\s+(\S+)", sample.text, re.MULTILINE)
    if named or sample.first.startswith("#separator"):
        return f"a Zeek log{f' of {clipped(named[1])}' if named else ''}", _zeek_fields(sample)
    for delim, word in DELIMITERS.items():
        cells = [cell.strip(' "') for cell in sample.first.split(delim)]
        if len(cells) >= 3:
            if sum(bool(_DATA.match(cell)) for cell in cells) >= 2:
                return f"no header: line 1 is {word} separated data", ()
            return f"no header we know: the columns are {_listed(cells)}", cells
    return "unknown log format: neither a table with a header, nor JSON, nor field=value pairs", ()


def _zeek_fields(sample: Sample) -> Sequence[str]:
    found = re.search(r"^#fields\t(.*)$", sample.text, re.MULTILINE)
    return found[1].split("\t") if found else ()


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return ", ".join(clipped(name) for name in names[:NAMES]) + more


def _nearest(names: Sequence[str], formats: Mapping[str, Format]) -> Format | None:
    """The format that most of the names are fields of; at least two of them."""
    score = {name: len(places(names, fmt.expressions.fields())) for name, fmt in formats.items()}
    best = max(score, key=lambda name: score[name], default=None)
    return formats[best] if best is not None and score[best] >= 2 else None


def _lacking(fmt: Format, names: Sequence[str]) -> str:
    """What the format requires and these names cannot give."""
    there = places(names, fmt.expressions.fields()).keys()
    lacking = []
    for item in fmt.require:
        candidates = [e for c in item.split("|") for e in fmt.expressions.map.get(c, ())]
        if not any(there >= set(e.fields) for e in candidates):
            lacking.append(NEEDS.get(item, item.replace("|", " or ")))
    return " and ".join(lacking)


def _expected(fmt: Format) -> str:
    """What a log of the format looks like, in words."""
    reader = fmt.reader
    if reader.kind == "split":
        return f"lines of {len(reader.fields)} words"
    if reader.kind == "regex":
        return "lines of its pattern"
    names = " and ".join(NEEDS.values()) if fmt.id in GENERIC else _listed(_essential(fmt))
    return _KINDS[reader.kind].format(names)


def _essential(fmt: Format) -> list[str]:
    """The names a log of the format cannot do without, as far as the format says so."""
    detect = fmt.detect
    named: Iterable[str] = (
        detect.json_has
        or detect.header_has
        or (
            e.fields[0]
            for item in fmt.require
            for e in fmt.expressions.map.get(item.split("|")[0], ())[:1]
            if e.fields
        )
    )
    return list({canonical(name): name for name in named}.values())


def _how(begin: str) -> str:
    """What to do: a format file of one's own, beginning with another."""
    return (
        f"describe it: `aicensus formats show {begin} > my.yaml`, change that, `--format my.yaml`"
    )

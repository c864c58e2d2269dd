"""CEF cut for many records at once is what a reading from left to right gives."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.logs.frame import frame
from connectors.logs.model import Format
from connectors.logs.readers.cef import CefReader
from connectors.logs.rules import segment

WANTED = ("cef_vendor", "cef_severity", "a", "b")
FMT = Format.model_validate({
    "id": "own",
    "about": "",
    "reader": {"kind": "cef", "missing": []},
    "map": {"time": ["time_any(ts)"], **{c: [w] for c, w in zip(
        ("app", "operation", "model", "region"), WANTED, strict=True)}},
})  # fmt: skip
EXTENSION = st.text("ab= \\|nx", max_size=20)
RECORDS = st.lists(
    st.one_of(
        st.builds("{}CEF:0|v|p|1|7|n|3|{}".format, st.sampled_from(["", "x | = CEF"]), EXTENSION),
        st.builds("CEF:0|{}|p|1|7|n|3|a=1".format, st.text("v\\|", max_size=4)),
        st.text("CEF:0|= a", max_size=24),
    ),
    min_size=1,
    max_size=4,
)
PLAIN = {"n": "\n", "r": "\r", "=": "=", "|": "|", "\\": "\\"}


def unescaped(text):
    return re.sub(r"\\(.)", lambda found: PLAIN.get(found[1], found[0]), text)


def naive(record):
    """The wanted fields of one record; None if it has no header."""
    begin = record.find("CEF:")
    if begin < 0:
        return None
    bars = [m.end() - 1 for m in re.finditer(r"(?<!\\)(?:\\\\)*\|", record)]
    bars = [at for at in bars if at > begin]
    if len(bars) < 7:
        return None
    found = {"cef_vendor": record[bars[0] + 1 : bars[1]]}
    found["cef_severity"] = record[bars[5] + 1 : bars[6]]
    text = record[bars[6] + 1 :]
    signs = [m.end() - 1 for m in re.finditer(r"(?<!\\)(?:\\\\)*=", text)]
    keys = []
    for at in signs:
        from_ = max(text.rfind(" ", 0, at), -1) + 1
        alone = not any(from_ <= other < at for other in signs)
        if alone and re.fullmatch(r"[A-Za-z0-9_][0-9A-Za-z_.\[\]-]*", text[from_:at]):
            keys.append((from_, at))
    for (from_, at), (after, _) in pairwise([*keys, (len(text) + 1, 0)]):
        value = text[at + 1 : max(after - 1, at + 1)].rstrip(" ")
        found.setdefault(text[from_:at], value)
    return {name: unescaped(found[name]) if name in found else None for name in WANTED}


@given(records=RECORDS)
@example(records=["CEF:0|v|p|1|7|n|3|a=1  b=2 ", "CEF:0|v|p|1|7|n|3| a=\\= b==", "CEF:"])
@settings(max_examples=300, deadline=None)
def test_both_ways_find_the_same_fields(records):
    lines = frame("\n".join(records).encode(), 0, 1)
    source = CefReader(FMT, WANTED)(segment(lines))
    rows = dict(zip(source.rows.tolist(), source.table.to_pylist(), strict=True))
    assert [rows.get(i) for i in range(len(records))] == [naive(one) for one in records]

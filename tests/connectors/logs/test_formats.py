"""Every format reads its own sample as a person wrote down, and no other format claims it."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import pytest

from connectors.logs.detect import Sample, detect, knows
from connectors.logs.settings import ReadSettings

from .conftest import NOW, all_formats, opened, take_in

FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"
NAMES = sorted(all_formats())


def shown(row):
    row = {key: value for key, value in row.items() if value is not None}
    row["time"] = row["time"].replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return row


def account(read):
    counts = {name: getattr(read.counts, name) for name in read.counts.__slots__}
    found = {"counts": {name: n for name, n in counts.items() if n}}
    for name in ("skips", "notices", "zoneless", "yearless"):
        if getattr(read, name):
            found[name] = getattr(read, name)
    if read.learned:
        found["learned"] = [list(pair) for pair in read.learned]
    return found


def result(read):
    rejects = []
    for one in read.rejects:
        shape = {"line": one.line, "rejected": one.reason, "field": one.field, "value": one.value}
        rejects.append({key: value for key, value in shape.items() if value is not None})
    rows = sorted([*map(shown, read.rows), *rejects], key=lambda one: one["line"])
    return [*rows, account(read)]


@pytest.mark.parametrize("name", NAMES)
def test_sample_reads_as_written_down(name):
    expected = [
        json.loads(line) for line in (FIXTURES / name / "expected.jsonl").read_text().splitlines()
    ]
    with opened(FIXTURES / name / "sample.log") as stream:
        read = take_in(all_formats()[name], stream, ReadSettings(now=NOW))
    assert result(read) == expected


@pytest.mark.parametrize("name", NAMES)
def test_sample_is_recognised_as_itself(name):
    head = (FIXTURES / name / "sample.log").read_bytes()
    found = detect(head, "sample.log", all_formats())
    assert (found.format.id if found.format else found.why) == name


@pytest.mark.parametrize("name", NAMES)
def test_no_other_format_claims_the_sample(name):
    sample = Sample((FIXTURES / name / "sample.log").read_bytes())
    claims = {f.id for f in all_formats().values() if knows(f, sample) and not f.detect.weak}
    assert claims <= {name}


def test_every_fixture_has_a_format():
    assert sorted(folder.name for folder in FIXTURES.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_quick_ways_read_samples_as_the_exact_way(name, monkeypatch):
    def readings():
        with opened(FIXTURES / name / "sample.log") as stream:
            return result(take_in(all_formats()[name], stream, ReadSettings(now=NOW)))

    monkeypatch.setattr("connectors.logs.mapper.MANY", 1)  # each value is asked for once
    monkeypatch.setattr("connectors.logs.mapper.FEWER", 0)
    quick = readings()
    monkeypatch.setattr("connectors.logs.mapper.MANY", 1 << 60)
    monkeypatch.setattr("connectors.logs.mapper._chained", lambda *_, **__: None)
    monkeypatch.setattr("connectors.logs.readers.delimited.plain_table", lambda *_: None)
    assert readings() == quick

"""Events of a product that a shipper wrapped as text are those events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.logs.detect import detect
from connectors.logs.settings import ReadSettings

from .conftest import NOW, all_formats, opened, take_in

FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"
SHIPPED = {"@timestamp": "2026-03-02T08:00:09Z", "agent": {"type": "filebeat"}}


def read(name, path, text):
    path.write_text(text)
    with opened(path) as stream:
        rows = take_in(all_formats()[name], stream, ReadSettings(now=NOW)).rows
    return [{key: value for key, value in row.items() if key != "line"} for row in rows]


@pytest.mark.parametrize("name", ["okta_system_log", "openai_audit", "slack_audit", "m365_audit"])
@pytest.mark.parametrize("wrap", ["message", "event"])
def test_what_a_shipper_wraps_is_read_as_it_was(tmp_path, name, wrap):
    event = (FIXTURES / name / "sample.log").read_text().splitlines()[0]
    held = {"original": event} if wrap == "event" else event
    wrapped = json.dumps(SHIPPED | {wrap: held}) + "\n"
    found = detect(wrapped.encode(), "a.json", all_formats())
    assert (found.format.id if found.format else found.why) == name
    rows = read(name, tmp_path / "wrapped.log", wrapped)
    assert (len(rows), rows) == (1, read(name, tmp_path / "plain.log", event + "\n"))


def test_what_syslog_carries_is_read_as_it_was(tmp_path):
    name, prefix = "slack_audit", "<14>Mar  2 08:00:01 relay prog: "
    event = (FIXTURES / name / "sample.log").read_text().splitlines()[0]
    carried = f"{prefix}{event}\n" * 2
    assert detect(carried.encode(), "a.log", all_formats()).format is all_formats()[name]
    rows = read(name, tmp_path / "carried.log", carried)
    assert rows[:1] == read(name, tmp_path / "plain.log", event + "\n")
    assert len(rows) == 2


def test_what_the_pipeline_did_not_read_is_no_metric(tmp_path):
    text = json.dumps(SHIPPED | {"message": '{"a": 1}'}) + "\n"
    path = tmp_path / "a.log"
    path.write_text(text)
    with opened(path) as stream:
        found = take_in(all_formats()["ecs_json"], stream, ReadSettings(now=NOW))
    assert (len(found.rejects), dict(found.skips)) == (1, {})

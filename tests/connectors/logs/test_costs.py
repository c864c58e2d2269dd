"""The SQL of a format from outside is bounded, and the key that is too dear is named."""

from __future__ import annotations

import resource
from textwrap import dedent

import duckdb
import pytest

from connectors.logs import costs
from connectors.logs.errors import FormatError
from connectors.logs.load import load_format
from signatures.strict_yaml import load_yaml

TEXT = "ts,host,n\n" + "2026-03-01T00:00:01Z,a.example,7\n" * 300
MANY = "string_split(lpad(host, 300000, ','), ',')"
SLOW = f"list_max(list_transform({MANY}, lambda x: length(x) % 7))"
LARGE = "replace(lpad(host, 20000, 'x'), 'x', lpad(host, 20000, 'y'))"


@pytest.fixture
def outside(tmp_path):
    """A format from a file, with one more expression."""

    def make(**keys):
        path = tmp_path / "mine.yaml"
        more = "".join(f"{key}: {value}\n" for key, value in keys.items())
        path.write_text(dedent("""
            id: mine
            about: a table
            reader: {kind: csv}
            require: [time, dst_host]
            """) + more)  # fmt: skip
        return load_format(load_yaml, path)

    return make


def mapped(column, sql):
    return f"{{time: ['time_iso(ts)'], dst_host: [host], {column}: [\"{sql}\"]}}"


def test_a_format_from_outside_reads_as_a_shipped_one(read_text, outside):
    found = read_text(outside(map=mapped("app", "n || host")), TEXT)
    assert found.column("app") == ["7a.example"] * 300


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"map": mapped("app", f"concat({SLOW})")}, "map.app"),
        ({"map": mapped("app", "n"), "drop": f'{{dear: "{SLOW} < 0"}}'}, "drop"),
    ],
)
def test_what_takes_too_long_is_stopped_and_named(read_text, outside, monkeypatch, keys, key):
    monkeypatch.setattr(costs, "SECONDS", 0.3)
    monkeypatch.setattr(costs, "SECONDS_ALONE", 0.3)
    with pytest.raises(FormatError) as problem:
        read_text(outside(**keys), TEXT)
    assert (problem.value.key, problem.value.path[-9:]) == (key, "mine.yaml")
    assert "takes more than 0.3 s for one block of the log" in str(problem.value)


def test_what_needs_too_much_memory_is_stopped_and_named(read_text, outside):
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(FormatError) as problem:
        read_text(outside(map=mapped("app", LARGE)), TEXT)
    assert (problem.value.key, problem.value.path[-9:]) == ("map.app", "mine.yaml")
    assert "needs more memory" in str(problem.value)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_clock_that_does_not_start_leaves_no_ceiling(outside, monkeypatch):
    def refused(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(costs.threading.Timer, "start", refused)
    before = resource.getrlimit(resource.RLIMIT_AS)
    with (
        duckdb.connect() as con,
        pytest.raises(RuntimeError),
        costs.bounded(con, outside(map=mapped("app", "n"))),
    ):
        pass
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_shipped_format_knows_no_file(formats):
    assert {fmt.file for fmt in formats.values()} == {""}


@pytest.mark.parametrize("sql", ["cast(host as date)", "strptime(host, '%Y')"])
def test_what_fails_on_a_value_does_not_say_the_value(read_text, outside, sql):
    with pytest.raises(FormatError) as problem:
        read_text(outside(map=mapped("app", sql)), TEXT)
    assert problem.value.key == "map.app"
    assert "fails on a value of the log" in str(problem.value)
    assert "a.example" not in str(problem.value)


def test_what_fails_without_any_value_says_why(read_text, outside):
    with pytest.raises(FormatError) as problem:
        read_text(outside(map=mapped("app", "regexp_extract(host, '(')")), TEXT)
    assert "missing )" in str(problem.value)

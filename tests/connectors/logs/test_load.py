"""Format files: errors name file, line and key; their SQL may only be scalar expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connectors.logs.errors import FormatError
from connectors.logs.expressions import ExpressionError, parse
from connectors.logs.load import load_format, load_formats
from connectors.logs.model import Format
from connectors.logs.normalise import Normaliser
from signatures.strict_yaml import load_yaml

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """id: mine
about: A log of ours
reader: {kind: csv}
map:
  time: ["time_any(ts)"]
  dst_host: [host]
require: [time, dst_host]
"""


def load(tmp_path: Path, text: str, name: str = "mine.yaml"):
    path = tmp_path / name
    path.write_text(text)
    return load_format(load_yaml, path, load_formats(load_yaml))


def test_a_good_file_loads(tmp_path):
    assert load(tmp_path, GOOD).shows == ("time", "dst_host")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("about:", "abuot:"), "mine.yaml:1: about: Field required"),
        (("id: mine", "id: other"), "mine.yaml:1: id: is 'other', the file is 'mine'"),
        (("kind: csv", "kind: cvs"), "mine.yaml:3: reader.kind: Input should be"),
        (("dst_host: [host]", "dest_host: [host]"), "mine.yaml:4: map: 'dest_host' is no obs"),
        (("[host]", "[]"), "mine.yaml:6: map.dst_host: List should have at least 1"),
        (("[host]", "['host of']"), "mine.yaml:6: map.dst_host.0: "),
        (("[host]", "[(select 1)]"), "mine.yaml:6: map.dst_host.0: subquery is not allowed"),
        (
            ("[host]", '["repeat(host, 9)"]'),
            "map.dst_host.0: the function repeat is not allowed; did",
        ),
        (("[time, dst_host]", "[dst_host]"), "time must be mapped and required"),
        (("require:", "drop: {a: 'x in'}\nrequire:"), "mine.yaml:7: drop.a: "),
        (("require:", "like: nothing\nrequire:"), "mine.yaml:7: like: no such format"),
        (("{kind: csv}", "{kind: regex, pattern: '(a)'}"), "every group of a pattern needs a name"),
        (("{kind: csv}", "{kind: regex, pattern: '(?=a)'}"), "pattern is not RE2"),
        (("reader:", "detect: {first_line: '(?=a)'}\nreader:"), "detect.first_line: "),
        (("reader:", "detect: {first_bytes: 'a{9999}'}\nreader:"), "detect.first_bytes: "),
        (("{kind: csv}", "{kind: csv, delim: ';;'}"), "must be one ASCII character"),
        (("{kind: csv}", "{kind: split}"), "a split reader needs fields"),
    ],
)
def test_errors_name_file_line_and_key(tmp_path, change, message):
    with pytest.raises(FormatError) as caught:
        load(tmp_path, GOOD.replace(*change))
    assert message in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(FormatError, match="No such file"):
        load_format(load_yaml, tmp_path / "none.yaml")


def test_a_format_may_be_like_another(tmp_path):
    text = "id: mine\nabout: x\nlike: squid\nreader: {kind: csv, delim: '|'}\n"
    assert load(tmp_path, text).map.keys() == load_formats(load_yaml)["squid"].map.keys()


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "1; select 2",
        "1 from t",
        "x, y",
        "*",
        "(select max(x) from source)",
        "exists(select 1)",
        "row_number() over ()",
        "current_setting('temp_directory')",
        "getvariable('x')",
        "getenv('HOME')",
        "now()",
        "random()",
        "version()",
        "repeat(x, 1000000000)",
        "range(1000000000)",
        "list_transform([x], lambda y: current_user())",
        "read_text('/etc/passwd')",
        "main.current_setting('threads')",
        "error(x)",
        "sum(x)",
        "unnest([x, x])",
        "no_such_macro(x)",
        "x in (select y from t)",
        "$1",
        "?",
        "a.b",
        "1 where true",
        "1 -- comment\n from t",
        "x" * 5000,
        "",
    ],
)
def test_only_scalar_expressions_are_taken(sql):
    with pytest.raises(ExpressionError):
        parse(sql, ("map", "time", 0))


def test_fields_are_those_outside_lambdas():
    found = parse('list_transform(a, lambda p: p || "b c" || lower(d))', ("x",))
    assert found.fields == ("a", "b c", "d")


def test_a_field_that_only_chooses_is_not_blamed():
    found = parse("case when a = 1 then 0 else bytes_of(case when b > 2 then c else d end) end", ())
    assert found.casts == (("bytes_of", "c"), ("bytes_of", "d"))


@pytest.mark.parametrize("sql", ["bytes_of(host, host)", "strpos(host)", "list_sort(host, 1, 2)"])
def test_what_only_running_shows_is_said_before_any_record(tmp_path, settings, sql):
    fmt = load(tmp_path, GOOD.replace("[host]", f"['{sql}']"))
    with pytest.raises(FormatError):
        Normaliser(fmt, settings).prove()


@pytest.mark.parametrize("sql", ["cast(a as bigint)", "try_cast(a as varchar[])", "a::integer"])
def test_a_cast_is_a_scalar_expression(sql):
    assert parse(sql, ()).fields == ("a",)


def test_patterns_of_shipped_formats_are_right_since_loading_does_not_look():
    for fmt in load_formats(load_yaml).values():
        assert Format.model_validate(fmt.model_dump(by_alias=True)).id == fmt.id

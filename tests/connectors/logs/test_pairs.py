"""key=value pairs and the prefix of syslog."""

from __future__ import annotations

import pytest

from connectors.logs.prefix import strip_prefix

LINE = "time=2026-03-01T00:00:00Z dst_host=h.example "


def one(found, column):
    assert len(found.rows) == 1, found.said
    return found.column(column)[0]


@pytest.mark.parametrize(
    ("pair", "user"),
    [
        ("user=anna", "anna"),
        ('user="anna b"', "anna b"),
        (r'user="a \"b\" \\c"', r'a "b" \c'),
        ("user=anna,", "anna"),
        ("user=", None),
        ('user=""', None),
        ("user=a=b", "a=b"),
        ('user=="anna b"', "anna b"),
        ("USER=anna", "anna"),
        ("user=same user=same", "same"),
        (r'user="a\" agent=x"', 'a" agent=x'),
        ('user="ends in dst="', "ends in dst="),
        ('user="YWI=" app="YWI=="', "YWI="),
        ('[user="anna"][app="x"]', "anna"),
        ('user="anna";app="x"', "anna"),
    ],
)
def test_values(read_text, pair, user):
    assert one(read_text("generic_kv", LINE + pair + "\n"), "src_user") == user


def test_a_pair_inside_quotes_is_content(read_text):
    text = 'time=2026-03-01T00:00:00Z user="x dst=api.openai.com" dst=www.example.com\n'
    assert one(read_text("generic_kv", text), "dst_host") == "www.example.com"


def test_a_pair_inside_quoted_free_text_is_content(read_text):
    text = 'time=2026-03-01T00:00:00Z "said dst=api.openai.com now" dst=www.example.com\n'
    assert one(read_text("generic_kv", text), "dst_host") == "www.example.com"


def test_a_pair_inside_a_value_is_content(read_text):
    text = "time=2026-03-01T00:00:00Z url=http://a.example/?dst=x src=10.0.0.1\n"
    assert one(read_text("generic_kv", text), "dst_host") == "a.example"


def test_a_quote_that_is_not_closed_rejects_the_line(read_text):
    found = read_text("generic_kv", LINE + 'user="x\n' + LINE + "user=y\n")
    assert found.said == [(1, "user", "quote never closed", '"x')]
    assert found.column("src_user") == ["y"]


TAIL = 'app="x" dst_port=443 src_ip=10.0.0.1'
MIDDLE = "quote closes in the middle of a value"


@pytest.mark.parametrize(
    ("pairs", "field", "reason"),
    [
        (f'note="x"" {TAIL}', "note", MIDDLE),
        (f'note="x"y" {TAIL}', "note", MIDDLE),
        (f'note="x\\" {TAIL}', "note", MIDDLE),
        (f'note="x" " {TAIL}', "note", MIDDLE),
        (f'note="x" y=" {TAIL}', "y", MIDDLE),
        (f'note="x\\" z=1 other=" q" {TAIL}', "note", MIDDLE),
        (f'user=""anna" {TAIL}', "user", MIDDLE),
        (f'user="al"ice" {TAIL}', "user", MIDDLE),
        ('z=1 user="al"ice"', "user", MIDDLE),
        ('z=1 user="al" ice"', "user", "quote never closed"),
        ('note="x" " src_ip=10.0.0.1', "note", "quote never closed"),
        ('note="x src_ip=10.0.0.1', "note", "quote never closed"),
    ],
)
@pytest.mark.parametrize("times", [1, 40])
def test_a_quote_out_of_place_swallows_no_key(read_text, pairs, field, reason, times):
    plain = f'{LINE}note="y" {TAIL}\n' * times
    found = read_text("generic_kv", plain + f"{LINE}{pairs}\n" + plain)
    assert [(line, f, r) for line, f, r, _ in found.said] == [(times + 1, field, reason)]
    assert len(found.rows) == 2 * times


@pytest.mark.parametrize("text", ['said "no" there', 'said "no"', 'x "', "open"])
def test_quotes_at_the_end_of_what_nobody_reads_are_a_warning(read_text, text):
    line = f'{LINE}note="{text}'
    found = read_text("generic_kv", line + ('"\n' if text != "open" else "\n"))
    assert (found.column("dst_host"), found.said) == (["h.example"], [])
    reasons = [n.reason for one in found.batches for n in one.notices if n.reason != "keys"]
    assert reasons == ["cut" if text == "open" else "misquoted"]


def test_date_and_time_may_be_two_pairs(read_text):
    text = "date=2026-03-01 time=00:00:01 dst=h.example\n"
    assert one(read_text("generic_kv", text), "time").second == 1


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "Mar  1 00:00:00 fw app: ",
        "Mar  1 00:00:00 fw app[12]: ",
        "<134>Mar  1 00:00:00 fw app: ",
        "Mar  1 2026 00:00:00 fw app: ",
        "2026-03-01T00:00:00.123+01:00 fw app: ",
        "<134>1 2026-03-01T00:00:00Z fw app 12 ID47 - ",
        '<134>1 2026-03-01T00:00:00Z fw app - - [a b="c"] ',
        "Mar  1 00:00:00 fw ",
    ],
)
def test_a_prefix_is_taken_off(prefix):
    assert strip_prefix(prefix + "src=10.0.0.1 dst=h") == "src=10.0.0.1 dst=h"


def test_the_prefix_gives_the_time_where_no_pair_does(read_text):
    found = read_text("generic_kv", "<1>1 2026-03-01T00:00:07Z fw app - - - dst=h.example\n")
    assert one(found, "time").second == 7


def test_offsets_are_those_of_the_whole_line(read_text):
    found = read_text("generic_kv", "Mar  1 00:00:00 fw a: dst=h\nMar  1 00:00:00 fw a: dst=i\n")
    assert [int(o) for o in found.batches[0].offset] == [0, 28]

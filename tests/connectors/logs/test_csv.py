"""CSV: headers, quotes, records over lines and blocks; a bad line costs that line only."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEAD = "ts,src_ip,user,dst_host,bytes_in\n"


def row(n, user="u", host="www.example.com", bytes_in="1"):
    return f"2026-03-01T00:00:{n:02}Z,10.0.0.{n},{user},{host},{bytes_in}\n"


def test_every_block_size_reads_the_same(read_text):
    """Quoted newlines, blanks and a repeated header across any border."""
    text = HEAD + row(1) + row(2, '"a\nb, ""c"" \n\nd"') + "\n" + row(3) + HEAD + row(4, '"x"')
    whole = read_text("generic_csv", text)
    assert whole.column("src_user") == ["u", 'a\nb, "c" \n\nd', "u", "x"]
    assert whole.column("line") == [2, 3, 8, 10]
    assert (whole.counts.header, whole.counts.blank) == (2, 1)
    for block in (1, 7, 40, 64, 100):
        again = read_text("generic_csv", text, block=block)
        assert (again.rows, again.counts) == (whole.rows, whole.counts)


def test_offsets_point_at_the_records(read_text):
    text = HEAD + row(1) + row(2, '"a\nb"') + row(3)
    found = read_text("generic_csv", text, block=30)
    offsets = [int(o) for batch in found.batches for o in batch.offset]
    assert [text[o : o + 20] for o in offsets] == [f"2026-03-01T00:00:0{n}Z" for n in (1, 2, 3)]


def test_an_unclosed_quote_costs_its_line_only(read_text):
    found = read_text("generic_csv", HEAD + row(1) + row(2, '"oops') + row(3) + row(4, '"a\nb"'))
    assert found.column("line") == [2, 4, 5]
    assert found.said == [(3, "user", "quote never closed", '"oops')]


def test_an_unclosed_quote_at_the_end_is_not_waited_for(read_text):
    for block in (10, 1 << 20):
        found = read_text("generic_csv", HEAD + row(1) + row(2, '"oops'), block=block)
        assert (found.column("line"), len(found.rejects)) == ([2], 1)


def test_a_quote_is_not_looked_for_beyond_a_hundred_lines(read_text):
    lines = "".join(row(n % 60) for n in range(101))
    found = read_text("generic_csv", HEAD + row(1, '"oops') + lines + row(2, 'x"'))
    assert [one[0] for one in found.said] == [2]
    assert len(found.rows) == 102


def test_two_stray_quotes_do_not_swallow_the_records_between(read_text):
    between = "".join(row(n) for n in range(60))
    for block in (64, 1 << 20):
        text = HEAD + row(1, '"oops') + between + row(2, 'bob"') + row(3)
        found = read_text("generic_csv", text, block=block)
        assert [one[:3] for one in found.said] == [(2, "user", "quote never closed")]
        assert len(found.rows) == 62


def test_a_quoted_text_of_many_lines_is_one_record_and_said(read_text):
    text = HEAD + row(1, '"' + "a, b\n" * 60 + '"') * 2
    found = read_text("generic_csv", text)
    assert found.column("line") == [2, 63]
    notices = [notice for one in found.batches for notice in one.notices]
    assert [(n.message, n.line, n.level) for n in notices] == [
        ("a quoted record spans more than 10 lines", 2, "warning"),
        ("a quoted record spans more than 10 lines", 63, "warning"),
    ]


def test_a_quoted_text_of_some_lines_is_not_worth_a_word(read_text):
    assert read_text("generic_csv", HEAD + row(1, '"a\nb\nc"')).notices == []


def test_a_quote_inside_a_plain_field_is_text(read_text):
    found = read_text("generic_csv", HEAD + row(1, 'the 5" one') + row(2, 'a "b" c'))
    assert found.column("src_user") == ['the 5" one', 'a "b" c']


def test_text_after_a_closing_quote_is_no_csv(read_text):
    found = read_text("generic_csv", HEAD + row(1, '"a"b') + row(2))
    assert [one[:3] for one in found.said] == [
        (2, None, "quotes inside a field that is not quoted")
    ]


def test_a_cut_line_says_how_far_it_got(read_text):
    found = read_text("generic_csv", HEAD + row(1) + "2026-03-01T00:00:02Z,10.0.0.2,u")
    assert found.said == [(3, None, "line ends early: 3 of 5 fields", None)]


def test_a_line_with_too_many_fields_is_rejected(read_text):
    found = read_text("generic_csv", HEAD + row(1, "a,b"))
    assert found.said == [(2, None, "6 fields, header has 5", None)]


def test_a_value_that_does_not_parse_is_named(read_text):
    found = read_text("generic_csv", HEAD + row(1, bytes_in='"1,024"') + row(2, bytes_in=""))
    assert found.said == [(2, "bytes_in", "not a byte count", "1,024")]
    assert found.column("bytes_in") == [None]


def test_names_in_the_header_may_be_spelled_any_way(read_text):
    text = '"Time";Src-IP;"USER";extra;Dst.Host\n2026-03-01T00:00:01Z;10.0.0.1;u;e;h.example\n'
    found = read_text("generic_csv", text)
    assert found.column("dst_host") == ["h.example"]
    assert found.notices == ["ignored columns: extra"]


def test_rejects_use_the_name_of_the_file(read_text):
    text = "TS,Src IP,Bytes-In,Host\nsoon,10.0.0.1,1,h\n1772323200,10.0.0.1,x,h\n"
    assert [one[1] for one in read_text("generic_csv", text).said] == ["TS", "Bytes-In"]


def test_a_header_without_a_time_is_refused_once(read_text):
    found = read_text("generic_csv", "a,b\n" + "1,2\n" * 1000)
    assert (found.rows, found.rejects) == ([], [])
    assert found.notices == ["no header, or none with time"]


def test_tabs_in_a_csv_are_read_with_a_warning(read_text, tmp_path, formats, settings):
    from .conftest import opened, take_in

    path = tmp_path / "proxy.csv"
    path.write_text((HEAD + row(1)).replace(",", "\t"))
    with opened(path) as stream:
        found = take_in(formats["generic_csv"], stream, settings)
    assert found.notices == [
        "expected comma fields, header has 1; looks tab separated and is read so"
    ]
    assert len(found.rows) == 1


def test_bytes_that_are_no_utf8_become_escapes_and_are_counted(read_text):
    text = (HEAD + row(1, "é") + row(2, "XX")).encode().replace(b"XX", b"\xe9\xff")
    for block in (10, 1 << 20):
        found = read_text("generic_csv", text, block=block)
        assert found.column("src_user") == ["é", "\\xe9\\xff"]
        assert found.replaced == [3]


def test_a_nul_in_a_host_survives_to_be_judged(read_text):
    found = read_text("generic_csv", HEAD + row(1, host="api.openai.com\0.evil.example"))
    assert found.column("dst_host") == ["api.openai.com\0.evil.example"]


def test_line_ends_may_be_mixed(read_text):
    text = HEAD + row(1).replace("\n", "\r\n") + row(2) + row(3).replace("\n", "\r\n")
    assert read_text("generic_csv", text).column("bytes_in") == [1, 1, 1]


def test_a_long_line_is_rejected_by_size(read_text):
    found = read_text("generic_csv", HEAD + row(1) + "x" * 200 + "\n" + row(2), line=100)
    assert found.column("line") == [2, 4]
    assert [one[:2] for one in found.said] == [(3, None)]


def test_a_long_line_inside_quotes_ends_the_record(read_text):
    text = HEAD + row(1, '"a\n') + "x" * 200 + "\n" + row(2)
    found = read_text("generic_csv", text, line=100)
    assert found.column("line") == [5]
    assert sorted(one[0] for one in found.said) == [2, 3, 4]


cells = st.text(alphabet='ab",\n \té', max_size=6)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6), st.integers(1, 60))
def test_what_csv_writes_is_read_back(read_text, pairs, block):
    """Any text in quotes comes back as it was, whatever the block size."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["ts", "dst_host", "user", "app"])
    for user, app in pairs:
        writer.writerow(["1772323200", "h.example", user, app])
    found = read_text("generic_csv", out.getvalue(), block=block)
    assert not found.rejects
    blank = {"", "-"}
    assert list(zip(found.column("src_user"), found.column("app"), strict=True)) == [
        (None if user in blank else user, None if app in blank else app) for user, app in pairs
    ]


lines = st.lists(st.text(alphabet='a",\n', max_size=12), max_size=8)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines, st.integers(1, 40))
def test_any_garbage_adds_up_and_good_lines_survive(read_text, garbage, block):
    """The account is checked for every batch; a good line after a closed mess is read."""
    text = HEAD + "\n".join(line.replace("\n", "") for line in garbage) + "\n" + row(1)
    found = read_text("generic_csv", text, block=block)
    assert found.counts.read == len(found.rows) + sum(
        (found.counts.header, found.counts.blank, found.counts.rejected)
    )
    assert found.column("src_user")[-1:] == ["u"]


@pytest.mark.parametrize("kind", ["nfdump_csv", "aws_vpc_flow"])
def test_no_header_and_another_layout_is_refused(read_text, kind):
    found = read_text(kind, "1 2 3\n4 5 6\n")
    assert found.rows == found.rejects == []
    assert found.notices == ["no header, and not the default columns"]


STAMP = "2026-11-02T09:00:0"


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        (
            "timestamp,user,src_ip,host,agent,bytes_sent",
            [
                f'{STAMP}1Z,u,10.0.0.1,www.example.com,"a,5',
                f'{STAMP}2Z,u,10.0.0.1,api.deepseek.com,b",5',
            ],
        ),
        (
            "timestamp,user,src_ip,host,agent,bytes_sent",
            [
                f'{STAMP}1Z,u,10.0.0.1,www.example.com,"a,5',
                f'{STAMP}2.5Z,u""v,10.0.0.1,api.deepseek.com,"",x,b",5',
            ],
        ),
        (
            "agent,timestamp,host",
            [f'"a,{STAMP}1Z,www.example.com', f'b",{STAMP}2Z,api.deepseek.com'],
        ),
    ],
)
def test_a_quote_does_not_swallow_the_record_it_meets(read_text, header, lines):
    found = read_text("generic_csv", "\n".join([header, *lines]) + "\n")
    rejected = [reject.line for reject in found.rejects]
    assert (rejected[0], sorted(rejected + found.column("line"))) == (2, [2, 3])
    assert "www.example.com" not in found.column("dst_host")


@pytest.mark.parametrize(
    ("header", "record"),
    [
        ("ts,note,host,bytes_sent", f'{STAMP}1Z,"one, two\nthree, four, five",a.example,5'),
        ("ts,note,host", f'{STAMP}1Z,"called\non 2026-11-02, thanks",a.example'),
        ("note,ts,host", f'"one\ntwo",{STAMP}1Z,a.example'),
        ("note,ts,host", f'"one, two, three\nfour, five",{STAMP}1Z,a.example'),
    ],
)
def test_a_quoted_text_over_lines_is_still_one_record(read_text, header, record):
    found = read_text("generic_csv", f"{header}\n{record}\n")
    assert (found.column("dst_host"), found.said) == (["a.example"], [])

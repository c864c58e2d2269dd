"""Encodings, line ends, delimiters and headers that are not what one would like."""

from __future__ import annotations

import pytest


def test_a_byte_order_mark_is_no_part_of_the_first_column(scan_bytes, log):
    result = scan_bytes("proxy.csv", b"\xef\xbb\xbf" + log.csv())
    assert (result.exit, result.counts, result.ai, result.said()) == (0, (12, 0), log.ai, "")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_and_told(scan_bytes, log, encoding):
    data = ("\ufeff" + log.csv().decode()).encode(encoding)
    result = scan_bytes("proxy.csv", data)
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)
    assert "UTF-16" in result.said()


def test_a_byte_that_is_not_utf_8_is_kept_flagged_and_located(scan_bytes, log):
    rows = log.row(40, user="Bj\u00f6rn"), log.row(41, user="Bj\u00f6rn").decode().encode("latin-1")
    result = scan_bytes("proxy.csv", log.csv(at=12, extra=b"".join(rows)))
    assert (result.exit, result.counts, result.ai) == (3, (14, 0), log.ai)
    assert result.state() == ("partial", "malformed")
    assert result.totals["replaced"] == 1
    assert "proxy.csv:15" in result.said()
    assert "not UTF-8" in result.said()


def test_the_page_says_where_the_byte_is_that_is_not_utf_8(scan_bytes, log):
    row = log.row(40).replace(b"gpell40", b"Bj\xf6rn")
    result = scan_bytes("proxy.csv", log.csv(at=12, extra=row), page=True)
    assert "proxy.csv:14" in result.page


def test_a_byte_that_is_not_utf_8_in_a_host_rejects_the_row(scan_bytes, log):
    row = log.row(40, dst_host="claude.ai").replace(b"claude", b"cl\xe4ude")
    result = scan_bytes("proxy.csv", log.csv(extra=row))
    assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
    assert "proxy.csv:8: dst_host" in result.said()


def test_nul_in_a_host_rejects_the_row_and_cuts_no_name_short(scan_bytes, log):
    row = log.row(40, dst_host="api.mistral.ai\x00.evil.example")
    result = scan_bytes("proxy.csv", log.csv(extra=row), page=True)
    assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
    assert "proxy.csv:8: dst_host: NUL in host" in result.said()
    assert "\\x00" in result.page


def test_control_and_bidi_characters_are_no_reason_to_reject(scan_bytes, log):
    row = log.row(40, user="\x1b[2J\x1b]0;own\x07\u202egpell", user_agent="cu\x08\x08rl/8\u2066")
    result = scan_bytes("proxy.csv", log.csv(extra=row))
    assert (result.exit, result.counts) == (0, (13, 0))


def test_an_invisible_character_in_a_host_rejects_the_row(scan_bytes, log):
    result = scan_bytes(
        "proxy.csv", log.csv(extra=log.row(40, dst_host="clau\u200bde.ai")), page=True
    )
    assert (result.exit, result.counts) == (3, (12, 1))
    assert "proxy.csv:8: dst_host" in result.said()
    assert "\\u200b" in result.page
    assert "\u200b" not in result.page


def test_crlf_leaves_no_carriage_return_in_the_last_field(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv().replace(b"\n", b"\r\n"))
    assert (result.exit, result.counts, result.ai, result.said()) == (0, (12, 0), log.ai, "")
    clients = {e["client"] for a in result.doc["assets"] for e in a["evidence"]}
    assert clients == {"curl"}


def test_mixed_line_ends_are_all_line_ends(scan_bytes, log):
    data = log.head() + log.rows(0, 6).replace(b"\n", b"\r\n") + log.rows(6, 12)
    result = scan_bytes("proxy.csv", data)
    assert (result.exit, result.counts, result.ai, result.said()) == (0, (12, 0), log.ai, "")


def test_lone_carriage_returns_are_line_ends_and_told(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv().replace(b"\n", b"\r"))
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)
    assert "proxy.csv" in result.said()


@pytest.mark.parametrize("delim", ["\t", ";", "|"])
def test_another_delimiter_is_seen(scan_bytes, log, delim):
    result = scan_bytes("proxy.csv", log.head(delim) + log.rows(delim=delim))
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)


def test_a_tab_in_a_file_named_csv_is_told(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.head("\t") + log.rows(delim="\t"))
    assert "tab" in result.said()


def test_columns_are_taken_by_name_and_unknown_ones_are_named_once(scan_bytes, log):
    names = ("USER", "Shelf", "Ts", "DST_HOST", "client_ip")
    lines = [",".join(names)]
    lines += [f"gpell,7,2026-09-0{n}T08:00:00Z,claude.ai,10.40.1.{n}" for n in range(1, 9)]
    result = scan_bytes("proxy.csv", "\n".join(lines).encode())
    assert (result.exit, result.counts, result.ai) == (0, (8, 0), {"claude.ai"})
    assert result.said().lower().count("shelf") == 1
    assert "proxy.csv:1" in result.said()


def test_a_table_without_a_header_is_one_refusal(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.rows())
    assert (result.exit, result.state()) == (3, ("failed", "refused"))
    assert result.totals["read"] == 0
    assert "no header" in result.said()


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("proxy.csv", b"<!doctype html>\n<html><body>Link expired</body></html>\n", "HTML"),
        ("proxy.csv", b"<HTML>\n<HEAD><TITLE>403</TITLE>\n", "HTML"),
        ("proxy.log", b"\x7fELF\x02\x01\x01" + bytes(200), "binary"),
        ("proxy.csv", b"PAR1" + bytes(range(256)) * 4 + b"PAR1", ""),
        ("notes.txt", b"Dear all,\nplease mind the gap.\nGraham\n", ""),
        ("table.csv", b"colour,weight\nred,7\nblue,9\n", ""),
    ],
    ids=["html", "html capitals", "elf", "parquet", "letter", "other table"],
)
def test_what_is_no_log_is_one_refusal_and_no_heap_of_rejects(scan_bytes, name, data, word):
    result = scan_bytes(name, data, page=True)
    assert (result.exit, result.state()) == (3, ("failed", "refused"))
    assert result.totals["read"] == 0
    assert name in result.said()
    assert word in result.said()
    assert name in result.page


def test_a_refused_file_hinders_no_other(scan, write, log):
    result = scan(write("a.csv", b"<html>"), write("b.csv", log.csv()))
    assert (result.exit, result.counts, result.ai) == (3, (12, 0), log.ai)
    assert result.state("b.csv") == ("complete", None)


def test_a_file_of_blank_lines_is_empty_and_no_clean_log(scan_bytes):
    result = scan_bytes("proxy.csv", b"\n\n  \n")
    assert (result.exit, result.state()) == (3, ("partial", "empty"))
    assert "blank" in result.said()


def test_blank_lines_are_counted_as_blank(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv(extra=b"\n\n") + b"\n")
    assert (result.exit, result.counts, result.totals["blank"]) == (0, (12, 0), 3)


def test_a_row_with_a_field_too_many_is_rejected_with_its_line(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv(extra=log.row(40)[:-1] + b",more\n"))
    assert (result.exit, result.counts) == (3, (12, 1))
    assert "proxy.csv:8" in result.said()
    assert "11 fields" in result.said()

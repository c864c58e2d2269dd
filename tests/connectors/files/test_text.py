"""Encodings and line ends: the decoded view is UTF-8 with LF."""

import pytest

from connectors.files.limits import Limits

BOM = "\ufeff"
TEXT = "ts,host\n1,münchen.example\n2,\u0a0a\U0001f600.example\n"


def test_a_utf8_mark_is_stripped_and_counted_in_offsets(read):
    result = read("x.csv", (BOM + TEXT).encode())
    assert (result.text, result.blocks[0].offset, result.messages) == (TEXT.encode(), 3, [])
    assert result.outcome.decoded == 3 + len(TEXT.encode())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_with_a_mark_is_transcoded_with_a_warning(read, encoding):
    result = read("x.csv", (BOM + TEXT).encode(encoding))
    assert (result.text, result.end) == (TEXT.encode(), ("complete", None))
    (notice,) = result.outcome.notices
    assert (notice.level, notice.message) == (
        "warning",
        f"{encoding[:6].upper()} detected; read as UTF-8",
    )


def test_utf16_larger_than_one_piece(read):
    text = TEXT * 20_000
    assert read("x.csv", (BOM + text).encode("utf-16-le"), block=1 << 16).text == text.encode()


def test_utf16_that_ends_within_a_character_is_malformed(read):
    result = read("x.csv", (BOM + TEXT).encode("utf-16-le") + b"\x41")
    assert (result.text, result.end) == (TEXT.encode(), ("partial", "malformed"))


def test_a_lone_surrogate_stays_visible_as_invalid_utf8(read):
    """The next stage escapes and flags it; here nothing is silently replaced."""
    result = read(
        "x.csv", (BOM + "a").encode("utf-16-le") + b"\x00\xd8" + "b\n".encode("utf-16-le")
    )
    assert result.text == b"a\xed\xa0\x80b\n"


def test_damaged_utf32_is_corrupt(read):
    result = read("x.csv", (BOM + "a").encode("utf-32-le") + b"\xff\xff\xff\xff")
    assert result.end == ("failed", "corrupt")


def test_lone_cr_ends_lines_with_a_note(read):
    result = read("x.csv", b"a\rb\rc")
    assert (result.text, result.end) == (b"a\nb\nc", ("complete", None))
    assert result.messages == ["lines end in CR alone; read so"]


@pytest.mark.parametrize("text", [b"a\r\nb\r\n", b"a\nb\rc\n", b"a\r\nb\nc\r\n", b"abc", b"a\n"])
def test_other_line_ends_stay_as_they_are(read, text):
    result = read("x.csv", text)
    assert (result.text, result.messages) == (text, [])


def test_a_crlf_split_by_the_end_of_the_head_is_no_lone_cr(read):
    text = b"x" * (Limits().head - 1) + b"\r\nb\n"
    assert read("x.csv", text).text == text


def test_invalid_utf8_and_nul_pass_untouched(read):
    text = b"a\xff\xfeb\x00c\n"
    assert read("x.csv", text).text == text


def test_more_than_the_total_is_refused(read, rows):
    result = read("x.csv", rows, total=len(rows) - 1)
    assert result.end == ("failed", "refused")
    assert read("x.csv", rows, total=len(rows)).end == ("complete", None)

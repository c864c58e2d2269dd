"""Damaged, disguised and packed files: whole lines are kept, damage is named, none looks clean."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from connectors.files.limits import Limits

try:
    from compression import zstd
except ImportError:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1}),
}


def noisy(log, rows: int = 4000) -> bytes:
    """A log that compresses badly, so that a cut or a flipped bit falls among its rows."""
    dice = random.Random(7)  # noqa: S311 - not a secret
    agents = [f"{dice.getrandbits(96):x}" for _ in range(rows)]
    return log.head() + b"".join(log.row(n % 12, user_agent=a) for n, a in enumerate(agents))


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("kind", PACK)
def test_a_packed_log_is_read_whole_and_nothing_is_said(scan_bytes, log, kind):
    result = scan_bytes(f"proxy.csv.{kind}", PACK[kind](log.csv()))
    assert (result.exit, result.counts, result.state()) == (0, (12, 0), ("complete", None))
    assert (result.ai, result.said()) == (log.ai, "")


@pytest.mark.parametrize("kind", PACK)
def test_a_packed_log_that_ends_early_keeps_its_whole_lines_and_is_partial(scan_bytes, log, kind):
    data = PACK[kind](noisy(log))
    result = scan_bytes(f"proxy.csv.{kind}", data[: len(data) * 3 // 4])
    assert result.exit == 3
    assert result.state() == ("partial", "truncated")
    assert result.totals["rejected"] == 0
    assert 0 <= result.totals["cut"] <= 1
    if kind not in {"bz2", "xz"}:  # one block: nothing comes out before its end
        assert 1000 < result.totals["ok"] < 4000
    assert "proxy.csv" in result.said()
    assert "end" in result.said() or "cut" in result.said() or "truncated" in result.said()


@pytest.mark.parametrize("kind", PACK)
def test_a_flipped_bit_quarantines_the_whole_source(scan_bytes, log, kind):
    data = bytearray(PACK[kind](noisy(log)))
    data[-6 if kind == "gz" else len(data) // 2] ^= 0x10
    result = scan_bytes(f"proxy.csv.{kind}", bytes(data))
    assert result.exit == 3
    assert result.state() == ("failed", "corrupt")
    assert result.totals["read"] == 0
    assert result.doc["assets"] == []
    assert "proxy.csv" in result.said()


def test_a_checksum_that_does_not_hold_is_called_so(scan_bytes, log):
    data = bytearray(PACK["gz"](log.csv()))
    data[-6] ^= 1
    assert "CRC" in scan_bytes("proxy.csv.gz", bytes(data)).said()


def test_a_name_that_says_gzip_over_plain_text_is_read_and_told(scan_bytes, log):
    result = scan_bytes("proxy.csv.gz", log.csv())
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)
    assert "not gzip" in result.said()
    assert [one["level"] for one in result.source()["problems"]] == ["warning"]


def test_gzip_under_a_plain_name_is_read_and_told(scan_bytes, log):
    result = scan_bytes("proxy.csv", PACK["gz"](log.csv()))
    assert (result.exit, result.counts, result.ai) == (0, (12, 0), log.ai)
    assert "gzip" in result.said()


def test_bytes_after_the_last_member_are_counted_and_the_source_is_partial(scan_bytes, log):
    result = scan_bytes("proxy.csv.gz", PACK["gz"](log.csv()) + b"\x01junk" * 9)
    assert (result.exit, result.counts, result.ai) == (3, (12, 0), log.ai)
    assert result.state() == ("partial", "malformed")
    assert "45" in result.said()
    assert "trailing" in result.said()


def test_gzip_members_joined_by_rotation_are_one_log(scan_bytes, log):
    data = PACK["gz"](log.head() + log.rows(0, 5)) + PACK["gz"](log.rows(5, 12))
    result = scan_bytes("proxy.csv.gz", data)
    assert (result.exit, result.counts, result.ai, result.said()) == (0, (12, 0), log.ai, "")


def test_nested_compression_is_refused(scan_bytes, log):
    data = PACK["gz"](PACK["gz"](log.csv()))
    result = scan_bytes("proxy.csv.gz.gz", data)
    assert (result.exit, result.state()) == (3, ("failed", "refused"))
    assert result.totals["read"] == 0
    assert "nested" in result.said()


def test_a_bomb_is_refused(scan_bytes, log):
    data = PACK["gz"](log.csv() + b"x" * (40 << 20))
    result = scan_bytes("proxy.csv.gz", data)
    assert (result.exit, result.state()) == (3, ("failed", "refused"))
    assert result.totals["read"] == 0


@pytest.mark.parametrize("name", ["empty.csv", "empty.csv.gz", "empty.log"])
def test_an_empty_file_is_listed_as_empty(scan_bytes, name):
    result = scan_bytes(name, b"", page=True)
    assert (result.exit, result.counts) == (3, (0, 0))
    assert result.state() == ("partial", "empty")
    assert "empty" in result.said()
    assert name in result.page


def test_a_header_without_rows_is_listed_as_empty(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.head())
    assert (result.exit, result.counts, result.totals["header"]) == (3, (0, 0), 1)
    assert result.state() == ("partial", "empty")
    assert "no data rows" in result.said()


def test_a_member_that_would_leave_the_archive_is_refused_and_the_other_read(scan_bytes, log):
    members = {"../../etc/cron.d/x": log.csv(extra=log.row(40)), "proxy.csv": log.csv()}
    result = scan_bytes("logs.zip", zipped(members))
    assert (result.exit, result.counts, result.ai) == (3, (12, 0), log.ai)
    assert result.state("logs.zip!proxy.csv") == ("complete", None)
    assert result.state("etc/cron.d/x") == ("failed", "refused")
    assert "logs.zip!../../etc/cron.d/x" in result.said()
    assert "escapes" in result.said()


def test_links_and_devices_in_an_archive_are_refused_each_and_the_file_read(scan_bytes, log):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, kind in (
            ("disk", tarfile.BLKTYPE), ("hard", tarfile.LNKTYPE), ("soft", tarfile.SYMTYPE)
        ):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("proxy.csv")
        member.size = len(log.csv())
        archive.addfile(member, io.BytesIO(log.csv()))
    result = scan_bytes("logs.tar.gz", out.getvalue())
    assert (result.exit, result.counts, result.ai) == (3, (12, 0), log.ai)
    refused = [one for one in result.doc["sources"] if one["reason"] == "refused"]
    assert len(refused) == 3
    assert {one["path"].partition("!")[2] for one in refused} == {"disk", "hard", "soft"}


def test_a_damaged_member_is_quarantined_and_the_other_read(scan_bytes, log):
    data = zipped({"a.csv": noisy(log, 400), "b.csv": log.csv()})
    at = data.index(b"a.csv") + 600
    result = scan_bytes("logs.zip", data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
    assert (result.exit, result.counts, result.ai) == (3, (12, 0), log.ai)
    assert result.state("!a.csv") == ("failed", "corrupt")
    assert result.state("!b.csv") == ("complete", None)


def test_a_log_twice_in_one_archive_counts_once(scan_bytes, log):
    result = scan_bytes("logs.zip", zipped({"a.csv": log.csv(), "b.csv": log.csv()}))
    assert (result.exit, result.counts) == (0, (12, 0))
    assert result.state("!b.csv") == ("complete", "duplicate")


@pytest.mark.parametrize("place", [3, 9])
def test_a_line_of_five_megabytes_is_one_reject_and_reading_goes_on(scan_bytes, log, place):
    line = b"x" * 5_000_017
    result = scan_bytes("proxy.csv", log.csv(at=place, extra=line + b"\n"))
    assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
    assert result.state() == ("partial", "rejects")
    assert f"proxy.csv:{place + 2}" in result.said()
    assert "line of 5000018 bytes" in result.said()  # its line end is counted


def test_a_line_far_over_the_cap_in_a_packed_log_is_one_reject(scan_bytes, log):
    line = random.Random(3).randbytes(150_000).hex().encode() * 40 + b"\n"  # noqa: S311 - no secret
    result = scan_bytes("proxy.csv.gz", PACK["gz"](log.csv(extra=line)))
    assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
    assert "proxy.csv.gz:8" in result.said()


def test_a_line_of_exactly_the_cap_is_no_line_too_long(scan_bytes, log):
    cap = Limits().line
    fitting = log.row(40, user_agent="")[:-1]
    agent = "a" * (cap - len(fitting))
    result = scan_bytes("proxy.csv", log.csv(extra=log.row(40, user_agent=agent)))
    assert (result.exit, result.counts) == (0, (13, 0))


def test_a_last_line_cut_short_is_one_reject_that_counts_its_fields(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv() + b"2026-09-09T08:00:00Z,10.40.1.9,gpell,chatgp")
    assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
    assert "proxy.csv:14" in result.said()
    assert "4 of 10 fields" in result.said()


def test_a_last_line_without_its_newline_is_a_row(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv()[:-1])
    assert (result.exit, result.counts) == (0, (12, 0))


def test_a_quote_that_never_closes_costs_its_own_line_only(scan_bytes, log):
    result = scan_bytes("proxy.csv", log.csv(extra=log.row(40, user='"Pell')))
    assert (result.exit, result.counts, result.ai) == (3, (12, 1), log.ai)
    (reject,) = result.source()["rejects"]
    assert (reject["line"], reject["field"]) == (8, "user")
    assert reject["reason"] == "quote never closed"


def test_a_quoted_newline_is_part_of_its_row(scan_bytes, log):
    row = log.row(40, user='"Pell,\nsaid ""Graham"""')
    result = scan_bytes("proxy.csv", log.csv(extra=row) + log.row(41, dst_port="x"))
    assert (result.exit, result.counts, result.ai) == (3, (13, 1), log.ai)
    assert result.source()["rejects"][0]["line"] == 16  # lines, not rows

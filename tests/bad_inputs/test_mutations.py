"""Whole scans of damaged samples of every format, and of values that are only too large."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

FORMATS = Path(__file__).parents[2] / "fixtures" / "formats"
SAMPLES = sorted(path for path in FORMATS.glob("*/sample.*"))
SPICE = [
    b"\n", b"\r", b"\0", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b"\t", b" ", b"=", b"#",
    b"\xff", b"\xc3", b"\xe2\x80\xae", b"-", b"9" * 25, b"1e400", b"NaN", b"\\u0000", b"\\ud800",
    b"[" * 70, b"claude.ai", b"2026-09-01T08:00:00Z", b"1788249600", b"%s", b"0x1f", b"\x1b[2J",
    b"'; drop", b"9223372036854775807", b"chatgpt.com", b"/v1/chat/completions",
    b"\xef\xbb\xbf", b"\xff\xfe",
]  # fmt: skip


def damaged(data: bytes, dice: random.Random) -> bytes:
    """One to six accidents of a few bytes each."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(6):
            case 0 | 1:
                out[at : at + dice.randrange(12)] = dice.choice(SPICE)
            case 2:
                del out[at : at + dice.choice([1, 1, 3, 40])]
            case 3:
                out[at : at + 1] = bytes([dice.randrange(256)])
            case 4:
                out[at:at] = out[at : at + dice.randrange(1, 200)]
            case _:
                del out[at + len(out) // 2 :]
    return bytes(out)


def survive(folder: Path, scan, seeds: range) -> None:
    """A folder of accidents, scanned at once; `scan` checks that everything adds up."""
    for sample in SAMPLES:
        data = sample.read_bytes()
        for seed in seeds:
            dice = random.Random(f"{sample.parent.name} {seed}")  # noqa: S311 - repeatable accidents
            (folder / f"{sample.parent.name}-{seed}.log").write_bytes(damaged(data, dice))
    result = scan(folder, page=True)
    assert len(result.doc["sources"]) >= len(SAMPLES) * len(seeds)


def test_damaged_samples_are_accounted_for(scan, tmp_path):
    survive(tmp_path, scan, range(1))


@pytest.mark.fuzz
@pytest.mark.parametrize("block", range(2))
def test_many_damaged_samples_are_accounted_for(scan, tmp_path, block):
    survive(tmp_path, scan, range(100 + 10 * block, 110 + 10 * block))


MOST = 2**63 - 1


@pytest.mark.parametrize("users", ["gpell", None], ids=["one user", "many users"])
def test_sums_beyond_64_bits_stop_at_the_largest(scan_bytes, log, users):
    same = {"dst_host": "claude.ai", "bytes_out": str(MOST), "bytes_in": str(MOST)}
    day = "2026-09-01T08:00:00Z"
    rows = [log.row(n, **same, ts=day, user=users or f"user{n}") for n in range(9)]
    result = scan_bytes("proxy.csv", log.head() + b"".join(rows), page=True)
    assert result.counts == (9, 0)
    (asset,) = result.doc["assets"]
    assert (asset["bytes_out"], asset["bytes_in"]) == (MOST, MOST)


def test_sums_beyond_64_bits_stop_at_the_largest_over_logs_and_days(scan, write, log):
    same = {"dst_host": "claude.ai", "bytes_out": str(MOST)}
    paths = [write(f"{n}.csv", log.head() + log.row(n, **same)) for n in range(3)]
    result = scan(*paths, page=True)
    assert result.counts == (3, 0)
    assert result.doc["assets"][0]["bytes_out"] == MOST


def test_large_sums_are_exact(scan_bytes, log):
    rows = [log.row(n, dst_host="claude.ai", bytes_out=str(2**60 + n)) for n in range(7)]
    result = scan_bytes("proxy.csv", log.head() + b"".join(rows))
    assert result.doc["assets"][0]["bytes_out"] == 7 * 2**60 + 21


def test_two_centuries_in_one_log_are_read(scan_bytes, log):
    rows = log.row(1, ts="1970-01-01T00:00:00Z") + log.row(2, ts="2026-11-21T12:00:00Z")
    result = scan_bytes("proxy.csv", log.csv(extra=rows), page=True)
    assert (result.exit, result.counts) == (0, (14, 0))


def test_a_user_agent_of_a_megabyte_is_no_name(scan_bytes, log):
    row = log.row(40, dst_host="claude.ai", user_agent="a" * 900_000)
    result = scan_bytes("proxy.csv", log.csv(extra=row), page=True)
    assert (result.exit, result.counts) == (0, (13, 0))
    assert len(result.page) < 100_000

"""Damaged samples of every format: nothing raises, nothing is lost, every batch adds up.

`take_in` checks the account of each batch. Lines that were not touched must still be read the
same where a record is a line of its own.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from connectors.files.limits import Limits
from connectors.logs.settings import ReadSettings

from .conftest import NOW, all_formats, opened, take_in

FIXTURES = Path(__file__).parents[3] / "fixtures" / "formats"
NAMES = sorted(all_formats())
SPICE = [
    b"\n", b"\r", b"\r\n", b"\0", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b",", b"\t", b" ",
    b"=", b"#", b"#fields\tts\n", b"\xff", b"\xc3", b"\xe2\x80\xae", b"-", b"9" * 400, b"e",
    b":", b"/", b"%00", b'"a\nb"', b"\x1b[2J", b"NaN", b"\\u0000", b"\\ud800", b"[" * 70,
]  # fmt: skip
SETTINGS = ReadSettings(timezone="Europe/Berlin", now=NOW)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The data after one to four accidents."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(5):
            case 0:
                out[at:at] = rng.choice(SPICE)
            case 1:
                del out[at : at + rng.choice([1, 1, 2, 9, 200])]
            case 2:
                out[at : at + 1] = bytes([rng.randrange(256)])
            case 3:
                end = at + rng.randrange(1, 300)
                out[at:at] = out[at:end]
            case _:
                del out[at + len(out) // 2 :]
    return bytes(out)


def survive(name: str, seeds: range, folder: Path) -> None:
    sample = (FIXTURES / name / "sample.log").read_bytes()
    path = folder / "damaged.log"
    for seed in seeds:
        rng = random.Random(f"{name}-{seed}")  # noqa: S311 - a repeatable accident is wanted
        path.write_bytes(damaged(sample, rng) or b"\n")
        limits = Limits(block=rng.choice([1, 64, 500, 8 << 20]), line=rng.choice([300, 1 << 20]))
        with opened(path, limits) as stream:
            take_in(all_formats()[name], stream, SETTINGS)


@pytest.mark.parametrize("name", NAMES)
def test_damage_is_survived_and_accounted_for(name, tmp_path):
    survive(name, range(2), tmp_path)


@pytest.mark.fuzz
@pytest.mark.parametrize("name", NAMES)
def test_much_damage_is_survived_and_accounted_for(name, tmp_path):
    survive(name, range(2, 140), tmp_path)

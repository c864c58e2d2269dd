"""Twenty thousand seeded damages: none passes for whole with other bytes, none is our error."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile

import pytest
from backports import zstd

from connectors.files.notice import Notice

CHECKED = {zstd.CompressionParameter.checksum_flag: 1}


def _tgz(text: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("x.log")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    return out.getvalue()


def _zip(text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.log", text)
    return out.getvalue()


PACK = {
    "x.gz": gzip.compress,
    "x.zst": lambda text: zstd.compress(text, options=CHECKED),
    "x.bz2": bz2.compress,
    "x.xz": lzma.compress,
    "x.tgz": _tgz,
    "x.zip": _zip,
}


def _damaged(draw: random.Random, content: bytes) -> bytes:
    """One flip, cut, insertion, removal or zeroed stretch."""
    damaged = bytearray(content)
    at = draw.randrange(len(damaged))
    match draw.randrange(5):
        case 0:
            damaged[at] ^= 1 << draw.randrange(8)
        case 1:
            del damaged[max(at, 1) :]
        case 2:
            damaged[at:at] = draw.randbytes(draw.randrange(1, 9))
        case 3:
            del damaged[at : at + draw.randrange(1, 9)]
        case _:
            damaged[at : at + 16] = bytes(len(damaged[at : at + 16]))
    return bytes(damaged)


@pytest.mark.fuzz
@pytest.mark.parametrize("name", PACK)
def test_no_damage_is_silent(tmp_path, read_all, rows, name):
    """Complete and without a word means: the very same bytes."""
    draw = random.Random(name)  # noqa: S311  seeded on purpose
    content = PACK[name](rows)
    for turn in range(20_000 // len(PACK)):
        (tmp_path / name).write_bytes(_damaged(draw, content))
        found = read_all(tmp_path / name)
        said = [one for one in found if isinstance(one, Notice) or one.outcome.state != "complete"]
        assert said or [one.text for one in found] == [rows], turn

"""Archives for tests, and what was read in a few words."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

from backports import zstd

from connectors.files.notice import Notice


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes], style: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=style) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def brief(results) -> list[tuple[str, ...]]:
    """(path, reason, message) of a Notice, (path, state, text) of a stream."""
    return [
        (one.path, one.reason, one.message)
        if isinstance(one, Notice)
        else (one.path, one.outcome.state, one.text.decode())
        for one in results
    ]


CHECKED = {zstd.CompressionParameter.checksum_flag: 1}
TWO = {"a.log": b"one\n", "deep/b.log": b"two\nthree"}
WRITTEN = {
    "a.zip": zipped(TWO),
    "stored.zip": zipped(TWO, zipfile.ZIP_STORED),
    "bz2.zip": zipped(TWO, zipfile.ZIP_BZIP2),
    "ustar.tar": tarred(TWO, tarfile.USTAR_FORMAT),
    "gnu.tar": tarred(TWO, tarfile.GNU_FORMAT),
    "pax.tar": tarred(TWO),
    "a.tgz": gzip.compress(tarred(TWO)),
    "a.tar.zst": zstd.compress(tarred(TWO), options=CHECKED),
    "a.tar.bz2": bz2.compress(tarred(TWO)),
    "a.txz": lzma.compress(tarred(TWO)),
}

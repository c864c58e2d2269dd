"""Zip and tar: member by member, never unpacked, nothing lost without a word."""

import gzip
import hashlib
import io
import random
import stat
import tarfile
import zipfile

import pytest

from connectors.files.found import FoundFile
from connectors.files.limits import Limits
from connectors.files.notice import Notice
from connectors.files.stream import open_streams

from .archives import TWO, WRITTEN, brief, tarred, zipped


@pytest.mark.parametrize("name", WRITTEN)
def test_members_come_in_order(results, name):
    assert brief(results(name, WRITTEN[name])) == [
        (f"{name}!a.log", "complete", "one\n"),
        (f"{name}!deep/b.log", "complete", "two\nthree"),
    ]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_hash_of_a_member_is_that_of_its_content(results, name):
    first, _ = results(name, WRITTEN[name])
    assert first.outcome.sha256 == hashlib.sha256(b"one\n").hexdigest()


@pytest.mark.parametrize("name", WRITTEN)
def test_progress_adds_up_to_the_size_of_the_archive(tmp_path, read_all, name):
    steps: list[int] = []
    (tmp_path / name).write_bytes(WRITTEN[name])
    read_all(tmp_path / name, progress=steps.append)
    assert sum(steps) == len(WRITTEN[name])


@pytest.mark.parametrize("name", ["a.zip", "pax.tar", "a.tgz"])
def test_a_member_that_is_not_read_does_not_disturb_the_next(tmp_path, name):
    (tmp_path / name).write_bytes(WRITTEN[name])
    first, second = [], []
    for stream in open_streams(FoundFile(tmp_path / name, name, None), Limits()):
        first.append(stream)
        if len(first) == 2:
            second = [block.data for block in stream.blocks()]
    assert second == [b"two\nthree"]
    assert first[0].outcome().reason == "incomplete"
    assert first[0].outcome().sha256 == hashlib.sha256(b"one\n").hexdigest()
    with pytest.raises(RuntimeError, match="read once"):
        next(first[0].blocks())


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["../../etc/x.log", "a/../../x.log", "..", "a\\..\\x"])
def test_a_member_that_climbs_out_is_refused_and_the_others_read(results, pack, name):
    refused, good = results("a", pack({name: b"bad\n", "ok.log": b"good\n"}))
    assert (refused.path, refused.level, refused.reason) == (f"a!{name}", "error", "refused")
    assert "member name escapes the archive" in refused.message
    assert good.text == b"good\n"


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["/etc/x.log", "\\x.log", "C:/x.log", "C:\\x.log"])
def test_a_member_with_an_absolute_name_is_refused(results, pack, name):
    refused, good = results("a", pack({name: b"bad\n", "ok.log": b"good\n"}))
    assert "member name escapes the archive" in refused.message
    assert good.text == b"good\n"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_hidden_members_are_named_and_not_read(results, pack):
    found = results("a", pack({"__MACOSX/._a.log": b"x", ".git/b": b"x", "./ok.log": b"good\n"}))
    assert [one.path for one in found if isinstance(one, Notice)] == [
        "a!__MACOSX/._a.log",
        "a!.git/b",
    ]
    assert found[-1].text == b"good\n"


def test_links_and_devices_in_a_tar_are_refused(results):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]
        for number, kind in enumerate([*kinds, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, b"?"]):
            info = tarfile.TarInfo(f"m{number}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("folder")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
        archive.addfile(tarfile.TarInfo("ok.log"), io.BytesIO())
    found = results("a.tar", out.getvalue())
    assert [one.message.split(" in an")[0] for one in found[:-1]] == [
        "symbolic link",
        "hard link",
        "device",
        "device",
        "named pipe",
        "sparse file",
        "member of unknown kind '?'",
    ]
    assert found[-1].end == ("partial", "empty")


def test_a_link_in_a_zip_is_refused(results):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    (notice,) = results("a.zip", out.getvalue())
    assert notice.message == "link or device in an archive refused; only files are read"


@pytest.mark.parametrize("style", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_are_read(results, style):
    name = "d/" * 90 + "münchen-" + "x" * 150 + ".log"
    (one,) = results("a.tar", tarred({name: b"a\n"}, style))
    assert (one.path, one.text) == (f"a.tar!{name}", b"a\n")


def test_one_layer_of_compression_in_an_archive_that_has_none(results):
    """A plain tar, or a stored member, may hold compressed logs."""
    members = {"a.log.gz": gzip.compress(b"a\n"), "b.log": b"b\n"}
    assert brief(results("a.tar", tarred(members))) == [
        ("a.tar!a.log.gz", "complete", "a\n"),
        ("a.tar!b.log", "complete", "b\n"),
    ]
    stored, _ = results("a.zip", zipped(members, zipfile.ZIP_STORED))
    assert (stored.compression, stored.text) == ("zip+gzip", b"a\n")
    assert stored.outcome.sha256 == hashlib.sha256(members["a.log.gz"]).hexdigest()


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.zip", zipped), ("a.tgz", lambda members: gzip.compress(tarred(members)))],
)
def test_two_layers_of_compression_are_refused(results, name, pack):
    nested, good = results(name, pack({"a.log.gz": gzip.compress(b"a\n"), "b.log": b"b\n"}))
    assert (nested.reason, nested.message) == (
        "refused",
        "nested compression refused; unpack it first",
    )
    assert good.text == b"b\n"


@pytest.mark.parametrize(
    "inner",
    [zipped(TWO), tarred(TWO), gzip.compress(tarred(TWO))],
    ids=["zip", "tar", "tgz"],
)
def test_an_archive_in_an_archive_is_refused(results, inner):
    (nested,) = results("a.tar", tarred({"inner": inner}))
    assert nested.reason == "refused"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_with_too_many_members_is_refused_whole(results, pack):
    members = {f"{n}.log": b"x\n" for n in range(6)}
    assert len(results("a", pack(members), members=6)) == 6
    (notice,) = results("a", pack(members), members=5)
    assert (notice.reason, notice.message) == (
        "refused",
        "more than 5 members; unpack it first",
    )


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_empty_archive_is_said_to_be_empty(results, pack):
    found = results("a", pack({"folder/": b""}) if pack is zipped else pack({}) or b"")
    if pack is zipped:
        assert [(one.path, one.reason) for one in found] == [("a", "empty")]
    else:  # only zero bytes: nothing tells it from any other file of zero bytes
        assert len(found) == 1


def test_a_damaged_member_of_a_zip_fails_alone(results):
    content = bytearray(zipped({"a.log": b"one\n", "b.log": b"two\n"}, zipfile.ZIP_STORED))
    content[content.index(b"one")] ^= 1
    first, second = results("a.zip", bytes(content))
    assert (first.end, second.end) == (("failed", "corrupt"), ("complete", None))


def test_a_damaged_tar_gz_gives_no_member_at_all(results):
    """Its one checksum is at the end; it is verified before the first member is given."""
    noise = random.Random(7).randbytes(3 << 20)  # noqa: S311  test data
    content = bytearray(gzip.compress(tarred({"a.log": noise, "b.log": noise}), 1))
    content[-100] ^= 0xFF
    (notice,) = results("a.tgz", bytes(content))
    assert (notice.path, notice.reason) == ("a.tgz", "corrupt")


def test_a_cut_tar_gz_gives_its_whole_members_and_is_incomplete(results, rows):
    content = gzip.compress(tarred({"a.log": b"one\n", "b.log": rows * 50}))
    notice, first, second = results("a.tgz", content[: len(content) // 2])
    assert (notice.path, notice.reason) == ("a.tgz", "truncated")
    assert (first.end, first.text) == (("complete", None), b"one\n")
    assert second.end == ("partial", "truncated")
    assert second.text
    assert (rows * 50).startswith(second.text)
    assert second.outcome.cut == (second.outcome.decoded != len(second.text))


def test_a_tar_without_its_end_mark_is_incomplete(results):
    content = tarred({"a.log": b"one\n"})[:1024]
    notice, first = results("a.tar", content)
    assert (notice.reason, first.text) == ("truncated", b"one\n")


def test_a_damaged_tar_header_gives_nothing(results, rows):
    content = bytearray(tarred({"a.log": rows, "b.log": rows}, tarfile.USTAR_FORMAT))
    content[content.index(b"b.log")] = 0x7A
    (notice,) = results("a.tar", bytes(content))
    assert (notice.path, notice.reason) == ("a.tar", "corrupt")


def test_bytes_after_the_end_of_a_tar_are_told(results):
    notice, first = results("a.tar", tarred({"a.log": b"one\n"}) + b"x" * 600)
    assert (notice.reason, first.text) == ("malformed", b"one\n")


def pax(text: bytes) -> bytes:
    """A tar whose member has this pax header."""
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, len(text)
    return info.tobuf() + text + bytes(-len(text) % 512) + tarred({"a.log": b"one\n"})


@pytest.mark.parametrize(
    "text",
    [
        b"path=x\n",
        b"9 path=xxxxxx\n",
        b"99 path=x\n",
        b"10 pathxxx\n",
        b"123456789 path=x\n",
        b"1" * 5000 + b" path=x\n",
        b"1 path=x\n",
        b"12 size=1e3\n",
        b"29 size=99999999999999999999\n",
    ],
)
def test_a_damaged_pax_header_gives_nothing(results, text):
    (notice,) = results("a.tar", pax(text))
    assert (notice.path, notice.reason) == ("a.tar", "corrupt")


def test_a_pax_header_that_is_well_is_read(results):
    (one,) = results("a.tar", pax(b"14 path=b.log\n"))
    assert (one.path, one.text) == ("a.tar!b.log", b"one\n")


def test_a_huge_header_is_not_read_into_memory(results):
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 40
    (notice,) = results("a.tar", info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    assert notice.reason == "corrupt"


def test_a_member_of_impossible_size_is_truncated_not_waited_for(results):
    info = tarfile.TarInfo("a.log")
    info.size = 1 << 40
    notice, one = results("a.tar", info.tobuf(tarfile.GNU_FORMAT) + b"one\ntwo")
    assert (notice.reason, one.end) == ("truncated", ("partial", "truncated"))
    assert (one.text, one.outcome.cut) == (b"one\n", 1)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_more_than_the_total_is_refused_whole(results, pack):
    (notice,) = results("a", pack(TWO), total=12)
    assert notice.message == "holds more than 12 bytes; split it"
    assert len(results("a", pack(TWO), total=13)) == 2

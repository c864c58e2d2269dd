"""A real S3 server: what is listed, how names are taken, what is read."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from datetime import datetime

import pytest

from connectors.files.limits import Limits


def test_objects_below_a_prefix_are_read_in_the_order_of_their_names(s3, read, log):
    s3({"a/2.log": b"two\n", "a/1.log": log, "a/x/3.log": b"three\n", "ab/4.log": b"four\n"})
    assert list(read("s3://logs/a/").items()) == [
        ("s3://logs/a/1.log", ("complete", log)),
        ("s3://logs/a/2.log", ("complete", b"two\n")),
        ("s3://logs/a/x/3.log", ("complete", b"three\n")),
    ]
    assert list(read("s3://logs/a")) == list(read("s3://logs/a/"))
    assert list(read("s3://logs/a/2.log")) == ["s3://logs/a/2.log"]
    assert len(read("s3://logs")) == len(read("s3://logs/")) == 4


def test_more_objects_than_a_page_holds(s3, read, monkeypatch):
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
    s3({f"a/{n}": b"x\n" for n in range(10)})
    assert read("s3://logs/a/") == {f"s3://logs/a/{n}": ("complete", b"x\n") for n in range(10)}


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*.log", ["odd[1].log", "top.log"]),
        ("**/b.log", ["A/2/2026/03/02/b.log"]),
        ("A/{account}/%Y/%m/%d/", ["A/1/2026/03/01/a.log", "A/2/2026/03/02/b.log"]),
        ("A/{account}/2026/03/02/", ["A/2/2026/03/02/b.log"]),
        ("A/*/x/", ["A/1/x/c.txt"]),
        ("A/[13]", ["A/1/2026/03/01/a.log", "A/1/x/c.txt"]),
        ("t?p.log", ["top.log"]),
        ("odd[1].log", ["odd[1].log"]),
    ],
)
def test_places_in_a_name_are_filled(s3, read, pattern, fits):
    names = ["A/1/2026/03/01/a.log", "A/2/2026/03/02/b.log", "A/1/x/c.txt", "top.log", "odd[1].log"]
    s3(dict.fromkeys(names, b"x\n"))
    assert [path.removeprefix("s3://logs/") for path in read(f"s3://logs/{pattern}")] == fits


def test_a_date_is_asked_for_day_by_day(read, stand_in):
    stand_in.objects |= {
        f"A/{n}/2026/03/{day:02}/x.log": b"x\n" for n in "12" for day in range(1, 9)
    }
    when = {"since": datetime(2026, 3, 3, 12), "until": datetime(2026, 3, 4)}
    found = read("s3://b/A/{account}/%Y/%m/%d/", url=stand_in.url, **when)
    assert [path.split("/")[4:8:3] for path in found] == [
        ["1", "03"],
        ["1", "04"],
        ["2", "03"],
        ["2", "04"],
    ]
    listings = [path for path, _ in stand_in.asked if "list-type" in path]
    assert len(listings) == 5  # the accounts once, then each of two days of each


def test_an_object_is_a_source_as_its_file_is(s3, read, log, tmp_path, read_file):
    packed = gzip.compress(log)
    s3({"a.gz": packed, "cut.gz": packed[:-9], "bad.gz": packed[:-8] + b"\0" * 8})
    for name in ("a.gz", "cut.gz", "bad.gz"):
        (tmp_path / name).write_bytes(
            {"a.gz": packed, "cut.gz": packed[:-9], "bad.gz": packed[:-8] + b"\0" * 8}[name]
        )
        (as_file,) = read_file(tmp_path / name).values()
        (as_object,) = read(f"s3://logs/{name}").values()
        assert as_object == as_file


def test_an_object_of_many_ranges_is_hashed_whole(s3, read, streams):
    body = b"".join(b"%09d\n" % n for n in range(1_500_000))  # 15 MB: three ranges
    s3({"big.log": body})
    told = []
    (stream,) = streams("s3://logs/big.log", progress=told.append)
    with stream:
        assert b"".join(stream.chunks()) == body
        assert stream.outcome().sha256 == hashlib.sha256(body).hexdigest()
    assert sum(told) == len(body)


def test_a_look_at_the_head_fetches_no_more_than_the_beginning(s3, moto, streams, stand_in):
    stand_in.objects["big.log"] = b"x" * 1023 * 1024 * 4
    (stream,) = streams("s3://b/big.log", url=stand_in.url)
    with stream:
        stream.head()
    assert stand_in.times("big.log") == 1


def archive(kind: str, members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, body in members.items():
                file.writestr(name, body)
    else:
        with tarfile.open(fileobj=out, mode="w:gz" if kind == "tar.gz" else "w") as file:
            for name, body in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(body)
                file.addfile(info, io.BytesIO(body))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_archives_are_read_member_by_member(s3, read, log, kind):
    s3({f"a.{kind}": archive(kind, {"x/1.log": log, "2.log": b"two\n", "../3.log": b"three\n"})})
    found = read(f"s3://logs/a.{kind}")
    assert found[f"s3://logs/a.{kind}!x/1.log"] == ("complete", log)
    assert found[f"s3://logs/a.{kind}!2.log"] == ("complete", b"two\n")
    assert found[f"s3://logs/a.{kind}!../3.log"][0] == "refused"


def test_a_zip_larger_than_a_range_is_read_from_its_directory(s3, read):
    import random

    noise = random.Random(1).randbytes(7_000_000).hex().encode() + b"\n"  # noqa: S311
    s3({"a.zip": archive("zip", {"1": noise, "2": b"two\n"})})
    assert read("s3://logs/a.zip", limits=Limits(line=1 << 30)) == {
        "s3://logs/a.zip!1": ("complete", noise),
        "s3://logs/a.zip!2": ("complete", b"two\n"),
    }


HOSTILE = [
    "a/uni\u202eé.log",
    "a/%2f..%2f.log",
    "a/pct%.log",
    "a/q?#x.log",
    "a/" + "x" * 1000,
    "a/sp ace+plus.log",
    "a/back\\slash.log",
    "a/esc\x1b[31m.log",
    "a/tab\t.log",
    "a//double.log",
    "/lead.log",
    "a/slash.log/",
    "a/quote'\"<&>$(x)`.log",
]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_name_is_any_text(s3, read, key):
    s3({key: b"x\n", "b.log": b"y\n"})
    found = read("s3://logs/")
    assert found[f"s3://logs/{key}"] == ("complete", b"x\n")
    assert found["s3://logs/b.log"] == ("complete", b"y\n")


@pytest.mark.parametrize("key", ["a/../up.log", "../../x", "a/./b", ".."])
def test_a_name_with_dot_parts_is_refused_and_the_others_are_read(s3, read, key):
    s3({key: b"x\n", "b.log": b"y\n"})
    found = read("s3://logs/")
    assert found[f"s3://logs/{key}"][0] == "refused"
    assert found["s3://logs/b.log"] == ("complete", b"y\n")


def test_marks_of_folders_and_hidden_objects_are_counted(s3, read):
    s3({"a/": b"", "a/b/": b"", "a/.tmp/x": b"x\n", "a/_SUCCESS": b"", "a/1.log": b"x\n"})
    found = read("s3://logs/a/")
    assert found.pop("s3://logs/a/1.log") == ("complete", b"x\n")
    assert found.pop("s3://logs/a/_SUCCESS")[0] == "partial"  # empty, as an empty file is
    (said,) = found.values()
    assert said in (
        ("folder", "marks of folders, which hold nothing: 2"),
        ("hidden", "hidden objects, not read: 1, the first is a/.tmp/x"),
    )


def test_an_archived_object_is_told_and_the_others_are_read(s3, read):
    client = s3({"a/1.log": b"x\n"})
    client.put_object(Bucket="logs", Key="a/old.log", Body=b"y\n", StorageClass="GLACIER")
    found = read("s3://logs/a/")
    assert found["s3://logs/a/1.log"] == ("complete", b"x\n")
    message = "is archived and not available; restore it first, then scan again"
    assert found["s3://logs/a/old.log"] == ("unreadable", message)


def test_what_is_not_there_is_missing(s3, read):
    s3({"a/1.log": b"x\n"})
    for address in ("s3://logs/b/", "s3://logs/a/1", "s3://logs/*.gz", "s3://nowhere/"):
        assert [reason for reason, _ in read(address).values()] == ["missing"], address


@pytest.mark.parametrize("address", ["s3://", "s3:///a", "s3://-b/", "s3://a b/", "s3://b@UP!/x"])
def test_an_address_without_a_bucket_is_refused(read, address):
    assert [reason for reason, _ in read(address).values()] == ["refused"]

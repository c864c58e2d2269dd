"""Servers that fail: one object is one account, the others are read, and the reason is named."""

import pytest

from connectors.files.discover import discover
from connectors.files.objects.access import Access
from connectors.files.objects.trouble import stopped

BIG = b"0123456789abcde\n" * (1 << 16)  # 1 MiB: a beginning and one range more
ODD = [
    "a//b.log",
    "a/b.log/",
    "a/%2f.log",
    "a/\u202e.log",
    "a/q?#.log",
    "a/\x01\t.log",
    "a&b+ c.log",
]
NAMES = {
    "s3": ("s3://b/", "s3://b"),
    "gs": ("gs://b/", "gs://b"),
    "az": ("az://b@account/", "az://b@account"),
}


@pytest.fixture(params=NAMES)
def store(request, stand_in, read):
    """`store(address)`: read from the stand-in without credentials, by one kind of store."""
    address, shown = NAMES[request.param]

    def reader(**options):
        options = {"anonymous": True, "url": stand_in.url, **options}
        found = read(address, **options)
        return {path.removeprefix(shown).removeprefix("/"): end for path, end in found.items()}

    return reader


@pytest.mark.parametrize(
    ("fault", "reason", "message"),
    [
        (
            "denied",
            "denied",
            "reading is denied (AccessDenied); allow the scanning account to do it",
        ),
        ("expired", "denied", "the store refused the credentials (ExpiredToken); renew them"),
        (
            "archived",
            "unreadable",
            "is archived and not available; restore it first, then scan again",
        ),
        ("gone", "missing", "is gone since it was listed; scan again"),
        ("changed", "transient", "changed while it was read; scan it again"),
        (
            "busy",
            "throttled",
            "the store asked to slow down (SlowDown), also after 1 retries; scan again later",
        ),
        ("broken", "transient", "the store failed (InternalError); scan it again"),
        (
            "cut",
            "transient",
            "the store did not answer, or broke off, after 1 retries; scan it again",
        ),
        ("short", "transient", "the store sent 10 of 786432 bytes; scan it again"),
        ("whole", "refused", "the store does not give parts of objects; fetch it first"),
    ],
)
def test_one_object_fails_and_the_others_are_read(store, stand_in, fault, reason, message):
    stand_in.objects |= {"1.log": b"one\n", "2.log": BIG, "3.log": b"three\n"}
    stand_in.faults["2.log"] = fault
    found = store()
    assert found.pop("2.log") == (reason, message)
    assert found == {"1.log": ("complete", b"one\n"), "3.log": ("complete", b"three\n")}


def test_a_store_that_is_busy_for_a_while_is_asked_again(store, stand_in):
    stand_in.objects["1.log"] = b"one\n"
    stand_in.faults["1.log"] = "busy-twice"
    assert store(retries=3) == {"1.log": ("complete", b"one\n")}
    assert stand_in.times("1.log") == 3


def test_marks_of_folders_are_no_empty_files(store, stand_in):
    marks = {"a/": b"", "a/b/": b"", "c": b""}  # the last as Azure's hierarchies have it
    stand_in.objects |= {**marks, "a/b/1.log": b"x\n", "c/2.log": b"x\n", "empty.log": b""}
    found = store()
    assert found.pop("empty.log")[0] == "partial"
    assert found.pop("") == ("folder", "marks of folders, which hold nothing: 3")
    assert found == {"a/b/1.log": ("complete", b"x\n"), "c/2.log": ("complete", b"x\n")}


def test_one_object_needs_no_right_to_list(read, stand_in):
    stand_in.objects["1.log"] = b"one\n"
    stand_in.listing = "denied"
    for address in ("s3://b/1.log", "gs://b/1.log", "az://b@account/1.log"):
        (found,) = read(address, url=stand_in.url, anonymous=True).values()
        assert found == ("complete", b"one\n")


def test_a_store_that_never_answers_is_waited_for_no_longer_than_said(store, stand_in):
    stand_in.objects |= {"1.log": b"one\n", "2.log": b"two\n"}
    stand_in.faults["1.log"] = "mute"
    found = store(timeout=1.0, retries=0)  # in which the other object is read
    assert found["1.log"][0] == "transient"
    assert found["2.log"] == ("complete", b"two\n")


def test_all_pages_of_a_listing_are_asked_for(store, stand_in):
    stand_in.objects |= {f"{n}.log": b"x\n" for n in range(7)}
    assert list(store()) == [f"{n}.log" for n in range(7)]


@pytest.mark.parametrize(
    ("fault", "reason", "message"),
    [
        (
            "denied",
            "denied",
            "listing is denied (AccessDenied); allow the scanning account to do it",
        ),
        (
            "busy",
            "throttled",
            "the store asked to slow down (SlowDown), also after 1 retries; scan again later",
        ),
        ("broken", "transient", "the store failed (InternalError); scan it again"),
    ],
)
def test_a_listing_that_fails_is_an_account_that_names_the_bucket(
    store, stand_in, fault, reason, message
):
    stand_in.objects["1.log"] = b"one\n"
    stand_in.listing = fault
    assert store() == {"": (reason, message)}


def test_a_name_is_any_text(store, stand_in):
    stand_in.objects |= dict.fromkeys(ODD, BIG)
    assert store() == dict.fromkeys(ODD, ("complete", BIG))


def test_an_object_of_an_odd_name_fails_as_others_do(store, stand_in):
    stand_in.objects |= {"a//1.log": BIG, "a//2.log": BIG, "a//3.log": BIG}
    stand_in.faults |= {"a//1.log": "denied", "a//2.log": "changed", "a//3.log": "cut"}
    assert [reason for reason, _ in store().values()] == ["denied", "transient", "transient"]


@pytest.mark.parametrize("body", [b"", b"<", b"<html>sign in</html>", b"\xff\0", b"<a>" * 9999])
def test_an_answer_that_is_no_listing_is_told(store, stand_in, body):
    stand_in.nonsense = body
    ((reason, _),) = store().values()
    assert reason in {"transient", "refused", "missing"}


def test_a_listing_that_fails_half_way_reads_what_was_listed_and_says_so(store, stand_in):
    stand_in.objects |= {f"{n}.log": b"x\n" for n in range(7)}
    stand_in.listing, stand_in.listing_from = "denied", 2
    found = store()
    reason, message = found.pop("")
    assert reason == "denied"
    assert message.endswith("; of the rest 4 objects were listed")
    assert list(found) == [f"{n}.log" for n in range(4)]


def test_once_an_object_failed_it_fails_until_its_turn_is_over(stand_in):
    """Else a first look might fail, the second succeed, and what grew be counted twice."""
    stand_in.objects["1.log"] = b"one\n"
    stand_in.faults["1.log"] = "denied"
    access = Access(stand_in.url, allow_private=True, anonymous=True, retries=0)
    (found,) = discover(["s3://b/1.log"], access)
    assert found.open(None).reason == "denied"
    stand_in.faults.clear()
    assert found.open(None).reason == "denied"
    found.release()
    opened = found.open(None)
    assert opened.more() == b"one\n"
    opened.close()


def test_a_store_that_is_not_there_is_told(read):
    found = read("s3://b/", "gs://b/", "az://b@account/", url="http://127.0.0.1:9", anonymous=True)
    assert {reason for reason, _ in found.values()} == {"transient"}
    assert list(found) == ["s3://b/", "gs://b/", "az://b@account/"]


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (409, "BlobArchived", "unreadable"),
        (401, "", "denied"),
        (429, "", "throttled"),
        (503, "ServerBusy", "throttled"),
        (412, "PreconditionFailed", "transient"),
        (301, "PermanentRedirect", "refused"),
        (400, "InvalidRequest", "refused"),
        (502, "", "transient"),
        (None, "", "transient"),
    ],
)
def test_every_answer_has_a_reason(status, code, reason):
    assert stopped(status, code, listing=False, retries=1).reason == reason

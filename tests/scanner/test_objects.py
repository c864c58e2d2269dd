"""Scans of object stores: objects count as their files do, and what fails is one account."""

import gzip

import boto3
import pytest

from scanner.errors import NothingToScan
from tests.connectors.files.objects.stand_in import StandIn
from tests.stores import moto_server

HEADER = "ts,src_ip,user,dst_host,dst_port\n"
SECRET = "wJalrHUSH"  # noqa: S105


def lines(first: int, last: int, host: str = "api.openai.com") -> str:
    return "".join(
        f"2026-03-01T00:00:{n:02}Z,10.0.0.1,ada,{host},443\n" for n in range(first, last)
    )


def log(first: int, last: int, host: str = "api.openai.com") -> bytes:
    return (HEADER + lines(first, last, host)).encode()


@pytest.fixture(autouse=True)
def somebody(monkeypatch, tmp_path):
    """Credentials that stand for nobody, and none of the machine's own."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def stand_in():
    server = StandIn()
    server.page = 1000
    yield server
    server.stop()


@pytest.fixture
def scan(census, stand_in):
    """`scan(address, ...) -> document`: from the stand-in."""

    def once(*paths, **options):
        return census(*paths, **{"endpoint_url": stand_in.url, "allow_private": True, **options})

    return once


@pytest.fixture(scope="module")
def moto():
    """The address of a moto server."""
    with moto_server() as address:
        yield address


def ends(document) -> dict[str, tuple[str, str | None]]:
    return {one["path"]: (one["status"], one["reason"]) for one in document["sources"]}


def test_a_bucket_counts_as_the_folder_does(census, moto, tmp_path):
    client = boto3.client("s3", endpoint_url=moto, region_name="us-east-1")
    client.create_bucket(Bucket="logs")
    for n in range(20):
        body = log(n, n + 9, "api.mistral.ai" if n % 2 else "api.openai.com")
        body = gzip.compress(body) if n % 3 else body
        path = tmp_path / "logs" / f"{n % 4}" / f"{n:02}.csv{'.gz' if n % 3 else ''}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        key = str(path.relative_to(tmp_path / "logs"))
        client.put_object(Bucket="logs", Key=key, Body=body)
    objects = census("s3://logs/", endpoint_url=moto, allow_private=True)
    files = census(tmp_path / "logs")  # into the same store: all of it was read before
    assert objects["totals"]["ok"] == 180
    assert files["totals"]["ok"] == 0
    assert set(ends(files).values()) == {("complete", "duplicate")}
    assert [one["sha256"] for one in objects["sources"]] == [
        one["sha256"] for one in files["sources"]
    ]


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ("denied", ("denied", "denied")),
        ("archived", ("failed", "unreadable")),
        ("gone", ("failed", "missing")),
        ("changed", ("failed", "transient")),
    ],
)
def test_one_object_that_fails_is_one_account_of_an_incomplete_run(scan, stand_in, fault, end):
    stand_in.objects |= {f"a/{n}.csv": log(n, n + 5) for n in range(3)}
    stand_in.objects["a/1.csv"] = log(0, 5) + log(0, 9999, "api.mistral.ai")  # more than a range
    stand_in.faults["a/1.csv"] = fault
    found = scan("s3://b/a/")
    complete = ("complete", None)
    assert ends(found) == {
        "s3://b/a/0.csv": complete, "s3://b/a/1.csv": end, "s3://b/a/2.csv": complete,
    }  # fmt: skip
    assert found["run"]["exit_code"] == 3
    assert found["totals"]["ok"] == 10
    (failed,) = [one for one in found["sources"] if one["path"] == "s3://b/a/1.csv"]
    assert set(failed["rows"].values()) == {0}
    cells = [one for one in found["coverage"] if one["state"] not in {"complete", "screened"}]
    assert [(one["state"], one["reason"]) for one in cells] == [end]


def test_an_object_that_fails_in_the_middle_of_a_scan_counts_nothing(scan, stand_in):
    """Its first half was read and matched; half an object is no answer."""
    stand_in.objects["a/1.csv"] = log(0, 30000)
    stand_in.faults["a/1.csv"] = "changed"
    found = scan("s3://b/a/", format="generic_csv")
    assert found["assets"] == []
    assert set(found["totals"].values()) == {0}


def test_a_bucket_that_may_not_be_listed_is_a_denied_source(scan, stand_in):
    stand_in.listing = "denied"
    found = scan("s3://b/a/")
    assert ends(found) == {"s3://b/a/": ("denied", "denied")}
    assert found["run"]["exit_code"] == 3


def test_a_bucket_beside_a_folder_that_fails_does_not_end_the_scan(scan, stand_in, tmp_path):
    (tmp_path / "x.csv").write_bytes(log(0, 5))
    stand_in.listing = "denied"
    found = scan("s3://b/a/", tmp_path / "x.csv")
    assert found["totals"]["ok"] == 5
    assert ends(found)["s3://b/a/"] == ("denied", "denied")


def test_an_empty_listing_is_nothing_to_scan(scan, stand_in):
    with pytest.raises(NothingToScan, match="s3://b/a/: does not exist"):
        scan("s3://b/a/")


def test_the_order_of_answers_changes_nothing(scan, stand_in):
    stand_in.objects |= {f"a/{n:02}.csv": log(n, n + 5) for n in range(40)}
    paths = [one["path"] for one in scan("s3://b/a/")["sources"]]
    assert paths == [f"s3://b/a/{n:02}.csv" for n in range(40)]


def test_an_object_that_grew_counts_what_was_added(scan, stand_in):
    stand_in.objects["a.csv"] = log(0, 5)
    scan("s3://b/a.csv")
    stand_in.objects["a.csv"] = log(0, 12)
    again = scan("s3://b/a.csv")
    assert again["totals"]["ok"] == 7
    assert [asset["hits"] for asset in again["assets"]] == [12]


def test_an_object_that_grew_and_fails_once_counts_nothing_twice(scan, stand_in):
    stand_in.objects["a.csv"] = log(0, 5)
    scan("s3://b/a.csv")
    stand_in.objects["a.csv"] = log(0, 12)
    stand_in.faults["a.csv"] = "denied"
    failed = scan("s3://b/a.csv")
    assert (failed["totals"]["ok"], ends(failed)["s3://b/a.csv"][0]) == (0, "denied")
    stand_in.faults.clear()
    assert scan("s3://b/a.csv")["totals"]["ok"] == 7


def test_no_secret_is_shown_or_stored(scan, stand_in, tmp_path, capfd):
    stand_in.objects |= {"1.csv": log(0, 5), "2.csv": log(0, 6)}
    stand_in.faults["2.csv"] = "denied"
    document = scan("s3://b/")
    shown = capfd.readouterr()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for text in (str(document), shown.out, shown.err, stored.decode("latin-1")):
        assert SECRET not in text
        assert "AKIAEXAMPLE" not in text


def test_the_endpoint_is_the_user_s_and_never_a_log_s(scan, stand_in):
    """A log that names an address has it looked at, not asked."""
    stand_in.objects["a.csv"] = log(0, 3, "s3.evil.example")
    before = scan("s3://b/a.csv")
    assert before["totals"]["ok"] == 3
    assert {asked["host"] for _, asked in stand_in.asked} == {f"127.0.0.1:{stand_in.server_port}"}

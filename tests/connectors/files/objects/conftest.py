"""Stores on loopback: moto for what S3 does, a stand-in for what stores do wrong."""

import boto3
import pytest

from connectors.files.discover import discover
from connectors.files.limits import Limits
from connectors.files.notice import Notice
from connectors.files.objects.access import Access
from connectors.files.stream import open_streams
from tests.connectors.files.objects.stand_in import StandIn
from tests.stores import moto_server

LOG = b"".join(b"%d,10.0.0.%d,api.example.net,%d\n" % (n, n % 250, n * 977) for n in range(400))


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """No credentials of the machine, and no metadata service that could give any."""
    machine_s_own = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_REGION",
                     "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")  # fmt: skip
    for name in machine_s_own:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")


@pytest.fixture(scope="session")
def moto():
    """The address of a moto server."""
    with moto_server() as address:
        yield address


@pytest.fixture(scope="session")
def client(moto):
    """A client of the moto server."""
    return boto3.client(
        "s3",
        endpoint_url=moto,
        region_name="us-east-1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="hush-hush",  # noqa: S106
    )


@pytest.fixture
def s3(client):
    """`s3({key: bytes}, bucket)`: a bucket that holds them; gives the client."""
    made = []

    def fill(objects: dict[str, bytes], bucket: str = "logs"):
        client.create_bucket(Bucket=bucket)
        made.append(bucket)
        for key, body in objects.items():
            client.put_object(Bucket=bucket, Key=key, Body=body)
        return client

    yield fill
    for bucket in made:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for one in page.get("Contents", ()):
                client.delete_object(Bucket=bucket, Key=one["Key"])
        client.delete_bucket(Bucket=bucket)


@pytest.fixture
def stand_in():
    """A store that can be told to fail."""
    server = StandIn()
    yield server
    server.stop()


@pytest.fixture
def log():
    """400 lines, 12 KB."""
    return LOG


def read_all(found, progress=None, limits=None) -> dict[str, tuple[str, bytes | str]]:
    """What was found -> (state or reason, its text or what was said), wholly read."""
    results = {}
    for one in found:
        if isinstance(one, Notice):
            results[one.path] = (one.reason, one.message)
            continue
        for opened in open_streams(one, limits or Limits(), progress):
            if isinstance(opened, Notice):
                results[opened.path] = (opened.reason, opened.message)
                continue
            with opened as stream:
                text = b"".join(stream.chunks())
                outcome = stream.outcome()
            if outcome.state == "failed":
                results[stream.path] = (outcome.reason, outcome.notices[-1].message)
            else:
                results[stream.path] = (outcome.state, text)
        one.release()
    return results


@pytest.fixture
def read(moto):
    """`read(address, ...)`: everything below it, from moto or from `url`."""

    def reader(*paths, url=moto, progress=None, limits=None, **options):
        access = Access(url, allow_private=True, **{"retries": 1, "timeout": 30.0, **options})
        return read_all(discover(paths, access), progress, limits)

    return reader


@pytest.fixture
def read_file():
    """`read_file(path)`: the same of a file."""
    return lambda path: read_all(discover([str(path)]))


@pytest.fixture
def streams(moto):
    """`streams(address)`: opened, and not yet read."""

    def opened(address, url=moto, progress=None):
        access = Access(url, allow_private=True, retries=1, timeout=30.0)
        (found,) = discover([address], access)
        return open_streams(found, Limits(), progress)

    return opened

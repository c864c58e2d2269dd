"""Which addresses may be asked, with which credentials; and that no secret leaves."""

import json
import logging
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.files.discover import discover
from connectors.files.objects.access import Access, checked
from connectors.files.raw import Stopped

SECRET = "wJalrHUSH"  # noqa: S105


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        ("http://93.184.216.34", "speaks plain http; add --allow-private if it is meant"),
        ("https://127.0.0.1:9000", "is a private address; add --allow-private if it is meant"),
        ("https://10.0.0.7", "is a private address; add --allow-private if it is meant"),
        ("https://[::1]:1", "is a private address; add --allow-private if it is meant"),
        ("https://[::ffff:10.0.0.7]", "is a private address; add --allow-private if it is meant"),
        ("https://localhost", "is a private address; add --allow-private if it is meant"),
    ],
)
def test_plain_http_and_private_addresses_are_asked_only_if_that_is_said(endpoint, message):
    with pytest.raises(Stopped, match=message) as caught:
        checked(endpoint, Access())
    assert caught.value.reason == "refused"
    assert checked(endpoint, Access(allow_private=True)) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://169.254.169.254/latest",
        "http://[fe80::1]",
        "http://[::ffff:169.254.169.254]",
        "ftp://store.example",
        "store.example",
        "https://",
        f"https://me:{SECRET}@store.example",
        f"https://store.example/?sig={SECRET}",
    ],
)
def test_some_addresses_are_never_asked(endpoint):
    with pytest.raises(Stopped) as caught:
        checked(endpoint, Access(allow_private=True))
    assert SECRET not in str(caught.value)


def test_a_public_address_is_asked():
    assert checked("https://93.184.216.34/s3/", Access()) == "https://93.184.216.34/s3"


@pytest.mark.parametrize(
    ("name", "region", "url"),
    [
        ("logs", "eu-west-1", "https://logs.s3.eu-west-1.amazonaws.com/a/b"),
        ("my.logs", "eu-west-1", "https://s3.eu-west-1.amazonaws.com/my.logs/a/b"),
        ("logs", "cn-north-1", "https://logs.s3.cn-north-1.amazonaws.com.cn/a/b"),
    ],
)
def test_a_bucket_of_aws_is_asked_where_it_is(monkeypatch, name, region, url):
    import obstore

    from connectors.files.objects.s3 import S3Bucket

    monkeypatch.setattr(S3Bucket, "_region", lambda _: region)
    bucket = S3Bucket(name, Access())
    signed = obstore.sign(bucket._store, "GET", "a/b", timedelta(seconds=1))
    assert signed.partition("?")[0] == url


def headers(stand_in) -> dict[str, str]:
    return stand_in.asked[-1][1]


def texts(address: str, access: Access) -> list[str]:
    """Opens what is found; gives what was said."""
    said = []
    for one in discover([address], access):
        opened = one.open(None) if hasattr(one, "open") else one
        said.append(str(opened) if hasattr(opened, "reason") else "opened")
        if said[-1] == "opened":
            opened.close()
    return said


@pytest.fixture
def here(stand_in):
    """How the stand-in is reached; it holds one object."""
    stand_in.objects["1.log"] = b"one\n"
    return Access(stand_in.url, allow_private=True, retries=0, timeout=2)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_an_endpoint_of_the_environment_is_held_to_the_same_rule(stand_in, here, monkeypatch, name):
    monkeypatch.setenv(name, stand_in.url)
    (said,) = texts("s3://b/", Access())
    assert said.startswith("s3://b/: the endpoint 127.0.0.1 speaks plain http")
    assert stand_in.asked == []
    assert texts("s3://b/", Access(allow_private=True)) == ["opened"]


def test_an_endpoint_of_the_profile_is_held_to_the_same_rule(stand_in, here, monkeypatch, tmp_path):
    (tmp_path / "AWS_CONFIG_FILE").write_text(
        f"[profile mine]\nregion = eu-west-1\nendpoint_url = {stand_in.url}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "mine")
    (said,) = texts("s3://b/", Access())
    assert said.startswith("s3://b/: the endpoint 127.0.0.1 speaks plain http")
    assert texts("s3://b/", Access(allow_private=True)) == ["opened"]
    assert "/eu-west-1/s3/" in headers(stand_in)["authorization"]


def test_keys_of_the_environment_sign_listing_and_reading(stand_in, here, monkeypatch):
    assert texts("s3://b/", here) == ["opened"]
    assert all("Credential=AKIAEXAMPLE/" in asked["authorization"] for _, asked in stand_in.asked)


def test_a_profile_signs(stand_in, here, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (tmp_path / "AWS_SHARED_CREDENTIALS_FILE").write_text(
        f"[audit]\naws_access_key_id = AKIAAUDIT\naws_secret_access_key = {SECRET}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "audit")
    assert texts("s3://b/", here) == ["opened"]
    assert "Credential=AKIAAUDIT/" in headers(stand_in)["authorization"]


def test_a_role_is_assumed(stand_in, here, moto, monkeypatch, tmp_path):
    (tmp_path / "AWS_CONFIG_FILE").write_text(
        "[profile base]\nregion = us-east-1\n[profile audit]\nregion = us-east-1\n"
        "role_arn = arn:aws:iam::123456789012:role/audit\nsource_profile = base\n"
    )
    (tmp_path / "AWS_SHARED_CREDENTIALS_FILE").write_text(
        f"[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = {SECRET}\n"
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_PROFILE", "audit")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", moto)
    assert texts("s3://b/", here) == ["opened"]
    assert "Credential=ASIA" in headers(stand_in)["authorization"]
    assert headers(stand_in)["x-amz-security-token"]


def test_a_web_identity_is_exchanged(stand_in, here, moto, monkeypatch, tmp_path):
    (tmp_path / "token").write_text("a.b.c")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/audit")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", moto)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert texts("s3://b/", here) == ["opened"]
    assert "Credential=ASIA" in headers(stand_in)["authorization"]


def test_without_credentials_the_bucket_is_denied_and_says_what_to_do(here, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert texts("s3://b/", here) == [
        "s3://b/: no AWS credentials were found; set a profile or role, or add --anonymous"
    ]


def test_a_profile_that_does_not_exist_is_told(here, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    (said,) = texts("s3://b/", here)
    assert said == (
        "s3://b/: the AWS credentials cannot be used (ProfileNotFound); renew or mend them"
    )


def test_credentials_that_cannot_be_renewed_are_told(stand_in, here, monkeypatch):
    from botocore.credentials import Credentials
    from botocore.exceptions import CredentialRetrievalError

    stand_in.objects["2.log"] = b"two\n"
    given = Credentials.get_frozen_credentials

    def ending(self):
        if threading.current_thread() is threading.main_thread():  # the listing
            return given(self)
        raise CredentialRetrievalError(provider="sso", error_msg=SECRET)

    monkeypatch.setattr(Credentials, "get_frozen_credentials", ending)
    assert texts("s3://b/", here) == [
        f"s3://b/{n}.log: the credentials could not be renewed (CredentialRetrievalError); "
        "renew them"
        for n in (1, 2)
    ]


@pytest.mark.parametrize("endpoint", ["store.example", "", "https://", "s3://x", "https://a b/"])
def test_an_endpoint_that_is_none_is_refused(endpoint, monkeypatch):
    for address in ("s3://b/", "gs://b/", "az://b@account/"):
        (said,) = texts(address, Access(endpoint or "x", allow_private=True))
        assert "the endpoint is no http(s) address" in said
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint or "x")
    (said,) = texts("s3://b/", Access(allow_private=True))
    assert "the endpoint is no http(s) address" in said


@pytest.mark.parametrize("address", ["s3://b/", "gs://b/", "az://b@account/"])
def test_anonymous_signs_nothing(stand_in, here, address):
    access = Access(here.endpoint_url, allow_private=True, anonymous=True, retries=0)
    assert texts(address, access) == ["opened"]
    assert not any("authorization" in asked for _, asked in stand_in.asked)


class _Tokens(BaseHTTPRequestHandler):
    """A token service: of Google's OAuth, and of an Azure managed identity."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        self._give()

    def do_GET(self):
        self._give()

    def _give(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        body = json.dumps({
            "access_token": SECRET, "token_type": "Bearer", "expires_in": 3600,
            "expires_on": "4102444800", "resource": "https://storage.azure.com",
        }).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def tokens():
    """The address of a token service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Tokens)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_google_credentials_are_the_application_default_ones(
    stand_in, here, tokens, monkeypatch, tmp_path
):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "key.json").write_text(
        json.dumps({
            "type": "service_account", "project_id": "p", "private_key_id": "1",
            "private_key": key.decode(), "client_email": "a@p.iam.gserviceaccount.com",
            "token_uri": f"{tokens}/token",
        })
    )  # fmt: skip
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    assert texts("gs://b/", here) == ["opened"]
    assert {asked["authorization"] for _, asked in stand_in.asked} == {f"Bearer {SECRET}"}
    assert headers(stand_in)["accept-encoding"] == "gzip"  # bytes as stored, so that ranges hold


def test_google_credentials_that_do_not_exist_are_told(here, monkeypatch, tmp_path):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nothing.json"))
    assert texts("gs://b/", here) == [
        "gs://b/: no Google credentials were found; log in, name a key file, or --anonymous"
    ]


def test_azure_credentials_are_those_of_the_default_chain(stand_in, here, tokens, monkeypatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{tokens}/msi")
    monkeypatch.setenv("IDENTITY_HEADER", "x")
    assert texts("az://b@account/", here) == ["opened"]
    assert {asked["authorization"] for _, asked in stand_in.asked} == {f"Bearer {SECRET}"}


def test_the_sdks_say_nothing_themselves(here):
    """Python prints warnings that nobody handles, and the SDKs' are pages long."""
    texts("gs://b/", Access(anonymous=True, endpoint_url=here.endpoint_url))
    texts("az://b@account/", Access(anonymous=True, endpoint_url=here.endpoint_url))
    for name in ("azure.identity", "google.auth._default", "urllib3.connectionpool", "botocore"):
        logger = logging.getLogger(name)
        while not logger.handlers and logger.parent is not logging.root:
            logger = logger.parent
        assert logging.NullHandler in map(type, logger.handlers), name


def test_an_azure_address_needs_an_account(here, monkeypatch):
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    (said,) = texts("az://b/", here)
    assert said == (
        "az://b/: names no account; write az://b@ACCOUNT/prefix/ or set AZURE_STORAGE_ACCOUNT_NAME"
    )


@pytest.mark.parametrize("address", ["s3://b@account/", "gs://b@account/"])
def test_other_addresses_name_no_account(here, address):
    (said,) = texts(address, here)
    assert "names no account" in said

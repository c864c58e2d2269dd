"""Buckets of Google Cloud Storage. Credentials are google-auth's application default ones."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import google.auth
import google.auth.exceptions
from google.auth.transport.requests import Request
from obstore.store import GCSStore

from connectors.files.objects.access import checked
from connectors.files.objects.bucket import Listed, client_options, retry_config
from connectors.files.objects.rest import RestBucket, decoded, text, texts
from connectors.files.objects.trouble import NotRenewed
from connectors.files.raw import Stopped

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from google.auth.credentials import Credentials
    from obstore.store import GCSCredential

    from connectors.files.objects.access import Access

logging.getLogger("google").addHandler(logging.NullHandler())  # we say it in one line
_SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"
_USUAL = "https://storage.googleapis.com"


def opened(name: str, account: str | None, access: Access) -> GoogleBucket:
    """The bucket of that name. Raises Stopped."""
    if account is not None:
        raise Stopped("refused", "a gs address names no account; write gs://bucket/prefix/")
    endpoint = access.endpoint_url
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    if endpoint is None and emulator:
        endpoint = emulator if "://" in emulator else f"http://{emulator}"
    if endpoint is not None:
        endpoint = checked(endpoint, access)
    fresh = None if access.anonymous else _Fresh()
    options = client_options(endpoint, access)
    options["default_headers"] = GoogleBucket.headers
    store = GCSStore(
        name,
        config={"base_url": endpoint or _USUAL},
        skip_signature=access.anonymous,
        credential_provider=fresh,
        client_options=options,
        retry_config=retry_config(access),
    )
    url = f"{endpoint or _USUAL}/{quote(name)}"
    return GoogleBucket(f"gs://{name}", store, access, url, fresh.token if fresh else None)


class GoogleBucket(RestBucket):
    """The XML interface, which is S3's in all but credentials."""

    query = {"list-type": "2", "encoding-type": "url"}  # noqa: RUF012  never changed
    more = "continuation-token"
    # else the server decompresses what was stored with Content-Encoding: gzip, and knows no ranges
    headers = {"accept-encoding": "gzip"}  # noqa: RUF012

    def page(self, root: Element) -> tuple[list[Listed], list[str], str]:
        """One answer. Raises ValueError."""
        encoded = text(root, "{*}EncodingType") == "url"
        named = decoded if encoded else str
        objects = []
        for one in root.findall("{*}Contents"):
            key, size = named(text(one, "{*}Key")), int(text(one, "{*}Size"))
            objects.append(Listed(key, size, key.endswith("/") and not size))
        folders = [named(prefix) for prefix in texts(root, "{*}CommonPrefixes/{*}Prefix")]
        return objects, folders, text(root, "{*}NextContinuationToken")


class _Fresh:
    """A token that may read and no more, as obstore asks for it."""

    def __init__(self) -> None:
        try:
            self._credentials, _ = google.auth.default(scopes=[_SCOPE])
            _renew(self._credentials)
        except google.auth.exceptions.DefaultCredentialsError:
            message = "no Google credentials were found; log in, name a key file, or --anonymous"
            raise Stopped("denied", message) from None
        except google.auth.exceptions.GoogleAuthError as error:
            name = type(error).__name__
            message = f"the Google credentials cannot be used ({name}); renew or mend them"
            raise Stopped("denied", message) from None

    def token(self) -> str:
        """One that is still good. Raises Stopped."""
        try:
            return self._renewed()[0]
        except NotRenewed as error:
            raise error.stopped from None

    def __call__(self) -> GCSCredential:
        token, until = self._renewed()
        return {"token": token, "expires_at": until}

    def _renewed(self) -> tuple[str, datetime | None]:
        """The token, and when it ends. Raises NotRenewed."""
        if not self._credentials.valid:
            try:
                _renew(self._credentials)
            except google.auth.exceptions.GoogleAuthError as error:
                raise NotRenewed(error) from None
        expiry = self._credentials.expiry
        return str(self._credentials.token), expiry.replace(tzinfo=UTC) if expiry else None


def _renew(credentials: Credentials) -> None:
    credentials.refresh(Request())  # type: ignore[no-untyped-call]  # google-auth's own gap

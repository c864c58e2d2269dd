"""Buckets of Google Cloud Storage. Credentials are google-auth's application default ones."""

from __future__ import annotations

import os
from datetime import UTC
from typing import TYPE_CHECKING

import google.auth
import google.auth.exceptions
from google.auth.transport.requests import Request
from obstore.store import GCSStore

from connectors.files.objects.access import checked
from connectors.files.objects.bucket import Bucket, client_options, retry_config
from connectors.files.raw import Stopped

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from obstore.store import GCSConfig, GCSCredential

    from connectors.files.objects.access import Access

_SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"


def opened(name: str, account: str | None, access: Access) -> Bucket:
    """The bucket of that name. Raises Stopped."""
    if account is not None:
        raise Stopped("refused", "a gs address names no account; write gs://bucket/prefix/")
    endpoint = access.endpoint_url or os.environ.get("STORAGE_EMULATOR_HOST")
    config: GCSConfig = {"base_url": "https://storage.googleapis.com"}
    if endpoint:
        endpoint = checked(endpoint if "://" in endpoint else f"http://{endpoint}", access)
        config["base_url"] = endpoint
    # else the server decompresses what was stored with Content-Encoding: gzip, and knows no ranges
    options = client_options(endpoint, access)
    options["default_headers"] = {"accept-encoding": "gzip"}
    store = GCSStore(
        name,
        config=config,
        skip_signature=access.anonymous,
        credential_provider=None if access.anonymous else _Fresh(),
        client_options=options,
        retry_config=retry_config(access),
    )
    return Bucket(f"gs://{name}", store, access)


def _renew(credentials: Credentials) -> None:
    credentials.refresh(Request())  # type: ignore[no-untyped-call]  # google-auth's own gap


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

    def __call__(self) -> GCSCredential:
        if not self._credentials.valid:
            _renew(self._credentials)
        expiry = self._credentials.expiry
        return {
            "token": str(self._credentials.token),
            "expires_at": expiry.replace(tzinfo=UTC) if expiry else None,
        }

"""Containers of Azure Blob Storage. Credentials are azure-identity's default ones."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from azure.core.exceptions import AzureError
from azure.identity import DefaultAzureCredential
from obstore.store import AzureStore

from connectors.files.objects.access import checked
from connectors.files.objects.bucket import Listed, client_options, retry_config
from connectors.files.objects.rest import RestBucket, decoded, text
from connectors.files.objects.trouble import NotRenewed
from connectors.files.raw import Stopped

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from obstore.store import AzureCredential

    from connectors.files.objects.access import Access

logging.getLogger("azure").addHandler(logging.NullHandler())  # we say it in one line
_SCOPE = "https://storage.azure.com/.default"
_ACCOUNT = ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT")


def opened(name: str, account: str | None, access: Access) -> AzureBucket:
    """The container of that name, in `account` or the one the environment names. Raises Stopped."""
    account = account or next(filter(None, map(os.environ.get, _ACCOUNT)), None)
    if account is None:
        message = f"names no account; write az://{name}@ACCOUNT/prefix/ or set {_ACCOUNT[0]}"
        raise Stopped("refused", message)
    own = checked(access.endpoint_url, access) if access.endpoint_url is not None else None
    endpoint = own or f"https://{account}.blob.core.windows.net"
    fresh = None if access.anonymous else _Fresh()
    store = AzureStore(
        name,
        account_name=account,
        endpoint=endpoint,
        skip_signature=access.anonymous,
        credential_provider=fresh,
        client_options=client_options(own, access),
        retry_config=retry_config(access),
    )
    shown, url = f"az://{name}@{account}", f"{endpoint}/{quote(name)}"
    return AzureBucket(shown, store, access, url, fresh.token if fresh else None)


class AzureBucket(RestBucket):
    """The List Blobs operation, and Get Blob."""

    query = {"restype": "container", "comp": "list"}  # noqa: RUF012  never changed
    more = "marker"
    headers = {"x-ms-version": "2021-12-02"}  # noqa: RUF012  the first that encodes odd names

    def page(self, root: Element) -> tuple[list[Listed], list[str], str]:
        """One answer. Raises ValueError."""
        objects = []
        for one in root.findall("Blobs/Blob"):
            key, size = _name(one), int(text(one, "Properties/Content-Length"))
            kind = text(one, "Properties/ResourceType")
            mark = kind == "directory" or (key.endswith("/") and not size)
            objects.append(Listed(key, size, mark))
        folders = [_name(one) for one in root.findall("Blobs/BlobPrefix")]
        return objects, folders, text(root, "NextMarker")


def _name(one: Element) -> str:
    name = one.find("Name")
    if name is None or not name.text:
        raise ValueError("an entry without a name")
    return decoded(name.text) if name.get("Encoded") == "true" else name.text


class _Fresh:
    """A token, as obstore asks for it."""

    def __init__(self) -> None:
        self._credential = DefaultAzureCredential()
        try:
            self._credential.get_token(_SCOPE)
        except AzureError as error:
            name = type(error).__name__
            message = f"no Azure credentials can be used ({name}); log in, or add --anonymous"
            raise Stopped("denied", message) from None

    def token(self) -> str:
        """One that is still good. Raises Stopped."""
        try:
            return self._renewed()[0]
        except NotRenewed as error:
            raise error.stopped from None

    def __call__(self) -> AzureCredential:
        token, until = self._renewed()
        return {"token": token, "expires_at": datetime.fromtimestamp(until, UTC)}

    def _renewed(self) -> tuple[str, int]:
        """The token, and when it ends (seconds since 1970). Raises NotRenewed."""
        try:
            token = self._credential.get_token(_SCOPE)
        except AzureError as error:
            raise NotRenewed(error) from None
        return token.token, token.expires_on

"""Containers of Azure Blob Storage. Credentials are azure-identity's default ones."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError
from azure.identity import DefaultAzureCredential
from obstore.store import AzureStore

from connectors.files.objects.access import checked
from connectors.files.objects.bucket import Bucket, client_options, retry_config
from connectors.files.raw import Stopped

if TYPE_CHECKING:
    from obstore.store import AzureCredential

    from connectors.files.objects.access import Access

_SCOPE = "https://storage.azure.com/.default"
_ACCOUNT = ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT")


def opened(name: str, account: str | None, access: Access) -> Bucket:
    """The container of that name, in `account` or the one the environment names. Raises Stopped."""
    account = account or next(filter(None, map(os.environ.get, _ACCOUNT)), None)
    if account is None:
        message = f"names no account; write az://{name}@ACCOUNT/prefix/ or set {_ACCOUNT[0]}"
        raise Stopped("refused", message)
    endpoint = checked(access.endpoint_url, access) if access.endpoint_url else None
    store = AzureStore(
        name,
        account_name=account,
        endpoint=endpoint or f"https://{account}.blob.core.windows.net",
        skip_signature=access.anonymous,
        credential_provider=None if access.anonymous else _Fresh(),
        client_options=client_options(endpoint, access),
        retry_config=retry_config(access),
    )
    return Bucket(f"az://{name}@{account}", store, access)


class _Fresh:
    """A token, as obstore asks for it."""

    def __init__(self) -> None:
        self._credential = DefaultAzureCredential()
        try:
            self()
        except AzureError as error:
            name = type(error).__name__
            message = f"no Azure credentials can be used ({name}); log in, or add --anonymous"
            raise Stopped("denied", message) from None

    def __call__(self) -> AzureCredential:
        token = self._credential.get_token(_SCOPE)
        return {"token": token.token, "expires_at": datetime.fromtimestamp(token.expires_on, UTC)}

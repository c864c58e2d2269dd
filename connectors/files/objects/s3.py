"""Buckets of S3 and what speaks like it. Credentials are boto3's: profile, role, web identity, SSO.

Names come from boto3, which gives them as they are; bytes come through obstore, and through boto3
for a name that obstore cannot ask for (two slashes in a row are a usual slip in a log's prefix).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from obstore.store import S3Store

from connectors.files.objects.access import checked
from connectors.files.objects.bucket import Bucket, Listed, Part, client_options, retry_config
from connectors.files.objects.trouble import BROKE_OFF, UNTRUSTED, NotRenewed, stopped
from connectors.files.raw import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import S3Credential

    from connectors.files.objects.access import Access

_ERRORS = (BotoCoreError, ClientError, ResponseParserError)
_FRESH = timedelta(minutes=5)  # the SDK renews earlier than that before they end
_BROKEN = re.compile("Connect|Timeout|HTTPClient|Read|Streaming")  # likewise
_CREDENTIALS = re.compile("Credential|Token|SSO|Profile|Login|Assume")  # in names of its errors


def opened(name: str, account: str | None, access: Access) -> S3Bucket:
    """The bucket of that name. Raises Stopped."""
    if account is not None:
        raise Stopped("refused", "an S3 address names no account; write s3://bucket/prefix/")
    if access.endpoint_url is not None:
        checked(access.endpoint_url, access)
    try:
        return S3Bucket(name, access)
    except ValueError:  # of boto3, of an address in the environment or the profile
        raise Stopped("refused", "the endpoint is no http(s) address; mend it") from None
    except _ERRORS as error:
        raise _why(error, access.retries, listing=True) from None


class S3Bucket(Bucket):
    """A bucket, asked for by boto3 and obstore alike."""

    def __init__(self, name: str, access: Access) -> None:
        session = boto3.Session()
        self._name = name
        self._client = _client(session, access, access.endpoint_url)
        usual = _client(session, access, None, ignore_configured_endpoint_urls=True)
        endpoint = str(self._client.meta.endpoint_url)
        own = endpoint != usual.meta.endpoint_url
        if own:
            endpoint = checked(endpoint, access)
        self._credentials = None if access.anonymous else session.get_credentials()
        if self._credentials is None and not access.anonymous:
            message = "no AWS credentials were found; set a profile or role, or add --anonymous"
            raise Stopped("denied", message)
        region = self._client.meta.region_name if own else self._region()
        if not own and region != self._client.meta.region_name:
            endpoint = str(_client(session, access, None, region=region).meta.endpoint_url)
        self._own_host = not own and "." not in name
        if self._own_host:
            endpoint = endpoint.replace("://", f"://{name}.", 1)
        super().__init__(f"s3://{name}", self._made(region, endpoint, access), access)

    def listed(self, prefix: str) -> Iterator[Listed]:
        """The objects whose names begin with `prefix`, in the order of their bytes."""
        for page in self._pages(Prefix=prefix):
            for one in page.get("Contents", ()):
                folder = one["Key"].endswith("/") and not one["Size"]
                yield Listed(one["Key"], one["Size"], folder)

    def folders(self, prefix: str) -> Iterator[str]:
        """The names one level below `prefix` of what holds objects itself."""
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            for one in page.get("CommonPrefixes", ()):
                yield one["Prefix"][len(prefix) : -1]

    def _pages(self, **what: str) -> Iterator[dict[str, Any]]:
        try:
            yield from self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._name, **what
            )
        except _ERRORS as error:
            raise _why(error, self._retries, listing=True) from None

    def _odd(self, key: str, start: int, stop: int, like: Part | None) -> Part:
        match = {"IfMatch": like.etag} if like is not None and like.etag else {}
        try:
            answer = self._client.get_object(
                Bucket=self._name, Key=key, Range=f"bytes={start}-{stop - 1}", **match
            )
            data = answer["Body"].read()
        except _ERRORS as error:
            raise _why(error, self._retries, listing=False) from None
        size = answer.get("ContentRange", "").rpartition("/")[2]
        return Part(data, int(size) if size.isdigit() else len(data), answer.get("ETag"))

    def _region(self) -> str:
        """Where the bucket is; S3 says so even to whom it denies the bucket itself."""
        try:
            headers = self._client.head_bucket(Bucket=self._name)["ResponseMetadata"]["HTTPHeaders"]
        except ClientError as error:
            headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return str(headers.get("x-amz-bucket-region") or self._client.meta.region_name)

    def _made(self, region: str, endpoint: str, access: Access) -> S3Store:
        credentials: Any = self._credentials

        def fresh() -> S3Credential:
            try:
                frozen = credentials.get_frozen_credentials()
            except _ERRORS as error:
                raise NotRenewed(error) from None
            return {
                "access_key_id": frozen.access_key,
                "secret_access_key": frozen.secret_key,
                "token": frozen.token,
                "expires_at": datetime.now(UTC) + _FRESH,
            }

        return S3Store(
            self._name,
            endpoint=endpoint,
            region=region,
            virtual_hosted_style_request=self._own_host,
            skip_signature=access.anonymous,
            credential_provider=None if access.anonymous else fresh,
            client_options=client_options(endpoint, access),
            retry_config=retry_config(access),
        )


def _client(
    session: boto3.Session,
    access: Access,
    endpoint: str | None,
    *,
    region: str | None = None,
    ignore_configured_endpoint_urls: bool = False,
) -> Any:  # noqa: ANN401  boto3 makes its classes when it runs
    more = {"signature_version": UNSIGNED} if access.anonymous else {}
    config = Config(
        connect_timeout=min(access.timeout, 10),
        read_timeout=access.timeout,
        retries={"mode": "standard", "total_max_attempts": access.retries + 1},
        s3={"addressing_style": "path"} if endpoint else {},
        ignore_configured_endpoint_urls=ignore_configured_endpoint_urls,
        **more,
    )
    region = region or session.region_name or "us-east-1"
    return session.client("s3", endpoint_url=endpoint, region_name=region, config=config)


def _why(error: Exception, retries: int, *, listing: bool) -> Stopped:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code = str(error.response.get("Error", {}).get("Code", ""))
        return stopped(status, code if code.isalnum() else "", listing=listing, retries=retries)
    name = type(error).__name__
    if _CREDENTIALS.search(name):
        return Stopped("denied", f"the AWS credentials cannot be used ({name}); renew or mend them")
    if name == "SSLError":
        return Stopped("refused", UNTRUSTED)
    if _BROKEN.search(name):
        return Stopped("transient", BROKE_OFF.format(retries=retries))
    return Stopped("refused", f"the store cannot be asked so ({name}); check the AWS settings")

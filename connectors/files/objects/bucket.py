"""One bucket or container of any store: its names, and ranges of its objects.

Ranges come through obstore, but a name is a path to it: it refuses empty, `.` and `..` parts and
control characters, a listing with one of them as a whole, and drops a slash at either end. So names
are asked for without it, and so is an object of such a name.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.files.objects.trouble import CHANGED, of_obstore
from connectors.files.objects.workers import Workers
from connectors.files.raw import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from obstore import GetOptions
    from obstore.store import AzureStore, ClientConfig, GCSStore, RetryConfig, S3Store

    from connectors.files.objects.access import Access

THREADS = 16
_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
_ODD = re.compile(r"(?:^|/)(?:/|$)|[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Listed:
    """An object of a listing. folder: it only stands for a folder and holds nothing."""

    key: str
    size: int
    folder: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A range of an object, and the version and size of the whole it is of."""

    data: bytes
    size: int
    etag: str | None


class Bucket(ABC):
    """url: scheme and name, to be shown. Methods raise Stopped, with a sentence for the user."""

    def __init__(self, url: str, store: S3Store | GCSStore | AzureStore, access: Access) -> None:
        self.url = url
        self._store = store
        self._retries = access.retries
        self._workers: Workers[Part] = Workers(THREADS)

    def begin(self, key: str, start: int, stop: int, like: Part | None) -> Future[Part]:
        """`fetch` in another thread; at most THREADS at a time."""
        return self._workers.submit(self.fetch, key, start, stop, like)

    def fetch(self, key: str, start: int, stop: int, like: Part | None) -> Part:
        """Bytes start..stop of an object, fewer if it ends before; `like`: of the same version."""
        part = self._get(key, start, stop, like)
        if like is not None and (part.size, part.etag) != (like.size, like.etag):
            raise Stopped("transient", CHANGED)
        due = min(stop, part.size) - start
        if len(part.data) != due:
            message = f"the store sent {len(part.data)} of {due} bytes; scan it again"
            raise Stopped("transient", message)
        return part

    @abstractmethod
    def listed(self, prefix: str) -> Iterator[Listed]:
        """The objects whose names begin with `prefix`, in the order of their names."""

    @abstractmethod
    def folders(self, prefix: str) -> Iterator[str]:
        """The names one level below `prefix` (empty, or with a slash at its end) of folders."""

    @abstractmethod
    def _odd(self, key: str, start: int, stop: int, like: Part | None) -> Part:
        """A range of an object that obstore cannot ask for."""

    def one(self, key: str) -> Listed | None:
        """The object of exactly that name, if there is one; the right to list is not needed."""
        import obstore
        from obstore.exceptions import BaseError

        try:
            first = next(self.listed(key), None)
        except Stopped as denied:
            try:
                return Listed(key, obstore.head(self._store, key)["size"])
            except (BaseError, OSError):
                raise denied from None
        return first if first is not None and first.key == key and not first.folder else None

    def _get(self, key: str, start: int, stop: int, like: Part | None) -> Part:
        import obstore
        from obstore.exceptions import BaseError

        if _ODD.search(key):
            return self._odd(key, start, stop, like)
        options: GetOptions = {"range": (start, stop)}
        if like is not None and like.etag and not like.etag.startswith("W/"):
            options["if_match"] = like.etag
        try:
            result = obstore.get(self._store, key, options=options)
            meta = result.meta
            data = bytes(result.bytes())
        except (BaseError, OSError) as error:
            raise of_obstore(error, retries=self._retries) from None
        return Part(data, meta["size"], meta["e_tag"])


def authorities() -> str | None:
    """The file of the certificates to believe, if the environment names one."""
    return next(filter(None, map(os.environ.get, _BUNDLES)), None)


def client_options(endpoint: str | None, access: Access) -> ClientConfig:
    """Bounded waits; http only for an endpoint that was allowed to speak it. Raises Stopped."""
    seconds = timedelta(seconds=access.timeout)
    options: ClientConfig = {
        "allow_http": endpoint is not None and endpoint.startswith("http://"),
        "connect_timeout": min(seconds, timedelta(seconds=10)),
        "read_timeout": seconds,
        "timeout": 4 * seconds,
    }
    bundle = authorities()
    if bundle is not None:
        try:
            options["root_certificate"] = Path(bundle).read_bytes()
        except OSError as error:
            message = f"the certificates {bundle} cannot be read: {error.strerror}; mend the path"
            raise Stopped("refused", message) from None
    return options


def retry_config(access: Access) -> RetryConfig:
    """Waits of 0.1 s, doubled each time."""
    return {"max_retries": access.retries, "retry_timeout": timedelta(minutes=2)}

"""One bucket or container of any store: its names, and ranges of its objects, through obstore.

obstore cannot say every name there is: it refuses empty, `.` and `..` parts and control characters,
a listing with one of them as a whole, and drops a slash at either end. S3 has a way around it; of
the others such a listing is told as refused.
"""

from __future__ import annotations

import os
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
_PAGE = 1  # objects at a time: of a page whose end fails nothing would come


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


class Bucket:
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

    def listed(self, prefix: str) -> Iterator[Listed]:
        """The objects whose names begin with `prefix`."""
        import obstore

        folder = prefix.rpartition("/")[0]
        try:
            for page in obstore.list(self._store, prefix=folder or None, chunk_size=_PAGE):
                for meta in page:
                    if meta["path"].startswith(prefix):
                        yield self._judged(meta["path"], meta["size"])
        except Exception as error:  # noqa: BLE001  obstore raises what its clients do
            raise self.why(error, listing=True) from None

    def one(self, key: str) -> Listed | None:
        """The object of exactly that name, if there is one."""
        import obstore

        try:
            return Listed(key, obstore.head(self._store, key)["size"])
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001  as above
            raise self.why(error) from None

    def _judged(self, key: str, size: int) -> Listed:
        """An empty object that is not there by its name had a slash at its end: a folder's mark."""
        return Listed(key, size, folder=not size and self.one(key) is None)

    def folders(self, prefix: str) -> Iterator[str]:
        """The names one level below `prefix` (empty, or with a slash at its end) of folders."""
        import obstore

        try:
            found = obstore.list_with_delimiter(self._store, prefix=prefix.rstrip("/") or None)
        except Exception as error:  # noqa: BLE001  as above
            raise self.why(error, listing=True) from None
        for path in found["common_prefixes"]:
            yield path.rstrip("/")[len(prefix) :]

    def why(self, error: Exception, *, listing: bool = False) -> Stopped:
        """What an error of the client means."""
        return of_obstore(error, listing=listing, retries=self._retries)

    def _get(self, key: str, start: int, stop: int, like: Part | None) -> Part:
        import obstore

        options: GetOptions = {"range": (start, stop)}
        if like is not None and like.etag and not like.etag.startswith("W/"):
            options["if_match"] = like.etag
        try:
            result = obstore.get(self._store, key, options=options)
            meta = result.meta
            data = bytes(result.bytes())
        except Exception as error:  # noqa: BLE001  as above
            raise self.why(error) from None
        return Part(data, meta["size"], meta["e_tag"])


def client_options(endpoint: str | None, access: Access) -> ClientConfig:
    """Bounded waits; http only for an endpoint that was allowed to speak it. Raises Stopped."""
    seconds = timedelta(seconds=access.timeout)
    options: ClientConfig = {
        "allow_http": endpoint is not None and endpoint.startswith("http://"),
        "connect_timeout": min(seconds, timedelta(seconds=10)),
        "read_timeout": seconds,
        "timeout": 4 * seconds,
    }
    bundle = next(filter(None, map(os.environ.get, _BUNDLES)), None)
    if bundle is not None:  # the SDKs look there by themselves
        try:
            options["root_certificate"] = Path(bundle).read_bytes()
        except OSError as error:
            message = f"the certificates {bundle} cannot be read: {error.strerror}; mend the path"
            raise Stopped("refused", message) from None
    return options


def retry_config(access: Access) -> RetryConfig:
    """Waits of 0.1 s, doubled each time."""
    return {"max_retries": access.retries, "retry_timeout": timedelta(minutes=2)}

"""Buckets whose names are asked for by plain HTTP: Google's XML interface, Azure Blob's.

Both answer a GET with a page of XML, and give ranges of an object to a GET of its address.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, ParseError

import requests
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from connectors.files.objects.bucket import Bucket, Listed, Part, authorities
from connectors.files.objects.trouble import BROKE_OFF, UNTRUSTED, code_of, stopped
from connectors.files.raw import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from obstore.store import AzureStore, GCSStore

    from connectors.files.objects.access import Access

_PAGE = 64 << 20  # bytes of one page of names
_PAGES = 100_000
_AGAIN = (408, 429, 500, 502, 503, 504)


class RestBucket(Bucket):
    """query: what makes a GET of the bucket a listing. more: the parameter of its next page.
    headers: of all requests. token: a bearer token that is still good, None without one."""

    query: dict[str, str]
    more: str
    headers: dict[str, str]

    def __init__(
        self,
        shown: str,
        store: GCSStore | AzureStore,
        access: Access,
        url: str,
        token: Callable[[], str] | None,
    ) -> None:
        """`url`: the address of the bucket itself."""
        super().__init__(shown, store, access)
        self._url = url
        self._token = token
        self._timeout = access.timeout
        self._session = requests.Session()
        self._session.auth = _as_it_is  # else ~/.netrc would be looked into
        again = Retry(
            access.retries, status_forcelist=_AGAIN, backoff_factor=0.1, raise_on_status=False,
            redirect=0, raise_on_redirect=False,
        )  # fmt: skip
        self._session.mount(url, HTTPAdapter(max_retries=again))

    @abstractmethod
    def page(self, root: Element) -> tuple[list[Listed], list[str], str]:
        """The objects, the folders and the mark of the next page that one answer holds."""

    def listed(self, prefix: str) -> Iterator[Listed]:
        """The objects whose names begin with `prefix`."""
        for objects, _ in self._pages({"prefix": prefix} if prefix else {}):
            yield from objects

    def folders(self, prefix: str) -> Iterator[str]:
        """The names one level below `prefix` of what holds objects itself."""
        asked = {"delimiter": "/", **({"prefix": prefix} if prefix else {})}
        for _, found in self._pages(asked):
            for one in found:
                yield one[len(prefix) : -1]

    def _pages(self, asked: dict[str, str]) -> Iterator[tuple[list[Listed], list[str]]]:
        after = ""
        for _ in range(_PAGES):
            query = {**self.query, **asked, **({self.more: after} if after else {})}
            answer = self._asked(self._url, query, {}, listing=True)
            try:
                objects, folders, following = self.page(fromstring(answer[0]))
            except (ParseError, DefusedXmlException, ValueError, LookupError):
                message = "the store's listing cannot be understood; check the endpoint"
                raise Stopped("refused", message) from None
            yield objects, folders
            if not following or following == after:
                return
            after = following
        raise Stopped("refused", f"more than {_PAGES} pages of names; name a narrower prefix")

    def _odd(self, key: str, start: int, stop: int, like: Part | None) -> Part:
        headers = {"Range": f"bytes={start}-{stop - 1}"}
        if like is not None and like.etag:
            headers["If-Match"] = like.etag
        url = f"{self._url}/{quote(key, safe='/')}"
        data, got = self._asked(url, {}, headers, listing=False)
        size = got.get("Content-Range", "").rpartition("/")[2]
        return Part(data, int(size) if size.isdigit() else len(data), got.get("ETag"))

    def _asked(
        self, url: str, query: dict[str, str], headers: dict[str, str], *, listing: bool
    ) -> tuple[bytes, requests.structures.CaseInsensitiveDict[str]]:
        """Body and headers of an answer. Raises Stopped."""
        try:
            given = {**self.headers, **headers}
            if self._token is not None:
                given["Authorization"] = f"Bearer {self._token()}"
            with self._session.get(
                url,
                params=query,
                headers=given,
                timeout=(min(self._timeout, 10), self._timeout),
                verify=authorities() or True,
                allow_redirects=False,
                stream=True,
            ) as answer:
                data = bytes(answer.raw.read(_PAGE + 1, decode_content=listing))
        except requests.exceptions.SSLError:
            raise Stopped("refused", UNTRUSTED) from None
        except (requests.RequestException, HTTPError, OSError):
            raise Stopped("transient", BROKE_OFF.format(retries=self._retries)) from None
        if len(data) > _PAGE:
            raise Stopped("refused", f"an answer of more than {_PAGE} bytes; name a narrower one")
        if answer.status_code not in (200, 206):
            code = code_of(data.decode("latin-1"))
            raise stopped(answer.status_code, code, listing=listing, retries=self._retries)
        return data, answer.headers


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def texts(root: Element, path: str) -> list[str]:
    """The texts of all elements at `path`, whatever their namespace."""
    return [element.text or "" for element in root.findall(path)]


def text(root: Element, path: str) -> str:
    """The text of the first element at `path`; empty if there is none."""
    return next(iter(texts(root, path)), "")


def decoded(name: str) -> str:
    """A name that was percent-encoded to fit into XML."""
    return unquote(name, errors="strict")

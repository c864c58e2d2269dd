"""A store on loopback: as much of S3, of Google's XML and of Azure Blob as reading takes.

It misbehaves where it is told to, which no real server does when it is asked.
"""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

WHEN = "Sat, 21 Nov 2026 10:00:00 GMT"
ISO = "2026-11-21T10:00:00.000Z"
ANSWERS = {
    "denied": (403, "AccessDenied"),
    "expired": (400, "ExpiredToken"),
    "archived": (403, "InvalidObjectState"),
    "busy": (503, "SlowDown"),
    "broken": (500, "InternalError"),
}


class StandIn(ThreadingHTTPServer):
    """objects: key -> bytes, of one bucket called `b`. faults: key -> what goes wrong with it.

    Faults: those of ANSWERS, and `busy-twice`, `cut` (the body ends early), `short` (it is less
    than asked for, and says so), `changed` (another version with each answer, whatever is asked),
    `gone` (after the listing), `whole` (ranges are not known), `mute` (no answer).
    listing: one of ANSWERS, from page `listing_from` on. nonsense: what a listing is instead.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.objects: dict[str, bytes] = {}
        self.faults: dict[str, str] = {}
        self.listing = ""
        self.listing_from = 0
        self.nonsense: bytes | None = None
        self.page = 2
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.done = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        self.done.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def times(self, key: str) -> int:
        """How often an object was asked for."""
        return sum(unquote(urlsplit(path).path).endswith(f"/{key}") for path, _ in self.asked)


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        key = unquote(urlsplit(self.path).path).removeprefix("/b/")
        body = self.server.objects.get(key)
        if body is None:
            self._send(404)
        else:
            self._send(200, headers={"Last-Modified": WHEN, "ETag": '"x"'}, length=len(body))

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if "list-type" in query or query.get("comp") == "list":
            self._list(query)
        else:
            self._object(unquote(parts.path).removeprefix("/b/"))

    def _list(self, query: dict[str, str]) -> None:
        azure = "comp" in query
        begin = int(query.get("marker" if azure else "continuation-token") or 0)
        if self.server.listing and begin // self.server.page >= self.server.listing_from:
            self._refuse(self.server.listing)
            return
        if self.server.nonsense is not None:
            self._send(200, self.server.nonsense)
            return
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
        keys = sorted(key for key in self.server.objects if key.startswith(prefix))
        folders: list[str] = []
        if delimiter:
            below = {key: key[len(prefix) :].partition("/") for key in keys}
            folders = sorted({prefix + part[0] + "/" for part in below.values() if part[1]})
            keys = [key for key, part in below.items() if not part[1]]
        end = begin + self.server.page
        more = str(end) if end < len(keys) else ""
        make = _azure if azure else _s3
        self._send(200, make(self.server.objects, keys[begin:end], folders, more).encode())

    def _object(self, key: str) -> None:
        fault = self.server.faults.get(key, "")
        if fault == "mute":
            self.server.done.wait()
            self.close_connection = True
            return
        if fault == "busy-twice":
            fault = "busy" if self.server.times(key) < 3 else ""
        if fault in ANSWERS:
            self._refuse(fault)
            return
        body = self.server.objects.get(key)
        if body is None or fault == "gone":
            self._send(404, b"<Error><Code>NoSuchKey</Code><Message>x</Message></Error>")
            return
        version = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if fault == "changed":
            version = str(self.server.times(key))
        headers = {"ETag": f'"{version}"', "Last-Modified": WHEN}
        wanted = self.headers.get("Range")
        if fault == "whole" or wanted is None:
            self._send(200, body, headers)
            return
        first, last = wanted.removeprefix("bytes=").split("-")
        start, stop = int(first), min(int(last) + 1, len(body))
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
        data = body[start:stop]
        if fault == "short" and start:
            data = data[:10]
        self._send(206, data, headers, cut=fault == "cut" and start > 0)

    def _refuse(self, fault: str) -> None:
        status, code = ANSWERS[fault]
        self._send(status, f"<Error><Code>{code}</Code><Message>hush</Message></Error>".encode())

    def _send(
        self,
        status: int,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        *,
        cut: bool = False,
        length: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True


def _said(name: str) -> str:
    """A name as a listing has it when it is asked to encode names, as all our clients do."""
    return quote(name)


def _s3(objects: dict[str, bytes], keys: list[str], folders: list[str], more: str) -> str:
    items = "".join(
        f"<Contents><Key>{_said(key)}</Key><LastModified>{ISO}</LastModified>"
        f'<ETag>"x"</ETag><Size>{len(objects[key])}</Size></Contents>'
        for key in keys
    )
    below = "".join(
        f"<CommonPrefixes><Prefix>{_said(name)}</Prefix></CommonPrefixes>" for name in folders
    )
    again = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    truncated = str(bool(more)).lower()
    return (
        f"<ListBucketResult><Name>b</Name><EncodingType>url</EncodingType><IsTruncated>{truncated}</IsTruncated>"
        f"{again}{items}{below}</ListBucketResult>"
    )


def _azure(objects: dict[str, bytes], keys: list[str], folders: list[str], more: str) -> str:
    items = "".join(
        f'<Blob><Name Encoded="true">{_said(key)}</Name>'
        f"<Properties><Last-Modified>{WHEN}</Last-Modified><Etag>0x1</Etag><Content-Length>{len(objects[key])}</Content-Length>"
        f"<Content-Type>text/plain</Content-Type><BlobType>BlockBlob</BlobType></Properties></Blob>"
        for key in keys
    )
    below = "".join(
        f'<BlobPrefix><Name Encoded="true">{_said(name)}</Name></BlobPrefix>' for name in folders
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="b">'
        f"<Blobs>{items}{below}</Blobs><NextMarker>{more}</NextMarker></EnumerationResults>"
    )

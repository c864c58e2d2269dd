"""From an address to the objects that are there, and what is said of the rest."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import cast

from connectors.files.notice import Notice, shown
from connectors.files.objects.access import STORES, Access
from connectors.files.objects.body import FoundObject
from connectors.files.objects.bucket import Bucket, Listed
from connectors.files.objects.pattern import expanded, fits, is_pattern, prefixes, start
from connectors.files.raw import Stopped

_MOST = 1_000_000  # objects of one address
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,220}")
_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")
_DOTTED = "its name has . or .. parts, which servers resolve each in its way; copy it to another"
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")


Buckets = dict[tuple[str, str, str | None], Bucket]


def locate(text: str, access: Access, buckets: Buckets) -> Iterator[FoundObject | Notice]:
    """The objects an address stands for, in the order of their names; never an exception.

    `s3://bucket/key` is that object, or else the folder of that name; a slash at the end always
    means a folder; stars, `{name}` and dates are places to fill (see pattern). The store is asked
    for names, and for nothing else. `buckets` keeps the connections that several addresses share.
    """
    scheme, _, rest = text.partition("://")
    named, _, key = rest.partition("/")
    name, _, account = named.partition("@")
    if not _NAME.fullmatch(name) or (account and not _ACCOUNT.fullmatch(account)):
        message = f"names no bucket; write {scheme}://bucket/prefix/"
        yield Notice(shown(text), "error", "refused", message)
        return
    which = (scheme, name, account or None)
    try:
        if which not in buckets:  # and no SDK is imported but of a store that is asked
            opened = import_module(STORES[scheme]).opened
            buckets[which] = cast("Bucket", opened(name, account or None, access))
    except Stopped as error:
        yield Notice(shown(text), "error", error.reason, error.message)
        return
    yield from _said(text, buckets[which], _listed(buckets[which], key, access))


def _listed(bucket: Bucket, key: str, access: Access) -> Iterator[tuple[str, Listed]]:
    """Objects, each with the prefix it was asked for by. Raises Stopped."""
    if key and not key.endswith("/"):
        exact = bucket.one(key)
        if exact is not None:
            yield key, exact
            return
    if not is_pattern(key):
        prefix = key if not key or key.endswith("/") else f"{key}/"
        yield from ((prefix, one) for one in bucket.listed(prefix))
        return
    known: dict[str, list[str]] = {}

    def folders(prefix: str) -> list[str]:
        if prefix not in known:
            known[prefix] = list(bucket.folders(prefix))
        return known[prefix]

    for pattern in expanded(key, access.since, access.until):
        for prefix, parts in prefixes(pattern, folders):
            for one in bucket.listed(prefix + start(parts)):
                if fits(one.key[len(prefix) :], parts):
                    yield prefix, one


def _said(
    text: str, bucket: Bucket, listed: Iterator[tuple[str, Listed]]
) -> Iterator[FoundObject | Notice]:
    display = shown(text)
    found: list[Listed] = []
    folders, refused, hidden, stopped = 0, 0, list[str](), None
    try:
        for prefix, one in listed:
            if one.folder:
                folders += 1
            elif _DOTS.search(one.key):
                yield Notice(f"{bucket.url}/{one.key}", "error", "refused", _DOTTED)
                refused += 1
            elif _is_hidden(one.key[len(prefix) :]):
                hidden.append(one.key)
            else:
                found.append(one)
            if len(found) + len(hidden) > _MOST:
                stopped = Stopped("refused", f"more than {_MOST} objects; name a narrower prefix")
                break
    except Stopped as error:
        stopped = error
    parents = _parents(found) if any(not one.size for one in found) else set[str]()
    folders += len(found)
    found = sorted((one for one in found if one.size or one.key not in parents), key=_key)
    folders -= len(found)
    yield from (FoundObject(bucket, one.key, one.size) for one in found)
    if folders:
        yield Notice(display, "note", "folder", f"marks of folders, which hold nothing: {folders}")
    if hidden:
        message = f"hidden objects, not read: {len(hidden)}, the first is {hidden[0]}"
        yield Notice(display, "note", "hidden", message)
    if stopped is not None:
        but = f"; of the rest {len(found)} objects were listed" if found else ""
        yield Notice(display, "error", stopped.reason, stopped.message + but)
    elif not found and not refused:
        what = "no object to read there; check the name (a folder ends in /, stars are patterns)"
        yield Notice(display, "error", "missing", what)


def _key(one: Listed) -> str:
    return one.key


def _parents(found: list[Listed]) -> set[str]:
    """The folders that names are in: an empty object of such a name is a folder's mark too."""
    return {one.key[:at] for one in found for at in _slashes(one.key)}


def _slashes(key: str) -> list[int]:
    return [at for at, letter in enumerate(key) if letter == "/"]


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))

"""Single observations, as people and case files write them, to verdicts.

`signatures classify`, `signatures lint` and `explain` ask here; scans use exact.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner.match.apps import is_shown_name
from scanner.match.fire import judge
from scanner.match.verdict import RANK, Facts, Verdict
from signatures.hosts import HostError, is_ip, normalise_host, normalise_ip

if TYPE_CHECKING:
    from signatures.compile import Compiled

# `classify --http` reads requests as people export them; DESIGN table 2 names the columns.
_ALIASES = {
    "host": "dst_host",
    "ip": "dst_ip",
    "port": "dst_port",
    "path": "url_path",
    "method": "http_method",
    "headers": "http_headers",
    "ua": "user_agent",
    "record": "class",
}


# With one of these and no class, a record is of traffic.
_OF_TRAFFIC = frozenset({"dst_host", "dst_ip", "dst_port", "url_path", "http_method"})


class ObservedError(ValueError):
    """A request that is none; the message says which part of it."""


def facts_of(observed: Mapping[str, Any]) -> Facts:
    """The facts of an observation given as a mapping of column names (or their short forms).

    Raises HostError for a host or address that is none, ObservedError for such a path or headers.
    """
    seen = {_ALIASES.get(str(key).lower(), str(key)): value for key, value in observed.items()}
    host, ip = seen.get("dst_host"), seen.get("dst_ip")
    path = seen.get("url_path")
    given = seen.get("http_headers") or {}
    if not isinstance(given, Mapping):
        raise ObservedError("headers are no object of names and values")
    headers = {
        str(name).lower(): "" if value is None else str(value) for name, value in given.items()
    }
    agent = seen.get("user_agent") or headers.pop("user-agent", None)
    name = normalise_host(str(host)) if host else None
    address = normalise_ip(str(ip)) if ip else None
    if name is not None and is_ip(name):
        address = address or name
    method = seen.get("http_method")
    app, shown = _application(seen)
    client = seen.get("oauth_client")
    return Facts(
        host=name,
        ip=address,
        port=_port(seen.get("dst_port")),
        path=_path(str(path)) if path else None,
        method=str(method).upper() if method else None,
        agent=str(agent) if agent else None,
        headers=tuple(sorted(headers.items())),
        app=app,
        oauth_name=shown,
        oauth_client=str(client) if client else None,
        oauth_scopes=_scopes(seen.get("oauth_scopes")),
    )


def _application(seen: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """`app` as a firewall's name and as a display name; as both where nothing says which it is."""
    app, record = seen.get("app"), seen.get("class")
    if not app:
        return None, None
    if record is None and not any(seen.get(name) for name in _OF_TRAFFIC):
        return str(app), str(app)
    model = seen.get("model")
    if is_shown_name(str(record), str(model) if model else None):
        return None, str(app)
    return str(app), None


def _scopes(given: object) -> tuple[str, ...]:
    if not given:
        return ()
    if isinstance(given, str):  # as RFC 6749 writes several
        return tuple(given.split())
    if not isinstance(given, list | tuple):
        raise ObservedError("oauth_scopes are no list of texts")
    return tuple(map(str, given))


def _path(text: str) -> str:
    try:
        return urlsplit(text).path
    except ValueError as problem:
        raise ObservedError(f"no path: {problem}") from problem


def _port(value: object) -> int | None:
    text = str(value) if value is not None else ""
    return int(text) if text.isdecimal() and len(text) < 6 and 0 < int(text) < 65536 else None


def judged(compiled: Compiled, observed: Mapping[str, Any]) -> tuple[Facts, Verdict | None]:
    """The facts of an observation and the verdict on them; raises what `facts_of` raises.

    A name that may be of a firewall or of an identity provider is judged as what says more, and
    never as two signs.
    """
    facts = facts_of(observed)
    if facts.app is None or facts.oauth_name is None:
        return facts, judge(compiled, facts)
    readings = [replace(facts, app=None), replace(facts, oauth_name=None)]
    found = [(one, judge(compiled, one)) for one in readings]
    return max(found, key=lambda pair: RANK[pair[1].detection] if pair[1] else 0)


def judge_observed(compiled: Compiled, observed: Mapping[str, Any]) -> Verdict | None:
    """The verdict on one observation; what is no host or no request is no AI."""
    try:
        return judged(compiled, observed)[1]
    except (HostError, ObservedError):
        return None


def answer(compiled: Compiled, observed: Mapping[str, Any], shown: object) -> dict[str, Any]:
    """The line `signatures classify --json` prints for one input (DESIGN, command line)."""
    reason = "no rule speaks of it"
    verdict = None
    try:
        facts, verdict = judged(compiled, observed)
        if verdict is None and facts.host and compiled.host_rules(facts.host).shared:
            reason = "shared infrastructure: never a finding by itself"
    except HostError as problem:
        reason = f"not a host name: {problem}"
    except ObservedError as problem:
        reason = str(problem)
    service = compiled.services[verdict.service] if verdict and verdict.service else None
    return {
        "input": shown,
        "confidence": verdict.detection if verdict else "none",
        "kind": verdict.kind if verdict else None,
        "vendor": service.vendor if service else None,
        "service": verdict.service if verdict else None,
        "surface": verdict.surface if verdict else None,
        "tags": list(service.tags) if service else [],
        "signature": verdict.service if verdict else None,
        "reason": ", ".join(verdict.indicators) if verdict else reason,
    }

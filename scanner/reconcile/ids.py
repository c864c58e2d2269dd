"""Native ids in one canonical form, and the things that contain them.

Sources: AWS ARN format (docs.aws.amazon.com, IAM identifiers), Azure resource ids (case does not
matter), Google full resource names, Unity Catalog three-level names, `k8s:cluster/ns/kind/name`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ARN = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):([^:]*):(.+)", re.IGNORECASE)
_GCP_FULL = re.compile(r"//([a-z]+)\.googleapis\.com/(.+)", re.IGNORECASE)
_GCP_SHORT = re.compile(r"projects/([^/\s]+)(?:/.*)?", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"/subscriptions/([0-9a-f-]{36})(?:/.*)?", re.IGNORECASE)
_UC_URI = re.compile(r"models:/([^/\s]+)(?:/[^/\s]+)?", re.IGNORECASE)
_DAMAGED = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"(?:aws\s+)?(account|subscription|project|workspace|tenant)\s*(?:id|no\.?|nr\.?|number)?"
    r"\s*[:#]?\s+([\w.-]+)",
    re.IGNORECASE,
)
_AWS_ACCOUNT = re.compile(r"\d{12}")
_BARE = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){2}")
_CUT = ("...", "\u2026")

# Ancestors that hold much besides one AI system: alone they prove nothing.
BROAD: Final = frozenset({"account", "subscription", "group", "project", "location", "cluster"})


@dataclass(frozen=True, slots=True)
class Parent:
    """Something that contains a resource. kind: a BROAD word, or `resource`."""

    key: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ResourceId:
    """A native id, taken apart.

    key: canonical, for equality. name: the last part. provider: aws azure gcp uc k8s or "" when
    the id is not one of a resource (a domain, an extension). parents: nearest first. catalog: of
    Unity Catalog. loose: key without what may change while the thing stays (namespace).
    """

    key: str
    name: str
    provider: str = ""
    account: str = ""
    region: str = ""
    group: str = ""
    parents: tuple[Parent, ...] = ()
    loose: str = ""

    @property
    def is_resource(self) -> bool:
        """Whether this is a resource in an account, cluster or catalogue."""
        return bool(self.provider)


def parse(text: str) -> ResourceId:
    """The canonical form of an asset's native id; an unknown form is itself, lower case."""
    text = text.strip()
    for shape in (_arn, _azure, _gcp, _unity, _kubernetes):
        found = shape(text)
        if found is not None:
            return found
    body = text.casefold()
    name = re.split(r"[:/#]", body)[-1]
    return ResourceId(body, name)


def _arn(text: str) -> ResourceId | None:
    hit = _ARN.fullmatch(text)
    if hit is None:
        return None
    _, service, region, account, rest = (part.casefold() for part in hit.groups())
    exact = hit[5]
    kind, _, name = exact.partition("/") if "/" in exact else exact.partition(":")
    key = f"arn:{service}:{region}:{account}:{kind.casefold()}/{name}"
    parents = [
        Parent(f"aws:{account}", "account", account) if account else None,
    ]
    inner = name.split("/")
    nearest = [
        Parent(f"arn:{service}:{region}:{account}:{kind.casefold()}/{'/'.join(inner[:n])}",
               "resource", inner[n - 1])
        for n in range(len(inner) - 1, 0, -1)
    ]  # fmt: skip
    return ResourceId(
        key, inner[-1] or rest, "aws", account, region, "", (*nearest, *filter(None, parents))
    )


def _azure(text: str) -> ResourceId | None:
    if _SUBSCRIPTION.fullmatch(text) is None:
        return None
    parts = [p for p in text.casefold().strip("/").split("/") if p]
    subscription = parts[1]
    group = ""
    parents: list[Parent] = [Parent(f"/subscriptions/{subscription}", "subscription", subscription)]
    path = f"/subscriptions/{subscription}"
    rest = parts[2:]
    if len(rest) >= 2 and rest[0] == "resourcegroups":
        group = rest[1]
        path += f"/resourcegroups/{group}"
        parents.append(Parent(path, "group", group))
        rest = rest[2:]
    if rest[:1] == ["providers"] and len(rest) >= 2:
        path += "/providers/" + rest[1]
        rest = rest[2:]
    for at in range(0, len(rest) - 1, 2):
        path += f"/{rest[at]}/{rest[at + 1]}"
        parents.append(Parent(path, "resource", rest[at + 1]))
    own = parents.pop()
    return ResourceId(own.key, own.name, "azure", subscription, "", group, tuple(reversed(parents)))


def _gcp(text: str) -> ResourceId | None:
    full = _GCP_FULL.fullmatch(text)
    body = full[2] if full else text
    short = _GCP_SHORT.fullmatch(body)
    if short is None:
        return None
    parts = body.split("/")
    project = parts[1].casefold()
    parents = [Parent(f"projects/{project}", "project", project)]
    path = f"projects/{project}"
    region = ""
    for at in range(2, len(parts) - 1, 2):
        path += f"/{parts[at].casefold()}/{parts[at + 1]}"
        if parts[at] == "locations":
            region = parts[at + 1].casefold()
            parents.append(Parent(path, "location", region))
        else:
            parents.append(Parent(path, "resource", parts[at + 1]))
    own = parents.pop()
    return ResourceId(own.key, own.name, "gcp", project, region, "", tuple(reversed(parents)))


def _unity(text: str) -> ResourceId | None:
    body = text[3:] if text.casefold().startswith("uc:") else None
    if body is None or not _DOTTED.fullmatch(body):
        return None
    catalog, schema, name = body.casefold().split(".")
    return ResourceId(f"uc:{catalog}.{schema}.{name}", name, "uc", group=catalog)


def _kubernetes(text: str) -> ResourceId | None:
    if not text.casefold().startswith("k8s:"):
        return None
    parts = text[4:].split("/")
    if len(parts) < 3:
        return None
    cluster, namespace, rest = parts[0], parts[1], parts[2:]
    bare = namespace.removeprefix("ns-")
    return ResourceId(
        f"k8s:{cluster}/{bare}/{'/'.join(rest)}".casefold(),
        rest[-1],
        "k8s",
        cluster.casefold(),
        "",
        bare.casefold(),
        (
            Parent(f"k8s:{cluster}/{bare}".casefold(), "resource", bare),
            Parent(f"k8s:{cluster}".casefold(), "cluster", cluster),
        ),
        loose=f"k8s:{cluster}/{'/'.join(rest)}".casefold(),
    )


@dataclass(frozen=True, slots=True)
class Reference:
    """What a register's resource cell refers to.

    form: `id` (a whole id), `damaged` (account number broken by a spreadsheet: key is a regular
    expression), `cut` (id cut off: key is its beginning), `name` (a bare name or partial path),
    `container` (an account, subscription or project), `prose` (nothing to look up).
    """

    form: str
    key: str
    name: str = ""
    id: ResourceId | None = None


def reference(cell: str) -> Reference:  # noqa: PLR0911  one line a form, surest first
    """Understand one resource cell of a register."""
    text = cell.strip().strip("\"'")
    if text.endswith(_CUT) or text.endswith(".."):
        return Reference("cut", re.sub(r"[.\u2026]+$", "", text))
    if ".." in text:
        return Reference("prose", text)
    if text.casefold().startswith("arn:"):
        damaged = _DAMAGED.search(text)
        parsed = parse(text)
        if damaged and parsed.is_resource and not _AWS_ACCOUNT.fullmatch(parsed.account):
            return Reference("damaged", _account_pattern(damaged), parsed.name, parsed)
        return _identified(parsed, text)
    if text.startswith(("/subscriptions", "//")) or _GCP_SHORT.fullmatch(text):
        return _identified(parse(text), text)
    uri = _UC_URI.fullmatch(text)
    if uri:
        return _name(uri[1])
    if _DOTTED.fullmatch(text):
        return _identified(parse(f"uc:{text}"), text)
    if _AWS_ACCOUNT.fullmatch(text):
        return Reference("container", f"aws:{text}", text)
    named = _ACCOUNT.fullmatch(text)
    if named:
        return _container(named[2])
    if _BARE.fullmatch(text) and re.search(r"[\d_./-]", text):
        return _name(text)
    return Reference("prose", text)


def _identified(parsed: ResourceId, text: str) -> Reference:
    if not parsed.is_resource:
        return Reference("prose", text)
    last = parsed.parents[0].kind if parsed.parents else ""
    broad = not parsed.parents or (
        parsed.provider in ("azure", "gcp")
        and parsed.key.count("/") <= 4
        and last in ("", *BROAD)
        and not re.search(r"/providers/|/endpoints/|/models/", parsed.key)
    )
    if broad and parsed.provider != "uc":
        return Reference("container", parsed.key, parsed.name, parsed)
    return Reference("id", parsed.key, parsed.name, parsed)


def _container(name: str) -> Reference:
    folded = name.casefold()
    if re.fullmatch(r"\d{4}-\d{4}-\d{4}", folded):  # as the AWS console prints it
        folded = folded.replace("-", "")
    if _AWS_ACCOUNT.fullmatch(folded):
        return Reference("container", f"aws:{folded}", folded)
    if re.fullmatch(r"[0-9a-f-]{36}", folded):
        return Reference("container", f"/subscriptions/{folded}", folded)
    return Reference("container", f"projects/{folded}", folded)


def _name(text: str) -> Reference:
    return Reference("name", text.casefold(), text.rsplit("/", 1)[-1].casefold())


def _account_pattern(damaged: re.Match[str]) -> str:
    """The account numbers that a spreadsheet would show as this: 2.22233E+11 -> 222233......"""
    digits = damaged[1] + (damaged[2] or "")
    total = int(damaged[3]) + 1
    known = digits[:total]
    # the last digit shown may have been rounded up
    lead = known[:-1] if len(known) > 1 else ""
    return rf"{lead}\d{{{max(total - len(lead), 0)}}}"

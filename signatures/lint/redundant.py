"""Rules that another rule of the same file covers with the same words: they add nothing."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from signatures.lint.base import SignatureLint
from signatures.model import HOST_TYPES
from signatures.patterns import agent_pattern, path_lies_below, path_pattern, regexp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.lint.base import Where
    from signatures.load import Entry
    from signatures.model import Indicator


class Redundant(SignatureLint):
    """What a wider rule of the file says of it, word for word, need not be said again."""

    level = "warning"
    recommendation = "drop it"

    def check(self, entry: Entry) -> Iterator[tuple[Where, str]]:
        """Rules with equal surface, usage, confidence and needs, one inside another."""
        rows = [
            (number, item)
            for number, item in enumerate(entry.signature.indicators)
            if self.reads(item)
        ]
        for number, item in rows:
            for other, wider in rows:
                if other != number and _words(item) == _words(wider) and self.covers(wider, item):
                    detail = f"{item.value} is covered by {wider.value}"
                    yield ("indicators", number, "value"), detail
                    break

    def reads(self, item: Indicator) -> bool:
        """Whether the rule is of the kind looked at here."""
        raise NotImplementedError

    def covers(self, wider: Indicator, item: Indicator) -> bool:
        """Whether all that `item` matches is matched by `wider`, which is another value."""
        raise NotImplementedError


class RedundantHost(Redundant):
    """A name that a suffix of the same file covers with the same words adds nothing."""

    name = "redundant-host"

    def reads(self, item: Indicator) -> bool:
        """Names, templates and suffixes."""
        return item.type in HOST_TYPES

    def covers(self, wider: Indicator, item: Indicator) -> bool:
        """Below a suffix, on a label boundary; gaps stand for whole labels or parts of them."""
        if wider.type != "host_suffix" or (item.type, item.value) == (wider.type, wider.value):
            return False
        return f".{item.value}".endswith(f".{wider.value}")


class RedundantPath(Redundant):
    """A path below another of the same file, with the same words, adds nothing."""

    name = "redundant-path"

    def reads(self, item: Indicator) -> bool:
        """Plain paths; of two patterns nobody can tell."""
        return item.type == "http_path" and path_pattern(item.value) is None

    def covers(self, wider: Indicator, item: Indicator) -> bool:
        """Below it, on a boundary."""
        return item.value != wider.value and path_lies_below(item.value, wider.value)


class RedundantRange(Redundant):
    """An address range inside another of the same file adds nothing."""

    name = "redundant-range"

    def reads(self, item: Indicator) -> bool:
        """Address ranges."""
        return item.type == "cidr"

    def covers(self, wider: Indicator, item: Indicator) -> bool:
        """A smaller range of the same family."""
        inner, outer = ip_network(item.value), ip_network(wider.value)
        return (
            inner.version == outer.version
            and inner != outer
            and int(outer.network_address) <= int(inner.network_address)
            and int(inner.broadcast_address) <= int(outer.broadcast_address)
        )


class RedundantAgent(Redundant):
    """A user agent in which another of the same file is always found adds nothing."""

    name = "redundant-agent"

    def reads(self, item: Indicator) -> bool:
        """Plain words; of two patterns nobody can tell."""
        return item.type == "user_agent" and agent_pattern(item.value) != item.value

    def covers(self, wider: Indicator, item: Indicator) -> bool:
        """The other word stands in this one."""
        if item.value.casefold() == wider.value.casefold():
            return False
        return regexp(agent_pattern(wider.value)).search(item.value) is not None


def _words(item: Indicator) -> tuple[Any, ...]:
    return item.surface, item.usage, item.confidence, item.needs, item.distinctive

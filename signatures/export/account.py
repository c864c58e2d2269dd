"""What became of every indicator of the catalogue: the header of an export, and its sums.

Each indicator is exactly one of: whole, part (with what is missing), out (with why), or not asked
for. Nothing is left out without a line in the header, and the header's last line is the same
account as JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from signatures.export.escape import comment
from signatures.model import APP_TYPES, LOG_TYPES, RANK
from signatures.pack import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signatures.export.picks import Pick, Picks

TITLES: Final = {
    "zeek": "AI services as a file of the Zeek Intelligence Framework",
    "suricata": "AI services as Suricata rules",
    "sigma": "AI services as Sigma rules",
    "rpz": "AI services as a DNS response policy zone",
    "hosts": "AI services as a list of host names",
    "json": "AI services, every indicator",
}
MARK: Final = "aicensus-export:"
NAMED_APP: Final = "names, clients and scopes of applications: only logs that name them have those"
NOT_TRAFFIC: Final = "not seen in traffic (packages, resource types, file paths)"
CANDIDATE: Final = "candidates of the nursery: not checked yet"
LOWER: Final = "below the confidence asked for"
OTHER_KIND: Final = "of a kind not asked for"


class AccountError(RuntimeError):
    """An indicator that was written about twice or never: our bug."""


class Account:
    """Fates of indicators, notes for the reader of the file, and names that are listed too much."""

    def __init__(self, picks: Picks) -> None:
        self._picks = picks
        self._fate: dict[int, tuple[str, str]] = {}
        self.notes: list[str] = []
        self.too_wide: list[str] = []
        self.entries = 0

    def whole(self, pick: Pick) -> None:
        """The file says what the indicator says."""
        self._settle(pick, "whole", "")

    def part(self, pick: Pick, missing: str) -> None:
        """The file says some of it."""
        self._settle(pick, "part", missing)

    def out(self, pick: Pick, why: str) -> None:
        """The file does not say it."""
        self._settle(pick, "out", why)

    def _settle(self, pick: Pick, fate: str, why: str) -> None:
        if pick.number in self._fate:
            raise AccountError(f"{pick.key} has two fates")
        self._fate[pick.number] = (fate, why)

    def close(self) -> None:
        """What was not written about was not asked for, or does not show in traffic."""
        asked = self._picks.asked
        for pick in self._picks.all:
            if pick.number in self._fate:
                continue
            if asked.kinds and pick.service.kind not in asked.kinds:
                self._fate[pick.number] = ("not_asked", OTHER_KIND)
            elif RANK[pick.indicator.confidence] < RANK[asked.at_least]:
                self._fate[pick.number] = ("not_asked", LOWER)
            elif pick.service.nursery:
                self._fate[pick.number] = ("out", CANDIDATE)
            elif pick.type in APP_TYPES:
                self._fate[pick.number] = ("out", NAMED_APP)
            elif pick.type not in LOG_TYPES:
                self._fate[pick.number] = ("out", NOT_TRAFFIC)
            else:
                raise AccountError(f"{pick.key} has no fate")

    def count(self, fate: str) -> Counter[str]:
        """Reasons of one fate, with how many indicators each."""
        return Counter(why for one, why in self._fate.values() if one == fate)

    def document(self, name: str) -> dict[str, Any]:
        """The account as JSON values."""
        asked = self._picks.asked
        fates = Counter(fate for fate, _ in self._fate.values())
        return {
            "format": name,
            "aicensus": asked.version,
            "catalogue_sha256": asked.catalogue.digest,
            "packs": [asdict(pack) for pack in asked.catalogue.packs],
            "licence": asked.licence,
            "overlay_services": self._overlays(),
            "at_least": asked.at_least,
            "kinds": list(asked.kinds),
            "entries": self.entries,
            "indicators": len(self._fate),
            "whole": fates["whole"],
            "part": dict(sorted(self.count("part").items())),
            "left_out": dict(sorted(self.count("out").items())),
            "not_asked": dict(sorted(self.count("not_asked").items())),
            "too_wide": sorted(self.too_wide),
        }

    def _overlays(self) -> int:
        return sum(entry.origin != SHIPPED for entry in self._picks.asked.catalogue.entries)

    def header(self, name: str) -> Iterator[str]:
        """The comment a file begins with."""
        mark = "; " if name == "rpz" else "# "
        for text in self._said(name):
            yield mark + comment(text)
        yield f"{mark}{MARK} {json.dumps(self.document(name), ensure_ascii=True)}"

    def json_header(self, name: str) -> Iterator[str]:
        """The same for JSON lines: the account is the first line."""
        yield json.dumps({"record": "header", "title": TITLES[name], **self.document(name)})

    def _said(self, name: str) -> Iterator[str]:
        asked, said = self._picks.asked, self.document(name)
        yield f"{TITLES[name]}, made by aicensus {asked.version}"
        for pack in asked.catalogue.packs:
            signed = f", signed by {pack.signed_by}" if pack.signed_by else ""
            version = f" {pack.version}" if pack.version else ""
            yield f"signature pack {pack.name}{version}, sha256 {pack.sha256}{signed}"
        yield f"whole catalogue with its tables, sha256 {asked.catalogue.digest}"
        yield f"licence {asked.licence}"
        if said["overlay_services"]:
            number = said["overlay_services"]
            services, whose = ("service is", "its") if number == 1 else ("services are", "their")
            yield f"{number} {services} of overlays, under {whose} own licence"
        kinds = ", ".join(asked.kinds) if asked.kinds else "all kinds"
        yield f"asked for: confidence {asked.at_least} and above, {kinds}"
        yield from self.notes
        part, out = sum(said["part"].values()), sum(said["left_out"].values())
        yield (
            f"{self.entries} entries from {said['whole']} indicators in whole and {part} in part; "
            f"{out} left out, {sum(said['not_asked'].values())} not asked for"
        )
        for fate, word in (
            ("part", "in part"),
            ("left_out", "left out"),
            ("not_asked", "not asked for"),
        ):
            for why, number in said[fate].items():
                yield f"{word}: {number}: {why}"
        if self.too_wide:
            yield f"too wide: {len(self.too_wide)} names are covered though judged lower"

    def talk(self) -> Iterator[str]:
        """What a person is told: the sums, and each thing that is missing."""
        said = self.document("")
        part, out = sum(said["part"].values()), sum(said["left_out"].values())
        yield (
            f"{self.entries} entries from {said['whole']} indicators in whole and {part} in part; "
            f"{out} left out, {sum(said['not_asked'].values())} not asked for"
        )
        for fate, word in (("part", "in part"), ("left_out", "left out")):
            for why, number in said[fate].items():
                yield f"  {word}: {number}: {why}"
        if self.too_wide:
            yield f"  too wide: {len(self.too_wide)} names are covered though judged lower"

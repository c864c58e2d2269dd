"""How a stream ended: written by the stages that read it, read out as its Outcome."""

from dataclasses import dataclass, field
from typing import Literal

from connectors.files.notice import Level, Notice

State = Literal["complete", "partial", "failed"]
_RANK: dict[State, int] = {"complete": 0, "partial": 1, "failed": 2}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one stream.

    sha256: hex, of the file's raw bytes; of a member: of its content as unpacking would give it.
    decoded: bytes of the decoded view, the one offsets refer to (a byte-order mark included).
    state: `failed` means that no row of this stream may be used, `partial` that rows are missing.
    reason: for partial and failed a word of the coverage table, else None.
    cut: 1 if an incomplete last line at a truncation was held back, else 0.
    """

    sha256: str
    decoded: int
    state: State
    reason: str | None
    notices: tuple[Notice, ...]
    cut: int


@dataclass(slots=True)
class Ending:
    """Collects what the stages of one stream find out; the worst state wins, the first reason."""

    path: str
    state: State = "complete"
    reason: str | None = None
    notices: list[Notice] = field(default_factory=list)
    decoded: int = 0
    cut: int = 0

    def stop(self, state: State, reason: str, message: str) -> None:
        """The stream is not whole, or not usable, and the user is told why."""
        self.tell("error", reason, message)
        if _RANK[state] > _RANK[self.state]:
            self.state, self.reason = state, reason

    def tell(self, level: Level, reason: str, message: str) -> None:
        """Something worth saying that does not change the state."""
        self.notices.append(Notice(self.path, level, reason, message))

    def outcome(self, sha256: str) -> Outcome:
        """What has been found out so far, frozen."""
        return Outcome(sha256, self.decoded, self.state, self.reason, tuple(self.notices), self.cut)

"""Whether a log is of the shape that its format says: one refusal, never a heap of rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.files.notice import Notice
from connectors.logs.detect import mismatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.logs.model import Format
    from connectors.logs.values import Counts, Reject


def misfit(
    path: str,
    fmt: Format,
    head: bytes,
    formats: Mapping[str, Format],
    counts: Counts,
    ok: int,
    rejects: Sequence[Reject],
    remarks: Sequence[Notice],
) -> Notice | None:
    """The error that refuses a source, if not one of its records is what the format says.

    head: the beginning of a log whose format a person named, else nothing. A log that begins as
    its format says keeps its rejects: there it is the values that are wrong.
    """
    refused = next((note for note in remarks if note.reason == "refused"), None)
    lost = refused is not None or (counts.rejected > 0 and not ok + counts.skipped)
    wrong = mismatch(fmt, head, formats) if lost and head else None
    if wrong is None:
        return refused
    if refused is not None:
        return Notice(path, "error", "refused", f"{wrong} ({refused.message})", refused.line)
    first = rejects[0] if rejects else None
    if first is None:
        return Notice(path, "error", "refused", wrong)
    said = f"{first.field}: {first.reason}" if first.field else first.reason
    return Notice(path, "error", "refused", f"{wrong} ({said})", first.line)

"""A console that takes text from the outside only as data: harmless, unmarked, not endless."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from reports.text import safe_text

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST: Final = 160
NAME: Final = 60  # characters of a name


class Page:
    """`data` is for text from the outside, `own` for our words. rows: shown of each table."""

    def __init__(self, console: Console, rows: int) -> None:
        self.console = console
        self.rows = rows
        self.ascii = console.options.ascii_only
        self.wide = console.width >= 110

    def data(self, text: str | None, style: str = "", longest: int = _LONGEST) -> Text:
        """Harmless, unmarked, not endless."""
        shown = safe_text(text or "")
        if len(shown) > longest:
            shown = f"{shown[:longest]}… (+{len(shown) - longest:,} characters)"
        if self.ascii:
            shown = shown.encode("ascii", "backslashreplace").decode("ascii")
        return Text(shown, style=style, overflow="fold")

    def joined(self, *parts: str | Text) -> Text:
        """The parts as one text, each in its own style."""
        text = Text(overflow="fold")
        for part in parts:
            text.append_text(self.own(part) if isinstance(part, str) else part)
        return text

    def line(self, *parts: str | Text) -> None:
        """Print the parts as one paragraph."""
        self.console.print(self.joined(*parts))

    def own(self, text: str, style: str = "") -> Text:
        """Our own words; signs the terminal cannot show become plain ones."""
        if self.ascii:
            for sign, plain in (("·", "-"), ("…", "...")):
                text = text.replace(sign, plain)
        return Text(text, style=style)

    def heading(self, text: str, note: str = "") -> None:
        """Print a blank line and a heading."""
        self.console.print()
        self.line(self.own(text, "bold"), self.own(f"  {note}" if note else "", "dim"))

    def grid(self, *columns: tuple[int | None, int]) -> Table:
        """Columns of (fixed width or None, ratio)."""
        table = Table.grid(padding=(0, 2), expand=any(ratio for _, ratio in columns))
        for width, ratio in columns:
            table.add_column(width=width, ratio=ratio or None, overflow="fold", vertical="top")
        return table

    def more(self, left: int) -> None:
        """Say how many rows of a table are not shown, if any."""
        if left > 0:
            self.line(self.own(f"  and {left:,} more: --out DIR writes all of them", "dim"))

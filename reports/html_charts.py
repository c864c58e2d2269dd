"""The two drawings of the HTML report as inline SVG: a bar of states and columns of days.

Only numbers, dates and our own words go in. Shapes carry classes, never style attributes, so a
strict content security policy holds; the drawings stretch, and words stand in HTML around them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from reports.figures import size
from reports.words import DECLARED_STATES, STATES, label, rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reports.ledger import Day

_STEP: Final = 10  # units a column takes; one of them stays empty
_HEIGHT: Final = 100
_DAYS_ONE_BY_ONE: Final = 100
_DAYS_BY_WEEK: Final = 700


def css_class(state: str | None) -> str:
    """`s-unmanaged`; a state we do not know is `s-other`."""
    known = state in STATES or state in DECLARED_STATES
    return f"s-{state.replace('_', '-')}" if state and known else "s-other"


def state_bar(totals: Mapping[str, int]) -> Markup:
    """One bar, as wide as its box, cut by state in proportion to `totals`."""
    whole = sum(totals.values())
    if not whole:
        return Markup("")
    parts, x = [], 0.0
    for state, number in totals.items():
        width = 1000 * number / whole
        parts.append(
            Markup('<rect class="{}" x="{}" y="0" width="{}" height="10"/>').format(
                css_class(state), f"{x:.2f}", f"{width:.2f}"
            )
        )
        x += width
    return Markup(
        '<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
        "{}</svg>"
    ).format(Markup("").join(parts))


def share_bar(part: int, whole: int, most: int) -> Markup:
    """A bar `whole` long of `most`, its first `part` in the colour of the unmanaged."""
    return Markup(
        '<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" x="0" y="0" width="{}" height="6"/>'
        '<rect class="s-unmanaged" x="0" y="0" width="{}" height="6"/></svg>'
    ).format(f"{100 * whole / max(most, 1):.2f}", f"{100 * part / max(most, 1):.2f}")


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over time, and the words around them."""

    title: str
    svg: Markup
    top: str
    first: str
    middle: str
    last: str
    states: list[str]
    rows: list[tuple[str, str]]  # the same numbers for those who do not see the drawing


def _first_of(day: date, days: int) -> date:
    if days <= _DAYS_ONE_BY_ONE:
        return day
    return day - timedelta(days=day.weekday()) if days <= _DAYS_BY_WEEK else day.replace(day=1)


def _steps(first: date, last: date, days: int) -> list[date]:
    """Every column's first day, also of those without a sighting."""
    steps, day = [_first_of(first, days)], first
    while day < last:
        day += timedelta(days=1)
        if _first_of(day, days) != steps[-1]:
            steps.append(_first_of(day, days))
    return steps


def _unit(days: int) -> str:
    if days <= _DAYS_ONE_BY_ONE:
        return "day"
    return "week" if days <= _DAYS_BY_WEEK else "month"


def charts(days: Sequence[Day]) -> list[Chart]:
    """Assets in use and bytes sent over time; nothing when there is no day.

    Up to 100 days one column is a day, up to 700 a week, then a month. A longer column shows the
    busiest day for assets (the same asset on two days is one asset) and the sum for bytes.
    """
    if not days:
        return []
    first, last = days[0].day, days[-1].day
    span = (last - first).days + 1
    assets: dict[date, dict[str, int]] = defaultdict(dict)
    sent: dict[date, dict[str, int]] = defaultdict(dict)
    for item in days:
        at, state = _first_of(item.day, span), item.state or "unmanaged"
        assets[at][state] = max(assets[at].get(state, 0), item.assets)
        if item.bytes_out is not None:
            sent[at][state] = sent[at].get(state, 0) + item.bytes_out
    steps, unit = _steps(first, last, span), _unit(span)
    busiest = "" if unit == "day" else ", busiest day"
    drawn = [
        _chart(f"Assets in use per {unit}{busiest}", steps, assets, lambda number: f"{number:,}")
    ]
    if sent:
        drawn.append(_chart(f"Sent per {unit}, where logged", steps, sent, size))
    return drawn


def _chart(
    title: str,
    steps: Sequence[date],
    values: Mapping[date, Mapping[str, int]],
    show: Callable[[int], str],
) -> Chart:
    states = sorted({state for cut in values.values() for state in cut}, key=_calm_first)
    most = max((sum(cut.values()) for cut in values.values()), default=0)
    columns, rows = [], []
    for at, step in enumerate(steps):
        cut = values.get(step, {})
        told = ", ".join(
            f"{show(cut[state])} {label(STATES, state).lower()}"
            for state in reversed(states)
            if cut.get(state)
        )
        rows.append((step.isoformat(), told or "nothing"))
        columns.append(_column(at, f"{step.isoformat()}: {told or 'nothing'}",
                               [(state, cut.get(state, 0)) for state in states], most))  # fmt: skip
    svg = Markup(
        '<svg class="columns" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(_STEP * len(steps), _HEIGHT, f"{title}; most: {show(most)}", Markup("").join(columns))
    return Chart(
        title=title,
        svg=svg,
        top=show(most),
        first=steps[0].isoformat(),
        middle=steps[len(steps) // 2].isoformat() if len(steps) > 2 else "",
        last=steps[-1].isoformat() if len(steps) > 1 else "",
        states=list(reversed(states)),
        rows=rows,
    )


def _calm_first(state: str) -> int:
    return -rank(STATES, state)


def _column(at: int, told: str, cut: Iterable[tuple[str, int]], most: int) -> Markup:
    parts, top = [], float(_HEIGHT)
    for state, number in cut:
        if not number:
            continue
        height = _HEIGHT * number / max(most, 1)
        top -= height
        parts.append(
            Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                css_class(state), at * _STEP + 1, f"{top:.2f}", _STEP - 2, f"{height:.2f}"
            )
        )
    return Markup(
        '<g><title>{}</title><rect class="hit" x="{}" y="0" width="{}" height="{}"/>{}</g>'
    ).format(told, at * _STEP, _STEP, _HEIGHT, Markup("").join(parts))

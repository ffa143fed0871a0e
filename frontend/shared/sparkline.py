"""A life by months as one line of blocks, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.records import MonthCount
from frontend.shared.formatting import counted, long_month

# Nothing at all is told from little by more than height.
_NONE = "·"
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Sparkline:
    """`line` has a cell for every `span` months, from the month `first` to the month `last`."""

    line: str
    span: int
    first: date
    last: date


def draw_months(months: Sequence[MonthCount], width: int) -> Sparkline | None:
    """Return the months as a line of at most `width` cells; None where there are no months.

    Where there are more months than cells, a cell stands for the same number of months each, so
    that the line still is the whole life of the journal.
    """
    if not months or width < 1:
        return None
    span = -(-len(months) // width)
    # The last cell is a whole one: the present is what one looks at.
    head = len(months) % span
    bins = [sum(each.count for each in months[:head])] if head else []
    bins += [
        sum(each.count for each in months[start : start + span])
        for start in range(head, len(months), span)
    ]
    most = max(bins)
    line = "".join(_cell(count, most) for count in bins)
    return Sparkline(line, span, months[0].month, months[-1].month)


def describe_months(months: Sequence[MonthCount]) -> str:
    """Return the same in a sentence: how many months, and which holds the most.

    "In 14 of 36 months, most in May 2024 (12 mentions)."
    """
    held = [each for each in months if each.count]
    if not held:
        return "In no month."
    most = max(held, key=lambda each: (each.count, each.month))
    return (
        f"In {len(held):,} of {counted(len(months), 'month')}, most in {long_month(most.month)}"
        f" ({counted(most.count, 'mention')})."
    )


def count_years(months: Sequence[MonthCount]) -> list[tuple[int, int]]:
    """(year, mentions) of every year of the months, oldest first."""
    years: dict[int, int] = {}
    for each in months:
        years[each.month.year] = years.get(each.month.year, 0) + each.count
    return list(years.items())


def _cell(count: int, most: int) -> str:
    return _BLOCKS[(count * len(_BLOCKS) - 1) // most] if count else _NONE

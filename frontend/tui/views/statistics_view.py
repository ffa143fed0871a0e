"""Statistics as lines that read as a table; some of them lead somewhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.cells import cell_len

from backend.records import EntityType, NameCount, Statistics, Tally
from backend.text import for_terminal_line
from frontend.shared.charts import bar
from frontend.shared.formatting import (
    TYPE_NAMES,
    amount_words,
    counted,
    long_date,
    period_name,
    streak_words,
)
from frontend.tui.routes import CalendarRoute, EntityRoute, Route, StatisticsRoute
from frontend.tui.text.wrapping import fit

#: A piece of a line: its text and the component class that styles it ("" for none).
Piece = tuple[str, str]

_QUIET: Final = "statistics--quiet"
_HEADING: Final = "list--heading"
_BAR: Final = "statistics--bar"

_LABEL_WIDTH = 16
_NAME_WIDTH = 26

# Columns narrower than this leave the days out.
_ROOMY = 72


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and where it leads: None for one that only says something."""

    pieces: tuple[Piece, ...] = ()
    target: Route | None = None


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """All that is shown: `by_year` has names for the years, if they are here yet."""

    statistics: Statistics
    by_type: Mapping[EntityType, Sequence[NameCount]] = field(default_factory=dict)
    by_year: Mapping[int, Sequence[NameCount]] = field(default_factory=dict)

    def lines(self, width: int) -> list[Line]:
        """Return the lines, at most `width` cells wide."""
        total = self.statistics.total
        if total is None:
            year = self.statistics.year
            return [Line(((f"Nothing was written{f' in {year}' if year else ' yet'}.", ""),))]
        return [
            *self._totals(total, width),
            Line(),
            *self._periods(width),
            *self._names(width),
        ]

    def _totals(self, total: Tally, width: int) -> list[Line]:
        found = self.statistics
        days = counted(total.days, "day")
        lines = []
        for label, value in (
            ("Written", amount_words(total)),
            ("On", f"{days}, {counted(total.words // max(1, total.days), 'word')} each"),
            ("First", long_date(total.first)),
            ("Last", long_date(total.last)),
            ("Longest streak", streak_words(found.longest)),
            ("Current streak", streak_words(found.current)),
        ):
            words = fit(value, width - _LABEL_WIDTH)
            lines.append(Line(((label.ljust(_LABEL_WIDTH), _QUIET), (words, ""))))
        return lines

    def _periods(self, width: int) -> list[Line]:
        periods = self.statistics.periods
        is_year = self.statistics.year is not None
        has_days = width >= _ROOMY
        bar_width = max(8, min(30, width // 5))
        most = max(period.words for period in periods)
        head = ("Month" if is_year else "Year").ljust(6) + f"{'entries':>8}"
        head += f"{'days':>6}" if has_days else ""
        head += f"{'words':>12}  "
        lines = [Line(((fit(head, width), _QUIET),))]
        for period in periods:
            label = period_name(period, is_month=is_year)
            numbers = f"{label:<6}{period.entries:>8,}"
            numbers += f"{period.days:>6,}" if has_days else ""
            numbers += f"{period.words:>12,}  "
            picture = bar(period.words, most, bar_width).ljust(bar_width)
            room = max(0, width - len(numbers) - bar_width)
            names = _listed(self.by_year.get(period.first.year, ()), room)
            target = CalendarRoute(period.first) if is_year else StatisticsRoute(period.first.year)
            lines.append(
                Line(
                    ((numbers, ""), (picture, _BAR), (names, _QUIET)),
                    target,
                )
            )
        return lines

    def _names(self, width: int) -> list[Line]:
        lines = []
        counts = [name.count for names in self.by_type.values() for name in names]
        name_width = min(_NAME_WIDTH, width // 2)
        bar_width = max(0, min(30, width - name_width - 10))
        for type_, names in self.by_type.items():
            if not names:
                continue
            lines += [Line(), Line(((TYPE_NAMES[type_], _HEADING),))]
            for name in names:
                text = fit(for_terminal_line(name.name), name_width)
                text += " " * (name_width - cell_len(text))
                picture = bar(name.count, max(counts), bar_width)
                lines.append(
                    Line(
                        ((text, ""), (f"{name.count:>8,}  ", _QUIET), (picture, _BAR)),
                        EntityRoute(name.entity_ids[:1], name.name),
                    )
                )
        return lines


def _listed(names: Sequence[NameCount], width: int) -> str:
    """As many names as `width` cells hold whole, but at least the beginning of the first."""
    safe = [for_terminal_line(name.name) for name in names]
    for count in range(len(safe), 0, -1):
        words = "  " + ", ".join(safe[:count])
        if cell_len(words) <= width or count == 1:
            return fit(words, width)
    return ""

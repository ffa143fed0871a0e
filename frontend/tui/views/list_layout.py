"""A long list as lines: headings of days, weeks and months, and the entries under them.

Nothing here knows Textual or a database. A list of 100,000 entries is described by how many
entries each day holds; the entries themselves arrive page by page and are forgotten again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Generic, TypeVar

from backend.records import DayCount

T = TypeVar("T")

# What may begin in the list with a day.
_MONTH = 1
_WEEK = 2


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """Line `line` of the heading over a day that holds `count` entries."""

    day: date
    count: int
    line: int


@dataclass(frozen=True, slots=True)
class BreakLine:
    """The line before the heading of `day` with which another week or month begins in the list.

    `month` tells whether it is another month than above. `week` is the first day of a week that
    begins here, None where none does, or the day is the only one of its week.
    """

    day: date
    month: bool
    week: date | None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """Line `line` of the entry at `position` (0 is the newest)."""

    position: int
    line: int


class Rows:
    """Which line of the list shows what.

    Args:
        days: days with at least one entry, in the order of the list.
        entry_height: lines an entry takes.
        heading_height: lines a day's heading takes.
        week_start: the weekday with which weeks begin (0 is Monday); None for a list that names
            neither weeks nor months.
    """

    def __init__(
        self,
        days: Sequence[DayCount],
        *,
        entry_height: int = 2,
        heading_height: int = 2,
        week_start: int | None = None,
    ) -> None:
        self.entry_height = entry_height
        self.heading_height = heading_height
        self._days = [day for day in days if day.count > 0]
        self._week_start = week_start
        self._breaks = _breaks(self._days, week_start)
        counts = [day.count for day in self._days]
        # Both lists begin with 0 and end with the total: entry i of day d has position
        # _firsts[d] + i and day d begins at line _tops[d].
        self._firsts = list(accumulate(counts, initial=0))
        self._tops = list(
            accumulate(
                (
                    heading_height + (kind > 0) + n * entry_height
                    for n, kind in zip(counts, self._breaks, strict=True)
                ),
                initial=0,
            )
        )

    def __len__(self) -> int:
        """Return the number of entries."""
        return self._firsts[-1]

    @property
    def height(self) -> int:
        """Number of lines."""
        return self._tops[-1]

    def at(self, line: int) -> HeadingLine | BreakLine | EntryLine | None:
        """Return what `line` shows; None above and below the list."""
        if not 0 <= line < self.height:
            return None
        index = bisect_right(self._tops, line) - 1
        inside = line - self._tops[index]
        height = self._heading_height(index)
        if inside < height:
            return self._heading(index, inside)
        entry, entry_line = divmod(inside - height, self.entry_height)
        return EntryLine(self._firsts[index] + entry, entry_line)

    def top(self, position: int) -> int:
        """Return the first line of the entry at `position`.

        Raises:
            IndexError: there is no such entry.
        """
        index = self._day_index(position)
        inside = position - self._firsts[index]
        return self._tops[index] + self._heading_height(index) + inside * self.entry_height

    def top_with_heading(self, position: int) -> int:
        """As `top`; for the first entry of a day, the first line of its heading.

        Raises:
            IndexError: there is no such entry.
        """
        index = self._day_index(position)
        if self._firsts[index] == position:
            return self._tops[index]
        return self.top(position)

    def day(self, position: int) -> date:
        """Return the day of the entry at `position`.

        Raises:
            IndexError: there is no such entry.
        """
        return self._days[self._day_index(position)].local_date

    def nearest_day(self, first: date, last: date) -> date | None:
        """Return the earliest day from `first` to `last` in the list, else the nearest one.

        None if the list is empty.
        """
        if not self._days:
            return None
        # Days up to `last` begin here, and those before `first` there.
        newest, older = self._day_from(last), self._day_from(first - timedelta(days=1))
        if newest < older:
            return self._days[older - 1].local_date
        around = self._days[max(0, newest - 1) : newest + 1]
        return min(
            (day.local_date for day in around),
            key=lambda day: (day - last).days if day > last else (first - day).days,
        )

    def first_of_day(self, day: date) -> int:
        """Return the position of the newest entry of `day` or, if it has none, before it.

        Where there is none before it either, that of the oldest entry.

        Raises:
            IndexError: the list is empty.
        """
        if not self._days:
            raise IndexError(day)
        return self._firsts[min(self._day_from(day), len(self._days) - 1)]

    def nearest(self, line: int) -> int:
        """Return the position of the entry at `line`, or of the first one below a heading.

        Lines outside the list answer with the first or the last entry.

        Raises:
            IndexError: the list is empty.
        """
        if not len(self):
            raise IndexError(line)
        found = self.at(max(0, min(line, self.height - 1)))
        if isinstance(found, EntryLine):
            return found.position
        index = bisect_right(self._tops, max(0, min(line, self.height - 1))) - 1
        return self._firsts[index]

    def span(self, first_line: int, lines: int) -> tuple[int, int]:
        """Positions `[start, stop)` of the entries seen in `lines` lines from `first_line`."""
        if not len(self) or lines <= 0:
            return (0, 0)
        return (self.nearest(first_line), self.nearest(first_line + lines - 1) + 1)

    def _day_from(self, day: date) -> int:
        """Index of the first day in the list that is not later than `day`."""
        return bisect_left(self._days, -day.toordinal(), key=lambda d: -d.local_date.toordinal())

    def _heading_height(self, index: int) -> int:
        return self.heading_height + (self._breaks[index] > 0)

    def _heading(self, index: int, line: int) -> HeadingLine | BreakLine:
        """Return what line `line` of a day's heading shows: space, what begins with it, the day."""
        day, kind = self._days[index], self._breaks[index]
        space = self.heading_height - 1
        if not kind or line < space:
            return HeadingLine(day.local_date, day.count, line)
        if line > space:
            return HeadingLine(day.local_date, day.count, space)
        week = None
        if kind & _WEEK and self._week_start is not None:
            week = first_of_week(day.local_date, self._week_start)
        return BreakLine(day.local_date, bool(kind & _MONTH), week)

    def _day_index(self, position: int) -> int:
        if not 0 <= position < len(self):
            raise IndexError(position)
        return bisect_right(self._firsts, position) - 1


def first_of_week(day: date, week_start: int) -> date:
    """Return the first day of `day`'s week; weeks begin with weekday `week_start` (0: Monday)."""
    return date.fromordinal(max(1, day.toordinal() - (day.weekday() - week_start) % 7))


def _breaks(days: Sequence[DayCount], week_start: int | None) -> bytes:
    """Return what begins in the list with each of `days`: `_MONTH`, `_WEEK`, both or nothing."""
    if week_start is None:
        return bytes(len(days))
    # Ordinal 1 is a Monday.
    weeks = [(day.local_date.toordinal() - 1 - week_start) // 7 for day in days]
    months = [day.local_date.replace(day=1) for day in days]
    kinds = bytearray()
    for index, (week, month) in enumerate(zip(weeks, months, strict=True)):
        kind = 0
        if index == 0 or months[index - 1] != month:
            kind |= _MONTH
        is_first = index == 0 or weeks[index - 1] != week
        # A week of one day is named by that.
        if is_first and index + 1 < len(days) and weeks[index + 1] == week:
            kind |= _WEEK
        kinds.append(kind)
    return bytes(kinds)


class Pages(Generic[T]):
    """The parts of a long list that have arrived.

    Args:
        size: items a page holds.
        keep: pages held before the one least recently looked at is forgotten.
    """

    def __init__(self, *, size: int = 64, keep: int = 32) -> None:
        self.size = size
        self._keep = keep
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()

    def get(self, position: int) -> T | None:
        """Return the item at `position`, or None if its page is not here."""
        number, inside = divmod(position, self.size)
        page = self._pages.get(number)
        if page is None or inside >= len(page):
            return None
        self._pages.move_to_end(number)
        return page[inside]

    def put(self, number: int, items: Sequence[T]) -> None:
        """Take in page `number`: the items from position `number * size` on."""
        self._pages[number] = items
        self._pages.move_to_end(number)
        while len(self._pages) > self._keep:
            self._pages.popitem(last=False)

    def missing(self, start: int, stop: int) -> list[int]:
        """Numbers of the pages of positions `[start, stop)` that are not here."""
        if stop <= start:
            return []
        wanted = range(max(0, start) // self.size, (stop - 1) // self.size + 1)
        return [number for number in wanted if number not in self._pages]

    def find(self, is_wanted: Callable[[T], bool]) -> int | None:
        """Return the position of the first item here that `is_wanted`; None if there is none."""
        for number, items in self._pages.items():
            for place, item in enumerate(items):
                if is_wanted(item):
                    return number * self.size + place
        return None

    def replace(self, change: Callable[[T], T]) -> list[int]:
        """Exchange every item that is here for what `change` makes of it.

        Returns the positions of those for which that is another object.
        """
        changed: list[int] = []
        for number, items in self._pages.items():
            new = [change(item) for item in items]
            pairs = enumerate(zip(items, new, strict=True))
            found = [number * self.size + place for place, (old, now) in pairs if old is not now]
            if found:
                self._pages[number] = new
                changed += found
        return changed

"""A long list as lines: day headings and the entries under them.

Nothing here knows Textual or a database. A list of 100,000 entries is described by how many
entries each day holds; the entries themselves arrive page by page and are forgotten again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Generic, TypeVar

from backend.records import DayCount

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """Line `line` of the heading over a day that holds `count` entries."""

    day: date
    count: int
    line: int


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
    """

    def __init__(
        self, days: Sequence[DayCount], *, entry_height: int = 2, heading_height: int = 2
    ) -> None:
        self.entry_height = entry_height
        self.heading_height = heading_height
        self._days = [day for day in days if day.count > 0]
        counts = [day.count for day in self._days]
        # Both lists begin with 0 and end with the total: entry i of day d has position
        # _firsts[d] + i and day d begins at line _tops[d].
        self._firsts = list(accumulate(counts, initial=0))
        self._tops = list(
            accumulate((heading_height + n * entry_height for n in counts), initial=0)
        )

    def __len__(self) -> int:
        """Number of entries."""
        return self._firsts[-1]

    @property
    def height(self) -> int:
        """Number of lines."""
        return self._tops[-1]

    def at(self, line: int) -> HeadingLine | EntryLine | None:
        """What `line` shows; None above and below the list."""
        if not 0 <= line < self.height:
            return None
        index = bisect_right(self._tops, line) - 1
        inside = line - self._tops[index]
        if inside < self.heading_height:
            day = self._days[index]
            return HeadingLine(day.local_date, day.count, inside)
        entry, entry_line = divmod(inside - self.heading_height, self.entry_height)
        return EntryLine(self._firsts[index] + entry, entry_line)

    def top(self, position: int) -> int:
        """The first line of the entry at `position`.

        Raises:
            IndexError: there is no such entry.
        """
        index = self._day_index(position)
        inside = position - self._firsts[index]
        return self._tops[index] + self.heading_height + inside * self.entry_height

    def day(self, position: int) -> date:
        """The day of the entry at `position`.

        Raises:
            IndexError: there is no such entry.
        """
        return self._days[self._day_index(position)].local_date

    def is_first_of_day(self, position: int) -> bool:
        """Whether the entry at `position` stands right under its day's heading."""
        return self._firsts[self._day_index(position)] == position

    def nearest(self, line: int) -> int:
        """The position of the entry at `line`, or of the first one below a heading.

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

    def _day_index(self, position: int) -> int:
        if not 0 <= position < len(self):
            raise IndexError(position)
        return bisect_right(self._firsts, position) - 1


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
        """The item at `position`, or None if its page is not here."""
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

    def replace(self, change: Callable[[T], T]) -> None:
        """Exchange every item that is here for what `change` makes of it."""
        for number, items in self._pages.items():
            self._pages[number] = [change(item) for item in items]

"""A year of days as rows and columns: where each day stands, and which one is next to it. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date, timedelta

from backend.dates import MONTHS, WEEKDAYS

#: Cells of the words before each row.
LABEL_WIDTH = 5

# A week a column is drawn where a day has at least so many cells, and none has more than this.
_ROOMY_CELL, _LARGEST_CELL = 2, 3

_LONGEST_MONTH = 31
_MARKED_DAYS = (1, 5, 10, 15, 20, 25, 30)


class YearGrid(ABC):
    """The days of `year` in a grid.

    Attributes:
        labels: what stands before each row.
        heads: (column, words) over the columns.
        columns: number of columns.
    """

    year: int
    labels: tuple[str, ...]
    heads: tuple[tuple[int, str], ...]
    columns: int

    @abstractmethod
    def cell(self, day: date) -> tuple[int, int]:
        """(row, column) of a day of the year."""

    @abstractmethod
    def day(self, row: int, column: int) -> date | None:
        """Return the day of the year in a cell, None where there is none."""

    @abstractmethod
    def step(self, day: date, across: int, down: int) -> date:
        """Return the day so many cells to the right of and below `day`, in this year or another.

        Raises:
            OverflowError, ValueError: the calendar has no such day.
        """

    def width(self, cell_width: int) -> int:
        """Cells of the terminal that the grid takes."""
        return LABEL_WIDTH + self.columns * cell_width

    def head_line(self, cell_width: int) -> str:
        """Return the line over the grid: the year, and the heads over their columns."""
        line = str(self.year)
        for column, words in self.heads:
            line = line.ljust(LABEL_WIDTH + column * cell_width) + words
        return line

    def rows(self) -> Iterator[list[date | None]]:
        """Yield the days of each row."""
        for row in range(len(self.labels)):
            yield [self.day(row, column) for column in range(self.columns)]


class WeeksGrid(YearGrid):
    """A column a week and a row a weekday.

    Args:
        year: the year.
        first_weekday: the weekday of the first row, 0 for Monday to 6 for Sunday.
    """

    def __init__(self, year: int, first_weekday: int = 0) -> None:
        self.year = year
        first, last = date(year, 1, 1), date(year, 12, 31)
        # Counted and not subtracted: the week may begin before the calendar does.
        self._lead = (first.weekday() - first_weekday) % 7
        self.columns = self._count(last) // 7 + 1
        self.labels = tuple(WEEKDAYS[(first_weekday + row) % 7][:3] for row in range(7))
        self.heads = tuple(
            (self._count(date(year, month, 1)) // 7, MONTHS[month - 1][:3])
            for month in range(1, 13)
        )

    def cell(self, day: date) -> tuple[int, int]:
        """(row, column) of a day of the year."""
        column, row = divmod(self._count(day), 7)
        return row, column

    def day(self, row: int, column: int) -> date | None:
        """Return the day of the year in a cell, None where there is none."""
        if not (0 <= row < 7 and 0 <= column < self.columns):
            return None
        number = column * 7 + row - self._lead
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        return first + timedelta(days=number) if 0 <= number <= (last - first).days else None

    def step(self, day: date, across: int, down: int) -> date:
        """Return a week to the right, a day down."""
        return day + timedelta(days=7 * across + down)

    def _count(self, day: date) -> int:
        """Days since the beginning of the week in which the year begins."""
        return (day - date(self.year, 1, 1)).days + self._lead


class MonthsGrid(YearGrid):
    """A row a month and a column a day of the month: half as wide as the weeks."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.columns = _LONGEST_MONTH
        self.labels = tuple(name[:3] for name in MONTHS)
        self.heads = tuple((day - 1, str(day)) for day in _MARKED_DAYS)

    def cell(self, day: date) -> tuple[int, int]:
        """(row, column) of a day of the year."""
        return day.month - 1, day.day - 1

    def day(self, row: int, column: int) -> date | None:
        """Return the day of the year in a cell, None where there is none."""
        if not (0 <= row < 12 and 0 <= column < _LONGEST_MONTH):
            return None
        return _day_of(self.year, row + 1, column + 1)

    def step(self, day: date, across: int, down: int) -> date:
        """Return a day to the right; a month down, to its last day where it has no such day."""
        if down:
            months = day.year * 12 + day.month - 1 + down
            year, month = divmod(months, 12)
            day = next(
                found
                for number in range(day.day, 0, -1)
                if (found := _day_of(year, month + 1, number)) is not None
            )
        return day + timedelta(days=across)


def fit_grid(year: int, width: int, first_weekday: int = 0) -> tuple[YearGrid, int]:
    """Return the grid that `width` cells hold best, and the cells that each day has in it.

    Weeks where there is room, else months.
    """
    for grid in (WeeksGrid(year, first_weekday), MonthsGrid(year)):
        cell_width = min(_LARGEST_CELL, (width - LABEL_WIDTH) // grid.columns)
        if cell_width >= _ROOMY_CELL:
            break
    return grid, max(1, cell_width)


def _day_of(year: int, month: int, number: int) -> date | None:
    """Return a day of a month, None where the month is shorter."""
    first = date(year, month, 1)
    found = first.toordinal() + number - 1
    last = date(year, month + 1, 1).toordinal() - 1 if month < 12 else found
    return date.fromordinal(found) if found <= last else None


def same_day(day: date, year: int) -> date:
    """Return the day of `day`'s month and number in `year`; 28 February for a missing 29."""
    return _day_of(year, day.month, day.day) or date(year, day.month, day.day - 1)

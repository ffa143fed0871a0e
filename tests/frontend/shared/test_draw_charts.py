"""Amounts as characters, and a year of days as a grid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend.shared.charts import PLAIN_SHADES, SHADES, Shading, bar
from frontend.shared.year_grid import MonthsGrid, WeeksGrid, YearGrid, fit_grid, same_day

YEARS = st.integers(2, 9998)
GRIDS = st.one_of(
    st.builds(WeeksGrid, YEARS, st.sampled_from([0, 6])), st.builds(MonthsGrid, YEARS)
)


def test_every_shade_is_a_character_of_its_own() -> None:
    assert len(set(SHADES)) == len(set(PLAIN_SHADES)) == 5
    assert PLAIN_SHADES.isascii()


def test_each_level_has_about_a_quarter() -> None:
    shading = Shading.of(range(1, 101))
    levels = [shading.level(amount) for amount in range(1, 101)]
    assert [levels.count(level) for level in (1, 2, 3, 4)] == [25] * 4
    assert shading.legend() == [
        ("·", "none"),
        ("░", "to 25"),
        ("▒", "to 50"),
        ("▓", "to 75"),
        ("█", "to 100"),
    ]


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_more_is_never_shaded_less(amounts: list[int]) -> None:
    shading = Shading.of(amounts)
    levels = [shading.level(amount) for amount in sorted(amounts)]
    assert levels == sorted(levels)
    assert {SHADES[level] for level in levels} <= {shade for shade, _ in shading.legend()}
    if max(amounts):
        assert levels[-1] == 4


def test_few_days_have_a_short_legend() -> None:
    assert Shading.of([]).legend() == [("·", "none")]
    assert Shading.of([7, 7]).legend() == [("·", "none"), ("█", "to 7")]


def test_bars_have_lengths() -> None:
    assert bar(10, 10, 4) == "████"
    assert bar(5, 10, 4) == "██"
    assert bar(4, 10, 4) == "█▌"
    assert bar(1, 10_000, 4) == "▌"
    assert bar(0, 10, 4) == bar(1, 0, 4) == bar(1, 1, 0) == ""
    assert bar(4, 10, 4, plain=True) == "##"


@given(GRIDS)
def test_every_day_has_a_cell_of_its_own(grid: YearGrid) -> None:
    day = date(grid.year, 1, 1)
    cells = set()
    while day.year == grid.year:
        row, column = grid.cell(day)
        assert grid.day(row, column) == day
        cells.add((row, column))
        day += timedelta(days=1)
    shown = [day for row in grid.rows() for day in row if day is not None]
    assert len(shown) == len(cells) in (365, 366)
    assert grid.day(-1, 0) is grid.day(0, -1) is grid.day(0, grid.columns) is None


@given(GRIDS, st.integers(1, 2))
def test_a_head_stands_over_its_column(grid: YearGrid, cell_width: int) -> None:
    line = grid.head_line(cell_width)
    assert line.split() == [str(grid.year), *(words for _, words in grid.heads)]
    assert len(line) <= grid.width(cell_width) + 2


@pytest.mark.parametrize(
    ("width", "kind", "cell_width"),
    [
        (20, MonthsGrid, 1),
        (56, MonthsGrid, 1),
        (76, MonthsGrid, 2),
        (116, WeeksGrid, 2),
        (196, WeeksGrid, 3),
    ],
)
def test_a_year_is_drawn_as_large_as_there_is_room(
    width: int, kind: type[YearGrid], cell_width: int
) -> None:
    # A leap year that begins on the last day of a week is the widest.
    grid, cells = fit_grid(2000, width, 6)
    assert (type(grid), cells) == (kind, cell_width)
    assert grid.width(cells) <= max(width, 36)


@pytest.mark.parametrize(
    ("day", "across", "down", "expected"),
    [
        ("2024-02-28", 1, 0, "2024-02-29"),
        ("2024-01-31", 0, 1, "2024-02-29"),
        ("2023-01-31", 0, 1, "2023-02-28"),
        ("2024-12-31", 1, 0, "2025-01-01"),
        ("2024-12-31", 0, 1, "2025-01-31"),
        ("2024-01-15", 0, -1, "2023-12-15"),
    ],
)
def test_months_are_a_row_apart(day: str, across: int, down: int, expected: str) -> None:
    grid = MonthsGrid(int(day[:4]))
    assert grid.step(date.fromisoformat(day), across, down) == date.fromisoformat(expected)


def test_weeks_are_a_column_apart() -> None:
    grid = WeeksGrid(2024)
    assert grid.step(date(2024, 12, 30), 1, 0) == date(2025, 1, 6)
    assert grid.step(date(2024, 1, 1), 0, -1) == date(2023, 12, 31)
    assert grid.labels[0] == "Mon"
    assert WeeksGrid(2024, 6).labels[0] == "Sun"


def test_the_same_day_of_another_year() -> None:
    assert same_day(date(2024, 2, 29), 2023) == date(2023, 2, 28)
    assert same_day(date(2024, 2, 29), 2020) == date(2020, 2, 29)
    assert same_day(date(2024, 12, 31), 2023) == date(2023, 12, 31)

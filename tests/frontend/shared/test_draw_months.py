"""Months as a line of blocks and as a sentence."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from backend.records import MonthCount
from frontend.shared.sparkline import count_years, describe_months, draw_months


def months(*counts: int) -> list[MonthCount]:
    """Counts of the months from November 2023 on."""
    return [
        MonthCount(date(2023 + (10 + n) // 12, (10 + n) % 12 + 1, 1), count)
        for n, count in enumerate(counts)
    ]


def test_a_month_is_a_cell() -> None:
    drawn = draw_months(months(0, 1, 4, 8), 10)
    assert drawn is not None
    assert (drawn.line, drawn.span) == ("·▁▄█", 1)
    assert (drawn.first, drawn.last) == (date(2023, 11, 1), date(2024, 2, 1))


def test_many_months_share_cells_and_the_last_cell_is_a_whole_one() -> None:
    drawn = draw_months(months(1, 1, 1, 1, 0, 0, 8), 4)
    assert drawn is not None
    assert (drawn.line, drawn.span) == ("▁▂▁█", 2)


def test_there_may_be_nothing_to_draw() -> None:
    assert draw_months([], 10) is None
    assert draw_months(months(1), 0) is None
    drawn = draw_months(months(0, 0), 10)
    assert drawn is not None
    assert drawn.line == "··"


def test_months_are_told_in_a_sentence() -> None:
    assert (
        describe_months(months(0, 1, 4, 1))
        == "In 3 of 4 months, most in January 2024 (4 mentions)."
    )
    assert describe_months(months(1)) == "In 1 of 1 month, most in November 2023 (1 mention)."
    assert describe_months(months(0)) == "In no month."


def test_years_are_summed() -> None:
    assert count_years(months(1, 2, 3, 4)) == [(2023, 3), (2024, 7)]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=400), st.integers(1, 80))
def test_a_line_never_is_wider_than_there_is_room(counts: list[int], width: int) -> None:
    drawn = draw_months(months(*counts), width)
    assert drawn is not None
    assert len(drawn.line) <= width
    assert len(drawn.line) * drawn.span >= len(counts)
    assert ("█" in drawn.line) == any(counts)

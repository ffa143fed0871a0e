"""Which line of the list shows what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.records import DayCount
from frontend.tui.views.list_layout import (
    BreakLine,
    EntryLine,
    HeadingLine,
    Pages,
    Rows,
    first_of_week,
)

NEWEST = date(2026, 11, 21)

counts = st.lists(st.integers(min_value=0, max_value=5), max_size=12)
heights = st.tuples(st.integers(1, 4), st.integers(1, 3))


def days(*numbers: int) -> list[DayCount]:
    return [DayCount(NEWEST - timedelta(days=i), n) for i, n in enumerate(numbers)]


def test_a_day_is_a_heading_and_its_entries() -> None:
    rows = Rows(days(2, 1), entry_height=2, heading_height=2)

    assert [rows.at(line) for line in range(-1, 11)] == [
        None,
        HeadingLine(NEWEST, 2, 0),
        HeadingLine(NEWEST, 2, 1),
        EntryLine(0, 0),
        EntryLine(0, 1),
        EntryLine(1, 0),
        EntryLine(1, 1),
        HeadingLine(NEWEST - timedelta(days=1), 1, 0),
        HeadingLine(NEWEST - timedelta(days=1), 1, 1),
        EntryLine(2, 0),
        EntryLine(2, 1),
        None,
    ]


def test_a_day_without_entries_has_no_heading() -> None:
    rows = Rows(days(0, 1, 0))

    assert len(rows) == 1
    assert rows.day(0) == NEWEST - timedelta(days=1)
    assert rows.height == 4


@given(counts, heights)
def test_every_entry_has_its_lines_and_no_line_is_lost(
    numbers: list[int], shape: tuple[int, int]
) -> None:
    entry_height, heading_height = shape
    rows = Rows(days(*numbers), entry_height=entry_height, heading_height=heading_height)

    shown = [rows.at(line) for line in range(rows.height)]
    entries = [found for found in shown if isinstance(found, EntryLine)]
    headings = [found for found in shown if isinstance(found, HeadingLine)]

    assert len(rows) == sum(numbers)
    assert entries == [
        EntryLine(position, line) for position in range(len(rows)) for line in range(entry_height)
    ]
    assert len(headings) == heading_height * sum(number > 0 for number in numbers)
    for position in range(len(rows)):
        assert rows.at(rows.top(position)) == EntryLine(position, 0)


@given(counts, st.integers(-3, 90), st.integers(0, 40))
def test_a_span_holds_every_entry_that_is_seen(numbers: list[int], first: int, lines: int) -> None:
    rows = Rows(days(*numbers))
    start, stop = rows.span(first, lines)

    seen = {
        found.position
        for line in range(first, first + lines)
        if isinstance(found := rows.at(line), EntryLine)
    }
    assert seen <= set(range(start, stop))


def test_the_nearest_entry_below_a_heading_is_its_first() -> None:
    rows = Rows(days(2, 2), entry_height=2, heading_height=2)

    assert rows.nearest(-5) == 0
    assert rows.nearest(7) == 2
    assert rows.nearest(1000) == 3


@pytest.mark.parametrize("position", [-1, 3])
def test_a_position_outside_the_list_is_refused(position: int) -> None:
    rows = Rows(days(2, 1))

    with pytest.raises(IndexError):
        rows.top(position)
    with pytest.raises(IndexError):
        Rows([]).nearest(0)


def test_the_first_entry_of_a_day_is_shown_with_its_heading() -> None:
    rows = Rows(days(2, 1))

    assert [rows.top(i) - rows.top_with_heading(i) for i in range(3)] == [2, 0, 2]


def breaks(rows: Rows) -> list[BreakLine]:
    return [found for y in range(rows.height) if isinstance(found := rows.at(y), BreakLine)]


def test_weeks_and_months_begin_with_a_line_of_their_own() -> None:
    # Wednesday 4 November 2026 and the nine days before it.
    listed = [DayCount(date(2026, 11, 4) - timedelta(days=i), 1) for i in range(10)]

    assert breaks(Rows(listed)) == []
    assert breaks(Rows(listed, week_start=0)) == [
        BreakLine(date(2026, 11, 4), True, date(2026, 11, 2)),
        BreakLine(date(2026, 11, 1), False, date(2026, 10, 26)),
        BreakLine(date(2026, 10, 31), True, None),
    ]
    assert breaks(Rows(listed, week_start=6)) == [
        BreakLine(date(2026, 11, 4), True, date(2026, 11, 1)),
        BreakLine(date(2026, 10, 31), True, date(2026, 10, 25)),
    ]


def test_a_week_of_one_day_is_not_named_besides() -> None:
    rows = Rows([DayCount(date(2026, 11, day), 2) for day in (25, 18, 11)], week_start=0)

    assert breaks(rows) == [BreakLine(date(2026, 11, 25), True, None)]


def test_what_begins_stands_between_the_space_and_the_day() -> None:
    rows = Rows(days(1), entry_height=2, heading_height=2, week_start=0)

    assert [rows.at(line) for line in range(5)] == [
        HeadingLine(NEWEST, 1, 0),
        BreakLine(NEWEST, True, None),
        HeadingLine(NEWEST, 1, 1),
        EntryLine(0, 0),
        EntryLine(0, 1),
    ]
    assert (rows.top_with_heading(0), rows.top(0)) == (0, 3)


@given(
    st.lists(st.integers(min_value=0, max_value=2), max_size=60), heights, st.sampled_from([0, 6])
)
def test_every_line_is_somebodys_whatever_begins(
    numbers: list[int], shape: tuple[int, int], week_start: int
) -> None:
    entry_height, heading_height = shape
    listed = days(*numbers)
    rows = Rows(
        listed, entry_height=entry_height, heading_height=heading_height, week_start=week_start
    )
    shown = [rows.at(line) for line in range(rows.height)]

    assert None not in shown
    assert [found for found in shown if isinstance(found, EntryLine)] == [
        EntryLine(position, line) for position in range(len(rows)) for line in range(entry_height)
    ]
    written = [day.local_date for day in listed if day.count]
    months = [found.day for found in breaks(rows) if found.month]
    assert [day.replace(day=1) for day in months] == sorted(
        {day.replace(day=1) for day in written}, reverse=True
    )
    weeks = [first_of_week(day, week_start) for day in written]
    assert [found.week for found in breaks(rows) if found.week] == [
        week for week in sorted(set(weeks), reverse=True) if weeks.count(week) > 1
    ]
    for position in range(len(rows)):
        assert rows.at(rows.top(position)) == EntryLine(position, 0)
        assert rows.nearest(rows.top_with_heading(position)) == position


@given(counts, st.integers(-20, 20), st.integers(0, 10))
def test_the_nearest_day_is_found(numbers: list[int], offset: int, length: int) -> None:
    rows = Rows(days(*numbers))
    first = NEWEST + timedelta(days=offset)
    last = first + timedelta(days=length)
    written = [day.local_date for day in days(*numbers) if day.count]
    inside = [day for day in written if first <= day <= last]
    found = rows.nearest_day(first, last)

    if not written:
        assert found is None
    elif inside:
        assert found == min(inside)
    else:
        assert found is not None
        assert min(abs(found - first), abs(found - last)) == min(
            min(abs(day - first), abs(day - last)) for day in written
        )


def test_a_day_is_found_by_its_newest_entry() -> None:
    rows = Rows(days(2, 0, 3))

    assert rows.first_of_day(NEWEST + timedelta(days=9)) == 0
    assert rows.first_of_day(NEWEST) == 0
    assert rows.first_of_day(NEWEST - timedelta(days=1)) == 2
    assert rows.first_of_day(NEWEST - timedelta(days=2)) == 2
    assert rows.first_of_day(NEWEST - timedelta(days=9)) == 2
    with pytest.raises(IndexError):
        Rows([]).first_of_day(NEWEST)


def test_pages_are_missing_until_they_are_put() -> None:
    pages: Pages[int] = Pages(size=10, keep=5)

    assert pages.missing(5, 25) == [0, 1, 2]
    pages.put(1, range(10, 20))
    assert pages.missing(5, 25) == [0, 2]
    assert pages.get(15) == 15
    assert pages.get(25) is None
    assert pages.missing(7, 7) == []


def test_a_short_page_answers_nothing_past_its_end() -> None:
    pages: Pages[int] = Pages(size=10)
    pages.put(0, [1, 2])

    assert pages.get(1) == 2
    assert pages.get(2) is None


def test_the_page_least_recently_looked_at_is_forgotten() -> None:
    pages: Pages[int] = Pages(size=1, keep=2)
    pages.put(0, [0])
    pages.put(1, [1])
    assert pages.get(0) == 0
    pages.put(2, [2])

    assert pages.missing(0, 3) == [1]


def test_items_can_be_exchanged_where_they_are() -> None:
    pages: Pages[int] = Pages(size=2)
    pages.put(3, [1, 2])

    assert pages.replace(lambda item: 20 if item == 2 else item) == [7]
    assert [pages.get(6), pages.get(7)] == [1, 20]

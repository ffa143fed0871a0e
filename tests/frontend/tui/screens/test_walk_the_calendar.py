"""The calendar: a year of days, on the keyboard and with the mouse."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend import add_entry, delete_entry, set_preference
from backend.database.journal.entries import NewEntry, add_entries
from backend.dates import today
from backend.preferences import SHOWN_JOURNAL, WEEK_START
from backend.records import WeekStart
from frontend.shared.formatting import long_date
from frontend.tui.routes import CalendarRoute, OnThisDayRoute
from frontend.tui.screens.calendar import CalendarScreen
from frontend.tui.widgets.panes.year_view import YearView
from tests.frontend.tui.journeys import SIZES, Journey, opened

DAY = date(2024, 5, 2)


def write(day: date, text: str = "one two three") -> str:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return add_entry(text, created_at=noon, zone="UTC").uuid


def view(journey: Journey) -> YearView:
    return journey.app.screen.query_one(YearView)


async def open_calendar(journey: Journey, day: date | None = None) -> None:
    if day is None:
        await journey.press("c")
    else:
        journey.app.navigation.navigate(CalendarRoute(day))
    await journey.until(lambda: isinstance(journey.app.screen, CalendarScreen))
    await journey.sees("Words")


@pytest.mark.parametrize("size", SIZES)
async def test_a_year_of_days_is_seen_at_once(size: tuple[int, int]) -> None:
    for day, words in ((DAY, 3), (date(2024, 1, 1), 9), (date(2024, 12, 31), 30)):
        write(day, "word " * words)
    async with opened(size) as journey:
        await open_calendar(journey, DAY)
        await journey.sees("2024 · 3 entries", "Thursday 2 May 2024 · 1 entry, 3 words", "12:00")
        rows = journey.lines[3:10] if size[0] >= 120 else journey.lines[3:15]
        picture = "\n".join(rows)
        assert picture.count("·") == 363
        assert ("◆" in picture) is (size[0] == 60)
        assert ("◂" in picture) is (size[0] > 60)
        first_and_last = [line.split()[0] for line in (rows[0], rows[-1])]
        assert first_and_last == (["Mon", "Sun"] if size[0] >= 120 else ["Jan", "Dec"])


@pytest.mark.parametrize(
    ("size", "keys", "expected"),
    [
        ((120, 40), ["down"], "2024-05-03"),
        ((120, 40), ["k"], "2024-05-01"),
        ((120, 40), ["right"], "2024-05-09"),
        ((120, 40), ["h"], "2024-04-25"),
        ((60, 20), ["l"], "2024-05-03"),
        ((60, 20), ["left"], "2024-05-01"),
        ((60, 20), ["j"], "2024-06-02"),
        ((60, 20), ["up"], "2024-04-02"),
        ((80, 24), ["g"], "2024-01-01"),
        ((80, 24), ["G"], "2024-12-31"),
        ((80, 24), ["less_than_sign"], "2023-05-02"),
        ((80, 24), ["pageup", "pageup"], "2022-05-02"),
        ((80, 24), ["pageup", "greater_than_sign"], "2024-05-02"),
        ((120, 40), ["g", "k"], "2023-12-31"),
        ((60, 20), ["G", "l"], "2025-01-01"),
    ],
)
async def test_the_keys_go_where_they_point(
    size: tuple[int, int], keys: list[str], expected: str
) -> None:
    for year in (2020, 2025):
        write(date(year, 6, 1))
    wanted = date.fromisoformat(expected)
    async with opened(size) as journey:
        await open_calendar(journey, DAY)
        await journey.press(*keys)
        assert view(journey).day == wanted
        await journey.sees(f"{long_date(wanted)} · nothing written", f"{wanted.year} ·")


async def test_years_before_the_first_entry_are_not_entered() -> None:
    write(date(2023, 6, 1))
    async with opened() as journey:
        await open_calendar(journey)
        await journey.press("less_than_sign")
        # From this year on to the last one that was written in.
        await journey.sees("2023 · 1 entry")
        await journey.press("less_than_sign", "g", "h", "k")
        assert view(journey).day == date(2023, 1, 1)
        await journey.press("greater_than_sign")
        assert view(journey).day.year == today().year


async def test_keys_are_not_lost_before_the_days_are_there() -> None:
    write(date(today().year - 1, 6, 1))
    async with opened() as journey:
        await journey.press("c", "less_than_sign", "g")
        await journey.until(lambda: isinstance(journey.app.screen, CalendarScreen))
        first = date(today().year - 1, 1, 1)
        await journey.sees(f"{long_date(first)} · nothing written")


async def test_there_and_back_shows_the_year_one_is_in() -> None:
    write(DAY)
    write(date(2023, 1, 1))
    async with opened() as journey:
        await open_calendar(journey, DAY)
        for _ in range(5):
            view(journey).action_step_year(-1)
            view(journey).action_step_year(1)
        await journey.pilot.pause(0.3)
        await journey.sees("2024 · 1 entry", "Thursday 2 May 2024 · 1 entry")


async def test_a_day_with_one_entry_opens_it_and_one_comes_back_to_the_day() -> None:
    write(DAY, "What happened.")
    async with opened() as journey:
        await open_calendar(journey, DAY + timedelta(days=1))
        await journey.press("h", "enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.until(lambda: journey.reader_text == "What happened.")
        await journey.press("escape")
        await journey.sees("Calendar", "Thursday 2 May 2024 · 1 entry, 2 words")
        assert view(journey).day == DAY


async def test_a_day_with_several_entries_opens_in_the_list() -> None:
    write(DAY, "In the morning.")
    write(DAY, "In the evening.")
    add_entries(NewEntry(f"number {number}") for number in range(30))
    async with opened((120, 40)) as journey:
        await open_calendar(journey, DAY)
        await journey.sees("2 entries", "In the morning.", "In the evening.")
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.until(lambda: journey.app.home.entries.cursor == 30)
        assert not journey.app.home.is_viewing


async def test_a_day_without_an_entry_says_so() -> None:
    async with opened() as journey:
        await open_calendar(journey, DAY)
        await journey.press("enter")
        await journey.sees("Nothing was written on")
        assert isinstance(journey.app.screen, CalendarScreen)


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_a_click_chooses_a_day_and_another_opens_it(size: tuple[int, int]) -> None:
    write(DAY, "What happened.")
    async with opened(size) as journey:
        await open_calendar(journey, date(2024, 1, 1))
        grid, cell_width = view(journey)._grid, view(journey)._cell_width
        row, column = grid.cell(DAY)
        spot = (5 + column * cell_width, 1 + row)
        await journey.pilot.click(YearView, offset=spot)
        await journey.sees("Thursday 2 May 2024 · 1 entry")
        await journey.pilot.click(YearView, offset=spot)
        await journey.until(lambda: journey.reader_text == "What happened.")


async def test_the_picture_follows_what_is_written() -> None:
    uuid = write(DAY)
    async with opened((120, 40)) as journey:
        await open_calendar(journey, DAY)
        await journey.sees("1 entry, 3 words")
        write(DAY, "four more words here")
        journey.app.journal_changed.publish(None)
        await journey.sees("2 entries, 7 words", "2024 · 2 entries")
        delete_entry(uuid)
        journey.app.journal_changed.publish(None)
        await journey.sees("1 entry, 4 words")
        assert view(journey).day == DAY


async def test_a_resize_changes_the_picture_and_keeps_the_day() -> None:
    write(DAY)
    async with opened((60, 20)) as journey:
        await open_calendar(journey, DAY)
        await journey.sees("Jan", "◆")
        await journey.pilot.resize_terminal(200, 50)
        await journey.sees("Mon", "██◂")
        await journey.pilot.resize_terminal(60, 10)
        await journey.sees("May", "◆")


async def test_weeks_begin_as_the_writer_wants() -> None:
    set_preference(WEEK_START, WeekStart.SUNDAY)
    async with opened((120, 40)) as journey:
        await open_calendar(journey, DAY)
        assert [line.split()[0] for line in journey.lines[3:5]] == ["Sun", "Mon"]


async def test_titles_are_painted_without_controls() -> None:
    write(DAY, "\x1b[31mred\u202e and on")
    async with opened() as journey:
        await open_calendar(journey, DAY)
        await journey.sees("␛[31mred")
        assert "\u202e" not in journey.text


async def test_the_journal_that_is_shown_is_the_one_that_counts() -> None:
    noon = datetime(2023, 5, 2, 12, tzinfo=UTC)
    add_entry("In one.", journal="One", created_at=noon, zone="UTC")
    add_entry("In two.", journal="Two", created_at=noon, zone="UTC")
    set_preference(SHOWN_JOURNAL, "Two")
    async with opened((120, 40)) as journey:
        await open_calendar(journey, noon.date())
        await journey.sees("Calendar · Two", "1 entry, 2 words", "In two.")
        journey.app.navigation.navigate(OnThisDayRoute(DAY))
        await journey.sees("On this day · Two", "1 entry in 1 earlier year", "In two.")
        await journey.press("S")
        await journey.sees("Statistics · Two", "1 entry, 2 words")


async def test_the_calendar_opens_on_the_day_one_looks_at() -> None:
    write(DAY)
    write(today())
    async with opened() as journey:
        await open_calendar(journey)
        assert view(journey).day == today()
        await journey.press("escape", "j")
        await journey.until(lambda: journey.app.home.day_in_view == DAY)
        await open_calendar(journey)
        await journey.sees("Thursday 2 May 2024")
        await journey.press("o")
        await journey.until(lambda: isinstance(journey.app.navigation.history.here, OnThisDayRoute))
        await journey.sees("2 May 2024", "nothing in earlier years")


async def test_this_day_is_today_until_one_looks_at_another() -> None:
    write(DAY)
    async with opened() as journey:
        await journey.press("o")
        await journey.until(lambda: isinstance(journey.app.navigation.history.here, OnThisDayRoute))
        await journey.sees("Today")
        await journey.press("escape", "enter")
        await journey.sees("entry 1 of 1")
        await journey.press("o")
        await journey.until(lambda: isinstance(journey.app.navigation.history.here, OnThisDayRoute))
        await journey.sees("Thursday 2 May 2024")

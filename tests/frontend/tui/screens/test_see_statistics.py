"""Statistics on the screen: totals, years, names, and where they lead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend import add_entry, delete_entry
from backend.database.journal.entries import NewEntry, add_entries
from backend.database.journal.extractions import store_extraction
from backend.dates import today
from backend.records import EntityType, Span, Statistics, Tally
from frontend.tui.routes import CalendarRoute, EntityRoute, StatisticsRoute
from frontend.tui.screens.calendar import CalendarScreen
from frontend.tui.screens.entity import EntityScreen
from frontend.tui.screens.statistics import StatisticsScreen
from frontend.tui.views.statistics_view import StatisticsPage
from frontend.tui.widgets.lists.statistics_list import StatisticsList
from tests.frontend.tui.journeys import SIZES, Journey, opened


def write(day: str, name: str = "Anna", times: int = 1) -> str:
    text = " ".join([name] * times)
    instant = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    entry = add_entry(text, created_at=instant, zone="UTC")
    step = len(name) + 1
    spans = [
        Span(number * step, number * step + len(name), EntityType.PERSON, 0.9)
        for number in range(times)
    ]
    store_extraction(entry.uuid, 1, "m", spans)
    return entry.uuid


async def open_statistics(journey: Journey) -> StatisticsList:
    await journey.press("S")
    await journey.until(lambda: isinstance(journey.app.screen, StatisticsScreen))
    return journey.app.screen.query_one(StatisticsList)


@pytest.mark.parametrize("size", SIZES)
async def test_everything_adds_up_at_every_width(size: tuple[int, int]) -> None:
    write("2022-12-31", "Anna", 3)
    write("2023-01-01", "Ben", 2)
    async with opened(size) as journey:
        lines = await open_statistics(journey)
        await journey.sees("2 entries, 5 words", "2 days, 31 Dec 2022 to 1 Jan 2023", "2022")
        await journey.until(lambda: lines.row_count == 4)
        (row,) = (line for line in journey.lines if line.startswith("  ▌ 2022"))
        await journey.sees("Anna")
        entries_days_words = ["1", "1", "3"]
        if size[0] < 80:
            del entries_days_words[1]
        assert row.split()[2:][: len(entries_days_words)] == entries_days_words
        await journey.press("G")
        await journey.sees("People", "Ben")
        assert isinstance(lines.target, EntityRoute)
        assert lines.target.name == "Ben"


async def test_a_year_leads_to_its_months_and_a_month_to_the_calendar() -> None:
    write("2023-03-05")
    write("2024-02-29")
    async with opened() as journey:
        lines = await open_statistics(journey)
        await journey.until(lambda: lines.target == StatisticsRoute(2023))
        await journey.press("j", "enter")
        await journey.sees("Statistics  2024", "Feb")
        months = journey.app.screen.query_one(StatisticsList)
        await journey.until(lambda: months.target == CalendarRoute(date(2024, 1, 1)))
        await journey.press("h")
        await journey.sees("Statistics  2023", "Sunday 5 March 2023")
        await journey.press("j", "j", "enter")
        await journey.until(lambda: isinstance(journey.app.screen, CalendarScreen))
        await journey.sees("Wednesday 1 March 2023 · nothing written")
        await journey.press("escape")
        await journey.sees("Statistics  2023")
        months = journey.app.screen.query_one(StatisticsList)
        await journey.until(lambda: months.target == CalendarRoute(date(2023, 3, 1)))
        await journey.press("escape")
        await journey.sees("all years")
        years = journey.app.screen.query_one(StatisticsList)
        await journey.until(lambda: years.target == StatisticsRoute(2024))


async def test_a_name_leads_to_its_page_and_one_comes_back_to_it() -> None:
    write("2023-03-05", "Anna", 2)
    write("2024-02-29", "Ben")
    async with opened((120, 40)) as journey:
        lines = await open_statistics(journey)
        await journey.until(lambda: lines.row_count == 4)
        await journey.press("G", "enter")
        await journey.until(lambda: isinstance(journey.app.screen, EntityScreen))
        await journey.sees("Ben")
        await journey.press("escape")
        await journey.sees("all years", "▌ Ben")


async def test_a_click_chooses_and_another_opens() -> None:
    write("2023-03-05")
    write("2024-02-29")
    async with opened() as journey:
        await open_statistics(journey)
        await journey.sees("▌ 2023")
        line = next(y for y, text in enumerate(journey.lines) if text.startswith("    2024"))
        await journey.pilot.click(offset=(10, line))
        await journey.sees("▌ 2024")
        await journey.pilot.click(offset=(10, line))
        await journey.sees("Statistics  2024")


async def test_numbers_follow_what_is_written_and_the_cursor_its_line() -> None:
    write("2022-03-05", "Anna")
    uuid = write("2024-02-29", "Ben", 4)
    async with opened() as journey:
        lines = await open_statistics(journey)
        await journey.until(lambda: lines.row_count == 5)
        await journey.press("G")
        anna = lines.target
        assert isinstance(anna, EntityRoute)
        assert anna.name == "Anna"
        delete_entry(uuid)
        journey.app.journal_changed.publish(None)
        await journey.sees("1 entry, 1 word")
        assert (lines.row_count, lines.target) == (2, anna)
        write("2019-05-05", "Cleo", 20)
        journey.app.entry_extracted.publish(uuid)
        await journey.sees("2 entries, 21 words", "Cleo")
        assert (lines.row_count, lines.target) == (6, anna)


async def test_an_empty_journal_says_so() -> None:
    async with opened() as journey:
        lines = await open_statistics(journey)
        await journey.sees("Nothing was written yet.")
        await journey.press("j", "enter", "G")
        assert lines.cursor is None


async def test_a_streak_goes_on_today() -> None:
    first = datetime.combine(today() - timedelta(days=2), datetime.min.time(), UTC)
    add_entries(
        NewEntry("x", created_at=first + timedelta(days=number, hours=12), zone="UTC")
        for number in range(3)
    )
    async with opened() as journey:
        await open_statistics(journey)
        await journey.sees("Current streak  3 days,")


async def test_names_are_painted_without_controls() -> None:
    write("2023-05-02", "\x1b[31mAnna\u202e")
    async with opened() as journey:
        await open_statistics(journey)
        await journey.sees("␛[31mAnna")
        assert "\u202e" not in journey.text


@pytest.mark.parametrize("width", [20, 53, 73, 113])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    total = Tally(date(2023, 1, 1), date(2023, 12, 31), 123_456, 98_765_432, 365)
    page = StatisticsPage(Statistics(None, total, None, None, (total,)))
    for line in page.lines(width):
        assert sum(len(text) for text, _ in line.pieces) <= max(width, 36)

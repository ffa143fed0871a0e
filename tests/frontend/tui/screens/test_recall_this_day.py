"""On this day: earlier years come back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from textual.widgets import Static

from backend import add_entry, delete_entry
from backend.dates import today
from frontend.tui.routes import OnThisDayRoute
from frontend.tui.screens.on_this_day import OnThisDayScreen
from frontend.tui.widgets.lists.recall_list import RecallList
from tests.frontend.tui.journeys import SIZES, Journey, opened

DAY = date(2024, 5, 2)


def write(day: str, text: str, title: str = "") -> str:
    instant = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    return add_entry(text, title=title, created_at=instant, zone="UTC").uuid


def says(journey: Journey) -> str:
    return str(journey.app.screen.query_one("#recall-says", Static).render())


async def open_day(journey: Journey, day: date = DAY) -> RecallList:
    journey.app.navigation.navigate(OnThisDayRoute(day))
    await journey.until(lambda: isinstance(journey.app.screen, OnThisDayScreen))
    await journey.until(lambda: " · " in says(journey))
    return journey.app.screen.query_one(RecallList)


@pytest.mark.parametrize("size", SIZES)
async def test_entries_stand_under_their_years(size: tuple[int, int]) -> None:
    write("2023-05-02", "word " * 60 + "last", title="A year before")
    write("2021-05-02", "Three years before.")
    async with opened(size) as journey:
        entries = await open_day(journey)
        await journey.sees(
            "2 May 2024 · 2 entries in 2 earlier years", "Tuesday 2 May 2023 · a year ago"
        )
        await journey.sees("A year before", "word word")
        await journey.press("j")
        await journey.sees("Sunday 2 May 2021 · 3 years ago", "Three years before.")
        assert entries.cursor == 1


async def test_a_key_shows_today() -> None:
    day = today()
    write(f"{day.year - 1}-{day.month:02}-{min(day.day, 28):02}", "Last year.")
    async with opened() as journey:
        await journey.press("o")
        await journey.sees("On this day", "Today · ", f"{day.day} ", "earlier year")


async def test_the_days_before_and_after_are_a_key_away() -> None:
    write("2020-02-29", "On the leap day.")
    write("2020-03-01", "On the day after.")
    async with opened() as journey:
        await open_day(journey, date(2023, 3, 1))
        await journey.sees("On the day after.")
        await journey.press("h")
        await journey.sees("Tuesday 28 February 2023 · 1 entry", "Saturday 29 February 2020")
        await journey.press("left")
        await journey.sees("Monday 27 February 2023 · nothing in earlier years")
        await journey.press("right", "l")
        await journey.sees("On the day after.")


async def test_an_entry_opens_and_one_comes_back_to_it() -> None:
    write("2023-05-02", "First.")
    write("2022-05-02", "Second.")
    write("2021-05-02", "Third.")
    async with opened((120, 40)) as journey:
        await open_day(journey)
        await journey.press("j", "enter")
        await journey.until(lambda: journey.reader_text == "Second.")
        assert journey.app.screen is journey.app.home
        await journey.press("escape")
        await journey.sees("On this day", "3 entries in 3 earlier years")
        entries = journey.app.screen.query_one(RecallList)
        await journey.until(lambda: entries.cursor == 1)


async def test_keys_pressed_before_the_day_is_there_are_for_that_day() -> None:
    write("2023-05-02", "First.")
    write("2023-05-03", "Second.")
    async with opened() as journey:
        await open_day(journey)
        await journey.press("l", "enter")
        await journey.until(lambda: journey.reader_text == "Second.")


async def test_entries_come_and_go_while_one_looks() -> None:
    write("2022-05-02", "Kept.")
    async with opened((80, 24)) as journey:
        entries = await open_day(journey)
        added = write("2023-05-02", "Added.")
        journey.app.journal_changed.publish(None)
        await journey.sees("2 entries in 2 earlier years")
        # The cursor stays with its entry.
        assert entries.cursor == 1
        delete_entry(added)
        journey.app.journal_changed.publish(None)
        await journey.sees("1 entry in 1 earlier year")
        assert entries.cursor == 0


async def test_a_hundred_years_scroll() -> None:
    for year in range(1920, 2020):
        add_entry(f"In {year}.", created_at=datetime(year, 5, 2, 12, tzinfo=UTC), zone="UTC")
    async with opened((60, 20)) as journey:
        entries = await open_day(journey)
        await journey.press("G")
        await journey.sees("In 1920.")
        await journey.press("g")
        await journey.sees("In 2019.", "5 years ago")
        await journey.press("pagedown")
        await journey.pilot.resize_terminal(200, 50)
        await journey.until(lambda: (entries.cursor or 0) > 0)


async def test_texts_are_painted_without_controls() -> None:
    write("2023-05-02", "\x1b[31mred\u202e and on", title="\x1b]0;title\x07")
    async with opened() as journey:
        await open_day(journey)
        await journey.sees("␛[31mred", "␛]0;title")
        assert "\u202e" not in journey.text

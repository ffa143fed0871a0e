"""The search screen."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.widgets import Input

from backend import add_entry
from backend.database.entries import NewEntry, add_entries
from frontend.screens.search import SearchScreen
from frontend.widgets.hit_list import HitList
from tests.frontend.journeys import SIZES, Journey, opened


def hits(journey: Journey) -> int:
    return journey.app.screen.query_one(HitList).row_count


@pytest.mark.parametrize("size", SIZES)
async def test_results_come_while_typing(size: tuple[int, int]) -> None:
    add_entry("A walk along the harbour with Nadia")
    add_entry("The harvest is in")
    async with opened(size) as journey:
        await journey.press("slash")
        await journey.sees("Search", "@person")
        await journey.type("har")
        await journey.sees("2 entries", "harbour", "harvest")
        await journey.type("b")
        await journey.sees("1 entry", "harbour")
        assert "harvest" not in journey.text
        await journey.type("x")
        await journey.sees("Nothing found.")
        await journey.press("ctrl+u")
        await journey.sees("@person")


async def test_the_chosen_result_opens_at_its_place_in_the_list() -> None:
    add_entries(NewEntry(f"number {i}") for i in range(120))
    add_entry("a needle")
    add_entries(NewEntry(f"number {i}") for i in range(120))
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("1 entry")
        await journey.press("enter")
        await journey.until(lambda: journey.reader_text == "a needle")
        assert journey.app.home.entries.cursor == 120
        assert journey.app.home.is_reading


async def test_leaving_the_search_comes_back_to_the_same_place() -> None:
    add_entries(NewEntry(f"number {i}") for i in range(50))
    async with opened() as journey:
        await journey.press("j", "j", "j", "slash")
        await journey.type("number")
        await journey.sees("50")
        await journey.press("down", "down", "escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        assert journey.app.home.entries.cursor == 3


async def test_more_results_come_as_the_cursor_nears_the_end() -> None:
    add_entries(NewEntry(f"number {i}") for i in range(130))
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("number")
        await journey.sees("50+ entries")
        while hits(journey) < 130:
            await journey.press("pagedown")
        assert hits(journey) == 130


async def test_the_result_is_read_beside_the_list_in_a_wide_terminal() -> None:
    add_entry("first needle, and much more after it")
    add_entry("second needle, and other things")
    async with opened((140, 30)) as journey:
        await journey.press("slash")
        await journey.type("needle")
        await journey.until(lambda: "needle" in journey.reader_text)
        before = journey.reader_text
        await journey.press("down")
        await journey.until(lambda: journey.reader_text not in ("", before))


async def test_keys_pressed_before_the_results_are_there_are_for_those() -> None:
    add_entry("first needle")
    add_entry("second needle")
    add_entry("a need of another kind")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("need")
        await journey.sees("3 entries")
        await journey.type("le")
        await journey.press("down", "enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.until(lambda: journey.reader_text == "first needle")


async def test_an_unfinished_query_is_no_error() -> None:
    add_entry("a phrase to be found")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type('"a phrase')
        await journey.sees("1 entry")


async def test_a_query_that_cannot_be_understood_says_what_is_wrong() -> None:
    add_entry("something")
    async with opened((120, 24)) as journey:
        await journey.press("slash")
        await journey.type("from:someday something")
        await journey.sees("someday”")


@pytest.mark.parametrize("query", ["*", "NEAR(", "a OR", "-", '"', "@", "in:", "]"])
async def test_syntax_of_the_store_is_only_text(query: str) -> None:
    add_entry("something")
    async with opened() as journey:
        await journey.press("slash")
        journey.app.screen.query_one(Input).value = query
        await journey.pilot.pause(0.3)
        assert isinstance(journey.app.screen, SearchScreen)


async def test_what_is_pasted_into_the_field_is_made_safe() -> None:
    async with opened() as journey:
        await journey.press("slash")
        field = journey.app.screen.query_one(Input)
        field.post_message(Paste("one \x1b]52;c;AAAA\x07\rtwo"))
        await journey.sees("one ␛]52;c;AAAA␇")
        assert "two" not in field.value


async def test_controls_in_a_passage_are_not_painted() -> None:
    add_entry("a needle \x1b[31m and \u202e more")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("␛[31m")
        assert "\u202e" not in journey.text

"""The history of an entry and the trash, on the screen."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from backend import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_entries,
    list_revisions,
    list_trash,
)
from frontend.tui.screens.history import HistoryScreen
from frontend.tui.screens.trash import TrashScreen
from frontend.tui.widgets.lists.two_line_list import TwoLineList
from frontend.tui.widgets.panes.diff_view import DiffView
from tests.frontend.tui.journeys import SIZES, Journey, opened


def says(journey: Journey) -> str:
    return str(journey.app.screen.query_one("#sentence", Static).content)


def painted(journey: Journey) -> list[str]:
    """The lines of the diff."""
    diff = journey.app.screen.query_one(DiffView)
    return [diff.render_line(y).text.rstrip() for y in range(diff.size.height)]


def add_with_history() -> str:
    uuid = add_entry("We went to Lisbon.\nIt rained.").uuid
    edit_entry(uuid, "We went to Porto.\nIt rained.")
    edit_entry(uuid, "We went to Porto.\nIt \x1brained all day.\nHome at last.", title="Trip")
    return uuid


async def open_history(journey: Journey) -> None:
    await journey.press("H")
    await journey.until(lambda: isinstance(journey.app.screen, HistoryScreen))
    await journey.until(lambda: "3 texts" in journey.text or "Text 2 to 3" in journey.text)


@pytest.mark.parametrize("size", SIZES)
async def test_texts_are_listed_compared_and_restored(size: tuple[int, int]) -> None:
    uuid = add_with_history()
    async with opened(size) as journey:
        await open_history(journey)
        await journey.sees("Text 2 to 3", "+ Home at last.", "+ # Trip")
        assert "\x1b" not in journey.text
        await journey.press("j")
        await journey.sees("- We went to Lisbon.", "+ We went to Porto.")
        assert "1 word removed, 1 added" in says(journey)
        await journey.press("j")
        await journey.sees("The first text", "+ We went to Lisbon.", "+ It rained.")
        await journey.press("r")
        await journey.until(lambda: get_entry(uuid).revision == 4)
        assert get_entry(uuid).text == "We went to Lisbon.\nIt rained."
        assert len(list_revisions(uuid)) == 4
        await journey.sees("Text 3 to 4", "- Home at last.")
        await journey.press("escape")
        await journey.sees("We went to Lisbon.")


async def test_any_two_texts_are_compared_and_the_whole_text_is_shown() -> None:
    add_with_history()
    async with opened((120, 30)) as journey:
        await open_history(journey)
        await journey.press("j", "j", "m")
        await journey.sees("from here", "Others are compared with text 1")
        await journey.press("g")
        await journey.sees("Text 1 to 3", "- We went to Lisbon.")
        await journey.press("v")
        await journey.sees("Text 3 of 3", "Home at last.")
        await journey.misses("- We went")
        await journey.press("l", "f", *"home")
        await journey.sees("1 of 1")
        await journey.press("escape", "h", "v", "G", "m", "k")
        await journey.sees("Text 1 to 2")
        await journey.misses("from here")


async def test_changed_words_are_told_by_more_than_colour() -> None:
    add_with_history()
    async with opened((120, 30)) as journey:
        await open_history(journey)
        await journey.press("j")
        await journey.sees("- We went to Lisbon.")
        diff = journey.app.screen.query_one(DiffView)
        marked = {
            segment.text: (bool(segment.style.strike), bool(segment.style.underline))
            for y in range(diff.size.height)
            for segment in diff.render_line(y)
            if segment.style and segment.style.bold
        }
        assert marked == {"Lisbon": (True, False), "Porto": (False, True)}


async def test_one_comes_back_to_the_text_that_was_looked_at() -> None:
    add_with_history()
    async with opened((120, 30)) as journey:
        await open_history(journey)
        await journey.press("j")
        await journey.sees("Text 1 to 2")
        await journey.press("T")
        await journey.until(lambda: isinstance(journey.app.screen, TrashScreen))
        await journey.press("escape")
        await journey.sees("Text 1 to 2")


async def test_long_texts_are_compared_in_time() -> None:
    words = [f"word{i % 977}" for i in range(50_000)]
    uuid = add_entry(" ".join(words)).uuid
    edit_entry(uuid, " ".join([*words[:30_000], "changed", *words[30_001:]]))
    async with opened() as journey:
        await journey.press("H")
        await journey.sees("1 word removed, 1 added", "changed")


@pytest.mark.parametrize("size", SIZES)
async def test_deleted_entries_are_read_and_restored(size: tuple[int, int]) -> None:
    add_entry("Something that stays.")
    for text in ("First # gone \x1b[2J", "Second **gone**"):
        delete_entry(add_entry(text).uuid)
    async with opened(size) as journey:
        await journey.press("T")
        await journey.sees("Second", "deleted")
        await journey.until(lambda: journey.reader_text == "Second **gone**")
        assert "\x1b" not in journey.text
        await journey.press("j")
        await journey.until(lambda: journey.reader_text.startswith("First"))
        await journey.press("l", "h", "r")
        await journey.until(lambda: len(list_trash()) == 1)
        await journey.until(lambda: journey.reader_text == "Second **gone**")
        await journey.press("escape")
        await journey.sees("Something that", "First # gone")
        assert len(list_entries()) == 2


async def test_what_is_deleted_for_good_is_asked_about_first() -> None:
    for number in range(4):
        delete_entry(add_entry(f"number {number}").uuid)
    async with opened() as journey:
        await journey.press("T")
        await journey.until(lambda: journey.reader_text == "number 3")
        await journey.press("D")
        await journey.sees("for good?", "number 3")
        await journey.press("enter")
        await journey.misses("for good?")
        assert len(list_trash()) == 4
        await journey.press("D")
        await journey.sees("for good?")
        await journey.press("y")
        await journey.until(lambda: len(list_trash()) == 3)
        await journey.until(lambda: journey.app.screen.query_one(TwoLineList).row_count == 3)
        await journey.press("E")
        await journey.sees("3 entries with history")
        delete_entry(add_entry("deleted meanwhile").uuid)
        await journey.press("y")
        await journey.until(
            lambda: [entry.preview for entry in list_trash()] == ["deleted meanwhile"]
        )
        await journey.sees("1 entry")


async def test_an_empty_trash_says_so() -> None:
    add_entry("one")
    async with opened() as journey:
        await journey.press("T")
        await journey.sees("The trash is empty.")
        await journey.press("r", "D", "E", "l", "escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)

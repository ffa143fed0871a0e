"""The main journey, by keyboard alone, in terminals of every size."""

from __future__ import annotations

import pytest

from backend import list_drafts, list_entries, list_trash
from tests.frontend.tui.journeys import SIZES, opened


@pytest.mark.parametrize("size", SIZES)
async def test_write_read_search_edit_delete_undo(size: tuple[int, int]) -> None:
    async with opened(size) as journey:
        await journey.sees("Welcome.", "write your first entry")

        await journey.press("n")
        await journey.sees("New entry", "save and return")
        await journey.type("Rowing with Nadia\nThe lake was a mirror.")
        await journey.press("escape")
        await journey.sees("1 entry", "Today", "Rowing with Nadia")
        assert [entry.word_count for entry in list_entries()] == [8]

        await journey.press("enter")
        await journey.sees("The lake was a mirror.")
        await journey.press("escape")

        await journey.press("n")
        await journey.type("Second thoughts about the lake")
        await journey.press("ctrl+s")
        await journey.sees("saved")
        await journey.press("escape")
        await journey.sees("2 entries", "Second thoughts")

        await journey.press("slash")
        await journey.type("mirror")
        await journey.sees("1 entry", "mirror")
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.until(lambda: journey.reader_text.startswith("Rowing"))
        await journey.press("escape")
        await journey.sees("Search", "mirror", "1 entry")
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)

        await journey.press("j", "e")
        await journey.sees("Editing")
        await journey.press("ctrl+end")
        await journey.type(" Cold though.")
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        assert {entry.word_count for entry in list_entries()} == {5, 10}

        await journey.press("d")
        await journey.sees("1 entry", "u undo")
        assert len(list_trash()) == 1
        await journey.press("u")
        await journey.sees("2 entries")
        assert list_trash() == []
        assert list_drafts() == []


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_opens_and_closes(size: tuple[int, int]) -> None:
    async with opened(size) as journey:
        for key, words in (
            ("question_mark", "Keys"),
            ("s", "Read my entries"),
            ("slash", "Search"),
            ("ctrl+p", "Write a new entry"),
            ("n", "New entry"),
        ):
            await journey.press(key)
            await journey.sees(words)
            await journey.press("escape")
            await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.press("q")
        await journey.until(lambda: not journey.app.is_running)

"""Settings, help and the command palette."""

from __future__ import annotations

import pytest
from textual.events import Key
from textual.widgets import Switch

from backend import add_entry, get_preference, set_preference
from backend.database.redis_ops import get_inference_enabled, set_inference_enabled
from frontend.screens.settings import SettingsScreen
from tests.frontend.journeys import Journey, opened


def switch(journey: Journey) -> Switch:
    return journey.app.screen.query_one("#inference", Switch)


async def test_the_switch_shows_what_redis_says_and_is_written_at_once() -> None:
    set_inference_enabled(False)
    async with opened() as journey:
        await journey.press("s")
        await journey.sees("Off: entries wait")
        assert not switch(journey).value
        await journey.press("space")
        await journey.sees("On: new entries are read")
        assert get_inference_enabled()
        await journey.press("enter")
        await journey.sees("Off: entries wait")
        assert not get_inference_enabled()


async def test_the_switch_follows_what_happens_elsewhere() -> None:
    async with opened() as journey:
        await journey.press("s")
        await journey.sees("On: new entries are read")
        set_inference_enabled(False)
        await journey.sees("Off: entries wait")
        assert not switch(journey).value


async def test_a_theme_is_tried_on_and_kept() -> None:
    async with opened() as journey:
        await journey.press("s")
        await journey.sees("On: new")
        await journey.press("tab", "tab", "down")
        await journey.until(lambda: get_preference("theme") == "charlie-light")
        assert journey.app.theme == "charlie-light"
    async with opened() as journey:
        assert journey.app.theme == "charlie-light"


async def test_a_theme_that_is_gone_gives_way_to_charlies_own() -> None:
    set_preference("theme", "no such theme")
    async with opened() as journey:
        assert journey.app.theme.startswith("charlie")


async def test_every_theme_can_paint_every_screen() -> None:
    add_entry("something to see")
    async with opened() as journey:
        for theme in journey.app.available_themes:
            journey.app.theme = theme
            await journey.sees("something to see")
            await journey.press("s")
            await journey.sees("Read my entries")
            await journey.press("escape")
            await journey.until(lambda: journey.app.screen is journey.app.home)


async def test_help_lists_the_keys_of_the_screen_it_was_asked_from() -> None:
    add_entry("something")
    async with opened((100, 40)) as journey:
        await journey.press("question_mark")
        await journey.sees("Write a new entry", "Half a screen down", "Move the chosen entry")
        await journey.press("escape")
        await journey.press("n", "f1")
        await journey.sees("Save and return", "Cursor word left")
        assert "Move the chosen entry" not in journey.text
        await journey.press("escape", "escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)


async def test_the_palette_offers_every_action_of_the_screen() -> None:
    add_entry("something")
    async with opened((100, 40)) as journey:
        await journey.press("ctrl+p")
        await journey.sees("Write a new entry", "Settings", "Rescued drafts", "Leave Charlie")
        await journey.type("write")
        await journey.misses("Leave Charlie")
        await journey.press("enter")
        await journey.sees("New entry")


@pytest.mark.parametrize("key", ["ctrl+p", "s", "d", "slash", "question_mark"])
async def test_escape_pressed_thrice_closes_one_screen_only(key: str) -> None:
    add_entry("something")
    async with opened() as journey:
        await journey.press(key)
        await journey.until(lambda: journey.app.screen is not journey.app.home)
        for _ in range(3):
            journey.app.post_message(Key("escape", None))
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.sees("1 entry")
        assert journey.app.defect is None


async def test_settings_can_be_opened_from_the_palette() -> None:
    async with opened() as journey:
        await journey.press("ctrl+p")
        await journey.type("settings")
        await journey.sees("Settings")
        await journey.press("enter")
        await journey.until(lambda: isinstance(journey.app.screen, SettingsScreen))

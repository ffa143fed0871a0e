"""Settings, help and the command palette."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from textual.events import Key
from textual.widgets import Switch

from backend import add_entry, get_preference, set_preference
from backend.database.redis_ops import get_inference_enabled, set_inference_enabled
from backend.preferences import DAILY_PROMPT, DATE_FORMAT, THEME, WEEK_START
from frontend.tui.screens.dialogs.journals import JournalsScreen
from frontend.tui.screens.dialogs.models import ModelsScreen
from frontend.tui.screens.settings import SettingsScreen
from frontend.tui.widgets.lists.setting_list import SettingList, SettingRow
from tests.frontend.tui.journeys import SIZES, Journey, opened


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


async def test_a_click_on_the_switch_or_on_its_words_turns_it() -> None:
    async with opened() as journey:
        await journey.press("s")
        await journey.sees("On: new entries are read")
        await journey.pilot.click("#inference")
        await journey.sees("Off: entries wait")
        await journey.pilot.click("#inference-state", offset=(3, 0))
        await journey.sees("On: new entries are read")
        assert get_inference_enabled()


async def test_the_switch_follows_what_happens_elsewhere() -> None:
    async with opened() as journey:
        await journey.press("s")
        await journey.sees("On: new entries are read")
        set_inference_enabled(False)
        await journey.sees("Off: entries wait")
        assert not switch(journey).value


async def choose(journey: Journey, name: str) -> None:
    """Open the settings and move to one of them."""
    await journey.press("s")
    await journey.sees("Settings", "new entries are read", "Model")
    listed = journey.app.screen.query_one(SettingList)
    for _ in range(20):
        if listed.chosen is not None and listed.has_focus and listed.chosen.name == name:
            return
        await journey.press("j")
    raise AssertionError(f"there is no {name} in the settings")


async def test_a_theme_is_tried_on_and_kept() -> None:
    async with opened() as journey:
        await choose(journey, "theme")
        await journey.press("right")
        await journey.until(lambda: get_preference(THEME) == "charlie-light")
        assert journey.app.theme == "charlie-light"
    async with opened() as journey:
        assert journey.app.theme == "charlie-light"


@pytest.mark.parametrize("size", SIZES)
async def test_every_setting_is_reached_changed_at_once_and_explained(
    size: tuple[int, int],
) -> None:
    add_entry("written in May", created_at=datetime(2024, 5, 3, 12, tzinfo=UTC))
    async with opened(size) as journey:
        await journey.sees("Friday 3 May 2024")
        await choose(journey, "date_format")
        await journey.sees("Dates", "‹ 21 Nov 2026 ›", "How days are written")
        await journey.press("right", "l", "space")
        await journey.until(lambda: get_preference(DATE_FORMAT) == "us")
        await journey.press("left")
        await journey.until(lambda: get_preference(DATE_FORMAT) == "iso")
        await journey.press("k", "right")
        await journey.until(lambda: get_preference(WEEK_START) == "sunday")
        await journey.press("j", "j", "space")
        await journey.until(lambda: get_preference(DAILY_PROMPT) is True)
        await journey.press("G")
        await journey.sees("Kept in", "home")
        await journey.press("escape")
        await journey.sees("Friday 2024-05-03")


async def test_models_and_journals_are_chosen_on_their_own_screens() -> None:
    add_entry("away", journal="Travel")
    async with opened((60, 20)) as journey:
        await choose(journey, "model")
        await journey.press("enter")
        await journey.until(lambda: isinstance(journey.app.screen, ModelsScreen))
        await journey.press("escape")
        await journey.until(lambda: isinstance(journey.app.screen, SettingsScreen))
        await journey.press("escape")
        await choose(journey, "journal")
        await journey.sees("All journals ↵")
        await journey.press("enter")
        await journey.until(lambda: isinstance(journey.app.screen, JournalsScreen))
        await journey.sees("Travel")
        await journey.press("j", "enter")
        await journey.sees("Travel ↵")


async def test_up_from_the_first_setting_is_the_switch() -> None:
    async with opened() as journey:
        await choose(journey, "model")
        await journey.press("k", "space")
        await journey.sees("Off: entries wait")
        await journey.press("down", "j")
        chosen = journey.app.screen.query_one(SettingList).chosen
        assert chosen is not None
        assert chosen.name == "worker_now"


def test_a_setting_turns_around_at_its_ends() -> None:
    row = SettingRow("n", "N", "b", "", [("a", "A"), ("b", "B"), ("c", "C")])
    assert (row.turned(1), row.turned(-1), row.turned(2)) == ("c", "a", "a")
    unknown = SettingRow("n", "N", "?", "", row.choices)
    assert (unknown.turned(1), unknown.turned(-1)) == ("a", "c")
    assert (row.words, unknown.words) == ("‹ B ›", "‹ ? ›")


async def test_a_theme_that_is_gone_gives_way_to_charlies_own() -> None:
    set_preference(THEME, "no such theme")
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
        await journey.sees("Write a new entry", "Settings", "Journals: show, create, rename")
        for typed, words in (("recovered", "Recovered drafts"), ("leave", "Leave Charlie")):
            await journey.type(typed)
            await journey.misses("Write a new entry")
            await journey.sees(words)
            await journey.press(*["backspace"] * len(typed))
        await journey.type("write")
        await journey.misses("Leave Charlie")
        await journey.sees("Write a new entry")
        await journey.press("enter")
        await journey.sees("New entry")


@pytest.mark.parametrize("key", ["ctrl+p", "s", "b", "slash", "question_mark"])
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

"""The command palette: places, actions, entries and names."""

from __future__ import annotations

import pytest

from backend import add_entry, list_entries
from backend.database.journal.entries import NewEntry, add_entries
from backend.database.journal.extractions import store_extraction
from backend.records import EntityType, Span
from frontend.tui.app.palette_commands import list_commands
from frontend.tui.commands import (
    ENTRIES,
    GO_TO,
    HERE,
    NAMES,
    Command,
    find_commands,
    recent_commands,
)
from frontend.tui.routes import ROUTES
from frontend.tui.screens.editor import EditorScreen
from frontend.tui.screens.entity import EntityScreen
from frontend.tui.screens.search import SearchScreen
from frontend.tui.widgets.lists.command_list import CommandList
from tests.frontend.tui.journeys import SIZES, Journey, opened


def offered(journey: Journey) -> list[tuple[str, str]]:
    """Group and words of what the palette offers."""
    shown = journey.app.screen.query_one(CommandList)
    return [(command.group, command.words) for command in shown.items]


def add_with_name(text: str, name: str) -> None:
    entry = add_entry(text)
    start = text.index(name)
    span = Span(start, start + len(name), EntityType.PERSON, 0.9)
    assert store_extraction(entry.uuid, 1, "m", [span])


def command(words: str, group: str = HERE) -> Command:
    return Command(words, "", lambda: None, group)


def test_commands_are_found_by_the_beginnings_of_their_words() -> None:
    commands = [command(words) for words in ("Delete now", "Open all", "All keys")]

    assert [c.words for c in find_commands(commands, "al")] == ["Open all", "All keys"]
    assert [c.words for c in find_commands(commands, "now del")] == ["Delete now"]
    assert [c.words for c in find_commands(commands, "e")] == ["Delete now", "Open all", "All keys"]
    assert find_commands(commands, "xyz") == []
    assert find_commands(commands, "") == commands


def test_a_group_stays_together_however_well_its_commands_fit() -> None:
    commands = [command("Recall", GO_TO), command("Call home", HERE)]

    assert [c.words for c in find_commands(commands, "call")] == ["Recall", "Call home"]


def test_what_was_chosen_lately_comes_again_the_latest_first() -> None:
    commands = [command(words) for words in ("One", "Two", "Three", "Four")]
    lately = ["Four", "Two", "Gone", "Three", "Two"]

    assert [c.words for c in recent_commands(commands, lately)] == ["Two", "Three", "Four"]


@pytest.mark.parametrize("size", SIZES)
async def test_places_actions_entries_and_names_come_in_this_order(size: tuple[int, int]) -> None:
    add_with_name("Lunch with Sela Worth at the harbour", "Sela Worth")
    async with opened(size) as journey:
        await journey.press("ctrl+p")
        await journey.sees("Go to", "Search the journal")
        await journey.type("se")
        await journey.until(lambda: NAMES in [group for group, _ in offered(journey)])
        groups = list(dict.fromkeys(group for group, _ in offered(journey)))
        assert groups[0] == GO_TO
        await journey.type("la")
        await journey.sees("Entries", "Lunch with Sela Worth", "Names", "person, 1 mention")
        assert offered(journey) == [
            (ENTRIES, "Lunch with Sela Worth at the harbour"),
            (NAMES, "Sela Worth"),
        ]
        await journey.press("down", "enter")
        await journey.until(lambda: isinstance(journey.app.screen, EntityScreen))


async def test_a_place_is_found_by_what_it_is_called() -> None:
    async with opened() as journey:
        app = journey.app
        found = list_commands(app, app.navigation, app.screen)
        for door, make in ROUTES.items():
            called = make().label
            assert find_commands(found, called)[0].group == GO_TO, door
        for called in ("journals", "settings", "lock", "template", "drafts"):
            assert find_commands(found, called) != [], called


async def test_an_entry_is_opened_even_if_enter_comes_before_it_is_found() -> None:
    add_entry("a needle")
    add_entries(NewEntry(f"number {i}") for i in range(40))
    async with opened() as journey:
        await journey.press("ctrl+p")
        await journey.type("needle")
        await journey.press("enter")
        await journey.until(lambda: journey.app.home.is_viewing)
        await journey.until(lambda: journey.reader_text == "a needle")
        await journey.press("escape")
        await journey.until(lambda: not journey.app.home.is_viewing)


async def test_more_entries_than_fit_are_searched_for() -> None:
    add_entries(NewEntry(f"a needle and {i}") for i in range(9))
    async with opened() as journey:
        await journey.press("ctrl+p")
        await journey.type("needle")
        await journey.sees("All entries with “needle”")
        await journey.press(*["down"] * 6, "enter")
        await journey.until(lambda: isinstance(journey.app.screen, SearchScreen))
        await journey.sees("9 entries")


async def test_what_was_chosen_is_offered_first_the_next_time() -> None:
    add_entry("something")
    async with opened() as journey:
        await journey.press("ctrl+p")
        await journey.type("write a new")
        await journey.press("enter")
        await journey.sees("New entry")
        await journey.press("escape", "ctrl+p")
        await journey.sees("Recent", "Write a new entry")
        await journey.press("enter")
        await journey.sees("New entry")


async def test_an_editor_is_not_left_from_the_palette() -> None:
    add_with_name("Lunch with Sela Worth", "Sela Worth")
    async with opened() as journey:
        await journey.press("n")
        await journey.type("Unsaved words")
        await journey.press("ctrl+p")
        await journey.sees("What to do?", "Save and keep writing")
        assert {group for group, _ in offered(journey)} == {HERE}
        await journey.type("sela")
        await journey.pilot.pause(0.3)
        assert offered(journey) == []
        await journey.sees("Nothing found.")
        await journey.press("escape")
        await journey.until(lambda: isinstance(journey.app.screen, EditorScreen))
        await journey.press("escape")
        await journey.sees("2 entries")
        assert len(list_entries()) == 2


async def test_words_that_a_terminal_would_obey_are_not_painted() -> None:
    add_entry("needle \x1b[31m and \u202e more", title="needle \x1b[31m and \u202e more")
    async with opened() as journey:
        await journey.press("ctrl+p")
        await journey.type("needle")
        await journey.sees("␛[31m")
        assert "\u202e" not in journey.text

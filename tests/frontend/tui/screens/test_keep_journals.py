"""Several journals: shown one at a time or together, made, renamed, deleted, filled."""

from __future__ import annotations

import pytest

from backend import (
    add_entry,
    count_journals,
    create_journal,
    delete_entry,
    get_entry,
    get_preference,
    list_drafts,
    list_entries,
    list_journals,
    rename_journal,
    set_preference,
)
from backend.database.journal.extractions import store_extraction
from backend.preferences import SHOWN_JOURNAL, WRITTEN_JOURNAL, Preferences
from backend.records import EntityType, EntrySummary, Span
from frontend.tui.journal_scope import JournalScope
from frontend.tui.routes import EntryRoute
from frontend.tui.screens.dialogs.journals import JournalsScreen
from frontend.tui.screens.dialogs.name_prompt import NameScreen
from tests.frontend.tui.journeys import SIZES, Journey, opened


async def open_journals(journey: Journey, key: str = "b") -> None:
    await journey.press(key)
    await journey.until(lambda: isinstance(journey.app.screen, JournalsScreen))
    await journey.until(lambda: getattr(journey.app.screen, "_journals", None))


def chosen(journey: Journey) -> EntrySummary:
    entry = journey.app.home.entries.chosen
    assert entry is not None
    return entry


async def home(journey: Journey) -> None:
    await journey.until(lambda: journey.app.screen is journey.app.home)


async def named(journey: Journey, *keys: str) -> None:
    """Press `keys` in the field for a name once it is there."""
    await journey.until(lambda: isinstance(journey.app.screen, NameScreen))
    await journey.press(*keys)


@pytest.mark.parametrize("size", SIZES)
async def test_a_journal_is_shown_alone_and_remembered(size: tuple[int, int]) -> None:
    add_entry("at home")
    for number in range(3):
        add_entry(f"away {number}", journal="Travel")
    async with opened(size) as journey:
        await journey.sees("4 entries", "at home", "away 0")
        await open_journals(journey)
        await journey.sees("● All journals", "4 entries", "Travel", "3 entries")
        await journey.press("j", "j", "enter")
        await home(journey)
        await journey.sees("Travel", "3 entries", "away 2")
        assert "at home" not in journey.text
        await journey.press("n")
        await journey.sees("New entry")
        await journey.sees("Travel")
        await journey.type("written on the way")
        await journey.press("escape")
        await journey.sees("4 entries", "written on the way")
    assert {each.name: each.count for each in count_journals()} == {"default": 1, "Travel": 4}
    async with opened(size) as journey:
        await journey.sees("Travel", "4 entries")
        await open_journals(journey)
        await journey.sees("● Travel")
        await journey.press("g", "enter")
        await journey.sees("5 entries", "at home")
        # All are shown; what is written goes where one wrote last.
        await journey.press("n")
        await journey.sees("New entry")
        await journey.type("written later")
        await journey.press("escape")
        await journey.sees("6 entries", "written later")
    assert {each.name: each.count for each in count_journals()} == {"default": 1, "Travel": 5}


async def test_a_journal_is_made_renamed_and_deleted() -> None:
    add_entry("at home")
    async with opened((60, 20)) as journey:
        await open_journals(journey)
        await journey.press("n")
        await named(journey, *"DEFAULT", "enter")
        await journey.sees("already a journal")
        await journey.press(*["backspace"] * 7, *"Trips", "enter")
        await journey.sees("Trips", "empty")
        await journey.press("enter")
        await journey.sees("“Trips” is empty.", "write its first entry")
        await open_journals(journey)
        await journey.press("r")
        await named(journey, "!", "enter")
        await journey.sees("Trips!")
        await journey.press("d")
        await journey.sees("is deleted")
        await journey.press("escape")
        await journey.sees("1 entry", "at home")
        await open_journals(journey)
        await journey.press("j", "d")
        await journey.sees("not empty")
    assert list_journals() == ["default"]
    assert get_preference(SHOWN_JOURNAL) is None


async def test_keys_behind_a_new_name_are_for_what_it_names() -> None:
    async with opened() as journey:
        await open_journals(journey)
        for key in ("n", *"Trips", "enter", "r", "!", "enter", "d"):
            journey.app.simulate_key(key)
        await journey.sees("“Trips!”", "deleted")
    assert list_journals() == []


async def test_journals_deleted_in_one_go_are_one_after_the_other() -> None:
    add_entry("at home")
    for name in ("A", "B", "C", "D"):
        create_journal(name)
    async with opened() as journey:
        await open_journals(journey)
        await journey.sees("D", "empty")
        for key in "jddd":
            journey.app.simulate_key(key)
        await journey.until(lambda: set(list_journals()) == {"D", "default"})


async def test_a_journal_is_made_in_one_go() -> None:
    async with opened() as journey:
        await open_journals(journey)
        for key in ("n", *"Trips", "enter"):
            journey.app.simulate_key(key)
        await journey.sees("Trips", "empty")
    assert "Trips" in list_journals()


@pytest.mark.parametrize("size", SIZES)
async def test_an_entry_is_moved_with_its_names(size: tuple[int, int]) -> None:
    entry = add_entry("Met Anna.", title="Tea")
    store_extraction(entry.uuid, 1, "m", [Span(4, 8, EntityType.PERSON, 0.9)])
    add_entry("something older", created_at=entry.created_at.replace(year=2020))
    create_journal("Travel")
    async with opened(size) as journey:
        await journey.sees("Tea")
        await journey.until(lambda: journey.app.home.entries.chosen is not None)
        await open_journals(journey, "M")
        await journey.sees("Move “Tea” to", "Travel")
        await journey.press("enter")
        await journey.sees("“Tea” is in “Travel” now.")
        await home(journey)
        assert chosen(journey).uuid == entry.uuid
        await open_journals(journey, "M")
        await journey.press("n")
        await named(journey, *"Plans", "enter")
        await journey.sees("Plans")
        await journey.press("enter")
        await journey.sees("“Tea” is in “Plans” now.")
    moved = get_entry(entry.uuid)
    assert (moved.journal, moved.is_extracted) == ("Plans", True)
    assert [entity.journal for entity in moved.entities] == ["Plans"]


async def test_moving_out_of_the_shown_journal_takes_the_entry_off_the_list() -> None:
    add_entry("older", journal="Travel")
    add_entry("newer", journal="Travel")
    create_journal("Home")
    set_preference(SHOWN_JOURNAL, "Travel")
    async with opened() as journey:
        await journey.sees("2 entries", "newer")
        await open_journals(journey, "M")
        await journey.press("enter")
        await journey.sees("Travel  1 entry")
        await journey.until(lambda: chosen(journey).preview == "older")


async def test_where_there_is_no_other_journal_one_is_made_to_move_to() -> None:
    entry = add_entry("on the way", journal="Travel")
    async with opened((60, 20)) as journey:
        await journey.press("M")
        await journey.sees("There is no other journal yet.", "n new")
        await journey.press("n")
        await named(journey, *"Home", "enter")
        await journey.sees("Home", "empty")
        await journey.press("enter")
        await journey.until(lambda: get_entry(entry.uuid).journal == "Home")


async def test_a_move_is_taken_back() -> None:
    add_entry("older", journal="Travel")
    newer = add_entry("newer", journal="Travel")
    create_journal("Home")
    set_preference(SHOWN_JOURNAL, "Travel")
    async with opened() as journey:
        await journey.sees("2 entries", "newer")
        await open_journals(journey, "M")
        await journey.press("enter")
        await journey.sees("Travel  1 entry", "“newer” is in “Home” now.", "u undo")
        await journey.press("u")
        await journey.sees("Travel  2 entries", "“newer” is back in")
        await journey.until(lambda: chosen(journey).uuid == newer.uuid)
        await journey.misses("u undo")
    assert get_entry(newer.uuid).journal == "Travel"


async def test_an_entry_of_another_journal_is_read_among_all() -> None:
    add_entry("seen here", journal="Travel")
    other = add_entry("found elsewhere", journal="Home")
    set_preference(SHOWN_JOURNAL, "Travel")
    async with opened() as journey:
        await journey.sees("Travel", "seen here")
        journey.app.navigation.navigate(EntryRoute(other.uuid))
        await journey.until(lambda: journey.reader_text == "found elsewhere")
        await journey.sees("entry 2 of 2")
        await journey.press("escape")
        await journey.sees("seen here", "found elsewhere")
    assert get_preference(SHOWN_JOURNAL) == "Travel"


async def test_what_is_done_to_journals_elsewhere_is_followed() -> None:
    uuid = add_entry("on the way", journal="Travel").uuid
    set_preference(SHOWN_JOURNAL, "Travel")
    set_preference(WRITTEN_JOURNAL, "Travel")
    async with opened() as journey:
        await journey.sees("Travel", "on the way")
        rename_journal("Travel", "Voyages")
        journey.app.journal_changed.publish(None)
        await journey.sees("Voyages", "on the way")
        await journey.app.journal_switch.check()
        await journey.press("n")
        await journey.sees("New entry", "Voyages")
        await journey.type("still there")
        await journey.press("escape")
        await journey.sees("2 entries")
        assert list_journals() == ["Voyages"]
        for entry in list_entries():
            delete_entry(entry.uuid)
        journey.app.journal_changed.publish(None)
        await journey.sees("“Voyages” is empty.")
    assert uuid not in {draft.entry for draft in list_drafts()}


async def test_names_of_journals_are_shown_without_what_a_terminal_obeys() -> None:
    create_journal("evil\u202egro")
    set_preference(SHOWN_JOURNAL, "evil\u202egro")
    async with opened() as journey:
        await journey.sees("is empty")
        await open_journals(journey)
        await journey.press("r")
        await journey.sees("Rename")
        assert "\u202e" not in journey.text


def test_new_entries_go_where_one_looks_or_wrote_last() -> None:
    journal_scope = JournalScope()
    assert (journal_scope.shown, journal_scope.written) == (None, "default")
    journal_scope.show("Travel")
    assert (journal_scope.shown, journal_scope.written) == ("Travel", "Travel")
    journal_scope.show(None)
    assert (journal_scope.shown, journal_scope.written) == (None, "Travel")
    journal_scope.apply(
        Preferences({"journal": "5", "last_journal": '""', "default_journal": '"Diary"'})
    )
    assert (journal_scope.shown, journal_scope.written) == (None, "Diary")

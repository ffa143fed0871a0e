"""Title and date in the editor: set, understood, kept as a draft, saved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from textual.widgets import Input

from backend import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_drafts,
    list_entries,
    list_revisions,
    save_draft,
)
from backend.dates import local_date, local_time, local_zone, now
from frontend.tui.widgets.fields.writing_area import WritingArea
from tests.frontend.tui.journeys import SIZES, Journey, opened

NOON = datetime(2024, 5, 3, 11, tzinfo=UTC)


def yesterday() -> date:
    return local_date(now(), local_zone()) - timedelta(days=1)


def field(journey: Journey, name: str) -> Input:
    return journey.app.screen.query_one(f"#{name}", Input)


async def edit(journey: Journey) -> None:
    await journey.press("e")
    await journey.sees("Editing")
    await journey.until(lambda: journey.app.screen.query(WritingArea))


async def leave(journey: Journey) -> None:
    await journey.press("escape")
    await journey.until(lambda: journey.app.screen is journey.app.home)


@pytest.mark.parametrize("size", SIZES)
async def test_a_new_entry_gets_title_and_date(size: tuple[int, int]) -> None:
    async with opened(size) as journey:
        await journey.press("n")
        await journey.type("walked")
        await journey.press("ctrl+t")
        await journey.type("By the sea")
        await journey.press("ctrl+g")
        await journey.sees("3 days ago")
        await journey.type("yesterday 21:30")
        await journey.sees(f"{yesterday().day}", ", 21:30")
        await journey.press("enter")
        await journey.type(" far")
        await leave(journey)
    (entry,) = list_entries()
    saved = get_entry(entry.uuid)
    assert (saved.title, saved.text, saved.local_date) == ("By the sea", "walked far", yesterday())
    assert f"{local_time(saved.created_at, saved.zone):%H:%M}" == "21:30"


async def test_shift_tab_leads_from_the_text_to_what_stands_over_it() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.type("text")
        await journey.press("shift+tab")
        assert journey.app.focused is field(journey, "date")
        await journey.press("shift+tab")
        await journey.type("Title")
        await journey.press("tab", "tab")
        await journey.type("!")
        await leave(journey)
    (entry,) = list_entries()
    assert (entry.title, get_entry(entry.uuid).text) == ("Title", "text!")


async def test_keys_typed_ahead_reach_the_title() -> None:
    async with opened() as journey:
        await journey.press("n", "a", "ctrl+t", "b", "c", "enter", "d", "escape")
        await journey.until(list_entries)
    (entry,) = list_entries()
    assert (entry.title, get_entry(entry.uuid).text) == ("bc", "ad")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tomorrow", "yet to come"),
        ("12/5/2024", "12 May or 5 December"),
        ("gibberish", "not a date Charlie understands"),
    ],
)
async def test_a_date_that_is_not_understood_is_not_saved(typed: str, words: str) -> None:
    async with opened((100, 30)) as journey:
        await journey.press("n")
        await journey.type("precious")
        await journey.press("ctrl+g")
        await journey.type(typed)
        await journey.sees(words)
        await journey.press("enter")
        await journey.sees(words)
        await journey.press("escape")
        await journey.sees("Not saved:", "ctrl+g goes to the date.", "kept as a draft")
        assert list_entries() == []
        await journey.press("ctrl+g", "ctrl+u")
        await journey.type("2 days ago")
        await leave(journey)
    assert list_entries()[0].local_date == yesterday() - timedelta(days=1)
    assert list_drafts() == []


async def test_a_title_alone_is_a_revision_and_leaves_a_text_that_moved_on() -> None:
    entry = add_entry("first", title="Old", created_at=NOON)
    async with opened((100, 30)) as journey:
        await edit(journey)
        edit_entry(entry.uuid, "theirs")
        await journey.press("ctrl+t", "ctrl+u")
        await journey.type("New")
        await journey.press("ctrl+s")
        await journey.sees("Saved. The text of", "elsewhere")
        assert (get_entry(entry.uuid).text, get_entry(entry.uuid).title) == ("theirs", "New")

        await journey.press("enter")
        await journey.type(" mine")
        await leave(journey)
    saved = get_entry(entry.uuid)
    assert (saved.text, saved.title, saved.created_at) == ("first mine", "New", NOON)
    assert "theirs" in [revision.text for revision in list_revisions(entry.uuid)]


async def test_a_date_alone_moves_the_entry_without_a_revision() -> None:
    entry = add_entry("first", title="Old", created_at=NOON)
    async with opened() as journey:
        await edit(journey)
        await journey.sees("Old", "3 May 2024, 12:00")
        await journey.press("ctrl+g")
        await journey.type("12 may 2024 9pm")
        await journey.press("ctrl+s")
        await journey.until(lambda: field(journey, "date").value == "")
        await journey.sees("12 May 2024, 21:00")
        await leave(journey)
    saved = get_entry(entry.uuid)
    assert (saved.local_date, saved.title, saved.revision) == (date(2024, 5, 12), "Old", 1)


async def test_a_title_is_taken_away() -> None:
    entry = add_entry("first", title="Old")
    async with opened() as journey:
        await edit(journey)
        await journey.press("ctrl+t", "ctrl+u")
        await leave(journey)
    assert get_entry(entry.uuid).title == "first"


async def test_an_entry_without_a_title_of_its_own_keeps_none() -> None:
    entry = add_entry("first line")
    async with opened() as journey:
        await edit(journey)
        assert field(journey, "title").value == ""
        await journey.press("home")
        await journey.type("very ")
        await leave(journey)
    assert get_entry(entry.uuid).title == "very first line"


async def test_both_are_part_of_the_draft_and_come_back_with_it() -> None:
    async with opened() as journey:
        await journey.press("n", "ctrl+t")
        await journey.type("Begun")
        await journey.press("ctrl+g")
        await journey.type("2024-05-03 12:00")
        await journey.until(
            lambda: [(d.title, d.created_at) for d in list_drafts()] == [("Begun", NOON)]
        )
        await journey.press("enter")
        await journey.type("text")
        await leave(journey)
    saved = list_entries()[0]
    assert (saved.title, saved.created_at) == ("Begun", NOON)

    save_draft("gone-1", "more", journal="default", title="Rescued", created_at=NOON)
    async with opened((100, 30)) as journey:
        await journey.sees("You were writing", "Rescued")
        await journey.press("enter")
        await journey.sees("Recovered draft", "3 May 2024, 12:00")
        assert field(journey, "title").value == "Rescued"
        await leave(journey)
    assert ("Rescued", NOON) in [(each.title, each.created_at) for each in list_entries()]
    assert list_drafts() == []


async def test_a_title_without_a_text_is_not_thrown_away() -> None:
    async with opened((100, 30)) as journey:
        await journey.press("n", "ctrl+t")
        await journey.type("Only a title")
        await journey.press("escape")
        await journey.sees("Not saved:", "kept as a draft")
        await journey.press("escape")
        await journey.sees("Leave it?")
        await journey.press("y")
        await journey.until(lambda: journey.app.screen is journey.app.home)
    assert [draft.title for draft in list_drafts()] == ["Only a title"]


async def test_what_was_deleted_meanwhile_keeps_its_title_and_day() -> None:
    entry = add_entry("first", title="Old", created_at=NOON)
    async with opened() as journey:
        await edit(journey)
        delete_entry(entry.uuid)
        await journey.type(" mine")
        await leave(journey)
    (saved,) = list_entries()
    assert (saved.title, saved.created_at) == ("Old", NOON)
    assert saved.uuid != entry.uuid


async def test_a_title_with_controls_is_shown_tame_and_kept_as_it_is() -> None:
    entry = add_entry("first", title="a\x1b[31mred\x9b")
    async with opened() as journey:
        await edit(journey)
        await journey.sees("a␛[31mred")
        await journey.type("!")
        await leave(journey)
    assert get_entry(entry.uuid).title == "a\x1b[31mred\x9b"

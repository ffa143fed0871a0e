"""The editor: what is typed is kept, saved, and never lost."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from textual.events import Key, Paste
from textual.widgets import OptionList

from backend import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_drafts,
    list_entries,
    save_draft,
)
from backend.locations import database_path
from frontend.tui.screens.drafts import DraftsScreen
from frontend.tui.screens.editor import EditorScreen
from frontend.tui.widgets.fields.writing_area import WritingArea
from tests.frontend.tui.journeys import Journey, opened


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow past what the journal's files are now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    wal = database_path().with_name("charlie.db-wal")
    size = wal.stat().st_size if wal.exists() else 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def area(journey: Journey) -> WritingArea:
    return journey.app.screen.query_one(WritingArea)


def texts() -> list[str]:
    return [get_entry(entry.uuid).text for entry in list_entries()]


async def home(journey: Journey) -> None:
    await journey.until(lambda: journey.app.screen is journey.app.home)


async def test_an_empty_new_entry_just_returns() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.type("  \n ")
        await journey.press("escape")
        await home(journey)
    assert list_entries() == []
    assert list_drafts() == []


async def test_typing_is_kept_as_a_draft_until_it_is_saved() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.type("unsaved")
        await journey.sees("draft kept")
        assert [draft.text for draft in list_drafts()] == ["unsaved"]
        await journey.press("ctrl+s")
        await journey.sees(" saved")
        assert list_drafts() == []
        assert texts() == ["unsaved"]

        await journey.type(" more")
        await journey.sees("draft kept")
        (draft,) = list_drafts()
        assert (draft.entry, draft.base_revision) == (list_entries()[0].uuid, 1)
        await journey.press("escape")
        await home(journey)
    assert texts() == ["unsaved more"]
    assert list_drafts() == []


async def test_an_entry_that_is_not_changed_gets_no_revision() -> None:
    entry = add_entry("as it was")
    async with opened() as journey:
        await journey.press("e")
        await journey.sees("Editing")
        await journey.press("escape")
        await home(journey)
    assert get_entry(entry.uuid).revision == 1


async def test_a_save_that_fails_keeps_the_text_and_says_why() -> None:
    add_entry("there is a journal")
    async with opened((100, 30)) as journey:
        await journey.press("n")
        await journey.type("precious")
        await journey.sees("draft kept")
        with full_disk():
            await journey.press("ctrl+s")
            await journey.sees("Not saved:", "ctrl+s tries again.", "kept as a draft")
            assert area(journey).text == "precious"

            await journey.press("escape")
            await journey.sees("Leave it? The draft is kept")
            await journey.press("n")
            await journey.misses("Leave it?")
            assert area(journey).text == "precious"
        await journey.press("escape")
        await home(journey)
    assert sorted(texts()) == ["precious", "there is a journal"]
    assert list_drafts() == []


async def test_leaving_an_entry_that_cannot_be_saved_keeps_its_draft() -> None:
    add_entry("there is a journal")
    async with opened((100, 30)) as journey:
        await journey.press("n")
        await journey.type("precious")
        await journey.sees("draft kept")
        with full_disk():
            await journey.press("escape")
            await journey.sees("Not saved:")
            await journey.press("escape")
            await journey.sees("Leave it?")
            await journey.press("y")
            await home(journey)
    assert [draft.text for draft in list_drafts()] == ["precious"]


async def test_quitting_saves_what_is_being_written() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.type("last words")
        await journey.press("ctrl+q")
        await journey.until(lambda: not journey.app.is_running)
    assert texts() == ["last words"]
    assert list_drafts() == []


async def test_quitting_stays_where_the_text_cannot_be_saved() -> None:
    add_entry("there is a journal")
    async with opened() as journey:
        await journey.press("n")
        await journey.type("precious")
        await journey.sees("draft kept")
        with full_disk():
            await journey.press("ctrl+q")
            await journey.sees("Not saved:")
        assert isinstance(journey.app.screen, EditorScreen)


async def test_an_entry_that_changed_meanwhile_keeps_both_texts() -> None:
    entry = add_entry("first")
    async with opened((100, 30)) as journey:
        await journey.press("e")
        await journey.sees("Editing")
        edit_entry(entry.uuid, "theirs")
        await journey.type(" mine")
        await journey.press("escape")
        await journey.sees("had changed since")
    saved = get_entry(entry.uuid)
    assert (saved.text, saved.revision) == ("first mine", 3)


async def test_an_entry_that_was_deleted_meanwhile_is_saved_as_a_new_one() -> None:
    entry = add_entry("first")
    async with opened() as journey:
        await journey.press("e")
        await journey.sees("Editing")
        delete_entry(entry.uuid)
        await journey.type(" mine")
        await journey.press("escape")
        await home(journey)
    assert texts() == ["first mine"]
    assert list_entries()[0].uuid != entry.uuid


async def test_an_entry_emptied_is_not_saved() -> None:
    add_entry("first")
    async with opened((100, 24)) as journey:
        await journey.press("e")
        await journey.sees("Editing", "first")
        await journey.until(lambda: journey.app.focused is area(journey))
        await journey.press("f7", "backspace")
        await journey.press("escape")
        await journey.sees("Not saved:")
    assert texts() == ["first"]


async def test_a_text_with_controls_is_edited_without_losing_them() -> None:
    text = "a\x1b[31mred\x07\r\nb\u2028c\x0bd\x85e\ttab\u202ef"
    entry = add_entry(text)
    async with opened() as journey:
        await journey.press("e")
        await journey.sees("␛[31mred␇")
        assert not any(ord(c) < 32 and c != "\n" for c in journey.text)
        await journey.type("!")
        await journey.press("escape")
        await home(journey)
    assert get_entry(entry.uuid).text == text + "!"


async def test_pasted_text_is_inserted_as_it_is() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.type("> <")
        await journey.press("left")
        area(journey).post_message(Paste("one\r\ntwo\rthree \x1b]52;c;AAAA\x07"))
        await journey.sees("three ␛]52;c;AAAA␇<")
        await journey.press("ctrl+z")
        await journey.misses("three")
        await journey.press("ctrl+y")
        await journey.press("escape")
        await home(journey)
    assert texts() == ["> one\ntwo\nthree \x1b]52;c;AAAA\x07<"]


async def test_cut_copy_and_paste_carry_the_text_as_it_is_stored() -> None:
    add_entry("keep \x1b this")
    async with opened() as journey:
        await journey.press("e")
        await journey.sees("keep ␛ this")
        await journey.press("f7", "ctrl+x", "ctrl+v", "ctrl+v")
        await journey.sees("keep ␛ thiskeep ␛ this")
        assert journey.app.clipboard == "keep \x1b this"
        await journey.press("escape")
        await home(journey)
    assert texts() == ["keep \x1b thiskeep \x1b this"]


async def test_a_large_paste_is_wrapped_kept_and_saved() -> None:
    text = "\n".join("word " * 12 for _ in range(16_000))
    async with opened() as journey:
        await journey.press("n")
        area(journey).post_message(Paste(text))
        await journey.sees("draft kept")
        await journey.press("ctrl+home")
        await journey.press("escape")
        await home(journey)
    assert texts() == [text]


async def test_selected_text_is_seen() -> None:
    add_entry("first line\n\nthird\tline")
    async with opened() as journey:
        await journey.press("e")
        await journey.sees("third   line")
        await journey.press("f7")
        selection = area(journey).get_component_rich_style("text-area--selection")
        for y in range(2):
            strip = area(journey).render_line(y)
            assert any(s.style and s.style.bgcolor == selection.bgcolor for s in strip)


async def test_rescued_drafts_are_offered_at_the_start() -> None:
    entry = add_entry("an entry")
    save_draft("gone-1", "a new thought", journal="default")
    save_draft("gone-2", "an entry, changed", journal="default", entry=entry.uuid, base_revision=1)
    async with opened((100, 30)) as journey:
        await journey.sees("You were writing", "A new entry", "Changes to “an entry”")
        options = journey.app.screen.query_one(OptionList)
        options.highlighted = options.get_option_index("gone-1")
        await journey.press("s")
        await journey.misses("A new entry")
        assert sorted(texts()) == ["a new thought", "an entry"]

        await journey.press("enter")
        await journey.sees("Recovered draft", "an entry, changed")
        await journey.type("!")
        await journey.press("escape")
        await home(journey)
    assert get_entry(entry.uuid).text == "an entry, changed!"
    assert list_drafts() == []


async def test_a_draft_whose_entry_moved_on_overwrites_nothing() -> None:
    entry = add_entry("an entry")
    save_draft("gone-1", "mine", journal="default", entry=entry.uuid, base_revision=1)
    edit_entry(entry.uuid, "theirs")
    async with opened((100, 30)) as journey:
        await journey.sees("was changed since: saved as a new entry, both stay")
        await journey.press("s")
        await home(journey)
    assert sorted(texts()) == ["mine", "theirs"]


async def test_a_draft_is_thrown_away_after_a_question() -> None:
    save_draft("gone-1", "a new thought", journal="default")
    async with opened() as journey:
        await journey.sees("a new thought")
        await journey.press("d")
        await journey.sees("Throw this draft of 3 words away?")
        await journey.press("n")
        await journey.misses("Throw")
        assert len(list_drafts()) == 1
        await journey.press("d")
        await journey.sees("Throw this draft of 3 words away?")
        await journey.press("y")
        await home(journey)
    assert list_drafts() == []
    assert list_entries() == []


async def test_keys_typed_ahead_of_the_page_are_all_on_it() -> None:
    async with opened() as journey:
        for key in "nthoughts come faster than pages":
            name = "space" if key == " " else key
            journey.app.post_message(Key(name, key))
        journey.app.post_message(Key("escape", None))
        await journey.until(list_entries)
        await home(journey)
    assert texts() == ["thoughts come faster than pages"]


async def test_keys_typed_ahead_of_an_entry_do_nothing_to_the_list() -> None:
    add_entry("dear ")
    async with opened() as journey:
        for key in "ediary":
            journey.app.post_message(Key(key, key))
        await journey.sees("dear diary")
        await journey.press("escape")
        await home(journey)
    assert texts() == ["dear diary"]


async def test_a_draft_that_is_left_for_later_is_offered_again() -> None:
    save_draft("gone-1", "a new thought", journal="default")
    for _ in range(2):
        async with opened() as journey:
            await journey.sees("a new thought")
            await journey.press("escape")
            await home(journey)
    async with opened() as journey:
        await journey.until(lambda: isinstance(journey.app.screen, DraftsScreen))
    assert len(list_drafts()) == 1

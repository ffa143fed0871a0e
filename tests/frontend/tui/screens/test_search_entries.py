"""The search screen."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from textual.events import Paste
from textual.widgets import Input

from backend import add_entry
from backend.database.journal.entries import NewEntry, add_entries
from backend.database.journal.extractions import store_extraction
from backend.records import EntityType, Span
from frontend.tui.routes import EntryRoute
from frontend.tui.screens.search import SearchScreen
from frontend.tui.widgets.fields.query_input import QueryInput
from frontend.tui.widgets.lists.choice_list import ChoiceList
from frontend.tui.widgets.lists.hit_list import HitList
from frontend.tui.widgets.panes.reader import Reader
from tests.frontend.tui.journeys import SIZES, Journey, opened

#: More threads an event loop has never (concurrent.futures.ThreadPoolExecutor).
MOST_THREADS = 32


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
        await journey.misses("harvest")
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
        assert journey.app.home.is_viewing


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
        await journey.sees("130 entries")
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
    add_entry("first needle", created_at=datetime(2024, 5, 1, tzinfo=UTC))
    add_entry("second needle", created_at=datetime(2024, 5, 2, tzinfo=UTC))
    add_entry("a need of another kind")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("need")
        await journey.sees("3 entries")
        await journey.type("le")
        await journey.press("down", "enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.until(lambda: journey.reader_text == "first needle")


async def test_what_is_typed_and_opened_in_one_go_is_opened() -> None:
    add_entry("the needle of the haystack")
    async with opened() as journey:
        for key in ("slash", *"needle", "enter"):
            journey.app.simulate_key(key)
        await journey.until(lambda: isinstance(journey.app.navigation.history.here, EntryRoute))
        await journey.until(lambda: "haystack" in journey.reader_text)


async def test_the_journal_that_is_shown_is_searched_unless_another_is_asked_for() -> None:
    add_entry("needle at home", journal="home")
    add_entry("needle at work", journal="work")
    async with opened() as journey:
        journey.app.journal_switch.show("work")
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("Search · work", "1 entry", "needle at work")
        await journey.press("ctrl+g")
        await journey.sees("2 entries", "needle at home")
        await journey.misses("Search · work")
        await journey.press("enter", "escape")
        await journey.sees("2 entries")
        await journey.press("ctrl+g")
        await journey.sees("Search · work", "1 entry")
        await journey.type(" journal:home")
        await journey.until(lambda: "needle at home" in journey.text)
        await journey.misses("Search · work")
        await journey.type(" x")
        await journey.sees("Nothing found.")


async def test_where_nothing_is_found_it_is_said_in_which_journal() -> None:
    add_entry("needle", journal="home")
    add_entry("thread", journal="work")
    async with opened() as journey:
        journey.app.journal_switch.show("work")
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("Nothing found in “work”. ctrl+g searches all journals.")
        await journey.press("ctrl+g")
        await journey.sees("1 entry")


async def test_an_unfinished_query_is_no_error() -> None:
    add_entry("a phrase to be found")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type('"a phrase')
        await journey.sees("1 entry")


def underlined(journey: Journey) -> str:
    field = journey.app.screen.query_one(QueryInput)
    strip = field.render_line(0)
    return "".join(s.text for s in strip if s.style and s.style.underline)


def offered(journey: Journey) -> list[str]:
    """What the word at the cursor may become, as far as it is shown."""
    choices = journey.app.screen.query_one("#offers", ChoiceList)
    return [choice.words for choice in choices.items] if choices.display else []


@pytest.mark.parametrize("size", SIZES)
async def test_a_query_that_cannot_be_understood_says_what_is_wrong_where(
    size: tuple[int, int],
) -> None:
    add_entry("something")
    async with opened(size) as journey:
        await journey.press("slash")
        await journey.type("a from:someday something")
        await journey.sees("“someday” at character 3", "last-week.")
        assert underlined(journey) == "from:someday"
        await journey.press("ctrl+u")
        await journey.type("something")
        await journey.sees("1 entry")
        assert underlined(journey) == ""


async def test_what_is_not_finished_is_said_beside_the_results() -> None:
    add_entry("something")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("something from:ma")
        await journey.sees("“ma” at character 11", "▌ something")
        assert underlined(journey) == "from:ma"


async def test_the_order_is_said_and_can_be_changed() -> None:
    add_entry("the needle, the needle, the needle")
    add_entry("a needle and a lot of other things beside it, too many to be listed")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("2 entries, best matches first")
        assert journey.text.index("the needle") < journey.text.index("a needle")
        await journey.press("ctrl+o")
        await journey.sees("2 entries, newest first")
        assert journey.text.index("the needle") > journey.text.index("a needle")
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.press("escape")
        await journey.sees("2 entries, newest first")


@pytest.mark.parametrize("size", SIZES)
async def test_a_hit_is_opened_at_its_passage_with_the_matches_marked(
    size: tuple[int, int],
) -> None:
    filler = "\n".join(f"line {i}" for i in range(300))
    add_entry(f"{filler}\nSome **needles**\n{filler}\na needle\n{filler}")
    async with opened(size) as journey:
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("1 entry")
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        reader = journey.app.home.reader
        await journey.sees("Some needles")
        assert reader._page is not None
        assert [reader._page.layout.shown.text[a:b] for a, b in reader._found] == [
            "needles",
            "needle",
        ]
        await journey.press("n")
        await journey.sees("a needle")
        await journey.press("escape")
        await journey.sees("1 entry", "needle")
        await journey.press("alt+right")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.sees("a needle")
        await journey.until(lambda: len(reader._found) == 2)
        await journey.press("f")
        await journey.type("line 1")
        await journey.until(lambda: len(reader._found) > 100)
        await journey.press("escape")
        await journey.until(lambda: reader._found == [])


async def test_an_entry_that_was_not_searched_for_has_nothing_marked() -> None:
    add_entry("a needle")
    add_entry("another needle")
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("2 entries")
        await journey.press("enter")
        await journey.until(lambda: len(journey.app.home.reader._found) == 1)
        await journey.press("J")
        await journey.until(lambda: journey.reader_text == "a needle")
        assert journey.app.home.reader._found == []


async def test_the_preview_beside_the_hits_shows_the_matches() -> None:
    filler = "\n".join(f"line {i}" for i in range(300))
    add_entry(f"{filler}\na needle\n{filler}")
    async with opened((140, 30)) as journey:
        await journey.press("slash")
        await journey.type("needl")
        await journey.until(lambda: len(journey.app.screen.query_one(Reader)._found) == 1)
        await journey.until(lambda: journey.text.count("a needle") == 2)


@pytest.mark.parametrize("size", SIZES)
async def test_names_tags_and_fields_are_completed(size: tuple[int, int]) -> None:
    name = "Greta Sand"
    entry = add_entry("Greta Sand in the garden #garden")
    assert store_extraction(entry.uuid, 1, "m", [Span(0, 10, EntityType.PERSON, 0.9)])
    async with opened(size) as journey:
        await journey.press("slash")
        await journey.until(lambda: isinstance(journey.app.screen, SearchScreen))
        field = journey.app.screen.query_one(QueryInput)
        await journey.type("@gr")
        await journey.sees(f'@"{name}"', "person, 1")
        await journey.press("tab")
        await journey.until(lambda: field.value == f'@"{name}" ')
        await journey.misses("person, 1")
        await journey.type("#ga")
        # The entry that was found shows the tag too.
        await journey.until(lambda: "#garden" in offered(journey))
        await journey.press("down", "enter")
        await journey.until(lambda: field.value == f'@"{name}" #garden ')
        await journey.type("jou")
        await journey.press("tab")
        await journey.until(lambda: field.value.endswith("journal:"))
        await journey.press("tab")
        await journey.until(lambda: field.value == f'@"{name}" #garden journal:default ')
        await journey.sees("1 entry")


async def test_a_word_is_completed_however_late_the_answer_comes() -> None:
    async with opened() as journey:
        await journey.press("slash")
        await journey.until(lambda: isinstance(journey.app.screen, SearchScreen))
        field = journey.app.screen.query_one(QueryInput)
        late = threading.Event()
        waiting = asyncio.gather(*(asyncio.to_thread(late.wait) for _ in range(MOST_THREADS)))
        await asyncio.sleep(0)
        for key in ("j", "o", "u", "tab"):
            journey.app.simulate_key(key)
        # So long that what is typed is completed without a key.
        await asyncio.sleep(0.5)
        assert field.value == "jou"
        late.set()
        await waiting
        await journey.until(lambda: field.value == "journal:")


async def test_escape_closes_what_is_offered_before_the_search() -> None:
    entry = add_entry("Greta")
    assert store_extraction(entry.uuid, 1, "m", [Span(0, 5, EntityType.PERSON, 0.9)])
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("@gr")
        await journey.sees("person, 1")
        await journey.press("escape")
        await journey.misses("person, 1")
        assert isinstance(journey.app.screen, SearchScreen)
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)


async def test_offered_names_are_made_safe() -> None:
    entry = add_entry("Gre\x1b[31mta")
    assert store_extraction(entry.uuid, 1, "m", [Span(0, 10, EntityType.PERSON, 0.9)])
    async with opened() as journey:
        await journey.press("slash")
        await journey.type("@gr")
        await journey.sees("Gre␛[31mta", "person, 1")


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

"""Completion of names and tags while one writes: at hand, and never in the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import add_entry, get_entry, list_entries
from backend.database.journal.extractions import store_extraction
from backend.records import Completion, EntityType, Span
from frontend.tui.text.completing import Completing, word_at
from frontend.tui.widgets.fields.writing_area import WritingArea
from frontend.tui.widgets.lists.completion_list import CompletionList
from tests.frontend.tui.journeys import SIZES, Journey, opened


def offer(*texts: str) -> list[Completion]:
    return [Completion(text, 1, None) for text in texts]


def texts(completing: Completing) -> list[str]:
    return [each.text for each in completing.offered]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("@", ("@", "")),
        ("with @gr", ("@", "gr")),
        ("(@O’Br", ("@", "O’Br")),
        ("#ho", ("#", "ho")),
        ("a #work/ga", ("#", "work/ga")),
        ("#", None),
        ("# Heading", None),
        ("me@example", None),
        ("a#b", None),
        ("https://x.org/#part", None),
        ("@gr ", None),
        ("@" + "x" * 60, None),
        ("x" * 100 + " @gr", ("@", "gr")),
    ],
)
def test_a_word_with_a_mark_is_known(line: str, word: tuple[str, str] | None) -> None:
    found = word_at(line, len(line))
    assert (found and (found.mark, found.typed)) == word
    if found:
        assert line[found.start : found.end] == found.mark + found.typed


def test_inside_of_a_word_nothing_is_offered() -> None:
    assert word_at("@grandma", 3) is None
    assert word_at("@gr, and", 3) is not None


@given(st.text(max_size=60), st.integers(0, 60))
def test_any_line_has_a_word_or_none(line: str, column: int) -> None:
    found = word_at(line, min(column, len(line)))
    assert found is None or line[found.start] == found.mark


def typed(completing: Completing, line: str) -> None:
    completing.typed(line, (0, len(line)))


def test_what_still_fits_stays_until_more_is_found() -> None:
    completing = Completing()
    typed(completing, "@g")
    assert completing.word is not None
    completing.found(completing.word, offer("Grandma", "Anna Gruber", "Greg"))
    typed(completing, "@gra")
    assert texts(completing) == ["Grandma"]
    typed(completing, "@grax")
    assert not completing.is_open


def test_what_was_found_too_late_is_not_offered() -> None:
    completing = Completing()
    typed(completing, "@g")
    word = completing.word
    assert word is not None
    typed(completing, "@x")
    completing.found(word, offer("Grandma"))
    assert not completing.is_open


def test_a_tag_that_is_written_out_is_not_offered() -> None:
    completing = Completing()
    typed(completing, "#home")
    assert completing.word is not None
    completing.found(completing.word, offer("home", "homework"))
    assert texts(completing) == ["homework"]


def test_one_is_chosen_round_and_round_and_taken() -> None:
    completing = Completing()
    typed(completing, "so @g")
    assert completing.word is not None
    completing.found(completing.word, offer("Grandma", "Greg"))
    completing.move(-1)
    taken = completing.accept()
    assert taken is not None
    assert (taken[0].start, taken[0].end, taken[1]) == (3, 5, "Greg")
    assert not completing.is_open
    assert completing.accept() is None


def test_a_no_holds_for_the_word() -> None:
    completing = Completing()
    typed(completing, "@g")
    completing.refuse()
    typed(completing, "@gr")
    assert completing.word is None
    typed(completing, "@gr and")
    typed(completing, "@gr and @g")
    assert completing.word is not None


def test_a_cursor_that_leaves_closes() -> None:
    completing = Completing()
    typed(completing, "@g")
    completing.moved((0, 2))
    assert completing.word is not None
    completing.moved((0, 1))
    assert completing.word is None


def write(text: str, *names: str) -> None:
    entry = add_entry(text)
    spans = [
        Span(text.index(name), text.index(name) + len(name), EntityType.PERSON, 0.9)
        for name in names
    ]
    store_extraction(entry.uuid, 1, "m", spans)


def newest_text() -> str:
    return get_entry(list_entries()[0].uuid).text


async def leave(journey: Journey) -> None:
    await journey.press("escape")
    await journey.until(lambda: journey.app.screen is journey.app.home)


@pytest.mark.parametrize("size", SIZES)
async def test_a_name_and_a_tag_are_completed(size: tuple[int, int]) -> None:
    write("Grandma and Greg. #home/garden", "Grandma", "Greg")
    async with opened(size) as journey:
        await journey.press("n")
        await journey.type("With @gra")
        await journey.sees("▌ Grandma", "person 1")
        await journey.misses("Greg")
        await journey.press("tab")
        await journey.misses("person 1")
        await journey.type(", #home")
        await journey.sees("▌ home/garden")
        await journey.press("enter")
        await journey.type(".")
        await leave(journey)
    assert newest_text() == "With Grandma, #home/garden."


async def test_arrows_choose_and_escape_closes_the_list_alone() -> None:
    write("Grandma, Grandma and Greg.", "Grandma", "Greg")
    async with opened() as journey:
        await journey.press("n")
        await journey.type("@g")
        await journey.sees("▌ Grandma", "Greg")
        await journey.press("down")
        await journey.sees("▌ Greg")
        await journey.press("enter", "space")
        await journey.type("@g")
        await journey.sees("▌ Grandma")
        await journey.press("escape")
        await journey.misses("▌ Grandma")
        await journey.press("enter")
        await journey.type("r")
        assert journey.app.screen.query_one(WritingArea).text == "Greg @g\nr"
        await leave(journey)
    assert newest_text() == "Greg @g\nr"


async def test_what_is_typed_fast_is_what_was_typed() -> None:
    write("Grandma. #home", "Grandma")
    async with opened() as journey:
        await journey.press("n")
        await journey.type("@xy\n#zz\tend")
        await leave(journey)
    assert newest_text() == "@xy\n#zz\tend"


async def test_the_list_stays_on_the_screen_at_the_last_line() -> None:
    write("Grandma and Greg.", "Grandma", "Greg")
    async with opened((60, 20)) as journey:
        await journey.press("n", *["enter"] * 30)
        await journey.type("word " * 9 + "@g")
        await journey.sees("▌ Gr", "@g")
        region = journey.app.screen.query_one(CompletionList).region
        assert journey.app.screen.region.contains_region(region)
        await journey.pilot.click(CompletionList, offset=(3, 1))
        await journey.misses("@g")
        await leave(journey)
    assert newest_text().strip() == "word " * 9 + "Greg"


async def test_a_completion_is_undone_in_one() -> None:
    write("Grandma.", "Grandma")
    async with opened() as journey:
        await journey.press("n")
        await journey.type("@g")
        await journey.sees("▌ Grandma")
        await journey.press("tab")
        await journey.press("ctrl+z")
        await journey.sees("@g")
        await leave(journey)
    assert newest_text() == "@g"

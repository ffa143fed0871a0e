"""The reader: Markdown, names as links, finding, the entries before and after."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from rich.style import Style
from textual.events import Key

from backend import add_entry
from backend.database.journal.extractions import store_extraction
from backend.dates import now
from backend.records import EntityType, Entry, Span
from frontend.tui.routes import EntryRoute
from frontend.tui.widgets.fields.find_bar import FindBar
from tests.frontend.tui.journeys import SIZES, Journey, opened

NAMES = {
    "Anna": EntityType.PERSON,
    "Anna Norte": EntityType.ORGANIZATION,
    "Lisbon": EntityType.PLACE,
    "rowing": EntityType.ACTIVITY,
}


def add_read(text: str, names: dict[str, EntityType] = NAMES) -> Entry:
    """An entry that the worker is done with: every one of `names` in it is found."""
    entry = add_entry(text)
    spans = [
        Span(at, at + len(name), entity_type, 0.9)
        for name, entity_type in names.items()
        for at in range(len(text))
        if text.startswith(name, at)
    ]
    assert store_extraction(entry.uuid, entry.revision, "test", spans)
    return entry


def styles(journey: Journey, attribute: str) -> list[str]:
    """What is painted in the reader with an attribute, piece by piece."""
    reader = journey.app.home.reader
    return [
        segment.text
        for y in range(reader.size.height)
        for segment in reader.render_line(y)
        if segment.text and getattr(segment.style or Style(), attribute)
    ]


def chosen(journey: Journey) -> str:
    return "".join(styles(journey, "reverse"))


def is_chosen(journey: Journey, expected: str) -> bool:
    return chosen(journey) == expected


def painted(journey: Journey) -> str:
    """What the reader shows."""
    reader = journey.app.home.reader
    return "\n".join(reader.render_line(y).text for y in range(reader.size.height))


async def read_first(journey: Journey, *words: str) -> None:
    await journey.press("enter")
    await journey.until(lambda: journey.app.home.reader.has_focus)
    await journey.sees(*words)


@pytest.mark.parametrize("size", SIZES)
async def test_markdown_is_shown_as_it_is_meant_and_as_written_on_request(
    size: tuple[int, int],
) -> None:
    add_entry("# Harbour\n\nA **loud** day with [a map](http://x.y).\n\n- rope\n- [x] sail")
    async with opened(size) as journey:
        await read_first(journey, "Harbour", "A loud day", "a map (http://x.y)", "• rope")
        assert "**" not in painted(journey)
        assert "loud" in styles(journey, "bold")
        await journey.press("m")
        await journey.until(lambda: "map](http://x.y)" in painted(journey))
        assert "**loud**" in painted(journey)
        assert "- rope" in painted(journey)
        await journey.press("m")
        await journey.sees("• rope")


@pytest.mark.parametrize("size", SIZES)
async def test_tab_walks_along_the_names_and_shows_them(size: tuple[int, int]) -> None:
    add_read("Met Anna Norte.\n" + "\n" * 60 + "In **Lisbon** for rowing.")
    async with opened(size) as journey:
        await read_first(journey, "Met Anna")
        for expected in ("Anna Norte", "Anna", "Lisbon", "rowing", "Anna Norte"):
            await journey.press("tab")
            await journey.until(partial(is_chosen, journey, expected))
        await journey.press("shift+tab")
        await journey.until(lambda: chosen(journey) == "rowing")
        assert "Lisbon" in journey.text


async def test_tab_goes_on_from_what_is_seen() -> None:
    add_read("Anna.\n" + "\n" * 100 + "Lisbon." + "\n" * 100 + "rowing")
    async with opened() as journey:
        await read_first(journey, "Anna.")
        await journey.press("tab")
        await journey.until(lambda: chosen(journey) == "Anna")
        await journey.press("G", "k", "k", "shift+tab")
        await journey.until(lambda: chosen(journey) in ("rowing", "Lisbon"))
        await journey.press("g", "tab")
        await journey.until(lambda: chosen(journey) == "Anna")


async def test_overlapping_and_adjacent_names_are_marked_to_the_letter() -> None:
    names = {"Anna": EntityType.PERSON, "Anna Norte": EntityType.ORGANIZATION}
    add_read("x **Anna** Norte AnnaAnna é日本🙂\tAnna", names | {"🙂": EntityType.PLACE})
    async with opened((120, 30)) as journey:
        await read_first(journey, "日本")
        text = "".join(f"{piece}|" for piece in styles(journey, "bold"))
        assert text.count("Anna") == 4
        await journey.press("tab", "tab", "tab")
        await journey.until(lambda: chosen(journey) == "Anna")
        await journey.press("tab")
        await journey.until(lambda: chosen(journey) == "🙂")
        assert "🙂" in styles(journey, "underline")


@pytest.mark.parametrize("size", SIZES)
async def test_words_are_found_counted_and_walked_along(size: tuple[int, int]) -> None:
    text = "Café one.\n" + "\n" * 70 + "cafe\u0301 two.\n" + "\n" * 70 + "CAFE three."
    add_entry(text)
    async with opened(size) as journey:
        await read_first(journey, "Café one")
        await journey.press("f", "c", "a", "f", "e")
        await journey.sees("cafe", "1 of 3")
        await journey.press("enter")
        await journey.sees("2 of 3", "two.")
        await journey.press("down", "down")
        await journey.sees("1 of 3", "Café one")
        await journey.press("up")
        await journey.sees("3 of 3", "CAFE three")
        await journey.press("tab", "n")
        await journey.sees("1 of 3")
        await journey.press("N")
        await journey.sees("3 of 3")
        await journey.press("f", "C", "A")
        await journey.sees("1 of 1")
        await journey.press("x")
        await journey.sees("not found")
        await journey.press("escape")
        await journey.misses("not found")
        assert journey.app.home.reader.has_focus
        assert journey.app.home.is_viewing
        await journey.press("f", "t", "tab", "escape")
        await journey.misses(" of 4")
        assert journey.app.home.is_viewing


async def test_what_is_typed_right_behind_the_key_is_found() -> None:
    add_entry("nothing new, enter")
    async with opened() as journey:
        await read_first(journey, "nothing new")
        for key in ("f", "n", "e", "w", "comma"):
            journey.app.simulate_key(key)
        await journey.sees("1 of 1")
        assert journey.app.screen is journey.app.home


async def test_what_is_typed_while_the_field_is_made_is_found() -> None:
    add_entry("nothing new, enter")
    async with opened() as journey:
        await read_first(journey, "nothing new")
        await journey.press("f")
        bar = journey.app.home.query_one(FindBar)
        # As they come when they were on their way to what had the focus.
        for key in "new":
            bar.post_message(Key(key, key))
        await journey.sees("1 of 1")


async def test_the_keys_of_the_field_are_named_while_it_is_open() -> None:
    add_entry("one two one")
    async with opened() as journey:
        await read_first(journey, "one two")
        await journey.press("f", *"one")
        await journey.sees("1 of 2", "↓ next", "↑ previous", "esc end finding")
        assert "/ search" not in journey.text
        await journey.press("tab")
        await journey.sees("n next found", "esc end finding")


async def test_a_click_on_the_text_is_reading() -> None:
    add_entry("one two one")
    add_entry("another")
    async with opened() as journey:
        await journey.sees("another")
        await journey.pilot.click("#reader", offset=(5, 5))
        await journey.sees("entry 2 of 2")
        await journey.press("J")
        await journey.until(lambda: journey.reader_text == "one two one")
        await journey.press("escape")
        await journey.sees("2 entries")


async def test_found_places_are_marked_in_what_is_shown() -> None:
    add_entry("An **on**ion and _on_.")
    async with opened((120, 30)) as journey:
        await read_first(journey, "An onion")
        await journey.press("f", *"onion")
        await journey.sees("1 of 1")
        assert chosen(journey) == "onion"
        await journey.press("escape", "f", "ctrl+u", *"on")
        await journey.sees("1 of 3")
        assert chosen(journey) == "on"


@pytest.mark.parametrize("size", SIZES)
async def test_the_next_entry_is_read_without_the_list(size: tuple[int, int]) -> None:
    at = now()
    for i in range(5):
        add_entry(f"entry number {i}", created_at=at - timedelta(days=i))
    async with opened(size) as journey:
        await read_first(journey, "entry number 0")
        if size[0] > 60:
            await journey.sees("entry 5 of 5")
        await journey.press("J", "J")
        await journey.until(lambda: journey.reader_text == "entry number 2")
        await journey.press("K")
        await journey.until(lambda: journey.reader_text == "entry number 1")
        if size[0] > 60:
            await journey.sees("entry 4 of 5")
        await journey.press("K", "K")
        await journey.until(lambda: journey.reader_text == "entry number 0")
        await journey.press("h")
        await journey.sees("5 entries")


async def test_the_journal_is_named_where_there_are_several() -> None:
    add_entry("one")
    async with opened((120, 30)) as journey:
        await read_first(journey, "1 word")
        assert "default" not in journey.text
    add_entry("two", journal="Travel")
    async with opened((120, 30)) as journey:
        await read_first(journey, "1 word · Travel")


@pytest.mark.parametrize("length", [100, 20_000])
async def test_an_entry_is_opened_at_a_spot(length: int) -> None:
    text = "words and words\n" * length + "*Met* **Anna** here.\n" + "more\n" * 200
    entry = add_read(text, {"Anna": EntityType.PERSON})
    add_entry("another one")
    async with opened() as journey:
        at = text.index("Anna")
        journey.app.navigation.navigate(EntryRoute(entry.uuid, at))
        await journey.sees("Met Anna here.")
        assert chosen(journey) == "Anna"
        assert journey.app.home.reader.offset_in_view == at
        journey.app.navigation.navigate(EntryRoute(entry.uuid, text.index("more", at + 500)))
        await journey.misses("Met Anna here.")
        journey.app.navigation.back()
        await journey.sees("Met Anna here.")


async def test_a_long_line_is_shown_from_its_beginning_and_to_its_end() -> None:
    add_entry("begin " + "日本 word\t" * 100_000 + "the end")
    async with opened() as journey:
        await read_first(journey, "begin")
        await journey.press("G")
        await journey.sees("the end")
        await journey.press("m")
        await journey.sees("the end")


async def test_what_is_read_stays_in_view_when_the_terminal_is_resized() -> None:
    lines = "".join(f"**line** {i} is here with some words that wrap\n\n" for i in range(9_000))
    add_entry(lines)
    async with opened((100, 30)) as journey:
        await read_first(journey, "line 0 is")
        await journey.press("f", *"line 7000 is")
        await journey.sees("1 of 1")
        await journey.press("escape")
        for width in (60, 130, 81):
            await journey.pilot.resize_terminal(width, 24)
            await journey.sees("line 7000 is")


@pytest.mark.parametrize("size", SIZES)
async def test_a_name_is_followed_to_its_page_and_back(size: tuple[int, int]) -> None:
    add_read("Met Anna Norte.\n" + "\n" * 60 + "In **Lisbon** for rowing." + "\n" * 60)
    async with opened(size) as journey:
        await read_first(journey, "Met Anna")
        await journey.press("tab", "tab", "tab")
        await journey.until(lambda: chosen(journey) == "Lisbon")
        line = next(line for line in journey.lines if "for rowing" in line)
        await journey.press("enter")
        await journey.until(lambda: journey.app.navigation.history.here.label == "Lisbon")
        await journey.press("left_square_bracket")
        await journey.sees("for rowing")
        assert line in journey.lines
        assert chosen(journey) == "Lisbon"


async def test_a_click_on_a_name_follows_it() -> None:
    add_read("Met\tAnna Norte in **Lisbon** for rowing.")
    async with opened((120, 30)) as journey:
        await journey.sees("Met", "rowing.")
        y = next(i for i, line in enumerate(journey.lines) if "in Lisbon" in line)
        await journey.pilot.click(offset=(journey.lines[y].rindex("Lisbon"), y))
        await journey.until(lambda: journey.app.navigation.history.here.label == "Lisbon")


@pytest.mark.parametrize("size", SIZES)
async def test_names_beside_the_text_are_followed_by_keys(size: tuple[int, int]) -> None:
    names = {f"Name{i}": EntityType.PERSON for i in range(10, 25)} | NAMES
    add_read(" ".join(names), names)
    async with opened(size) as journey:
        await read_first(journey, "Name10 Name11")
        home = journey.app.home
        await journey.press("l")
        await journey.until(lambda: home.connections.has_focus)
        for _ in range(15):
            await journey.press("tab")
        await journey.until(lambda: "Anna Norte" not in marked(journey))
        await journey.until(lambda: marked(journey) == "Name24")
        await journey.press("g", "j")
        await journey.until(lambda: marked(journey) in ("Lisbon", "Name10"))
        await journey.press("G", "k", "enter")
        await journey.until(lambda: len(journey.app.navigation.history.behind) == 2)
        await journey.press("left_square_bracket")
        await journey.until(lambda: home.is_active)
        home.connections.focus()
        await journey.press("g", "h")
        await journey.until(lambda: home.reader.has_focus)
        await journey.press("h")
        await journey.until(lambda: home.entries.has_focus)


def marked(journey: Journey) -> str:
    """The name that is chosen beside or below the text."""
    names = journey.app.home.connections
    segments = [s for y in range(names.size.height) for s in names.render_line(y)]
    return "".join(s.text for s in segments if s.style and s.style.reverse).split("  ")[0].strip()


async def test_a_name_beside_the_text_is_followed_by_a_click() -> None:
    add_read("Met Anna in **Lisbon** for rowing.")
    async with opened((120, 30)) as journey:
        await journey.sees("People", "Places")
        y = next(i for i, line in enumerate(journey.lines) if line.rstrip().endswith("1"))
        await journey.pilot.click(offset=(journey.lines[y].rindex("Anna") + 1, y))
        await journey.until(lambda: journey.app.navigation.history.here.label == "Anna")

"""The list, the reader and the names at home."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from backend import add_entry, delete_entry, edit_entry, list_entries, set_preference
from backend.database.journal.entries import NewEntry, add_entries
from backend.database.journal.extractions import store_extraction
from backend.dates import now
from backend.preferences import DATE_FORMAT, WEEK_START
from backend.records import DateFormat, EntityType, Entry, Span, WeekStart
from frontend.tui.widgets.panes.connections import Connections
from frontend.tui.widgets.panes.footer import Footer
from tests.frontend.tui.journeys import SIZES, Journey, opened

TEXT = "Met Anna at Norte in Lisbon for rowing. Anna was late."


def add_many(count: int) -> None:
    """One entry every eight hours, back from now; "entry 0" is the newest."""
    at = now()
    add_entries(
        NewEntry(f"entry {i}\nof {count}", created_at=at - timedelta(hours=8 * i))
        for i in range(count)
    )


def add_read(text: str = TEXT, created_at: datetime | None = None) -> Entry:
    """An entry that the worker is done with."""
    entry = add_entry(text, created_at=created_at)
    names = {
        "Anna": EntityType.PERSON,
        "Norte": EntityType.ORGANIZATION,
        "Lisbon": EntityType.PLACE,
        "rowing": EntityType.ACTIVITY,
    }
    spans = [
        Span(at, at + len(name), entity_type, 0.9)
        for name, entity_type in names.items()
        for at in range(len(text))
        if text.startswith(name, at)
    ]
    assert store_extraction(entry.uuid, entry.revision, "test", spans)
    return entry


def chosen(journey: Journey) -> str:
    entry = journey.app.home.entries.chosen
    return entry.preview.split()[1] if entry else ""


def is_chosen(journey: Journey, expected: str) -> bool:
    return chosen(journey) == expected


async def test_a_long_list_is_walked_by_keys() -> None:
    add_many(500)
    async with opened() as journey:
        await journey.sees("500 entries", "entry 0")
        for keys, expected in (
            ("j", "1"),
            ("down", "2"),
            ("k", "1"),
            ("G", "499"),
            ("k", "498"),
            ("g", "0"),
            ("up", "0"),
        ):
            await journey.press(keys)
            await journey.until(partial(is_chosen, journey, expected))
        for down, up in (("ctrl+d", "ctrl+u"), ("pagedown", "pageup")):
            await journey.press(down)
            await journey.until(lambda: chosen(journey) not in ("", "0"))
            await journey.press(up)
            await journey.until(lambda: chosen(journey) == "0")


async def test_the_end_of_the_list_shows_the_oldest_entry() -> None:
    add_many(300)
    async with opened() as journey:
        await journey.press("G")
        await journey.sees("entry 299")
        assert journey.lines[-2].strip().startswith(("of", "entry")) or "299" in journey.text


async def test_reading_follows_the_cursor() -> None:
    add_many(5)
    async with opened() as journey:
        await journey.until(lambda: journey.reader_text.startswith("entry 0"))
        await journey.press("j", "j", "j")
        await journey.until(lambda: journey.reader_text.startswith("entry 3"))


async def test_the_list_keeps_its_place_when_entries_arrive() -> None:
    add_many(200)
    async with opened() as journey:
        for _ in range(20):
            await journey.press("j")
        await journey.until(lambda: chosen(journey) == "20")
        before = [line[:30] for line in journey.lines[1:-1]]
        for _ in range(3):
            add_entry("something newer")
        journey.app.home.entries.reload()
        await journey.sees("203 entries")
        assert chosen(journey) == "20"
        assert [line[:30] for line in journey.lines[1:-1]] == before


async def test_the_list_keeps_its_place_when_an_entry_goes() -> None:
    add_many(50)
    async with opened() as journey:
        for _ in range(10):
            await journey.press("j")
        await journey.until(lambda: chosen(journey) == "10")
        delete_entry(list_entries(offset=3, limit=1)[0].uuid)
        journey.app.home.entries.reload()
        await journey.sees("49 entries")
        assert chosen(journey) == "10"

        delete_entry(list_entries(offset=9, limit=1)[0].uuid)
        journey.app.home.entries.reload()
        await journey.sees("48 entries")
        assert chosen(journey) == "11"


async def test_names_are_listed_by_type_with_counts() -> None:
    add_read("Anna again", now() - timedelta(days=3))
    add_read()
    async with opened((120, 30)) as journey:
        await journey.sees("People", "Places", "Organisations", "Activities")
        column = [line[-34:] for line in journey.lines]
        assert any("Anna" in line and line.rstrip().endswith("2 of 3") for line in column)
        assert any("Lisbon" in line and line.rstrip().endswith("1") for line in column)


async def test_names_are_highlighted_each_type_in_a_style_of_its_own() -> None:
    add_read()
    async with opened((120, 30)) as journey:
        await journey.sees("People")
        reader = journey.app.home.reader
        styles = {}
        for y in range(reader.size.height):
            for segment in reader.render_line(y):
                if segment.text in ("Anna", "Norte", "Lisbon", "rowing") and segment.style:
                    style = segment.style
                    letters = (style.bold, style.underline, style.italic)
                    styles[segment.text] = (style.color, letters)
        assert len(styles) == 4
        assert len({color for color, _ in styles.values()}) == 4
        assert len({letters for _, letters in styles.values()}) == 4


@pytest.mark.parametrize(("width", "panes"), [(60, (True, False, False)), (80, (True, True, True))])
async def test_a_narrow_terminal_shows_one_pane(width: int, panes: tuple[bool, bool, bool]) -> None:
    add_read()
    async with opened((width, 20)) as journey:
        await journey.sees("Today")
        home = journey.app.home

        def visible() -> tuple[bool, bool, bool]:
            names = home.query_one(Connections)
            return tuple(  # type: ignore[return-value]
                widget.region.area > 0 and widget.is_on_screen
                for widget in (home.entries, home.reader, names)
            )

        assert visible() == panes
        await journey.press("enter")
        await journey.sees("People", "late.")
        assert visible()[0] == (width >= 80)
        await journey.press("escape")
        await journey.until(lambda: visible() == panes)


async def test_panes_follow_the_terminal_when_it_is_resized() -> None:
    add_read()
    async with opened((130, 30)) as journey:
        await journey.sees("Activities")
        for width in (70, 100, 60, 200, 119, 120):
            await journey.pilot.resize_terminal(width, 20)
            await journey.sees("Today")
        await journey.sees("Activities", "Anna was late.")


async def test_an_entry_is_shown_without_what_a_terminal_obeys() -> None:
    add_entry("Red \x1b[31malert\x07 \u202eevil\u202c\x9b2J and\r\nmore")
    async with opened() as journey:
        await journey.sees("␛[31malert", "more")
        assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in journey.text)
        assert "\u202e" not in journey.text


async def test_markup_in_an_entry_is_text() -> None:
    add_entry("[bold red]not markup[/] [link=x]nor this[/link]", title="[b]title[/b]")
    async with opened((120, 24)) as journey:
        await journey.sees("[bold red]not markup[/]", "[b]title[/b]")
        await journey.press("d")
        await journey.sees("“[b]title[/b]”", "u undo")


async def test_an_entry_edited_elsewhere_is_shown_anew() -> None:
    entry = add_entry("before the edit")
    async with opened() as journey:
        await journey.until(lambda: "before" in journey.reader_text)
        edit_entry(entry.uuid, "after the edit")
        journey.app.journal_changed.publish(None)
        await journey.until(lambda: "after" in journey.reader_text)
        await journey.sees("after the edit")


async def test_an_entry_deleted_elsewhere_goes_away() -> None:
    add_entry("stays")
    entry = add_entry("goes away")
    async with opened() as journey:
        await journey.until(lambda: "goes" in journey.reader_text)
        delete_entry(entry.uuid)
        await journey.press("enter", "escape")
        journey.app.journal_changed.publish(None)
        await journey.until(lambda: "stays" in journey.reader_text)
        await journey.sees("1 entry")


async def test_a_very_long_entry_is_read_from_its_beginning_to_its_end() -> None:
    words = " ".join(f"word{i}" for i in range(50_000))
    add_entry(f"Beginning\n{words}\nThe end")
    async with opened() as journey:
        await journey.press("enter")
        await journey.sees("50,003 words", "word7")
        await journey.press("G")
        await journey.sees("The end")
        await journey.press("g")
        await journey.sees("50,003 words")
        await journey.press("space")
        await journey.misses("50,003 words")


async def test_the_chosen_entry_is_marked_over_the_whole_width_and_by_a_bar() -> None:
    add_many(3)
    async with opened() as journey:
        await journey.sees("entry 1")
        entries = journey.app.home.entries
        top, height = entries.row_region(0)
        for y in range(top + height - 2, top + height):
            strip = entries.render_line(y)
            assert strip.text.startswith("▌")
            assert len({segment.style.bgcolor for segment in strip if segment.style}) == 1
            assert strip.cell_length == entries.scrollable_content_region.width


async def test_the_mouse_chooses_and_opens() -> None:
    add_many(5)
    async with opened() as journey:
        await journey.sees("entry 1")
        row = next(y for y, line in enumerate(journey.lines) if "entry 1" in line[:30])
        await journey.pilot.click(offset=(5, row))
        await journey.until(lambda: chosen(journey) == "1")
        await journey.pilot.click(offset=(5, row))
        await journey.until(lambda: journey.app.home.is_viewing)


async def test_the_key_line_is_for_the_mouse_too() -> None:
    async with opened() as journey:
        column = journey.lines[-1].index("help")
        await journey.pilot.click(offset=(column, 23))
        await journey.sees("Keys")


async def test_the_key_for_all_keys_is_always_in_sight() -> None:
    add_many(3)
    async with opened((60, 20)) as journey:
        await journey.sees("enter read", "? help")


def add_on(*days: str) -> None:
    """An entry called after each day, at noon."""
    for day in days:
        add_entry(f"entry {day}", created_at=datetime.fromisoformat(f"{day}T12:00+00:00"))


@pytest.mark.parametrize("size", SIZES)
async def test_months_and_weeks_have_headings_in_the_writers_days(size: tuple[int, int]) -> None:
    add_on("2024-05-31", "2024-05-30", "2024-05-02", "2024-04-30")
    # Half past midnight in Lisbon is the first of June there, and the thirty-first in UTC.
    add_entry("entry late", created_at=datetime.fromisoformat("2024-05-31T23:30+00:00"))
    async with opened(size) as journey:
        await journey.sees("June 2024 · week of 27 May", "Saturday 1 June 2024", "entry late")
        await journey.press("G")
        await journey.sees("April 2024", "30 April 2024", "entry 2024-04-30")
    set_preference(WEEK_START, WeekStart.SUNDAY)
    set_preference(DATE_FORMAT, DateFormat.ISO)
    async with opened(size) as journey:
        await journey.sees("June 2024 · week of 2024-05-26", "Saturday 2024-06-01")


@pytest.mark.parametrize("size", SIZES)
async def test_a_date_is_jumped_to_and_come_back_from(size: tuple[int, int]) -> None:
    add_many(300)
    add_on("2019-05-20", "2019-05-03", "2017-01-01")
    async with opened(size) as journey:
        await journey.sees("303 entries")
        for typed, day in (
            ("2019-05", "2019-05-03"),
            ("may 2019", "2019-05-03"),
            ("2019-05-14", "2019-05-20"),
            ("2018", "2019-05-03"),
            ("1066", "2017-01-01"),
        ):
            await journey.press("t")
            await journey.type(typed)
            await journey.press("enter")
            await journey.until(partial(is_chosen, journey, day))
        await journey.sees("January 2017", "entry 2017-01-01")
        await journey.press("escape")
        await journey.until(lambda: chosen(journey) == "2019-05-03")


async def test_a_date_is_jumped_to_in_one_go() -> None:
    add_many(3)
    add_on("2019-05-20")
    async with opened() as journey:
        await journey.sees("4 entries")
        for key in ("t", *"2019", "enter"):
            journey.app.simulate_key(key)
        await journey.until(lambda: chosen(journey) == "2019-05-20")


async def test_what_is_no_date_is_told_where_it_is_typed() -> None:
    add_on("2019-05-20")
    async with opened((60, 20)) as journey:
        await journey.press("t")
        await journey.type("2019-0")
        await journey.press("enter")
        await journey.sees("There is no “2019-0” in the calendar")
        await journey.press("5")
        await journey.sees("To Monday 20 May 2019")
        await journey.press("escape")
        await journey.misses("Go to")


@pytest.mark.parametrize("size", SIZES)
async def test_wide_titles_and_emoji_break_no_line(size: tuple[int, int]) -> None:
    family = "👩‍👩‍👧"
    add_entry("李雷和韩梅梅" * 30, title="東京での長い長い一日" * 9)
    add_entry(f"{family} " * 60)
    add_entry("é́" * 200 + "\n\t\ttabs")
    async with opened(size) as journey:
        await journey.sees("3 entries", "東京", "李雷", family)
        entries = journey.app.home.entries
        width = entries.scrollable_content_region.width
        for y in range(min(entries.size.height, entries.total_lines())):
            assert entries.render_line(y).cell_length == width


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_keeps_its_place_whatever_is_done_to_an_entry(size: tuple[int, int]) -> None:
    add_many(120)
    async with opened(size) as journey:
        entries = journey.app.home.entries
        await journey.press(*["j"] * 15)
        await journey.until(lambda: chosen(journey) == "15")
        before = entries.row_region(15)[0] - entries.scroll_offset.y

        def stands(number: str, position: int) -> bool:
            line = entries.row_region(position)[0] - entries.scroll_offset.y
            return chosen(journey) == number and abs(line - before) <= 1

        await journey.press("enter", "j", "j", "escape")
        await journey.until(lambda: stands("15", 15))
        await journey.press("e", "!", "escape")
        await journey.until(lambda: stands("15", 15))
        add_entry("something newer")
        journey.app.journal_changed.publish(None)
        await journey.sees("121 entries")
        assert stands("15", 16)
        await journey.press("d")
        await journey.sees("120 entries")
        assert chosen(journey) == "16"
        await journey.press("u")
        await journey.until(lambda: stands("15", 16))


async def test_a_list_that_is_read_again_while_it_is_hidden_keeps_its_place() -> None:
    add_many(120)
    async with opened((60, 20)) as journey:
        entries = journey.app.home.entries
        await journey.press(*["j"] * 15)
        await journey.until(lambda: chosen(journey) == "15")
        before = entries.row_region(15)[0] - entries.scroll_offset.y
        await journey.press("enter")
        await journey.until(lambda: not entries.scrollable_content_region.height)
        entries.reload()
        await journey.until(lambda: not entries._reloading.is_running)
        await journey.press("escape")
        await journey.until(lambda: entries.scrollable_content_region.height)
        assert chosen(journey) == "15"
        assert entries.row_region(15)[0] - entries.scroll_offset.y == before


async def test_all_keys_are_read_in_a_low_terminal() -> None:
    add_entry("something")
    async with opened((60, 20)) as journey:
        await journey.press("question_mark")
        await journey.sees("Keys", "Write a new entry", "esc close")
        await journey.press("G")
        await journey.misses("Write a new entry")
        await journey.sees("esc close")
        await journey.press("g")
        await journey.sees("Write a new entry")
        await journey.press("escape")
        await journey.misses("esc close")


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_of_keys_leaves_none_of_its_sheet_empty(size: tuple[int, int]) -> None:
    async with opened(size) as journey:
        await journey.press("question_mark")
        await journey.sees("Keys", "esc close")
        sheet = journey.app.screen.query_one(".sheet")
        keys = journey.app.screen.query_one(Footer)
        await journey.until(lambda: keys.region.bottom == sheet.content_region.bottom)

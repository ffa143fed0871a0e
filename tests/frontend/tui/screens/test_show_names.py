"""Names appear by themselves: a real worker, a real model, a real Redis."""

from __future__ import annotations

from textual.events import Paste

from backend import get_entry, list_entries
from backend.database.redis_ops import set_inference_enabled
from backend.records import EntityType
from frontend.tui.text.entry_view import Name, NameGroup
from frontend.tui.widgets.fields.writing_area import WritingArea
from frontend.tui.widgets.panes.connections import Piece, column_lines, strip_lines
from tests.frontend.tui.journeys import opened

TEXT = "Met Anna Kowalska in Lisbon. Anna Kowalska works at the University of Porto now."

GROUPS = (
    NameGroup(EntityType.PERSON, (Name("Anna Kowalska", 2, 47), Name("Tom", 1, 1))),
    NameGroup(EntityType.PLACE, (Name("Lisbon", 1, 3),)),
)


async def test_names_appear_when_the_worker_is_done() -> None:
    async with opened((130, 30), start_worker=True) as journey:
        await journey.press("n")
        await journey.type(TEXT)
        await journey.press("escape")
        await journey.sees("People", "Anna Kowalska", "Lisbon")
        (entry,) = list_entries()
        assert entry.is_extracted
        assert get_entry(entry.uuid).mentions
        await journey.sees("ready")
        assert "○" not in journey.text


async def test_an_entry_waits_while_reading_is_off_and_is_read_when_it_is_on() -> None:
    set_inference_enabled(False)
    async with opened((130, 30), start_worker=True) as journey:
        await journey.press("n")
        await journey.type(TEXT)
        await journey.press("escape")
        await journey.sees("Not read by Charlie yet.", "○", "inference off (1 waiting)")
        await journey.press("s")
        await journey.sees("Off: entries wait")
        await journey.press("space", "escape")
        await journey.sees("People", "Anna Kowalska")


async def test_names_appear_in_the_entry_that_is_open_and_the_place_is_kept() -> None:
    lines = "\n".join(f"line {i}" for i in range(100))
    set_inference_enabled(False)
    async with opened((130, 30), start_worker=True) as journey:
        await journey.press("n")
        await journey.type("Anna Kowalska came to Lisbon.")
        await journey.press("enter")
        journey.app.screen.query_one(WritingArea).post_message(Paste(lines))
        await journey.sees("line 99")
        await journey.press("escape")
        await journey.sees("1 entry")
        await journey.press("enter", "space")
        await journey.sees("line 30")
        place = journey.app.home.reader.scroll_offset
        set_inference_enabled(True)
        await journey.sees("People")
        assert journey.app.home.reader.scroll_offset == place


def line_texts(lines: list[list[Piece]]) -> list[str]:
    return ["".join(piece.text for piece in line) for line in lines]


def test_a_column_has_a_line_a_name_with_its_count() -> None:
    assert line_texts(column_lines(GROUPS, 24)) == [
        "",
        "People",
        "Anna Kowalska    2 of 47",
        "Tom                    1",
        "",
        "Places",
        "Lisbon            1 of 3",
    ]


def test_a_strip_has_a_line_a_type() -> None:
    assert line_texts(strip_lines(GROUPS, 60)) == [
        "People        Anna Kowalska 2 · Tom",
        "Places        Lisbon",
    ]


def test_a_strip_says_how_many_names_do_not_fit() -> None:
    names = tuple(Name(f"Name {i}", 1, 1) for i in range(20))
    (line,) = line_texts(strip_lines((NameGroup(EntityType.PERSON, names),), 40))

    assert line == "People        Name 0 · Name 1 · 18 more"
    (short,) = line_texts(
        strip_lines((NameGroup(EntityType.PERSON, (Name("x" * 50, 3, 3), names[0])),), 40)
    )
    assert short.endswith("… 3 · 1 more")
    assert len(short) <= 40

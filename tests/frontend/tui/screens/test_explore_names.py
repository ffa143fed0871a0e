"""All names: by type, filtered while typing, sorted."""

from __future__ import annotations

from datetime import date

import pytest
from textual.events import Paste

from backend.database.sqlite.connection import write_transaction
from backend.dates import today
from backend.records import EntityOrder, EntityType
from frontend.tui.routes import EntityRoute, ExploreRoute
from frontend.tui.screens.entity import EntityScreen
from frontend.tui.screens.explore import ExploreScreen
from frontend.tui.views.explore_view import describe_choice, describe_types, next_order, step_type
from frontend.tui.widgets.lists.name_list import NameList
from tests.backend.graph.diaries import write
from tests.frontend.tui.journeys import SIZES, Journey, opened


def names(journey: Journey) -> NameList:
    return journey.app.screen.query_one(NameList)


def chosen(journey: Journey) -> str:
    row = names(journey).chosen
    return row.name if row else ""


def diary() -> None:
    write("Anna, Anna, Anna in Lisbon.", "Anna", "Lisbon", day=date(2023, 5, 1))
    write("Annabel and Joanna at Acme.", "Annabel", "Joanna", "Acme", day=date(2023, 6, 1))
    write("Zoe\u0308 plays chess.", "Zoe\u0308", "chess", day=today())


def test_types_and_orders_are_stepped_through_and_round() -> None:
    place = ExploreRoute()
    seen = []
    for _ in range(5):
        seen.append(place.type)
        place = step_type(place, 1)
    assert seen == [None, *EntityType]
    assert place == ExploreRoute()
    assert step_type(place, -1).type == EntityType.ACTIVITY
    orders = [place.order]
    for _ in range(3):
        place = next_order(place)
        orders.append(place.order)
    assert orders == [*EntityOrder, EntityOrder.FREQUENCY]


def test_a_choice_is_told_in_words() -> None:
    counts = {EntityType.PERSON: 1_200, EntityType.PLACE: 3}
    assert describe_types(ExploreRoute(type=EntityType.PLACE), counts) == [
        ("All 1,203", False),
        ("People 1,200", False),
        ("Places 3", True),
        ("Organisations 0", False),
        ("Activities 0", False),
    ]
    assert describe_choice(ExploreRoute(), 3) == "Most mentioned first"
    new = ExploreRoute(is_new=True, order=EntityOrder.NAME)
    assert describe_choice(new, 3) == "New this month, by name"
    assert describe_choice(new, 0) == "No new names this month."
    assert describe_choice(ExploreRoute("x"), 0) == "No name like this."
    assert "appear" in describe_choice(ExploreRoute(), 0)


@pytest.mark.parametrize("size", SIZES)
async def test_names_are_found_while_typing_and_opened(size: tuple[int, int]) -> None:
    diary()
    async with opened(size) as journey:
        await journey.press("x")
        await journey.sees("▸All 7", "People 4", "Most mentioned first", "Anna", "Lisbon")
        assert chosen(journey) == "Anna"
        await journey.type("anna")
        await journey.sees("▸All 3", "Joanna", "Annabel")
        assert "Lisbon" not in journey.text
        await journey.press("down", "down")
        await journey.until(lambda: chosen(journey) == "Joanna")
        await journey.press("enter")
        await journey.until(lambda: isinstance(journey.app.screen, EntityScreen))
        await journey.sees("Person · 1 mention in 1 entry")
        await journey.press("escape")
        await journey.until(lambda: isinstance(journey.app.screen, ExploreScreen))
        await journey.until(lambda: chosen(journey) == "Joanna")
        await journey.sees("▸All 3")
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)


@pytest.mark.parametrize("size", SIZES)
async def test_types_orders_and_what_is_new(size: tuple[int, int]) -> None:
    diary()
    async with opened(size) as journey:
        await journey.press("x")
        await journey.sees("▸All 7")
        await journey.press("tab")
        await journey.sees("▸People 4")
        await journey.misses("Lisbon")
        await journey.press("tab")
        await journey.sees("▸Places 1", "Lisbon")
        await journey.press("shift+tab", "shift+tab")
        await journey.sees("▸All 7")
        await journey.press("ctrl+o")
        await journey.sees("Last mentioned first")
        await journey.until(lambda: chosen(journey) in ("Zoe\u0308", "chess"))
        await journey.press("ctrl+o")
        await journey.sees("By name")
        await journey.until(lambda: chosen(journey) == "Acme")
        await journey.press("ctrl+t")
        await journey.sees("New this month, by name", "▸All 2")
        assert "Anna" not in journey.text


async def test_what_is_typed_at_once_is_all_meant() -> None:
    diary()
    async with opened() as journey:
        for key in ("x", "l", "i", "s", "enter"):
            journey.app.simulate_key(key)
        await journey.until(lambda: isinstance(journey.app.screen, EntityScreen))
        await journey.sees("Place · 1 mention")


async def test_going_to_the_names_twice_is_going_once() -> None:
    diary()
    async with opened() as journey:
        journey.app.navigation.navigate(ExploreRoute("anna", EntityType.PERSON, EntityOrder.NAME))
        await journey.sees("▸People 3", "By name")
        await journey.until(lambda: chosen(journey) == "Anna")
        assert journey.app.screen.where() == ExploreRoute(  # type: ignore[attr-defined]
            "anna",
            EntityType.PERSON,
            EntityOrder.NAME,
            entity_ids=names(journey).chosen.ids,  # type: ignore[union-attr]
        )


async def test_new_names_appear_and_the_place_is_kept() -> None:
    diary()
    async with opened() as journey:
        await journey.press("x", "down", "down")
        await journey.sees("▸All 7")
        before = chosen(journey)
        write("Ben, Ben, Ben, Ben.", "Ben")
        journey.app.entry_extracted.publish("any")
        await journey.sees("▸All 8", "Ben")
        assert chosen(journey) == before


async def test_the_journal_that_is_shown_is_the_one_that_is_asked() -> None:
    write("Anna and Ben.", "Anna", "Ben", journal="home")
    write("Anna and Zoe.", "Anna", "Zoe", journal="work")
    async with opened((140, 40)) as journey:
        await journey.press("x")
        await journey.sees("▸All 3", "Ben", "Zoe")
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        journey.app.journal_switch.show("work")
        await journey.press("x")
        await journey.sees("▸All 2", "Zoe")
        assert "Ben" not in journey.text
        await journey.press("enter")
        await journey.sees("Person · 1 mention in 1 entry", "Anna and Zoe.")
        assert "Ben" not in journey.text


async def test_no_names_yet_is_told() -> None:
    async with opened() as journey:
        await journey.press("x")
        await journey.sees("No names yet. They appear when Charlie has read entries.")
        await journey.press("enter", "down", "tab")
        await journey.type("zzz")
        await journey.sees("No name like this.")


async def test_three_thousand_names_scroll_like_three() -> None:
    write("Anna", "Anna")
    with write_transaction() as db:
        ((entry_id, journal_id),) = db.execute("SELECT id, journal_id FROM entry")
        for number in range(3_000):
            db.execute(
                "INSERT INTO entity (journal_id, type, key, name, count)"
                " VALUES (?, 'PERSON', ?, ?, 1)",
                (journal_id, f"name {number}", f"Name {number}"),
            )
            db.execute(
                "INSERT INTO mention (entry_id, start_offset, end_offset, entity_id, confidence,"
                " surface) VALUES (?, 0, 4, ?, 1.0, 'Anna')",
                (entry_id, db.last_insert_rowid()),
            )
    async with opened() as journey:
        await journey.press("x")
        await journey.sees("▸All 3,001")
        await journey.press("ctrl+end")
        await journey.until(lambda: names(journey).cursor == 3_000)
        await journey.until(lambda: chosen(journey) != "")
        assert "· · ·" not in journey.text


async def test_controls_in_names_and_in_what_is_pasted_are_not_painted() -> None:
    write("An\x1b[31mna", "An\x1b[31mna")
    async with opened() as journey:
        await journey.press("x")
        await journey.sees("An␛[31mna")
        journey.app.screen.query_one("#query").post_message(Paste("an \x1b]52;c;AA\x07"))
        await journey.sees("␛]52;c;AA␇")
        assert "\x1b" not in journey.text


async def test_a_name_is_opened_by_the_mouse() -> None:
    diary()
    async with opened() as journey:
        await journey.press("x")
        await journey.sees("▸All 7")
        await journey.pilot.click("Tabs", offset=(16, 0))
        await journey.sees("▸People 4")
        await journey.pilot.click(NameList, offset=(4, 0))
        await journey.until(lambda: isinstance(journey.app.screen, EntityScreen))
        here = journey.app.navigation.history.here
        assert isinstance(here, EntityRoute)
        assert here.name == "Anna"

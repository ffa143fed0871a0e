"""The page of a person, a place, an organisation, an activity."""

from __future__ import annotations

from datetime import date

import pytest

from backend import delete_entry, edit_entry, list_entities, restore_entry
from backend.database.journal.extractions import store_extraction
from frontend.tui.routes import EntityRoute, EntryRoute
from frontend.tui.screens.entity import EntityScreen
from frontend.tui.widgets.lists.companion_list import CompanionList
from frontend.tui.widgets.lists.passage_list import PassageList
from tests.backend.graph.diaries import spans_of, write, write_many
from tests.frontend.tui.journeys import SIZES, Journey, opened

WIDE = (140, 40)


def diary() -> None:
    """Four entries about Anna, the newest of 4 May 2024."""
    write("Anna came to Lisbon. We ate.", "Anna", "Lisbon", day=date(2024, 5, 1))
    write("Rain. Then chess with Anna and Ben.", "chess", "Anna", "Ben", day=date(2024, 5, 2))
    write("Ben and Anna left for Lisbon.", "Ben", "Anna", "Lisbon", day=date(2024, 5, 3))
    write("Nothing.\n\n" * 60 + "ANNA called.", "ANNA", day=date(2024, 5, 4))


def id_of(name: str) -> int:
    return next(entity.id for entity in list_entities() if entity.name == name)


def passages(journey: Journey) -> PassageList:
    return journey.app.screen.query_one(PassageList)


def companions(journey: Journey) -> CompanionList:
    return journey.app.screen.query_one(CompanionList)


async def look_at(journey: Journey, *names: str) -> None:
    journey.app.navigation.navigate(EntityRoute(tuple(map(id_of, names)), names[0]))
    await journey.until(lambda: isinstance(journey.app.screen, EntityScreen))
    await journey.until(lambda: passages(journey).chosen is not None)
    await journey.until(lambda: companions(journey).is_mounted)


async def test_keys_pressed_while_a_page_is_read_are_for_that_page() -> None:
    diary()
    async with opened() as journey:
        journey.app.navigation.navigate(EntityRoute((id_of("Anna"),), "Anna"))
        for key in ("tab", "enter"):
            journey.app.simulate_key(key)
        await journey.sees("Anna + Ben")


@pytest.mark.parametrize("size", SIZES)
async def test_a_page_tells_who_when_and_where(size: tuple[int, int]) -> None:
    diary()
    async with opened(size) as journey:
        await look_at(journey, "Anna")
        await journey.sees(
            "Person · 4 mentions in 4 entries",
            "First 1 May 2024 · last 4 May 2024",
            "Also written ANNA",
            "May 2024 █ May 2024",
            "In 1 of 1 month, most in May 2024 (4 mentions).",
            "▸4 passages, newest first",
            "ANNA called.",
        )
        assert bool(companions(journey).region.width) == (size[0] >= 120)
        await journey.press("tab")
        await journey.sees("▸With 3 others", "Lisbon", "Ben", "chess")
        assert ("ANNA called." in journey.text) == (size[0] >= 120)
        await journey.press("tab")
        await journey.sees("▸4 passages", "ANNA called.")


@pytest.mark.parametrize("size", SIZES)
async def test_a_walk_from_name_to_passage_to_entry_to_another_name_and_back(
    size: tuple[int, int],
) -> None:
    diary()
    async with opened(size) as journey:
        app = journey.app
        await look_at(journey, "Anna")
        await journey.press("j", "j")
        await journey.until(lambda: passages(journey).cursor == 2)
        await journey.press("enter")
        await journey.until(lambda: app.screen is app.home and app.home.is_viewing)
        await journey.until(lambda: journey.reader_text.startswith("Rain. Then chess"))

        app.navigation.navigate(EntityRoute((id_of("Ben"),), "Ben"))
        await journey.sees("▸2 passages, newest first")
        await journey.press("tab", "p")
        await journey.sees("Person · 4 mentions")

        await journey.press("escape")
        await journey.sees("▸With 3 others", "Person · 2 mentions")
        await journey.press("escape")
        await journey.until(lambda: journey.reader_text.startswith("Rain. Then chess"))
        await journey.press("escape")
        await journey.until(lambda: isinstance(app.screen, EntityScreen))
        await journey.until(lambda: passages(journey).cursor == 2)
        await journey.press("escape")
        await journey.until(lambda: app.screen is app.home)
        assert app.navigation.history.behind == ()


@pytest.mark.parametrize("size", SIZES)
async def test_names_lead_from_home_through_entries_and_all_the_way_back(
    size: tuple[int, int],
) -> None:
    diary()
    async with opened(size) as journey:
        app = journey.app
        await journey.press("enter")
        await journey.until(lambda: journey.reader_text.endswith("ANNA called."))
        await journey.press("tab", "enter")
        await journey.sees("Person · 4 mentions")
        await journey.until(lambda: passages(journey).chosen is not None)
        await journey.press("j")
        await journey.until(lambda: passages(journey).cursor == 1)
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is app.home)
        await journey.until(lambda: journey.reader_text == "Ben and Anna left for Lisbon.")
        await journey.press("shift+tab", "enter")
        # Ben stands before the passage's Anna.
        await journey.sees("Person · 2 mentions in 2 entries")
        assert len(app.navigation.history.behind) == 4
        for _ in range(4):
            await journey.press("escape")
        await journey.until(lambda: app.screen is app.home and not app.home.is_viewing)
        assert len(app.navigation.history.ahead) == 4


async def test_an_entry_opens_at_the_spot_of_the_passage() -> None:
    diary()
    async with opened() as journey:
        await look_at(journey, "Anna")
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.sees("ANNA called.")
        here = journey.app.navigation.history.here
        assert isinstance(here, EntryRoute)


@pytest.mark.parametrize("size", SIZES)
async def test_a_chosen_companion_narrows_the_page_and_the_narrowing_goes(
    size: tuple[int, int],
) -> None:
    diary()
    async with opened(size) as journey:
        await look_at(journey, "Anna")
        await journey.press("tab")
        await journey.until(lambda: companions(journey).chosen is not None)
        await journey.press("enter")
        await journey.sees("Anna + Ben", "2 passages", "With 2 others")
        await journey.press("enter")
        await journey.sees("Anna + Ben + Lisbon", "1 passage,", "With no others")
        await journey.press("tab")
        await journey.sees("Ben and Anna left for Lisbon.")
        await journey.press("backspace")
        await journey.sees("Anna + Ben", "2 passages")
        assert "Lisbon" not in journey.lines[1]
        await journey.press("backspace")
        await journey.sees("4 passages")
        await journey.press("backspace")
        await journey.sees("4 passages")


async def test_a_narrowing_is_there_on_coming_back() -> None:
    diary()
    async with opened() as journey:
        await look_at(journey, "Anna")
        await journey.press("tab", "enter")
        await journey.sees("Anna + Ben", "With 2 others")
        await journey.press("j", "p")
        await journey.sees("Activity · 1 mention in 1 entry")
        await journey.press("escape")
        await journey.sees("Anna + Ben", "▸With 2 others")
        await journey.until(lambda: companions(journey).cursor == 1)


async def test_passages_turn_round_and_stay_so() -> None:
    diary()
    async with opened(WIDE) as journey:
        await look_at(journey, "Anna")
        await journey.press("r")
        await journey.sees("oldest first")
        await journey.until(
            lambda: passages(journey).chosen.entry.local_date == date(2024, 5, 1)  # type: ignore[union-attr]
        )
        await journey.press("j", "enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.press("escape")
        await journey.sees("oldest first")
        await journey.until(lambda: passages(journey).cursor == 1)


async def test_what_is_read_meanwhile_appears_and_the_place_is_kept() -> None:
    diary()
    async with opened(WIDE) as journey:
        await look_at(journey, "Anna")
        await journey.press("j")
        await journey.until(lambda: passages(journey).cursor == 1)
        write("Anna in Porto.", "Anna", "Porto", day=date(2024, 5, 5))
        journey.app.entry_extracted.publish("any")
        await journey.sees("Anna in Porto.", "5 mentions", "5 passages", "Porto ")
        chosen = passages(journey).chosen
        assert chosen is not None
        assert chosen.entry.local_date == date(2024, 5, 3)


async def test_who_is_not_mentioned_any_more_is_told_and_comes_back() -> None:
    entry = write("Anna came.", "Anna")
    async with opened() as journey:
        await look_at(journey, "Anna")
        delete_entry(entry.uuid)
        journey.app.journal_changed.publish(None)
        await journey.sees("Nothing mentions Anna any more.")
        await journey.press("enter", "tab", "r", "p", "backspace")
        restore_entry(entry.uuid)
        journey.app.journal_changed.publish(None)
        await journey.sees("1 passage, newest first", "Anna came.")
        await journey.press("enter")
        await journey.until(lambda: journey.app.screen is journey.app.home)


async def test_who_has_another_id_after_a_new_reading_is_found_by_name() -> None:
    entry = write("Anna came.", "Anna")
    async with opened() as journey:
        await look_at(journey, "Anna")
        before = id_of("Anna")
        edit_entry(entry.uuid, "Nobody came.")
        edit_entry(entry.uuid, "Anna came again.")
        store_extraction(entry.uuid, 3, "m", spans_of("Anna came again.", "Anna"))
        assert id_of("Anna") != before
        journey.app.entry_extracted.publish(entry.uuid)
        await journey.sees("Anna came again.")


async def test_ids_of_the_same_name_in_other_journals_narrow_nothing() -> None:
    write("Anna at home.", "Anna", journal="home")
    write("Anna at work.", "Anna", journal="work")
    ids = tuple(entity.id for entity in list_entities())
    async with opened() as journey:
        journey.app.navigation.navigate(EntityRoute(ids, "Anna"))
        await journey.sees("Person · 2 mentions in 2 entries", "Anna at home.", "Anna at work.")
        assert "+" not in journey.lines[1]


async def test_controls_in_names_and_passages_are_not_painted() -> None:
    write("An\x1b[31mna met B\u202en.", "An\x1b[31mna", "B\u202en")
    async with opened(WIDE) as journey:
        await look_at(journey, "An\x1b[31mna")
        await journey.sees("An␛[31mna", "met B")
        assert "\x1b" not in journey.text
        assert "\u202e" not in journey.text


async def test_a_click_opens_and_a_click_on_a_pane_changes_to_it() -> None:
    diary()
    async with opened(WIDE) as journey:
        await look_at(journey, "Anna")
        await journey.sees("chess")
        await journey.pilot.click(CompanionList, offset=(4, 1))
        await journey.sees("▸With 3 others")
        await journey.pilot.click(CompanionList, offset=(4, 1))
        await journey.sees("Anna + Lisbon")
        await journey.pilot.click("Tabs", offset=(4, 0))
        await journey.sees("▸2 passages")


async def test_five_thousand_passages_scroll_like_five() -> None:
    write_many(5_000, "Tea with Anna in Lisbon.", "Anna", "Lisbon")
    async with opened() as journey:
        await look_at(journey, "Anna")
        await journey.sees("5,000 passages")
        await journey.press("G")
        await journey.until(lambda: passages(journey).cursor == 4_999)
        await journey.until(lambda: passages(journey).chosen is not None)
        assert "· · ·" not in journey.text
        await journey.press("pageup", "g")
        await journey.until(lambda: passages(journey).cursor == 0)


async def test_the_page_fits_after_a_resize() -> None:
    diary()
    async with opened((60, 20)) as journey:
        await look_at(journey, "Anna")
        await journey.press("tab")
        await journey.sees("▸With 3 others")
        await journey.pilot.resize_terminal(200, 50)
        await journey.sees("ANNA called.", "Lisbon")
        await journey.pilot.resize_terminal(60, 20)
        await journey.misses("ANNA called.")
        await journey.press("tab")
        await journey.sees("ANNA called.")

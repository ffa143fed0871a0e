"""Back and forward along the way one came, as in a browser."""

from __future__ import annotations

import pytest

from backend import add_entry, delete_entry
from frontend.tui.app.app import CharlieApp
from frontend.tui.app.history import LONGEST, Trail
from frontend.tui.routes import EntityPlace, EntryPlace, JournalPlace, Place, SearchPlace
from frontend.tui.screens.base import PlaceScreen
from frontend.tui.widgets.panes.header import fit_trail
from tests.frontend.tui.journeys import SIZES, opened


def where(app: CharlieApp) -> Place:
    screen = app.screen
    assert isinstance(screen, PlaceScreen)
    return screen.where()


def test_a_trail_is_walked_back_and_forward() -> None:
    trail = Trail(JournalPlace())
    anna, ben = EntityPlace((1,), "Anna"), EntityPlace((2,), "Ben")
    trail.visit(anna)
    trail.visit(ben)

    assert trail.behind == (JournalPlace(), anna)
    assert trail.go_back()
    assert (trail.here, trail.ahead) == (anna, (ben,))
    assert trail.go_back()
    assert not trail.go_back()
    assert trail.go_forward()
    assert trail.go_forward()
    assert not trail.go_forward()
    assert trail.here == ben


def test_going_another_way_forgets_what_lay_ahead() -> None:
    trail = Trail(JournalPlace())
    trail.visit(EntryPlace("a"))
    trail.go_back()
    trail.visit(EntryPlace("b"))
    assert (trail.behind, trail.here, trail.ahead) == ((JournalPlace(),), EntryPlace("b"), ())


def test_visiting_where_one_is_leaves_no_second_stop() -> None:
    trail = Trail(JournalPlace())
    trail.visit(JournalPlace())
    assert trail.behind == ()


def test_how_far_one_was_is_noted() -> None:
    trail = Trail(JournalPlace())
    trail.visit(SearchPlace("anna"))
    trail.note(SearchPlace("anna", 7))
    trail.visit(EntryPlace("a"))
    trail.go_back()
    assert trail.here == SearchPlace("anna", 7)


def test_a_long_walk_forgets_its_beginning() -> None:
    trail = Trail(JournalPlace())
    for number in range(3 * LONGEST):
        trail.visit(EntryPlace(str(number)))
    assert len(trail.behind) == LONGEST - 1
    assert trail.here == EntryPlace(str(3 * LONGEST - 1))


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, "Journal › Grandma › Lisbon › "),
        (29, "Journal › Grandma › Lisbon › "),
        (28, "… › Grandma › Lisbon › "),
        (22, "… › Lisbon › "),
        (12, ""),
        (0, ""),
    ],
)
def test_the_trail_shows_its_end_first(width: int, shown: str) -> None:
    assert fit_trail(("Journal", "Grandma", "Lisbon"), width) == shown


def test_a_long_name_on_the_trail_is_cut() -> None:
    assert fit_trail(("x" * 50,), 60) == "x" * 19 + "… › "


@pytest.mark.parametrize("size", SIZES)
async def test_escape_leads_back_step_by_step(size: tuple[int, int]) -> None:
    for name in ("first", "second", "third"):
        add_entry(f"the {name} needle")
    async with opened(size) as journey:
        app = journey.app
        await journey.press("slash")
        await journey.type("needle")
        await journey.sees("3 entries")
        await journey.press("down", "enter")
        await journey.until(lambda: app.screen is app.home and app.home.is_reading)
        await journey.until(lambda: journey.reader_text == "the second needle")
        await journey.sees("needle ›" if size[0] >= 80 else "second")

        await journey.press("escape")
        await journey.sees("3 entries", "▌ ")
        await journey.until(lambda: where(app) == SearchPlace("needle", 1))
        await journey.press("escape")
        await journey.until(lambda: app.screen is app.home)
        assert app.navigation.trail.behind == ()

        await journey.press("right_square_bracket")
        await journey.until(lambda: app.screen is not app.home)
        await journey.sees("3 entries")
        await journey.press("alt+right")
        await journey.until(lambda: app.screen is app.home)
        await journey.until(lambda: journey.reader_text == "the second needle")
        assert app.home.is_reading


async def test_keys_typed_ahead_lead_as_far_as_the_same_keys_typed_slowly() -> None:
    for name in ("first", "second", "third"):
        add_entry(f"the {name} needle")
    async with opened() as journey:
        app = journey.app
        await journey.press("j", "enter", "escape", "j", "enter", "left", "k")
        await journey.until(lambda: app.home.entries.cursor == 1)
        assert not app.home.is_reading
        assert len(app.navigation.trail.ahead) == 1


async def test_what_is_typed_at_once_behind_a_key_is_for_where_that_leads() -> None:
    add_entry("the first needle")
    async with opened() as journey:
        app = journey.app
        for key in ("slash", *"needle"):
            app.simulate_key(key)
        await journey.sees("1 entry")
        assert where(app) == SearchPlace("needle")


async def test_an_entry_that_is_gone_leads_to_the_list() -> None:
    add_entry("stays")
    gone = add_entry("goes")
    async with opened() as journey:
        app = journey.app
        await journey.press("enter")
        await journey.until(lambda: journey.reader_text == "goes")
        await journey.press("slash")
        await journey.until(lambda: app.screen is not app.home)
        delete_entry(gone.uuid)
        await journey.press("escape")
        await journey.until(lambda: app.screen is app.home)
        await journey.until(lambda: journey.reader_text == "stays")

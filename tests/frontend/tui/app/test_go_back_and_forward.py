"""Back and forward along the way one came, as in a browser."""

from __future__ import annotations

import pytest

from backend import add_entry, delete_entry
from frontend.tui.app.app import CharlieApp
from frontend.tui.app.history import LONGEST, History
from frontend.tui.routes import EntityRoute, EntryRoute, JournalRoute, Route, SearchRoute
from frontend.tui.screens.base import RouteScreen
from frontend.tui.widgets.panes.header import fit_history
from tests.frontend.tui.journeys import SIZES, opened


def where(app: CharlieApp) -> Route:
    screen = app.screen
    assert isinstance(screen, RouteScreen)
    return screen.where()


def test_a_trail_is_walked_back_and_forward() -> None:
    history = History(JournalRoute())
    anna, ben = EntityRoute((1,), "Anna"), EntityRoute((2,), "Ben")
    history.navigate(anna)
    history.navigate(ben)

    assert history.behind == (JournalRoute(), anna)
    assert history.go_back()
    assert (history.here, history.ahead) == (anna, (ben,))
    assert history.go_back()
    assert not history.go_back()
    assert history.go_forward()
    assert history.go_forward()
    assert not history.go_forward()
    assert history.here == ben


def test_going_another_way_forgets_what_lay_ahead() -> None:
    history = History(JournalRoute())
    history.navigate(EntryRoute("a"))
    history.go_back()
    history.navigate(EntryRoute("b"))
    assert (history.behind, history.here, history.ahead) == ((JournalRoute(),), EntryRoute("b"), ())


def test_visiting_where_one_is_leaves_no_second_stop() -> None:
    history = History(JournalRoute())
    history.navigate(JournalRoute())
    assert history.behind == ()


def test_how_far_one_was_is_noted() -> None:
    history = History(JournalRoute())
    history.navigate(SearchRoute("anna"))
    history.note(SearchRoute("anna", 7))
    history.navigate(EntryRoute("a"))
    history.go_back()
    assert history.here == SearchRoute("anna", 7)


def test_a_long_walk_forgets_its_beginning() -> None:
    history = History(JournalRoute())
    for number in range(3 * LONGEST):
        history.navigate(EntryRoute(str(number)))
    assert len(history.behind) == LONGEST - 1
    assert history.here == EntryRoute(str(3 * LONGEST - 1))


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
    assert fit_history(("Journal", "Grandma", "Lisbon"), width) == shown


def test_a_long_name_on_the_trail_is_cut() -> None:
    assert fit_history(("x" * 50,), 60) == "x" * 19 + "… › "


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
        await journey.until(lambda: app.screen is app.home and app.home.is_viewing)
        await journey.until(lambda: journey.reader_text == "the second needle")
        await journey.sees("needle ›" if size[0] >= 80 else "second")

        await journey.press("escape")
        await journey.sees("3 entries", "▌ ")
        await journey.until(lambda: where(app) == SearchRoute("needle", 1))
        await journey.press("escape")
        await journey.until(lambda: app.screen is app.home)
        assert app.navigation.history.behind == ()

        await journey.press("right_square_bracket")
        await journey.until(lambda: app.screen is not app.home)
        await journey.sees("3 entries")
        await journey.press("alt+right")
        await journey.until(lambda: app.screen is app.home)
        await journey.until(lambda: journey.reader_text == "the second needle")
        assert app.home.is_viewing


async def test_keys_typed_ahead_lead_as_far_as_the_same_keys_typed_slowly() -> None:
    for name in ("first", "second", "third"):
        add_entry(f"the {name} needle")
    async with opened() as journey:
        app = journey.app
        await journey.press("j", "enter", "escape", "j", "enter", "left", "k")
        await journey.until(lambda: app.home.entries.cursor == 1)
        assert not app.home.is_viewing
        assert len(app.navigation.history.ahead) == 1


async def test_what_is_typed_at_once_behind_a_key_is_for_where_that_leads() -> None:
    add_entry("the first needle")
    async with opened() as journey:
        app = journey.app
        for key in ("slash", *"needle"):
            app.simulate_key(key)
        await journey.sees("1 entry")
        assert where(app) == SearchRoute("needle")


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

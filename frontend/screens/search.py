"""The search: results while typing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Input, Static

from backend import search_entries
from backend.errors import CharlieError, NotFoundError, QueryError
from backend.text import for_terminal_line
from frontend.background import run_latest
from frontend.places import EntryPlace, SearchPlace
from frontend.reading import read
from frontend.screens.base import FieldScreen, PlaceScreen
from frontend.widgets.hit_list import HitList
from frontend.widgets.key_line import KeyLine
from frontend.widgets.masthead import Masthead
from frontend.widgets.query_input import QueryInput
from frontend.widgets.reader import Reader
from frontend.widgets.virtual_list import VirtualList
from frontend.wording import counted, entry_name

# Typing is over, for the moment, when no key came for this long. In seconds.
_DEBOUNCE_SECONDS = 0.12
_PAGE = 50

# What is shorter than this, while it is typed, finds too much to be searched for.
_SHORTEST = 3

_HINT = 'words · "a phrase" · -not · @person · #tag · in:2024-05 · from:… to:…'


class SearchScreen(FieldScreen[None], PlaceScreen):
    """Shows a `SearchPlace`.

    The field keeps the keys; the arrows move in the results.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Screen declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", priority=True, tooltip="Open the chosen entry"),
        Binding("down,ctrl+n", "move(1)", "next", priority=True, tooltip="Next entry"),
        Binding("up", "move(-1)", "previous", priority=True, tooltip="Previous entry"),
        Binding("pagedown", "move_screen(1)", "A screen down", show=False, priority=True),
        Binding("pageup", "move_screen(-1)", "A screen up", show=False, priority=True),
        Binding("escape", "app.back", "back", priority=True, tooltip="Back to where you came from"),
        Binding("f1", "app.help", "keys", tooltip="Show all keys of this screen"),
    ]

    def __init__(self, place: SearchPlace) -> None:
        super().__init__()
        self._place = place
        # Held here and not looked up: what comes from a thread may come after the end.
        self._masthead = Masthead()
        self._input = QueryInput(place.query, placeholder="Search", id="query")
        self._says = Static(_HINT, id="search-says", markup=False)
        self._hits = HitList(id="hits")
        self._reader = Reader(id="reader")
        self._timer: Timer | None = None
        # The field tells of what it began with as if it had been typed.
        self._typed_last = place.query
        # The query whose hits are shown, and whether the store may have more of them.
        self._query = ""
        self._has_more = False
        # What was asked of the hits before those of what was typed had come.
        self._ahead: list[Callable[[], None]] = []

    def compose(self) -> ComposeResult:
        """The field over what it finds."""
        yield self._masthead
        yield self._input
        yield self._says
        with Container(id="panes"):
            yield self._hits
            yield self._reader
        yield KeyLine()

    def on_mount(self) -> None:
        """Ready to type."""
        self._masthead.place = "Search"
        self.show_status_in(self._masthead)
        self.show_trail_in(self._masthead)
        self.charlie.entry_read.subscribe(self, self._entry_read)
        self._hits.can_focus = False
        self._reader.can_focus = False
        self.take_keys(self._input)
        if self._place.query:
            self._ahead.append(partial(self._hits.choose, self._place.position))
            self._search_now()

    def where(self) -> SearchPlace:
        """What is searched for, and which hit is chosen."""
        return SearchPlace(self._input.value, self._hits.cursor or 0)

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._input.value == self._typed_last:
            return
        self._typed_last = self._input.value
        self._ahead.clear()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_DEBOUNCE_SECONDS, self._search_now)

    def _search_now(self) -> None:
        self._timer = None
        query = self._input.value
        run_latest(self, "search", self._search, query)

    async def _search(self, query: str) -> None:
        """Show the hits of `query`; a query that is overtaken is cancelled before this."""
        try:
            hits = await asyncio.to_thread(search_entries, query, limit=_PAGE, as_typed=True)
        except QueryError as error:
            self._say(" ".join(error.lines()), is_problem=True)
            return
        except CharlieError as error:
            self.tell_error(error)
            return
        self._query = query
        self._has_more = len(hits) == _PAGE
        self._hits.show(hits)
        if not query.strip():
            self._say(_HINT)
        elif not hits:
            self._say("Nothing found." if len(query.strip()) >= _SHORTEST else "Keep typing…")
        else:
            more = "+" if self._has_more else ""
            words = counted(len(hits), "entry", "entries")
            self._say(words.replace(" ", f"{more} ", 1))
        if not hits:
            self._reader.say("")
        if query == self._input.value:
            ahead, self._ahead = self._ahead, []
            for act in ahead:
                act()

    def _say(self, words: str, *, is_problem: bool = False) -> None:
        self._says.set_class(is_problem, "-problem")
        self._says.update(for_terminal_line(words))

    @on(HitList.MoreWanted)
    def _more_wanted(self) -> None:
        if self._has_more:
            run_latest(self, "search", self._add_more)

    async def _add_more(self) -> None:
        query, offset = self._query, self._hits.row_count
        try:
            hits = await asyncio.to_thread(
                search_entries, query, limit=_PAGE, offset=offset, as_typed=True
            )
        except CharlieError as error:
            self.tell_error(error)
            return
        self._has_more = len(hits) == _PAGE
        self._hits.add(hits)

    @on(VirtualList.Chosen)
    def _chosen(self) -> None:
        hit = self._hits.chosen
        if hit is not None and self.has_class("-wide"):
            run_latest(self, "reader", self._show, hit.entry.uuid)

    async def _show(self, uuid: str) -> None:
        try:
            reading = await asyncio.to_thread(read, uuid)
        except NotFoundError:
            self._search_now()
        except CharlieError as error:
            self._reader.say(error.message)
        else:
            self._reader.show(reading)

    def _entry_read(self, uuid: str) -> None:
        reading = self._reader.reading
        if reading is not None and reading.entry.uuid == uuid:
            run_latest(self, "reader", self._show, uuid)

    @on(VirtualList.Opened)
    def action_open(self) -> None:
        """Open the chosen entry at home."""
        self._once_found(self._open)

    def _open(self) -> None:
        hit = self._hits.chosen
        if hit is not None:
            self.charlie.visit(EntryPlace(hit.entry.uuid, name=entry_name(hit.entry)))

    def _once_found(self, act: Callable[[], None]) -> None:
        """Do `act` when the hits are those of what is typed: others would be replaced under it."""
        if self._query == self._input.value:
            act()
        else:
            self._ahead.append(act)

    def action_move(self, rows: int) -> None:
        """Move in the results."""
        self._once_found(partial(self._hits.action_move, rows))

    def action_move_screen(self, screens: float) -> None:
        """Move in the results by a screen."""
        self._once_found(partial(self._hits.action_move_screen, screens))

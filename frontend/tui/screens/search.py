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

from backend import (
    RANKED_MATCHES,
    complete_query,
    explain_nothing,
    names_journal,
    search_page,
)
from backend.errors import CharlieError, NotFoundError, QueryError
from backend.records import QueryCompletion, QueryOffer, SearchOrder, SearchPage
from backend.text import for_terminal_line
from frontend.shared.formatting import SINGLE_NAMES, counted, entry_name, in_journal
from frontend.tui.routes import EntryRoute, SearchRoute
from frontend.tui.screens.base import HELD_SECONDS, FieldScreen, RouteScreen
from frontend.tui.tasks import Pacing, run_latest
from frontend.tui.text.entry_view import load_found
from frontend.tui.widgets.fields.query_input import QueryInput
from frontend.tui.widgets.lists.choice_list import Choice, ChoiceList
from frontend.tui.widgets.lists.hit_list import HitList
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header
from frontend.tui.widgets.panes.reader import Reader

# Typing is over, for the moment, when no key came for this long. In seconds.
_DEBOUNCE_SECONDS = 0.12
_COMPLETE_SECONDS = 0.06
_PAGE = 50

# What is shorter than this, while it is typed, finds too much to be searched for.
_SHORTEST = 3

# A page of hits, and the journal they are from: None for all.
_Found = tuple[SearchPage, str | None]

_HINT = 'words · "a phrase" · -not · @person · #tag · in:2024-05 · from:last-week'


class SearchScreen(FieldScreen[None], RouteScreen):
    """Shows a `SearchRoute`.

    The field keeps the keys; the arrows move in the results, or, while there are any, in what
    the word at the cursor may become.
    """

    CSS_PATH = "../styles/search.tcss"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Screen declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", priority=True, tooltip="Open the chosen entry"),
        Binding(
            "tab", "complete", "complete", priority=True, tooltip="Complete the word at the cursor"
        ),
        Binding("down,ctrl+n", "move(1)", "next", priority=True, tooltip="Next entry"),
        Binding("up", "move(-1)", "previous", priority=True, tooltip="Previous entry"),
        Binding("pagedown", "move_screen(1)", "A screen down", show=False, priority=True),
        Binding("pageup", "move_screen(-1)", "A screen up", show=False, priority=True),
        Binding(
            "ctrl+o",
            "order",
            "order",
            priority=True,
            tooltip="Best matches first, or the newest first",
        ),
        Binding(
            "ctrl+g",
            "widen",
            "all journals",
            priority=True,
            tooltip="Search all journals, or only the one that is shown",
        ),
        Binding("escape", "leave", "back", priority=True, tooltip="Back to where you came from"),
        Binding("f1", "app.help", "keys", tooltip="Show all keys of this screen"),
    ]

    def __init__(self, route: SearchRoute) -> None:
        super().__init__()
        self._route = route
        # Held here and not looked up: what comes from a thread may come after the end.
        self._header = Header()
        self._input = QueryInput(route.query, placeholder="Search", id="query")
        self._says = Static(_HINT, id="search-says", markup=False)
        self._hits = HitList(id="hits")
        self._reader = Reader(id="reader")
        self._list = ChoiceList(id="offers")
        self._follow = Pacing(self, HELD_SECONDS, self._show_chosen)
        self._timer: Timer | None = None
        self._complete_timer: Timer | None = None
        # What the word at the cursor may become, and of which field's text and cursor it is.
        self._offers: QueryCompletion | None = None
        self._completed = ("", 0)
        self._order = SearchOrder.NEWEST if route.newest else SearchOrder.RELEVANCE
        self._is_everywhere = route.is_everywhere
        # The field tells of what it began with as if it had been typed.
        self._typed_last = route.query
        # The query whose hits are shown, and whether the store may have more of them.
        self._query = ""
        self._has_more = False
        # Counts the searches whose hits were shown.
        self._searches = 0
        # The entry that the reader shows or is to show, and where it is to begin there.
        self._wanted: tuple[str, int | None] | None = None
        # What was asked of the hits before those of what was typed had come.
        self._ahead: list[Callable[[], None]] = []

    def compose(self) -> ComposeResult:
        """Yield the field over what it finds."""
        yield self._header
        yield self._input
        yield self._says
        with Container(id="panes"):
            yield self._hits
            yield self._reader
        yield self._list
        yield Footer()

    def on_mount(self) -> None:
        """Ready to type."""
        self._header.title = in_journal("Search", self._scope)
        self.show_status_in(self._header)
        self.show_history_in(self._header)
        self.charlie.entry_extracted.subscribe(self, self._entry_extracted)
        self._hits.can_focus = False
        self._reader.can_focus = False
        self._list.can_focus = False
        self.give_keys(self._input)
        if self._route.query:
            self._ahead.append(partial(self._hits.choose, self._route.position))
            self._search_now()

    def where(self) -> SearchRoute:
        """Return what is searched for, and which hit is chosen."""
        newest = self._order is SearchOrder.NEWEST
        position = self._hits.cursor or 0
        return SearchRoute(self._input.value, position, newest, self._is_everywhere)

    @property
    def _scope(self) -> str | None:
        """The journal that is searched, None for all; a query may name others itself."""
        return None if self._is_everywhere else self.charlie.journal_scope.shown

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._input.value == self._typed_last:
            return
        self._typed_last = self._input.value
        self._ahead.clear()
        self._close_offers()
        for timer in (self._timer, self._complete_timer):
            if timer is not None:
                timer.stop()
        self._timer = self.set_timer(_DEBOUNCE_SECONDS, self._search_now)
        self._complete_timer = self.set_timer(_COMPLETE_SECONDS, self._complete_now)

    def _search_now(self) -> None:
        self._timer = None
        run_latest(self, "search", self._search, self._input.value)

    def _find(self, query: str, journal: str | None, offset: int = 0) -> _Found:
        """Return a page of hits, and the journal they are from; blocks."""
        if journal is not None and query.strip() and names_journal(query):
            journal = None
        page = search_page(
            query, journal=journal, limit=_PAGE, offset=offset, as_typed=True, order=self._order
        )
        return page, journal

    async def _search(self, query: str) -> None:
        """Show the hits of `query`; a query that is overtaken is cancelled before this."""
        try:
            page, journal = await asyncio.to_thread(self._find, query, self._scope)
            hints = [] if page.hits else await asyncio.to_thread(explain_nothing, query)
        except QueryError as error:
            self._show_query_error(error, is_problem=True)
            return
        except CharlieError as error:
            self.show_error(error)
            return
        hits = page.hits
        self._query = query
        self._searches += 1
        self._header.title = in_journal("Search", journal)
        self._has_more = len(hits) == _PAGE
        self._hits.show_from_start(hits)
        if page.unfinished is not None:
            self._show_query_error(page.unfinished)
        elif not query.strip():
            self._show_sentence(_HINT)
        elif not hits:
            self._show_sentence(nothing_in_words(query, journal, hints))
        else:
            self._show_sentence(found_in_words(page))
        if not hits:
            self.workers.cancel_group(self, "reader")
            self._wanted = None
            self._reader.show_sentence("")
        if query == self._input.value:
            ahead, self._ahead = self._ahead, []
            for act in ahead:
                act()

    def _show_sentence(self, words: str, *, is_problem: bool = False) -> None:
        self._input.underline(None, 0)
        self._says.set_class(is_problem, "-problem")
        self._says.update(for_terminal_line(words))

    def _show_query_error(self, error: QueryError, *, is_problem: bool = False) -> None:
        self._show_sentence(" ".join(error.lines()), is_problem=is_problem)
        self._input.underline(error.start, error.length)

    def action_order(self) -> None:
        """Show the best matches first, or the newest."""
        ranked = self._order is SearchOrder.RELEVANCE
        self._order = SearchOrder.NEWEST if ranked else SearchOrder.RELEVANCE
        self._search_now()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        if action == "widen":
            return self.charlie.journal_scope.shown is not None
        return True

    def action_widen(self) -> None:
        """Search all journals, or only the one that is shown."""
        self._is_everywhere = not self._is_everywhere
        self._header.title = in_journal("Search", self._scope)
        self._search_now()

    # What the word at the cursor may become

    def _complete_now(self) -> None:
        self._complete_timer = None
        run_latest(self, "complete", self._complete)

    async def _complete(self, *, take: bool = False) -> None:
        """Offer what the word at the cursor may become, or take the likeliest at once."""
        query, cursor = self._input.value, self._input.cursor_position
        try:
            offers = await asyncio.to_thread(complete_query, query, cursor, journal=self._scope)
        except CharlieError:
            # The search itself tells what is wrong with the journal.
            offers = None
        self._completed = (query, cursor)
        self._offers = offers
        if take:
            self._accept_completion(0)
        elif offers is not None:
            self._list.show_from_start([_offer_in_words(each) for each in offers.offers])
            self._list.choose(None)
            self._list.styles.height = len(offers.offers)
        self._list.display = self._offers is not None
        self.refresh_bindings()

    def _close_offers(self) -> None:
        self.workers.cancel_group(self, "complete")
        self._offers = None
        self._list.display = False
        self.refresh_bindings()

    def action_complete(self) -> None:
        """Complete the word at the cursor."""
        if self._completed == (self._input.value, self._input.cursor_position):
            self._accept_completion(self._list.cursor or 0)
        else:
            # Pressed before they came; what would only offer them must not come in between.
            if self._complete_timer is not None:
                self._complete_timer.stop()
                self._complete_timer = None
            run_latest(self, "complete", self._complete, take=True)

    def _accept_completion(self, number: int) -> None:
        completion = self._offers
        self._close_offers()
        if completion is not None:
            text = completion.offers[number].text
            self._input.replace(text, completion.start, completion.end)
            self._input.cursor_position = completion.start + len(text)

    @on(VirtualList.Opened, "#offers")
    def _offer_clicked(self, message: VirtualList.Opened) -> None:
        self._accept_completion(message.position)

    def action_leave(self) -> None:
        """Close what is offered, else go back."""
        if self._offers is not None:
            self._close_offers()
        else:
            self.charlie.navigation.back()

    @on(HitList.MoreWanted)
    def _more_wanted(self) -> None:
        if self._has_more:
            run_latest(self, "more", self._add_more)

    async def _add_more(self) -> None:
        """Show more hits, unless those of another search are shown by then."""
        query, offset, searches = self._query, self._hits.row_count, self._searches
        try:
            page, _ = await asyncio.to_thread(self._find, query, self._scope, offset)
        except CharlieError as error:
            self.show_error(error)
            return
        if searches != self._searches:
            return
        self._has_more = len(page.hits) == _PAGE
        self._hits.add(page.hits)

    @on(VirtualList.Chosen, "#hits")
    def _chosen(self) -> None:
        if self.has_class("-wide"):
            self._follow()

    def _show_chosen(self) -> None:
        hit = self._hits.chosen
        if hit is not None:
            self._wanted = (hit.entry.uuid, hit.offset)
            run_latest(self, "reader", self._show, *self._wanted)

    async def _show(self, uuid: str, offset: int | None) -> None:
        try:
            entry_view, places = await asyncio.to_thread(load_found, uuid, self._query)
        except NotFoundError:
            self._search_now()
        except CharlieError as error:
            self._reader.show_sentence(error.message)
        else:
            self._reader.show(entry_view, at=offset, places=places)
            # Shown again it stays where it has been scrolled to.
            self._wanted = (uuid, None)

    def _entry_extracted(self, uuid: str) -> None:
        if self._wanted is not None and self._wanted[0] == uuid:
            run_latest(self, "reader", self._show, *self._wanted)

    def action_open(self) -> None:
        """Open the chosen entry at what was found in it; or take what is offered and chosen."""
        if self._offers is not None and self._list.cursor is not None:
            self._accept_completion(self._list.cursor)
        else:
            self._once_found(self._open)

    @on(VirtualList.Opened, "#hits")
    def _open(self) -> None:
        hit = self._hits.chosen
        if hit is not None:
            name = entry_name(hit.entry)
            self.charlie.navigation.navigate(
                EntryRoute(hit.entry.uuid, hit.offset, name, self._query)
            )

    def _once_found(self, act: Callable[[], None]) -> None:
        """Do `act` when the hits are those of what is typed: others would be replaced under it."""
        if self._query == self._input.value:
            act()
            return
        self._ahead.append(act)
        if self._timer is not None:
            # A user who asks for a hit has done with typing.
            self._timer.stop()
            self._search_now()

    def action_move(self, rows: int) -> None:
        """Move in the results, or in the names, tags, journals and days that are offered."""
        # A field that a word may become ("in" as "in:") does not stand in the way of the results.
        if self._offers is not None and not self._offers.offers[0].text.endswith(":"):
            cursor = self._list.cursor
            up = cursor == 0 and rows < 0
            self._list.choose(None if up else 0 if cursor is None else cursor + rows)
            return
        self._once_found(partial(self._hits.action_move, rows))

    def action_move_screen(self, screens: float) -> None:
        """Move in the results by a screen."""
        self._once_found(partial(self._hits.action_move_screen, screens))


def nothing_in_words(query: str, journal: str | None, hints: list[str]) -> str:
    """ "Nothing found in “Travel”. …", or that more is to be typed.

    Args:
        query: what is typed.
        journal: the one that was searched; None for all.
        hints: what may be meant instead, a sentence each.
    """
    if len(query.strip()) < _SHORTEST:
        return "Keep typing…"
    if hints:
        return f"Nothing found. {hints[0]}"
    if journal is None:
        return "Nothing found."
    return f"Nothing found in “{journal}”. ctrl+g searches all journals."


def found_in_words(page: SearchPage) -> str:
    """ "12 entries, best matches first"."""
    if page.total is None:
        return f"More than {RANKED_MATCHES:,} entries, newest first"
    if page.total == 1:
        return "1 entry"
    order = "best matches first" if page.order is SearchOrder.RELEVANCE else "newest first"
    return f"{counted(page.total, 'entry', 'entries')}, {order}"


def _offer_in_words(offer: QueryOffer) -> Choice:
    known = offer.known
    if known is None:
        return Choice(for_terminal_line(offer.text.strip()), "")
    kind = f"{SINGLE_NAMES[known.type]}, " if known.type else ""
    return Choice(for_terminal_line(offer.text.strip()), f"{kind}{known.count:,}")

"""All names the journal mentions: by type, filtered while typing, sorted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from frontend.shared.formatting import in_journal
from frontend.tui.routes import EntityRoute, ExploreRoute
from frontend.tui.screens.base import GATHER_SECONDS, FieldScreen, RouteScreen
from frontend.tui.tasks import Gathering
from frontend.tui.views.explore_view import (
    Names,
    describe_choice,
    describe_types,
    next_order,
    pick_type,
    step_type,
)
from frontend.tui.widgets.fields.query_input import QueryInput
from frontend.tui.widgets.lists.name_list import NameList
from frontend.tui.widgets.lists.paged_list import PagedList
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header
from frontend.tui.widgets.panes.tabs import Tabs


class ExploreScreen(FieldScreen[None], RouteScreen):
    """Shows an `ExploreRoute`.

    The field keeps the keys; the arrows move in the list.
    """

    CSS_PATH = "../styles/explore.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", priority=True, tooltip="Go to the page of this name"),
        Binding("escape", "app.back", "back", priority=True, tooltip="Back to where you came from"),
        Binding("tab", "step_type(1)", "type", priority=True, tooltip="Names of the next type"),
        Binding("shift+tab", "step_type(-1)", "Type before", show=False, priority=True),
        Binding("ctrl+o", "next_order", "order", priority=True, tooltip="Sort in another way"),
        Binding("ctrl+t", "toggle_new", "new", priority=True, tooltip="Only new this month"),
        Binding("down,ctrl+n", "move(1)", "next", priority=True, tooltip="Next name"),
        Binding("up", "move(-1)", "previous", priority=True, tooltip="Previous name"),
        Binding("pagedown", "move_screen(1)", "A screen down", show=False, priority=True),
        Binding("pageup", "move_screen(-1)", "A screen up", show=False, priority=True),
        Binding("ctrl+home", "move_to(0)", "First", show=False, priority=True),
        Binding("ctrl+end", "move_to(-1)", "Last", show=False, priority=True),
        Binding("f1", "app.help", "keys", tooltip="Show all keys of this screen"),
    ]

    def __init__(self, route: ExploreRoute) -> None:
        super().__init__()
        # What is asked for, and what the list shows; they differ while it is being read.
        self._route = route
        self._shown: ExploreRoute | None = None
        self._changed = Gathering(self, GATHER_SECONDS, self._look_again)
        # What was asked of the list before it showed what was typed, which comes first.
        self._ahead: list[tuple[str, Callable[[], None]]] = []
        # Held here and not looked up: what comes from a thread may come after the end.
        self._header = Header()
        self._input = QueryInput(route.typed, placeholder="Find a name", id="query")
        self._types = Tabs()
        self._says = Static("", id="explore-says", markup=False)
        self._names = NameList(id="names")

    def compose(self) -> ComposeResult:
        """Yield the field over the types, and the names."""
        yield self._header
        yield self._input
        yield self._types
        yield self._says
        yield self._names
        yield Footer()

    def on_mount(self) -> None:
        """Ready to type."""
        self._header.title = in_journal("Names", self.charlie.journal_scope.shown)
        self.show_status_in(self._header)
        self.show_history_in(self._header)
        self.charlie.entry_extracted.subscribe(self, self._changed)
        self.charlie.journal_changed.subscribe(self, self._changed)
        self._names.can_focus = False
        self.give_keys(self._input)
        ids = self._route.entity_ids
        source = Names(self._route, self.charlie.journal_scope.shown)
        self._names.show(source, partial(source.find, ids) if ids else None)

    def where(self) -> ExploreRoute:
        """Return what is looked for, and which name is chosen."""
        chosen = self._names.chosen
        return replace(self._route, entity_ids=chosen.ids[:1] if chosen else ())

    # What is asked for

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._input.value != self._route.typed:
            self._ask(replace(self._route, typed=self._input.value))

    def _ask(self, route: ExploreRoute) -> None:
        self._ahead = [(typed, act) for typed, act in self._ahead if typed == route.typed]
        self._route = route
        self._names.show(Names(route, self.charlie.journal_scope.shown))

    def action_step_type(self, steps: int) -> None:
        """Only the names of the next type, or of all again."""
        self._ask(step_type(self._route, steps))

    @on(Tabs.Picked)
    def _picked(self, message: Tabs.Picked) -> None:
        self._ask(pick_type(self._route, message.number))

    def action_next_order(self) -> None:
        """Sort in another way."""
        self._ask(next_order(self._route))

    def action_toggle_new(self) -> None:
        """Only what was first mentioned this month, or everything again."""
        self._ask(replace(self._route, is_new=not self._route.is_new))

    # What the list says

    @on(PagedList.Loaded)
    def _loaded(self, message: PagedList.Loaded) -> None:
        source = message.source
        self._shown = source.route
        self._types.show(describe_types(source.route, source.counts))
        self._says.update(describe_choice(source.route, message.total))
        if self._is_current():
            ahead, self._ahead = self._ahead, []
            for _, act in ahead:
                act()

    @on(PagedList.Failed)
    def _failed(self, message: PagedList.Failed) -> None:
        self.show_error(message.error)

    def _look_again(self) -> None:
        self._names.reload(Names(self._route, self.charlie.journal_scope.shown))

    # What the keys do

    def _is_current(self) -> bool:
        """Whether the list shows what is asked for, and nothing else was typed meanwhile."""
        return self._shown == self._route and self._route.typed == self._input.value

    def _once_found(self, act: Callable[[], None]) -> None:
        """Do `act` when the list is that of what is typed: another would be replaced under it."""
        if self._is_current():
            act()
        else:
            self._ahead.append((self._input.value, act))

    @on(VirtualList.Opened)
    def action_open(self) -> None:
        """Go to the page of the chosen name."""
        self._once_found(self._open)

    def _open(self) -> None:
        chosen = self._names.chosen
        if chosen is not None:
            self.charlie.navigation.navigate(EntityRoute(chosen.ids[:1], chosen.name))

    def action_move(self, rows: int) -> None:
        """Move in the list."""
        self._once_found(partial(self._names.action_move, rows))

    def action_move_screen(self, screens: float) -> None:
        """Move in the list by a screen."""
        self._once_found(partial(self._names.action_move_screen, screens))

    def action_move_to(self, position: int) -> None:
        """Move to the beginning or the end of the list."""
        self._once_found(partial(self._names.action_move_to, position))

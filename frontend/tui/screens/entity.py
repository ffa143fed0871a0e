"""The page of an entity: who it is, when, with whom, and every passage."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from backend.errors import CharlieError
from backend.text import for_terminal_line
from frontend.shared.formatting import entry_name
from frontend.tui.routes import EntityRoute, EntryRoute
from frontend.tui.screens.base import EVERYWHERE, GATHER_SECONDS, RouteScreen
from frontend.tui.tasks import Gathering, Reloading
from frontend.tui.views.entity_view import (
    MOST_COMPANIONS,
    EntityView,
    load_entity_view,
    passages_of,
)
from frontend.tui.widgets.lists.companion_list import CompanionList
from frontend.tui.widgets.lists.paged_list import PagedList
from frontend.tui.widgets.lists.passage_list import PassageList
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.entity_head import EntityHead
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header
from frontend.tui.widgets.panes.tabs import Tabs


class EntityScreen(RouteScreen):
    """Shows an `EntityRoute`: its passages and who appears with it, beside one another or, in
    a narrow terminal, the one or the other."""

    # The pane one was in has the keys, and not for a moment the other one.
    AUTO_FOCUS = ""
    CSS_PATH = "../styles/entity.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Screen declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012 - as Screen declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "read", "read", tooltip="Read the entry at this passage"),
        Binding("enter,l,right", "narrow", "narrow", tooltip="Only entries that mention both"),
        Binding("p", "page", "its page", tooltip="Go to the page of the chosen name"),
        Binding("tab,shift+tab", "to_names", "with whom", tooltip="Who and what appears with it"),
        Binding("tab,shift+tab", "to_passages", "passages", tooltip="Back to the passages"),
        Binding("left,h,backspace", "widen", "widen", tooltip="Take the last narrowing away"),
        Binding("r", "turn", "turn round", tooltip="Oldest passages first, or newest"),
        *EVERYWHERE,
    ]

    def __init__(self, route: EntityRoute) -> None:
        super().__init__()
        # What is looked at; `passage` is where to begin, until the passages are here.
        self._route = route
        self._entity_view: EntityView | None = None
        self._total: int | None = None
        self._is_here = asyncio.Event()
        # Whether what is looked at next stays where one is.
        self._keeps_place = True
        self._reload = Reloading(self, "entity view", self._show)
        self._changed = Gathering(self, GATHER_SECONDS, self._reload)
        # Held here and not looked up: what comes from a thread may come after the end.
        self._header = Header()
        self._head = EntityHead()
        self._panes = Tabs()
        self._passages = PassageList(id="passages")
        self._companions = CompanionList(id="companions")

    def compose(self) -> ComposeResult:
        """Yield the line at the top, who it is, the panes, the line at the bottom."""
        yield self._header
        yield self._head
        yield self._panes
        with Container(id="panes"):
            with Container(id="passages-pane"):
                yield self._passages
            with Container(id="companions-pane"):
                yield self._companions
        yield Footer()

    def on_mount(self) -> None:
        """Look at it, in a thread."""
        self._header.title = self._route.name
        self.show_status_in(self._header)
        self.show_history_in(self._header)
        self.charlie.entry_extracted.subscribe(self, self._changed)
        self.charlie.journal_changed.subscribe(self, self._changed)
        self._open_pane(is_names=self._route.companion is not None)
        self._look()

    async def loaded(self) -> None:
        """Wait for the passages."""
        await self._is_here.wait()

    def where(self) -> EntityRoute:
        """Whom one looks at, with whom, and at which passage."""
        passage, companion = self._passages.chosen, self._companions.chosen
        if passage is None:
            return self._route
        return replace(
            self._route,
            passage=(passage.entry.uuid, passage.start),
            companion=companion.ids[0] if companion and self._is_among_names else None,
        )

    # What the journal says

    def _look(self) -> None:
        """Look at the place from its beginning."""
        self._keeps_place = False
        self._reload(at_once=True)

    async def _show(self) -> None:
        """Show what the place holds; one that is overtaken by the next is cancelled before this."""
        route, keeps_place = self._route, self._keeps_place
        try:
            entity_view = await asyncio.to_thread(
                load_entity_view, route, self.charlie.journal_scope.shown
            )
        except CharlieError as error:
            self.show_error(error)
            return
        self._keeps_place = True
        before, self._entity_view = self._entity_view, entity_view
        self.set_class(entity_view is None, "-gone")
        if entity_view is None:
            self._is_here.set()
            self._head.show_sentence(f"Nothing mentions {for_terminal_line(route.name)} any more.")
            self._panes.show([])
            self.refresh_bindings()
            return
        # The order of the passages may have been turned meanwhile.
        self._route = replace(self._route, entity_ids=entity_view.ids, name=entity_view.entity.name)
        self._header.title = entity_view.entity.name
        self._head.show(entity_view)
        chosen = self._companions.chosen if keeps_place else None
        companion = chosen.ids[0] if chosen else route.companion
        self._companions.show_from_start(entity_view.companions, companion)
        source = passages_of(entity_view, is_oldest_first=self._route.is_oldest_first)
        if keeps_place and before is not None:
            self._passages.reload(source)
        else:
            passage = route.passage
            self._passages.show(source, partial(source.find, *passage) if passage else None)
        if before is None:
            # What was not seen had no keys.
            self._open_pane(is_names=self._is_among_names)
        self._name_panes()

    @on(PagedList.Loaded)
    def _loaded(self, message: PagedList.Loaded) -> None:
        self._total = message.total
        self._name_panes()
        self._is_here.set()

    @on(PagedList.Failed)
    def _failed(self, message: PagedList.Failed) -> None:
        self.show_error(message.error)

    # The panes

    @property
    def _is_among_names(self) -> bool:
        return self.has_class("-together")

    def _name_panes(self) -> None:
        if self._entity_view is None:
            return
        order = "oldest first" if self._route.is_oldest_first else "newest first"
        total = "" if self._total is None else f"{self._total:,} "
        passages = "passage" if self._total == 1 else "passages"
        count = len(self._entity_view.companions)
        together = f"{count:,}{'+' if count == MOST_COMPANIONS else ''}" if count else "no"
        self._panes.show(
            [
                (f"{total}{passages}, {order}", not self._is_among_names),
                (f"With {together} {'other' if count == 1 else 'others'}", self._is_among_names),
            ]
        )
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        """Open the pane that has the keys, also after a click."""
        if self.focused in (self._companions, self._passages):
            self.set_class(self.focused is self._companions, "-together")
            self._name_panes()

    @on(Tabs.Picked)
    def _picked(self, message: Tabs.Picked) -> None:
        self._open_pane(is_names=message.number == 1)

    def action_to_names(self) -> None:
        """To the names that appear with this one."""
        self._open_pane(is_names=True)

    def action_to_passages(self) -> None:
        """Back to the passages."""
        self._open_pane(is_names=False)

    def _open_pane(self, *, is_names: bool) -> None:
        # First, because what is not seen takes no keys.
        self.set_class(is_names, "-together")
        (self._companions if is_names else self._passages).focus()

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        entity_view = self._entity_view
        match action:
            case "read" | "to_names":
                return entity_view is not None and not self._is_among_names
            case "narrow" | "page":
                return self._is_among_names and bool(entity_view and entity_view.companions)
            case "to_passages":
                return entity_view is not None and self._is_among_names
            case "turn":
                return entity_view is not None
            case "widen":
                return bool(entity_view and entity_view.along)
        return True

    @on(VirtualList.Opened, "#passages")
    def action_read(self) -> None:
        """Open the entry at the chosen passage."""
        chosen = self._passages.chosen
        if chosen is not None:
            self.charlie.navigation.navigate(
                EntryRoute(chosen.entry.uuid, chosen.start, entry_name(chosen.entry))
            )

    @on(VirtualList.Opened, "#companions")
    def action_narrow(self) -> None:
        """Leave only the entries that mention the chosen name too."""
        chosen = self._companions.chosen
        if chosen is not None:
            self._go_to((*self._route.entity_ids, chosen.ids[0]))

    def action_widen(self) -> None:
        """Take the last narrowing away."""
        self._go_to(self._route.entity_ids[:-1])

    def _go_to(self, entity_ids: tuple[int, ...]) -> None:
        self._route = replace(self._route, entity_ids=entity_ids, passage=None, companion=None)
        self._look()

    def action_page(self) -> None:
        """Go to the page of the chosen name."""
        chosen = self._companions.chosen
        if chosen is not None:
            self.charlie.navigation.navigate(EntityRoute(chosen.ids[:1], chosen.name))

    def action_turn(self) -> None:
        """Show the oldest passages first, or the newest."""
        self._route = replace(self._route, is_oldest_first=not self._route.is_oldest_first)
        if self._entity_view is not None:
            self._passages.show(
                passages_of(self._entity_view, is_oldest_first=self._route.is_oldest_first)
            )
        self._name_panes()

"""Home: the list of entries, the one that is chosen, and the names in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer

from backend import delete_entry, restore_entry
from backend.errors import CharlieError, NotFoundError
from backend.records import EntrySummary
from frontend.shared.formatting import counted, entry_name
from frontend.tui.routes import EntryRoute, HistoryRoute, JournalRoute, Route
from frontend.tui.screens.base import EVERYWHERE, HELD_SECONDS, PATIENCE, RouteScreen
from frontend.tui.tasks import Gathering, Pacing, run_latest
from frontend.tui.text.entry_view import EntryView, load_found
from frontend.tui.widgets.fields.find_bar import FindBar
from frontend.tui.widgets.lists.entry_list import EntryList, JournalSource
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.connections import Connections
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header
from frontend.tui.widgets.panes.reader import Reader
from frontend.tui.widgets.panes.welcome import Welcome

#: How long it is shown that a deletion or a move can be taken back, in seconds.
UNDO_SECONDS = 12.0

# What was written is to be seen sooner than what comes of it.
_GATHER_SECONDS = 0.25


class HomeScreen(RouteScreen):
    """List, reader and names; side by side, stacked or one at a time, as the width allows."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Screen declares it
        (0, "-narrow"),
        (80, "-medium"),
        (120, "-wide"),
        (160, "-roomy"),
    ]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "app.new", "new", tooltip="Write a new entry"),
        Binding("enter,l,right", "open", "read", tooltip="Read the chosen entry"),
        Binding("l,right", "names", "its names", show=False, tooltip="To the names in the entry"),
        Binding("h,left", "list", "list", tooltip="To the list of entries"),
        Binding("u", "undo", "undo", tooltip="Take back what was deleted or moved just now"),
        Binding("e", "edit", "edit", tooltip="Edit the chosen entry"),
        Binding("d", "delete", "delete", tooltip="Move the chosen entry to the trash"),
        Binding("H", "history", "history", tooltip="Every text that the chosen entry had"),
        *EVERYWHERE,
        Binding("J", "entry(1)", "next entry", tooltip="Read the next entry"),
        Binding("K", "entry(-1)", "previous", tooltip="Read the previous entry"),
        Binding("M", "move", "move", tooltip="Move the chosen entry to another journal"),
    ]

    def __init__(self) -> None:
        super().__init__()
        # Held here and not looked up: what comes from a thread may come after the end.
        self.header = Header()
        self.entries = EntryList(JournalSource(), id="entries")
        self.reader = Reader(id="reader")
        self.connections = Connections(id="connections")
        # Each takes back a deletion or a move since the start, the latest last.
        self._take_back: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._changed = Gathering(self, _GATHER_SECONDS, self._reload)
        self._follow = Pacing(self, HELD_SECONDS, self._load_chosen)
        # The entry that the reader shows, or will as soon as it has been read.
        self._shown: str | None = None
        self._has_choice = False
        # The spot that an entry is to be shown at once it is here: its uuid and an offset.
        self._spot: tuple[str, int] | None = None
        # Whether keys wait for the text that was opened, and until when.
        self._awaits_text = False
        self._text_timer: Timer | None = None
        # The entry that a search led to: its uuid and the query.
        self._sought = ("", "")

    def compose(self) -> ComposeResult:
        """Lay out the header, the panes and the footer."""
        yield self.header
        with Container(id="panes"):
            yield self.entries
            with Container(id="page"):
                yield self.reader
                yield self.connections
                yield FindBar(self.reader, id="find-bar")
        yield Welcome(id="welcome")
        yield Footer()

    def on_mount(self) -> None:
        """Paint first, and load the journal after."""
        self._show_where()
        self.entries.focus()
        self.show_status_in(self.header)
        self.show_history_in(self.header)
        self.charlie.entry_extracted.subscribe(self, self._entry_extracted)
        self.charlie.journal_changed.subscribe(self, self._changed)
        if self.charlie.is_open:
            self.call_after_refresh(self.show_journal, self.charlie.journal_scope.shown)

    @property
    def is_viewing(self) -> bool:
        """Whether keys go to the reader rather than to the list."""
        return self.has_class("-reading")

    @property
    def holds_keys(self) -> bool:
        """Whether another entry is about to be the chosen one, or its text about to be shown."""
        return super().holds_keys or not self.entries.is_settled or self._awaits_text

    @property
    def _choice(self) -> EntrySummary | None:
        """The chosen entry; None while another one is about to be that."""
        return self.entries.chosen if self.entries.is_settled else None

    # Where one is

    def where(self) -> Route:
        """Return the entry that is open, else the list at the chosen entry."""
        wanted, here = self.entries.selection, self.charlie.navigation.here
        if wanted is not None:
            if isinstance(here, EntryRoute) and here.uuid == wanted:
                return here
            return EntryRoute(wanted) if self.is_viewing else JournalRoute(wanted)
        chosen = self.entries.chosen
        if chosen is not None and self.is_viewing:
            offset, query = self.reader.offset_in_view, self._query_of(chosen.uuid)
            return EntryRoute(chosen.uuid, offset, entry_name(chosen), query)
        return JournalRoute(chosen.uuid if chosen else None)

    @property
    def day_in_view(self) -> date | None:
        """The day of the chosen entry."""
        chosen = self.entries.chosen
        return chosen.local_date if chosen else None

    def _query_of(self, uuid: str) -> str:
        return self._sought[1] if self._sought[0] == uuid else ""

    def go_to(self, route: Route) -> None:
        """Show the list, or an entry in it."""
        sought = self._sought
        self._sought = ("", "")
        self._spot = None
        if isinstance(route, EntryRoute):
            self._spot = None if route.offset is None else (route.uuid, route.offset)
            self._sought = (route.uuid, route.query)
        is_viewing = isinstance(route, EntryRoute)
        self.set_class(is_viewing, "-reading")
        (self.reader if is_viewing else self.entries).focus()
        self._await_text(route.uuid if isinstance(route, EntryRoute) else None)
        if isinstance(route, JournalRoute) and route.uuid is None and route.day is not None:
            self.entries.go_to_day(route.day)
        uuid = getattr(route, "uuid", None)
        if uuid is not None:
            self.entries.select(uuid)
            if is_viewing and self.entries.selection is None:
                self._load(uuid, again=self._spot is not None or self._sought != sought)
        self._show_where()
        self.refresh_bindings()

    def _await_text(self, uuid: str | None) -> None:
        """Let keys wait for the text of an entry that is being opened; for None they do not."""
        entry_view = self.reader.entry_view
        self._awaits_text = uuid is not None and (
            entry_view is None or entry_view.entry.uuid != uuid
        )
        if self._text_timer is not None:
            self._text_timer.stop()
            self._text_timer = None
        if self._awaits_text:
            self._text_timer = self.set_timer(PATIENCE, self._text_is_here)

    def _text_is_here(self) -> None:
        self._await_text(None)
        self.charlie.key_buffer.check()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Open the entry when its text is clicked."""
        if event.widget is self.reader and not self.is_viewing:
            self.action_open()

    def on_resize(self) -> None:
        """Put the names beside the reader where there is room."""
        self.connections.as_strip = self.app.size.width < 120

    def show_journal(self, journal: str | None) -> None:
        """Show the entries of a journal, or of all for None."""
        self.entries.show(JournalSource(journal))

    # What the list says

    @on(EntryList.Loaded)
    def _loaded(self, message: EntryList.Loaded) -> None:
        self.set_class(message.count == 0, "-empty")
        # It may have been renamed or deleted meanwhile, or not hold what was asked for.
        shown = self.entries.next_source.journal
        self.charlie.journal_scope.shown = shown
        self._show_where()
        self.query_one(Welcome).journal = shown or ""
        if message.count == 0:
            self.set_class(False, "-reading")
            self._forget_shown()
            self._has_choice = False
        self.refresh_bindings()
        self.charlie.key_buffer.check()

    def _show_where(self) -> None:
        """Show the journal and its number of entries, or the number of the open one.

        The oldest entry has number 1.
        """
        count, cursor = self.entries.row_count, self.entries.cursor
        words = counted(count, "entry", "entries") if count else ""
        title = self.charlie.journal_scope.shown or (
            "Journal" if self.charlie.navigation.behind else "Charlie"
        )
        if self.is_viewing and cursor is not None and count:
            words = f"entry {count - cursor:,} of {count:,}"
            title = "Reading"
        self.header.title = title
        self.header.about = words

    @on(EntryList.Failed)
    def _failed(self, message: EntryList.Failed) -> None:
        self.show_error(message.error)
        self.charlie.key_buffer.check()

    @on(VirtualList.Chosen, "#entries")
    def _chosen(self) -> None:
        chosen = self._choice
        self._show_where()
        if chosen is None:
            return
        if self.is_viewing:
            self._load(chosen.uuid)
        elif not self.has_class("-narrow"):
            self._follow()
        if not self._has_choice:
            self._has_choice = True
            self.refresh_bindings()

    @on(VirtualList.Opened, "#entries")
    def _opened(self) -> None:
        self._open(self.entries.chosen)

    def _load_chosen(self) -> None:
        chosen = self._choice
        if chosen is not None:
            self._load(chosen.uuid)

    def _load(self, uuid: str, *, again: bool = False) -> None:
        if uuid != self._shown or again:
            self._shown = uuid
            run_latest(self, "reader", self._show, uuid)

    def _forget_shown(self) -> None:
        self._shown = None
        self.workers.cancel_group(self, "reader")

    async def _show(self, uuid: str) -> None:
        """Show an entry; one that is overtaken by the next choice is cancelled before this."""
        try:
            entry_view, places = await asyncio.to_thread(load_found, uuid, self._query_of(uuid))
        except NotFoundError:
            self._shown = None
            self.entries.reload()
            self._text_is_here()
            return
        except CharlieError as error:
            self._shown = None
            self.reader.show_sentence(error.message)
            self.show_error(error)
            self._text_is_here()
            return
        at = None
        if self._spot is not None and self._spot[0] == uuid:
            at, self._spot = self._spot[1], None
        self.reader.show(entry_view, at=at, places=places)
        self._show_names(entry_view)
        if self._awaits_text:
            self._text_is_here()

    def _show_names(self, entry_view: EntryView) -> None:
        sentence = "No names in this entry."
        if not entry_view.entry.is_extracted:
            sentence = "Not read by Charlie yet."
        self.connections.show(entry_view.groups, sentence)

    # What others did

    def _entry_extracted(self, uuid: str) -> None:
        self.entries.mark_extracted(uuid)
        if uuid == self._shown:
            self._load(uuid, again=True)

    def _reload(self) -> None:
        self.entries.reload()
        if self._shown is not None:
            self._load(self._shown, again=True)

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable keys without an effect here; they are not shown."""
        if action in ("edit", "delete", "move", "history"):
            return self.entries.chosen is not None
        if action == "open":
            return self.entries.chosen is not None and not self.is_viewing
        if action in ("list", "entry"):
            return self.is_viewing
        if action == "names":
            return self.is_viewing and self.reader.has_focus and self.connections.has_names
        if action == "undo":
            return bool(self._take_back)
        return True

    def action_open(self) -> None:
        """Give the reader the keys, and in a narrow terminal the screen."""
        self._open(self._choice)

    def _open(self, chosen: EntrySummary | None) -> None:
        if chosen is not None:
            self.charlie.navigation.navigate(EntryRoute(chosen.uuid, name=entry_name(chosen)))

    def action_list(self) -> None:
        """Give the list the keys, or the text those that the names beside it have."""
        if self.connections.has_focus:
            self.reader.focus()
            return
        behind = self.charlie.navigation.behind
        if behind and isinstance(behind[-1], JournalRoute):
            self.charlie.navigation.back()
        else:
            chosen = self.entries.chosen
            self.charlie.navigation.navigate(JournalRoute(chosen.uuid if chosen else None))

    def action_names(self) -> None:
        """Give the names beside or below the text the keys."""
        self.connections.focus()

    def action_entry(self, step: int) -> None:
        """Read the entry after or before this one in the list."""
        self.entries.action_move(step)

    def action_history(self) -> None:
        """Show every text that the chosen entry had."""
        chosen = self._choice
        if chosen is not None:
            self.charlie.navigation.navigate(HistoryRoute(chosen.uuid, entry_name(chosen)))

    def action_edit(self) -> None:
        """Edit the chosen entry."""
        # The first paint can do without it.
        from frontend.tui.screens.editor import EditorScreen  # noqa: PLC0415

        chosen = self._choice
        if chosen is not None:
            self.app.push_screen(
                EditorScreen.for_entry(self.charlie.session_lock, chosen), self.written
            )

    def written(self, uuid: str | None) -> None:
        """Show the entry that an editor saved; None where it saved nothing."""
        if uuid is not None:
            if uuid == self._shown:
                self._forget_shown()
            self.entries.reload(select=uuid)

    def action_move(self) -> None:
        """Move the chosen entry to another journal."""
        from frontend.tui.screens.dialogs.journals import JournalsScreen  # noqa: PLC0415 - as above

        chosen = self._choice
        if chosen is not None:
            self.app.push_screen(JournalsScreen(chosen))

    def action_delete(self) -> None:
        """Move the chosen entry to the trash, from where undo brings it back."""
        chosen = self._choice
        if chosen is not None:
            self.change(self._delete, chosen)

    async def _delete(self, entry: EntrySummary) -> None:
        try:
            await asyncio.to_thread(delete_entry, entry.uuid)
        except CharlieError as error:
            self.show_error(error)
            return
        self.offer_undo(partial(self._restore, entry))
        self.show_message(f"{entry_name(entry)} is in the trash. Press u to undo.", UNDO_SECONDS)
        if self.is_viewing:
            self.action_list()
        self.entries.reload(is_awaited=True)

    def offer_undo(self, take_back: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let the key for undo call `take_back`, and then what was offered before it."""
        self._take_back.append(take_back)
        self.refresh_bindings()

    def action_undo(self) -> None:
        """Take back the last deletion or move that was not taken back yet."""
        if self._take_back:
            self.change(self._take_back.pop())
            self.refresh_bindings()

    async def _restore(self, entry: EntrySummary) -> None:
        try:
            await asyncio.to_thread(restore_entry, entry.uuid)
        except CharlieError as error:
            self.show_error(error)
            return
        self.app.clear_notifications()
        left = len(self._take_back)
        more = f" Press u again for {left:,} more." if left else ""
        self.show_message(f"{entry_name(entry)} is back.{more}")
        self.entries.reload(select=entry.uuid)

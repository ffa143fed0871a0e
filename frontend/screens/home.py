"""Home: the list of entries, the one that is chosen, and the names in it."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer

from backend import announce_entry, delete_entry, get_entry, request_reading, restore_entry
from backend.errors import CharlieError, NotFoundError
from backend.records import EntrySummary
from frontend.background import run_each, run_latest
from frontend.reading import Reading, prepare
from frontend.screens.base import CharlieScreen
from frontend.widgets.connections import Connections
from frontend.widgets.entry_list import EntryList, JournalSource
from frontend.widgets.key_line import KeyLine
from frontend.widgets.masthead import Masthead
from frontend.widgets.reader import Reader
from frontend.widgets.virtual_list import VirtualList
from frontend.widgets.welcome import Welcome
from frontend.wording import counted, entry_name

#: How long a deletion can be taken back with a key, in seconds. The trash keeps it after that.
UNDO_SECONDS = 12.0

# Changes that come in a burst (an import, another Charlie) are shown together.
_GATHER_SECONDS = 0.25


class HomeScreen(CharlieScreen[None]):
    """List, reader and names; side by side, stacked or one at a time, as the width allows."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Screen declares it
        (0, "-narrow"),
        (80, "-medium"),
        (120, "-wide"),
    ]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new", tooltip="Write a new entry"),
        Binding("enter,l,right", "open", "read", tooltip="Read the chosen entry"),
        Binding("escape,h,left", "back", "back", tooltip="Back to the list"),
        Binding("u", "undo", "undo", tooltip="Take the deletion back"),
        Binding("e", "edit", "edit", tooltip="Edit the chosen entry"),
        Binding("d", "delete", "delete", tooltip="Move the chosen entry to the trash"),
        Binding("slash", "search", "search", tooltip="Search the journal"),
        Binding("question_mark", "app.help", "help", tooltip="Show all keys of this screen"),
        Binding("s", "app.settings", "settings", tooltip="Settings"),
        Binding("q", "app.quit", "quit", tooltip="Leave Charlie"),
    ]

    def __init__(self) -> None:
        super().__init__()
        # Held here and not looked up: what comes from a thread may come after the end.
        self.masthead = Masthead()
        self.entries = EntryList(JournalSource(), id="entries")
        self.reader = Reader(id="reader")
        self.connections = Connections(id="connections")
        self._deleted: EntrySummary | None = None
        self._undo_timer: Timer | None = None
        self._reload_timer: Timer | None = None
        self._shown: str | None = None
        self._has_choice = False

    def compose(self) -> ComposeResult:
        """The line at the top, the panes, the line at the bottom."""
        yield self.masthead
        with Container(id="panes"):
            yield self.entries
            with Container(id="page"):
                yield self.reader
                yield self.connections
        yield Welcome(id="welcome")
        yield KeyLine()

    def on_mount(self) -> None:
        """Paint first, read after."""
        self.masthead.place = "Charlie"
        self.entries.focus()
        self.show_status_in(self.masthead)
        self.charlie.entry_read.subscribe(self, self._entry_read)
        self.charlie.journal_changed.subscribe(self, self._journal_changed)
        self.call_after_refresh(self.entries.reload)

    @property
    def is_reading(self) -> bool:
        """Whether keys go to the reader rather than to the list."""
        return self.has_class("-reading")

    def on_resize(self) -> None:
        """The names stand beside the reader where there is room."""
        self.connections.as_strip = self.app.size.width < 120

    # What the list says

    @on(EntryList.Loaded)
    def _loaded(self, message: EntryList.Loaded) -> None:
        self.set_class(message.count == 0, "-empty")
        about = counted(message.count, "entry", "entries") if message.count else ""
        self.masthead.about = about
        if message.count == 0:
            self.set_class(False, "-reading")
            self._shown = None
            self._has_choice = False
        self.refresh_bindings()

    @on(EntryList.Failed)
    def _failed(self, message: EntryList.Failed) -> None:
        self.tell_error(message.error)

    @on(VirtualList.Chosen, "#entries")
    def _chosen(self) -> None:
        chosen = self.entries.chosen
        if chosen is None:
            return
        if not self.has_class("-narrow") or self.is_reading:
            self._load(chosen.uuid)
        if not self._has_choice:
            self._has_choice = True
            self.refresh_bindings()

    @on(VirtualList.Opened, "#entries")
    def _opened(self) -> None:
        self.action_open()

    def _load(self, uuid: str, *, again: bool = False) -> None:
        if uuid != self._shown or again:
            run_latest(self, "reader", self._show, uuid)

    async def _show(self, uuid: str) -> None:
        """Show an entry; one that is overtaken by the next choice is cancelled before this."""
        try:
            reading = await asyncio.to_thread(_read, uuid)
        except NotFoundError:
            self.entries.reload()
            return
        except CharlieError as error:
            self._shown = None
            self.reader.say(error.message)
            self.tell_error(error)
            return
        self._shown = uuid
        self.reader.show(reading)
        self._show_names(reading)

    def _show_names(self, reading: Reading) -> None:
        sentence = "No names in this entry."
        if not reading.entry.is_read:
            sentence = "Not read by Charlie yet."
        self.connections.show(reading.groups, sentence)

    # What others did

    def _entry_read(self, uuid: str) -> None:
        self.entries.mark_read(uuid)
        if uuid == self._shown:
            self._load(uuid, again=True)

    def _journal_changed(self, _: None) -> None:
        if self._reload_timer is None:
            self._reload_timer = self.set_timer(_GATHER_SECONDS, self._reload_now)

    def _reload_now(self) -> None:
        self._reload_timer = None
        self.entries.reload()
        if self._shown is not None:
            self._load(self._shown, again=True)

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        if action in ("edit", "delete"):
            return self.entries.chosen is not None
        if action == "open":
            return self.entries.chosen is not None and not self.is_reading
        if action == "back":
            return self.is_reading
        if action == "undo":
            return self._deleted is not None
        return True

    def action_open(self) -> None:
        """Give the reader the keys, and in a narrow terminal the screen."""
        chosen = self.entries.chosen
        if chosen is None:
            return
        self.set_class(True, "-reading")
        self.reader.focus()
        self._load(chosen.uuid)
        self.refresh_bindings()

    def action_back(self) -> None:
        """Back to the list."""
        self.set_class(False, "-reading")
        self.entries.focus()
        self.refresh_bindings()

    def action_new(self) -> None:
        """Write a new entry."""
        # The editor brings Textual's text area along, 30 ms that the first paint has no use for.
        from frontend.screens.editor import EditorScreen  # noqa: PLC0415

        self.app.push_screen(EditorScreen.for_new_entry(self.charlie.presence), self.written)

    def action_edit(self) -> None:
        """Edit the chosen entry."""
        from frontend.screens.editor import EditorScreen  # noqa: PLC0415 - as above

        chosen = self.entries.chosen
        if chosen is not None:
            self.app.push_screen(
                EditorScreen.for_entry(self.charlie.presence, chosen), self.written
            )

    def written(self, uuid: str | None) -> None:
        """Back from the editor; `uuid` is the entry that was saved."""
        if uuid is not None:
            self._shown = None if uuid == self._shown else self._shown
            self.entries.reload(select=uuid)

    def action_search(self) -> None:
        """Search the journal."""
        from frontend.screens.search import SearchScreen  # noqa: PLC0415 - as above

        self.app.push_screen(SearchScreen(), self._found)

    def _found(self, uuid: str | None) -> None:
        """Back from the search; `uuid` is the entry to be opened."""
        if uuid is not None:
            self.entries.reload(select=uuid)
            self.set_class(True, "-reading")
            self.reader.focus()

    def action_delete(self) -> None:
        """Move the chosen entry to the trash, after a question."""
        from frontend.screens.confirm import ConfirmScreen  # noqa: PLC0415 - as above

        chosen = self.entries.chosen
        if chosen is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                run_each(self, "delete", self._delete, chosen)

        question = f"Move {entry_name(chosen)} to the trash?"
        self.app.push_screen(ConfirmScreen(question, "Move to trash", "Keep"), answered)

    async def _delete(self, entry: EntrySummary) -> None:
        try:
            await asyncio.to_thread(delete_entry, entry.uuid)
        except CharlieError as error:
            self.tell_error(error)
            return
        self._offer_undo(entry)
        self.tell(f"{entry_name(entry)} is in the trash. Press u to undo.", UNDO_SECONDS)
        self.action_back()
        self.entries.reload()
        await asyncio.to_thread(announce_entry, entry.uuid, entry.journal)

    def _offer_undo(self, entry: EntrySummary | None) -> None:
        self._deleted = entry
        if self._undo_timer is not None:
            self._undo_timer.stop()
            self._undo_timer = None
        if entry is not None:
            self._undo_timer = self.set_timer(UNDO_SECONDS, lambda: self._offer_undo(None))
        self.refresh_bindings()

    def action_undo(self) -> None:
        """Take the last deletion back."""
        entry = self._deleted
        if entry is not None:
            self._offer_undo(None)
            run_each(self, "delete", self._restore, entry)

    async def _restore(self, entry: EntrySummary) -> None:
        try:
            await asyncio.to_thread(restore_entry, entry.uuid)
        except CharlieError as error:
            self.tell_error(error)
            return
        self.app.clear_notifications()
        self.tell(f"{entry_name(entry)} is back.")
        self.entries.reload(select=entry.uuid)
        await asyncio.to_thread(request_reading, entry.uuid, entry.journal)


def _read(uuid: str) -> Reading:
    return prepare(get_entry(uuid))

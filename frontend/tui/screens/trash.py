"""The trash: what was deleted, since when, and the way back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from backend import (
    empty_trash,
    get_entry,
    list_trash,
    purge_entry,
    request_reading,
    restore_entry,
)
from backend.dates import local_zone, now
from backend.errors import CharlieError, NotFoundError
from backend.records import TrashedEntry
from backend.services.supervision.scheduling import announce_deleted
from backend.text import for_terminal_line
from frontend.shared.formatting import counted, entry_name, short_date, short_moment
from frontend.tui.routes import TrashPlace
from frontend.tui.screens.base import EVERYWHERE, GATHER_SECONDS, HELD_SECONDS, PlaceScreen
from frontend.tui.tasks import Gathering, Pacing, run_latest
from frontend.tui.text.entry_view import Reading, prepare
from frontend.tui.widgets.fields.find_bar import FindBar
from frontend.tui.widgets.lists.item_list import VirtualList
from frontend.tui.widgets.lists.two_line_list import TwoLineList, TwoLines
from frontend.tui.widgets.panes.footer import KeyLine
from frontend.tui.widgets.panes.header import Masthead
from frontend.tui.widgets.panes.reader import Reader

_EXPLAINED = "What is here stays until you delete it for good."
_LOST = "Only a backup brings back what is deleted for good."


class TrashScreen(PlaceScreen):
    """Shows a `TrashPlace`."""

    CSS_PATH = "../styles/history.tcss"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Screen declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "read", "read", tooltip="Read the chosen entry"),
        Binding("h,left", "list", "list", tooltip="To the list"),
        Binding("r,u", "restore", "restore", tooltip="Put the chosen entry back in its journal"),
        Binding("D,d", "purge", "delete for good", tooltip="Delete the chosen entry for good"),
        Binding("E", "empty", "empty", tooltip="Delete all of it for good"),
        *EVERYWHERE,
    ]

    def __init__(self, place: TrashPlace) -> None:
        super().__init__()
        # Held here and not looked up: what comes from a thread may come after the end.
        self.masthead = Masthead()
        self._says = Static(_EXPLAINED, id="history-says", markup=False)
        self._list = TwoLineList(id="trashed")
        self._reader = Reader(id="reader")
        self._follow = Pacing(self, HELD_SECONDS, self._show_chosen)
        self._entries: dict[str, TrashedEntry] = {}
        self._wanted = place.uuid

    def compose(self) -> ComposeResult:
        """What is there beside the text of the chosen entry."""
        yield self.masthead
        yield self._says
        with Container(id="history-panes"):
            yield self._list
            yield self._reader
        yield FindBar(self._reader, id="find-bar")
        yield KeyLine()

    def on_mount(self) -> None:
        """Paint first, read after."""
        self.masthead.place = "Trash"
        self._list.focus()
        self.show_status_in(self.masthead)
        self.show_trail_in(self.masthead)
        self.charlie.journal_changed.subscribe(self, Gathering(self, GATHER_SECONDS, self._reload))
        self._reload()

    def where(self) -> TrashPlace:
        """The chosen entry."""
        return TrashPlace(self._list.chosen or self._wanted)

    def _reload(self) -> None:
        run_latest(self, "trash", self._load)

    async def _load_now(self) -> None:
        """Show what there is after a change; what was read before it is out of date."""
        self.workers.cancel_group(self, "trash")
        await self._load()

    async def _load(self) -> None:
        try:
            entries = await asyncio.to_thread(list_trash)
        except CharlieError as error:
            self.tell_error(error)
            return
        self._entries = {entry.uuid: entry for entry in entries}
        self._list.show([_row(entry) for entry in entries], self._wanted)
        self._wanted = None
        self.masthead.about = counted(len(entries), "entry", "entries") if entries else ""
        if not entries:
            self._list.focus()
            self.workers.cancel_group(self, "text")
            self._reader.say("The trash is empty.")
        self.refresh_bindings()

    @on(VirtualList.Chosen, "#trashed")
    def _chosen(self) -> None:
        self._follow()
        self.refresh_bindings()

    def _show_chosen(self) -> None:
        chosen = self._list.chosen
        if chosen is not None:
            run_latest(self, "text", self._show, chosen)

    @on(VirtualList.Opened, "#trashed")
    def _opened(self) -> None:
        self.action_read()

    async def _show(self, uuid: str) -> None:
        """Show an entry; one that is overtaken by the next choice is cancelled before this."""
        try:
            reading = await asyncio.to_thread(_read, uuid)
        except NotFoundError:
            self._reload()
        except CharlieError as error:
            self._reader.say(error.message)
        else:
            self._reader.show(reading)

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        if action == "read":
            return bool(self._entries) and self._list.has_focus
        if action == "list":
            return not self._list.has_focus
        if action in ("restore", "purge", "empty"):
            return bool(self._entries)
        return True

    def action_read(self) -> None:
        """Give the text the keys."""
        self._reader.focus()
        self.call_after_refresh(self.refresh_bindings)

    def action_list(self) -> None:
        """Give the list the keys."""
        self._list.focus()
        self.call_after_refresh(self.refresh_bindings)

    def action_restore(self) -> None:
        """Put the chosen entry back."""
        entry = self._entries.get(self._list.chosen or "")
        if entry is not None:
            self.change(self._restore, entry)

    async def _restore(self, entry: TrashedEntry) -> None:
        try:
            await asyncio.to_thread(restore_entry, entry.uuid)
        except CharlieError as error:
            self.tell_error(error)
        else:
            self.tell(f"{entry_name(entry)} is back.")
            self.charlie.home.written(entry.uuid)
            # For the app, and beside this: keys do not wait for it.
            reading = partial(request_reading, entry.uuid, entry.journal)
            self.app.run_worker(reading, thread=True, group="requests")
        await self._load_now()

    def action_purge(self) -> None:
        """Delete the chosen entry for good, after a question."""
        entry = self._entries.get(self._list.chosen or "")
        if entry is not None:
            question = f"Delete {entry_name(entry)} and its history for good? {_LOST}"
            purge = partial(self.change, self._purge, entry)
            self.confirm(question, "Delete for good", "Keep", purge, cautious=True)

    async def _purge(self, entry: TrashedEntry) -> None:
        try:
            await asyncio.to_thread(_purge_now, entry.uuid)
        except CharlieError as error:
            self.tell_error(error)
        await self._load_now()

    def action_empty(self) -> None:
        """Delete all that is here for good, after a question."""
        # What is deleted while the question is being thought about is not part of it.
        empty = partial(self.change, self._empty, now())
        count = counted(len(self._entries), "entry", "entries")
        question = f"Delete all that is in the trash, {count} with history, for good? {_LOST}"
        self.confirm(question, "Empty", "Keep", empty, cautious=True)

    async def _empty(self, asked_at: datetime) -> None:
        try:
            count = await asyncio.to_thread(_empty_now, asked_at)
        except CharlieError as error:
            self.tell_error(error)
        else:
            self.tell(f"{counted(count, 'entry', 'entries')} deleted for good.")
        await self._load_now()


def _row(entry: TrashedEntry) -> TwoLines:
    words = f"{short_date(entry.local_date)}  {for_terminal_line(entry.title or entry.preview)}"
    at = short_moment(entry.deleted_at, local_zone())
    about = f"{counted(entry.word_count, 'word')} · deleted {at}"
    return TwoLines(entry.uuid, words, about)


def _read(uuid: str) -> Reading:
    return prepare(get_entry(uuid, in_trash=True))


def _purge_now(uuid: str) -> None:
    announce_deleted(purge_entry(uuid))


def _empty_now(asked_at: datetime) -> int:
    deleted = empty_trash(asked_at)
    for uuid in deleted:
        announce_deleted(uuid)
    return len(deleted)

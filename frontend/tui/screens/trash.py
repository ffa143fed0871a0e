"""The trash: what was deleted, since when, and the way back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType

from backend import (
    empty_trash,
    get_entry,
    list_trash,
    purge_entry,
    restore_entry,
)
from backend.dates import local_zone, now
from backend.errors import CharlieError, NotFoundError
from backend.records import TrashedEntry
from backend.text import for_terminal_line
from frontend.shared.formatting import counted, entry_name, short_date, short_moment
from frontend.tui.routes import TrashRoute
from frontend.tui.screens.base import EVERYWHERE
from frontend.tui.screens.list_and_text import ListAndTextScreen
from frontend.tui.text.entry_view import EntryView, prepare
from frontend.tui.widgets.lists.two_line_list import TwoLines

_EXPLAINED = "What is here stays until you delete it for good."
_LOST = "Only a backup brings back what is deleted for good."


class TrashScreen(ListAndTextScreen[TrashedEntry]):
    """Shows a `TrashRoute`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "read", "read", tooltip="Read the chosen entry"),
        Binding("h,left", "list", "list", tooltip="To the list"),
        Binding("r,u", "restore", "restore", tooltip="Put the chosen entry back in its journal"),
        Binding("D,d", "purge", "delete for good", tooltip="Delete the chosen entry for good"),
        Binding("E", "empty", "empty", tooltip="Delete all of it for good"),
        *EVERYWHERE,
    ]

    def __init__(self, route: TrashRoute) -> None:
        super().__init__("Trash", _EXPLAINED, route.uuid or "")

    def where(self) -> TrashRoute:
        """Return the chosen entry."""
        return TrashRoute(self.list.chosen_key or self.wanted or None)

    async def load(self) -> None:
        """Read what is in the trash, and show it."""
        try:
            entries = await asyncio.to_thread(list_trash)
        except CharlieError as error:
            self.show_error(error)
            return
        self.show_records(
            {entry.uuid: entry for entry in entries}, [_row(each) for each in entries]
        )
        self.header.about = counted(len(entries), "entry", "entries") if entries else ""
        if not entries:
            self.list.focus()
            self.workers.cancel_group(self, "text")
            self.reader.show_sentence("The trash is empty.")
        self.refresh_bindings()

    async def show_record(self, record: TrashedEntry) -> None:
        """Show an entry's text."""
        try:
            entry_view = await asyncio.to_thread(_load, record.uuid)
        except NotFoundError:
            self.reload()
        except CharlieError as error:
            self.reader.show_sentence(error.message)
        else:
            self.reader.show(entry_view)

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key has an effect here, and is shown."""
        if action in ("restore", "purge", "empty"):
            return bool(self.records)
        return super().check_action(action, parameters)

    def action_restore(self) -> None:
        """Put the chosen entry back."""
        entry = self.chosen
        if entry is not None:
            self.change(self._restore, entry)

    async def _restore(self, entry: TrashedEntry) -> None:
        try:
            await asyncio.to_thread(restore_entry, entry.uuid)
        except CharlieError as error:
            self.show_error(error)
        else:
            self.show_message(f"{entry_name(entry)} is back.")
            self.charlie.home.written(entry.uuid)
        await self.load_now()

    def action_purge(self) -> None:
        """Delete the chosen entry for good, after a question."""
        entry = self.chosen
        if entry is not None:
            question = f"Delete {entry_name(entry)} and its history for good? {_LOST}"
            purge = partial(self.change, self._purge, entry)
            self.confirm(question, "Delete for good", "Keep", purge, cautious=True)

    async def _purge(self, entry: TrashedEntry) -> None:
        try:
            await asyncio.to_thread(purge_entry, entry.uuid)
        except CharlieError as error:
            self.show_error(error)
        await self.load_now()

    def action_empty(self) -> None:
        """Delete all that is here for good, after a question."""
        # What is deleted while the question is being thought about is not part of it.
        empty = partial(self.change, self._empty, now())
        count = counted(len(self.records), "entry", "entries")
        question = f"Delete all that is in the trash, {count} with history, for good? {_LOST}"
        self.confirm(question, "Empty", "Keep", empty, cautious=True)

    async def _empty(self, asked_at: datetime) -> None:
        try:
            deleted = await asyncio.to_thread(empty_trash, asked_at)
        except CharlieError as error:
            self.show_error(error)
        else:
            self.show_message(f"{counted(len(deleted), 'entry', 'entries')} deleted for good.")
        await self.load_now()


def _row(entry: TrashedEntry) -> TwoLines:
    words = f"{short_date(entry.local_date)}  {for_terminal_line(entry.title or entry.preview)}"
    at = short_moment(entry.deleted_at, local_zone())
    about = f"{counted(entry.word_count, 'word')} · deleted {at}"
    return TwoLines(entry.uuid, words, about)


def _load(uuid: str) -> EntryView:
    return prepare(get_entry(uuid, in_trash=True))

"""Shows one journal or all of them, remembers which, and moves entries between them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from backend import find_journal, get_preferences, move_entry
from backend.errors import CharlieError
from backend.records import EntrySummary
from frontend.shared.formatting import entry_name
from frontend.tui.app.journal_scope import keep
from frontend.tui.routes import JournalPlace
from frontend.tui.screens.home import UNDO_SECONDS
from frontend.tui.tasks import LatestWriter, run_each

if TYPE_CHECKING:
    from frontend.tui.app.app import CharlieApp


class Librarian:
    """One per app; what it changes is the app's shelf."""

    def __init__(self, charlie: CharlieApp) -> None:
        self._charlie = charlie
        self._keeper = LatestWriter(keep)

    def show(self, journal: str | None) -> None:
        """Show one journal, or all for None, from now on; new entries go where one looks."""
        charlie = self._charlie
        charlie.shelf.show(journal)
        charlie.home.show_journal(journal)
        if not isinstance(charlie.trail.here, JournalPlace):
            charlie.visit(JournalPlace())
        run_each(charlie, "settings", self._keep)

    async def _keep(self) -> None:
        try:
            await self._keeper.put(replace(self._charlie.shelf))
        except CharlieError as error:
            self._charlie.tell_error(error)

    async def move(self, entry: EntrySummary, journal: str) -> None:
        """Move an entry to another journal; for a while it can be taken back."""
        if await self._move(entry.uuid, journal):
            back = partial(self._move_back, entry)
            self._charlie.home.offer_undo(back)
            words = f"{entry_name(entry)} is in “{journal}” now. Press u to undo."
            self._charlie.home.tell(words, UNDO_SECONDS)

    async def _move_back(self, entry: EntrySummary) -> None:
        if await self._move(entry.uuid, entry.journal):
            self._charlie.clear_notifications()
            self._charlie.home.tell(f"{entry_name(entry)} is back in “{entry.journal}”.")
            self._charlie.home.entries.reload(select=entry.uuid)

    async def _move(self, uuid: str, journal: str) -> bool:
        try:
            await asyncio.to_thread(move_entry, uuid, journal)
        except CharlieError as error:
            self._charlie.tell_error(error)
            return False
        self._charlie.journal_changed.publish(None)
        return True

    async def check(self) -> None:
        """Ask how the journal is called now that new entries go into; it may have been renamed."""
        shelf = self._charlie.shelf
        written = shelf.written
        try:
            if await asyncio.to_thread(find_journal, written) is None:
                preferences = await asyncio.to_thread(get_preferences)
                if shelf.written == written:
                    shelf.take_written(preferences)
        except CharlieError as error:
            self._charlie.tell_error(error)

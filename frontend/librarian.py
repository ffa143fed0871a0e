"""Shows one journal or all of them, and remembers which."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from backend import find_journal, get_preferences
from backend.errors import CharlieError
from frontend.background import LatestWriter, run_each
from frontend.places import JournalPlace
from frontend.shelf import keep

if TYPE_CHECKING:
    from frontend.app import CharlieApp


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

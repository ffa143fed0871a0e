"""Shows one journal or all of them, remembers which, and moves entries between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from textual.app import App
from textual.signal import Signal

from backend import find_journal, get_preferences, move_entry
from backend.errors import CharlieError
from backend.records import EntrySummary
from frontend.shared.formatting import entry_name
from frontend.tui.app.navigation import Navigation
from frontend.tui.journal_scope import JournalScope, keep
from frontend.tui.routes import JournalRoute
from frontend.tui.screens.home import UNDO_SECONDS
from frontend.tui.tasks import LatestWriter, run_each


class JournalSwitch:
    """Changes which journal is shown, and which one an entry is in.

    Args:
        app: the app on which it works.
        navigation: leads to the list of the journal that is shown.
        journal_scope: says which journal that is.
        changed: published when an entry was moved.
        show_error: shows what went wrong.
    """

    def __init__(
        self,
        app: App[None],
        navigation: Navigation,
        journal_scope: JournalScope,
        changed: Signal[None],
        show_error: Callable[[CharlieError], None],
    ) -> None:
        self._app = app
        self._navigation = navigation
        self._scope = journal_scope
        self._changed = changed
        self._show_error = show_error
        self._writer = LatestWriter(keep)

    def show(self, journal: str | None) -> None:
        """Show one journal, or all for None, from now on, and write new entries there."""
        self._scope.show(journal)
        self._navigation.home.show_journal(journal)
        if not isinstance(self._navigation.here, JournalRoute):
            self._navigation.navigate(JournalRoute())
        run_each(self._app, "settings", self._keep)

    async def _keep(self) -> None:
        try:
            await self._writer.put(replace(self._scope))
        except CharlieError as error:
            self._show_error(error)

    async def move(self, entry: EntrySummary, journal: str) -> None:
        """Move an entry to another journal; for a while it can be taken back."""
        if await self._move(entry.uuid, journal):
            back = partial(self._move_back, entry)
            self._navigation.home.offer_undo(back)
            words = f"{entry_name(entry)} is in “{journal}” now. Press u to undo."
            self._navigation.home.show_message(words, UNDO_SECONDS)

    async def _move_back(self, entry: EntrySummary) -> None:
        if await self._move(entry.uuid, entry.journal):
            self._app.clear_notifications()
            self._navigation.home.show_message(f"{entry_name(entry)} is back in “{entry.journal}”.")
            self._navigation.home.entries.reload(select=entry.uuid)

    async def _move(self, uuid: str, journal: str) -> bool:
        try:
            await asyncio.to_thread(move_entry, uuid, journal)
        except CharlieError as error:
            self._show_error(error)
            return False
        self._changed.publish(None)
        return True

    async def check(self) -> None:
        """Look up what the journal for new entries is called now: it may have been renamed."""
        journal_scope = self._scope
        written = journal_scope.written
        try:
            if await asyncio.to_thread(find_journal, written) is None:
                preferences = await asyncio.to_thread(get_preferences)
                if journal_scope.written == written:
                    journal_scope.apply_written(preferences)
        except CharlieError as error:
            self._show_error(error)

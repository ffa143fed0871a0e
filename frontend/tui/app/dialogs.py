"""Opens what lies over a place for a while: a page to write on, journals, settings, keys.

Each screen is imported when it is opened: the first paint can do without them, most of all
without the editor, which brings Textual's text area along (30 ms).
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from datetime import date

from textual.app import App

from backend.errors import CharlieError
from backend.services.draft_sessions import SessionLock
from frontend.tui.app.navigation import Navigation
from frontend.tui.journal_scope import JournalScope
from frontend.tui.routes import JournalRoute
from frontend.tui.tasks import run_each


class Dialogs:
    """Opens screens over the place where one is.

    Args:
        app: the app whose screens they are.
        navigation: where what was chosen leads to.
        session_lock: tells other Charlies which drafts are being written here.
        journal_scope: which journal new entries go into.
        show_error: shows what went wrong.
    """

    def __init__(
        self,
        app: App[None],
        navigation: Navigation,
        session_lock: SessionLock,
        journal_scope: JournalScope,
        show_error: Callable[[CharlieError], None],
    ) -> None:
        self._app = app
        self._navigation = navigation
        self._session_lock = session_lock
        self._scope = journal_scope
        self._show_error = show_error
        # The words of what was chosen from the palette, the latest last.
        self._recent: list[str] = []

    def write(self, beginning: str = "") -> None:
        """Write a new entry, which begins with `beginning`."""
        from frontend.tui.screens.editor import EditorScreen  # noqa: PLC0415

        editor = EditorScreen.for_new_entry(
            self._session_lock, self._scope.written, beginning=beginning
        )
        self._app.push_screen(editor, self._navigation.home.written)

    def write_from_template(self) -> None:
        """Write a new entry that begins with one of the user's templates."""
        from frontend.tui.screens.dialogs.templates import TemplatesScreen  # noqa: PLC0415

        def chosen(beginning: str | None) -> None:
            if beginning is not None:
                self.write(beginning)

        self._app.push_screen(TemplatesScreen(), chosen)

    def journals(self) -> None:
        """Show the journals."""
        from frontend.tui.screens.dialogs.journals import JournalsScreen  # noqa: PLC0415

        self._app.push_screen(JournalsScreen())

    def go_to_date(self) -> None:
        """Ask for a day, and go to it in the list."""
        from frontend.tui.screens.dialogs.go_to_date import JumpScreen  # noqa: PLC0415

        def chosen(day: date | None) -> None:
            if day is not None:
                self._navigation.navigate(JournalRoute(day=day))

        self._app.push_screen(JumpScreen(self._navigation.home.entries.nearest_day), chosen)

    def settings(self) -> None:
        """Show the settings."""
        from frontend.tui.screens.settings import SettingsScreen  # noqa: PLC0415

        self._app.push_screen(SettingsScreen())

    def help(self) -> None:
        """Show all keys of the screen that is open."""
        from frontend.tui.screens.dialogs.help import HelpScreen  # noqa: PLC0415

        if not isinstance(self._app.screen, HelpScreen):
            self._app.push_screen(HelpScreen(self._app.screen))

    def palette(self) -> None:
        """Show where one can go from the screen that is open, and what can be done there."""
        from frontend.tui.app.palette_commands import open_palette  # noqa: PLC0415

        open_palette(self._app, self._navigation, self._recent)

    def drafts(self, *, message_if_none: bool = False) -> None:
        """Show the drafts that were left behind, as soon as nobody is writing.

        Args:
            message_if_none: show them at once, or say that there are none.
        """
        run_each(self._app, "default", self._offer_drafts, message_if_none=message_if_none)

    async def _offer_drafts(self, *, message_if_none: bool) -> None:
        # Imported in a thread: it brings the editor along.
        drafts = await asyncio.to_thread(importlib.import_module, "frontend.tui.screens.drafts")
        try:
            await asyncio.to_thread(self._session_lock.acquire)
            await drafts.offer_recovered(
                self._app, self._session_lock, message_if_none=message_if_none
            )
        except CharlieError as error:
            self._show_error(error)

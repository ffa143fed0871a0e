"""What is opened over a place for a while: a page to write on, journals, settings, keys.

Each screen is imported when it is opened: the first paint can do without them, most of all
without the editor, which brings Textual's text area along (30 ms).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.services.draft_sessions import SessionLock
from frontend.tui.app.journal_scope import Shelf
from frontend.tui.app.navigation import WalkingApp
from frontend.tui.routes import JournalPlace


class OpeningApp(WalkingApp):
    """An app that opens screens over the place where one is.

    Attributes:
        session_lock: tells other Charlies which drafts are being written here.
        shelf: which journal is shown, and which one new entries go into.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.session_lock = SessionLock()
        self.shelf = Shelf()

    def action_new(self) -> None:
        """Write a new entry."""
        from frontend.tui.screens.editor import EditorScreen  # noqa: PLC0415

        editor = EditorScreen.for_new_entry(self.session_lock, self.shelf.written)
        self.push_screen(editor, self.home.written)

    def action_new_from_template(self) -> None:
        """Write a new entry that begins with one of the user's templates."""
        from frontend.tui.screens.dialogs.templates import TemplatesScreen  # noqa: PLC0415
        from frontend.tui.screens.editor import EditorScreen  # noqa: PLC0415

        def chosen(beginning: str | None) -> None:
            if beginning is not None:
                editor = EditorScreen.for_new_entry(
                    self.session_lock, self.shelf.written, beginning=beginning
                )
                self.push_screen(editor, self.home.written)

        self.push_screen(TemplatesScreen(), chosen)

    def action_journals(self) -> None:
        """Show the journals."""
        from frontend.tui.screens.dialogs.journals import JournalsScreen  # noqa: PLC0415

        self.push_screen(JournalsScreen())

    def action_jump(self) -> None:
        """Ask for a day, and go to it in the list."""
        from frontend.tui.screens.dialogs.go_to_date import JumpScreen  # noqa: PLC0415

        def chosen(day: date | None) -> None:
            if day is not None:
                self.visit(JournalPlace(day=day))

        self.push_screen(JumpScreen(self.home.entries.nearest_day), chosen)

    def action_settings(self) -> None:
        """Show the settings."""
        from frontend.tui.screens.settings import SettingsScreen  # noqa: PLC0415

        self.push_screen(SettingsScreen())

    def action_help(self) -> None:
        """Show all keys of the screen that is open."""
        from frontend.tui.screens.dialogs.help import HelpScreen  # noqa: PLC0415

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

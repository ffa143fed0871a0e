"""Which journal is shown, and which one new entries go into."""

from __future__ import annotations

from dataclasses import dataclass

from backend import set_preferences
from backend.preferences import (
    DEFAULT_JOURNAL_NAME,
    SHOWN_JOURNAL,
    WRITTEN_JOURNAL,
    Preferences,
)
from backend.records import DEFAULT_JOURNAL


@dataclass(slots=True)
class JournalScope:
    """`shown` is the journal on the screen, None for all; `written` gets the new entries."""

    shown: str | None = None
    written: str = DEFAULT_JOURNAL

    def apply(self, preferences: Preferences) -> None:
        """Take over what was chosen before."""
        self.shown = preferences[SHOWN_JOURNAL]
        self.apply_written(preferences)

    def apply_written(self, preferences: Preferences) -> None:
        """Take over where entries go, which may have another name now."""
        chosen = preferences[WRITTEN_JOURNAL] or preferences[DEFAULT_JOURNAL_NAME]
        self.written = chosen or DEFAULT_JOURNAL

    def show(self, journal: str | None) -> None:
        """Show `journal` and write in it, or show all and go on writing where one did."""
        self.shown = journal
        self.written = journal or self.written


def keep(journal_scope: JournalScope) -> None:
    """Remember it for the next start; blocks.

    Raises:
        StorageError: it could not be written.
    """
    set_preferences(
        SHOWN_JOURNAL.to(journal_scope.shown), WRITTEN_JOURNAL.to(journal_scope.written)
    )

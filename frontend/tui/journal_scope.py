"""Which journal is shown, and which one new entries go into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend import set_preferences
from backend.records import DEFAULT_JOURNAL


@dataclass(slots=True)
class Shelf:
    """`shown` is the journal on the screen, None for all; `written` gets the new entries."""

    shown: str | None = None
    written: str = DEFAULT_JOURNAL

    def take(self, preferences: Mapping[str, object]) -> None:
        """Take over what was chosen before."""
        self.shown = _name(preferences.get("journal"))
        self.take_written(preferences)

    def take_written(self, preferences: Mapping[str, object]) -> None:
        """Take over where entries go, which may have another name now."""
        chosen = _name(preferences.get("last_journal"))
        self.written = chosen or _name(preferences.get("default_journal")) or DEFAULT_JOURNAL

    def show(self, journal: str | None) -> None:
        """Show `journal` and write in it, or show all and go on writing where one did."""
        self.shown = journal
        self.written = journal or self.written


def keep(shelf: Shelf) -> None:
    """Remember it for the next start; blocks.

    Raises:
        StorageError: it could not be written.
    """
    set_preferences({"journal": shelf.shown, "last_journal": shelf.written})


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None

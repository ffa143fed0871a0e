"""What a screen may ask of the app that shows it.

Screens are imported by the app and know it only by these protocols, so that no import points
upwards.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol

from textual.signal import Signal

if TYPE_CHECKING:
    from backend.errors import CharlieError
    from backend.records import EntrySummary
    from backend.services.draft_sessions import SessionLock
    from frontend.tui.journal_scope import JournalScope
    from frontend.tui.routes import Route


class Navigation(Protocol):
    """Goes from place to place."""

    @property
    def here(self) -> Route:
        """The place that is shown, or is about to be."""

    @property
    def behind(self) -> tuple[Route, ...]:
        """The places that `back` leads to, the nearest one last."""

    @property
    def changed(self) -> Signal[tuple[str, ...]]:
        """Published after every step, with what `labels_behind` returns."""

    def navigate(self, route: Route) -> None:
        """Go to `route`; the one that is left can be come back to."""

    def back(self) -> None:
        """Go to the place before this one, if there is one."""

    def labels_behind(self) -> tuple[str, ...]:
        """Return the names of the places behind, safe for the terminal."""


class KeyBuffer(Protocol):
    """Carries out keys one after the other."""

    def check(self) -> None:
        """Carry on with the keys that wait, if what they wait for is there."""

    def all_taken(self) -> Awaitable[None]:
        """Wait until every key typed before the latest command has had its effect."""


class ScreenLock(Protocol):
    """Covers the screen."""

    @property
    def has_passphrase(self) -> bool:
        """Whether a passphrase is asked for, as far as that is known."""

    def ask(self) -> bool:
        """Return whether a passphrase is asked for now; blocks.

        Raises:
            StorageError: that cannot be looked up.
        """

    async def attempt(self, passphrase: str) -> str:
        """Try a passphrase; return "" if it is right, else a sentence to show.

        Raises:
            StorageError: it cannot be looked up.
        """

    def set_patience(self, minutes: str) -> None:
        """Cover the screen after so many minutes, or never: a value of `LOCK_AFTER`."""


class JournalSwitch(Protocol):
    """Changes which journal is shown."""

    def show(self, journal: str | None) -> None:
        """Show one journal, or all for None, and write new entries there."""

    async def move(self, entry: EntrySummary, journal: str) -> None:
        """Move an entry to another journal, and offer to take that back."""


class Dialogs(Protocol):
    """Opens what lies over a place for a while."""

    def journals(self) -> None:
        """Show the journals."""


class Home(Protocol):
    """The screen below all others."""

    def show_journal(self, journal: str | None) -> None:
        """Show the entries of a journal, or of all for None."""

    def written(self, uuid: str | None) -> None:
        """Show the entry that was saved; None where none was."""


class Charlie(Protocol):
    """The app, as far as screens know it."""

    @property
    def navigation(self) -> Navigation:
        """Goes from place to place."""

    @property
    def key_buffer(self) -> KeyBuffer:
        """Carries out keys one after the other."""

    @property
    def screen_lock(self) -> ScreenLock:
        """Covers the screen."""

    @property
    def journal_switch(self) -> JournalSwitch:
        """Changes which journal is shown."""

    @property
    def dialogs(self) -> Dialogs:
        """Opens what lies over a place for a while."""

    @property
    def home(self) -> Home:
        """The screen below all others."""

    @property
    def journal_scope(self) -> JournalScope:
        """Which journal is shown, and which one gets the new entries."""

    @property
    def session_lock(self) -> SessionLock:
        """Tells other Charlies which drafts are being written here."""

    @property
    def is_open(self) -> bool:
        """Whether the journal is open; a migration may take seconds at the start."""

    @property
    def status(self) -> str:
        """The worker's state in words."""

    @property
    def status_changed(self) -> Signal[str]:
        """Published with the worker's state in words."""

    @property
    def journal_changed(self) -> Signal[None]:
        """Published when entries were saved, deleted or restored, here or elsewhere."""

    @property
    def entry_extracted(self) -> Signal[str]:
        """Published with the uuid of an entry whose names were stored."""

    @property
    def inference_changed(self) -> Signal[None]:
        """Published when the switch for extraction was turned, here or elsewhere."""

    def show_error(self, error: CharlieError) -> None:
        """Show what happened, what is safe and what to do next."""

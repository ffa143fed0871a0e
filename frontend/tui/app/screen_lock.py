"""Covers the screen: on request, after a while without a key, and before anything is shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from math import ceil

from textual import events
from textual.app import App
from textual.timer import Timer

from backend import get_preference
from backend.preferences import (
    LOCK_AFTER,
    NEVER,
    SCREEN_LOCK,
    UNKNOWN_PASSPHRASE,
    Preferences,
)
from frontend.tui.tasks import run_each

# How often it is looked whether the time without a key is over. In seconds.
_LOOK_SECONDS = 5.0

_SIGNS_OF_LIFE = (
    events.Key,
    events.Paste,
    events.MouseDown,
    events.MouseScrollDown,
    events.MouseScrollUp,
)


class ScreenLock:
    """Whether the screen is covered, and what has to wait until it is not.

    Args:
        app: the app whose screen it is.
        turn: held while screens change; the lock holds it while the screen is covered, so that
            no walk takes the cover away.

    Attributes:
        is_closed: whether the screen is covered.
        has_passphrase: whether one is asked for, as far as that is known.
        patience: seconds without a key after which the screen is covered; None for never.
    """

    def __init__(self, app: App[None], turn: asyncio.Lock) -> None:
        self.is_closed = False
        self.has_passphrase = False
        self.patience: float | None = None
        self._app = app
        self._turn = turn
        self._clocks = _clocks()
        self._timer: Timer | None = None
        # Covered, or about to be.
        self._is_wanted = False
        # What was to be shown meanwhile.
        self._waiting: list[Callable[[], object]] = []

    @property
    def is_closing(self) -> bool:
        """Whether the screen is about to be covered: keys are for the cover."""
        return self._is_wanted and not self.is_closed

    def apply(self, preferences: Preferences) -> None:
        """Apply what is set (see `backend.services.screen_lock`)."""
        # Not asked of that module: it brings OpenSSL along, and the first paint waits for this.
        self.has_passphrase = preferences[SCREEN_LOCK] is not None
        self.set_patience(preferences[LOCK_AFTER])

    def set_patience(self, minutes: str) -> None:
        """Cover the screen after so many minutes, or never: a value of `LOCK_AFTER`."""
        self.patience = None if minutes == NEVER else 60.0 * int(minutes)
        self.watch()

    async def begin(self) -> None:
        """Cover the screen before the first paint if a passphrase is asked for."""
        if self.has_passphrase:
            self._is_wanted = True
            await self._cover()

    def watch(self) -> None:
        """Look from time to time whether anybody is there, if that matters."""
        if self.patience is not None and self._timer is None and self._app.is_running:
            self._timer = self._app.set_interval(_LOOK_SECONDS, self._look)

    def notice(self, event: events.Event) -> None:
        """Note that somebody is there, if `event` comes from the keyboard or the mouse."""
        if isinstance(event, _SIGNS_OF_LIFE):
            self._clocks = _clocks()

    def _look(self) -> None:
        # The one clock stands still while the machine sleeps, the other one may be set.
        idle = max(now - then for now, then in zip(_clocks(), self._clocks, strict=True))
        if self.patience is not None and idle >= self.patience:
            self.close()

    def close(self) -> None:
        """Cover the screen, if it is not."""
        if not self._is_wanted:
            self._is_wanted = True
            run_each(self._app, "lock", self._cover)

    async def _cover(self) -> None:
        await self._turn.acquire()
        # The first paint can do without it.
        from frontend.tui.screens.lock import LockScreen  # noqa: PLC0415

        shown = self._app.push_screen(LockScreen(self), self._opened)
        # From here on nothing comes over it.
        self.is_closed = True
        await shown

    def _opened(self, _: None) -> None:
        self.is_closed = self._is_wanted = False
        self._turn.release()
        waiting, self._waiting = self._waiting, []
        for show in waiting:
            show()

    def hold(self, show: Callable[[], object]) -> None:
        """Call `show` when the cover is off."""
        self._waiting.append(show)

    def ask(self) -> bool:
        """Return whether a passphrase is asked for now; blocks.

        Raises:
            StorageError: that cannot be looked up.
        """
        self.has_passphrase = get_preference(SCREEN_LOCK) is not None
        return self.has_passphrase

    async def attempt(self, passphrase: str) -> str:
        """Try a passphrase; return "" if it is right, else a sentence to show.

        After a wrong one the next try counts only after a while, twice as long each time.

        Raises:
            StorageError: it cannot be looked up.
        """
        wait, is_right = await asyncio.to_thread(_try, passphrase)
        if wait > 0:
            return f"Not yet. The next try counts in {ceil(wait)} s."
        if is_right:
            return ""
        if await asyncio.to_thread(get_preference, SCREEN_LOCK) == UNKNOWN_PASSPHRASE:
            return "What was kept of the passphrase is damaged: charlie lock remove --forgotten"
        delay = await asyncio.to_thread(_note_wrong_try)
        return f"That is not it. The next try counts in {delay:.0f} s."


def _clocks() -> tuple[float, float]:
    return time.monotonic(), time.time()


def _try(passphrase: str) -> tuple[float, bool]:
    """Return how long a try does not count yet, and whether this one is right if it does."""
    # It brings OpenSSL along, which the first paint can do without.
    from backend.services import screen_lock  # noqa: PLC0415

    if wait := screen_lock.seconds_until_next_try():
        return wait, False
    is_right = screen_lock.is_right(passphrase)
    if is_right:
        screen_lock.forget_wrong_tries()
    return 0.0, is_right


def _note_wrong_try() -> float:
    # As above.
    from backend.services import screen_lock  # noqa: PLC0415

    return screen_lock.note_wrong_try()

"""Opens the journal when Charlie starts: before the first paint, or visibly after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from backend import get_preferences, is_migrating
from backend.errors import CharlieError
from backend.preferences import Preferences

# How long the first paint waits for how it is to look, in seconds. It takes a tenth of that, but
# seconds where a new version backs the journal up first.
_PATIENCE = 0.2


class Start:
    """The opening of the journal; one per app.

    Args:
        apply: called with the preferences as soon as the journal is open.
        fail: called with the reason if it cannot be opened.

    Attributes:
        is_over: whether the journal is open.
    """

    def __init__(
        self, apply: Callable[[Preferences], None], fail: Callable[[CharlieError], None]
    ) -> None:
        self.is_over = False
        self._apply = apply
        self._fail = fail
        self._preferences: asyncio.Future[Preferences] | None = None

    async def try_soon(self) -> None:
        """Open the journal, or give up waiting for it in a moment."""
        done, _ = await asyncio.wait({self._asked()}, timeout=_PATIENCE)
        if done:
            await self.wait()

    async def wait(self) -> bool:
        """Wait until the journal is open, however long it takes; return False if it cannot be."""
        try:
            preferences = await self._asked()
        except CharlieError as error:
            self._fail(error)
            return False
        self.is_over = True
        self._apply(preferences)
        return True

    def _asked(self) -> asyncio.Future[Preferences]:
        if self._preferences is None:
            self._preferences = asyncio.ensure_future(asyncio.to_thread(get_preferences))
        return self._preferences

    @property
    def words(self) -> str:
        """What takes so long."""
        return "a new version: backing up first" if is_migrating() else "opening the journal"

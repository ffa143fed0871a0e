"""Opens the journal when Charlie starts: before the first paint, or in front of one's eyes."""

from __future__ import annotations

import asyncio

from backend import get_preferences, is_migrating
from backend.preferences import Preferences

# How long the first paint waits for how it is to look, in seconds. It takes a tenth of that, but
# seconds where a new version backs the journal up first.
_PATIENCE = 0.2


class Start:
    """One per app.

    Attributes:
        is_over: whether the journal is open.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._preferences: asyncio.Future[Preferences] | None = None

    async def try_soon(self) -> Preferences | None:
        """The preferences; None if they do not come in a moment.

        Raises:
            CharlieError: the journal cannot be opened.
        """
        done, _ = await asyncio.wait({self._asked()}, timeout=_PATIENCE)
        return await self.wait() if done else None

    async def wait(self) -> Preferences:
        """The preferences, however long they take.

        Raises:
            CharlieError: the journal cannot be opened.
        """
        preferences = await self._asked()
        self.is_over = True
        return preferences

    def _asked(self) -> asyncio.Future[Preferences]:
        if self._preferences is None:
            self._preferences = asyncio.ensure_future(asyncio.to_thread(get_preferences))
        return self._preferences

    @property
    def words(self) -> str:
        """What takes so long."""
        return "a new version: backing up first" if is_migrating() else "opening the journal"

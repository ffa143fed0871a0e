"""The ways out of the app: asked for, or forced on it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

from textual.app import App

from frontend.tui.screens.base import FieldScreen
from frontend.tui.tasks import run_latest


class Leaving:
    """Ends `app`; what is being written is saved or kept as a draft first.

    Args:
        app: the app that ends.
        is_covered: tells whether the screen is covered.
    """

    def __init__(self, app: App[Any], is_covered: Callable[[], bool]) -> None:
        self._app = app
        self._is_covered = is_covered

    def ask(self) -> None:
        """Leave; text that is being written is saved first, and if it cannot be one stays."""
        # Beside the app's own handlers: an editor waits for keys that they have yet to handle.
        run_latest(self._app, "quit", self._leave)

    async def _leave(self) -> None:
        if self._is_covered():
            # The person who leaves need not be the one who wrote: nothing is saved in their name.
            self.keep_drafts()
            self._app.exit()
            return
        for screen in self._fields():
            if not await screen.settle():
                return
        self._app.exit()

    def listen(self) -> None:
        """Leave when the terminal is gone or the system is going down."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._at_once, number)

    def terminal_gone(self) -> None:
        """Leave as after the signal that should have told of it."""
        self._at_once(signal.SIGHUP)

    def _at_once(self, number: int) -> None:
        """Keep the text as drafts, then leave because of signal `number`."""
        self.keep_drafts()
        self._app.exit(return_code=128 + number)

    def keep_drafts(self) -> None:
        """Keep what is being written as drafts, without waiting for anything."""
        for screen in self._fields():
            screen.keep_now()

    def _fields(self) -> list[FieldScreen[Any]]:
        return [each for each in self._app.screen_stack if isinstance(each, FieldScreen)]

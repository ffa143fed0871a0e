"""The screen that covers all others until it is unlocked."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from backend.errors import CharlieError
from backend.text import for_terminal_line
from frontend.tui.charlie import ScreenLock
from frontend.tui.screens.base import FieldScreen
from frontend.tui.tasks import run_latest
from frontend.tui.widgets.panes.footer import Footer

_ASKED = (
    "The lock covers the screen for people passing by. It encrypts nothing: anyone who can use this"
    " account can read the journal without it.\n\nctrl+q leaves Charlie; what was typed is kept."
)
_COVERED = (
    "Any key shows the journal again. To be asked for a passphrase, set one: charlie lock set"
)


class LockScreen(FieldScreen[None]):
    """Shows nothing of the journal; dismissed when the passphrase is right, or, where there is
    none, with any key.

    Args:
        lock: knows the passphrase.
    """

    CSS_PATH = "../styles/lock.tcss"
    # The field gets the keys when it is known that there is something to be typed.
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "try", "unlock", priority=True),
    ]

    def __init__(self, lock: ScreenLock) -> None:
        super().__init__()
        self._lock = lock
        # None until it is known; any key counts only then.
        self._asks: bool | None = None
        self._input = Input(password=True, placeholder="Passphrase", id="passphrase", compact=True)
        self._input.cursor_blink = False
        self._says = Static("", id="lock-says", markup=False)
        self._about = Static("", id="lock-about", classes="quiet", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out a field in the middle of an empty screen."""
        with Vertical(id="lock"):
            yield Static("Charlie", classes="sheet-title")
            yield self._input
            yield self._says
            yield self._about
        yield Footer()

    def on_mount(self) -> None:
        """Look whether there is a passphrase."""
        self._input.display = False
        run_latest(self, "ask", self._ask)

    async def _ask(self) -> None:
        try:
            asks = await asyncio.to_thread(self._lock.ask)
        except CharlieError:
            asks = self._lock.has_passphrase
        self._asks = asks
        self._input.display = asks
        self._about.update(_ASKED if asks else _COVERED)
        if asks:
            self.give_keys(self._input)
        self.charlie.key_buffer.check()
        self.refresh_bindings()

    @property
    def holds_keys(self) -> bool:
        """Whether it is not known yet what keys mean here."""
        return self._asks is None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable unlocking where no passphrase is asked for."""
        return action != "try" or self._asks is not False

    def accept(self, event: events.Key | events.Paste) -> bool:
        """Give the key to the field, or show the journal again where there is none."""
        if self._asks is False:
            self.dismiss()
            return True
        return super().accept(event)

    def on_click(self) -> None:
        """Show the journal again where no passphrase is asked for."""
        if self._asks is False:
            self.dismiss()

    def action_try(self) -> None:
        """Try what was typed."""
        run_latest(self, "try", self._try)

    async def _try(self) -> None:
        if not self._asks:
            return
        typed = self._input.value
        self._input.value = ""
        if not typed:
            return
        self._says.update("…")
        try:
            problem = await self._lock.attempt(typed)
        except CharlieError as error:
            problem = " ".join(error.lines())
        if problem:
            self._says.update(for_terminal_line(problem))
        else:
            self.dismiss()

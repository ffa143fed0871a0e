"""Somebody who types into a real Charlie in a terminal, and opens it again when it was killed."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable

from tests.frontend.tui.terminal import CHARLIE, Terminal

ESCAPE, SAVE = "\x1b", "\x13"


class Typist:
    """Types into one Charlie after the other.

    Args:
        choose: what to do next.
        say: tells the driver, as `audit.Ledger` wants it; and `["opened", pid]` of each Charlie.
        words: gives a sentence that was never typed before.
    """

    def __init__(
        self, choose: random.Random, say: Callable[..., None], words: Callable[[], str]
    ) -> None:
        self._choose = choose
        self._say = say
        self._words = words
        self._last = ""

    def work(self) -> None:
        """Open Charlie and type, for ever."""
        while True:
            charlie = Terminal(CHARLIE)
            self._say("opened", str(charlie.pid))
            try:
                while True:
                    self._write(charlie)
            except (AssertionError, OSError) as error:
                # There is one way out of this that is none of Charlie's faults.
                if charlie.wait() != -signal.SIGKILL:
                    self._say("stuck", str(error))
                    raise
            charlie.close()

    def _write(self, charlie: Terminal) -> None:
        """Write an entry, and perhaps more of it once it is saved."""
        while "New entry" not in charlie.text:
            charlie.sees("? help")
            if "You were writing" in charlie.text:
                # Left for later: what was kept is looked for in the end.
                charlie.send(ESCAPE)
                charlie.until(lambda: "You were writing" not in charlie.text)
            charlie.send("n")
            charlie.until(lambda: "New entry" in charlie.text or "You were writing" in charlie.text)
        self._type(charlie)
        if self._choose.random() < 0.5:
            charlie.send(SAVE)
            charlie.until(lambda: self._state(charlie) == "saved")
            self._say("written", self._last)
            charlie.send("\r")
            self._type(charlie)
        charlie.send(ESCAPE)
        charlie.sees("? help")
        self._say("written", self._last)

    def _type(self, charlie: Terminal) -> None:
        words = self._last = self._words()
        charlie.send(words)
        charlie.until(lambda: words[-8:] in charlie.text and self._state(charlie) != "saved")
        if self._choose.random() < 0.3:
            charlie.until(lambda: self._state(charlie).startswith("draft kept"))
            self._say("kept", words)

    def _state(self, charlie: Terminal) -> str:
        """What the editor says of the text, in the corner."""
        return charlie.screen.display[0].rpartition("·")[2].strip()

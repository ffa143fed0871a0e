"""A line of text to look for something with."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from backend.text import for_terminal_line
from frontend.pasting import unguard


class QueryInput(Input):
    """What is pasted into it is made fit for the terminal."""

    def __init__(self, value: str = "", *, placeholder: str, id: str | None = None) -> None:
        super().__init__(value, placeholder=placeholder, id=id, compact=True, select_on_focus=False)
        # A cursor that blinks is painted twice a second for ever, over ssh too.
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Insert the first line of what was pasted."""
        event.prevent_default()
        event.stop()
        lines = unguard(event.text).replace("\r", "\n").split("\n")
        self.insert_text_at_cursor(for_terminal_line(lines[0]))

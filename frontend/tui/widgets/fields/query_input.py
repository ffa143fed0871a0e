"""A line of text to look for something with."""

from __future__ import annotations

from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.widgets import Input

from backend.text import for_terminal_line
from frontend.tui.text.pasting import unguard


class QueryInput(Input):
    """What is pasted into it is made fit for the terminal."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"query--wrong"}

    def __init__(self, value: str = "", *, placeholder: str, id: str | None = None) -> None:
        # Start and end of what is underlined; nothing if they are the same.
        self.wrong = (0, 0)
        super().__init__(
            value,
            placeholder=placeholder,
            id=id,
            compact=True,
            select_on_focus=False,
            highlighter=_WrongPart(self),
        )
        # A cursor that blinks is painted twice a second forever, over ssh too.
        self.cursor_blink = False

    def underline(self, start: int | None, length: int) -> None:
        """Underline what is wrong; nothing if `start` is None."""
        wrong = (0, 0) if start is None else (start, start + length)
        if wrong != self.wrong:
            self.wrong = wrong
            self.refresh()

    def on_paste(self, event: events.Paste) -> None:
        """Insert the first line of what was pasted."""
        event.prevent_default()
        event.stop()
        lines = unguard(event.text).replace("\r", "\n").split("\n")
        self.insert_text_at_cursor(for_terminal_line(lines[0]))


class _WrongPart(Highlighter):
    """Underlines a part of the field it is for."""

    def __init__(self, field: QueryInput) -> None:
        self._field = field

    def highlight(self, text: Text) -> None:
        start, end = self._field.wrong
        if start < end:
            text.stylize(self._field.get_component_rich_style("query--wrong"), start, end)

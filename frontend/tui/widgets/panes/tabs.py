"""A line that names the panes of a screen and what each holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

_GAP = 3


class Tabs(Widget):
    """The names of panes, the open ones told by their style and by a mark before them.

    As many as fit stand in the line; an open one is always among them. A click on a name asks
    for its pane.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane-line--open", "pane-line--closed"}

    class Picked(Message):
        """The name of pane number `number` was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._panes: list[tuple[str, bool]] = []
        # (first cell, cell after the last, number) of what is painted, for the mouse.
        self._places: list[tuple[int, int, int]] = []

    def show(self, panes: Sequence[tuple[str, bool]]) -> None:
        """Show other panes: the words for each, safe for the terminal, and whether it is open."""
        if list(panes) != self._panes:
            self._panes = list(panes)
            self.refresh()

    def render(self) -> Text:
        """Return the names in a row."""
        width = self.content_size.width
        line = Text(no_wrap=True, end="")
        self._places = []
        for number in _fitting(self._panes, width):
            words, is_open = self._panes[number]
            if self._places:
                line.append(" " * _GAP)
            start = line.cell_len
            name = "pane-line--open" if is_open else "pane-line--closed"
            line.append("▸" if is_open else " ", self.get_component_rich_style(name, partial=True))
            line.append(words, self.get_component_rich_style(name, partial=True))
            self._places.append((start, line.cell_len, number))
        return line

    def on_click(self, event: events.Click) -> None:
        """Ask for the pane whose name was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for start, end, number in self._places:
            if start <= offset.x < end:
                self.post_message(self.Picked(number))


def _fitting(panes: Sequence[tuple[str, bool]], width: int) -> list[int]:
    """Return the numbers of the panes that `width` cells hold: open ones first of all."""
    chosen: list[int] = []
    used = -_GAP
    for number in sorted(range(len(panes)), key=lambda n: not panes[n][1]):
        used += _GAP + 1 + cell_len(panes[number][0])
        if used > width and chosen:
            break
        chosen.append(number)
    return sorted(chosen)

"""The line at the bottom: the keys that matter here."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widget import Widget

from frontend.tui.key_names import list_actions

_GAP = 2
_HELP = "app.help"


class Footer(Widget):
    """Keys and what they do, from the bindings of the screen and of what has the focus.

    As many as fit, in the order of the screen's bindings; `?` shows all of them. One widget
    that paints a line: Textual's footer builds a widget a key whenever the focus moves.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--text"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        # (first cell, cell after the last, key) of what is painted, for the mouse.
        self._places: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Paint again whenever the bindings change."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Text:
        """Return the keys, as far as the line is wide."""
        width = self.content_size.width
        key_style = self.get_component_rich_style("key-line--key", partial=True)
        text_style = self.get_component_rich_style("key-line--text", partial=True)
        line = Text(no_wrap=True, end="")
        self._places = []
        for key, words, pressed in self._fitting(width):
            start = line.cell_len + (_GAP if self._places else 0)
            line.append(" " * (start - line.cell_len))
            line.append(key, key_style)
            line.append(f" {words}", text_style)
            self._places.append((start, line.cell_len, pressed))
        return line

    def _fitting(self, width: int) -> list[tuple[str, str, str]]:
        """(key, what it does, key as it is pressed) of what fits; the key that tells all comes
        last, and comes always."""
        shown = [
            (key, active.binding.description, active.binding)
            for active, (key, *_) in list_actions(self.screen)
            if active.binding.show
        ]
        last = [each for each in shown if each[2].action == _HELP]
        room = width + _GAP - sum(_cells(*each[:2]) for each in last)
        fitting = []
        for each in shown:
            cells = _cells(*each[:2])
            if each not in last and cells <= room:
                fitting.append(each)
                room -= cells
        return [(key, words, binding.key) for key, words, binding in [*fitting, *last]]

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for start, end, key in self._places:
            if start <= offset.x < end:
                self.app.simulate_key(key)


def _cells(key: str, words: str) -> int:
    """Cells that a key takes, with the gap behind it."""
    return cell_len(key) + 1 + cell_len(words) + _GAP

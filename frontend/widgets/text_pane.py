"""Lines of text to be looked through: figures, a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.strip import Strip

from frontend.widgets.line_view import LineView
from frontend.wrapping import wrap

_MARGIN = 2


class TextPane(LineView, can_focus=True):
    """Shows lines, each with the name of its style, wrapped; scrolled by the keys of the reader.

    Args:
        follows: what is added below comes into view while the end is in view.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane--heading", "pane--quiet", "pane--bad"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_lines(1)", "Down", show=False),
        Binding("k,up", "scroll_lines(-1)", "Up", show=False),
        Binding("ctrl+d", "scroll_screens(0.5)", "Half a screen down", show=False),
        Binding("ctrl+u", "scroll_screens(-0.5)", "Half a screen up", show=False),
        Binding("pagedown,space", "scroll_screens(1)", "A screen down", show=False),
        Binding("pageup", "scroll_screens(-1)", "A screen up", show=False),
        Binding("g,home", "scroll_to_edge(False)", "Beginning", show=False),
        Binding("G,end", "scroll_to_edge(True)", "End", show=False),
    ]

    def __init__(self, *, follows: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._follows = follows
        self._lines: tuple[tuple[str, str], ...] = ()
        # What is painted: pieces of the lines, and the names of their styles.
        self._pieces: list[tuple[str, str]] = []

    def show(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show other lines (text, name of the style or ""); they are safe for the terminal."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self._lay_out()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        is_at_end = self.scroll_offset.y >= self.max_scroll_y
        width = max(1, self.scrollable_content_region.width - 2 * _MARGIN)
        self._pieces = []
        for text, style in self._lines:
            layout = wrap(text, width)
            self._pieces += [
                (text[start:end], style)
                for start, end in zip(layout.starts, layout.ends, strict=True)
            ]
        self.set_lines(len(self._pieces))
        if self._follows and is_at_end:
            self.scroll_to(y=self.max_scroll_y, animate=False)
        self.refresh()

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        line = self.scroll_offset.y + y
        if line >= len(self._pieces):
            return self.blank()
        text, style = self._pieces[line]
        look = self.base + self.part_style(f"pane--{style}" if style else "")
        width = self.scrollable_content_region.width
        return self.strip([Segment(" " * _MARGIN, self.base), Segment(text, look)], width)

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_screens(self, screens: float) -> None:
        """Scroll by a part of the screen."""
        lines = round(screens * self.scrollable_content_region.height)
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_to_edge(self, end: bool) -> None:
        """Scroll to the beginning or to the end."""
        self.scroll_to(y=self.max_scroll_y if end else 0, animate=False)

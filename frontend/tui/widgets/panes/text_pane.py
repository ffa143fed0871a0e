"""Lines of text to be looked through: figures, a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from frontend.tui.text.wrapping import wrap
from frontend.tui.widgets.panes.text_view import TextView

_MARGIN = 2


class TextPane(TextView):
    """Shows lines, each with the name of its style, wrapped.

    Args:
        follows: what is added below comes into view while the end is in view.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane--heading", "pane--quiet", "pane--bad"}

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
        """Wrap again."""
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

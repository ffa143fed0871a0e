"""The keys of every text that is scrolled rather than walked through row by row."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from frontend.tui.widgets.line_view import LineView


class TextView(LineView, can_focus=True):
    """A text that is painted line by line and scrolled with keys."""

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

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_screens(self, screens: float) -> None:
        """Scroll by parts of the visible height; two lines stay in view on a whole one."""
        height = self.scrollable_content_region.height
        lines = max(1, round(abs(screens) * height) - (2 if abs(screens) == 1 else 0))
        self.action_scroll_lines(lines if screens > 0 else -lines)

    def action_scroll_to_edge(self, end: bool) -> None:
        """Scroll to the beginning or to the end."""
        self.scroll_to(y=self.max_scroll_y if end else 0, animate=False)

"""What changed between two texts, a sign before every line that did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from backend.text import for_terminal_line
from frontend.diffing import SIGNS, Change, DiffLine
from frontend.widgets.line_view import LineView
from frontend.wrapping import Mark, Marks, break_line, fit

#: The longest line that is comfortable to read, in cells.
_MEASURE = 84
_SIGN_WIDTH = 2

#: The sign, the text and its marks of a line, and where in the text a line of the view lies.
_Row = tuple[str, DiffLine, Marks, int, int]


class DiffView(LineView, can_focus=True):
    """Shows lines of a diff, or a quiet sentence where there are none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff--same",
        "diff--removed",
        "diff--added",
        "diff--skipped",
        "diff--removed-word",
        "diff--added-word",
    }

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

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[DiffLine] = []
        self._sentence = ""
        self._rows: list[_Row] = []

    def show(self, lines: Sequence[DiffLine], sentence: str) -> None:
        """Show other lines from their beginning, or `sentence` where there are none."""
        if (list(lines), sentence) == (self._lines, self._sentence):
            return
        self._lines = list(lines)
        self._sentence = sentence
        self._arrange()
        self.scroll_to(y=0, animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew."""
        self._arrange()

    def _arrange(self) -> None:
        width = min(_MEASURE, self.scrollable_content_region.width) - _SIGN_WIDTH
        self._rows = []
        if width > 0:
            for line in self._lines:
                self._rows += _wrap(line, width)
        self.set_lines(len(self._rows))
        self.refresh()

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if not self._rows and y == 0:
            sentence = fit(self._sentence, width)
            return self.strip([Segment(sentence, self.base + self.part_style("diff--same"))], width)
        if number >= len(self._rows):
            return self.blank()
        sign, line, marks, start, end = self._rows[number]
        text = for_terminal_line(line.text)
        base = self.base + self.part_style(f"diff--{line.change}")
        segments = [Segment(sign, base)]
        for first, last, mark in marks.runs(start, end):
            style = base + self.part_style(mark or "")
            segments.append(Segment(text[first:last], style))
        return self.strip(segments, width)

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_screens(self, screens: float) -> None:
        """Scroll by parts of the visible height; two lines stay in view on a whole one."""
        height = self.scrollable_content_region.height
        lines = max(1, round(abs(screens) * height) - (2 if abs(screens) == 1 else 0))
        self.action_scroll_lines(lines if screens > 0 else -lines)

    def action_scroll_to_edge(self, end: bool) -> None:
        """Scroll to the beginning or the end."""
        if end:
            self.scroll_end(animate=False)
        else:
            self.scroll_to(y=0, animate=False)


def _wrap(line: DiffLine, width: int) -> list[_Row]:
    text = for_terminal_line(line.text)
    style = "diff--added-word" if line.change is Change.ADDED else "diff--removed-word"
    ranges = line.changed if line.is_changed_in_part else ()
    marks = Marks(Mark(start, end, style) for start, end in ranges)
    sign = SIGNS[line.change]
    # The sign stands before every line of a paragraph: one that is cut off at the top of the
    # view is known by it.
    return [
        (f"{sign} ", line, marks, start, end)
        for start, end in break_line(text, 0, len(text), width)
    ]

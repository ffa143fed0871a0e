"""What changed between two texts, a sign before every line that did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.strip import Strip

from backend.text import for_terminal_line
from frontend.shared.diffing import SIGNS, Change, DiffLine
from frontend.tui.text.wrapping import Mark, Marks, break_line, fit
from frontend.tui.widgets.panes.text_view import TextView

#: The longest line that is comfortable to read, in cells.
_MEASURE = 84
_SIGN_WIDTH = 2

#: The sign, the text and its marks of a line, and where in the text a line of the view lies.
_Row = tuple[str, DiffLine, Marks, int, int]


class DiffView(TextView):
    """Shows lines of a diff, or a quiet sentence where there are none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff--same",
        "diff--removed",
        "diff--added",
        "diff--skipped",
        "diff--removed-word",
        "diff--added-word",
    }

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
        """Wrap again."""
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

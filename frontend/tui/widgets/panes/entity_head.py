"""The lines over an entity's page."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.strip import Strip

from frontend.tui.text.wrapping import wrap
from frontend.tui.views.entity_view import EntityView, Piece, head_lines
from frontend.tui.widgets.line_view import LineView


class EntityHead(LineView, can_focus=False):
    """Shows the head of a `EntityView`, or a quiet sentence where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "head--quiet",
        "head--bars",
        "head--person",
        "head--place",
        "head--organization",
        "head--activity",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entity_view: EntityView | None = None
        self._sentence = ""
        self._lines: list[list[Piece]] = []

    def show(self, entity_view: EntityView) -> None:
        """Show another entity."""
        self._entity_view = entity_view
        self._arrange()

    def show_sentence(self, sentence: str) -> None:
        """Show `sentence` in place of an entity."""
        self._entity_view = None
        self._sentence = sentence
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are as wide as the widget."""
        self._arrange()

    def _arrange(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        before = len(self._lines)
        if self._entity_view is not None:
            self._lines = head_lines(self._entity_view, width)
        else:
            layout = wrap(self._sentence, width)
            self._lines = [
                [(layout.text[start:end], "head--quiet")]
                for start, end in zip(layout.starts, layout.ends, strict=True)
            ]
        self.set_lines(len(self._lines))
        # It is as high as it has lines.
        self.refresh(layout=len(self._lines) != before)

    def paint(self, y: int) -> Strip:
        """One line."""
        line = self.scroll_offset.y + y
        if line >= len(self._lines):
            return self.blank()
        segments = [
            Segment(text, self.base + self.part_style(name)) for text, name in self._lines[line]
        ]
        return self.strip(segments, self.scrollable_content_region.width)

"""The list of what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from backend.records import SearchHit
from backend.text import for_terminal_line
from frontend.shared.formatting import own_title, short_date
from frontend.tui.text.wrapping import Mark, Marks, fit, wrap
from frontend.tui.widgets.lists.item_list import UniformList

_SNIPPET_LINES = 2


class HitList(UniformList):
    """Hits of a search, each with its passage; more are asked for as the cursor nears the end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--heading",
        "list--title",
        "list--text",
        "list--found",
    }

    class MoreWanted(Message):
        """The cursor is near the end of the hits that are here."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hits: list[SearchHit] = []

    @property
    def row_height(self) -> int:
        """Lines of a row, the blank one included."""
        return 4

    @property
    def row_count(self) -> int:
        """Number of hits that are here."""
        return len(self._hits)

    @property
    def chosen(self) -> SearchHit | None:
        """The hit under the cursor."""
        return self._hits[self.cursor] if self.cursor is not None else None

    def show(self, hits: Sequence[SearchHit]) -> None:
        """Show the first hits of another search."""
        self.cursor = None
        self._hits = list(hits)
        self.set_lines(self.total_lines())
        self.scroll_to(y=0, animate=False)
        self.choose(0)
        self.refresh()

    def add(self, hits: Sequence[SearchHit]) -> None:
        """Show more hits below."""
        self._hits.extend(hits)
        self.set_lines(self.total_lines())
        self.refresh()

    def watch_cursor(self, old: int | None, new: int | None) -> None:
        """Ask for more in time."""
        super().watch_cursor(old, new)
        if new is not None and new >= self.row_count - 10:
            self.post_message(self.MoreWanted())

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """A line of a hit: its day, its title, its passage."""
        position, part = divmod(line, self.row_height)
        if part == self.row_height - 1:
            return self.blank()
        hit = self._hits[position]
        base, bar = self.row_style(position, base)
        room = max(1, width - 3)
        if part == 0:
            rest = self._head(hit, room, base)
        else:
            rest = self._passage(hit, room, part - 1, base)
        return self.strip([bar, *rest], width, base)

    def _head(self, hit: SearchHit, room: int, base: Style) -> list[Segment]:
        day = short_date(hit.entry.local_date)
        title = for_terminal_line(own_title(hit.entry))
        segments = [Segment(day, base + self.part_style("list--heading"))]
        if title:
            text = "  " + fit(title, room - len(day) - 2)
            segments.append(Segment(text, base + self.part_style("list--title")))
        return segments

    def _passage(self, hit: SearchHit, room: int, number: int, base: Style) -> list[Segment]:
        text = for_terminal_line(hit.snippet)
        layout = wrap(text, room, stop=room * _SNIPPET_LINES)
        if number >= len(layout):
            return []
        plain = base + self.part_style("list--text")
        found = base + self.part_style("list--found")
        marks = Marks(Mark(start, end, "found") for start, end in hit.highlights)
        return [
            Segment(text[start:end], found if style else plain)
            for start, end, style in marks.runs(layout.starts[number], layout.ends[number])
        ]

"""The list of what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from backend.records import SearchHit
from backend.text import for_terminal_line
from frontend.shared.formatting import own_title, short_date
from frontend.tui.text.wrapping import Mark, Marks, fit, wrap
from frontend.tui.widgets.lists.item_list import ItemList

_SNIPPET_LINES = 2


class HitList(ItemList[SearchHit]):
    """Hits of a search, each with its passage; more are asked for as the cursor nears the end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--heading",
        "list--title",
        "list--text",
        "list--found",
    }

    class MoreWanted(Message):
        """The cursor is near the end of the hits that are here."""

    is_parted = True

    @property
    def row_height(self) -> int:
        """Lines of a row, the blank one included."""
        return 4

    def add(self, hits: Sequence[SearchHit]) -> None:
        """Show more hits below."""
        self._items.extend(hits)
        self.lay_out()
        self.refresh()

    def watch_cursor(self, old: int | None, new: int | None) -> None:
        """Ask for more in time."""
        super().watch_cursor(old, new)
        if new is not None and new >= self.row_count - 10:
            self.post_message(self.MoreWanted())

    def row_segments(self, row: SearchHit, line: int, room: int, base: Style) -> list[Segment]:
        """Return a line of a hit: its day and its title, or some of its passage."""
        if line == 0:
            return self._head(row, room, base)
        return self._passage(row, room, line - 1, base)

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

"""The list of the Work screen: what is read, what waits, what failed, what was read lately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from backend.text import for_terminal_line
from frontend.shared.worker_formatting import Row, Section
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.section_list import BLANK, Caption, SectionList

_EMPTY = "Nothing waits, and nothing was read lately."


class WorkList(SectionList[Row]):
    """Rows of one or two lines under headings. The cursor stays on its row while that moves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--heading",
        "list--text",
        "list--quiet",
        "list--bad",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        # The headings, each by the position of the row under it.
        self._headings: dict[int, str] = {}

    def show_sections(self, sections: Sequence[Section], select: str | None = None) -> None:
        """Show other rows, and keep the place.

        Args:
            sections: what is shown from now on; none of them is empty.
            select: the key of the row to be chosen; without it the cursor stays on its row, or
                where that was.
        """
        rows: list[Row] = []
        self._headings = {}
        for section in sections:
            self._headings[len(rows)] = section.heading
            rows += section.rows
        self.show(rows, select)

    def key_of(self, row: Row) -> str:
        """Return the row's own key."""
        return row.key

    def is_another_choice(self, before: Row | None, now: Row | None) -> bool:
        """Return whether another row is chosen, or something else can be done with it."""
        return _choice(before) != _choice(now)

    def captions_over(self, position: int) -> Sequence[Caption]:
        """Return the heading that stands over a row, or what is said where there are no rows."""
        if position in self._headings:
            heading = ((f"  {self._headings[position]}", "list--heading"),)
            return [BLANK, heading] if position else [heading]
        return [] if self._items else [((f"  {_EMPTY}", "list--quiet"),)]

    def item_height(self, position: int) -> int:
        """Return the number of lines of a row: two with a note."""
        return 2 if self._items[position].note else 1

    def row_segments(self, row: Row, line: int, room: int, base: Style) -> list[Segment]:
        """Return the mark and title of a row and how it stands, or its note."""
        if line == 0:
            return self._head(row, room, base)
        note = "  " + fit(row.note, room - 2)
        return [Segment(note, base + self.part_style("list--quiet"))]

    def _head(self, row: Row, room: int, base: Style) -> list[Segment]:
        mark = base + self.part_style("list--bad" if row.mark == "✗" else "list--quiet")
        aside = fit(row.aside, room // 2)
        title = fit(for_terminal_line(row.title), room - 2 - cell_len(aside) - 2)
        gap = room - 2 - cell_len(title) - cell_len(aside)
        return [
            Segment(f"{row.mark} ", mark),
            Segment(title, base + self.part_style("list--text")),
            Segment(" " * gap, base),
            Segment(aside, base + self.part_style("list--quiet")),
        ]


def _choice(row: Row | None) -> tuple[str, bool, bool] | None:
    """Which row it is, and what can be done with it."""
    return None if row is None else (row.key, row.is_failed, row.is_extracting)

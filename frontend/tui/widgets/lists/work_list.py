"""The list of the Work screen: what is read, what waits, what failed, what was read lately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from backend.text import for_terminal_line
from frontend.shared.worker_formatting import Row, Section
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import VirtualList

_EMPTY = "Nothing waits, and nothing was read lately."


class WorkList(VirtualList):
    """Rows of one or two lines under headings. The cursor stays on its row while that moves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--heading",
        "list--text",
        "list--quiet",
        "list--bad",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[Row] = []
        # By line: a heading, or a position and the number of the line in its row, or nothing.
        self._lines: list[str | tuple[int, int] | None] = []
        self._tops: list[int] = []
        self._is_shown = False

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self._rows)

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self.cursor is not None else None

    def show(self, sections: Sequence[Section]) -> None:
        """Show other rows; the cursor stays on its row, or where that was."""
        chosen, position = self.chosen, self.cursor or 0
        self._is_shown = True
        self._lay_out(sections)
        self.set_lines(self.total_lines())
        keys = [row.key for row in self._rows]
        if chosen is not None and chosen.key in keys:
            position = keys.index(chosen.key)
        # Past the watcher: another row may be at the same position.
        self.set_reactive(WorkList.cursor, min(position, len(keys) - 1) if keys else None)
        if _choice(self.chosen) != _choice(chosen):
            self.post_message(self.Chosen(self, self.cursor))
        if position:
            self.scroll_to_cursor()
        self.refresh()

    def choose_key(self, key: str) -> None:
        """Put the cursor on the row `key`, if there is one."""
        for position, row in enumerate(self._rows):
            if row.key == key:
                self.choose(position)

    def _lay_out(self, sections: Sequence[Section]) -> None:
        self._rows, self._lines, self._tops = [], [], []
        for section in sections:
            if self._lines:
                self._lines.append(None)
            self._lines.append(section.heading)
            for row in section.rows:
                position = len(self._rows)
                self._rows.append(row)
                self._tops.append(len(self._lines))
                self._lines += [(position, part) for part in range(2 if row.note else 1)]

    def total_lines(self) -> int:
        """Number of lines."""
        return len(self._lines) if self._rows or not self._is_shown else 1

    def row_region(self, position: int) -> tuple[int, int]:
        """Lines of a row; of the first under a heading with that."""
        top = self._tops[position]
        height = 2 if self._rows[position].note else 1
        if isinstance(self._lines[top - 1], str):
            return top - 1, height + 1
        return top, height

    def row_at(self, line: int) -> int | None:
        """The row at `line`; None on headings and outside."""
        at = self._lines[line] if 0 <= line < len(self._lines) else None
        return at[0] if isinstance(at, tuple) else None

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """A line of a row: mark and title, how it stands; or what is to be said of it."""
        if not self._rows:
            text = "  " + fit(_EMPTY, width - 3)
            return self.strip([Segment(text, base + self.part_style("list--quiet"))], width, base)
        at = self._lines[line]
        if at is None:
            return self.blank()
        if isinstance(at, str):
            text = "  " + fit(at, width - 3)
            return self.strip([Segment(text, base + self.part_style("list--heading"))], width)
        position, part = at
        row = self._rows[position]
        base, bar = self.row_style(position, base)
        room = max(1, width - 3)
        if part:
            style = base + self.part_style("list--quiet")
            return self.strip([bar, Segment("  " + fit(row.note, room - 2), style)], width, base)
        return self.strip([bar, *self._head(row, room, base)], width, base)

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
    return None if row is None else (row.key, row.is_failed, row.is_reading)

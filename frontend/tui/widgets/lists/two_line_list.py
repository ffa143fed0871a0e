"""A list of things that take two lines each: what it is, and quietly what else there is to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import UniformList


class TwoLines(NamedTuple):
    """A row of the list, safe for the terminal; `mark` stands to the right of its first line."""

    key: str
    words: str
    about: str
    mark: str = ""


class TwoLineList(UniformList):
    """Rows of two lines, a blank line between them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--title", "list--preview", "list--unread"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[TwoLines] = []

    @property
    def row_height(self) -> int:
        """Lines of a row, the blank one included."""
        return 3

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self._rows)

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor."""
        return self._rows[self.cursor].key if self.cursor is not None else None

    def show(self, rows: Sequence[TwoLines], key: str | None = None) -> None:
        """Show other rows, that of `key` chosen, else the one that takes the place of the chosen
        one."""
        wanted = key if key is not None else self.chosen
        before = self.cursor or 0
        places = {row.key: place for place, row in enumerate(rows)}
        self.cursor = None
        self._rows = list(rows)
        self.set_lines(self.total_lines())
        self.choose(places.get(wanted or "", before))
        self.refresh()

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """A line of a row, or the blank one below it."""
        position, part = divmod(line, self.row_height)
        row = self._rows[position]
        if part == self.row_height - 1:
            return self.blank()
        base, bar = self.row_style(position, base)
        if part == 1:
            about = Segment(fit(row.about, width - 3), base + self.part_style("list--preview"))
            return self.strip([bar, about], width, base)
        words = fit(row.words, max(1, width - 4 - cell_len(row.mark)))
        gap = " " * max(1, width - 3 - cell_len(words) - cell_len(row.mark))
        title = Segment(words, base + self.part_style("list--title"))
        mark = Segment(row.mark, base + self.part_style("list--unread"))
        return self.strip([bar, title, Segment(gap, base), mark], width, base)

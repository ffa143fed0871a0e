"""A list of things on two lines each: what it is, and quietly what else there is to say."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import ItemList


class TwoLines(NamedTuple):
    """A row of the list, safe for the terminal; `mark` stands to the right of its first line."""

    key: str
    words: str
    about: str
    mark: str = ""


class TwoLineList(ItemList[TwoLines]):
    """Rows of two lines, a blank line between them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--title", "list--preview", "list--unread"}

    is_parted = True

    @property
    def row_height(self) -> int:
        """Number of lines of a row, the blank one included."""
        return 3

    @property
    def chosen_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self.chosen.key if self.chosen is not None else None

    def key_of(self, row: TwoLines) -> str:
        """Return the row's own key."""
        return row.key

    def row_segments(self, row: TwoLines, line: int, room: int, base: Style) -> list[Segment]:
        """Return what a row is and its mark, or what else there is to say of it."""
        if line == 1:
            return [Segment(fit(row.about, room), base + self.part_style("list--preview"))]
        words = fit(row.words, max(1, room - 1 - cell_len(row.mark)))
        gap = " " * max(1, room - cell_len(words) - cell_len(row.mark))
        title = Segment(words, base + self.part_style("list--title"))
        mark = Segment(row.mark, base + self.part_style("list--unread"))
        return [title, Segment(gap, base), mark]

"""A list of items with headings, and other lines that cannot be chosen, between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import ItemList, ItemT

#: A line that cannot be chosen: pieces of text, each with the component class that styles it
#: ("" for none). Without pieces it is blank.
Caption = tuple[tuple[str, str], ...]

BLANK: Caption = ()


class _ItemLine(NamedTuple):
    """Line `line` of the item at `position`."""

    position: int
    line: int


class SectionList(ItemList[ItemT]):
    """Items that need not be equally high, under headings over which the cursor steps.

    A subclass says what stands between items (`captions_over`), how high each is
    (`item_height`, a blank line at its end included if `is_parted`), and what its lines show
    (`row_segments`). One whose lines depend on the
    width calls `lay_out_again` when it is resized.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[_ItemLine | Caption] = []
        # Of each item (first line, number of lines), with what should be seen along with it.
        self._regions: list[tuple[int, int]] = []

    def captions_over(self, position: int) -> Sequence[Caption]:
        """Return the lines over the item at `position`.

        At `row_count` stands what follows the last item, or what is said where there is none.
        """
        raise NotImplementedError

    def item_height(self, position: int) -> int:
        """Return the number of lines of the item at `position`."""
        return 1

    def lay_out(self) -> None:
        """Arrange the items and what stands between them."""
        self._lines, self._regions = [], []
        for position in range(self.row_count):
            captions = list(self.captions_over(position))
            space = next((n for n, line in enumerate(captions) if line), len(captions))
            top = len(self._lines) + space
            self._lines += captions
            lines = range(self.item_height(position))
            self._lines += [_ItemLine(position, line) for line in lines]
            self._regions.append((top, len(self._lines) - top))
        self._lines += self.captions_over(self.row_count)
        super().lay_out()

    def lay_out_again(self) -> None:
        """Arrange everything for another width; the cursor stays in view."""
        self.lay_out()
        self.scroll_to_cursor()
        self.refresh()

    def total_lines(self) -> int:
        """Return the number of lines, headings included."""
        return len(self._lines)

    def row_region(self, position: int) -> tuple[int, int]:
        """Return (first line, number of lines) of an item, with the heading right over it."""
        return self._regions[position]

    def row_at(self, line: int) -> int | None:
        """Return the position of the item at `line`; None on headings and outside."""
        found = self._lines[line] if 0 <= line < len(self._lines) else None
        return found.position if isinstance(found, _ItemLine) else None

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """Paint a line of an item behind the cursor's bar, or what stands between items."""
        found = self._lines[line]
        if isinstance(found, _ItemLine):
            position, line = found
            if self.is_parted and line == self.item_height(position) - 1:
                return Strip.blank(width, base)
            return self.paint_row(position, line, width, base)
        segments: list[Segment] = []
        room = width - 1
        for text, style in found:
            segments.append(Segment(fit(text, room), base + self.part_style(style)))
            room -= segments[-1].cell_length
        return self.strip(segments, width, base)

"""The names that a journal mentions."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from backend.records import EntitySummary
from backend.text import for_terminal_line
from frontend.shared.formatting import SINGLE_NAMES, short_date
from frontend.tui.text.wrapping import fit
from frontend.tui.themes import TYPE_VARIABLES
from frontend.tui.widgets.lists.paged_list import PagedList

# From these widths on there is room for the type in words, and for the first mention.
_TYPE_WIDTH = 76
_FIRST_WIDTH = 100
# The longest of the ways to write a date.
_DATE_WIDTH = len("Nov 21, 2026")


class NameList(PagedList[EntitySummary]):
    """A line a name: in the style of its type, how often it is mentioned, when last."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--preview",
        "list--person",
        "list--place",
        "list--organization",
        "list--activity",
    }

    def row_segments(self, row: EntitySummary, line: int, room: int, base: Style) -> list[Segment]:
        """Return a name."""
        last = short_date(row.last) if row.last else ""
        hint = f"{row.count:>7,}  {last:>{_DATE_WIDTH}}"
        if room >= _TYPE_WIDTH:
            hint = f"{SINGLE_NAMES[row.type]:<12} {hint}"
        if room >= _FIRST_WIDTH and row.first:
            hint = f"{hint}   since {short_date(row.first):>{_DATE_WIDTH}}"
        name = fit(for_terminal_line(row.name), room - cell_len(hint) - 1)
        gap = " " * max(1, room - cell_len(name) - cell_len(hint))
        style = base + self.part_style(f"list--{TYPE_VARIABLES[row.type]}")
        return [
            Segment(name, style),
            Segment(gap + hint, base + self.part_style("list--preview")),
        ]

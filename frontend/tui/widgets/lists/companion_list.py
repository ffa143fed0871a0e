"""Who and what appears with an entity, the most often first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from backend.records import Companion
from backend.text import for_terminal_line
from frontend.shared.formatting import SINGLE_NAMES
from frontend.tui.text.wrapping import fit
from frontend.tui.themes import TYPE_VARIABLES
from frontend.tui.widgets.lists.item_list import UniformList

# From this width on there is room for the type in words.
_TYPE_WIDTH = 44


class CompanionList(UniformList):
    """A line a companion: its name in the style of its type, the entries they share."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--preview",
        "list--person",
        "list--place",
        "list--organization",
        "list--activity",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[Companion] = []

    @property
    def row_count(self) -> int:
        """Number of companions."""
        return len(self._rows)

    @property
    def chosen(self) -> Companion | None:
        """The companion under the cursor."""
        return self._rows[self.cursor] if self.cursor is not None else None

    def show(self, rows: Sequence[Companion], *, at: int | None = None) -> None:
        """Show other companions, the one with the id `at` chosen, else the first one."""
        # A repaint of what was chosen would look for it among the new ones.
        self.cursor = None
        self._rows = list(rows)
        self.set_lines(len(self._rows))
        if at is None:
            self.scroll_to(y=0, animate=False)
        self.choose(next((n for n, row in enumerate(rows) if at in row.ids), 0))
        self.refresh()

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """A companion."""
        row = self._rows[line]
        base, bar = self.row_style(line, base)
        hint = f"{row.together:,}"
        if width >= _TYPE_WIDTH:
            hint = f"{SINGLE_NAMES[row.type]:<12} {hint:>6}"
        shown = fit(for_terminal_line(row.name), width - 4 - cell_len(hint))
        gap = " " * max(1, width - 3 - cell_len(shown) - cell_len(hint))
        style = base + self.part_style(f"list--{TYPE_VARIABLES[row.type]}")
        quiet = base + self.part_style("list--preview")
        return self.strip(
            [bar, Segment(shown, style), Segment(gap + hint + " ", quiet)], width, base
        )

"""Who and what appears with an entity, the most often first."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from backend.records import Companion
from backend.text import for_terminal_line
from frontend.shared.formatting import SINGLE_NAMES
from frontend.tui.text.wrapping import fit
from frontend.tui.themes import TYPE_VARIABLES
from frontend.tui.widgets.lists.item_list import ItemList

# Cells of a row from which on there is room for the type in words.
_TYPE_ROOM = 41


class CompanionList(ItemList[Companion]):
    """A line a companion: its name in the style of its type, the entries they share."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--preview",
        "list--person",
        "list--place",
        "list--organization",
        "list--activity",
    }

    def position_of(self, key: Hashable) -> int | None:
        """Return the position of the companion one of whose ids is `key`, None if there is none."""
        found = (place for place, row in enumerate(self._items) if key in row.ids)
        return next(found, None)

    def row_segments(self, row: Companion, line: int, room: int, base: Style) -> list[Segment]:
        """Return a companion: its name, and to the right how many entries they share."""
        hint = f"{row.together:,}"
        if room >= _TYPE_ROOM:
            hint = f"{SINGLE_NAMES[row.type]:<12} {hint:>6}"
        shown = fit(for_terminal_line(row.name), room - 1 - cell_len(hint))
        gap = " " * max(1, room - cell_len(shown) - cell_len(hint))
        style = base + self.part_style(f"list--{TYPE_VARIABLES[row.type]}")
        quiet = base + self.part_style("list--preview")
        return [Segment(shown, style), Segment(gap + hint + " ", quiet)]

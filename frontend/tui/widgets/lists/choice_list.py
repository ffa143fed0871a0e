"""A list of one-line choices."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import ItemList


class Choice(NamedTuple):
    """A line of the list, safe for the terminal: some words, a quiet hint to their right."""

    words: str
    hint: str
    key: Hashable | None = None


class ChoiceList(ItemList[Choice]):
    """Choices, a line each."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--preview"}

    def key_of(self, row: Choice) -> Hashable | None:
        """Return the choice's own key."""
        return row.key

    def row_segments(self, row: Choice, line: int, room: int, base: Style) -> list[Segment]:
        """Return the words, and the hint to the right of them."""
        words = fit(row.words, room - cell_len(row.hint))
        gap = " " * (room - cell_len(words) - cell_len(row.hint))
        quiet = base + self.part_style("list--preview")
        return [Segment(words + gap, base), Segment(row.hint + " ", quiet)]

"""A list of one-line choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import UniformList


class ChoiceList(UniformList):
    """Choices of some words and a quiet hint to their right, both safe for the terminal."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--preview"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices: list[tuple[str, str]] = []

    @property
    def row_count(self) -> int:
        """Number of choices."""
        return len(self._choices)

    def show(self, choices: Sequence[tuple[str, str]]) -> None:
        """Show other choices, the first one chosen."""
        self.cursor = None
        self._choices = list(choices)
        self.set_lines(len(self._choices))
        self.scroll_to(y=0, animate=False)
        self.choose(0)
        self.refresh()

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """The words, and the hint to the right of them."""
        words, hint = self._choices[line]
        base, bar = self.row_style(line, base)
        words = fit(words, width - 2 - cell_len(hint) - 1)
        gap = " " * (width - 3 - cell_len(words) - cell_len(hint))
        quiet = base + self.part_style("list--preview")
        return self.strip(
            [bar, Segment(words + gap, base), Segment(hint + " ", quiet)], width, base
        )

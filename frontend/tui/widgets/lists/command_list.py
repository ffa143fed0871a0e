"""The palette's list: commands under the names of their groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from frontend.tui.commands import Command
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.section_list import Caption, SectionList


class CommandList(SectionList[Command]):
    """A line a command, its key to the right; a line with its name over each group."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--preview", "list--heading"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._if_none = ""

    def show_commands(
        self, commands: Sequence[Command], if_none: str = "", *, keep_cursor: bool = False
    ) -> None:
        """Show other commands.

        Args:
            commands: what is shown from now on, those of a group one after the other.
            if_none: the sentence that is shown if there are none.
            keep_cursor: choose the command at the same position as before, else the first one.
        """
        self._if_none = if_none
        if keep_cursor and self.cursor is not None:
            self.show(commands)
        else:
            self.show_from_start(commands)

    def captions_over(self, position: int) -> Sequence[Caption]:
        """Return the name of the group that begins with a command."""
        if position == self.row_count:
            return [] if position or not self._if_none else [_heading(self._if_none)]
        group = self._items[position].group
        before = self._items[position - 1].group if position else ""
        return [_heading(group)] if group != before else []

    def row_segments(self, row: Command, line: int, room: int, base: Style) -> list[Segment]:
        """Return what a command does, and its key to the right of that."""
        hint = f"  {row.hint} " if row.hint else " "
        room += 1 - cell_len(hint)
        words = fit(row.words, room)
        gap = " " * (room - cell_len(words))
        quiet = base + self.part_style("list--preview")
        return [Segment(words + gap, base), Segment(hint, quiet)]


def _heading(text: str) -> Caption:
    return ("  ", ""), (text, "list--heading")

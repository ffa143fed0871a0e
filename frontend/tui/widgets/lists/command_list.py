"""The palette's list: commands under the names of their groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from frontend.tui.commands import Command
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import VirtualList


class CommandList(VirtualList):
    """A line a command, its key to the right; a line with its name over each group."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--preview", "list--heading"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._commands: list[Command] = []
        # Of each line the position of its command, or the words that stand there.
        self._lines: list[int | str] = []
        self._line_of: list[int] = []

    @property
    def row_count(self) -> int:
        """Number of commands."""
        return len(self._commands)

    @property
    def chosen(self) -> Command | None:
        """The command under the cursor."""
        return self._commands[self.cursor] if self.cursor is not None else None

    def show(
        self, commands: Sequence[Command], if_none: str = "", *, keep_cursor: bool = False
    ) -> None:
        """Show other commands, or a sentence if there are none.

        The first one is chosen, or the one in the same place as before.
        """
        cursor = self.cursor if keep_cursor else None
        self.cursor = None
        self._commands = list(commands)
        self._lines = [if_none] if if_none and not commands else []
        self._line_of = []
        group = ""
        for position, command in enumerate(self._commands):
            if command.group != group:
                group = command.group
                self._lines.append(group)
            self._line_of.append(len(self._lines))
            self._lines.append(position)
        self.set_lines(len(self._lines))
        if cursor is None:
            self.scroll_to(y=0, animate=False)
        self.choose(cursor or 0)
        self.refresh()

    def total_lines(self) -> int:
        """Number of lines."""
        return len(self._lines)

    def row_region(self, position: int) -> tuple[int, int]:
        """A command's line, and that of its group's name if it is the first one of it."""
        line = self._line_of[position]
        return (line - 1, 2) if isinstance(self._lines[line - 1], str) and line else (line, 1)

    def row_at(self, line: int) -> int | None:
        """The command at `line`."""
        found = self._lines[line] if 0 <= line < len(self._lines) else None
        return found if isinstance(found, int) else None

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """The name of a group; or a command, and its key to the right of it."""
        found = self._lines[line]
        if isinstance(found, str):
            style = base + self.part_style("list--heading")
            return self.strip([Segment("  ", base), Segment(fit(found, width - 2), style)], width)
        command = self._commands[found]
        base, bar = self.row_style(found, base)
        hint = f"  {command.hint} " if command.hint else " "
        words = fit(command.words, width - 2 - cell_len(hint))
        gap = " " * (width - 2 - cell_len(words) - cell_len(hint))
        quiet = base + self.part_style("list--preview")
        return self.strip([bar, Segment(words + gap, base), Segment(hint, quiet)], width, base)

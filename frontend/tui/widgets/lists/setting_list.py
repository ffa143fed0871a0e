"""A list of settings: what each is, its value, and a line about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import VirtualList

# Cells of the names of settings.
_WHAT_WIDTH = 18


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting on two lines, all of it safe for the terminal.

    `choices` are the values it can be given with a key, each with what it looks like; `value` is
    one of them, or anything where there are none. With `opens`, enter does something. With
    `is_path`, the end of `about` says more than its beginning.
    """

    name: str
    what: str
    value: str
    about: str
    choices: Sequence[tuple[str, str]] = ()
    opens: bool = False
    is_path: bool = False

    @property
    def words(self) -> str:
        """ "‹ Monday ›": what the value looks like, and that it can be changed."""
        shown = dict(self.choices).get(self.value, self.value)
        return f"‹ {shown} ›" if self.choices else f"{shown} ↵" if self.opens else shown

    def turned(self, steps: int) -> str:
        """The value so many steps on, around the end."""
        values = [value for value, _ in self.choices]
        at = values.index(self.value) if self.value in values else -max(steps, 0)
        return values[(at + steps) % len(values)]


class SettingList(VirtualList):
    """Settings to be chosen and changed with keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--preview", "list--value"}

    # In other lists it turns the page; a switch is turned by it everywhere.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.change(1)", show=False, tooltip="The next value")
    ]

    class Above(Message):
        """The cursor was moved up from the first row."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[SettingRow] = []

    @property
    def row_count(self) -> int:
        """Number of settings."""
        return len(self._rows)

    @property
    def chosen(self) -> SettingRow | None:
        """The setting under the cursor."""
        return None if self.cursor is None else self._rows[self.cursor]

    def show(self, rows: Sequence[SettingRow]) -> None:
        """Show these, with the cursor where it was."""
        self._rows = list(rows)
        self.set_lines(self.total_lines())
        self.choose(self.cursor or 0, scroll=False)
        self.refresh()

    def total_lines(self) -> int:
        """Two lines a setting, and a blank one between."""
        return max(0, 3 * len(self._rows) - 1)

    def row_region(self, position: int) -> tuple[int, int]:
        """Two lines a setting, and a blank one between."""
        return 3 * position, 2

    def row_at(self, line: int) -> int | None:
        """The setting at `line`."""
        position, inside = divmod(line, 3)
        return position if inside < 2 and 0 <= position < len(self._rows) else None

    def action_move(self, rows: int) -> None:
        """Move the cursor; above the first row there is something else."""
        if rows < 0 and not self.cursor:
            self.post_message(self.Above())
        else:
            super().action_move(rows)

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """The name and the value, or the line about it."""
        position = self.row_at(line)
        if position is None:
            return Strip.blank(width, base)
        row = self._rows[position]
        base, bar = self.row_style(position, base)
        quiet = base + self.part_style("list--preview")
        room = max(1, width - 3)
        if line % 3:
            about = _fit_end(row.about, room) if row.is_path else fit(row.about, room)
            return self.strip([bar, Segment(about, quiet)], width, base)
        what = fit(row.what, _WHAT_WIDTH)
        gap = " " * (_WHAT_WIDTH - cell_len(what))
        value = fit(row.words, room - _WHAT_WIDTH)
        style = base + self.part_style("list--value")
        return self.strip([bar, Segment(what + gap, base), Segment(value, style)], width, base)


def _fit_end(text: str, width: int) -> str:
    """`text`, or an ellipsis and as much of its end as `width` cells hold with it."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"

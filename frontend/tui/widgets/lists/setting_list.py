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

from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.item_list import ItemList

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
        """Return the value so many steps on, around the end."""
        values = [value for value, _ in self.choices]
        at = values.index(self.value) if self.value in values else -max(steps, 0)
        return values[(at + steps) % len(values)]


class SettingList(ItemList[SettingRow]):
    """Settings to be chosen and changed with keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--preview", "list--value"}

    # In other lists it turns the page; a switch is turned by it everywhere.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.change(1)", show=False, tooltip="The next value")
    ]

    class Above(Message):
        """The cursor was moved up from the first row."""

    is_parted = True

    @property
    def row_height(self) -> int:
        """Number of lines of a setting, the blank one included."""
        return 3

    def key_of(self, row: SettingRow) -> str:
        """Return the setting's name."""
        return row.name

    def is_another_choice(self, before: SettingRow | None, now: SettingRow | None) -> bool:
        """Return whether another setting is chosen; with its value no key comes or goes."""
        return before is None or now is None or before.name != now.name

    def total_lines(self) -> int:
        """Return the number of lines; none is blank below the last setting."""
        return max(0, super().total_lines() - 1)

    def row_region(self, position: int) -> tuple[int, int]:
        """Return (first line, number of lines) of a setting, without the blank one."""
        top, height = super().row_region(position)
        return top, height - 1

    def row_at(self, line: int) -> int | None:
        """Return the position of the setting at `line`; None on blank lines and outside."""
        return None if line % self.row_height == self.row_height - 1 else super().row_at(line)

    def action_move(self, rows: int) -> None:
        """Move the cursor; above the first row there is something else."""
        if rows < 0 and not self.cursor:
            self.post_message(self.Above())
        else:
            super().action_move(rows)

    def row_segments(self, row: SettingRow, line: int, room: int, base: Style) -> list[Segment]:
        """Return the name and the value of a setting, or the line about it."""
        if line == 1:
            about = _fit_end(row.about, room) if row.is_path else fit(row.about, room)
            return [Segment(about, base + self.part_style("list--preview"))]
        what = fit(row.what, _WHAT_WIDTH)
        gap = " " * (_WHAT_WIDTH - cell_len(what))
        value = fit(row.words, room - _WHAT_WIDTH)
        return [
            Segment(what + gap, base),
            Segment(value, base + self.part_style("list--value")),
        ]


def _fit_end(text: str, width: int) -> str:
    """`text`, or an ellipsis and as much of its end as `width` cells hold with it."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"
